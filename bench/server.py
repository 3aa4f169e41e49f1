"""A PostgreSQL server for the length of a bench, started as the tests start one."""

from collections.abc import Callable

from bench.figure import Figure, untaken
from tests.persistence.server import Server, missing, running

NO_SERVER = "no server"


def with_server(name: str, unit: str, measured: Callable[[Server], Figure]) -> Figure:
    """A figure taken on a server; without one, a figure that says so."""
    if missing():
        return untaken(name, unit, NO_SERVER)
    with running() as started:
        return measured(started)
