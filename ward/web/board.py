"""The board: one row per open case by bed, the gravest need first in each, and a line on top that counts them."""

import re
from zoneinfo import ZoneInfo

import msgspec
import structlog

from pathway.case.picture import Picture
from pathway.engine.ports import Head
from ward.web.due import Due, dues, valid_until
from ward.web.patient import NAME_NOT_KNOWN, Patient, patient
from ward.web.reads import Reads
from ward.web.seen import Drug, Strip, Value, choices, drug, strip, watched

LOG = structlog.get_logger()


class Row(msgspec.Struct, frozen=True):
    """One patient on the board. `flags`: open deviations, broken invariants and reviews in words."""

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
    broken: bool = False


class Broken(msgspec.Struct, frozen=True):
    """A case that cannot be read: it keeps its place and says so. `name`: the patient's, where that can be read."""

    token: str
    ward: str
    bed: str
    name: str
    code: str
    broken: bool = True


class Counts(msgspec.Struct, frozen=True):
    """What the line on top counts, over all rows."""

    patients: int
    overdue: int
    critical: int
    critical_values: int
    gaps: int
    broken: int


class Board(msgspec.Struct, frozen=True):
    """The whole board. `valid_until`: the next instant at which something falls due, in words, for print."""

    rows: tuple[Row | Broken, ...]
    counts: Counts
    wards: tuple[str, ...]
    zone: str
    valid_until: str
    cases: tuple[str, ...]


def board(reads: Reads) -> Board:
    """The board of every open case, by ward and bed. A case that cannot be read does not take the others with it."""
    rows: list[Row | Broken] = []
    pictures: list[Picture] = []
    heads = sorted(reads.heads(), key=lambda head: (head.ward, bed_order(head.bed)))
    for head in heads:
        match _read(reads, head):
            case Broken() as unreadable:
                rows.append(unreadable)
            case picture, seen:
                pictures.append(picture)
                rows.append(seen)
    zones = {picture.zone for picture in pictures}
    zone = zones.pop() if len(zones) == 1 else "UTC"
    return Board(
        rows=tuple(rows),
        counts=_counts(rows),
        wards=tuple(dict.fromkeys(head.ward for head in heads)),
        zone=zone,
        valid_until=valid_until(pictures, ZoneInfo(zone)),
        cases=tuple(head.case for head in heads),
    )


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
    )


def bed_order(bed: str) -> tuple[tuple[int, str], ...]:
    """Beds in the order of their numbers: 2 before 10, 4a before 4b."""
    return tuple((int(part), "") if part.isdecimal() else (0, part.lower()) for part in re.findall(r"\d+|\D+", bed))


def _read(reads: Reads, head: Head) -> tuple[Picture, Row] | Broken:
    try:
        picture = reads.picture(head.case)
        if picture is not None:
            return picture, row(picture, reads.identity(head.case))
        code = "gone"
    except Exception as error:  # noqa: BLE001 - whatever is wrong with one case must not blank the board of the others
        code = str(getattr(error, "code", type(error).__name__))
    LOG.error("a case cannot be shown", case=head.case, code=code)
    return Broken(head.case, head.ward, head.bed, _name(reads, head), code)


def _name(reads: Reads, head: Head) -> str:
    try:
        return patient(reads.identity(head.case), head.origin, head.recorded_at, ZoneInfo("UTC")).name
    except Exception as error:  # noqa: BLE001 - the row must stand, with or without a name
        broken = type(error).__name__
    LOG.error("an identity cannot be shown", case=head.case, error=broken)
    return NAME_NOT_KNOWN


def _counts(rows: list[Row | Broken]) -> Counts:
    whole = [each for each in rows if isinstance(each, Row)]
    needs = [due for each in whole for due in each.dues]
    values = [value for each in whole for value in each.values]
    return Counts(
        patients=len(rows),
        overdue=sum(len(due.reminders) for due in needs if due.kind == "overdue"),
        critical=sum(len(due.reminders) for due in needs if due.critical),
        critical_values=sum(value.look == "critical" for value in values),
        gaps=sum(value.look == "gap" for value in values),
        broken=len(rows) - len(whole),
    )
