"""The demonstration ward as an event log."""

from pathlib import Path

import pytest

from ward.demonstration.opening import open_demonstration
from ward.wiring import House, open_house
from ward.xes import as_xes


@pytest.fixture(scope="module")
def ward(tmp_path_factory: pytest.TempPathFactory) -> House:
    """The demonstration ward at its opening."""
    path = tmp_path_factory.mktemp("xes") / "demo.db"
    open_demonstration(path, lambda number, of: None)
    made = open_house(path)
    yield made
    made.close()


@pytest.fixture(scope="module")
def log(ward: House, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All its cases in one file, with values."""
    path = tmp_path_factory.mktemp("xes") / "ward.xes"
    heads = sorted(ward.store.heads(closed=True), key=lambda head: head.case)
    path.write_bytes(b"".join(as_xes(ward, heads, with_values=True)))
    return path
