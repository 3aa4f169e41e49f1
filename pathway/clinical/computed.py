"""Computed facts: named, versioned, pure functions that a pathway may ask for, and the tables they stand on.

A changed answer needs a new version: cases keep the version they began under.
"""

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Literal

import msgspec

from pathway.clinical.fusion import FUSIONS
from pathway.clinical.isth import ISTH, isth_dic
from pathway.clinical.knowledge import (
    confirmed_partner,
    knowledge_conflict,
    partner_class,
    pml_rara_state,
    suspected_class,
    suspicion_basis,
)
from pathway.clinical.quantity import show
from pathway.clinical.reading import Interval, Reading
from pathway.clinical.table import table_hash

#: A function over `tuple[Report, ...]` or over `dict[str, Reading]`, as `takes` says.
Function = Callable[..., Reading]


class Computed(msgspec.Struct, frozen=True):
    """A computed fact.

    `takes`: `reports` (the standing reports in recorded order) or `readings` (by the names of `inputs`, each with its
    UCUM unit, empty for a word). `type` with the closed `values` of an enum, or the UCUM `unit` of a number.
    """

    name: str
    version: int
    takes: Literal["reports", "readings"]
    function: Function
    type: Literal["enum", "number", "bool"]
    values: tuple[str, ...] = ()
    inputs: tuple[tuple[str, str], ...] = ()
    unit: str = ""

    def read(self, given: object) -> Reading:
        """The function's answer. Raises what it raises, and ReadingRefused for a known answer of another type."""
        found: object = self.function(given)
        if not isinstance(found, Reading) or (found.known and not self.answers(found.value)):
            raise ReadingRefused(
                f"The computed fact {self.name}@{self.version} answered with something else than it says. "
                f"Expected a reading of type {self.type}. Mend the function, and give it a new version."
            )
        return found

    def answers(self, value: object) -> bool:
        """Whether a value is of the type that this fact says it has."""
        match self.type:
            case "enum":
                return value in self.values
            case "number":
                return isinstance(value, Interval)
        return isinstance(value, bool)


class ReadingRefused(Exception):
    """A computed fact was given a reading of another kind than it takes, or gave one of another than it says."""

    code = "computed_reading_kind"


def isth_dic_reading(readings: Mapping[str, Reading]) -> Reading:
    """The ISTH score from readings of platelets, marker, pt_prolongation and fibrinogen; unknown ones are missing.

    Known even when incomplete: the value is then the interval of all possible scores. Time changes it at the earliest
    instant at which it changes an input. Raises ReadingRefused for a known reading of another kind, MarkerUnknown for
    another marker word.
    """
    score = isth_dic(
        _interval(readings, "platelets"),
        _word(readings, "marker"),
        _interval(readings, "pt_prolongation"),
        _interval(readings, "fibrinogen"),
    )
    given = [readings[name] for name, _ in ISTH_INPUTS if name in readings]
    used = [each for each in given if each.known]
    missing = [name.replace("_", " ") for name, _ in ISTH_INPUTS if name not in readings or not readings[name].known]
    lacking = f" (without {', '.join(missing)})" if missing else ""
    return Reading(
        known=True,
        value=score,
        at=max((each.at for each in used if each.at is not None), default=None),
        recorded=max((each.recorded for each in used if each.recorded is not None), default=None),
        until=min((each.until for each in given if each.until is not None), default=None),
        events=tuple(sorted({position for each in used for position in each.events})),
        shown=f"ISTH score {show(score, '1')}{lacking}",
    )


def _interval(readings: Mapping[str, Reading], name: str) -> Interval | None:
    reading = readings.get(name)
    if reading is None or not reading.known:
        return None
    if not isinstance(reading.value, Interval):
        raise ReadingRefused(
            f"The ISTH score was given a {name} that is no number. Expected an interval in the unit of its inputs. "
            "Mend the fact that the pathway binds to it."
        )
    return reading.value


def _word(readings: Mapping[str, Reading], name: str) -> str | None:
    reading = readings.get(name)
    if reading is None or not reading.known:
        return None
    if not isinstance(reading.value, str):
        raise ReadingRefused(
            f"The ISTH score was given a {name} that is no word. Expected one of {', '.join(ISTH.marker)}. "
            "Mend the fact that the pathway binds to it."
        )
    return reading.value


def _keyed(facts: Iterable[Computed]) -> Mapping[str, Computed]:
    return MappingProxyType({f"{each.name}@{each.version}": each for each in facts})


ISTH_INPUTS = (
    ("platelets", ISTH.items["platelets"].unit),
    ("marker", ""),
    ("pt_prolongation", ISTH.items["pt_prolongation"].unit),
    ("fibrinogen", ISTH.items["fibrinogen"].unit),
)
PML_RARA = ("not_tested", "pending", "negative_single_method", "negative_two_methods", "positive", "conflicting")
PARTNERS = ("none", *(word for word, each in FUSIONS.items() if each.variant), "other", "several")

COMPUTED: Mapping[str, Computed] = _keyed(
    (
        Computed("pml_rara_state", 1, "reports", pml_rara_state, "enum", PML_RARA),
        Computed(
            "partner_class", 1, "reports", partner_class, "enum", ("unnamed", "sensitive", "resistant", "unclassified")
        ),
        Computed("confirmed_partner", 1, "reports", confirmed_partner, "enum", PARTNERS),
        Computed(
            "suspected_class", 1, "reports", suspected_class, "enum", ("none", "sensitive", "resistant", "unclassified")
        ),
        Computed("suspicion_basis", 1, "reports", suspicion_basis, "enum", ("none", "banding", "molecular")),
        Computed("knowledge_conflict", 1, "reports", knowledge_conflict, "bool"),
        Computed("isth_dic", 1, "readings", isth_dic_reading, "number", inputs=ISTH_INPUTS, unit="1"),
    )
)
#: The SHA-256 of every table's bytes: what a case pins beside the version of each fact.
TABLES: Mapping[str, str] = MappingProxyType(
    {name: table_hash(name) for name in ("analytes", "fusions", "isth_dic", "units")}
)
