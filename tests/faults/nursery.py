"""A program that forks workers, hits them with signals and reports. A plan a line comes in, a report a line goes out.

It has no threads of its own, so that it may fork; the receiver is in the process that asks. In the middle of a plan it
says `pause` and waits for a line: then the asker does to the world what it wants to do.
"""

import json
import os
import signal
import sys
from collections import Counter
from collections.abc import Callable
from mmap import mmap
from random import Random
from typing import Any

from pathway.clinical.instant import SECOND
from tests.faults.boundary import Boundaries
from tests.faults.story import LATER_US, LEASE_US, START, Life, SharedClock, channel, lived, ringing

KILL, STOP = signal.SIGKILL, signal.SIGSTOP
PIPE_MOST = 1 << 20
#: In a crowd: a boundary to be hit at, at the most; how many of ten are stopped instead of killed; one jump in ten goes
#: as far as a summer-time mistake.
FARTHEST, STOPPED_OF_TEN, FAR_US = 120, 3, 3600 * SECOND


class Nursery:
    """Workers over one store, one clock and one pipe."""

    def __init__(self, plan: dict[str, Any], pathway: Any, clock: SharedClock) -> None:
        self.place, self.pathway, self.clock = plan["place"], pathway, clock
        self.clock.set(START)
        self.webhook = channel(plan["url"], clock)
        self.reading, self.writing = os.pipe()
        os.set_blocking(self.reading, False)
        self.count: Counter[str] = Counter()
        self.heard: list[list[str]] = []
        self.workers = 0

    def fork(self, boundaries: Boundaries, to_the_end: bool = False) -> int:
        """A new worker, which plays the story from its beginning."""
        self.workers += 1
        child = os.fork()
        if child == 0:
            status = 1
            try:
                name = f"w{self.workers}"
                life = Life(self.place, name, self.clock, self.pathway, self.webhook, boundaries)
                status = lived(life, self.writing, to_the_end)
            except BaseException:  # noqa: BLE001 - a fork must not go on as its parent
                sys.excepthook(*sys.exc_info())
            finally:
                sys.stderr.flush()
                os._exit(status)
        return child

    def wait(self, child: int) -> str:
        """How a worker comes to rest: `killed`, `stopped`, `ended` or `refused`; anything else is told as `broken`."""
        found, status = os.waitpid(child, os.WUNTRACED)
        how = how_it_rests(status)
        self.count[how] += 1
        self.last = found
        self.listen()
        return how

    def listen(self) -> None:
        """Take what the workers said."""
        try:
            said = os.read(self.reading, PIPE_MOST)
        except BlockingIOError:
            return
        self.heard += [line.split(" ", 1) for line in said.decode().splitlines()]

    def report(self) -> dict[str, Any]:
        """What came of it."""
        self.listen()
        os.close(self.reading)
        os.close(self.writing)
        by = {what: [which for said, which in self.heard if said == what] for what, _ in self.heard}
        return {
            "counts": self.count,
            "acknowledged": by.get("acknowledged", []),
            "troubles": sorted(set(by.get("failed", []) + by.get("refused", []))),
            "outrun": len(by.get("outrun", [])),
            "boundaries": [int(each) for each in by.get("boundaries", [])],
        }

    def finish(self) -> None:
        """Whatever was left by the dead is taken up by a worker that nothing happens to."""
        self.clock.move(LEASE_US)
        self.wait(self.fork(Boundaries(), to_the_end=True))


def kills(nursery: Nursery, plan: dict[str, Any]) -> None:
    """One life after the other, each killed at its boundary; then one that lives."""
    for at in plan["at"]:
        nursery.wait(nursery.fork(Boundaries(at)))
        nursery.clock.move(LEASE_US)
    pause()
    nursery.clock.move(LATER_US)
    nursery.finish()


def stops(nursery: Nursery, plan: dict[str, Any]) -> None:
    """A worker stops for longer than its lease, another takes over, and the first goes on where it stood."""
    first = nursery.fork(Boundaries(plan["at"], STOP, plan.get("inside", False)))
    if nursery.wait(first) == "stopped":
        pause()
        nursery.clock.move(LEASE_US)
        if not plan.get("alone"):
            nursery.wait(nursery.fork(Boundaries()))
        os.kill(first, signal.SIGCONT)
        nursery.wait(first)
    nursery.finish()


def crowds(nursery: Nursery, plan: dict[str, Any]) -> None:
    """Several workers at once, each to be hit somewhere, until so many have died; the clock jumps meanwhile."""
    chance = Random(plan["seed"])
    running: set[int] = set()
    stopped: list[int] = []

    def fork() -> None:
        sent = STOP if chance.randrange(10) < STOPPED_OF_TEN else KILL
        running.add(nursery.fork(Boundaries(chance.randint(1, FARTHEST), sent, inside=False)))

    while nursery.count["killed"] < plan["deaths"]:
        while len(running) < plan["workers"]:
            fork()
        how = nursery.wait(-1)
        running.discard(nursery.last)
        if how == "stopped":
            stopped.append(nursery.last)
        if stopped and len(stopped) > chance.randrange(3):
            wakes = stopped.pop(0)
            os.kill(wakes, signal.SIGCONT)
            running.add(wakes)
        jump(nursery, chance, plan["jumps"])
    for each in stopped:
        os.kill(each, signal.SIGCONT)
    for each in (*running, *stopped):
        while nursery.wait(each) == "stopped":
            os.kill(each, signal.SIGCONT)
    pause()
    nursery.clock.move(FAR_US + LATER_US)
    nursery.finish()


def jump(nursery: Nursery, chance: Random, both_ways: bool) -> None:
    """Let time go by, and where wanted jump: a step of a minute mostly, now and then of an hour, forward or back."""
    nursery.clock.move(chance.randrange(45 * SECOND))
    if both_ways:
        far = FAR_US if chance.randrange(10) == 0 else 60 * SECOND
        nursery.clock.move(chance.choice((-1, 1)) * chance.randrange(far))
        nursery.count["jumps"] += 1


def how_it_rests(status: int) -> str:
    """The word for what a wait found."""
    if os.WIFSTOPPED(status):
        return "stopped"
    if os.WIFSIGNALED(status):
        return "killed" if os.WTERMSIG(status) == KILL else "broken"
    return {0: "ended", 3: "refused"}.get(os.WEXITSTATUS(status), "broken")


def pause() -> None:
    """Let the asker act."""
    sys.stdout.write('"pause"\n')
    sys.stdout.flush()
    sys.stdin.readline()


PLANS: dict[str, Callable[[Nursery, dict[str, Any]], None]] = {"kills": kills, "stops": stops, "crowds": crowds}


def main() -> None:
    """Serve plans until the input ends."""
    pathway, clock = ringing(), SharedClock(mmap(-1, 8))
    for line in sys.stdin:
        plan = json.loads(line)
        nursery = Nursery(plan, pathway, clock)
        PLANS[plan["what"]](nursery, plan)
        sys.stdout.write(json.dumps(nursery.report()) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
