"""The feed: every event of the cases that somebody may read, as it is recorded, and from where a reader left off.

The id of a message is the instant up to which everything was looked through. Whoever comes back with it as their
Last-Event-ID is sent what was recorded since, and once more what was recorded shortly before: each event says its case
and position, by which it is known. What cannot be sent is said in a message `gap`, with how to mend it.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator
from time import monotonic
from typing import Annotated, Any

from fastapi import Depends, FastAPI, Header
from fastapi.sse import EventSourceResponse, ServerSentEvent
from starlette.concurrency import run_in_threadpool

from pathway.case.envelope import Event
from pathway.clinical.instant import SECOND, Instant, iso
from pathway.engine.errors import RecordDamaged
from pathway.engine.legible import legible
from pathway.engine.ports import Head
from ward.errors import Denied, NotFound
from ward.web.api.answers import Word, encoded
from ward.web.api.caller import Caller
from ward.web.api.cases import event_line
from ward.web.api.problem import TooMany
from ward.web.streams import WAIT_S, Streams
from ward.web.visit import Visit

#: Real seconds between two looks for what is new, and between two signs of life.
PULSE_S, BEAT_S = 0.5, 10.0
#: What is sent once more when somebody comes back: what was still being written then. Longer than any transaction.
AGAIN_US = 60 * SECOND
#: A reader who stayed away for longer reads the timelines anew; so does one who has missed more than this.
BACK_US, BACK_EVENTS = 24 * 3600 * SECOND, 5000
#: Feeds that an account keeps open at once: a few screens and programs, not a loop that opens one a second.
FEEDS = 20
RETRY_MS = 2000
MEND = "read GET /cases/{case}/timeline?after=POSITION of each case from the last position that you have"


class Feed:
    """One reader's feed: of a ward, of one case, or of all that they may read."""

    def __init__(
        self, visit: Visit, ward: str = "", case: str = "", pulse_s: float = PULSE_S, beat_s: float = BEAT_S
    ) -> None:
        self.visit, self.ward, self.case, self.pulse_s, self.beat_s = visit, ward, case, pulse_s, beat_s
        self.house, self.clock = visit.door.house, visit.door.house.clock
        self.ends: dict[str, int] = {}
        self.until = self.clock.now()
        self.noted = {head.case for head in self.heads()}
        visit.look("timeline", self.noted)

    def heads(self) -> list[Head]:
        """The cases that are read now. Raises Denied."""
        found = self.visit.seen("timeline", self.house.engine.heads(self.ward or None, closed=True))
        return [each for each in found if self.case in ("", each.case)]

    async def messages(self, last: str) -> AsyncIterator[ServerSentEvent]:
        """Everything that is sent, until the reader goes or may read no more."""
        found, sent_at = await run_in_threadpool(self.begin, last), monotonic()
        while True:
            for each in found:
                yield each
                sent_at = monotonic()
            await asyncio.sleep(self.pulse_s)
            try:
                found = await run_in_threadpool(self.fresh)
            except Denied as denied:
                yield message("end", {"code": denied.code, "detail": denied.happened, "mend": denied.mend})
                return
            if not found and monotonic() - sent_at >= self.beat_s:
                found = stamped([message("beat", {})], None, self.until)

    def begin(self, last: str) -> list[ServerSentEvent]:
        """The first messages: from where on it is told, what was missed, and what cannot be told any more."""
        self.until = self.clock.now()
        heads, (since, gap) = self.heads(), came_back(last, self.until)
        missed = [] if since is None else self.missed(heads, Instant(since - AGAIN_US))
        if len(missed) > BACK_EVENTS:
            missed, gap = [], gap_of("too_much", f"more than {BACK_EVENTS} events were recorded since")
        self.ends = {head.case: head.position for head in heads}
        begun = self.until if since is None or gap else since
        ready = message("ready", {"from": iso(begun), "cases": len(heads), "resumed": bool(last) and not gap})
        return stamped([ready, *([message("gap", gap)] if gap else []), *self.told(missed)], since, self.until)

    def missed(self, heads: list[Head], since: Instant) -> list[Event]:
        """What was recorded from an instant on; a few more than may be sent where it is too much."""
        found: list[Event] = []
        for head in heads:
            if head.recorded_at >= since and len(found) <= BACK_EVENTS:
                found += [each for each in self.events(head, 0) if each.recorded_at >= since]
        return found

    def fresh(self) -> list[ServerSentEvent]:
        """What was recorded since the last look; cases that came into sight, or went out of it. Raises Denied."""
        if not self.visit.lasts():
            raise Denied("the sign-in has ended, or its roles were changed", "an open sign-in", "sign in anew")
        before, self.until = self.until, self.clock.now()
        heads, found, gaps = self.heads(), list[Event](), list[ServerSentEvent]()
        if new := {head.case for head in heads} - self.noted:
            self.visit.look("timeline", new)
            self.noted |= new
        for head in heads:
            held = self.ends.get(head.case, 0)
            own = self.events(head, held) if head.position > held else []
            if held == 0 and own and own[0].recorded_at < before - AGAIN_US:
                gaps.append(gap_message(head.case, "into_sight", "a case came into sight that had begun before"))
                own = []
            found += own
            self.ends[head.case] = head.position
        for case in self.ends.keys() - {head.case for head in heads}:
            del self.ends[case]
            gaps.append(gap_message(case, "out_of_sight", "a case went out of sight"))
        return stamped([*gaps, *self.told(found)], before, self.until)

    def events(self, head: Head, after: int) -> list[Event]:
        """The events of a case behind a position, up to its head; none of one that cannot be read."""
        stored = self.house.store.stream(head.case, after)
        try:
            return list(legible(head.case, (each.canonical for each in stored if each.position <= head.position)))
        except RecordDamaged:
            return []

    def told(self, events: list[Event]) -> Iterator[ServerSentEvent]:
        """Events of several cases in the order of time; one that has no words here is told as a gap."""
        for event in sorted(events, key=lambda each: (each.recorded_at, each.case, each.position)):
            try:
                yield message("event", event_line(self.house, event, self.house.engine.case(event.case).zone))
            except (RecordDamaged, NotFound):
                yield gap_message(event.case, "unreadable", f"event {event.position} cannot be read")


