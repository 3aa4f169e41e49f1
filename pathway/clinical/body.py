"""The body: its surface from height and weight, with nothing capped and nothing assumed."""

from collections.abc import Mapping
from decimal import Context, Decimal

import msgspec

from pathway.clinical.given import Readings, bound, concluded, number, undecided
from pathway.clinical.quantity import show
from pathway.clinical.reading import Interval, Reading
from pathway.clinical.table import read_table


class Formula(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """factor * height^height_power * weight^weight_power / divisor; cm and kg to m2."""

    factor: Decimal
    height_power: Decimal
    weight_power: Decimal
    divisor: Decimal
    source: str

    def surface(self, height_cm: Decimal, weight_kg: Decimal) -> Decimal:
        """The surface in m2, rounded to the table's places."""
        height = EXACT.power(height_cm, self.height_power)
        weight = EXACT.power(weight_kg, self.weight_power)
        found = EXACT.divide(EXACT.multiply(self.factor, EXACT.multiply(height, weight)), self.divisor)
        return found.quantize(Decimal(1).scaleb(-BODY.places), context=EXACT)


class Limits(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Closed bounds; outside them a figure was mistaken."""

    height_cm: tuple[Decimal, Decimal]
    weight_kg: tuple[Decimal, Decimal]
    surface_m2: tuple[Decimal, Decimal]
    mass_index: tuple[Decimal, Decimal]


class _Table(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    table: str
    date: str
    version: int
    source: str
    places: int
    weight_moved_percent: Decimal
    limits: Limits
    formulas: dict[str, Formula]


#: Far more figures than the places that are kept, so that the kept ones are right.
EXACT = Context(prec=40)
BODY = read_table("body", _Table)
FORMULAS: Mapping[str, Formula] = BODY.formulas
BSA_INPUTS = (("height", "cm"), ("weight", "kg"))
WEIGHT_INPUTS = (("weight", "kg"), ("dosing_weight", "kg"))


def body_surface(height_cm: Interval, weight_kg: Interval, formula: str = "mosteller") -> Interval | str:
    """The surface in m2, four places, by a formula of FORMULAS; in words why there is none.

    None for a height of 30 to 250 cm or weight of 0.5 to 400 kg left, for a surface outside 0.1 to 3.5 m2, and for a
    height and weight that look swapped. Never capped. Source: clinical.md 4.6, 5.8; safety.md H47.
    """
    ends = (height_cm.low, height_cm.high, weight_kg.low, weight_kg.high)
    if any(each is None for each in ends):
        return "height or weight is not a figure"
    low_cm, high_cm, low_kg, high_kg = (each for each in ends if each is not None)
    if not (_within(BODY.limits.height_cm, low_cm, high_cm) and _within(BODY.limits.weight_kg, low_kg, high_kg)):
        return "height or weight is outside what is possible: were they swapped, or in another unit?"
    if not _within(BODY.limits.mass_index, _mass_index(high_cm, low_kg), _mass_index(low_cm, high_kg)):
        return "height and weight do not go together: were they swapped?"
    found = FORMULAS[formula]
    low, high = found.surface(low_cm, low_kg), found.surface(high_cm, high_kg)
    if not _within(BODY.limits.surface_m2, low, high):
        return "the body surface is outside what is possible"
    return Interval(low, high)


def bsa(readings: Readings, formula: str = "mosteller") -> Reading:
    """The surface in m2 from `height` in cm and `weight` in kg; cannot say without either."""
    given = bound(readings, BSA_INPUTS)
    height, weight = number(readings, "height"), number(readings, "weight")
    if height is None or weight is None:
        lacking = [name for name, each in (("height", height), ("weight", weight)) if each is None]
        return undecided(f"{' and '.join(lacking)} not known", given)
    found = body_surface(height, weight, formula)
    if isinstance(found, str):
        return undecided(found, given)
    return concluded(found, given, f"body surface {show(found, 'm2')} ({formula.replace('_', ' ')})")


def bsa_du_bois(readings: Readings) -> Reading:
    """As `bsa`, by DuBois."""
    return bsa(readings, "du_bois")


def bsa_haycock(readings: Readings) -> Reading:
    """As `bsa`, by Haycock, for children."""
    return bsa(readings, "haycock")


def weight_moved(readings: Readings) -> Reading:
    """Whether `weight` is more than 10 % from the `dosing_weight` that doses were worked out with, both in kg.

    Cannot say without either, or where an interval lies on both sides. Source: clinical.md 5.8; safety.md H47.
    """
    given = bound(readings, WEIGHT_INPUTS)
    now, then = number(readings, "weight"), number(readings, "dosing_weight")
    if now is None or then is None or then.low is None or then.low != then.high or then.low <= 0:
        return undecided("the weight, or the weight of the dose, is not known", given)
    change = EXACT.divide(EXACT.multiply(then.low, BODY.weight_moved_percent), Decimal(100))
    risen, kept = now.above(then.low + change), now.at_least(then.low - change)
    if risen or kept is False:
        return concluded(True, given, f"weight {show(now, 'kg')}, doses worked out with {show(then, 'kg')}")
    if risen is None or kept is None:
        return undecided("the weight may have moved", given)
    return concluded(False, given, "weight as when doses were worked out")


def _within(bounds: tuple[Decimal, Decimal], low: Decimal, high: Decimal) -> bool:
    return bounds[0] <= low and high <= bounds[1]


def _mass_index(height_cm: Decimal, weight_kg: Decimal) -> Decimal:
    metres = EXACT.divide(height_cm, Decimal(100))
    return EXACT.divide(weight_kg, EXACT.multiply(metres, metres))
