"""The tally of an import: how many values, how often they crossed the pathway's lines, how the rechecks were kept."""

from collections.abc import Iterable, Iterator
from itertools import pairwise

import msgspec

from pathway.case.envelope import Event
from pathway.case.events import ReminderClosed, ReminderOpened, ReminderRescheduled, ResultRecorded
from pathway.case.fold.facts import number
from pathway.clinical.instant import Instant
from pathway.clinical.reading import Interval
from pathway.definition.pathway import Pathway
from pathway.engine import Engine
from ward.laboratory.mapping import Mapping


class Line(msgspec.Struct, frozen=True):
    """A line of the pathway, and how often the values of a person went below it and back."""

    name: str
    down: int
    up: int


class Counted(msgspec.Struct, frozen=True):
    """One analyte. `due`: rechecks whose due time came, or that were made before it; each was `on_time` or `late`."""

    analyte: str
    values: int
    unusable: int
    lines: tuple[Line, ...]
    due: int
    on_time: int
    late: int


class Recheck(msgspec.Struct, frozen=True):
    """One obligation to take a value again, and when that was done, None where it was not."""

    analyte: str
    due_at: Instant
    done_at: Instant | None


class Value(msgspec.Struct, frozen=True):
    """One value of an analyte that the pathway rechecks: what it crossed, and the recheck that it met.

    `late_us`: how long after the recheck's due time it was collected, 0 on time, None where it met none.
    """

    case: str
    collected_at: Instant
    recorded_at: Instant
    analyte: str
    entered: str
    usable: bool
    crossed: tuple[str, ...]
    recheck_due_at: Instant | None
    late_us: int | None


def values(engine: Engine, mapping: Mapping, subjects: list[str], pathways: tuple[Pathway, ...]) -> list[Value]:
    """Every value of the rechecked analytes, person by person in the order of collection."""
    pathway = next(each for each in pathways if each.name == mapping.pathway)
    return [value for events in histories(engine, mapping, subjects) for value in seen(events, mapping, pathway)]


def seen(events: list[Event], mapping: Mapping, pathway: Pathway) -> Iterator[Value]:
    """The values of one case."""
    met = {(each.analyte, each.done_at): each.due_at for each in kept(events, frozenset(mapping.rechecks))}
    asked = {analyte for analyte, _ in met}
    results = [(event, event.body) for event in events if isinstance(event.body, ResultRecorded)]
    before: dict[tuple[str, str], bool] = {}
    for event, body in sorted(results, key=lambda each: (each[1].collected_at, each[0].position)):
        if body.analyte not in asked:
            continue
        crossed = []
        for name in lines_of(body.analyte, pathway) if body.usable else ():
            side = below(body, name, pathway)
            if side is not None and before.get((body.analyte, name), side) != side:
                crossed.append(f"{'below' if side else 'back above'} {name.replace('_', ' ')}")
            if side is not None:
                before[body.analyte, name] = side
        due_at = met.get((body.analyte, body.collected_at))
        late = None if due_at is None else max(0, body.collected_at - due_at)
        yield Value(
            case=event.case,
            collected_at=body.collected_at,
            recorded_at=event.recorded_at,
            analyte=body.analyte,
            entered=body.entered,
            usable=body.usable,
            crossed=tuple(crossed),
            recheck_due_at=due_at,
            late_us=late,
        )


def tally(engine: Engine, mapping: Mapping, subjects: list[str], pathways: tuple[Pathway, ...]) -> list[Counted]:
    """What became of the imported people, by analyte in the order of their names."""
    pathway = next(each for each in pathways if each.name == mapping.pathway)
    cases = histories(engine, mapping, subjects)
    results = [[each.body for each in events if isinstance(each.body, ResultRecorded)] for events in cases]
    rechecks = [each for events in cases for each in kept(events, frozenset(mapping.rechecks))]
    analytes = sorted({body.analyte for bodies in results for body in bodies})
    return [counted(analyte, results, rechecks, pathway) for analyte in analytes]


def histories(engine: Engine, mapping: Mapping, subjects: list[str]) -> list[list[Event]]:
    """The events of the imported people's cases."""
    wanted = {f"{mapping.prefix}-{subject}" for subject in subjects}
    return [
        engine.timeline(head.case)
        for head in engine.heads(closed=True)
        if head.case in wanted or head.case.rpartition("-")[0] in wanted
    ]


def counted(analyte: str, cases: list[list[ResultRecorded]], rechecks: list[Recheck], pathway: Pathway) -> Counted:
    """The figures of one analyte."""
    own = [[body for body in bodies if body.analyte == analyte] for bodies in cases]
    usable = [sorted((b for b in bodies if b.usable), key=lambda b: b.collected_at) for bodies in own]
    asked = [each for each in rechecks if each.analyte == analyte]
    late = sum(each.done_at is None or each.done_at > each.due_at for each in asked)
    return Counted(
        analyte=analyte,
        values=sum(map(len, usable)),
        unusable=sum(map(len, own)) - sum(map(len, usable)),
        lines=tuple(crossed(name, usable, pathway) for name in lines_of(analyte, pathway)),
        due=len(asked),
        on_time=len(asked) - late,
        late=late,
    )


def lines_of(analyte: str, pathway: Pathway) -> Iterable[str]:
    """The settings that are lines of an analyte."""
    return [line for fact in pathway.form.facts.values() if fact.lab == analyte for line in fact.lines]


def crossed(name: str, series: list[list[ResultRecorded]], pathway: Pathway) -> Line:
    """How often the values of each person crossed a line, in the order of collection."""
    down = up = 0
    for values in series:
        sides = [side for body in values if (side := below(body, name, pathway)) is not None]
        down += sum(not before and after for before, after in pairwise(sides))
        up += sum(before and not after for before, after in pairwise(sides))
    return Line(name, down, up)


def below(body: ResultRecorded, name: str, pathway: Pathway) -> bool | None:
    """Whether a value lies below a line, None where its bounds stand on both sides."""
    line = pathway.settings[name].value
    low, high = number(body.low), number(body.high)
    if not isinstance(line, Interval) or line.low is None:
        return None
    if high is not None and (high < line.low or (high == line.low and body.high_open)):
        return True
    return False if low is not None and low >= line.low else None


def kept(events: list[Event], reminders: frozenset[str]) -> Iterator[Recheck]:
    """The rechecks of one case, each with the due time it had last and the collection that met it."""
    due: dict[tuple[str, int], Instant] = {}
    collected: dict[str, Instant] = {}
    for event in events:
        match event.body:
            case ResultRecorded(usable=True) as body:
                collected[body.analyte] = body.collected_at
            case ReminderOpened() | ReminderRescheduled() as body if body.reminder in reminders:
                due[body.subject, body.ordinal] = body.due_at
            case ReminderClosed() as body if body.reminder in reminders:
                due_at = due.pop((body.subject, body.ordinal))
                if body.how == "done":
                    yield Recheck(body.subject, due_at, collected.get(body.subject, event.occurred_at))
    end = events[-1].recorded_at
    for (subject, _), due_at in due.items():
        if due_at <= end:
            yield Recheck(subject, due_at, None)
