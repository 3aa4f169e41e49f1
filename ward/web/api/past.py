"""Replay through the API: a case at any moment by two clocks or by an event, and a ward as its board was then."""

from itertools import islice
from typing import Annotated

from fastapi import FastAPI, Query, Request
from starlette.responses import Response

from pathway.clinical.instant import iso
from ward.errors import NotFound, NotUnderstood
from ward.shape import plain
from ward.web.api.answers import LINES, Limit, Token, Word, paged, told
from ward.web.api.caller import Caller
from ward.web.api.cases import known
from ward.web.moment import TimeUnread
from ward.web.reads import Reads
from ward.web.replay.case import present, zone_of
from ward.web.replay.clocks import clocks_of, read_time
from ward.web.replay.corrections import corrections
from ward.web.replay.past import known_later
from ward.web.replay.ward import WARD_REPLAY, row_then, still_there, zone_of_ward
from ward.web.sheet import until
from ward.web.way import way

MOMENT = "A time with its zone, such as 2026-03-05T03:10+01:00, or `now`; none is the newest event."
At = Annotated[str, Query(max_length=40, description=MOMENT)]
Known = Annotated[str, Query(max_length=40, description="By when it was known; without it, by the same moment.")]
Cut = Annotated[str, Query(max_length=15, description="Right after this event of the case, in place of a time.")]


def add_replays(api: FastAPI, reads: Reads) -> None:
    """Add the replay of a case and of a ward, and the pathway drawn."""

    @api.get("/cases/{token}/replay", tags=["cases"], summary="How a case was: by two clocks, or right after an event")
    def show_replay(visit: Caller, token: Token, at: At = "", known_by: Known = "", position: Cut = "") -> Response:
        known(visit, "replay", token)
        entries = reads.timeline(token)
        events = [each.event for each in entries]
        zone, now = zone_of(events), present(reads, events)
        try:
            clocks = clocks_of(events, now=now, zone=zone, at=at, known=known_by, position=position)
        except TimeUnread as unread:
            raise unread_as(unread) from unread
        then = reads.replayed(token, clocks.then, clocks.position)
        if then is None:
            raise NotFound("nothing was known of this case then", "a later time", "ask for a later time")
        shown = known_later(reads, token, clocks, then)[0] if clocks.later else then.picture
        told_by_then = until(entries, clocks.at, clocks.known) if clocks.later else entries[: clocks.position]
        moment = {"at": iso(clocks.at), "known_by": iso(clocks.known), "position": clocks.position}
        return told({**moment, "picture": shown, "corrections": corrections(told_by_then, zone)})

    @api.get("/replay", tags=["ward"], summary="How the board of one's wards was at a moment")
    def show_ward_replay(
        request: Request, visit: Caller, at: At = "", ward: Word = "", after: Word = "", limit: Limit = LINES
    ) -> Response:
        heads = visit.seen(WARD_REPLAY, reads.every_head())
        now = reads.store_facts().now
        try:
            moment = read_time(at, now, zone_of_ward(reads, heads)) or now
        except TimeUnread as unread:
            raise unread_as(unread) from unread
        asked = sorted((each for each in heads if still_there(each, moment)), key=lambda head: head.case)
        found = (row_then(reads, each, moment) for each in asked if each.case > after)
        seen = (row for row in found if row is not None and visit.sees(WARD_REPLAY, row.ward))
        rows = list(islice((row for row in seen if ward in {"", row.ward}), limit + 1))
        tokens = tuple(each.token for each in rows[:limit])
        visit.door.look(visit.who, visit.role, WARD_REPLAY, tokens)
        return paged(request, "rows", rows, limit, "token", at=iso(moment))

    @api.get("/cases/{token}/pathway", tags=["cases"], summary="The pathway drawn, with the way of the case on it")
    def show_pathway(visit: Caller, token: Token, part: Word = "") -> Response:
        known(visit, "diagram", token)
        asked = reads.inquiry(token)
        if asked is None:
            raise NotFound("nobody can say where this case stands", "a case of a pathway that is here", "see /health")
        found = way(asked, part)
        return told({**plain(found), "svg": str(found.svg)})


def unread_as(unread: TimeUnread) -> NotUnderstood:
    """A moment that cannot be read, as this face says it."""
    return NotUnderstood(str(unread).partition(";")[0], MOMENT, "write it so")
