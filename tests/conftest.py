"""What every test may ask for: the shared data, and one Hypothesis profile for machines and one for people.

One PostgreSQL server serves the whole run, with one database for each test.
"""

import os
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest
from hypothesis import settings

from tests.persistence.server import Server, missing, running

ROOT = Path(__file__).resolve().parent.parent
#: How the reason of every skipped test of that store begins.
POSTGRESQL = "PostgreSQL: "
BROWSER = "Browser: "
#: Where the longest files lie: handed out first, so that no worker is left with one of them at the end.
LONG = ("tests/docs", "tests/faults", "tests/browser", "tests/properties", "tests/variant_apl", "tests/house")

# Machines get the same examples on every run, people get new ones. No deadline: a busy machine is no fault.
settings.register_profile("machine", derandomize=True, deadline=None)
settings.register_profile("person", deadline=None)
settings.load_profile("machine" if os.environ.get("CI") else "person")


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of shared reference data: `WARDPATH_SHARED`, or `shared` beside the checkout; skips without it."""
    folder = Path(os.environ.get("WARDPATH_SHARED") or ROOT.parent / "shared")
    if not folder.is_dir():
        pytest.skip(f"shared data absent: no folder {folder}; name it in WARDPATH_SHARED to run this test")
    return folder


@pytest.fixture(scope="session")
def _server() -> Iterator[tuple[Server, str]]:
    """The server of this run, and a database with an empty store to be copied."""
    from persistence.postgres.store import PostgresStore

    with running() as server:
        template = server.make()
        PostgresStore.create(template, "demonstration", "Ward W1").close()
        yield server, Server.name(template)


@pytest.fixture
def server(request: pytest.FixtureRequest) -> Server:
    """A PostgreSQL server; skips where there can be none."""
    if why := missing():
        if os.environ.get("CI"):
            pytest.fail(f"{POSTGRESQL}{why}; continuous integration must not skip these tests")
        pytest.skip(f"{POSTGRESQL}{why}")
    return request.getfixturevalue("_server")[0]


@pytest.fixture
def database(server: Server, request: pytest.FixtureRequest) -> Iterator[str]:
    """The URL of a new database with an empty store."""
    url = server.make(request.getfixturevalue("_server")[1])
    yield url
    server.drop(url)


@pytest.fixture
def bare_database(server: Server) -> Iterator[str]:
    """The URL of a new database with nothing in it."""
    url = server.make()
    yield url
    server.drop(url)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the longest files first; within a folder the order stays."""
    places = {each: number for number, each in enumerate(LONG)}

    def place(item: pytest.Item) -> int:
        folder = "/".join(item.path.relative_to(ROOT).parts[:2])
        return places.get(folder, len(LONG))

    items.sort(key=place)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say what was not tested: a run without a server or a browser proves nothing of them. Workers report here."""
    skipped = [each for each in terminalreporter.stats.get("skipped", []) if POSTGRESQL in str(each.longrepr)]
    if skipped:
        terminalreporter.section("PostgreSQL", red=True)
        whole = "" if find_spec("psycopg") else " and all of test_postgres.py"
        terminalreporter.write_line(f"{len(skipped)} tests of the PostgreSQL store{whole} DID NOT RUN: {missing()}")
    unseen = [each for each in terminalreporter.stats.get("skipped", []) if BROWSER in str(each.longrepr)]
    if unseen:
        terminalreporter.section("Browser", red=True)
        terminalreporter.write_line(f"{len(unseen)} tests in a browser DID NOT RUN: no chromium on this machine")
