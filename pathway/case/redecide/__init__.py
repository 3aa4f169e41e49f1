"""Re-deciding: a record decided once more, by the rules of its day or by others, and every difference."""

from pathway.case.redecide.compare import Difference
from pathway.case.redecide.redecide import Given, Redecided, redecide
from pathway.case.redecide.under import Refused, Under, under

__all__ = ["Difference", "Given", "Redecided", "Refused", "Under", "redecide", "under"]
