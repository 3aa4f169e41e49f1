"""Live boards: one look at the store serves every open page, and each page is sent what has changed in it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from threading import Lock
from time import monotonic
from zoneinfo import ZoneInfo

import msgspec
from fastapi.sse import ServerSentEvent
from starlette.concurrency import run_in_threadpool

from pathway.clinical.instant import SECOND, Instant
from pathway.site.accounts.grant import Grant
from ward.web.board import AnyRow, Board, Empty, board
from ward.web.pages import Pages
from ward.web.pieces import LIMIT, Cutter, Pieces
from ward.web.reads import Reads
from ward.web.view import View
from ward.web.visit import Visit

#: Seconds between two beats of a page: ages and times on it are never older, and two may be lost before it is NOT LIVE.
BEAT_S = 4.0
#: Seconds between two looks at whether a case has moved, one look for all who listen to a ward.
PULSE_S = 0.1
#: Milliseconds after which a browser asks again once the stream has ended.
RETRY_MS = 1000
#: Says to an open page that nobody is signed in on it any more: it asks for itself anew and comes to the sign-in.
ENDED = ServerSentEvent(raw_data="{}", event="ended")


#: What a visitor sees of a ward rests on this, and not on who they are: role, kind, grants, scopes, a secret to change.
Eyes = tuple[str, str, tuple[Grant, ...], tuple[str, ...], bool]


class Cuts:
    """What was made of one board already, for all who see it alike."""

    def __init__(self, whole: Board) -> None:
        self.board = whole
        self.seen: dict[Eyes, Board] = {}
        self.pieces: dict[tuple[Eyes, View], Pieces] = {}
        self._news: dict[tuple[str, str], ServerSentEvent] = {}

    def news_after(self, had: Pieces | None, pieces: Pieces) -> ServerSentEvent:
        """What whoever holds some pieces is sent of these; of the same pieces it is the same."""
        key = ("" if had is None else had.version, pieces.version)
        if key not in self._news:
            self._news[key] = news(had, pieces, {})
        return self._news[key]


class Kept:
    """The last board of a ward, when it was read as a whole (`at`: by the store's clock), and where its cases stood.

    `watched`: set when whoever looks after the ward for all has seen something or has gone; None while nobody does.
    `around`: what was made to stand around the rows, and when.
    """

    def __init__(self) -> None:
        self.cuts: Cuts | None = None
        self.at = Instant(0)
        self.whole_at = 0.0
        self.ends: dict[str, int] = {}
        self.watched: asyncio.Event | None = None
        self.around: dict[tuple[Eyes, View], tuple[float, dict[str, str]]] = {}

    @property
    def board(self) -> Board | None:
        """The board itself."""
        return None if self.cuts is None else self.cuts.board


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
            return self.standing(ward) or self._read(ward, self._young(ward))

    def standing(self, ward: str) -> Board | None:
        """The board as it was read last, where no case was seen to move since and it is not older than a beat."""
        kept, made = self.kept(ward), self._young(ward)
        return made if made is not None and made.ends == kept.ends else None

    def _young(self, ward: str) -> Board | None:
        kept = self.kept(ward)
        return None if monotonic() - kept.whole_at >= self.beat_s else kept.board

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

        `version`: that of the rows it holds. Every event has all parts that changed; `order` is that of all rows. What
        comes between two beats has the rows and their counts: the rest, which is the reader's own, comes with the beat.
        A wall keeps its sign-in in use, since nobody touches it; the last event of one that has ended is `ended`.
        """
        had: Pieces | None = None
        around: dict[str, str] = {}
        shown: tuple[str, ...] | None = None
        beat_at = -self.beat_s
        while True:
            beats = monotonic() - beat_at >= self.beat_s
            if beats:
                beat_at = monotonic()
                if not await run_in_threadpool(self._lets, visit, view):
                    break
            if (whole := self.standing(visit.ward)) is None:
                whole = await run_in_threadpool(self.recent, visit.ward)
            cuts, seen, pieces = self._cut(visit, view, whole)
            if pieces.shown != shown:
                shown = pieces.shown
                await run_in_threadpool(visit.look, "board", shown)
            if had is None and pieces.version == version:
                had = pieces
            if beats:
                if (now := self._kept_around(visit, view)) is None:
                    now = await run_in_threadpool(self._around, visit, view, seen)
                yield news(had, pieces, {name: html for name, html in now.items() if around.get(name) != html})
                around = now
            else:
                yield cuts.news_after(had, pieces)
            had = pieces
            await self._until_moved(visit.ward, whole, beat_at + self.beat_s)
        yield ENDED

    def kept(self, ward: str) -> "Kept":
        """What is kept of a ward; begun where it is the first time that somebody looks."""
        return self._kept.setdefault(ward, Kept())

    async def _until_moved(self, ward: str, seen: Board, beat: float) -> None:
        """Wait for a beat, or until a case of the ward moves. One of all who wait looks, for all of them."""
        kept = self.kept(ward)
        while kept.ends == seen.ends and (left := beat - monotonic()) > 0:
            if kept.watched is not None:
                with suppress(TimeoutError):
                    async with asyncio.timeout(left):
                        await kept.watched.wait()
                continue
            kept.watched = asyncio.Event()
            try:
                while kept.ends == seen.ends and monotonic() < beat:
                    await asyncio.sleep(self.pulse_s)
                    # By threads of its own: in those of the pages hundreds may wait to be let in for another beat.
                    kept.ends = await asyncio.to_thread(self._now_at, ward)
                if kept.ends != seen.ends:
                    # Read before the others are told, who then find it done.
                    await asyncio.to_thread(self.recent, ward)
            finally:
                watched, kept.watched = kept.watched, None
                watched.set()

    def _now_at(self, ward: str) -> dict[str, int]:
        return {head.case: head.position for head in self.reads.heads(ward)}

    def _lets(self, visit: Visit, view: View) -> bool:
        return visit.lasts(used=view.form == "wall") and visit.lets("board")

    def _cut(self, visit: Visit, view: View, whole: Board) -> tuple["Cuts", Board, Pieces]:
        """What a visitor sees of a board, and its rows and counts for a view; made once for all who see it alike."""
        kept, eyes = self.kept(visit.ward).cuts, eyes_of(visit)
        cuts = kept if kept is not None and kept.board is whole else Cuts(whole)
        if eyes not in cuts.seen:
            cuts.seen[eyes] = self.seen_by(visit, whole)
        seen = cuts.seen[eyes]
        if (eyes, view) not in cuts.pieces:
            cuts.pieces[eyes, view] = self.cutter.rows(seen, view)
        return cuts, seen, cuts.pieces[eyes, view]

    def _kept_around(self, visit: Visit, view: View) -> dict[str, str] | None:
        """What was made to stand around the rows within a quarter of a beat, for whoever sees it alike."""
        found = self.kept(visit.ward).around.get((eyes_of(visit), view))
        return found[1] if found is not None and monotonic() - found[0] < self.beat_s / 4 else None

    def _around(self, visit: Visit, view: View, seen: Board) -> dict[str, str]:
        """What stands around the rows at a beat: the controls, the age of the page, its bands and alarms."""
        kept = self.kept(visit.ward).around
        frame = self.pages.frame(ZoneInfo(seen.zone))
        controls = self.cutter.controls(seen, view, self.pages.facts().now)
        made = {name: str(html) for name, html in {"controls": controls, **frame}.items()}
        if len(kept) >= LIMIT:
            kept.clear()
        kept[eyes_of(visit), view] = monotonic(), made
        return made

    def _read(self, ward: str, before: Board | None) -> Board:
        kept, made = self.kept(ward), board(self.reads, before, ward)
        if before is None:
            kept.whole_at, kept.at = monotonic(), self.reads.store_facts().now
            made = alike(made, kept.board)
        kept.cuts, kept.ends = Cuts(made), made.ends
        return made


def eyes_of(visit: Visit) -> Eyes:
    """What a visitor sees of a ward rests on."""
    who = visit.who
    return (visit.role, who.kind, who.grants, who.scopes, who.must_change)


def alike(made: Board, before: Board | None) -> Board:
    """A board with the very rows of the one before where they say the same: those were rendered."""
    old = {} if before is None else {row.token: row for row in before.rows}
    return msgspec.structs.replace(made, rows=tuple(same(row, old.get(row.token)) for row in made.rows))


def same(row: AnyRow, before: AnyRow | None) -> AnyRow:
    """The row as it was, where it says the same."""
    return row if before is None or before != row else before


def news(had: Pieces | None, pieces: Pieces, around: dict[str, str]) -> ServerSentEvent:
    """What a page is sent that holds some pieces: those that changed, and what changed around them."""
    before = {} if had is None else {**had.rows, **had.parts}
    now = {**pieces.rows, **pieces.parts}
    changed = {name: str(html) for name, html in now.items() if before.get(name) != html} | around
    body = msgspec.json.encode({"pieces": changed, "order": list(pieces.rows)}).decode()
    return ServerSentEvent(raw_data=body, event="board", id=pieces.version, retry=RETRY_MS)


def since_of(view: View, now: Instant) -> View:
    """The view with the instant from which it marks what changes: the one that it says, or this one."""
    return view if view.since is not None else msgspec.structs.replace(view, since=now)
