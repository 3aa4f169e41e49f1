"""A pack as files for programs: JSON Lines of every event with its envelope, and CSV that no spreadsheet runs."""

import msgspec

from pathway.clinical.instant import iso
from ward.pack.content import Pack
from ward.pack.section import Section
from ward.shape import plain
from ward.spreadsheet import Cell, When, as_csv

COLUMNS = (
    "case",
    "position",
    "type",
    "version",
    "occurred_at",
    "recorded_at",
    "actor",
    "role",
    "source",
    "authenticated",
    "second",
    "command",
    "cause",
    "because",
    "bundle",
    "words",
    "reason",
    "hash",
)


def as_lines(pack: Pack) -> bytes:
    """Every event, one JSON object a line: as it lies in the store, and in words beside it.

    `canonical` is the text whose bytes were hashed; `previous`, `hash` and `mac` are hexadecimal.
    """
    lines = []
    for told, stored in zip(pack.events, pack.stored, strict=True):
        line = {
            "case": stored.case,
            "position": stored.position,
            "canonical": stored.canonical.decode(),
            "previous": stored.previous.hex(),
            "hash": stored.hash.hex(),
            "mac": stored.mac.hex(),
            "occurred_at": iso(told.event.occurred_at),
            "recorded_at": iso(told.event.recorded_at),
            "type": told.event.type,
            "by": plain(told.event.by),
            "words": told.words,
            "reason": told.reason,
        }
        lines.append(msgspec.json.encode(line, order="sorted") + b"\n")
    return b"".join(lines)


def events_csv(pack: Pack) -> bytes:
    """Every event with the fields of its envelope, and in words."""
    rows: list[tuple[Cell, ...]] = []
    for told, stored in zip(pack.events, pack.stored, strict=True):
        event = told.event
        second = "" if event.second_by is None else event.second_by.actor
        rows.append(
            (
                event.case,
                event.position,
                event.type,
                event.version,
                When(event.occurred_at),
                When(event.recorded_at),
                event.by.actor,
                event.by.role,
                event.by.source,
                event.by.authenticated,
                second or str(getattr(event.body, "second", "")),
                event.command,
                "" if event.cause is None else event.cause,
                " ".join(map(str, told.because)),
                event.bundle,
                told.words,
                told.reason,
                stored.hash.hex(),
            )
        )
    return as_csv(COLUMNS, rows)


def section_csv(section: Section) -> bytes:
    """A section with its columns in small letters."""
    return as_csv([each.lower().replace(" ", "_") for each in section.columns], section.rows)
