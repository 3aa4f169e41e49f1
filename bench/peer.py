"""The peers: other libraries doing the part of our work that they do, in an environment of their own."""

import subprocess
import sys
import venv
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec

from bench.figure import Figure, absolute, untaken

PEERS = Path(__file__).with_name("peers")


def measure_append() -> Figure:
    """A durable append by eventsourcing."""
    return measured("peer_eventsourcing_append")


def measure_transition() -> Figure:
    """A guarded transition by xstate-statemachine."""
    return measured("peer_statemachine_transition")


def measured(name: str) -> Figure:
    """What the peer's own program prints, run in a new environment with the pinned libraries and nothing else."""
    with TemporaryDirectory(prefix="wardpath-peers-") as folder:
        try:
            python = environment(Path(folder))
            said = run([python, str(PEERS / f"{name.removeprefix('peer_')}.py")])
        except subprocess.CalledProcessError as error:
            return untaken(name, "us", f"the peer could not be run: {error.stderr.strip().splitlines()[-1]}")
    found = msgspec.json.decode(said, type=dict[str, float | str])
    return absolute(name, float(found["ours"]), "us", str(found["note"]))


def environment(folder: Path) -> str:
    """A Python with the peers in it."""
    venv.create(folder, with_pip=True)
    python = str(folder / ("Scripts" if sys.platform == "win32" else "bin") / "python")
    pip = [python, "-m", "pip", "install", "--disable-pip-version-check", "--no-input", "-qq"]
    run([*pip, "--require-hashes", "-r", str(PEERS / "requirements.txt")])
    return python


def run(command: list[str]) -> str:
    """What a program prints. Raises CalledProcessError."""
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout
