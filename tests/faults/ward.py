"""A ward that is killed: starting the real command, killing it, and reading what it left behind."""

import os
import re
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from threading import Thread
from time import monotonic
from typing import IO

import msgspec

from pathway.case.envelope import Event
from pathway.case.events import ReminderClosed, ReminderOpened, ReminderRescheduled, ReminderSnoozed, RungReached
from pathway.case.evolve import evolve
from pathway.case.state import Case
from pathway.clinical.instant import instant, iso
from pathway.site.streams import decode
from ward.demonstration.feed import coming
from ward.demonstration.rota import changes
from ward.wiring import House, notices_file, open_house

#: The time of a demonstration runs this fast: a day in half a minute, so that something is always being written.
SPEED = "3000"
#: Far longer than a start takes, on a machine busy with other tests too.
PATIENCE_S = 60.0
FED = re.compile(r"(\S+) \| demonstration feed \| case (\S+) \| (\w+)")


class Ward:
    """`wardpath run --demo` in a process of its own; what it says is read while it runs."""

    def __init__(self, db: Path) -> None:
        command = Path(sys.executable).with_name("wardpath")
        self.process = subprocess.Popen(
            [command, "run", "--demo", "--db", db, "--port", "0", "--speed", SPEED],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONUNBUFFERED": "1", "NO_COLOR": "1", "COLUMNS": "200"},
        )
        self.printed: list[str] = []
        self.noted: list[str] = []
        streams = ((self.process.stdout, self.printed), (self.process.stderr, self.noted))
        self.readers = [Thread(target=read, args=pair, daemon=True) for pair in streams]
        for reader in self.readers:
            reader.start()

    def greeted(self) -> None:
        """Wait until it has said where its board is."""
        self.wait_for(lambda: any(line.startswith("stop with") for line in self.noted))

    def wait_for(self, so: Callable[[], bool]) -> None:
        """Wait until something is so; fails where the process ends before, or after a minute."""
        until = monotonic() + PATIENCE_S
        while not so():
            assert self.process.poll() is None, "\n".join(self.noted)
            assert monotonic() < until, "\n".join(self.noted)
            self.readers[0].join(0.01)

    def kill_after(self, seconds: float) -> None:
        """Let it run for a while and kill it as a power switch would; fails where it ended by itself."""
        try:
            self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.process.send_signal(signal.SIGKILL)
        assert self.process.wait(10) == -signal.SIGKILL, "\n".join(self.noted)
        for reader in self.readers:
            reader.join(10)

    def stop(self) -> int:
        """Ask it to stop; its exit code."""
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(20)
        for reader in self.readers:
            reader.join(10)
        return code


def read(stream: IO[str] | None, lines: list[str]) -> None:
    """Keep every whole line of a stream; half a line was not said."""
    assert stream is not None
    with stream:
        lines.extend(line.rstrip("\n") for line in stream if line.endswith("\n"))


def answered(noted: list[str]) -> set[str]:
    """The ids of the commands whose answer the feed noted. Several of one kind at one instant were sent in order."""
    said: Counter[tuple[str, str, str]] = Counter(found.groups() for line in noted if (found := FED.search(line)))
    ids: dict[tuple[str, str, str], list[str]] = {}
    for each in sorted([*coming(), *changes()], key=lambda each: (each.at, each.command.id)):
        key = (iso(each.at), each.command.case, type(each.command).__name__)
        ids.setdefault(key, []).append(each.command.id)
    return {command for key, count in said.items() for command in ids[key][:count]}


def check_what_is_left(db: Path, acknowledged: set[str]) -> int:
    """Assert that the store and the notice file are whole; the number of events."""
    house = open_house(db)
    try:
        with house.store._reading() as connection:
            assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
            assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
        heads = house.store.heads(closed=True)
        assert heads
        commands: set[str] = set()
        for head in heads:
            events = house.engine.timeline(head.case)
            check_case(house, head.case, events)
            commands |= {event.command for event in events}
        for stream in house.store.site_heads():
            commands |= {decode(each.canonical).command for each in house.store.stream(stream.case)}
        # A refusal is an answer too: on a slow machine a shift has ended by the time that somebody takes it.
        commands |= {each.command for each in house.store.attempts()}
        assert acknowledged - commands == set()
        check_notices(house, db)
        return sum(head.position for head in heads)
    finally:
        house.close()


def check_case(house: House, case: str, events: list[Event]) -> None:
    """One case: its chain, its row, its reminder rows, and each rung once."""
    assert house.engine.verify(case) == []
    head = house.store.head(case)
    folded = evolve(Case(id=case), events)
    assert head is not None
    assert (head.position, head.clinical_version) == (folded.position, folded.clinical_version)
    open_rows = {(row.reminder, row.subject, row.ordinal, row.due_at) for row in house.store.reminders(case)}
    assert open_rows == {(held.reminder, held.subject, held.ordinal, held.due_at) for held in folded.open.values()}
    each_rung_once(events)
    nothing_half_done(events)


def each_rung_once(events: list[Event]) -> None:
    """One rung for each reminder, subject, ordinal, rung and count; a ladder that begins anew counts anew."""
    ladders: Counter[tuple[str, str, int]] = Counter()
    rung: set[tuple[object, ...]] = set()
    for event in events:
        match event.body:
            case ReminderOpened() | ReminderSnoozed() | ReminderRescheduled(restart=True) as body:
                ladders[(body.reminder, body.subject, body.ordinal)] += 1
            case RungReached() as body:
                key = (body.reminder, body.subject, body.ordinal)
                place = (*key, body.rung, body.count, ladders[key])
                assert place not in rung
                rung.add(place)
            case ReminderClosed() as body:
                assert ladders[(body.reminder, body.subject, body.ordinal)]
            case _:
                continue


def nothing_half_done(events: list[Event]) -> None:
    """An effect stands behind its cause, in the same append: recorded at the same instant under the same command."""
    by_position = {event.position: event for event in events}
    for event in events:
        if event.cause is not None:
            cause = by_position[event.cause]
            assert cause.position < event.position
            assert (cause.command, cause.recorded_at) == (event.command, event.recorded_at)


def check_notices(house: House, db: Path) -> None:
    """Every notice that counts as sent since the opening is in the file, none of them twice."""
    file = notices_file(db)
    keys = [key for line in file.read_text().splitlines() if (key := key_of(line))] if file.exists() else []
    assert len(keys) == len(set(keys))
    known = {notice.key for notice, _ in house.store.notices()}
    assert set(keys) <= known
    opening = instant("2026-03-05T01:00:00Z")
    sent = {notice.key for notice, state in house.store.notices() if state == "sent" and notice.created_at > opening}
    assert sent <= set(keys)


def key_of(line: str) -> str:
    """The key of a line of the notice file; empty for a line that a kill cut short."""
    try:
        found = msgspec.json.decode(line)
    except msgspec.DecodeError:
        return ""
    return str(found["key"])
