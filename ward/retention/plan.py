"""Plan: what an erasure would end, and what would stay readable, before anybody signs."""

import msgspec

from pathway.site.retention.commands import EraseCase, EraseReport
from pathway.site.retention.kinds import kinds
from ward.retention.due import clear_texts_of
from ward.wiring import House


class Plan(msgspec.Struct, frozen=True):
    """What would end: `keys`, and what they hold; and what stays: `events`, and of these `clear` texts as they are."""

    of: str
    holds: str
    keys: tuple[str, ...]
    cases: tuple[str, ...]
    events: int
    clear: int


def plan_of(house: House, command: EraseCase | EraseReport) -> Plan | None:
    """What an erasure would end; None where there is nothing of that name."""
    target = house.engine.retaining.target(command)
    if target is None:
        return None
    names = tuple(each.case for each in target.streams)
    clear = sum(clear_texts_of(house, each) for each in names)
    return Plan(
        target.of, kinds()[target.kind].holds, target.keys, names, sum(each.events for each in target.streams), clear
    )
