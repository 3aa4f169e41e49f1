"""The campaign: every kind of fault, in a few trials for each run of the tests and in many for the figures.

    python -m tests.faults.campaign FILE PART...    carry out parts in full and add what came of them to FILE
    python -m tests.faults.campaign FILE            write docs/reference/faults.md from FILE

Parts are named `kills-sqlite`, `crowds-postgresql` and so on; `all` is all of them.
"""

import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from random import Random
from typing import NamedTuple

import msgspec

from tests.faults.page import page
from tests.faults.trials import ROOT, Places, Tally, Trials
from tests.persistence.server import OwnServer, programs

PAGE = ROOT / "docs/reference/faults.md"
#: Deaths in one trial: the first at a boundary of the whole story, the others soon after the start of the next life,
#: upon what the earlier left.
DEATHS, SOON = 4, 60


class Size(NamedTuple):
    """How much of each part: trials with deaths, with a bad receiver too, stops, crowds and their deaths, restarts."""

    kills: int
    receivers: int
    stops: int
    crowds: int
    deaths: int
    restarts: int


FEW = Size(kills=10, receivers=5, stops=4, crowds=1, deaths=9, restarts=2)
#: Less than a minute each; another seed hits other boundaries.
MANY = Size(kills=80, receivers=40, stops=70, crowds=8, deaths=24, restarts=20)


def kills(trials: Trials, size: Size, seed: int) -> Tally:
    """kill -9 at boundaries: before each statement, after each commit, before and after each send."""
    tally = Tally("kill -9 at a boundary, again and again in one trial")
    trials.kills(tally, deaths(trials, size.kills, seed))
    return tally


def receivers(trials: Trials, size: Size, seed: int) -> Tally:
    """As kills, with a receiver that answers half of its requests badly."""
    tally = Tally("kill -9 as above, the receiver answering every other request badly")
    trials.kills(tally, deaths(trials, size.receivers, seed), Random(seed))
    return tally


def stops(trials: Trials, size: Size, seed: int) -> Tally:
    """A worker stops for longer than its lease, another takes over, and the first goes on."""
    tally = Tally("SIGSTOP past the lease, another worker takes over, SIGCONT")
    trials.stops(tally, boundaries(trials, size.stops, seed))
    return tally


def crowds(trials: Trials, size: Size, seed: int) -> Tally:
    """Two to four workers at once, killed and stopped at random, with a receiver that fails."""
    tally = Tally("2 to 4 workers at once, killed and stopped, the receiver as bad")
    for number in range(size.crowds):
        trials.crowds(tally, [seed + number], workers=2 + (seed + number) % 3, deaths=size.deaths)
    return tally


def jumps(trials: Trials, size: Size, seed: int) -> Tally:
    """As crowds, and the clock of all jumps both ways."""
    tally = Tally("2 to 4 workers as above, and the clock of all jumps both ways, by up to an hour")
    for number in range(size.crowds):
        trials.crowds(tally, [seed + number], workers=2 + (seed + number) % 3, deaths=size.deaths, jumps=True)
    return tally


def restarts(trials: Trials, size: Size, seed: int) -> Tally:
    """The database crashes and starts again while a worker stands somewhere, inside a transaction or between two."""
    tally = Tally("the database crashes under a worker and starts again")
    assert isinstance(trials.places.server, OwnServer)
    trials.restarts(tally, boundaries(trials, size.restarts, seed), trials.places.server.restart)
    return tally


def deaths(trials: Trials, count: int, seed: int) -> list[tuple[int, ...]]:
    """Where the lives of so many trials end."""
    chance = Random(seed)
    return [(at, *(chance.randint(1, SOON) for _ in range(1, DEATHS))) for at in boundaries(trials, count, seed)]


def boundaries(trials: Trials, count: int, seed: int) -> list[int]:
    """So many of the boundaries of a life, in a random order; all of them again where they do not suffice."""
    chance, length = Random(seed), trials.length()
    found: list[int] = []
    while len(found) < count:
        found += chance.sample(range(1, length + 1), length)
    return found[:count]


Part = Callable[[Trials, Size, int], Tally]
PARTS: dict[str, Part] = {
    **{
        f"{part.__name__}-{kind}": part
        for part in (kills, receivers, stops, crowds, jumps)
        for kind in ("sqlite", "postgresql")
    },
    "restarts-postgresql": restarts,
}


@contextmanager
def trials_on(kind: str) -> Iterator[Trials]:
    """Trials on stores of a kind, with a server of their own where it is one."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="wardpath-faults-")))
        server = None
        if kind == "postgresql":
            there = programs()
            assert there is not None, "no server's programs on this machine"
            server = OwnServer(there)
            stack.callback(server.stop)
        yield stack.enter_context(Trials(Places(folder, server)))


def main(file: Path, names: Sequence[str]) -> int:
    """Carry out parts, or write the page; 1 where anything was found."""
    if not names:
        lines = file.read_text().splitlines()
        PAGE.write_text(page([msgspec.json.decode(line, type=Tally) for line in lines]))
        return 0
    wrong = 0
    for name in PARTS if "all" in names else names:
        # Another seed each time, so that a part that is carried out again goes other ways; it is told with the outcome.
        seed = 1000 * (len(file.read_text().splitlines()) if file.exists() else 0)
        kind = name.rpartition("-")[2]
        with trials_on(kind) as trials:
            tally = PARTS[name](trials, MANY, seed)
        tally.store, tally.seed = kind, seed
        with file.open("ab") as results:
            results.write(msgspec.json.encode(tally) + b"\n")
        sys.stdout.write(f"{name} seed {seed}: {tally.trials} trials, {tally.faults}, found {tally.found}\n")
        wrong += len(tally.found)
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), sys.argv[2:]))
