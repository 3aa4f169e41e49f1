"""Computed facts: named, versioned, pure functions that a pathway may ask for, and the tables they stand on.

A changed answer needs a new version: cases keep the version they began under.
"""

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Literal

import msgspec

from pathway.clinical.age import AGE_BANDS, AGE_INPUTS, DEATH_BANDS, age_band, early_death_band
from pathway.clinical.anthracycline import (
    LIMIT_INPUTS,
    STATES,
    TOTAL_INPUTS,
    anthracycline_in_course,
    anthracycline_limit,
    anthracycline_total,
)
from pathway.clinical.body import BSA_INPUTS, WEIGHT_INPUTS, bsa, bsa_du_bois, bsa_haycock, weight_moved
from pathway.clinical.differentiation import DS_GRADES, DS_INPUTS, differentiation_grade, differentiation_signs
from pathway.clinical.dose import (
    BASES,
    BASIS_INPUTS,
    REDUCTION_INPUTS,
    TRETINOIN_INPUTS,
    daunorubicin_basis,
    daunorubicin_percent,
    tretinoin_dose,
)
from pathway.clinical.fusion import FUSIONS
from pathway.clinical.given import ReadingRefused, bound, concluded, number, word
from pathway.clinical.isth import ISTH, isth_dic
from pathway.clinical.knowledge import (
    confirmed_partner,
    knowledge_conflict,
    partner_class,
    partner_note,
    pml_rara_state,
    rearrangement_state,
    suspected_class,
    suspicion_basis,
)
from pathway.clinical.quantity import show
from pathway.clinical.reading import Interval, Reading
from pathway.clinical.response import (
    REFRACTORY_INPUTS,
    RELAPSE_INPUTS,
    RESPONSE_INPUTS,
    RESPONSES,
    refractory,
    relapse,
    response,
)
from pathway.clinical.risk import RISK_CLASSES, RISK_INPUTS, aml_risk_2017, aml_risk_2022
from pathway.clinical.table import table_hash

__all__ = ["COMPUTED", "TABLES", "Computed", "ReadingRefused", "isth_dic_reading"]

#: A function over `tuple[Report, ...]`, over `dict[str, Reading]` or over a `Given`, as `takes` says.
Function = Callable[..., Reading]


class Computed(msgspec.Struct, frozen=True):
    """A computed fact.

    `takes`: `reports` (the standing reports in recorded order), `readings` (by the names of `inputs`, each with its
    UCUM unit, empty for a word) or `case` (a `Given`: readings, and with them reports, courses and dates). `type` with
    the closed `values` of an enum, or the UCUM `unit` of a number.
    """

    name: str
    version: int
    takes: Literal["reports", "readings", "case"]
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


def isth_dic_reading(readings: Mapping[str, Reading]) -> Reading:
    """The ISTH score from readings of platelets, marker, pt_prolongation and fibrinogen; unknown ones are missing.

    Known even when incomplete: the value is then the interval of all possible scores. Time changes it at the earliest
    instant at which it changes an input. Raises ReadingRefused for a known reading of another kind, MarkerUnknown for
    another marker word.
    """
    score = isth_dic(
        number(readings, "platelets"),
        word(readings, "marker"),
        number(readings, "pt_prolongation"),
        number(readings, "fibrinogen"),
    )
    missing = [name.replace("_", " ") for name, _ in ISTH_INPUTS if name not in readings or not readings[name].known]
    lacking = f" (without {', '.join(missing)})" if missing else ""
    return concluded(score, bound(readings, ISTH_INPUTS), f"ISTH score {show(score, '1')}{lacking}")


def _keyed(facts: Iterable[Computed]) -> Mapping[str, Computed]:
    return MappingProxyType({f"{each.name}@{each.version}": each for each in facts})


ISTH_INPUTS = (
    ("platelets", ISTH.items["platelets"].unit),
    ("marker", ""),
    ("pt_prolongation", ISTH.items["pt_prolongation"].unit),
    ("fibrinogen", ISTH.items["fibrinogen"].unit),
)
PML_RARA = ("not_tested", "pending", "negative_single_method", "negative_two_methods", "positive", "conflicting")
REARRANGEMENT = ("not_tested", "pending", "rearranged", "identified", "none_found")
PARTNERS = ("none", *(word for word, each in FUSIONS.items() if each.variant), "other", "several")

