"""Live boards: one look at the store serves every open page, and each page is sent what has changed in it."""

import asyncio
from collections.abc import AsyncIterator, Collection
from contextlib import suppress
from itertools import count
from math import ceil, inf
from operator import is_
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
#: The second beat of a page comes after a part of one, for each page another: so that those that begin together, as all
#: do after a restart, do not beat together for ever. Multiples of the golden ratio fall evenly.
SPREAD = 0.6180339887
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
    """The last board of a ward, and where its cases stood.

    `read_at`: when each row was read, by the wall in seconds and by the store's clock; `oldest`: the first, by the
    wall. `watched`: set when whoever looks after the ward for all has seen something or has gone; None while nobody
    does. `around`: what was made to stand around the rows, and when.
    """

    def __init__(self) -> None:
        self.cuts: Cuts | None = None
        self.read_at: dict[str, tuple[float, Instant]] = {}
        self.oldest = 0.0
        self.ends: dict[str, int] = {}
        self.watched: asyncio.Event | None = None
        self.around: dict[tuple[Eyes, View], tuple[float, dict[str, str]]] = {}

    @property
    def board(self) -> Board | None:
        """The board itself."""
        return None if self.cuts is None else self.cuts.board

    def older(self, than_s: float) -> list[str]:
        """The cases whose rows were read so many seconds ago or longer, the longest ago first."""
        now = monotonic()
        found = [(wall, token) for token, (wall, _) in self.read_at.items() if now - wall >= than_s]
        return [token for _, token in sorted(found)]

    def keep(self, made: Board, now: Instant) -> Board:
        """Keep a board that was read just now: the one before where they say the same, as that was cut already."""
        before, wall = self.board, monotonic()
        old = {} if before is None else {row.token: row for row in before.rows}
        kept = {row.token: self.read_at[row.token] for row in made.rows if row is old.get(row.token)}
        self.read_at = {head.case: kept.get(head.case, (wall, now)) for head in made.heads}
        self.oldest = min((at for at, _ in self.read_at.values()), default=wall)
        made = alike(made, before)
        # An empty bed more or less moves no case, and pairs end with the shorter list.
        sizes = before is not None and len(made.rows) == len(before.rows)
        if before is None or made.heads != before.heads or not (sizes and all(map(is_, made.rows, before.rows))):
            self.cuts = Cuts(made)
        else:
            made = before
        self.ends = made.ends
        return made


class Boards:
    """What the open boards share. `beat_s` and `pulse_s` are real seconds.

    `phases`: after which part of a beat the second one of a page comes, page by page.
    """

    def __init__(self, reads: Reads, pages: Pages, beat_s: float = BEAT_S, pulse_s: float = PULSE_S) -> None:
        self.reads, self.pages, self.beat_s, self.pulse_s = reads, pages, beat_s, pulse_s
        self.cutter = Cutter(pages.environment)
        self._lock = Lock()
        self._kept: dict[str, Kept] = {}
        self.phases = (number * SPREAD % 1 for number in count(1))

    def fresh(self, ward: str) -> Board:
        """The board of a ward as it is now, of every ward where none is named: every event is in it.

        Of a case that has not moved the row is at most a beat old, by the wall and by the clock of the store.
        """
        with self._lock:
            now, most = self.reads.store_facts().now, self.beat_s * SECOND
            read_at, old = self.kept(ward).read_at, self.kept(ward).older(self.beat_s)
            old += [token for token, (_, at) in read_at.items() if not 0 <= now - at < most]
            return self._read(ward, old)

    def recent(self, ward: str) -> Board:
        """The board of a ward as it was within a beat, with every event of the last moments in it."""
        with self._lock:
            return self.standing(ward) or self._read(ward, self.kept(ward).older(self.beat_s))

    def standing(self, ward: str) -> Board | None:
        """The board as it was read last, where no case was seen to move since and no row is older than a beat."""
        kept = self.kept(ward)
        made = kept.board
        if made is None or monotonic() - kept.oldest >= self.beat_s:
            return None
        return made if made.ends == kept.ends else None

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
        next_at, part = -inf, next(self.phases)
        while True:
            if beats := monotonic() >= next_at:
                next_at, part = monotonic() + part * self.beat_s, 1.0
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
            await self._until_moved(visit.ward, whole, next_at)
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
                    if kept.ends == seen.ends:
                        await asyncio.to_thread(self.renew, ward)
                if kept.ends != seen.ends:
                    # Read before the others are told, who then find it done.
                    await asyncio.to_thread(self.recent, ward)
            finally:
                watched, kept.watched = kept.watched, None
                watched.set()

    def renew(self, ward: str) -> None:
        """Read some rows anew that are half a beat old: all at once, they would hold up an event that comes then."""
        with self._lock:
            kept = self.kept(ward)
            turns = self.beat_s / 2 / self.pulse_s if self.pulse_s else 1
            if old := kept.older(self.beat_s / 2):
                self._read(ward, old[: ceil(len(kept.read_at) / max(turns, 1))])

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
            if len(cuts.pieces) >= LIMIT:
                cuts.pieces.clear()
            cuts.pieces[eyes, view] = self.cutter.rows(seen, view)
        return cuts, seen, cuts.pieces[eyes, view]

    def _kept_around(self, visit: Visit, view: View) -> dict[str, str] | None:
        """What was made to stand around the rows within a quarter of a beat, for whoever sees it alike.

        Whoever finds it older is to make it anew, and the others go on with it meanwhile.
        """
        kept, key = self.kept(visit.ward).around, (eyes_of(visit), view)
        if (found := kept.get(key)) is None:
            return None
        if monotonic() - found[0] < self.beat_s / 4:
            return found[1]
        kept[key] = monotonic(), found[1]
        return None

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

    def _read(self, ward: str, anew: Collection[str]) -> Board:
        kept = self.kept(ward)
        return kept.keep(board(self.reads, kept.board, ward, anew), self.reads.store_facts().now)


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
