"""The replay of many cases: for each one line, the same bytes whoever asks, wherever and in whichever year."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

import msgspec

from pathway.clinical.instant import iso
from pathway.engine.errors import RecordDamaged, UnknownBundle
from pathway.engine.ports import Head
from ward.errors import NotUnderstood
from ward.reading import HouseReads
from ward.shape import plain
from ward.web.moment import TimeUnread
from ward.web.replay.case import present, zone_of
from ward.web.replay.clocks import clocks_of, read_time
from ward.web.replay.past import known_later
from ward.wiring import House

MOMENT = "a time with its zone, such as 2026-03-05T03:10+01:00, or `now`; and the number of an event of the case"


class Moment(msgspec.Struct, frozen=True):
    """Which moment: what had happened by `at`, as it was known by `known`; or right after the event `position`.

    All are texts as they were asked for, and empty where nobody said: then it is the newest event of each case.
    """

    at: str = ""
    known: str = ""
    position: str = ""


def replayed(house: House, heads: Iterable[Head], moment: Moment) -> Iterator[dict[str, Any]]:
    """The line of each case that was known of at a moment, in the order of the heads.

    A case that cannot be read has a line with its `fault` and takes no other with it. Raises NotUnderstood for a moment
    that cannot be read.
    """
    reads = HouseReads(house)
    for head in heads:
        try:
            line = replayed_case(reads, head, moment)
        except (RecordDamaged, UnknownBundle) as error:
            line = {"case": head.case, "ward": head.ward, "fault": error.code}
        if line is not None:
            yield line


def replayed_case(reads: HouseReads, head: Head, moment: Moment) -> dict[str, Any] | None:
    """One case at a moment, under the definition that it went by then; None where nothing was known of it.

    `hash`: of the chain at the last event on the record then. Raises NotUnderstood, RecordDamaged, UnknownBundle.
    """
    events = reads.house.engine.timeline(head.case)
    zone, now = zone_of(events), present(reads, events)
    try:
        asked = [read_time(text, now, zone) for text in (moment.at, moment.known)]
        if any(each is not None and each < events[0].recorded_at for each in asked):
            return None
        clocks = clocks_of(events, now=now, zone=zone, at=moment.at, known=moment.known, position=moment.position)
    except TimeUnread as unread:
        raise NotUnderstood(str(unread).partition(";")[0], MOMENT, "write it so") from unread
    then = reads.replayed(head.case, clocks.then, clocks.position)
    if then is None:
        return None
    shown = known_later(reads, head.case, clocks, then)[0] if clocks.later else then.picture
    stored = next(islice(reads.house.store.stream(head.case, clocks.position - 1), 1))
    return {
        "case": head.case,
        "at": iso(clocks.at),
        "known_by": iso(clocks.known),
        "position": clocks.position,
        "bundle": events[clocks.position - 1].bundle,
        "hash": stored.hash.hex(),
        "picture": plain(shown),
    }
