"""Merging: two cases of one person become one, and are parted again where they were of two persons after all (H30).

The case that lives on gets every fact of the other that stands, as events that name where they came from, and is
settled once: what the facts of both together ask for rings at once. The other is closed and points to it.
"""

from collections.abc import Iterable, Iterator

import msgspec

from pathway.case.attention import Memory
from pathway.case.commands import MergeCases, Refusal, UnmergeCases
from pathway.case.cosign import by_voice
from pathway.case.decide import Decision, advance, decision, left
from pathway.case.envelope import Event
from pathway.case.events import (
    CaseJoined,
    CaseMergedAway,
    CaseParted,
    ChoiceMoved,
    FactRetracted,
    LatchReleased,
    LatchSet,
    PhaseEntered,
    ReviewSettled,
    Seal,
)
from pathway.case.exits import closed, exits
from pathway.case.grounds import not_your_role, signed_by_two
from pathway.case.reopen import bring_back
from pathway.case.reports import sealed
from pathway.case.reviews import open_review, review
from pathway.case.rules import Rules
from pathway.case.settle import settle
from pathway.case.state import Case
from pathway.case.turn import Turn
from pathway.case.union import FACTS, Union, joined_at
from pathway.clinical.instant import Instant


class Side(msgspec.Struct, frozen=True):
    """One of two cases that are decided together. `events`: its whole stream; `wake`: when it asked to be looked at.

    `seal` puts free text under the key of that case.
    """

    rules: Rules
    case: Case
    events: tuple[Event, ...]
    wake: int | None
    memory: Memory | None = None
    seal: Seal | None = None


def decide_both(
    mine: Side, other: Side, command: MergeCases | UnmergeCases, now: Instant, open_case: str | None = None
) -> tuple[Decision, Decision]:
    """The events of a merge or of a parting on both cases, or one refusal. `open_case`: of the other's person."""
    turns = []
    for side in (mine, other):
        turn = Turn(side.rules, side.case, now, side.memory, side.seal)
        advance(turn, now, side.wake)
        turn.go_to(now)
        turn.command, turn.second_by = command.id, command.second_by
        turns.append(turn)
    one, two = turns
    own = len(one.events), len(two.events)
    if isinstance(command, MergeCases):
        refused = merge_refusal(one, two, command)
        if refused is None:
            merge(one, two, command, (mine.events, other.events))
    else:
        refused = part_refusal(one, two, command, open_case)
        if refused is None:
            part(one, two, command, mine.events)
    if refused is None:
        settle(one)
        settle(two)
    return decision(one, refused, own[0]), decision(two, refused, own[1])


# --- merging ---------------------------------------------------------------------------------------------------------


def merge(one: Turn, two: Turn, command: MergeCases, events: tuple[Iterable[Event], Iterable[Event]]) -> None:
    """Bring the facts, the latches and the stricter rows over; take the phases that were chosen; close the other."""
    form, reason = one.pathway.form.merge, sealed(one, command.reason)
    assert form is not None
    joined = one.emit(CaseJoined(two.case.id, command.second, reason, command.choose), command.by).position
    union = Union(one, two.case, events[0])
    union.bring(events[1], command.by)
    for name, held in sorted(two.case.latches.items()):
        if name in one.pathway.form.latches and name not in one.case.latches:
            because = union.there(two.case.bases[held.position].because)
            one.emit(LatchSet(name, because), command.by, held.at, (two.case.id, held.position))
    for name, chosen in sorted(two.case.choices.items()):
        order = [row.name for row in one.pathway.form.choices[name].rows] if name in one.pathway.form.choices else []
        mine = one.case.choices.get(name)
        if mine is not None and chosen.row in order and order.index(chosen.row) < order.index(mine.row):
            one.emit(ChoiceMoved(name, chosen.row, tightened=True), command.by)
    for region, leaf in sorted(command.choose.items()):
        was = one.case.regions[region].leaf
        if leaf != was:
            entry = one.case.entries.get(leaf, 0) + 1
            one.emit(PhaseEntered(region, leaf, was, form.id, entry, (), reason), command.by)
    ask(one, two.case, union, joined)
    two.emit(CaseMergedAway(one.case.id, command.second, sealed(two, command.reason)), command.by)


def ask(one: Turn, other: Case, union: Union, joined: int) -> None:
    """Put under review what the other case leaves unsettled, and what one record holds true and the other wrong."""
    for each in other.reviews.values():
        if not each.settled:
            open_review(one, union.moved.get(each.decision, joined), joined, each.urgent, each.about)
    for order in other.verbal.values():
        if not order.signed:
            about = f"an order by voice is not signed for (event {order.position} of case {other.id})"
            open_review(one, union.moved.get(order.position, joined), joined, False, about)
    for position in union.disputed:
        about = f"a fact found wrong here stands in the other record (event {position} of case {other.id})"
        open_review(one, joined, joined, True, about)


