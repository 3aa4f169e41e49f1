"""init on a real terminal: it asks, says what it made, and asks nobody who is not there."""

import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from tests.ward.cli.conftest import Run
from tests.ward.cli.test_people import ONCE
from ward.wiring import open_store

#: Longer than a start of the command line takes on a busy machine.
TIMEOUT_S = 60


def on_a_terminal(folder: Path, typed: str, *words: str) -> tuple[int, str]:
    """Exit code and standard output of `wardpath init` with a person at the keyboard."""
    keyboard, terminal = pty.openpty()
    clean = {name: value for name, value in os.environ.items() if not name.startswith("WARDPATH_")}
    os.write(keyboard, typed.encode())
    try:
        done = subprocess.run(
            [sys.executable, "-c", "from ward.cli import main; main()", "init", *words],
            cwd=folder,
            env=clean,
            stdin=terminal,
            stderr=terminal,
            stdout=subprocess.PIPE,
            timeout=TIMEOUT_S,
            check=False,
        )
    finally:
        os.close(terminal)
        os.close(keyboard)
    return done.returncode, done.stdout.decode()


def shown(out: str) -> list[str]:
    """What was printed, line by line, without the answer to the first command and with ONCE for what was drawn."""
    return [ONCE.sub("ONCE", line) for line in out.splitlines() if not line.startswith("accepted")]


def made(path: Path) -> tuple[str, str | None, str | None, str | None]:
    """Origin, label, zone and ward of a store."""
    store = open_store(path)
    try:
        return store.origin, store.property("label"), store.property("zone"), store.property("ward")
    finally:
        store.close()


def test_it_asks_for_everything_and_says_what_it_made(tmp_path: Path):
    code, out = on_a_terminal(tmp_path, "h1.db\nlive\nWard H1\nEurope/Vienna\nH1\nDr A\nada\n")
    assert (code, shown(out)) == (0, ["made h1.db: live, Ward H1, zone Europe/Vienna, ward H1", "ada  ONCE"])
    assert made(tmp_path / "h1.db") == ("live", "Ward H1", "Europe/Vienna", "H1")


def test_an_empty_line_takes_what_is_offered_and_what_cannot_be_is_asked_again(tmp_path: Path):
    code, out = on_a_terminal(tmp_path, "\nmaybe\n\n\nMars/Olympus\nUTC\n\n")
    assert (code, out) == (0, "made ward.db: demonstration, zone UTC\n")


def test_a_place_that_is_said_is_not_asked_for(tmp_path: Path):
    code, out = on_a_terminal(tmp_path, "live\n\nUTC\n\n\n", "--db", "other.db")
    assert (code, shown(out)) == (0, ["made other.db: live, zone UTC", "admin  ONCE"])


def test_whoever_says_the_kind_is_asked_nothing(tmp_path: Path):
    code, out = on_a_terminal(tmp_path, "", "--origin", "live", "--db", "x.db")
    assert (code, shown(out)) == (0, ["made x.db: live", "admin  ONCE"])


def test_where_nobody_sits_nothing_is_asked(wardpath: Run, tmp_path: Path):
    result = wardpath("init", "--db", "x.db")
    assert (result.exit_code, "say --origin" in result.stderr, list(tmp_path.iterdir())) == (2, True, [])


@pytest.mark.parametrize("words", [("--zone", "Mars/Olympus"), ("--ward", "H1")])
def test_options_that_cannot_be_or_leave_the_kind_open_make_nothing(wardpath: Run, tmp_path: Path, words):
    origin = () if "--ward" in words else ("--origin", "live")
    result = wardpath("init", *origin, *words, "--db", "x.db")
    assert (result.exit_code, list(tmp_path.iterdir())) == (2, [])


def test_an_enrolment_begins_with_the_zone_and_ward_of_the_store(wardpath: Run):
    wardpath("init", "--origin", "demonstration", "--zone", "Europe/Vienna", "--ward", "H7", "--db", "x.db")
    speaker = ("--by", "consultant.ida", "--role", "consultant", "--db", "x.db")
    words = ("--bed", "1", "--presented-at", "2026-03-01T08:00:00Z", "--identifiers", "name=a", "--identifiers", "no=b")
    answer = wardpath("do", "Enrol", "--case", "c1", *words, *speaker)
    assert answer.exit_code == 0, answer.stderr
    assert "H7" in wardpath("cases", "--db", "x.db").stdout
    other = wardpath("do", "Enrol", "--case", "c2", "--ward", "H8", *words[:-1], "no=c", *speaker)
    assert other.exit_code == 0, other.stderr
    assert "H8" in wardpath("cases", "--db", "x.db").stdout
