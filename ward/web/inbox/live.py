"""A live inbox: cut into pieces, and an open page is sent what has changed in them, at once and with a beat."""

import asyncio
from collections.abc import AsyncIterator
from time import monotonic
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from fastapi.sse import ServerSentEvent
from markupsafe import Markup
from starlette.concurrency import run_in_threadpool

from pathway.engine.ports import Head
from ward.door import Door
from ward.web.inbox.block import Blocks
from ward.web.inbox.done import Ended
from ward.web.inbox.gather import DUE, QUARANTINE, Inbox, gather
from ward.web.inbox.view import View
from ward.web.live import BEAT_S, ENDED, PULSE_S, RETRY_MS
from ward.web.pages import Pages
from ward.web.reads import Reads
from ward.web.visit import Visit


class Typed(msgspec.Struct, frozen=True):
    """What somebody had typed into the line whose form was refused: nothing of it is lost."""

    line: str = ""
    reason: str = ""
    to: str = ""


class Inboxes:
    """What the open inboxes share. `beat_s` and `pulse_s` are real seconds."""

    def __init__(
        self, reads: Reads, door: Door, pages: Pages, beat_s: float = BEAT_S, pulse_s: float = PULSE_S
    ) -> None:
        self.reads, self.pages, self.beat_s, self.pulse_s = reads, pages, beat_s, pulse_s
        self.blocks, self.ended = Blocks(reads), Ended(door.house)
        self.macros: Any = pages.environment.get_template("inbox_parts.html").module
        #: By ward, the empty word for every one: when the cases were looked at, and what was found.
        self._looked_at: dict[str, float] = {}
        self._heads: dict[str, list[Head]] = {}

    def seen(self, visit: Visit, view: View) -> Inbox:
        """The inbox of a visitor, entered in the access log. Raises Denied."""
        found = gather(visit, view, self.reads.heads(visit.ward), self.blocks, self.ended)
        visit.look(DUE, found.shown)
        if found.waiting:
            visit.look(QUARANTINE)
        return found

    def cut(self, visit: Visit, found: Inbox, once: str, typed: Typed) -> tuple[dict[str, Markup], dict[str, Markup]]:
        """The patients by id in their order, and the parts around them. `once`: the word of one page for its forms."""
        rows = {
            f"row-{each.block.token}": self.macros.patient(each, found, visit, once, typed) for each in found.patients
        }
        parts = {
            "counts": self.macros.counts(found),
            "controls": self.macros.controls(found, visit),
            "coming": self.macros.coming(found),
            "waiting": self.macros.waiting(found),
            "done": self.macros.done(found),
            "people": self.macros.people(found),
        }
        return rows, parts

    async def stream(self, visit: Visit, view: View, once: str) -> AsyncIterator[ServerSentEvent]:
        """What an open page is sent, a beat at once and then for as long as it listens and its sign-in lasts."""
        sent: dict[str, str] = {}
        while await run_in_threadpool(visit.lasts) and visit.lets(DUE):
            ends = self._ends(visit.ward)
            order, now = await run_in_threadpool(self._look, visit, view, once)
            changed = {name: html for name, html in now.items() if sent.get(name) != html}
            sent = now
            body = msgspec.json.encode({"pieces": changed, "order": order}).decode()
            yield ServerSentEvent(raw_data=body, event="board", retry=RETRY_MS)
            await self._until_moved(visit.ward, ends)
        yield ENDED

    def _look(self, visit: Visit, view: View, once: str) -> tuple[list[str], dict[str, str]]:
        found = self.seen(visit, view)
        rows, parts = self.cut(visit, found, once, Typed())
        frame = self.pages.frame(ZoneInfo(found.zone))
        return list(rows), {name: str(html) for name, html in {**rows, **parts, **frame}.items()}

    async def _until_moved(self, ward: str, ends: dict[str, int]) -> None:
        """Wait for a beat, or until a case of the ward moves."""
        beat = monotonic() + self.beat_s
        while monotonic() < beat:
            await asyncio.sleep(self.pulse_s)
            if monotonic() - self._looked_at.get(ward, 0.0) >= self.pulse_s:
                self._looked_at[ward] = monotonic()
                self._heads[ward] = await run_in_threadpool(self.reads.heads, ward)
            if self._ends(ward) != ends:
                return

    def _ends(self, ward: str) -> dict[str, int]:
        return {head.case: head.position for head in self._heads.get(ward, ())}
