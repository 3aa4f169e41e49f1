"""Intervals: from each start to its stop, with what became of those that never stopped."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator

from pathway.case.envelope import Event
from pathway.case.measure.asked import Asked
from pathway.case.measure.pattern import Found, word_of
from pathway.case.measure.trail import Trail
from pathway.case.measure.unit import Left, Outcome, Unit
from pathway.clinical.instant import Instant

HAPPENED_BEFORE = "it had happened before"


class Course:
    """One case under one indicator: its stops by what they must share with a start, and what moves or voids a start."""

    def __init__(self, asked: Asked, trail: Trail) -> None:
        form = asked.form
        self.asked, self.trail, self.form = asked, trail, form
        self.stops = shelved(trail.of(asked.stop), tuple(form.join))
        self.moved, self.void = (shelved(trail.of(slots), form.same) for slots in (asked.moved, asked.void))

    def stops_of(self, start: Event) -> list[Found]:
        """The stops that may be those of a start, by their instant."""
        return self.stops.get(words(start, self.form.join.values()), [])

    def one(self, at: Instant, start: Event) -> Unit | Left:
        """What became of one start."""
        asked, trail = self.asked, self.trail
        if reason := asked.held(trail, at):
            return Left(trail.case, reason)
        at, due, told = self.settled(at, start)
        stops = self.stops_of(start)
        if self.form.before == "excluded" and stops and stops[0][0] < at:
            return Left(trail.case, HAPPENED_BEFORE)
        stop = self.first(at, start, stops)
        end = due if due is not None else None if asked.upper is None else Instant(at + asked.upper)
        voids = self.void.get(words(start, self.form.same), ()) if stop is None else ()
        if any(end is None or when < end for when, _ in voids):
            return Left(trail.case, self.form.voided)
        ended = None if stop is None else stop[1]
        return Unit(
            case=trail.case,
            position=start.position,
            at=at,
            outcome=self.outcome(at, end, start, stop),
            stopped_at=None if stop is None else stop[0],
            lasted_us=None if stop is None else stop[0] - at,
            groups=asked.grouped(trail, Instant(max(at, start.occurred_at)), told, ended),
        )

    def settled(self, at: Instant, start: Event) -> tuple[Instant, Instant | None, Event]:
        """The start and the due instant (None where nothing is due) as the last event left them; that event too."""
        form = self.form
        moved = self.moved.get(words(start, form.same), ())
        told = max((event for _, event in moved), key=lambda event: event.position, default=start)
        due: Instant | None = getattr(told.body, form.due, None) if form.due else None
        begins = next((each.at for each in form.start if each.at and hasattr(told.body, each.at)), "")
        return (getattr(told.body, begins) if begins and told is not start else at), due, told

    def first(self, at: Instant, start: Event, stops: list[Found]) -> Found | None:
        """The stop of a start: the first in the window, else the first that comes at all."""
        if self.form.before == "counts":
            return stops[0] if stops else None
        find = bisect_right if self.form.after else bisect_left
        late = find(stops, at, key=instant_of)
        if self.asked.lower is not None:
            inside = max(late, bisect_left(stops, at + self.asked.lower, key=instant_of))
            late = inside if inside < len(stops) else late
        return next((each for each in stops[late : late + 2] if each[1].position != start.position), None)

    def outcome(self, at: Instant, end: Instant | None, start: Event, stop: Found | None) -> Outcome:
        """What became of a start; `end`: the last instant that is in time."""
        form, trail, lower = self.form, self.trail, self.asked.lower
        if stop is not None:
            early = lower is not None and stop[0] < at + lower
            return Outcome.OUTSIDE if early or (end is not None and stop[0] > end) else Outcome.IN_TIME
        over = trail.ended_at is not None and not form.after_exit
        passed = end is not None and (trail.last if over else trail.now) >= end
        refused = any(when >= at and self.same(start, event) for when, event in trail.of(self.asked.not_done))
        if refused and (over or passed or not form.may_come):
            return Outcome.NOT_DONE
        if passed or (over and end is None):
            return Outcome(form.silence)
        return Outcome.NOT_DOCUMENTED if over else Outcome.OPEN

    def same(self, start: Event, event: Event) -> bool:
        """Whether a refusal is of this start: the shared fields that it has hold the same."""
        shared = [name for name in self.form.same if hasattr(event.body, name)]
        return words(event, shared) == words(start, shared)


def intervals(asked: Asked, trail: Trail) -> Iterator[Unit | Left]:
    """The units of one case, and those that are left out."""
    starts = trail.of(asked.start)
    if starts:
        yield from begun(asked, trail, starts)
    if asked.announced:
        yield from unstarted(asked, trail, [event for _, event in starts])


def begun(asked: Asked, trail: Trail, starts: list[Found]) -> Iterator[Unit | Left]:
    """The units that have begun, or those of them that are counted."""
    course = Course(asked, trail)
    waits, before = False, None
    for at, start in starts:
        if asked.form.each == "episode" and (waits or (before is not None and at < before)):
            continue
        found = course.one(at, start)
        yield found
        if asked.form.each == "case":
            break
        if isinstance(found, Unit):
            waits, before = found.stopped_at is None and found.outcome is not Outcome.NOT_DONE, found.stopped_at


def unstarted(asked: Asked, trail: Trail, starts: list[Event]) -> Iterator[Unit | Left]:
    """What was announced and has not begun: left out with a reason once the case has ended, open until then."""
    form = asked.form

    def name(event: Event) -> tuple[str, ...]:
        return tuple(word_of(event, each) for each in form.announced_by)

    begun = {name(each) for each in starts}
    announced = {name(event): (at, event) for at, event in reversed(trail.of(asked.announced))}
    for key, (at, event) in announced.items():
        if key in begun:
            continue
        if reason := asked.held(trail, at):
            yield Left(trail.case, reason)
        elif trail.ended_at is None:
            yield Unit(trail.case, event.position, at, Outcome.OPEN, groups=asked.grouped(trail, at, event, None))
        elif form.unstarted:
            yield Left(trail.case, form.unstarted)
        else:
            groups = asked.grouped(trail, at, event, None)
            yield Unit(trail.case, event.position, at, Outcome.NOT_DOCUMENTED, groups=groups)


def shelved(found: list[Found], names: tuple[str, ...]) -> dict[tuple[str, ...], list[Found]]:
    """What was found by the words of some fields, in its order."""
    if not names:
        return {(): found}
    shelves: dict[tuple[str, ...], list[Found]] = {}
    for each in found:
        shelves.setdefault(words(each[1], names), []).append(each)
    return shelves


def words(event: Event, names: Iterable[str]) -> tuple[str, ...]:
    """The words of some fields of an event."""
    return tuple(word_of(event, name) for name in names)


def instant_of(found: Found) -> Instant:
    """When it was."""
    return found[0]
