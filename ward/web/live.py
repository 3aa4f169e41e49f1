"""Live boards: one look at the store serves every open page, and each page is sent what has changed in it."""

import asyncio
from collections.abc import AsyncIterator
from threading import Lock
from time import monotonic
from zoneinfo import ZoneInfo

import msgspec
from fastapi.sse import ServerSentEvent
from starlette.concurrency import run_in_threadpool

from pathway.clinical.instant import SECOND, Instant
from ward.web.board import Board, Empty, board
from ward.web.pages import Pages
from ward.web.pieces import Cutter, Pieces
from ward.web.reads import Reads
from ward.web.view import View
from ward.web.visit import Visit

#: Seconds between two beats of a page: ages and times on it are never older, and two may be lost before it is NOT LIVE.
BEAT_S = 4.0
#: Seconds between two looks at whether a case has moved; a quarter of a second is at once for who sits before a board.
PULSE_S = 0.2
#: Milliseconds after which a browser asks again once the stream has ended.
RETRY_MS = 1000
#: Says to an open page that nobody is signed in on it any more: it asks for itself anew and comes to the sign-in.
ENDED = ServerSentEvent(raw_data="{}", event="ended")


class Kept:
    """The last board of a ward, when it was read as a whole (`at`: by the store's clock), and where its cases stood."""

    def __init__(self) -> None:
        self.board: Board | None = None
        self.at = Instant(0)
        self.whole_at = self.looked_at = 0.0
        self.ends: dict[str, int] = {}


class Boards:
    """What the open boards share. `beat_s` and `pulse_s` are real seconds."""

    def __init__(self, reads: Reads, pages: Pages, beat_s: float = BEAT_S, pulse_s: float = PULSE_S) -> None:
        self.reads, self.pages, self.beat_s, self.pulse_s = reads, pages, beat_s, pulse_s
        self.cutter = Cutter(pages.environment)
        self._lock = Lock()
        self._kept: dict[str, Kept] = {}

    def fresh(self, ward: str) -> Board:
        """The board of a ward as it is now, of every ward where none is named: every event is in it.

        Of a case that has not moved the row is at most a beat old, by the wall and by the clock of the store.
        """
        with self._lock:
            kept, now = self.kept(ward), self.reads.store_facts().now
            young = monotonic() - kept.whole_at < self.beat_s and 0 <= now - kept.at < self.beat_s * SECOND
            return self._read(ward, kept.board if young else None)

    def recent(self, ward: str) -> Board:
        """The board of a ward as it was within a beat, with every event of the last moments in it."""
        with self._lock:
            kept = self.kept(ward)
            old = kept.board is None or monotonic() - kept.whole_at >= self.beat_s
            return self._read(ward, None if old else kept.board)

    def seen_by(self, visit: Visit, seen: Board) -> Board:
        """The board with the rows that this visitor may look at, on the ward they look on. Raises Denied."""
        tokens = {head.case for head in visit.seen("board", seen.heads)}
        wards = {row.ward: visit.sees("board", row.ward) for row in seen.rows if isinstance(row, Empty)}
        rows = (row for row in seen.rows if (wards[row.ward] if isinstance(row, Empty) else row.token in tokens))
        return msgspec.structs.replace(seen, rows=tuple(rows))

    def cut(self, seen: Board, view: View) -> Pieces:
        """The pieces of a board for a view, at the store's time."""
        return self.cutter.cut(seen, view, self.pages.facts().now)

    async def stream(self, visit: Visit, view: View, version: str) -> AsyncIterator[ServerSentEvent]:
        """What an open page is sent, a beat at once and then for as long as it listens and its sign-in lasts.

        `version`: that of the rows it holds. Every event has all parts that changed; `order` is that of all rows. A
        wall keeps its sign-in in use, since nobody touches it; the last event of one that has ended is `ended`.
        """
        sent: dict[str, str] = {}
        shown: tuple[str, ...] | None = None
        asked_at = -self.beat_s
        while True:
            if monotonic() - asked_at >= self.beat_s:
                asked_at = monotonic()
                if not await run_in_threadpool(self._lets, visit, view):
                    break
            seen, pieces, frame = await run_in_threadpool(self._look, visit, view)
            if pieces.shown != shown:
                shown = pieces.shown
                await run_in_threadpool(visit.look, "board", shown)
            if not sent and pieces.version == version:
                sent = dict(pieces.rows)
            now = {**pieces.rows, **pieces.parts, **frame}
            changed = {name: str(html) for name, html in now.items() if sent.get(name) != html}
            sent = dict(now)
            body = msgspec.json.encode({"pieces": changed, "order": list(pieces.rows)}).decode()
            yield ServerSentEvent(raw_data=body, event="board", id=pieces.version, retry=RETRY_MS)
            await self._until_moved(visit.ward, seen)
        yield ENDED

    def kept(self, ward: str) -> "Kept":
        """What is kept of a ward; begun where it is the first time that somebody looks."""
        return self._kept.setdefault(ward, Kept())

    async def _until_moved(self, ward: str, seen: Board) -> None:
        """Wait for a beat, or until a case of the ward moves."""
        kept, beat = self.kept(ward), monotonic() + self.beat_s
        while monotonic() < beat:
            await asyncio.sleep(self.pulse_s)
            if monotonic() - kept.looked_at >= self.pulse_s:
                kept.looked_at = monotonic()
                kept.ends = await run_in_threadpool(self._now_at, ward)
            if kept.ends != seen.ends:
                return

    def _now_at(self, ward: str) -> dict[str, int]:
        return {head.case: head.position for head in self.reads.heads(ward)}

    def _lets(self, visit: Visit, view: View) -> bool:
        return visit.lasts(used=view.form == "wall") and visit.lets("board")

    def _look(self, visit: Visit, view: View) -> tuple[Board, Pieces, dict[str, str]]:
        seen = self.seen_by(visit, self.recent(visit.ward))
        return seen, self.cut(seen, view), self.pages.frame(ZoneInfo(seen.zone))

    def _read(self, ward: str, before: Board | None) -> Board:
        kept, made = self.kept(ward), board(self.reads, before, ward)
        if before is None:
            kept.whole_at, kept.at = monotonic(), self.reads.store_facts().now
        kept.board, kept.ends = made, made.ends
        return made


def since_of(view: View, now: Instant) -> View:
    """The view with the instant from which it marks what changes: the one that it says, or this one."""
    return view if view.since is not None else msgspec.structs.replace(view, since=now)
