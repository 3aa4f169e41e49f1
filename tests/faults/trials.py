"""Trials: a plan is carried out by the nursery over a store and a receiver of its own, and what is left is checked."""

import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from random import Random
from typing import Any, Self

import msgspec

from pathway.engine import Engine
from persistence.open import open_store
from tests.faults.checker import Arrival, Violation, violations
from tests.faults.story import CASES, START, STAYS, lay_out, ringing, rungs
from tests.persistence.server import Server
from tests.scheduler.receiver import Receiver, receiving
from ward.clock import FixedClock

ROOT = Path(__file__).resolve().parents[2]
#: What a store may say in a fault of its own; a worker then ends, as in the product its tick does, and the next comes.
TOLERATED = frozenset({"store_refused", "conflict"})
#: What a receiver does to a request, and how many times of ten: the rest is answered well.
MISBEHAVIOUR = ("500", "429", "lost", "drop")
WRONG_OF_TEN = 5
#: What a tally counts.
FAULTS = ("killed", "stopped", "jumps", "restarts", "receiver")


class Tally(msgspec.Struct):
    """What a number of trials came to. `faults`: by name. `repeats`: arrivals that were kept before under their key."""

    name: str
    store: str = ""
    seed: int = 0
    trials: int = 0
    boundaries: int = 0
    faults: dict[str, int] = msgspec.field(default_factory=lambda: dict.fromkeys(FAULTS, 0))
    arrivals: int = 0
    keys: int = 0
    repeats: int = 0
    outrun: int = 0
    found: list[tuple[str, Violation]] = msgspec.field(default_factory=list)

    def add(self, trial: str, report: Mapping[str, Any], arrivals: Sequence[Arrival], found: list[Violation]) -> None:
        """One trial more."""
        kept = [each.key for each in arrivals if each.kept]
        self.trials += 1
        for name in FAULTS:
            self.faults[name] += report["counts"].get(name, 0)
        self.arrivals, self.keys = self.arrivals + len(arrivals), self.keys + len(set(kept))
        self.repeats, self.outrun = self.repeats + len(kept) - len(set(kept)), self.outrun + report["outrun"]
        self.found += [(trial, each) for each in found]


class Places:
    """New stores that are copies of one, on the disk or on a server."""

    def __init__(self, folder: Path, server: Server | None = None) -> None:
        self.folder, self.server, self._made = folder, server, 0
        self.kind = "sqlite" if server is None else "postgresql"
        self._template = str(folder / "template.db") if server is None else server.make()
        lay_out(self._template)

    @contextmanager
    def new(self) -> Iterator[str]:
        """A store in which nothing has happened; it is gone afterwards."""
        self._made += 1
        if self.server is not None:
            place = self.server.make(Server.name(self._template))
            yield place
            self.server.drop(place)
            return
        folder = self.folder / str(self._made)
        folder.mkdir()
        yield shutil.copy(self._template, folder / "ward.db").__fspath__()
        shutil.rmtree(folder)


