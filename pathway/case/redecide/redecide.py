"""Re-decide: what was said is decided once more, by the rules of that day at that day's instants, against the record.

A record stores outcomes and replays without deciding. Here they are decided on purpose: whether the rules gave what is
stored, and whether all that they gave is there. Each turn begins at the record as it stands and remembers nothing of
the turn before, so that one difference makes no other. Nothing is written.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence

import msgspec
from msgspec.structs import replace

from pathway.case.commands import AnyCommand
from pathway.case.decide import Decision, decide, look
from pathway.case.envelope import Event
from pathway.case.events import CaseEnrolled, CaseJoined, CaseMergedAway, CaseParted, DefinitionAmended
from pathway.case.evolve import apply, draft
from pathway.case.redecide.compare import Difference, compared
from pathway.case.redecide.ground import ground
from pathway.case.redecide.said import said
from pathway.case.redecide.turns import KeptText, Recorded, turns
from pathway.case.rules import Rules
from pathway.case.state import Case
from pathway.clinical.instant import Instant

RulesOf = Callable[[str], Rules]
#: Why something was not decided again.
BOTH = "two cases were decided together, and this is the record of one"
UNFOUNDED = "it speaks of what is not on the record before it"
UNKNOWN = "no command of this release writes such an event first"


class Given(msgspec.Struct, frozen=True):
    """What was taken as recorded and not decided again: events from a position on, and why."""

    position: int
    events: int
    type: str
    why: str


class Redecided(msgspec.Struct, frozen=True):
    """What came of deciding a record once more.

    `events`: all of the record; `decided`: those that were decided again; `given`: those that were not. `unfit`: why
    nothing could be decided at all, empty where it could.
    """

    case: str
    events: int
    decided: int
    given: tuple[Given, ...] = ()
    differences: tuple[Difference, ...] = ()
    unfit: str = ""


class Again(msgspec.Struct, frozen=True):
    """One turn, decided again: what differs, what was taken as given, and when time alone may matter next."""

    wake: int | None
    differences: tuple[Difference, ...] = ()
    given: Given | None = None


def redecide(events: Sequence[Event], rules_of: RulesOf, until: Instant | None = None) -> Redecided:
    """Decide a record once more. `rules_of`: the rules of a bundle.

    `until`: when every part of the pathway was asked last, if that was after the last event: nothing came of it then.
    What differs turn after turn is told once, where it begins.
    """
    if not events or not isinstance(events[0].body, CaseEnrolled):
        return Redecided(events[0].case if events else "", len(events), 0, unfit="it does not begin with an enrolment")
    case, wake = Case(id=events[0].case), None
    found: list[Difference] = []
    given: list[Given] = []
    standing: set[tuple[str, ...]] = set()
    for turn in turns(events):
        again = once_more(case, turn, wake, rules_of)
        case, lost = folded(case, turn.events)
        known = {each.position for each in again.differences}
        differences = [*again.differences, *(unfounded(each) for each in lost if each.position not in known)]
        found += [each for each in differences if each.about not in standing]
        standing, wake = {each.about for each in differences}, again.wake
        if again.given is not None:
            given.append(again.given)
    if until is not None and until > events[-1].recorded_at and wake is not None:
        last = Recorded(until, "", ())
        quiet = explained(rules_of(case.bundle), case, last, look(rules_of(case.bundle), case, until, wake))
        found += [each for each in quiet if each.about not in standing]
    taken = sum(each.events for each in given)
    return Redecided(events[0].case, len(events), len(events) - taken, tuple(given), tuple(found))


def once_more(case: Case, turn: Recorded, wake: int | None, rules_of: RulesOf) -> Again:
    """Decide one turn again on the case as the record has it before."""
    rules = rules_of(case.bundle if case.position else turn.events[0].bundle)
    kept = KeptText(case.id)
    command = said(turn, rules.pathway, kept) if turn.own else None
    if turn.own and command is None:
        return taken_as_given(case, turn, wake, rules_of)
    if command is None:
        decision = look(rules, case, turn.at, wake)
    else:
        decision = decided(rules, case, command, turn, wake, rules_of, kept)
    differences = tuple(explained(rules, case, turn, decision))
    if not differences and decision.refusal is None:
        return Again(decision.next_look)
    if decision.refusal is not None and turn.own:
        first, refusal = turn.own[0], decision.refusal
        why = "; ".join(filter(None, (f"{refusal.code}: {refusal.message}", *refusal.reasons)))
        differences = (Difference("refused", first.position, first.occurred_at, first.type, first, None, (), why),)
    return Again(woken(folded(case, turn.events)[0], turn.at, rules_of), differences)


def decided(
    rules: Rules,
    case: Case,
    command: AnyCommand,
    turn: Recorded,
    wake: int | None,
    rules_of: RulesOf,
    kept: KeptText,
) -> Decision:
    """The command of a turn, decided at its instant."""
    first = turn.own[0].body
    target = rules_of(first.to) if isinstance(first, DefinitionAmended) else None
    return decide(rules, case, command, turn.at, wake, target=target, seal=kept.seal)


def explained(rules: Rules, case: Case, turn: Recorded, decision: Decision) -> Iterator[Difference]:
    """The differences of a turn, each with what the rules say of it."""
    for each in compared(turn.events, decision.events):
        if each.stored is not None:
            before = [event for event in turn.events if event.position < each.stored.position]
        else:
            before = [event for event in turn.events if event.position <= each.position]
        event = each.stored or each.decided
        assert event is not None
        yield replace(each, why=ground(rules, folded(case, before)[0], event))


def taken_as_given(case: Case, turn: Recorded, wake: int | None, rules_of: RulesOf) -> Again:
    """A turn whose command cannot be made again: what time brought before it is decided, the rest is as recorded.

    Whether all that follows from it is there is asked all the same, at once after it.
    """
    own = turn.own[0]
    joined = any(isinstance(each.body, CaseJoined | CaseMergedAway | CaseParted) for each in turn.own)
    earlier = tuple(each for each in turn.events if each.position < own.position)
    rules = rules_of(case.bundle)
    found: tuple[Difference, ...] = ()
    if earlier:
        first = Recorded(turn.at, "", earlier)
        found = tuple(explained(rules, case, first, look(rules, case, turn.at, wake)))
    after, _ = folded(case, turn.events)
    rest = Recorded(turn.at, "", ())
    follows = look(rules_of(after.bundle), after, turn.at, None)
    found += tuple(explained(rules_of(after.bundle), after, rest, follows))
    number = len(turn.events) - len(earlier)
    given = Given(own.position, number, own.type, BOTH if joined else UNKNOWN)
    return Again(follows.next_look, found, given)


def woken(case: Case, at: Instant, rules_of: RulesOf) -> int | None:
    """When time alone may matter next, with the case as the record has it."""
    return look(rules_of(case.bundle), case, at, None).next_look


def folded(case: Case, events: Iterable[Event]) -> tuple[Case, tuple[Event, ...]]:
    """The case after these events, and those of them that it cannot take.

    An honest record has none of those: each speaks of an obligation, say, whose beginning is not on the record.
    """
    after, lost = draft(case), []
    for event in events:
        try:
            apply(after, event)
        except LookupError:
            lost.append(event)
    return after, tuple(lost)


def unfounded(event: Event) -> Difference:
    """That an event speaks of what is not on the record before it."""
    return Difference("not_decided", event.position, event.occurred_at, event.type, event, why=UNFOUNDED)
