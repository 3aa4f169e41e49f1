"""The peers: other libraries doing the part of our work that they do, in an environment of their own."""

import os
import subprocess
import sys
import venv
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec

from bench.figure import Figure, absolute, beside, untaken
from bench.server import with_server

PEERS = Path(__file__).with_name("peers")


class Said(msgspec.Struct, frozen=True):
    """What a peer's program prints of one figure: microseconds, those of the driver beside it where it asked one."""

    ours: float
    note: str
    limit: float | None = None


def measure_append() -> Figure:
    """A durable append by eventsourcing."""
    return measured("peer_eventsourcing_append", "eventsourcing_append")


def measure_transition() -> Figure:
    """A guarded transition by xstate-statemachine."""
    return measured("peer_statemachine_transition", "statemachine_transition")


def measure_apscheduler(what: str) -> Figure:
    """Reminders in APScheduler's own SQL job store, on SQLite. `what`: idle or fire."""
    return measured(f"peer_apscheduler_{what}", "apscheduler_reminders", what)


def measure_procrastinate(what: str) -> Figure:
    """Reminders as jobs of procrastinate, on PostgreSQL. `what`: idle or fire."""
    name = f"peer_procrastinate_{what}"
    return with_server(
        name, "us", lambda server: measured(name, "procrastinate_reminders", what, PEER_DATABASE=server.make())
    )


def measured(name: str, program: str, *arguments: str, **settings: str) -> Figure:
    """What a peer's own program prints, run in an environment with the pinned libraries and nothing else."""
    try:
        printed = run([python(), str(PEERS / f"{program}.py"), *arguments], **settings)
    except subprocess.CalledProcessError as error:
        return untaken(name, "us", f"the peer could not be run: {(error.stderr.strip() or 'silence').splitlines()[-1]}")
    said = msgspec.json.decode(printed, type=Said)
    if said.limit is None:
        return absolute(name, said.ours, "us", said.note)
    return beside(name, said.ours, said.limit, "us", said.note)


@cache
def python() -> str:
    """A Python with the peers in it, in a folder that lasts as long as this process."""
    folder = Path(place().name)
    venv.create(folder, with_pip=True)
    found = str(folder / ("Scripts" if sys.platform == "win32" else "bin") / "python")
    pip = [found, "-m", "pip", "install", "--disable-pip-version-check", "--no-input", "-qq"]
    run([*pip, "--require-hashes", "-r", str(PEERS / "requirements.txt")])
    return found


@cache
def place() -> TemporaryDirectory[str]:
    """The folder; it is removed with the last reference to this."""
    return TemporaryDirectory(prefix="wardpath-peers-")


def run(command: list[str], **settings: str) -> str:
    """What a program prints. Raises CalledProcessError."""
    return subprocess.run(command, capture_output=True, text=True, check=True, env=os.environ | settings).stdout
