"""Measuring: what the histories of cases say of the care, indicator by indicator, and what stood out in them.

An indicator is data beside its definition. One pass over the events of a case finds what every indicator asks about.
"""

from pathway.case.measure.cohort import Cohort, Result, Tally
from pathway.case.measure.deviation import Deviation, Knew, Told, deviations
from pathway.case.measure.form import IndicatorForm, IndicatorsForm
from pathway.case.measure.load import Indicators, indicators_beside, load_indicators
from pathway.case.measure.spread import METHOD, Spread, share, spread
from pathway.case.measure.unit import Outcome, Period, Unit

__all__ = [
    "METHOD",
    "Cohort",
    "Deviation",
    "IndicatorForm",
    "Indicators",
    "IndicatorsForm",
    "Knew",
    "Outcome",
    "Period",
    "Result",
    "Spread",
    "Tally",
    "Told",
    "Unit",
    "deviations",
    "indicators_beside",
    "load_indicators",
    "share",
    "spread",
]
