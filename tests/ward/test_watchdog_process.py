"""The watchdog beside a real process that is killed, stopped or sick; and the command itself."""

import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.house.tree import ROOT
from ward.cli.exits import Exit
from ward.watchdog.watch import Watch
from ward.wiring import create_store, open_store

#: What was promised: an alarm within four seconds (safety.md, watchdog).
PROMISED_S = 4.0
PATIENCE_S = 60
COMMAND = [sys.executable, "-c", "from ward.cli import main; main()"]
pytestmark = pytest.mark.faults


class Ticking:
    """A process that ticks."""

    def __init__(self, place: Path) -> None:
        command = [sys.executable, "-m", "tests.ward.ticking", str(place)]
        self.process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout is not None
        assert self.process.stdout.readline() == "ready\n"

    def say(self, word: str) -> None:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(f"{word}\n")
        self.process.stdin.flush()
        assert self.process.stdout.readline() == "heard\n"


@pytest.fixture
def place(tmp_path: Path) -> Path:
    create_store(tmp_path / "ward.db", "live", "W").close()
    return tmp_path / "ward.db"


@pytest.fixture
def ticking(place: Path) -> Iterator[Ticking]:
    made = Ticking(place)
    yield made
    made.process.kill()
    made.process.communicate()


def until(watch: Watch, code: str, limit_s: float) -> float:
    """Seconds until an alarm of this code stands; fails after a limit."""
    began_s = time.monotonic()
    while code not in {each.code for each in watch.open}:
        assert time.monotonic() - began_s < limit_s, [each.code for each in watch.open]
        watch._stopping.wait(0.05)
        watch.look()
    return time.monotonic() - began_s


@pytest.mark.parametrize(
    "harm",
    [
        lambda sick: sick.process.kill(),
        lambda sick: sick.process.send_signal(signal.SIGSTOP),
        lambda sick: sick.say("dead"),
        lambda sick: sick.say("hang"),
    ],
    ids=["killed", "stopped", "dead thread", "hung tick"],
)
def test_whatever_ends_the_ringing_is_an_alarm_within_four_seconds(
    place: Path, ticking: Ticking, harm: Callable[[Ticking], None]
):
    watch = Watch(lambda: open_store(place), {})
    watch.start()
    try:
        began_s = time.monotonic()
        while not watch.well:
            assert time.monotonic() - began_s < PATIENCE_S
            watch._stopping.wait(0.05)
            watch.look()
        harm(ticking)
        assert until(watch, "scheduler_silent", PATIENCE_S) <= PROMISED_S
    finally:
        watch.stop()


def test_the_command_tells_a_line_a_command_and_the_outside_and_ends_with_its_own_code(place: Path, ticking: Ticking):
    taken, alive = place.with_name("taken.json"), place.with_name("alive.json")
    keep = f"{sys.executable} -c \"import sys; open(r'{taken}', 'ab').write(sys.stdin.buffer.read() + b'\\n')\""
    words = ["watchdog", "--db", str(place), "--until-alarm", "--alarm", keep, "--alive", str(alive), "--every", "1"]
    watching = subprocess.Popen(
        [*COMMAND, *words], env={"PYTHONPATH": str(ROOT), "PATH": ""}, stderr=subprocess.PIPE, text=True
    )
    try:
        began_s = time.monotonic()
        while not alive.exists():
            assert watching.poll() is None
            assert time.monotonic() - began_s < PATIENCE_S
            ticking_on(watching)
        ticking.process.kill()
        _, said = watching.communicate(timeout=PATIENCE_S)
    finally:
        watching.kill()
    assert watching.returncode == Exit.ALARM
    assert "ALARM scheduler_silent: no sign of life" in said
    told = [json.loads(line) for line in taken.read_text("utf-8").splitlines()]
    assert [(each["state"], each["code"]) for each in told] == [("raised", "scheduler_silent")]
    assert {"happened", "expected", "mend"} <= set(told[0])
    renewed = json.loads(alive.read_text("utf-8"))["at"]
    assert renewed < told[0]["at"]


def ticking_on(process: subprocess.Popen[str]) -> None:
    """Let a twentieth of a second pass, or less where the process ends."""
    try:
        process.wait(0.05)
    except subprocess.TimeoutExpired:
        return
