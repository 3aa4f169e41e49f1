"""What must be true of a case after every step, whatever was sent: the oracle of the random tests."""

from collections.abc import Iterable

from pathway.case.envelope import VERSIONS, By, Event, decode
from pathway.case.events import FactRetracted, ResultRecorded
from pathway.case.evolve import evolve
from pathway.case.obligations import Asked
from pathway.case.state import Case
from pathway.case.subjects import subjects
from pathway.case.turn import Turn
from pathway.clinical.instant import Instant
from pathway.definition.guard import NO, YES
from pathway.definition.pathway import Pathway
from pathway.engine import Engine
from pathway.engine.ports import Head, ReminderRow


def sound(engine: Engine, fresh: Engine, case: str) -> None:
    """Assert everything that always holds of a case. `fresh` is an engine that never saw it."""
    events = engine.timeline(case)
    cached, folded = engine.case(case), evolve(Case(id=case), events)
    same_case(cached, folded)
    same_case(fresh.case(case), folded)
    assert engine.verify(case) == []
    head = engine.store.head(case)
    assert head is not None
    head_is_the_fold(head, folded, events)
    pathway = engine.pathway(case)
    for region, place in folded.regions.items():
        assert place.leaf in pathway.form.regions[region].phases
    assert rows_of(engine.store.reminders(case)) == rows_of_case(folded)
    if head.closed:
        assert not folded.open
        assert head.next_look is None
    assert [each.recorded_at for each in events] == sorted(each.recorded_at for each in events)
    for number, each in enumerate(events, start=1):
        envelope_is_complete(each, case, number, head.bundle, events)
    missing_is_never_normal(engine, pathway, case, events)


def same_case(one: Case, other: Case) -> None:
    """The same case, its open reminders in the same order too: the next decision walks through them."""
    assert one == other
    assert list(one.open) == list(other.open)


def head_is_the_fold(head: Head, folded: Case, events: list[Event]) -> None:
    """The case row says what the events say."""
    assert (head.position, head.clinical_version) == (len(events), folded.clinical_version)
    assert (head.ward, head.bed, head.patient) == (folded.ward, folded.bed, folded.patient)
    assert head.phases == {region: place.leaf for region, place in folded.regions.items()}
    assert head.recorded_at == events[-1].recorded_at
    assert head.bundle == folded.bundle


def envelope_is_complete(event: Event, case: str, number: int, bundle: str, events: list[Event]) -> None:
    """The event says whose it is, which one, of what kind, when, by whom and how known, on which command, and why."""
    assert (event.case, event.position, event.bundle) == (case, number, bundle)
    assert (event.type, event.version) == (type(event.body).__name__, VERSIONS.get(event.type, 1))
    assert all((event.by.actor, event.by.source, event.by.authenticated, event.occurred_at, event.recorded_at))
    match event.by:
        case By("clock", source="engine"):
            # The effects of time are nobody's command, and never come before their time.
            assert (event.command, event.cause) == ("", None)
            assert event.occurred_at <= event.recorded_at
        case By("engine", source="engine"):
            assert event.cause is not None
            cause = events[event.cause - 1]
            assert (cause.command, cause.position < number, cause.cause) == (event.command, True, None)
            assert event.command
        case _:
            assert event.command


def wanted_is_open(engine: Engine, case: str) -> None:
    """What the state of a case wants is what is open: every reminder asked anew, remembering nothing."""
    head = engine.store.head(case)
    assert head is not None
    if head.closed:
        return
    turn = Turn(engine.rules[head.bundle], engine.case(case), Instant(max(engine.clock.now(), head.recorded_at)))
    unseen = set(turn.case.open)
    for form in turn.pathway.form.reminders:
        for subject in subjects(turn.view, form.for_each):
            held = turn.case.open.get((form.id, subject.key))
            asked = Asked(turn, form, subject, held)
            unseen.discard((form.id, subject.key))
            if held is None:
                assert not asked.wanted(), f"{form.id} {subject.key} is wanted and not open"
            else:
                assert asked.answer(form.done_when) != YES, f"{form.id} {subject.key} is done and open"
                assert asked.answer(form.when) != NO, f"{form.id} {subject.key} is open without a reason"
    assert not unseen, "open about nothing"


def rows_of(rows: Iterable[ReminderRow]) -> dict[tuple[str, str, int], tuple[Instant, int, str, Instant | None]]:
    """Open reminder rows by key: due, rung, level, acknowledged until."""
    return {
        (row.reminder, row.subject, row.ordinal): (row.due_at, row.rung, row.level, row.acknowledged_until)
        for row in rows
    }


def rows_of_case(case: Case) -> dict[tuple[str, str, int], tuple[Instant, int, str, Instant | None]]:
    """The same of the case's open obligations."""
    return {
        (held.reminder, held.subject, held.ordinal): (
            held.due_at,
            max((rang.rung for rang in held.rungs), default=-1),
            held.level,
            max((ack.until for ack in held.acks), default=None),
        )
        for held in case.open.values()
    }


def missing_is_never_normal(engine: Engine, pathway: Pathway, case: str, events: list[Event]) -> None:
    """No laboratory fact without a standing, usable, recent value is shown on target; derived from the events alone."""
    picture = engine.picture(case)
    gone = {each.body.target for each in events if isinstance(each.body, FactRetracted)}
    gone |= {each.body.replaces for each in events if isinstance(each.body, ResultRecorded) and each.body.replaces}
    results = [each.body for each in events if isinstance(each.body, ResultRecorded) and each.position not in gone]
    for seen in picture.labs:
        form = pathway.form.facts[seen.name]
        oldest = picture.at - pathway.span(form.valid_for or "")
        standing = [each for each in results if each.analyte == form.lab and each.collected_at > oldest]
        if not any(each.usable and not each.question for each in standing):
            assert seen.state == "cannot_say", seen
            assert seen.why


def acknowledged_is_kept(engine: Engine, case: str, positions: Iterable[int], command: str) -> None:
    """The events that a command was answered with stand in the stream under its id."""
    stream = {each.position: decode(each.canonical) for each in engine.store.stream(case)}
    for position in positions:
        assert stream[position].command == command