class Trials:
    """A nursery that is running, and the places for its stores."""

    def __init__(self, places: Places) -> None:
        self.places, self.pathway = places, ringing()

    def __enter__(self) -> Self:
        command = [sys.executable, "-m", "tests.faults.nursery"]
        self._nursery = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        return self

    def __exit__(self, *_: object) -> None:
        assert self._nursery.stdin is not None
        assert self._nursery.stdout is not None
        self._nursery.stdin.close()
        self._nursery.wait(10)
        self._nursery.stdout.close()

    def length(self) -> int:
        """How many boundaries a life has that nothing happens to; it must come to its end without any trouble."""
        tally = Tally("none")
        report = self.run(tally, "no fault", {"what": "kills", "at": []})
        assert (tally.found, tally.repeats, report["troubles"]) == ([], 0, [])
        (found,) = report["boundaries"]
        return int(found)

    def kills(self, tally: Tally, points: Sequence[tuple[int, ...]], chance: Random | None = None) -> None:
        """One trial for each tuple: a life killed at each of its boundaries, one after the other."""
        for at in points:
            self.run(tally, f"killed at {at}", {"what": "kills", "at": at}, chance=chance)

    def stops(self, tally: Tally, points: Sequence[int], **more: Any) -> None:
        """One trial for each: a life stopped there for longer than its lease."""
        for at in points:
            self.run(tally, f"stopped at {at} {more or ''}", {"what": "stops", "at": at, **more})

    def restarts(self, tally: Tally, points: Sequence[int], restart: Callable[[], None]) -> None:
        """One trial for each: the database is restarted while a life stands there, in mid-transaction where it can."""
        for at in points:
            plan = {"what": "stops", "at": at, "inside": True, "alone": True}
            report = self.run(tally, f"restarted at {at}", plan, meanwhile=restart)
            tally.faults["restarts"] += report["counts"].get("stopped", 0)

    def crowds(self, tally: Tally, seeds: Sequence[int], *, workers: int, deaths: int, jumps: bool = False) -> None:
        """One trial for each seed: several workers at once, until so many have died."""
        for seed in seeds:
            plan = {"what": "crowds", "seed": seed, "workers": workers, "deaths": deaths, "jumps": jumps}
            self.run(tally, f"seed {seed}, {workers} workers", plan, chance=Random(seed))

    def run(
        self,
        tally: Tally,
        trial: str,
        plan: dict[str, Any],
        *,
        meanwhile: Callable[[], None] | None = None,
        chance: Random | None = None,
    ) -> dict[str, Any]:
        """Carry out a plan and check what is left. `chance` makes the receiver misbehave until the last life."""
        with self.places.new() as place, receiving() as receiver:
            wrong: list[str] = []
            if chance is not None:
                receiver.behave = misbehaving(chance, wrong)
            report = self._ask({**plan, "place": place, "url": receiver.url}, receiver, meanwhile)
            report["counts"]["receiver"] = len(wrong)
            arrivals = [Arrival(each.body, each.accepted) for each in list(receiver.record)]
            # A clock that goes back may let the one need end before its second rung.
            expected = rungs(STAYS) if plan.get("jumps") else rungs(*CASES)
            found = self.left_at(place, arrivals, report["acknowledged"], expected)
        if report["counts"].get("broken") or set(report["troubles"]) - TOLERATED:
            found.append(Violation("a worker broke", f"{report['counts']} {report['troubles']}"))
        tally.boundaries = max([tally.boundaries, *report["boundaries"]])
        tally.add(f"{self.places.kind}: {trial}", report, arrivals, found)
        return report

    def _ask(self, plan: dict[str, Any], receiver: Receiver, meanwhile: Callable[[], None] | None) -> dict[str, Any]:
        assert self._nursery.stdin is not None
        assert self._nursery.stdout is not None
        self._say(json.dumps(plan))
        while (answer := json.loads(self._nursery.stdout.readline())) == "pause":
            receiver.behave = lambda _: "ok"
            if meanwhile is not None:
                meanwhile()
            self._say("go")
        return dict(answer)

    def _say(self, line: str) -> None:
        assert self._nursery.stdin is not None
        self._nursery.stdin.write(line + "\n")
        self._nursery.stdin.flush()

    def left_at(self, place: str, arrivals: list[Arrival], acknowledged: list[str], expected: Any) -> list[Violation]:
        """What the checker finds in a store, and what the engine finds in its chains and rows."""
        store = open_store(place)
        engine = Engine(store, [self.pathway], FixedClock(START))
        try:
            cases = [head.case for head in store.heads(closed=True)]
            events = {case: engine.timeline(case) for case in cases}
            found = violations(events, store.notices(), arrivals, acknowledged=acknowledged, expected=expected)
            found += [Violation("the chain is broken", case) for case in cases if engine.verify(case)]
            for case in cases:
                rows = {(row.reminder, row.subject, row.ordinal, row.rung) for row in store.reminders(case)}
                held = engine.case(case).open.values()
                if rows != {(each.reminder, each.subject, each.ordinal, each.rungs[-1].rung) for each in held}:
                    found.append(Violation("the rows are not the fold of the events", case))
        finally:
            store.close()
        return found


def misbehaving(chance: Random, wrong: list[str]) -> Callable[[int], str]:
    """A receiver that keeps and does not say so, does not keep, or wants to be left alone; `wrong` is what it did."""

    def behave(_: int) -> str:
        if chance.randrange(10) >= WRONG_OF_TEN:
            return "ok"
        wrong.append(chance.choice(MISBEHAVIOUR))
        return wrong[-1]

    return behave
