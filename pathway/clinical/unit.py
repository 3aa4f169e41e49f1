"""Units: UCUM codes, the spellings that stand for them, and how they are shown to people."""

import msgspec

from pathway.clinical.table import read_table


class Unit(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A UCUM unit, its wording for people and the laboratory spellings that mean it."""

    ucum: str
    shown: str
    spellings: tuple[str, ...]


class _Units(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    table: str
    date: str
    version: int
    source: str
    units: tuple[Unit, ...]


_UNITS = {each.ucum: each for each in read_table("units", _Units).units}
_BY_SPELLING = {spelling: each.ucum for each in _UNITS.values() for spelling in (each.ucum, *each.spellings)}


def ucum_of(spelling: str) -> str | None:
    """The UCUM code of a unit as spelled by a laboratory (case matters); None when the spelling is not in the table."""
    return _BY_SPELLING.get(spelling.strip())


def show_unit(ucum: str) -> str:
    """A unit as people read it: `x10^9/L` for `10*9/L`, nothing for a dimensionless one."""
    return _UNITS[ucum].shown if ucum in _UNITS else ucum


def spellings() -> tuple[tuple[str, str], ...]:
    """Every known spelling with its UCUM code; the codes themselves included."""
    return tuple((spelling, each.ucum) for each in _UNITS.values() for spelling in (each.ucum, *each.spellings))
