"""Made facts: readings that follow from other readings, from products and from courses; and instants as readings."""

from collections.abc import Sequence
from decimal import Decimal

from msgspec.structs import replace

from pathway.case.state import Course, Product
from pathway.clinical.instant import Instant
from pathway.clinical.quantity import show
from pathway.clinical.reading import Interval, Reading, exactly
from pathway.definition.form import FactForm

MISSING = Reading(known=False, why="not recorded")


def moment(at: Instant | None, events: tuple[int, ...] = (), until: Instant | None = None) -> Reading:
    """An instant as a reading; None is missing."""
    if at is None:
        return MISSING if until is None else Reading(known=False, why=MISSING.why, until=until)
    return Reading(known=True, value=at, at=at, until=until, events=events)


def count(number: int, events: tuple[int, ...] = ()) -> Reading:
    """A whole number as a reading."""
    return Reading(known=True, value=exactly(Decimal(number)), events=events, shown=str(number))


def dated(reading: Reading) -> dict[str, Reading]:
    """A reading with its instants, by suffix."""
    instants = {".at": reading.at, ".recorded": reading.recorded}
    return {"": reading} | {key: moment(at, reading.events, reading.until) for key, at in instants.items()}


def difference(form: FactForm, left: Reading, right: Reading) -> Reading:
    """One number over another."""
    if not (left.known and isinstance(left.value, Interval) and isinstance(right.value, Interval)):
        return Reading(known=False, why=left.why, until=left.until)
    by = right.value.low or Decimal(0)
    value = Interval(
        None if left.value.low is None else left.value.low - by,
        None if left.value.high is None else left.value.high - by,
        left.value.low_open,
        left.value.high_open,
    )
    return Reading(
        known=True,
        value=value,
        at=left.at,
        recorded=left.recorded,
        until=left.until,
        events=left.events,
        shown=f"{form.title} {show(value, form.unit)}",
    )


def in_range(reading: Reading, score: tuple[int, int]) -> Reading | None:
    """A score within its range, bounds that it leaves open filled in; None for one that cannot be."""
    if not reading.known or not isinstance(reading.value, Interval):
        return reading
    low, high = reading.value.low, reading.value.high
    lowest, highest = (Decimal(each) for each in score)
    if (low is not None and low > highest) or (high is not None and high < lowest):
        return None
    value = reading.value
    if low is None or low < lowest:
        value = replace(value, low=lowest, low_open=False)
    if high is None or high > highest:
        value = replace(value, high=highest, high_open=False)
    return replace(reading, value=value)


def product_readings(form: FactForm, given: Sequence[Product], now: Instant) -> dict[str, Reading]:
    """The last product of these kinds; `.at` is its end, or its start while no end is known."""
    times = [at for each in given for at in (each.started_at, each.ended_at) if at is not None]
    coming = min((at for at in times if at > now), default=None)
    last = max((at for at in times if at <= now), default=None)
    ended = [each.ended_at for each in given if each.ended_at is not None and each.ended_at <= now]
    begun = [each.ended_at if each.started_at is None else each.started_at for each in given]
    started = max((at for at in begun if at is not None and at <= now), default=None)
    events = tuple(each.position for each in given)
    word = "given" if given else "none"
    said = Reading(known=True, value=word, at=last, until=coming, events=events, shown=f"{form.title}: {word}")
    more = {".started": started, ".ended": max(ended, default=None)}
    return dated(said) | {key: moment(at, events, coming) for key, at in more.items()}


def course_readings(courses: Sequence[Course]) -> dict[str, Reading]:
    """Whether a course was begun, its first day, how many there were and how many of them intensive."""
    last = courses[-1] if courses else None
    said = Reading(
        known=True,
        value="begun" if last else "none",
        at=last.day1 if last else None,
        recorded=last.recorded_at if last else None,
        events=(last.position,) if last else (),
        shown=f"course {last.number}, {last.regimen}" if last else "no course begun",
    )
    counts = {"number": len(courses), "intensive": sum(each.intensive for each in courses)}
    positions = tuple(each.position for each in courses)
    return (
        dated(said)
        | {".day1": moment(last.day1 if last else None)}
        | {f".{name}": count(number, positions) for name, number in counts.items()}
    )
