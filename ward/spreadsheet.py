"""Spreadsheets: a table as CSV (RFC 4180, UTF-8) in which no cell is taken for a formula.

A text that a spreadsheet would run has an apostrophe before it: one that begins with = + - @ or with a tab, a carriage
return or a line feed. Numbers of ours are numbers and have none.
"""

import csv
from collections.abc import Iterable, Sequence
from decimal import Decimal
from io import StringIO

import msgspec

from pathway.clinical.instant import Instant, iso

FORMULAS = ("=", "+", "-", "@", "\t", "\r", "\n")


class When(msgspec.Struct, frozen=True):
    """An instant in a cell: RFC 3339 in UTC in a file, local time on paper; None where nobody said."""

    at: Instant | None


Cell = str | int | Decimal | When


def as_csv(columns: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """A table with its head as CSV; without columns rows alone, as they follow others."""
    file = StringIO(newline="")
    writer = csv.writer(file, lineterminator="\r\n")
    if columns:
        writer.writerow(columns)
    writer.writerows([safe(each) for each in row] for row in rows)
    return file.getvalue().encode()


def safe(cell: Cell) -> str:
    """A cell as text that no spreadsheet takes for a formula."""
    if isinstance(cell, When):
        return "" if cell.at is None else iso(cell.at)
    said = str(cell)
    return f"'{said}" if isinstance(cell, str) and said.startswith(FORMULAS) else said
