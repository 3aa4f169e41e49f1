"""Under: what a record would have become had its case gone by another definition from the first day on.

Everything that was said is said again at its instants, and the case goes its own way under the other rules: what the
record became is only compared. It is no forecast: people answered what they were told, and would have answered else.
"""

from collections import Counter
from collections.abc import Sequence

import msgspec
from msgspec.structs import replace

from pathway.case.commands import AnyCommand, Cosign, Enrol, Refusal, ReviewOverride
from pathway.case.decide import decide, look
from pathway.case.envelope import Event
from pathway.case.events import DefinitionAmended
from pathway.case.redecide.compare import without_positions
from pathway.case.redecide.redecide import BOTH, Given, RulesOf
from pathway.case.redecide.said import said
from pathway.case.redecide.turns import KeptText, Recorded, turns
from pathway.case.rules import Rules
from pathway.case.state import Case
from pathway.clinical.instant import Instant

AMENDED = "the case goes by the other definition already"


class Refused(msgspec.Struct, frozen=True):
    """Something that was carried out at a position, and why the other definition would have refused it."""

    position: int
    at: Instant
    type: str
    refusal: Refusal


class Under(msgspec.Struct, frozen=True):
    """What would have been different. `recorded`: what followed and would not have; `instead`: what would have.

    Positions of `instead` are those of a record that was never written. `given`: what could not be said again.
    """

    case: str
    bundle: str
    events: int
    refused: tuple[Refused, ...] = ()
    recorded: tuple[Event, ...] = ()
    instead: tuple[Event, ...] = ()
    given: tuple[Given, ...] = ()


class Way(msgspec.Struct):
    """The case on its own way so far. `places`: positions of the record to those of this one."""

    case: Case
    wake: int | None
    events: list[Event]
    places: dict[int, int]
    refused: list[Refused]
    given: list[Given]


def under(events: Sequence[Event], rules_of: RulesOf, other: Rules) -> Under:
    """Say all that was said once more, under `other` rules. `rules_of`: the rules of a bundle of the record."""
    way = Way(Case(id=events[0].case), None, [], {}, [], [])
    bundle = events[0].bundle
    for turn in turns(events):
        go(way, turn, rules_of(bundle), other)
        bundle = next((each.body.to for each in turn.own if isinstance(each.body, DefinitionAmended)), bundle)
    stored, made = followed(events), followed(way.events)
    return Under(
        case=way.case.id,
        bundle=other.pathway.digest,
        events=len(way.events),
        refused=tuple(way.refused),
        recorded=left(stored, made),
        instead=left(made, stored),
        given=tuple(way.given),
    )


def go(way: Way, turn: Recorded, pinned: Rules, other: Rules) -> None:
    """Go one turn further."""
    kept = KeptText(way.case.id)
    command = said(turn, pinned.pathway, kept) if turn.own else None
    amends = bool(turn.own) and isinstance(turn.own[0].body, DefinitionAmended)
    if turn.own and (command is None or amends):
        own = turn.own[0]
        way.given.append(Given(own.position, len(turn.own), own.type, AMENDED if amends else BOTH))
    if command is None or amends:
        found = look(other, way.case, turn.at, way.wake) if way.case.position else None
    else:
        found = decide(other, way.case, here(command, way), turn.at, way.wake, seal=kept.seal)
    if found is None:
        return
    way.case, way.wake = found.case, found.next_look
    way.events += found.events
    if command is None or amends:
        return
    first = turn.own[0]
    if found.refusal is not None:
        way.refused.append(Refused(first.position, first.occurred_at, first.type, found.refusal))
        return
    made = [each for each in found.events if each.command and each.cause is None]
    way.places |= {one.position: each.position for one, each in zip(turn.own, made, strict=False)}


def here(command: AnyCommand, way: Way) -> AnyCommand:
    """The command with the positions of what it is about as they are on this way."""
    if isinstance(command, Enrol):
        return command
    if isinstance(command, Cosign):
        return replace(command, order=way.places.get(command.order, command.order))
    if isinstance(command, ReviewOverride):
        return replace(command, position=way.places.get(command.position, command.position))
    told = {name: way.places.get(at, at) for name in ("target", "replaces") if (at := getattr(command, name, None))}
    return replace(command, **told) if told else command


def followed(events: Sequence[Event]) -> list[Event]:
    """What followed from what was said, without that itself."""
    return [each for each in events if each.cause is not None or not each.command]


def left(events: Sequence[Event], others: Sequence[Event]) -> tuple[Event, ...]:
    """The events that have no counterpart of the same content at the same time among the others."""
    there = Counter((each.occurred_at, without_positions(each.body)) for each in others)
    found = []
    for event in events:
        key = (event.occurred_at, without_positions(event.body))
        if there[key]:
            there[key] -= 1
        else:
            found.append(event)
    return tuple(found)