def merge_refusal(one: Turn, two: Turn, command: MergeCases) -> Refusal | None:
    """Why two cases are not merged."""
    if refused := may_not(one, command):
        return refused
    if closed(one):
        return left(one)
    if two.case.merged_into:
        return Refusal("merged", "the other case goes on in another one", (two.case.merged_into,), "merge that one")
    if one.case.pathway != two.case.pathway:
        return Refusal("other_pathway", "the two cases are on different pathways", (), "they live on side by side")
    differing = dict(conflicts(one, two))
    for region, leaf in command.choose.items():
        if leaf not in differing.get(region, ()):
            happened = f"there is no choice between phases of {region}, or {leaf} is none of them"
            return Refusal("choose", happened, (), "choose one of the two phases where they differ")
    if missing := [region for region in differing if region not in command.choose]:
        by = one.pathway.form.merge.by if one.pathway.form.merge else ()
        reasons = tuple(f"{each}: {differing[each][0]} here, {differing[each][1]} there" for each in missing)
        mend = f"choose for {', '.join(missing)}; this is for: {', '.join(by)}"
        return Refusal("conflict", "the two cases stand in different phases", reasons, mend)
    return None


def conflicts(one: Turn, two: Turn) -> Iterator[tuple[str, tuple[str, str]]]:
    """The regions in which people have brought the two cases to different phases; what knowledge moves needs no choice.

    A case that has left the pathway stands in no phase of care any more.
    """
    if exits(two.pathway, two.case):
        return
    moved = {each.region for each in one.pathway.form.transitions if each.by}
    for region, place in one.case.regions.items():
        yours = two.case.regions[region].leaf if region in two.case.regions else place.leaf
        if region in moved and place.leaf != yours:
            yield region, (place.leaf, yours)


# --- parting ---------------------------------------------------------------------------------------------------------


def part(one: Turn, two: Turn, command: UnmergeCases, events: tuple[Event, ...]) -> None:
    """Take back what came with the other case, newest first; decisions that rested on it are put under review."""
    reason, other = sealed(one, command.reason), two.case.id
    occurred = {event.position: event.occurred_at for event in events}
    last = one.emit(CaseParted(other, command.second, reason), command.by).position
    came = [position for position, origin in one.case.brought.items() if origin[0] == other]
    latches = {held.position: name for name, held in one.case.latches.items()}
    for position in sorted(came, reverse=True):
        if position in latches:
            one.emit(LatchReleased(latches[position], reason), command.by)
        elif position not in one.case.retracted and position in occurred:
            body = FactRetracted(position, reason, other)
            last = one.emit(body, command.by, occurred[position]).position
    review(one, set(came), last, None)
    joined = joined_at(events, other)
    for each in list(one.case.reviews.values()):
        if each.changed == joined and not each.settled:
            one.emit(ReviewSettled(each.number, "replaced", reason), command.by)
    gone = {} if exits(two.pathway, two.case) else dict(two.case.left)
    parted = two.emit(CaseParted(one.case.id, command.second, sealed(two, command.reason)), command.by).position
    if recorded_since(one, events, joined):
        about = "facts were recorded while two cases were one: look whose each is"
        open_review(one, joined, last, True, f"{about} (from event {joined} of case {one.case.id} on)")
        open_review(two, parted, parted, True, f"{about} (from event {joined} of case {one.case.id} on)")
    bring_back(two, gone)


def recorded_since(one: Turn, events: tuple[Event, ...], joined: int) -> bool:
    """Whether facts were recorded after a joining that came with no case and stand."""
    return any(
        event.position > joined and event.origin is None and isinstance(event.body, FACTS)
        for event in events
        if event.position not in one.case.retracted
    )


def part_refusal(one: Turn, two: Turn, command: UnmergeCases, open_case: str | None) -> Refusal | None:
    """Why two cases are not parted."""
    if refused := may_not(one, command):
        return refused
    if one.case.merged_into:
        reasons = (one.case.merged_into,)
        return Refusal("merged", "what came to this case went on into another one", reasons, "part those two first")
    if two.case.merged_into != one.case.id:
        return Refusal("not_merged", "the other case was not merged into this one", (), "see where it points to")
    if open_case is not None:
        happened = "the other person has an open case on the pathway meanwhile"
        return Refusal("open_case", happened, (open_case,), "close that one first")
    return None


def may_not(one: Turn, command: MergeCases | UnmergeCases) -> Refusal | None:
    """The role, the second person and the reason that both need, and the view that they rest on."""
    form = one.pathway.form.merge
    if refused := by_voice(one, command):
        return refused
    if form is None:
        return Refusal("no_merging", "this pathway merges no cases", (), "link them by an exit")
    if refused := not_your_role(command, form.by):
        return refused
    if not signed_by_two(command.by.actor, command.second):
        return Refusal("second", "a second person must confirm", (), "name somebody else in `second`")
    if not command.reason.strip():
        return Refusal("reason_needed", "no reason was given", (), "say how it is known")
    if command.seen_version is not None and command.seen_version != one.case.clinical_version:
        return Refusal("seen_version", "the case has changed since it was looked at", (), "look again, then decide")
    return None