def add_feed(api: FastAPI) -> None:
    """Add the feed."""
    feeds = Streams(FEEDS)

    def feed_of(visit: Caller, ward: Word = "", case: Word = "") -> Iterator[Feed]:
        if not feeds.begin(visit.who.account):
            raise TooMany(f"{visit.who.account} has {FEEDS} feeds open", "fewer", "end one of them", wait_s=WAIT_S)
        try:
            yield Feed(visit, ward, case)
        finally:
            feeds.end(visit.who.account)

    @api.get(
        "/events",
        tags=["events"],
        summary="What happens, as it is recorded: server-sent events, to be taken up again with Last-Event-ID",
        response_class=EventSourceResponse,
    )
    async def follow(
        feed: Annotated[Feed, Depends(feed_of)], last_event_id: Annotated[str, Header(max_length=100)] = ""
    ) -> AsyncIterator[ServerSentEvent]:
        async for each in feed.messages(last_event_id):
            yield each


def came_back(last: str, now: Instant) -> tuple[Instant | None, dict[str, str]]:
    """From when on a reader misses something, None for a new one; and why it cannot be taken up, if so."""
    if not last:
        return None, {}
    if not (last.isascii() and last.isdecimal() and len(last) < 18):
        return None, gap_of("unreadable", "the Last-Event-ID is none of this feed")
    since = Instant(int(last))
    if since > now:
        return None, gap_of("ahead", "the Last-Event-ID lies ahead of the clock of this store")
    if now - since > BACK_US:
        return None, gap_of("too_long", "the last message was sent more than a day ago")
    return since, {}


def gap_of(code: str, happened: str) -> dict[str, str]:
    """What is said of what cannot be sent."""
    return {"code": code, "detail": happened, "expected": "every event", "mend": MEND}


def gap_message(case: str, code: str, happened: str) -> ServerSentEvent:
    """The message that something of a case is not sent."""
    return message("gap", {**gap_of(code, happened), "case": case})


def message(kind: str, value: Any) -> ServerSentEvent:
    """One message."""
    return ServerSentEvent(raw_data=encoded(value).decode(), event=kind, retry=RETRY_MS if kind == "ready" else None)


def stamped(messages: list[ServerSentEvent], before: Instant | None, until: Instant) -> list[ServerSentEvent]:
    """The messages of one look: the last has its id, so that who leaves amid them is sent them all once more."""
    ids = [None if before is None else str(before)] * (len(messages) - 1) + [str(until)]
    return [each.model_copy(update={"id": one}) for each, one in zip(messages, ids, strict=bool(messages))]
