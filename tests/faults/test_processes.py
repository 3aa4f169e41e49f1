"""Several processes on one database, some handling commands and some ticking: what is left is sound."""

import json
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

import pytest

from pathway.engine.rows import row_of
from persistence.open import create_store, open_store
from tests.faults.crowd import BEGAN, CASES, OWN, QUIET, SHARED, clock_since, engine_on, enrolments
from tests.faults.ward import check_case
from ward.clock import FixedClock, SystemClock
from ward.wiring import house

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_S = 60


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a store with the ward's patients in it, as yet without any event but their enrolment."""
    where = str(tmp_path / "ward.db") if request.param == "sqlite" else request.getfixturevalue("bare_database")
    store = create_store(where, "demonstration", "Ward H1")
    engine = engine_on(store, FixedClock(BEGAN))
    for each in enrolments():
        assert engine.handle(each).status == "accepted"
    store.close()
    return where


def begin(what: str, place: str, name: str, started: int) -> subprocess.Popen[bytes]:
    """Start one process of the crowd; it waits for its first line."""
    command_line = [sys.executable, "-m", "tests.faults.crowd", what, place, name, str(started)]
    return subprocess.Popen(command_line, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE)


def ended(process: subprocess.Popen[bytes]) -> list:
    """What a process says at its end; ends the input of one that ticks."""
    out, _ = process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 0
    return json.loads(out)


@pytest.mark.faults
def test_processes_that_command_and_tick_at_once_leave_a_sound_record_and_tell_each_thing_once(place: str):
    few = not place.startswith("postgresql")
    started = SystemClock().now()
    tickers = [begin("tick", place, f"ticker {number}", started) for number in range(1 if few else 2)]
    senders = [begin("send", place, f"own {number}", started) for number in range(2 if few else 3)]
    for each in (*tickers, *senders):
        assert each.stdout.readline() == b"ready\n"
    for each in (*tickers, *senders):
        each.stdin.write(b"go\n")
        each.stdin.flush()
    begins, answers, ends = zip(*(ended(each) for each in senders), strict=True)
    delivered = [key for each in tickers for key in ended(each)]

    assert max(begins) < min(ends), "they did not run at once"
    store = open_store(place)
    there = house(store, clock_since(started))
    each_command_was_carried_out_once(answers, there)
    for case in CASES + QUIET:
        check_case(there, case, there.engine.timeline(case))
        folded, pathway = there.engine.case(case), there.engine.pathway(case)
        rows = {(row.reminder, row.subject): row for row in store.reminders(case)}
        assert rows == {key: row_of(pathway, case, held) for key, held in folded.open.items()}
    states = dict.fromkeys(delivered, "sent")
    assert len(delivered) == len(states) > 3 * len(QUIET)
    assert {notice.key: state for notice, state in store.notices() if state != "withdrawn"} == states
    store.close()


def each_command_was_carried_out_once(answers: tuple[list, ...], there) -> None:
    """Each process had an answer to each of its commands; the first to a command did it, the others heard the same."""
    said = defaultdict(list)
    for of_one in answers:
        assert len(of_one) == len({each[0] for each in of_one}) == SHARED + OWN
        for command, status, repeated, positions in of_one:
            said[command].append((repeated, status, positions))
    assert len(said) == SHARED + OWN * len(answers)
    events = {case: there.engine.timeline(case) for case in CASES}
    at = defaultdict(list)
    for case in CASES:
        for event in events[case]:
            at[event.command].append(event.position)
    for command, heard in said.items():
        assert [repeated for repeated, _, _ in heard].count(False) == 1
        assert {status for _, status, _ in heard} == {"accepted"}
        assert all(positions == heard[0][2] for _, _, positions in heard)
        assert set(heard[0][2]) <= set(at[command])
