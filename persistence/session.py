"""A transaction as `append`, the outbox and a unit speak to it: what the connection of every driver can do."""

from collections.abc import Iterator, Sequence
from typing import Any, Protocol


class Result(Protocol):
    """What a statement answered."""

    def fetchone(self) -> Any:
        """The next row, None after the last."""

    def fetchall(self) -> list[Any]:
        """The rows that are left."""

    def __iter__(self) -> Iterator[Any]:
        """The rows one by one."""


class Session(Protocol):
    """Runs texts of `persistence.statements`, bound by position. `sqlite3.Connection` is one as it stands."""

    def execute(self, statement: str, row: Sequence[Any] = ..., /) -> Result:
        """Run a statement once."""

    def executemany(self, statement: str, rows: Sequence[Sequence[Any]], /) -> object:
        """Run a statement for each row."""
