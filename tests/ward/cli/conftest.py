"""A command line in a folder of its own, and one demonstration for every test that only reads."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from ward.cli import app
from ward.demonstration.opening import open_demonstration

Run = Callable[..., Result]


@pytest.fixture
def wardpath(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """`wardpath(...)` in an empty folder, with no settings of this machine."""
    monkeypatch.chdir(tmp_path)
    for name in ("WARDPATH_DB", "WARDPATH_BY", "WARDPATH_ROLE", "WARDPATH_LOG"):
        monkeypatch.delenv(name, raising=False)
    runner = CliRunner()
    return lambda *words, **options: runner.invoke(app, [str(word) for word in words], **options)


@pytest.fixture(scope="session")
def opened_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("demonstration") / "demo.db"
    open_demonstration(path, lambda number, of: None)
    return path


@pytest.fixture
def demonstration(opened_once: Path, tmp_path: Path) -> Path:
    """A demonstration at its opening hour, its time standing, to be read and written."""
    path = tmp_path / "demo.db"
    shutil.copy(opened_once, path)
    return path


def data(result: Result) -> Any:
    """What a command printed as JSON, on standard output alone."""
    assert result.exit_code == 0, result.stderr
    return json.loads(result.stdout)


def approve_all(wardpath: Run, db: Path | str) -> None:
    """Sign for every definition that is here, as two people of a site would."""
    signed = ("--by", "doctor A", "--role", "haematologist", "--second", "doctor B", "--db", db)
    for each in data(wardpath("definitions", "--json", "--db", db))["definitions"]:
        made = wardpath("approve", each["digest"], *signed)
        assert made.exit_code == 0, made.stdout