TABLE_NAMES = (
    "ages",
    "aml_risk",
    "analytes",
    "anthracyclines",
    "body",
    "codes",
    "differentiation",
    "doses",
    "fusions",
    "isth_dic",
    "karyotype",
    "response",
    "units",
)

COMPUTED: Mapping[str, Computed] = _keyed(
    (
        Computed("pml_rara_state", 1, "reports", pml_rara_state, "enum", PML_RARA),
        Computed(
            "partner_class", 1, "reports", partner_class, "enum", ("unnamed", "sensitive", "resistant", "unclassified")
        ),
        Computed("partner_note", 1, "reports", partner_note, "enum", ("none", "noted")),
        Computed("confirmed_partner", 1, "reports", confirmed_partner, "enum", PARTNERS),
        Computed(
            "suspected_class", 1, "reports", suspected_class, "enum", ("none", "sensitive", "resistant", "unclassified")
        ),
        Computed("suspicion_basis", 1, "reports", suspicion_basis, "enum", ("none", "banding", "molecular")),
        Computed("rearrangement_state", 1, "reports", rearrangement_state, "enum", REARRANGEMENT),
        Computed("knowledge_conflict", 1, "reports", knowledge_conflict, "bool"),
        Computed("isth_dic", 1, "readings", isth_dic_reading, "number", inputs=ISTH_INPUTS, unit="1"),
        Computed("age_band", 1, "readings", age_band, "enum", AGE_BANDS, AGE_INPUTS),
        Computed("early_death_band", 1, "case", early_death_band, "enum", DEATH_BANDS),
        Computed("bsa", 1, "readings", bsa, "number", inputs=BSA_INPUTS, unit="m2"),
        Computed("bsa_du_bois", 1, "readings", bsa_du_bois, "number", inputs=BSA_INPUTS, unit="m2"),
        Computed("bsa_haycock", 1, "readings", bsa_haycock, "number", inputs=BSA_INPUTS, unit="m2"),
        Computed("weight_moved", 1, "readings", weight_moved, "bool", inputs=WEIGHT_INPUTS),
        Computed("tretinoin_dose", 1, "readings", tretinoin_dose, "number", inputs=TRETINOIN_INPUTS, unit="mg/d"),
        Computed("daunorubicin_basis", 1, "readings", daunorubicin_basis, "enum", BASES, BASIS_INPUTS),
        Computed("daunorubicin_percent", 1, "readings", daunorubicin_percent, "number", (), REDUCTION_INPUTS, "%"),
        Computed("anthracycline_total", 1, "case", anthracycline_total, "number", (), TOTAL_INPUTS, "mg/m2"),
        Computed("anthracycline_limit", 1, "case", anthracycline_limit, "enum", STATES, LIMIT_INPUTS),
        Computed("anthracycline_in_course", 1, "case", anthracycline_in_course, "bool"),
        Computed("response", 1, "readings", response, "enum", RESPONSES, RESPONSE_INPUTS),
        Computed("relapse", 1, "readings", relapse, "bool", inputs=RELAPSE_INPUTS),
        Computed("refractory", 1, "case", refractory, "bool", inputs=REFRACTORY_INPUTS),
        Computed("aml_risk_2022", 1, "readings", aml_risk_2022, "enum", RISK_CLASSES, RISK_INPUTS),
        Computed("aml_risk_2017", 1, "readings", aml_risk_2017, "enum", RISK_CLASSES, RISK_INPUTS),
        Computed("differentiation_signs", 1, "readings", differentiation_signs, "number", inputs=DS_INPUTS, unit="1"),
        Computed("differentiation_grade", 1, "readings", differentiation_grade, "enum", DS_GRADES, DS_INPUTS),
    )
)
#: The SHA-256 of every table's bytes: what a case pins beside the version of each fact.
TABLES: Mapping[str, str] = MappingProxyType({name: table_hash(name) for name in TABLE_NAMES})
