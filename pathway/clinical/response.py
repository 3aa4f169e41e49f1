"""Response: remission and its lesser forms by the ELN table, no answer to two courses, and relapse."""

from decimal import Decimal
from typing import Literal

import msgspec

from pathway.clinical.given import Given, Readings, bound, concluded, number, undecided, word
from pathway.clinical.instant import SPAN_UNITS
from pathway.clinical.quantity import show
from pathway.clinical.reading import Interval, Reading
from pathway.clinical.table import read_table

Sample = Literal["adequate", "scant", "unreadable"]


class Counts(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Counts in 10*9/L that a line takes."""

    neutrophils: Decimal
    platelets: Decimal


class _Table(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    table: str
    date: str
    version: int
    source: str
    remission_blasts_percent: Decimal
    full: Counts
    partial: Counts
    pr_blasts_percent: tuple[Decimal, Decimal]
    pr_fall_percent: Decimal
    counts_within_d: int
    extramedullary_within_d: int
    refractory_after_courses: int
    remissions: tuple[str, ...]
    failures: tuple[str, ...]
    silent: tuple[str, ...]
    present: tuple[str, ...]
    absent: tuple[str, ...]
    sample: dict[Sample, str]
    labels: dict[str, str]


class Look(msgspec.Struct, frozen=True):
    """What one assessment found, None where it did not. Percent, 10*9/L; `before`: marrow blasts before therapy."""

    marrow_blasts: Interval | None = None
    blood_blasts: Interval | None = None
    extramedullary: bool | None = None
    neutrophils: Interval | None = None
    platelets: Interval | None = None
    before: Interval | None = None
    sample: Sample | None = None


Answer = bool | None

ZERO = Decimal(0)
RESPONSE = read_table("response", _Table)
RESPONSES = ("cr", "crh", "cri", "mlfs", "pr", "no_response", "not_evaluable")
RESPONSE_INPUTS = (
    ("marrow_blasts", "%"),
    ("blood_blasts", "%"),
    ("extramedullary", ""),
    ("neutrophils", "10*9/L"),
    ("platelets", "10*9/L"),
    ("blasts_before", "%"),
    ("marrow_sample", ""),
)
RELAPSE_INPUTS = (("recorded_response", ""), *RESPONSE_INPUTS[:3])
REFRACTORY_INPUTS = (("recorded_response", ""),)


def responses(look: Look) -> tuple[str, ...]:
    """Every category that agrees with what was found, words of RESPONSES.

    Asked in the order CR, CRh, CRi, MLFS, PR, none. A sample that nobody described may be unreadable. Marrow blasts of
    exactly 5 % are no remission; counts on a line reach it. CRi has one line short of CR; with both short of CRh it is
    MLFS, for the haematologist to judge. Source: clinical.md 5.5 (ELN22).
    """
    table, found = RESPONSE, list[str]()
    clean = _all(
        _not(_least(look.marrow_blasts, table.remission_blasts_percent)),
        None if look.blood_blasts is None else _not(look.blood_blasts.above(ZERO)),
        _not(look.extramedullary),
    )
    white, red = _least(look.neutrophils, table.full.neutrophils), _least(look.platelets, table.full.platelets)
    full = _all(white, red)
    partial = _all(_least(look.neutrophils, table.partial.neutrophils), _least(look.platelets, table.partial.platelets))
    one_short = None if white is None or red is None else white != red
    rows = (
        ("not_evaluable", None if look.sample is None else look.sample == "unreadable"),
        ("cr", _all(clean, full)),
        ("crh", _all(clean, partial)),
        ("cri", _all(clean, one_short)),
        ("mlfs", _all(clean, None if look.sample is None else look.sample == "adequate")),
        ("not_evaluable", _all(clean, look.sample != "adequate")),
        ("pr", _all(full, _fallen(look.marrow_blasts, look.before))),
    )
    for name, holds in rows:
        if holds is not False:
            found.append(name)
        if holds:
            return tuple(dict.fromkeys(found))
    return tuple(dict.fromkeys((*found, "no_response")))


def response(readings: Readings) -> Reading:
    """cr, crh, cri, mlfs, pr, no_response or not_evaluable; cannot say while what is missing leaves several open.

    `marrow_sample`: adequate (200 cells or cellularity 10 %), scant or unreadable. Blood counts, blood blasts and
    `extramedullary` count only within the table's days of the marrow; `blasts_before` only before it.
    """
    given = bound(readings, RESPONSE_INPUTS)
    sample = word(readings, "marrow_sample", RESPONSE.sample.values(), RESPONSE.silent)
    marrow = readings.get("marrow_blasts")
    timely = _timely(readings, marrow)
    look = Look(
        marrow_blasts=number(readings, "marrow_blasts"),
        blood_blasts=number(timely, "blood_blasts"),
        extramedullary=_disease(timely),
        neutrophils=number(timely, "neutrophils"),
        platelets=number(timely, "platelets"),
        before=number(timely, "blasts_before"),
        sample=next((kind for kind, text in RESPONSE.sample.items() if text == sample), None),
    )
    found = responses(look)
    if len(found) > 1:
        lacking = [name.replace("_", " ") for name, _ in RESPONSE_INPUTS if not _known(timely, name)]
        missing = f": without {', '.join(lacking)} of that time" if lacking else ""
        return undecided(f"{' or '.join(RESPONSE.labels[each] for each in found)}{missing}", given)
    blasts = f", marrow blasts {show(look.marrow_blasts, '%')}" if look.marrow_blasts else ""
    ask = ": counts short on both lines, ask the haematologist" if found == ("mlfs",) else ""
    return concluded(found[0], given, f"response: {RESPONSE.labels[found[0]]}{blasts}{ask}")


def relapse(readings: Readings) -> Reading:
    """Whether disease is back after a recorded CR, CRh or CRi, as a bool; False while no remission was recorded.

    Marrow blasts of 5 % and more, any in blood, or extramedullary disease, found after the remission. Cannot say while
    none of them is seen and one was not looked for since. Source: clinical.md 5.5, relapse [general knowledge, verify].
    """
    given = bound(readings, RELAPSE_INPUTS)
    recorded = word(readings, "recorded_response", RESPONSES, RESPONSE.silent)
    if recorded is None:
        return undecided("no response was recorded", given)
    if recorded not in RESPONSE.remissions:
        return concluded(False, given, "no remission recorded")
    remission = readings["recorded_response"].at
    since = {
        name: each
        for name, each in readings.items()
        if each.at is not None and remission is not None and each.at > remission
    }
    blood = number(since, "blood_blasts")
    signs = (
        _least(number(since, "marrow_blasts"), RESPONSE.remission_blasts_percent),
        None if blood is None else blood.above(ZERO),
        _disease(since),
    )
    if True in signs:
        return concluded(True, given, f"disease found after {RESPONSE.labels[recorded]}")
    if None in signs:
        return undecided("marrow, blood or other sites were not looked at since the remission", given)
    return concluded(False, given, f"no disease found after {RESPONSE.labels[recorded]}")


def refractory(given: Given) -> Reading:
    """Whether two intensive courses brought no CR, CRh or CRi, as a bool: a proposal, people decide.

    Cannot say while no response was recorded since the first day of the last intensive course, unless a remission
    stands. Source: clinical.md 5.5; safety.md T22.
    """
    readings = bound(given.readings, REFRACTORY_INPUTS)
    intensive = tuple(course for course in given.courses if course.intensive)
    positions = tuple(course.position for course in intensive)
    if len(intensive) < RESPONSE.refractory_after_courses:
        return concluded(False, readings, f"intensive courses: {len(intensive)}", positions)
    recorded = word(given.readings, "recorded_response", RESPONSES, RESPONSE.silent)
    if recorded is not None and recorded in RESPONSE.remissions:
        return concluded(False, readings, f"{RESPONSE.labels[recorded]} recorded", positions)
    at = given.readings["recorded_response"].at if recorded is not None else None
    if recorded not in RESPONSE.failures or at is None or at <= max(course.day1 for course in intensive):
        return undecided("no response recorded since the last intensive course", readings, positions)
    return concluded(True, readings, f"no remission after {len(intensive)} intensive courses", positions)


def _timely(readings: Readings, marrow: Reading | None) -> dict[str, Reading]:
    """The readings that belong to the marrow; without its time, none but the marrow itself."""
    at = marrow.at if marrow is not None and marrow.known else None
    days = dict.fromkeys(("blood_blasts", "neutrophils", "platelets"), RESPONSE.counts_within_d)
    days["extramedullary"] = RESPONSE.extramedullary_within_d
    found: dict[str, Reading] = {}
    for name, each in readings.items():
        if at is None or each.at is None:
            fits = name not in (*days, "blasts_before")
        elif name == "blasts_before":
            fits = each.at < at
        else:
            fits = name not in days or abs(each.at - at) <= days[name] * SPAN_UNITS["d"]
        if fits:
            found[name] = each
    return found


def _disease(readings: Readings) -> Answer:
    said = word(readings, "extramedullary", (*RESPONSE.present, *RESPONSE.absent), RESPONSE.silent)
    return None if said is None else said in RESPONSE.present


def _fallen(blasts: Interval | None, before: Interval | None) -> Answer:
    """Whether marrow blasts lie in the range of a partial remission and fell far enough."""
    if blasts is None:
        return None
    low, high = RESPONSE.pr_blasts_percent
    in_range = _all(blasts.at_least(low), _not(blasts.above(high)))
    if in_range is False or before is None:
        return False if in_range is False else None
    left = (100 - RESPONSE.pr_fall_percent) / 100
    least = None if before.low is None else before.low * left
    most = None if before.high is None else before.high * left
    if least is not None and blasts.above(least) is False:
        return in_range
    return False if most is not None and blasts.above(most) else None


def _known(readings: Readings, name: str) -> bool:
    return name in readings and readings[name].known


def _least(found: Interval | None, line: Decimal) -> Answer:
    return None if found is None else found.at_least(line)


def _not(answer: Answer) -> Answer:
    return None if answer is None else not answer


def _all(*answers: Answer) -> Answer:
    if False in answers:
        return False
    return None if None in answers else True
