"""Codes: what things are called in public terminologies, and which of these codes somebody verified."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal

import msgspec

from pathway.clinical.analyte import ANALYTES
from pathway.clinical.table import read_table


class Coded(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A code in a system; `verified` when seen in the public source named. `trap`: what it is mistaken for."""

    system: str
    code: str
    verified: bool
    source: str
    trap: str = ""


class Concept(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One thing with its codes; a drug with `forms` is meant in these forms alone."""

    name: str
    text: str
    kind: Literal["laboratory", "diagnosis", "procedure", "drug"]
    codes: tuple[Coded, ...]
    forms: tuple[str, ...] = ()

    def code(self, system: str) -> Coded | None:
        """The first verified code in a system; None where there is none."""
        return next((each for each in self.codes if each.system == system and each.verified), None)


class _Table(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    table: str
    date: str
    version: int
    source: str
    systems: dict[str, str]
    concepts: tuple[Concept, ...]


def concept_of(system: str, code: str, form: str = "") -> Concept | None:
    """What a code means; None for one that is not known or not verified: it lets nothing in.

    `system` by the short name or the address of SYSTEMS; `form` of a drug, without which a drug that is meant in
    certain forms alone is not recognised (a skin cream holds tretinoin too). Source: clinical.md 9.
    """
    found = _BY_CODE.get((_SHORT.get(system, system), code.strip()))
    if found is None or (found.forms and form not in found.forms):
        return None
    return found


def unverified() -> tuple[tuple[Concept, Coded], ...]:
    """Every code that a terminologist must still check, with what it stands for."""
    return tuple((each, code) for each in CONCEPTS.values() for code in each.codes if not code.verified)


def _concepts() -> dict[str, Concept]:
    """The table's concepts, and every analyte with its LOINC codes."""
    measured = (
        Concept(
            each.name,
            each.text,
            "laboratory",
            tuple(
                Coded("loinc", code.loinc, code.verified, code.source)
                for code in each.codes
                if not code.loinc.startswith("local:")
            ),
        )
        for each in ANALYTES.values()
    )
    return {each.name: each for each in (*measured, *_TABLE.concepts)}


_TABLE = read_table("codes", _Table)
#: Short name of a coding system to its address.
SYSTEMS: Mapping[str, str] = MappingProxyType(_TABLE.systems)
CONCEPTS: Mapping[str, Concept] = MappingProxyType(_concepts())
_SHORT = {address: name for name, address in SYSTEMS.items()}
_BY_CODE = {(code.system, code.code): each for each in CONCEPTS.values() for code in each.codes if code.verified}
