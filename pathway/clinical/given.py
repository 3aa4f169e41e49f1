"""What a computed fact is given: readings by name, and for some also the reports, courses and dates of the case."""

from collections.abc import Iterable, Mapping

import msgspec

from pathway.clinical.instant import Instant
from pathway.clinical.reading import Interval, Reading, Value
from pathway.clinical.report import Report

Readings = Mapping[str, Reading]


class Course(msgspec.Struct, frozen=True):
    """One declared treatment course. `doses`: drug to dose as written, with its unit."""

    position: int
    regimen: str
    intensive: bool
    day1: Instant
    recorded_at: Instant
    doses: dict[str, str] = {}


class Given(msgspec.Struct, frozen=True):
    """What a fact that takes a case is given; `died_at` None while no death was reported."""

    readings: dict[str, Reading] = {}
    reports: tuple[Report, ...] = ()
    courses: tuple[Course, ...] = ()
    presented_at: Instant = Instant(0)
    died_at: Instant | None = None


class ReadingRefused(Exception):
    """A computed fact was given a reading of another kind than it takes, or gave one of another than it says."""

    code = "computed_reading_kind"


def number(readings: Readings, name: str) -> Interval | None:
    """The number of that name, None while it cannot be said. Raises ReadingRefused for what is no number."""
    reading = readings.get(name)
    if reading is None or not reading.known:
        return None
    if not isinstance(reading.value, Interval):
        raise ReadingRefused(
            f"A computed fact was given a {name} that is no number. Expected an interval in the unit of its inputs. "
            "Mend the fact that the pathway binds to it."
        )
    return reading.value


def word(readings: Readings, name: str, words: Iterable[str] | None = None, unsaid: Iterable[str] = ()) -> str | None:
    """The word of that name; a flag is `yes` or `no`; None while it cannot be said or is one of `unsaid`.

    Raises ReadingRefused for a number, and for a word that is not one of `words`: it would else be read as harmless.
    Without `words` the caller refuses words itself.
    """
    reading = readings.get(name)
    if reading is None or not reading.known:
        return None
    found = {True: "yes", False: "no"}.get(reading.value) if isinstance(reading.value, bool) else reading.value
    if found in tuple(unsaid):
        return None
    if not isinstance(found, str) or (words is not None and found not in tuple(words)):
        expected = f"one of {', '.join((*words, *unsaid))}" if words is not None else "a word"
        raise ReadingRefused(
            f"A computed fact was given a {name} that is none of its words. Expected {expected}. "
            "Mend the fact that the pathway binds to it."
        )
    return found


def concluded(
    value: Value, given: Iterable[Reading], shown: str, positions: Iterable[int] = (), at: Iterable[Instant] = ()
) -> Reading:
    """An answer that rests on these readings, and on events at `positions` that were true `at` these instants.

    It is dated by the newest of them; time changes it at the earliest instant at which it changes one of them.
    """
    every = tuple(given)
    used = [each for each in every if each.known]
    return Reading(
        known=True,
        value=value,
        at=max((*at, *(each.at for each in used if each.at is not None)), default=None),
        recorded=max((each.recorded for each in used if each.recorded is not None), default=None),
        until=min((each.until for each in every if each.until is not None), default=None),
        events=tuple(sorted({*positions, *(position for each in used for position in each.events)})),
        shown=shown,
    )


def undecided(why: str, given: Iterable[Reading], positions: Iterable[int] = ()) -> Reading:
    """Cannot say, with the reason in words that hold no figures of a patient, and with what it looked at."""
    every = tuple(given)
    return Reading(
        known=False,
        why=why,
        until=min((each.until for each in every if each.until is not None), default=None),
        events=tuple(sorted({*positions, *(position for each in every for position in each.events)})),
    )


def bound(readings: Readings, inputs: Iterable[tuple[str, str]]) -> tuple[Reading, ...]:
    """The readings of a function's own inputs, whatever else it was given."""
    return tuple(readings[name] for name, _ in inputs if name in readings)
