"""Watching: a folder into which a laboratory puts files; each result goes to the open case of its patient, once.

A file is taken when it has its final name (write it under another ending and rename it). It is moved to `done` when
every row is in the store, and read again from its start when the process died before: every row has its command id.
"""

from collections import Counter
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import msgspec

from pathway.case.commands import ENCODER, Answer, RecordResult, Refusal
from pathway.engine.errors import CommandReused
from ward.door import Door
from ward.errors import NotFound, NotUnderstood
from ward.laboratory.feeding import LABORATORY
from ward.laboratory.mapping import Mapping
from ward.laboratory.rows import Row, Unread, read_rows
from ward.people.person import SignedIn
from ward.wiring import House

ENDINGS = (".csv", ".csv.gz")
DONE, FAILED = "done", "failed"


class Taken(msgspec.Struct, frozen=True):
    """What became of one file: how many rows were recorded, repeated or quarantined.

    `failed`: why the file as a whole could not be used; it lies in `failed` then.
    """

    file: str
    told: dict[str, int]
    failed: str = ""


def take(house: House, who: SignedIn, folder: Path, mapping: Mapping) -> Iterator[Taken]:
    """Feed every file that lies in a folder, in the order of their names, and move it away.

    `who`: the account of the feed. Raises NotFound, and Denied where that account may not record a result.
    """
    door = Door(house)
    if not folder.is_dir():
        raise NotFound(f"{folder} is no folder", "the folder that the laboratory writes to", "make it, or name another")
    for path in sorted(each for each in folder.iterdir() if each.is_file() and each.name.endswith(ENDINGS)):
        try:
            told = taken(door, who, path, mapping)
        except (NotFound, NotUnderstood) as error:
            moved(path, FAILED)
            yield Taken(path.name, {}, str(error))
            continue
        moved(path, DONE)
        yield Taken(path.name, dict(sorted(told.items())))


def taken(door: Door, who: SignedIn, path: Path, mapping: Mapping) -> Counter[str]:
    """Every row of a file through the engine; rows that cannot be read go to quarantine with their reason."""
    rows, told = read_rows(path, mapping, frozenset()), Counter[str]()
    for other in rows.others:
        command = door.proven(who, LABORATORY.role, unreadable(other, path.name, mapping))
        told[aside(door.house, command, "unreadable", other.why)] += 1
    cases = {head.patient: head.case for head in door.house.engine.heads() if head.pathway == mapping.pathway}
    for row in sorted(each for series in rows.by_subject.values() for each in series):
        command = door.proven(who, LABORATORY.role, arriving(row, mapping, cases.get(row.subject, "")))
        told[sent(door.house, command)] += 1
    return told


def sent(house: House, command: RecordResult) -> str:
    """Send a result: recorded, repeated, or quarantined because no open case is this patient's or the id was used."""
    try:
        answer = house.engine.handle(command)
    except CommandReused:
        # The laboratory changed a row under its old number: kept for a person to look at, never dropped.
        changed = sha256(ENCODER.encode(command)).hexdigest()[:16]
        again = msgspec.structs.replace(command, id=f"{command.id}/changed/{changed}")
        return aside(house, again, "reused", "another result came under the same number")
    return "repeated" if answer.repeated else "quarantined" if answer.refusal else "recorded"


def aside(house: House, command: RecordResult, code: str, why: str) -> str:
    """Put a result that no case can have into quarantine, once."""
    refusal = Refusal(code, why, (), "look at the report, then match or reject it")
    answer = Answer(command.id, command.case, "refused", (), refusal)
    kept = house.engine.quarantine.keep(command, ENCODER.encode(command), answer)
    return "repeated" if kept.repeated else "quarantined"


def unreadable(row: Unread, file: str, mapping: Mapping) -> RecordResult:
    """A row that cannot be read as far as it can be; its id is its place in its file."""
    return RecordResult(
        id=f"{mapping.prefix}/{file}/{row.place}",
        case=f"{mapping.prefix}-{row.subject}",
        by=LABORATORY,
        loinc=mapping.items[row.item].loinc if row.item in mapping.items else row.item,
        value=row.value,
        unit=row.unit or None,
        problems=(row.why,),
    )


def arriving(row: Row, mapping: Mapping, case: str) -> RecordResult:
    """A row as a result that arrives now. Without an open case it names the patient's token, and is quarantined."""
    return RecordResult(
        id=f"{mapping.prefix}/{row.number}",
        case=case or f"{mapping.prefix}-{row.subject}",
        by=LABORATORY,
        loinc=row.loinc,
        value=row.value,
        unit=row.unit,
        collected_at=row.collected_at,
        decimal_sign=mapping.decimal_sign,
    )


def moved(path: Path, to: str) -> None:
    """Move a file into a folder beside it; one of the same name there keeps its place and this one gets a number."""
    folder = path.parent / to
    folder.mkdir(exist_ok=True)
    target, number = folder / path.name, 1
    while target.exists():
        target, number = folder / f"{number}.{path.name}", number + 1
    path.rename(target)
