"""Doses: milligrams from surface or weight, whole capsules, and no number where rounding would change the dose."""

from collections.abc import Mapping
from decimal import ROUND_HALF_DOWN, Context, Decimal

import msgspec

from pathway.clinical.age import AGE_BANDS, AGE_INPUTS, age_bands
from pathway.clinical.given import Readings, bound, concluded, number, undecided
from pathway.clinical.quantity import show
from pathway.clinical.reading import Interval, Reading
from pathway.clinical.table import read_table


class Rule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One dose of a drug: `low` to `high` in `unit`, a person chooses between them; no number is capped.

    `days` or `doses`: how often in a course. `divided`: intakes a day, in capsules of `capsule_mg`. `by_weight`: the
    rule that takes its place in the very small.
    """

    name: str
    drug: str
    unit: str
    low: Decimal
    high: Decimal
    ages: tuple[str, ...]
    source: str
    days: int | None = None
    doses: int | None = None
    divided: int = 1
    capsule_mg: Decimal | None = None
    by_weight: str = ""


class Reduction(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"first": "from"}):
    """The share of a dose that is given once an analyte reaches `first` or lies above `above`, canonical unit."""

    drug: str
    analyte: str
    percent: Decimal
    source: str
    first: Decimal | None = None
    above: Decimal | None = None


class _Table(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    table: str
    date: str
    version: int
    source: str
    rounding_percent: Decimal
    weight_below_m2: Decimal
    doses: tuple[Rule, ...]
    reductions: tuple[Reduction, ...]


class Capsules(msgspec.Struct, frozen=True):
    """A daily dose in whole capsules: `mg_d` in all, capsules per intake, and the change by rounding in percent."""

    mg_d: Decimal
    intakes: tuple[int, ...]
    change_percent: Decimal


EXACT = Context(prec=40)
DOSES = read_table("doses", _Table)
RULES: Mapping[str, Rule] = {each.name: each for each in DOSES.doses}
TRETINOIN_INPUTS = (("bsa", "m2"), *AGE_INPUTS)
BASIS_INPUTS = TRETINOIN_INPUTS
REDUCTION_INPUTS = (("bilirubin", "umol/L"), ("creatinine", "umol/L"))
BASES = ("per_m2", "per_kg")


class DoseUnknown(Exception):
    """A dose was asked for by a rule that is not in the table, or in a form that the rule does not give."""

    code = "dose_unknown"


def dose_mg(rule: str, per: Decimal, size: Interval) -> Interval:
    """Milligrams of one day (or one dose, where the rule counts doses) for `size`, in m2 or kg as the rule says.

    `per` is the figure that a person chose, in the unit of the rule. Exact, not rounded, not capped. Raises
    DoseUnknown for another rule; a figure outside the rule is the caller's to ask about (`outside`). Source:
    clinical.md 5.8.
    """
    _rule(rule)
    low, high = (None if end is None else EXACT.multiply(end, per) for end in (size.low, size.high))
    return Interval(low, high, size.low_open, size.high_open)


def course_mg(rule: str, per: Decimal, size: Interval) -> Interval:
    """Milligrams of the whole course. Raises DoseUnknown for another rule or one that names no number of days."""
    about, one = _rule(rule), dose_mg(rule, per, size)
    times = about.days or about.doses
    if times is None:
        raise _unknown("The rule of a dose names no number of days")
    return dose_mg(rule, Decimal(times), one)


def outside(rule: str, per: Decimal) -> bool:
    """Whether a figure is outside the rule's range: outside the source, not impossible (A15)."""
    about = _rule(rule)
    return not about.low <= per <= about.high


def capsules(rule: str, mg_d: Decimal) -> Capsules | str:
    """A daily dose in whole capsules, one at least for each intake; in words why there is no number.

    Rounded to the nearest, a tie to the lower. A change of more than 10 % gives none. Intakes differ by one capsule at
    most, the larger first. Raises DoseUnknown for a rule without capsules. Source: clinical.md 5.8; safety.md H46.
    """
    about = _rule(rule)
    if about.capsule_mg is None:
        raise _unknown("The rule of a dose has no capsules")
    if mg_d <= 0:
        return "there is no dose of nothing"
    nearest = int(EXACT.divide(mg_d, about.capsule_mg).to_integral_value(ROUND_HALF_DOWN))
    count = max(nearest, about.divided)
    given = about.capsule_mg * count
    change = EXACT.multiply(EXACT.divide(given - mg_d, mg_d), Decimal(100))
    if abs(change) > DOSES.rounding_percent:
        return "whole capsules change the dose too much: a pharmacist decides"
    each, more = divmod(count, about.divided)
    intakes = tuple(each + (turn < more) for turn in range(about.divided))
    return Capsules(given, intakes, change.quantize(Decimal("0.1")))


