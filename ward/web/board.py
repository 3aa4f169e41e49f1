"""The board: one row per bed, the gravest need first in each, and the counts over all of them."""

import re
from collections.abc import Collection, Iterable, Mapping
from zoneinfo import ZoneInfo

import msgspec
import structlog

from pathway.case.picture import NoteSeen, Picture
from pathway.clinical.instant import Instant
from pathway.engine.ports import Head
from ward.web.due import Due, dues
from ward.web.moment import moment_text
from ward.web.patient import NAME_NOT_KNOWN, Patient, patient
from ward.web.reads import Reads
from ward.web.seen import Drug, Strip, Value, choices, drug, strip, watched

LOG = structlog.get_logger()
#: What something that changed is called where nothing finer can be said of it.
RECORD = "on record"


class Row(msgspec.Struct, frozen=True):
    """One patient on the board.

    `flags`: open deviations, broken invariants and reviews in words. `left`: the case is closed and something on it
    waits still, so `bed` is where the patient was. `changed`: when each part of the row was last written. `ahead`: when
    the next need falls due. `note`: to the team, empty where there is none.
    """

    token: str
    ward: str
    bed: str
    patient: Patient
    strips: tuple[Strip, ...]
    choices: tuple[tuple[str, str], ...]
    values: tuple[Value, ...]
    drugs: tuple[Drug, ...]
    dues: tuple[Due, ...]
    flags: tuple[str, ...]
    failed: bool
    zone: str
    left: bool
    changed: tuple[tuple[Instant, str], ...]
    ahead: Instant | None
    note: str = ""
    kind: str = "patient"


class Broken(msgspec.Struct, frozen=True):
    """A case that cannot be read: it keeps its place and says so. `name`: the patient's, where that can be read."""

    token: str
    ward: str
    bed: str
    name: str
    code: str
    changed: tuple[tuple[Instant, str], ...] = ()
    kind: str = "broken"


class Empty(msgspec.Struct, frozen=True):
    """A bed of the site in which no open case lies."""

    token: str
    ward: str
    bed: str
    changed: tuple[tuple[Instant, str], ...] = ()
    kind: str = "empty"


AnyRow = Row | Broken | Empty


class Counts(msgspec.Struct, frozen=True):
    """What the line on top counts, over all rows."""

    patients: int
    empty: int
    overdue: int
    critical: int
    critical_values: int
    gaps: int
    broken: int


class Board(msgspec.Struct, frozen=True):
    """Every row by ward and bed. `ends`: the position of each case when it was read; `heads`: the cases then."""

    rows: tuple[AnyRow, ...]
    ends: dict[str, int]
    heads: tuple[Head, ...] = ()

    @property
    def zone(self) -> str:
        """The zone of every row, UTC where they differ."""
        zones = {row.zone for row in self.rows if isinstance(row, Row)}
        return zones.pop() if len(zones) == 1 else "UTC"

    @property
    def wards(self) -> tuple[str, ...]:
        """The wards, in their order."""
        return tuple(dict.fromkeys(row.ward for row in self.rows))

    @property
    def valid_until(self) -> str:
        """Until when print of it holds, in words: the next instant at which something falls due."""
        coming = [row.ahead for row in self.rows if isinstance(row, Row) and row.ahead is not None]
        return moment_text(min(coming), ZoneInfo(self.zone)) if coming else "the moment it was printed"

    @property
    def counts(self) -> Counts:
        """The counts over all rows."""
        whole = [row for row in self.rows if isinstance(row, Row)]
        needs = [due for row in whole for due in row.dues]
        values = [value for row in whole for value in row.values]
        return Counts(
            patients=sum(not isinstance(row, Empty) for row in self.rows),
            empty=sum(isinstance(row, Empty) for row in self.rows),
            overdue=sum(len(due.reminders) for due in needs if due.kind == "overdue"),
            critical=sum(len(due.reminders) for due in needs if due.critical),
            critical_values=sum(value.look == "critical" for value in values),
            gaps=sum(value.look == "gap" for value in values),
            broken=sum(isinstance(row, Broken) for row in self.rows),
        )


