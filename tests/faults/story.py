"""The story that is broken off again and again: two patients, two ladders each, one need that ends.

Every step may be done twice and by several workers at once. `python -m tests.faults.nursery` plays it in forks.
"""

import os
from collections.abc import Iterator
from mmap import mmap
from pathlib import Path
from typing import cast

from pathway.case.commands import AnyCommand, Enrol, RecordFinding
from pathway.clinical.instant import SECOND, Instant
from pathway.definition.pathway import Pathway
from pathway.engine import Engine
from pathway.engine.errors import WardpathError
from pathway.site.commands import ApproveDefinition
from persistence.database import DatabaseStore
from persistence.open import create_store, open_store
from scheduler.channels.webhook import Webhook
from scheduler.outbox import LEASE_S
from scheduler.post import Deliver, Post
from scheduler.tick import Ticked, tick
from tests.faults.boundary import Boundaries, Sending
from tests.faults.checker import Rung
from tests.scheduler.live import DEFINITION, PHYSICIAN, SECRET, trusted
from tests.scheduler.scene import START
from ward.clock import FixedClock

CASES = ("c0", "c1")
#: One need of c0 ends at the end of the story; nothing of c1 does.
ENDS, STAYS = CASES
DUE = object()
#: After this every lease has run out, and no notice is put off any more.
LEASE_US, LATER_US = (LEASE_S + 1) * SECOND, 61 * SECOND
#: More ticks than anything that waits may need once all faults are over.
TICKS = 60
SEES, NOTES = ("R1", "", 1), ("R2", "", 1)


def rungs(*cases: str) -> list[Rung]:
    """The rungs that these cases reach when nothing goes wrong."""
    return [(case, key, rung) for case in cases for key, rung in ((SEES, 0), (SEES, 1), (NOTES, 0))]


class SharedClock:
    """A clock that all forks of a process share: whoever moves it moves it for all."""

    def __init__(self, memory: mmap) -> None:
        self._memory = memory

    def now(self) -> Instant:
        """What it shows."""
        return Instant(int.from_bytes(self._memory[:8], "big"))

    def set(self, at: Instant) -> None:
        """Show another instant, earlier ones too."""
        self._memory[:8] = at.to_bytes(8, "big")

    def move(self, span_us: int) -> None:
        """Jump, forward or back; never to before the story."""
        self.set(Instant(max(START, self.now() + span_us)))

    def reach(self, at: Instant) -> None:
        """Show at least this."""
        self.set(max(at, self.now()))


def lay_out(place: str | Path) -> None:
    """A live store in which the definition of the story may be used, and nothing else."""
    store = create_store(place, "live")
    pathway = ringing()
    approval = ApproveDefinition(id="a", by=PHYSICIAN, digest=pathway.digest, second="another physician")
    assert Engine(store, [pathway], FixedClock(START)).handle(approval).status == "accepted"
    store.close()


def ringing() -> Pathway:
    """The definition of the story."""
    return trusted(DEFINITION.read_text("utf-8"), DEFINITION.with_suffix(".sig").read_text("ascii").strip())


def channel(url: str, clock: SharedClock) -> Webhook:
    """The real webhook. It takes a while to be made, so it is made before a fork."""
    return Webhook(url, SECRET, clock=clock)


class Life:
    """One worker from its start to its end, wherever that comes. It tells `pipe` what it was answered."""

    def __init__(
        self, place: str, name: str, clock: SharedClock, pathway: Pathway, webhook: Webhook, boundaries: Boundaries
    ) -> None:
        self.store: DatabaseStore = open_store(place)
        boundaries.watch(self.store)
        self.name, self.clock, self.boundaries = name, clock, boundaries
        self.engine = Engine(self.store, [pathway], clock)
        self.deliver: Deliver = Sending(Post([webhook], now_s=lambda: clock.now() / SECOND), boundaries)

    def play(self, pipe: int) -> None:
        """The whole story."""
        for step in script():
            if step is None:
                self.tick(pipe)
            elif step is DUE:
                self.come_due(pipe)
            else:
                answer = self.engine.handle(cast("AnyCommand", step))
                say(pipe, "acknowledged" if answer.status == "accepted" else "refused", answer.command)

    def drain(self, pipe: int) -> None:
        """Tick until nothing waits, each time a while later; all that is left then is lost."""
        for _ in range(TICKS):
            self.come_due(pipe)
            waits = any(state in {"waiting", "sending"} for _, state in self.store.notices())
            if not waits and self.store.next_look() is None:
                return
            self.clock.move(LATER_US)

    def come_due(self, pipe: int) -> None:
        """Let time go by until something is due, and tick."""
        self.clock.reach(self.store.next_look() or START)
        self.tick(pipe)

    def tick(self, pipe: int) -> Ticked:
        """One tick; a case that could not be looked at is told."""
        done = tick(self.engine, self.store, self.clock, self.deliver, worker=self.name)
        for failure in done.failed:
            say(pipe, "failed", failure.error)
        for _ in range(done.post.outrun):
            say(pipe, "outrun", self.name)
        return done


def script() -> Iterator[AnyCommand | object | None]:
    """Commands; None for a tick, DUE for one at the next due instant: half an hour on, the second rungs are."""
    for case in CASES:
        yield Enrol(
            id=f"enrol {case}", case=case, by=PHYSICIAN, pathway="ringing", presented_at=START, zone="UTC", ward="H3",
            bed=case, patient=f"p-{case}", identifiers={"name": "Invented", "number": case},
        )  # fmt: skip
        yield RecordFinding(id=f"bleeds {case}", case=case, by=PHYSICIAN, finding="bleeding", value="significant")
    yield None
    yield DUE
    yield RecordFinding(id=f"bleeds no more {ENDS}", case=ENDS, by=PHYSICIAN, finding="bleeding", value="none")
    yield None


def say(pipe: int, what: str, which: str) -> None:
    """One line, whole or not at all: a pipe takes a short one at once."""
    os.write(pipe, f"{what} {which}\n".encode())


def lived(life: Life, pipe: int, to_the_end: bool) -> int:
    """Play, and drain if wanted; the exit status. What the store refuses ends a life and is no fault of it."""
    try:
        life.play(pipe)
        if to_the_end:
            life.drain(pipe)
        life.store.close()
    except WardpathError as error:
        say(pipe, "refused", error.code)
        return 3
    say(pipe, "boundaries", str(life.boundaries.seen))
    return 0
