"""Banding: the partners a reported karyotype makes likely. A suspicion, never a confirmation."""

from functools import lru_cache
from typing import Final

from pathway.clinical.fusion import FUSIONS, TABLE
from pathway.clinical.karyotype import Certainty, read_karyotype

#: What raises no suspicion: taken back in the text, there from birth, or fitting only after a correction of the report.
SILENT = frozenset({Certainty.TAKEN_BACK, Certainty.CONSTITUTIONAL})
#: A text is asked about again at every report and every look of its case, and reading it takes most of a millisecond.
TEXTS_REMEMBERED: Final = 2_048


@lru_cache(maxsize=TEXTS_REMEMBERED)
def suspected_partners(karyotype: str) -> tuple[str, ...]:
    """The words of the variant fusions (see `Fusion.word`) that the rearrangements in this text make likely, sorted.

    Counts what joins two places (t, ins, also inside a derivative) when both bands lie inside the bands of the table,
    in any order and anywhere in the text. Without bands there is no suspicion: t(11;17) means opposite things by band.
    A text that takes something back (`no`, `negative`) is left to people. Source: clinical.md R8-R10, A10, 2;
    interop.md 3.3.
    """
    events = (each for each in read_karyotype(karyotype).events if each.joins and each.certainty not in SILENT)
    words = {candidate.word for each in events if not each.swapped for candidate in each.candidates if candidate.inside}
    return tuple(sorted(word for word in words if word and FUSIONS[word].variant))


@lru_cache(maxsize=TEXTS_REMEMBERED)
def implausible_with_fusion(karyotype: str) -> bool:
    """Whether the text holds a rearrangement that practically never goes with a receptor fusion: t(8;21), inv(16)."""
    read = read_karyotype(karyotype)
    present = {
        (part.kind, tuple(sorted(part.chromosomes)))
        for change in read.changes
        if change.sign != "-"
        for part in change.parts
    }
    return not read.taken_back and any(
        (each.event, tuple(sorted(each.chromosomes))) in present for each in TABLE.implausible
    )