def board(reads: Reads, before: Board | None = None, ward: str = "", anew: Collection[str] = ()) -> Board:
    """The board of every open case and every empty bed, of one ward and of none or of every ward.

    A case that cannot be read does not take the others with it. Of `before` those rows are kept whose case has not
    moved since, with the ages that they had; those of `anew` are read all the same.
    """
    heads = reads.heads(ward)
    rows_before = () if before is None else before.rows
    kept = {row.token: row for row in rows_before if not isinstance(row, Broken) and row.token not in anew}
    ends = {head.case: head.position for head in heads}
    rows: list[AnyRow] = []
    for head in heads:
        same = before is not None and before.ends.get(head.case) == head.position
        rows.append((kept.get(head.case) if same else None) or _read(reads, head))
    beds = reads.beds()
    rows.extend(empty({name: beds[name] for name in beds if ward in {"", name}}, rows))
    rows.sort(key=lambda row: (row.ward, isinstance(row, Row) and row.left, bed_order(row.bed), row.token))
    return Board(tuple(rows), ends, tuple(heads))


def empty(beds: Mapping[str, Iterable[str]], rows: Iterable[AnyRow]) -> list[Empty]:
    """The beds of the site in which nobody lies, so that a free bed is told from one that was forgotten."""
    taken = {(row.ward, row.bed) for row in rows if not (isinstance(row, Row) and row.left)}
    all_beds = [(ward, bed) for ward, names in beds.items() for bed in names]
    return [
        Empty(f"empty-{number}", ward, bed)
        for number, (ward, bed) in enumerate(all_beds, start=1)
        if (ward, bed) not in taken
    ]


def row(picture: Picture, identity: dict[str, str] | None) -> Row:
    """One patient's row, with times in the zone of the patient's site."""
    zone, now = ZoneInfo(picture.zone), picture.at
    return Row(
        token=picture.case,
        ward=picture.ward,
        bed=picture.bed,
        patient=patient(identity, picture.origin, now, zone),
        strips=tuple(strip(phase, now, zone) for phase in picture.phases),
        choices=choices(picture),
        values=watched(picture, zone),
        drugs=tuple(drug(each, now, zone) for each in picture.exposures),
        dues=dues(picture, zone),
        flags=tuple(flag.text for flag in picture.flagged if flag.open),
        failed=picture.failed,
        zone=picture.zone,
        left=picture.closed,
        changed=changed(picture),
        ahead=min((each.due_at for each in picture.reminders if each.due_at > now), default=None),
        note="" if picture.note is None else noted(picture.note, zone),
    )


def noted(note: NoteSeen, zone: ZoneInfo) -> str:
    """The note to the team with who wrote it when, or that it cannot be read."""
    return f"{note.text or note.why} ({note.actor}, {moment_text(note.at, zone)})"


def changed(picture: Picture) -> tuple[tuple[Instant, str], ...]:
    """What was written on a row and when: stage, values, needs, flags, drugs."""
    shown = {value.name for value in watched(picture, ZoneInfo(picture.zone))}
    parts = [(phase.entered_at, "stage") for phase in picture.phases]
    parts += [
        (lab.recorded_at, lab.title if lab.name in shown else "other values")
        for lab in picture.labs
        if lab.recorded_at is not None
    ]
    parts += [(each.since, each.title) for each in picture.exposures if each.since is not None]
    parts += [(each.opened_at, "new need") for each in picture.reminders]
    parts += [(each.at, "flag") for each in picture.flagged]
    parts += [] if picture.note is None else [(picture.note.at, "note")]
    return tuple(parts)


def bed_order(bed: str) -> tuple[tuple[int, str], ...]:
    """Beds in the order of their numbers: 2 before 10, 4a before 4b."""
    return tuple((int(part), "") if part.isdecimal() else (0, part.lower()) for part in re.findall(r"\d+|\D+", bed))


def _read(reads: Reads, head: Head) -> Row | Broken:
    written = (head.recorded_at, RECORD)
    try:
        picture = reads.picture(head.case)
        if picture is not None:
            made = row(picture, reads.identity(head.case))
            return msgspec.structs.replace(made, changed=(*made.changed, written))
        code = "gone"
    except Exception as error:  # noqa: BLE001 - whatever is wrong with one case must not blank the board of the others
        code = str(getattr(error, "code", type(error).__name__))
    LOG.error("a case cannot be shown", case=head.case, code=code)
    return Broken(head.case, head.ward, head.bed, _name(reads, head), code, (written,))


def _name(reads: Reads, head: Head) -> str:
    try:
        return patient(reads.identity(head.case), head.origin, head.recorded_at, ZoneInfo("UTC")).name
    except Exception as error:  # noqa: BLE001 - the row must stand, with or without a name
        broken = type(error).__name__
    LOG.error("an identity cannot be shown", case=head.case, error=broken)
    return NAME_NOT_KNOWN
