"""Due: the closed cases and settled reports whose time has run out, what holds them, and what would stay readable."""

from collections.abc import Iterator
from typing import Any

import msgspec

from pathway.case.events import Sealed
from pathway.clinical.instant import Instant
from pathway.engine.errors import RecordDamaged
from pathway.engine.ports import Head
from pathway.engine.sealing import CLEAR
from pathway.site.decide import sealed_under
from pathway.site.retention.kinds import CASE, REPORT, kinds
from pathway.site.retention.state import Erased, Retention
from ward.shape import plain
from ward.wiring import House


class Due(msgspec.Struct, frozen=True):
    """A case or a report whose retention ends at `until`. `due`: that is over, and nothing holds it.

    `number`: of a report, 0 for a case. `held`: it is under a legal hold. `clear`: how many texts of its events lie in
    the clear, as releases before sealing wrote them: no key ends those. -1 where the events cannot be read.
    """

    of: str
    kind: str
    ward: str
    last: Instant
    until: Instant
    due: bool
    held: bool
    number: int = 0
    clear: int = 0


def all_ending(house: House) -> list[Due]:
    """Everything closed that was not erased, by when its retention ends. What is merged goes with what went on."""
    state, now = house.engine.sites.retention(), house.clock.now()
    found = [*cases(house, state, now), *reports(house, state, now)]
    return sorted(found, key=lambda each: (each.until, each.of))


def due(house: House) -> list[Due]:
    """What may be erased now, with what would stay readable."""
    return [msgspec.structs.replace(each, clear=clear_texts(house, each)) for each in all_ending(house) if each.due]


def count(house: House) -> int:
    """How many cases and reports are due for erasure."""
    return sum(each.due for each in all_ending(house))


def cases(house: House, state: Retention, now: Instant) -> Iterator[Due]:
    """The closed cases. A case that was merged away names no end of its own, nor one that stands for a report."""
    screens = {each.name for each in house.pathways if each.form.screen is not None}
    for head in house.store.heads(closed=True):
        if not head.closed or head.next_look is not None or head.case in state.erased or head.pathway in screens:
            continue
        until, held = state.until(CASE, head.recorded_at), head.case in state.holds
        over = now >= until and not held
        if over and merged(house, head):
            continue
        yield Due(head.case, CASE, head.ward, head.recorded_at, until, over, held)


def reports(house: House, state: Retention, now: Instant) -> Iterator[Due]:
    """The quarantined reports that were nobody's."""
    for number, kept in house.engine.sites.quarantine().held.items():
        key = sealed_under(number)
        if kept.settled_at is not None and not kept.to and key not in state.erased:
            until = state.until(REPORT, kept.settled_at)
            yield Due(key, REPORT, "", kept.settled_at, until, now >= until, False, number)


def merged(house: House, head: Head) -> bool:
    """Whether another case goes on for this one; a case that cannot be read is shown all the same."""
    try:
        return bool(house.engine.case(head.case).merged_into)
    except RecordDamaged:
        return False


def clear_texts(house: House, each: Due) -> int:
    """How many texts of a case no key ends; -1 where its events cannot be read."""
    if each.kind != CASE:
        return 0
    try:
        return clear_texts_of(house, each.of)
    except RecordDamaged:
        return -1


def clear_texts_of(house: House, case: str) -> int:
    """How many texts stand in the events of a case in the clear. Raises RecordDamaged."""
    events = house.engine.timeline(case)
    return sum(text.scheme == CLEAR and bool(text.data) for event in events for text in sealed_in(event.body))


def sealed_in(value: Any) -> Iterator[Sealed]:
    """The texts that stand in an event."""
    if isinstance(value, Sealed):
        yield value
    elif isinstance(value, msgspec.Struct):
        for name in value.__struct_fields__:
            yield from sealed_in(getattr(value, name))
    elif isinstance(value, tuple):
        for each in value:
            yield from sealed_in(each)


# --- as lists, on every face -----------------------------------------------------------------------------------------


def listed(house: House) -> dict[str, Any]:
    """The rules, the holds and what was erased, for every face that gives JSON."""
    state = house.engine.sites.retention()
    return {
        "kinds": [
            {
                **plain(kind),
                "kept_for_years": state.keep_years(kind.name) if kind.ends == "key" else None,
                **law(state, kind.name),
            }
            for kind in kinds().values()
        ],
        "holds": [
            {"case": case, "since": hold.at, "by": hold.by.actor, "reason": house.engine.opened(hold.body.reason).text}
            for case, hold in state.holds.items()
        ],
        "erased": [stone(house, each) for each in state.stones()],
    }


def law(state: Retention, kind: str) -> dict[str, str]:
    """By which law the site keeps a kind, and who said so."""
    rule = state.rules.get(kind)
    return (
        {"law": "", "said_by": ""}
        if rule is None
        else {
            "law": rule.body.law,
            "said_by": f"{rule.by.actor} and {rule.body.second}",
        }
    )


def stone(house: House, each: Erased) -> dict[str, Any]:
    """A tombstone as a list has it."""
    said = each.body.tombstone
    return {
        **plain(said),
        "number": each.position,
        "reason": house.engine.opened(each.body.reason).text,
        "words": each.words,
    }
