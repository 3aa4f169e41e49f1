"""What came of deciding records once more, as every face tells it: differences in words, and what was not decided."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from pathway.case.envelope import Event
from pathway.case.redecide import Difference, Redecided, Under
from pathway.case.words import describe
from pathway.clinical.instant import iso
from pathway.engine.errors import RecordDamaged, UnknownBundle
from pathway.engine.ports import Head
from ward.listed import entry
from ward.shape import plain
from ward.wiring import House

#: What each kind of difference means, for people.
KINDS = {
    "not_decided": "on the record, and the rules do not give it",
    "not_stored": "the rules give it, and it is not on the record",
    "other": "on the record with other content than the rules give",
    "refused": "carried out, and the rules refuse it",
}


def redecided(house: House, heads: Iterable[Head]) -> Iterator[dict[str, Any]]:
    """The line of each case, decided once more. One that cannot be read says so and takes no other with it."""
    for head in heads:
        try:
            found = house.engine.redecided(head.case)
        except RecordDamaged as error:
            found = Redecided(head.case, head.position, 0, unfit=str(error))
        yield line(house, found)


def line(house: House, found: Redecided) -> dict[str, Any]:
    """What came of one case. `refusals`: requests that were refused stand on no stream and are not decided again."""
    zone = "UTC" if found.unfit else house.engine.case(found.case).zone
    return {
        "case": found.case,
        "events": found.events,
        "decided": found.decided,
        "not_decided_again": plain(found.given),
        "refusals": len(house.store.attempts(found.case)),
        "unfit": found.unfit,
        "differences": [told(house, each, zone) for each in found.differences],
    }


def told(house: House, each: Difference, zone: str) -> dict[str, Any]:
    """One difference: the two events beside each other, and what the rules say."""
    return {
        "kind": each.kind,
        "means": KINDS[each.kind],
        "position": each.position,
        "at": iso(each.at),
        "type": each.type,
        "fields": list(each.fields),
        "stored": event(house, each.stored, zone),
        "decided": event(house, each.decided, zone),
        "why": each.why,
    }


def event(house: House, found: Event | None, zone: str) -> dict[str, object] | None:
    """An event as the timeline has it; None where there is none."""
    return None if found is None else entry(found, words(house, found, zone))


def words(house: House, found: Event, zone: str) -> str:
    """What an event says, by the definition that it names; its type where that is not here."""
    try:
        return describe(found, house.engine.pathway_of(found.bundle), zone)
    except UnknownBundle:
        return found.type


def line_under(house: House, found: Under) -> dict[str, Any]:
    """What would have been different under another definition, for one case."""
    zone = house.engine.case(found.case).zone
    return {
        "case": found.case,
        "under": found.bundle,
        "events": found.events,
        "refused": [
            {"position": each.position, "at": iso(each.at), "type": each.type, "refusal": plain(each.refusal)}
            for each in found.refused
        ],
        "recorded": lines(house, found.recorded, zone),
        "instead": lines(house, found.instead, zone),
        "not_said_again": plain(found.given),
    }


def lines(house: House, events: Sequence[Event], zone: str) -> list[dict[str, object]]:
    """Events as the timeline has them."""
    return [entry(each, words(house, each, zone)) for each in events]
