"""Analytes: what a laboratory measures, under which codes, in which units, within which limits."""

from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType

import msgspec

from pathway.clinical.table import read_table


class Code(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A LOINC code, or one of ours that begins with `local:`; `verified` when seen in the public source named."""

    loinc: str
    verified: bool
    source: str


class AcceptedUnit(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A UCUM unit in which the analyte may be sent; value times `factor` is the value in the canonical unit."""

    unit: str
    factor: Decimal
    source: str


class Query(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Figures that ask whether the unit is right: bounds in the unit as sent; `means` is the unit probably meant."""

    sent: tuple[str, ...]
    means: str
    source: str
    at_least: Decimal | None = None
    above: Decimal | None = None
    at_most: Decimal | None = None
    below: Decimal | None = None

    def asks(self, unit: str, number: Decimal) -> bool:
        return (
            unit in self.sent
            and (self.at_least is None or number >= self.at_least)
            and (self.above is None or number > self.above)
            and (self.at_most is None or number <= self.at_most)
            and (self.below is None or number < self.below)
        )


class WordResult(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A word that stands for a value above `above` in the canonical unit, such as a plasma that does not clot."""

    text: str
    above: Decimal
    source: str


class Analyte(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One measured quantity.

    `usual` (adult reference, only for guessing a unit) and `hard` (outside nothing is taken) are closed bounds in the
    canonical UCUM `unit`. `ranges`: results such as `160-320` are accepted. `unusable_when`: specimen problems that
    make a value worthless.
    """

    name: str
    text: str
    unit: str
    usual: tuple[Decimal, Decimal]
    hard: tuple[Decimal, Decimal]
    source: tuple[str, ...]
    codes: tuple[Code, ...]
    units: tuple[AcceptedUnit, ...]
    unusable_when: tuple[str, ...]
    queries: tuple[Query, ...] = ()
    words: tuple[WordResult, ...] = ()
    ranges: bool = False

    def accepted(self, ucum: str) -> AcceptedUnit | None:
        """How the analyte may be sent in this UCUM unit, None when it may not."""
        return next((unit for unit in self.units if unit.unit == ucum), None)

    def possible(self, number: Decimal) -> bool:
        """Whether a number in the canonical unit lies within the hard limits."""
        return self.hard[0] <= number <= self.hard[1]


class Finding(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A code that carries words about a sample, never a figure; `problem` is the specimen problem it may name."""

    loinc: str
    text: str
    analyte: str
    source: str
    problem: str = ""


class _Analytes(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    table: str
    date: str
    version: int
    source: str
    no_result: dict[str, tuple[str, ...]]
    problems: dict[str, str]
    findings: tuple[Finding, ...]
    analytes: tuple[Analyte, ...]


_TABLE = read_table("analytes", _Analytes)

ANALYTES: Mapping[str, Analyte] = MappingProxyType({each.name: each for each in _TABLE.analytes})
#: LOINC codes that stand beside a count and carry words.
FINDINGS: Mapping[str, Finding] = MappingProxyType({each.loinc: each for each in _TABLE.findings})
#: Specimen problems by word, each with its wording for people.
SPECIMEN_PROBLEMS: Mapping[str, str] = MappingProxyType(_TABLE.problems)
#: Texts sent in place of a figure (lower case), each with the specimen problem it tells of.
NO_RESULT: Mapping[str, str] = MappingProxyType(
    {text: problem for problem, texts in _TABLE.no_result.items() for text in texts}
)
_BY_LOINC = {code.loinc: each.name for each in _TABLE.analytes for code in each.codes if code.verified}


def analyte_of(loinc: str) -> str | None:
    """The analyte a LOINC code measures; None for a code of the table of findings, one not known or not verified."""
    return _BY_LOINC.get(loinc.strip())


def unusable_because(analyte: str, problems: tuple[str, ...]) -> str:
    """Why a value of this analyte from a specimen with these problems is worth nothing; empty when it is usable.

    A problem the table does not know makes every value unusable: a new sample costs less than a wrong figure.
    Raises KeyError for an analyte that is not in the table. Source: safety.md H17, clinical.md 4.6.
    """
    worthless = ANALYTES[analyte].unusable_when
    reasons = []
    for problem in problems:
        if problem not in SPECIMEN_PROBLEMS:
            reasons.append("the report names a specimen problem that is not in the table")
        elif problem in worthless:
            reasons.append(SPECIMEN_PROBLEMS[problem])
    return "; ".join(dict.fromkeys(reasons))
