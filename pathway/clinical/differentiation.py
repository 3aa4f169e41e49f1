"""Differentiation syndrome: how many of its signs are there, and what that number means."""

from decimal import Decimal

import msgspec

from pathway.clinical.given import Readings, bound, concluded, undecided, word
from pathway.clinical.quantity import show
from pathway.clinical.reading import Interval, Reading
from pathway.clinical.table import read_table


class Grade(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"first": "from"}):
    """A grade and the number of signs at which it begins."""

    name: str
    first: int


class _Table(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    table: str
    date: str
    version: int
    source: str
    signs: tuple[str, ...]
    present: tuple[str, ...]
    absent: tuple[str, ...]
    unsaid: tuple[str, ...]
    meaning: dict[str, str]
    grades: tuple[Grade, ...]


SIGNS = read_table("differentiation", _Table)
DS_INPUTS = tuple((sign, "") for sign in SIGNS.signs)
DS_GRADES = tuple(each.name for each in SIGNS.grades)


def differentiation_signs(readings: Readings) -> Reading:
    """The number of the seven signs that are there, 0 to 7; one nobody looked for may be there or not.

    Always known: the value is the interval of all numbers that agree with what was said. The count proves nothing;
    dexamethasone does not wait for it (M9). Source: clinical.md M8.
    """
    count, present, unsaid = _count(readings)
    open_ones = f"; not said: {', '.join(unsaid)}" if unsaid else ""
    shown = f"{show(count, '1')} of {len(SIGNS.signs)} signs ({', '.join(present) or 'none seen'}{open_ones})"
    return concluded(count, bound(readings, DS_INPUTS), shown)


def differentiation_grade(readings: Readings) -> Reading:
    """below (fewer than 2 signs), moderate (2 or 3) or severe (4 or more); cannot say where the count leaves it open.

    Source: clinical.md M8, grades [general knowledge, verify].
    """
    count, present, unsaid = _count(readings)
    given = bound(readings, DS_INPUTS)
    low, high = (_grade(end) for end in (count.low, count.high))
    if low != high:
        return undecided(f"{low} to {high}: nobody said {', '.join(unsaid)}", given)
    return concluded(low, given, f"signs of differentiation syndrome: {low} ({', '.join(present) or 'none seen'})")


def _count(readings: Readings) -> tuple[Interval, list[str], list[str]]:
    said = {sign: word(readings, sign, (*SIGNS.present, *SIGNS.absent), SIGNS.unsaid) for sign in SIGNS.signs}
    present = [SIGNS.meaning[sign] for sign, each in said.items() if each in SIGNS.present]
    unsaid = [SIGNS.meaning[sign] for sign, each in said.items() if each is None]
    return Interval(Decimal(len(present)), Decimal(len(present) + len(unsaid))), present, unsaid


def _grade(count: Decimal | None) -> str:
    return next(each.name for each in reversed(SIGNS.grades) if count is not None and count >= each.first)
