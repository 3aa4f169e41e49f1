"""The cut: up to which event, and to which moment, a pack tells a case."""

from collections.abc import Sequence

import msgspec

from pathway.case.envelope import Event
from pathway.clinical.instant import Instant, iso
from ward.errors import NotFound, NotUnderstood


class Cut(msgspec.Struct, frozen=True):
    """The last event that is told, and the moment up to which looks are listed and the case is shown."""

    position: int
    known: Instant


def cut_of(events: Sequence[Event], now: Instant, position: int | None = None, known: Instant | None = None) -> Cut:
    """Up to an event, or to a moment; without either up to the last event.

    Never to the present by itself: so the same record gives the same pack on whatever day it is made. Raises
    NotUnderstood for both, or for a moment that has not come; NotFound where nothing was recorded by then.
    """
    if position is not None and known is not None:
        raise NotUnderstood("both a position and a moment were said", "one of the two", "leave one out")
    if position is not None:
        if not 0 < position <= len(events):
            expected = f"the number of an event, 1 to {len(events)}"
            raise NotFound("there is no such event", expected, "take it from the timeline")
        return Cut(position, events[position - 1].recorded_at)
    if known is None:
        return Cut(len(events), events[-1].recorded_at)
    if known > max(now, events[-1].recorded_at):
        raise NotUnderstood("the moment has not come yet", "a time that is past", "say an earlier time")
    last = sum(each.recorded_at <= known for each in events)
    if not last:
        expected = f"a time from {iso(events[0].recorded_at)} on"
        raise NotFound("nothing was known of this case then", expected, "say a later time")
    return Cut(last, known)
