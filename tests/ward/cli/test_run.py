"""The real process: `wardpath run`, from its first line to its end."""

import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from threading import Timer

import pytest

from pathway.clinical.instant import SECOND, instant
from tests.house.tree import ROOT
from tests.ward.cli.conftest import Run, approve_all, data
from ward.demonstration.pace import pace_of
from ward.demonstration.story import opens
from ward.wiring import open_store

#: A process that says nothing for so long is taken for dead.
PATIENCE_S = 30
STOP_S = 5.0
COMMAND = [sys.executable, "-c", "from ward.cli import main; main()"]


@contextmanager
def running(folder: Path, *words: str) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [*COMMAND, "run", "--port", "0", *words],
        cwd=folder,
        env={"PYTHONPATH": str(ROOT), "PATH": ""},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    guard = Timer(PATIENCE_S, process.kill)
    guard.start()
    try:
        yield process
    finally:
        guard.cancel()
        process.kill()
        process.communicate()


def line_with(process: subprocess.Popen[str], word: str) -> str:
    assert process.stderr is not None
    said = []
    for line in process.stderr:
        if word in line:
            return line
        said.append(line)
    raise AssertionError(f"the process ended without saying {word!r}, but:\n{''.join(said)}")


def stopped(process: subprocess.Popen[str], by: signal.Signals) -> float:
    """Stop it; how long that took, in seconds."""
    began = time.monotonic()
    process.send_signal(by)
    assert process.wait(STOP_S) == 0
    return time.monotonic() - began


def health(address: str) -> dict[str, object]:
    """What /healthz says, asked again until the first tick has been."""
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until:
        connection = HTTPConnection(address.split("/")[2], timeout=5)
        connection.request("GET", "/healthz")
        answer = connection.getresponse()
        found: dict[str, object] = json.load(answer)
        connection.close()
        if answer.status == 200:
            return found
    raise AssertionError("the scheduler was never heard")


@pytest.mark.parametrize("by", [signal.SIGINT, signal.SIGTERM])
def test_a_running_ward_says_where_it_is_is_healthy_and_stops_at_once(
    tmp_path: Path, demonstration: Path, by: signal.Signals
):
    with running(tmp_path) as process:
        address = line_with(process, "board").split()[1]
        assert address.startswith("http://127.0.0.1:")
        assert health(address)["origin"] == "demonstration"
        assert stopped(process, by) < STOP_S


def test_a_newcomer_gets_a_ward_made_and_a_restart_goes_on_with_its_time(tmp_path: Path):
    with running(tmp_path, "--demo", "--speed", "600") as process:
        line_with(process, "Ctrl-C")
        line_with(process, "case demo-02 | RecordReport")
        stopped(process, signal.SIGINT)
    store = open_store(tmp_path / "demo.db")
    first = pace_of(store)
    assert first is not None
    assert first.speed == "0"
    assert first.base >= instant("2026-03-05T02:40+01:00")
    store.close()
    with running(tmp_path, "--demo", "--speed", "1") as process:
        shown = instant(line_with(process, "time   ").split()[1].rstrip(","))
        assert first.base - SECOND < shown < first.base + PATIENCE_S * SECOND
        stopped(process, signal.SIGTERM)
    store = open_store(tmp_path / "demo.db")
    again = pace_of(store)
    assert again is not None
    assert first.base <= again.base < first.base + PATIENCE_S * SECOND
    reports = [each for each in store.stream("demo-02") if b"INV-2-1" in each.canonical]
    assert len(reports) == 2  # ordered and final: the restart did not send the final one again
    store.close()


def test_the_panel_report_arrives_by_itself_and_m3_rings_in_the_terminal_and_in_the_file(
    tmp_path: Path, demonstration: Path
):
    with running(tmp_path, "--speed", "1500") as process:
        line_with(process, "case demo-03 | RecordReport")
        assert process.stdout is not None
        rung = next(line for line in process.stdout if "case demo-03" in line and "M3 " in line)
        assert "CRITICAL" in rung
        stopped(process, signal.SIGINT)
    lines = [json.loads(line) for line in (tmp_path / "notices.jsonl").read_text(encoding="utf-8").splitlines()]
    told = {each["role"] for each in lines if each["case"] == "demo-03" and each["reminders"][0][0] == "M3"}
    assert {"haematologist", "charge_nurse"} <= told


def test_another_command_goes_by_the_time_of_the_running_demonstration(
    wardpath: Run, tmp_path: Path, demonstration: Path
):
    with running(tmp_path, "--speed", "60") as process:
        line_with(process, "Ctrl-C")
        words = ("do", "RecordFinding", "--case", "demo-04", "--finding", "bleeding", "--value", "none")
        assert wardpath(*words, "--by", "nurse.anna").exit_code == 0
        stopped(process, signal.SIGINT)
    recorded = [each["recorded_at"] for each in data(wardpath("timeline", "demo-04", "--json"))]
    assert instant(recorded[-1]) > opens()
    assert recorded == sorted(recorded, key=instant)
    assert data(wardpath("case", "demo-04", "--json"))["at"] >= recorded[-1]


def test_one_process_runs_a_store_and_a_second_is_told(wardpath: Run, tmp_path: Path, demonstration: Path):
    with running(tmp_path) as process:
        line_with(process, "Ctrl-C")
        second = wardpath("run", "--port", "0")
        assert second.exit_code == 5
        assert "another process runs demo.db" in second.stderr


@pytest.mark.parametrize("words", [("--speed", "60"), ("--speed", "1"), ("--demo",)])
def test_a_live_store_takes_no_speed_and_is_no_demonstration(wardpath: Run, words: tuple[str, ...]):
    wardpath("init", "--origin", "live", "--db", "live.db")
    refused = wardpath("run", "--db", "live.db", "--port", "0", *words)
    assert refused.exit_code == 5
    assert "leave --demo and --speed out" in refused.stderr


def test_a_live_store_runs_once_two_people_have_signed_for_every_definition(wardpath: Run, tmp_path: Path):
    wardpath("init", "--origin", "live", "--db", "live.db")
    with running(tmp_path, "--db", "live.db") as process:
        assert "variant_apl version 1" in line_with(process, "definitions that nobody approved")
        assert process.wait(STOP_S) == 5
    approve_all(wardpath, "live.db")
    with running(tmp_path, "--db", "live.db") as process:
        assert health(line_with(process, "board").split()[1])["origin"] == "live"
        stopped(process, signal.SIGTERM)


@pytest.mark.parametrize("speed", ["0", "-1", "fast", "nan", "1e9"])
def test_a_speed_that_is_none_is_not_understood(wardpath: Run, demonstration: Path, speed: str):
    assert wardpath("run", "--port", "0", f"--speed={speed}").exit_code == 2


def test_a_taken_port_is_told_before_anything_starts(wardpath: Run, demonstration: Path):
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        refused = wardpath("run", "--port", taken.getsockname()[1])
    assert refused.exit_code == 5
    assert "cannot be used" in refused.stderr
