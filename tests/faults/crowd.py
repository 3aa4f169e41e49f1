"""A program to run several times over one store: one that sends commands, one that ticks. It answers with JSON.

crowd.py send PLACE NAME STARTED     commands that all send, and some of its own; when, and what was answered to each
crowd.py tick PLACE NAME STARTED     tick until the standard input ends; the keys of the notices it delivered

Each says `ready` and waits for a line, so that all begin together. All go by one clock, which shows OPENED when the
wall's shows STARTED.
"""

import json
import sys
from collections.abc import Iterator
from random import Random
from threading import Event, Thread

from pathway.case.commands import AnyCommand, Enrol, RecordFinding, RecordResult
from pathway.case.envelope import By
from pathway.clinical.instant import SECOND, Instant, instant
from pathway.definition.load import shipped
from pathway.engine import Engine
from pathway.engine.ports import Clock, Notice, Store
from persistence.open import open_store
from scheduler.post import Posted
from scheduler.tick import tick
from ward.clock import DemonstrationClock, SystemClock

#: The cases that commands are about, and those that only the clock is about: all due as soon as somebody ticks.
CASES, QUIET = ("c1", "c2", "c3"), tuple(f"q{number}" for number in range(24))
#: Commands that all processes send under the same ids, and those that each sends besides.
SHARED, OWN = 90, 30
BEGAN = instant("2026-03-05T08:00Z")
#: When the processes start: after all that the commands tell of, and with every ladder overdue.
OPENED = Instant(BEGAN + 6 * 3600 * SECOND)
NURSE, FEED = By("nurse-7", "nurse", "person", "password"), By("feed", "laboratory", source="feed")
DOCTOR = By("doctor-3", "haematologist", "person", "password")
VALUES = (
    ("3255-7", "mg/dL", ("92", "118", "210")),
    ("777-3", "10*9/L", ("18", "41", "90")),
    ("6301-6", "{INR}", ("1.7", "1.2")),
)


def enrolments() -> Iterator[Enrol]:
    """The patients of the ward."""
    for case in CASES + QUIET:
        yield Enrol(
            id=f"{case} enrol",
            case=case,
            by=DOCTOR,
            pathway="variant_apl",
            presented_at=BEGAN,
            identifiers={"name": "invented", "number": case},
            zone="Europe/Berlin",
            ward="H1",
            bed=case,
            patient=f"invented {case}",
            origin="invented",
        )


def commands(name: str, count: int, seed: int) -> Iterator[AnyCommand]:
    """Results and findings of all cases; the same name, count and seed give the same commands."""
    chance = Random(seed)
    for number in range(count):
        case, by_hand = chance.choice(CASES), number % 5 == 4
        known = {"id": f"{name} {number}", "case": case}
        if by_hand:
            yield RecordFinding(
                **known, by=NURSE, finding="bleeding", value=chance.choice(("none", "minor", "significant"))
            )
            continue
        loinc, unit, values = chance.choice(VALUES)
        at = Instant(BEGAN + number * 60 * SECOND)
        yield RecordResult(
            **known,
            by=FEED,
            loinc=loinc,
            value=chance.choice(values),
            unit=unit,
            collected_at=at,
            specimen=f"{name} {number}",
        )


def engine_on(store: Store, clock: Clock) -> Engine:
    """An engine with the shipped pathway."""
    return Engine(store, (shipped("variant_apl", 1),), clock)


def clock_since(started: int) -> Clock:
    """The clock of all."""
    return DemonstrationClock(OPENED, Instant(started), 1, SystemClock())


def send(engine: Engine, name: str) -> tuple[Instant, list[tuple[str, str, bool, list[int]]], Instant]:
    """Send everything; id, status, whether it was a repetition, and positions of each answer, between begin and end."""
    began = engine.clock.now()
    own = list(commands(name, OWN, seed=sum(name.encode())))
    answers = []
    for number, command in enumerate(commands("shared", SHARED, seed=0)):
        said = [command, own[number // 3]] if number % 3 == 0 else [command]
        for each in said:
            answer = engine.handle(each)
            answers.append((answer.command, str(answer.status), answer.repeated, list(answer.positions)))
    return began, answers, engine.clock.now()


class Delivered:
    """A delivery that always succeeds and remembers what it took."""

    def __init__(self) -> None:
        self.keys: list[str] = []

    def send(self, notice: Notice, attempt: int) -> Posted:
        """Take it."""
        self.keys.append(notice.key)
        return Posted(("crowd",))


def tick_until_told(engine: Engine, name: str) -> list[str]:
    """Tick, and once more after the end of the input; the keys that were delivered."""
    ended, delivered = Event(), Delivered()

    def listen() -> None:
        sys.stdin.read()
        ended.set()

    Thread(target=listen, daemon=True).start()
    while True:
        last = ended.wait(0.02)
        done = tick(engine, engine.store, engine.clock, delivered, worker=name)
        if done.failed:
            raise RuntimeError(done.failed)
        if last:
            return delivered.keys


if __name__ == "__main__":
    _, what, place, name, started = sys.argv
    store = open_store(place)
    engine = engine_on(store, clock_since(int(started)))
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.readline()
    answer: object = send(engine, name) if what == "send" else tick_until_told(engine, name)
    store.close()
    sys.stdout.write(json.dumps(answer))
