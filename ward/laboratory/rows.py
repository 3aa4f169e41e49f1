"""The rows of a laboratory file: those that can be fed, and how many cannot, by reason."""

import csv
import gzip
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TextIO
from zoneinfo import ZoneInfo

import msgspec

from pathway.clinical.instant import Instant, instant
from pathway.clinical.quantity import TEXT_LIMIT
from ward.errors import NotFound, NotUnderstood
from ward.laboratory.mapping import Columns, Mapping

#: More rows than this are no file for a demonstration.
ROWS_LIMIT = 2_000_000


class Row(msgspec.Struct, frozen=True, order=True):
    """One result. Sorts by time, then by its number in the file."""

    collected_at: Instant
    number: str
    subject: str
    loinc: str
    value: str
    unit: str | None


class Unread(msgspec.Struct, frozen=True):
    """A row that cannot be fed, and why. `place`: its number among the rows of the file, from 1."""

    place: int
    why: str
    subject: str
    item: str
    value: str
    unit: str


class Rows(msgspec.Struct, frozen=True):
    """The readable rows by subject, each in the order of time, and the others."""

    by_subject: dict[str, list[Row]]
    others: tuple[Unread, ...]

    @property
    def unread(self) -> dict[str, int]:
        """How many rows cannot be fed, by reason."""
        return dict(sorted(Counter(each.why for each in self.others).items()))

    @property
    def count(self) -> int:
        """How many rows can be fed."""
        return sum(map(len, self.by_subject.values()))


def read_rows(path: Path, mapping: Mapping, subjects: frozenset[str]) -> Rows:
    """Every row of `subjects` (empty: of all) of a CSV file, plain or `.gz`. Raises NotFound and NotUnderstood."""
    found: dict[str, list[Row]] = {}
    others: list[Unread] = []
    wanted = subjects or frozenset(mapping.subjects)
    for place, line in enumerate(lines(path, mapping.columns), start=1):
        if wanted and line[mapping.columns.subject] not in wanted:
            continue
        row = read_row(line, mapping)
        if isinstance(row, Row):
            found.setdefault(row.subject, []).append(row)
        else:
            others.append(unread(place, row, line, mapping.columns))
    return Rows({subject: sorted(rows) for subject, rows in sorted(found.items())}, tuple(others))


def unread(place: int, why: str, line: dict[str, str], columns: Columns) -> Unread:
    """A row that cannot be fed, its texts cut to what an event may hold."""
    subject, item, value, unit = (
        (line[name] or "").strip()[:TEXT_LIMIT] for name in (columns.subject, columns.item, columns.value, columns.unit)
    )
    return Unread(place, why, subject, item, value, unit)


def read_row(line: dict[str, str], mapping: Mapping) -> Row | str:
    """One row, or why it cannot be read."""
    columns = mapping.columns
    item = mapping.items.get(line[columns.item] or "")
    if item is None:
        return "item not in the map"
    value = (line[columns.value] or "").strip()
    if not value:
        return "no value"
    if len(value) > TEXT_LIMIT:
        return "value too long"
    if not line[columns.subject] or not line[columns.row]:
        return "no subject or row number"
    at = read_time(line[columns.time] or "", mapping)
    if at is None:
        return "time cannot be read"
    unit = (line[columns.unit] or "").strip() or item.unit
    return Row(at, line[columns.row], line[columns.subject], item.loinc, value, unit)


def read_time(text: str, mapping: Mapping) -> Instant | None:
    """The instant of a local time of the file. Of one that comes twice, the first; None for one that cannot be read."""
    try:
        local = datetime.strptime(text, mapping.time_format)  # noqa: DTZ007 - the map's zone is put to it on this line's heels
        return instant(local.replace(tzinfo=ZoneInfo(mapping.zone)).astimezone(UTC))
    except (ValueError, OverflowError):
        return None


def lines(path: Path, columns: Columns) -> Iterator[dict[str, str]]:
    """The lines of the file by column."""
    try:
        with opened(path) as file:
            reader = csv.DictReader(file)
            missing = set(msgspec.structs.astuple(columns)) - set(reader.fieldnames or ())
            if missing:
                raise NotUnderstood(
                    f"{path.name} has no column {', '.join(sorted(missing))}",
                    "the columns that the map names",
                    "mend the map or the file's first line",
                )
            for number, line in enumerate(reader):
                if number == ROWS_LIMIT:
                    raise NotUnderstood(f"{path.name} has over {ROWS_LIMIT} rows", "fewer", "split the file")
                yield line
    except (OSError, EOFError) as error:
        said = getattr(error, "strerror", None) or "it is damaged"
        raise NotFound(f"{path} cannot be read ({said})", "a CSV file, plain or .gz", "check the path") from error
    except (csv.Error, UnicodeDecodeError) as error:
        raise NotUnderstood(f"{path.name} is no CSV in UTF-8", "a CSV file, plain or .gz", "convert it") from error


def opened(path: Path) -> TextIO:
    """The file as text."""
    if path.suffix == ".gz":
        return gzip.open(path, "rt", encoding="utf-8-sig", newline="")
    return path.open("r", encoding="utf-8-sig", newline="")