def tretinoin_dose(readings: Readings) -> Reading:
    """The daily dose in mg, whole capsules, from `bsa` in m2 and `age` in years.

    Cannot say without either, with an age on both sides of a rule, and where rounding changes the dose by more than
    10 %: a pharmacist decides. Source: R12, R13, A13, A14; safety.md H46.
    """
    given = bound(readings, TRETINOIN_INPUTS)
    size, age = number(readings, "bsa"), number(readings, "age")
    if size is None or age is None:
        return undecided("the body surface or the age is not known", given)
    bands = age_bands(age)
    rules = [each for each in DOSES.doses if each.drug == "tretinoin" and set(each.ages) & set(bands)]
    if len(rules) != 1:
        return undecided("the age cannot be" if not bands else "the age is on both sides of a dose", given)
    about = rules[0]
    exact = dose_mg(about.name, about.low, size)
    if exact.low is None or exact.high is None:
        return undecided("the body surface is not a figure", given)
    first, last = capsules(about.name, exact.low), capsules(about.name, exact.high)
    if isinstance(first, str):
        return undecided(first, given)
    if isinstance(last, str) or first.mg_d != last.mg_d:
        return undecided("the body surface is not certain enough for a number of capsules", given)
    sign = "+" if first.change_percent > 0 else ""
    parts = " and ".join(f"{about.capsule_mg * each} mg" for each in first.intakes if about.capsule_mg)
    change = f"{sign}{first.change_percent} %"
    shown = f"tretinoin {first.mg_d} mg a day as {parts} ({about.low} {about.unit}, rounded by {change})"
    return concluded(Interval(first.mg_d, first.mg_d), given, shown)


def daunorubicin_basis(readings: Readings) -> Reading:
    """per_m2, or per_kg under 2 years or under 0.5 m2; cannot say while either may hold.

    Source: LBL-DNR in clinical.md 5.8; safety.md H46.
    """
    given = bound(readings, BASIS_INPUTS)
    size, age = number(readings, "bsa"), number(readings, "age")
    bands = AGE_BANDS if age is None else age_bands(age)
    small = None if size is None else size.at_least(DOSES.weight_below_m2)
    if bands == AGE_BANDS[:1] or small is False:
        return concluded("per_kg", given, "daunorubicin by weight")
    if not bands or AGE_BANDS[0] in bands or small is None:
        return undecided("the age or the body surface is not settled", given)
    return concluded("per_m2", given, "daunorubicin by body surface")


def daunorubicin_percent(readings: Readings) -> Reading:
    """The share of the dose, in percent, by bilirubin and creatinine: 100, 75 or 50, as an interval while open.

    Always known; a value that is missing may mean the smallest share. Source: LBL-DNR in clinical.md 5.8.
    """
    given = bound(readings, REDUCTION_INPUTS)
    low, high, missing = Decimal(100), Decimal(100), []
    for analyte, _ in REDUCTION_INPUTS:
        value = number(readings, analyte)
        if value is None:
            missing.append(analyte)
        for rule in DOSES.reductions:
            if rule.drug == "daunorubicin" and rule.analyte == analyte:
                meets = _meets(rule, value)
                low = min(low, rule.percent) if meets is not False else low
                high = min(high, rule.percent) if meets else high
    lacking = f" (without {', '.join(missing)})" if missing else ""
    return concluded(Interval(low, high), given, f"daunorubicin {show(Interval(low, high), '%')} of the dose{lacking}")


def _meets(rule: Reduction, value: Interval | None) -> bool | None:
    if value is None:
        return None
    if rule.first is not None:
        return value.at_least(rule.first)
    return value.above(rule.above) if rule.above is not None else False


def _rule(name: str) -> Rule:
    if name not in RULES:
        raise _unknown("A dose was asked for by a rule that is not in the table")
    return RULES[name]


def _unknown(what: str) -> DoseUnknown:
    return DoseUnknown(
        f"{what}. Expected one of {', '.join(RULES)}. Name one that fits, or add it to tables/doses.toml."
    )
