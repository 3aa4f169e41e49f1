"""Anthracyclines over a lifetime: a range in mg/m2 of daunorubicin, open where something is not known."""

import re
from decimal import Decimal
from itertools import product

import msgspec

from pathway.clinical.age import AGE_BANDS, AGE_INPUTS, age_bands
from pathway.clinical.given import Course, Given, Readings, bound, concluded, number, undecided, word
from pathway.clinical.quantity import show
from pathway.clinical.reading import Interval, Reading
from pathway.clinical.table import read_table


class Drug(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """1 mg stands for `equals` mg of daunorubicin, lowest and highest; `own_limit` in mg/m2 of the drug alone."""

    equals: tuple[Decimal, Decimal]
    source: str
    own_limit: Decimal | None = None


class Regimen(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """On how many days a regimen gives a drug whose dose is written per day."""

    name: str
    days: dict[str, int]
    source: str


class Limit(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A lifetime limit in mg/m2 or in mg/kg of daunorubicin."""

    source: str
    mg_m2: Decimal | None = None
    mg_kg: Decimal | None = None


class _Table(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    table: str
    date: str
    version: int
    source: str
    warn_percent: Decimal
    no_anthracyclines: tuple[str, ...]
    prior_none: tuple[str, ...]
    prior_recorded: tuple[str, ...]
    prior_silent: tuple[str, ...]
    radiotherapy_yes: tuple[str, ...]
    radiotherapy_no: tuple[str, ...]
    radiotherapy_silent: tuple[str, ...]
    drugs: dict[str, Drug]
    regimens: tuple[Regimen, ...]
    limits: dict[str, Limit]


class Total(msgspec.Struct, frozen=True):
    """What was given and is declared. `mg_m2` and `mg_kg` in daunorubicin; `open`: in words what may come on top.

    `drugs`: each drug with its own mg/m2, at least; `alone` while nothing but one drug counts.
    """

    mg_m2: Interval
    mg_kg: Decimal
    open: tuple[str, ...]
    drugs: tuple[tuple[str, Decimal], ...]
    alone: bool


ZERO = Decimal(0)
ANTHRACYCLINES = read_table("anthracyclines", _Table)
TOTAL_INPUTS = (("prior", ""), ("prior_dose", "mg/m2"))
LIMIT_INPUTS = (*TOTAL_INPUTS, *AGE_INPUTS, ("chest_radiotherapy", ""))
STATES = ("within", "near", "over")
#: `90 mg/m2/d`, `90 mg/m2/d x 3` with the days, `270 mg/m2` for the whole course; by weight with mg/kg.
DOSE = re.compile(r"(\d{1,5}(?:\.\d{1,4})?) mg/(m2|kg)(?:(/d)(?: ?x ?(\d{1,2}))?)?", re.ASCII)


def anthracycline_exposure(courses: tuple[Course, ...], prior: Interval | None) -> Total:
    """The sum of every course, declared ones in full, and of what was given `prior` in mg/m2 of daunorubicin.

    `prior` None is not known: no upper bound, never 0. A dose, drug or number of days that cannot be read counts with
    its lowest figure and no upper bound. Source: clinical.md 5.8, 6; safety.md H45, H48.
    """
    open_ones = ["earlier or outside anthracycline is not known"] if prior is None else []
    low, high = (ZERO, ZERO) if prior is None else (prior.low or ZERO, prior.high)
    if prior is not None and high is None:
        open_ones.append("earlier anthracycline is stated without an upper bound")
    by_weight, by_drug = ZERO, dict[str, Decimal]()
    for course in courses:
        for drug, text in course.doses.items():
            if drug in ANTHRACYCLINES.no_anthracyclines:
                continue
            least, unit, certain = _given(course.regimen, drug, text)
            if not certain:
                open_ones.append(f"the dose of {drug} in course {course.regimen} cannot be summed")
            about = ANTHRACYCLINES.drugs.get(drug)
            if unit == "kg":
                by_weight += least * (about.equals[1] if about else ZERO)
            elif about is not None:
                by_drug[drug] = by_drug.get(drug, ZERO) + least
    for drug, mg in by_drug.items():
        factors = ANTHRACYCLINES.drugs[drug].equals
        low, high = low + mg * factors[0], None if high is None else high + mg * factors[1]
    alone = len(by_drug) == 1 and not open_ones and by_weight == 0 and prior == Interval(ZERO, ZERO)
    found = Interval(low, None if open_ones else high)
    return Total(found, by_weight, tuple(dict.fromkeys(open_ones)), tuple(by_drug.items()), alone)


def limit_states(total: Total, ages: tuple[str, ...], radiotherapy: bool | None) -> tuple[str, ...]:
    """Every state (within, near, over) that agrees with the total, for every age band and radiotherapy that may be.

    `near` from 80 % of the limit on, `over` above it. A drug that stands alone in an adult is held against its own
    limit, and above its own limit every total is over. Doses by weight and by surface do not add up: then nothing but
    an excess of either is certain.
    """
    found: set[str] = set()
    for age, irradiated in product(ages, (True, False) if radiotherapy is None else (radiotherapy,)):
        found.update(_states(total, age, irradiated))
    return tuple(state for state in STATES if state in found)


def anthracycline_total(given: Given) -> Reading:
    """The lifetime sum in mg/m2 of daunorubicin, as an interval without upper bound while something is not known.

    `prior`: none_asked, recorded (then `prior_dose` in mg/m2 of daunorubicin) or unsaid. Doses by weight are not in
    it: cannot say once there are some.
    """
    total = _total(given)
    readings, positions = bound(given.readings, TOTAL_INPUTS), _positions(given)
    if total.mg_kg:
        return undecided("some anthracycline was given by weight", readings, positions)
    lacking = f" ({'; '.join(total.open)})" if total.open else ""
    shown = f"anthracycline {show(total.mg_m2, 'mg/m2')} as daunorubicin{lacking}"
    return concluded(total.mg_m2, readings, shown, positions, (course.day1 for course in given.courses))


def anthracycline_limit(given: Given) -> Reading:
    """within, near (80 %) or over the lifetime limit, with every course that is declared; cannot say between them.

    `age` in years, `chest_radiotherapy` yes or no; unsaid ones leave every limit open. Source: clinical.md 6.
    """
    total = _total(given)
    readings, positions = bound(given.readings, LIMIT_INPUTS), _positions(given)
    age = number(given.readings, "age")
    ages = AGE_BANDS if age is None else age_bands(age) or AGE_BANDS
    irradiated = _radiotherapy(given.readings)
    states = limit_states(total, ages, irradiated)
    if len(states) != 1:
        why = "; ".join(_doubts(total, ages, irradiated))
        return undecided(f"{' or '.join(states)} the limit{': ' if why else ''}{why}", readings, positions)
    by_weight = f" and {total.mg_kg} mg/kg" if total.mg_kg else ""
    shown = f"anthracycline {states[0]} the limit: {show(total.mg_m2, 'mg/m2')}{by_weight} as daunorubicin"
    return concluded(states[0], readings, shown, positions, (course.day1 for course in given.courses))


def anthracycline_in_course(given: Given) -> Reading:
    """Whether the last course declares an anthracycline, as a bool; False before the first course.

    Cannot say where it has none of the table's and a drug that the table does not know. Source: safety.md H45.
    """
    last = given.courses[-1] if given.courses else None
    if last is None:
        return concluded(False, (), "no course begun")
    drugs = sorted(set(last.doses) & set(ANTHRACYCLINES.drugs))
    strange = set(last.doses) - set(ANTHRACYCLINES.drugs) - set(ANTHRACYCLINES.no_anthracyclines)
    if strange and not drugs:
        return undecided("a drug of the course is not in the table", (), (last.position,))
    shown = f"anthracycline in the course: {', '.join(drugs) or 'none'}"
    return concluded(bool(drugs), (), shown, (last.position,), (last.day1,))


def _doubts(total: Total, ages: tuple[str, ...], irradiated: bool | None) -> list[str]:
    """Why a limit can be on both sides of a total."""
    doubts = list(total.open)
    if len(ages) > 1:
        doubts.append("the age is not settled")
    if irradiated is None and "adult" in ages:
        doubts.append("nobody said whether the chest was irradiated")
    if total.mg_m2.high is not None and total.mg_m2.low != total.mg_m2.high:
        doubts.append("the drugs do not add up to one figure")
    if total.mg_kg or ages == AGE_BANDS[:1]:
        doubts.append("doses by weight and by surface do not add up")
    return doubts


def _total(given: Given) -> Total:
    table = ANTHRACYCLINES
    words = (*table.prior_none, *table.prior_recorded)
    said = word(given.readings, "prior", words, table.prior_silent)
    prior = number(given.readings, "prior_dose")
    if prior is None and said in table.prior_none:
        prior = Interval(ZERO, ZERO)
    return anthracycline_exposure(given.courses, prior)


def _radiotherapy(readings: Readings) -> bool | None:
    table = ANTHRACYCLINES
    words = (*table.radiotherapy_yes, *table.radiotherapy_no)
    said = word(readings, "chest_radiotherapy", words, table.radiotherapy_silent)
    return None if said is None else said in table.radiotherapy_yes


def _given(regimen: str, drug: str, text: str) -> tuple[Decimal, str, bool]:
    """The least that a dose as written comes to, its unit (m2 or kg), and whether that is all it comes to."""
    found = DOSE.fullmatch(text.strip())
    if found is None:
        return ZERO, "m2", False
    amount, unit, known = Decimal(found[1]), found[2], drug in ANTHRACYCLINES.drugs
    if not found[3]:
        return amount, unit, known
    days = int(found[4]) if found[4] else _days(regimen, drug)
    return amount * (days or 1), unit, known and days is not None


def _days(regimen: str, drug: str) -> int | None:
    return next((each.days.get(drug) for each in ANTHRACYCLINES.regimens if each.name == regimen), None)


def _states(total: Total, age: str, irradiated: bool) -> tuple[str, ...]:
    limits = ANTHRACYCLINES.limits
    own = [_against(Interval(mg, mg), limit) for drug, mg in total.drugs if (limit := _own_limit(drug)) is not None]
    if ("over",) in own:
        return ("over",)
    if own and total.alone and age == "adult" and not irradiated:
        return own[0]
    about = limits["adult_after_chest_radiotherapy"] if age == "adult" and irradiated else limits[age]
    if about.mg_kg is not None:
        if total.mg_m2 == Interval(ZERO, ZERO):
            return _against(Interval(total.mg_kg, total.mg_kg), about.mg_kg)
        return ("over",) if total.mg_kg > about.mg_kg else STATES
    by_surface = _against(total.mg_m2, about.mg_m2 or ZERO)
    if total.mg_kg == 0 or by_surface == ("over",):
        return by_surface
    return STATES[STATES.index(by_surface[0]) :]


def _own_limit(drug: str) -> Decimal | None:
    return ANTHRACYCLINES.drugs[drug].own_limit


def _against(found: Interval, limit: Decimal) -> tuple[str, ...]:
    near, over = found.at_least(limit * ANTHRACYCLINES.warn_percent / 100), found.above(limit)
    possible = (near is not True, near is not False and over is not True, over is not False)
    return tuple(state for state, may in zip(STATES, possible, strict=True) if may)


def _positions(given: Given) -> tuple[int, ...]:
    return tuple(course.position for course in given.courses)
