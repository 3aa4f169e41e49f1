"""A ward's sheet: what a ward must know of each bed when no screen answers."""

from collections.abc import Iterable
from typing import Literal
from zoneinfo import ZoneInfo

import msgspec

from pathway.clinical.instant import SECOND, Instant
from pathway.engine.ports import Head
from scheduler.post import error_name
from ward.proof.state import newest
from ward.reading import HouseReads
from ward.reconcile import Downtime, downtimes
from ward.web.board import bed_order, row
from ward.web.due import Due
from ward.web.moment import moment_text
from ward.web.seen import Drug, Value, value, watched
from ward.wiring import House

#: Whom a sheet names a patient to: by the token of the case alone, or by name and numbers too, as the site decides.
Named = Literal["token", "name"]
#: Sheets are written at least hourly (H37): after this one is old, whatever it says.
VALID_US = 3600 * SECOND
#: Of what is due later, the next few: the sheet has one row for a bed.
NEXT_SHOWN = 3


class Row(msgspec.Struct, frozen=True):
    """One bed. `never`: the drugs that were never given.

    `broken`: why nothing can be said of the case; then everything else is empty.
    """

    bed: str
    token: str
    who: str = ""
    stages: tuple[str, ...] = ()
    drugs: tuple[str, ...] = ()
    never: tuple[str, ...] = ()
    values: tuple[Value, ...] = ()
    criticals: tuple[Due, ...] = ()
    due: tuple[Due, ...] = ()
    more: int = 0
    flags: tuple[str, ...] = ()
    broken: str = ""


class Sheet(msgspec.Struct, frozen=True):
    """A ward on paper. Times are words in `zone`; `reconciling`: the downtime whose entries are not complete yet.

    `sealed`: the last checkpoint with its code, of which this paper is one more place.
    """

    ward: str
    label: str
    demonstration: bool
    unapproved: str
    zone: str
    as_of: str
    until: str
    rows: tuple[Row, ...]
    cases: tuple[str, ...]
    reconciling: str = ""
    sealed: str = ""


def sheets(house: House, named: Named, within: frozenset[str] | None = None) -> list[Sheet]:
    """The sheet of every ward that has or had a case here, by name; `within`: of these alone. Writes nothing."""
    reads = HouseReads(house)
    after = reads.heads()
    heads = house.engine.heads(closed=True)
    wards: dict[str, list[Head]] = {head.ward: [] for head in heads if within is None or head.ward in within}
    for head in after:
        if head.ward in wards:
            wards[head.ward].append(head)
    late = {each.ward: each for each in downtimes(house.store) if each.open}
    return [sheet(reads, ward, wards[ward], named, late.get(ward)) for ward in sorted(wards)]


def sheet(reads: HouseReads, ward: str, heads: Iterable[Head], named: Named, late: Downtime | None) -> Sheet:
    """The sheet of one ward, a row for each bed in the order of their numbers."""
    facts = reads.store_facts()
    beds = sorted(heads, key=lambda head: (bed_order(head.bed), head.case))
    read = [(head, *one_row(reads, head, named)) for head in beds]
    zones = {zone for _, _, zone in read if zone}
    zone = ZoneInfo(zones.pop() if len(zones) == 1 else reads.house.store.property("zone") or "UTC")
    return Sheet(
        ward=ward,
        label=facts.label,
        demonstration=facts.demonstration,
        unapproved=facts.unapproved,
        zone=zone.key,
        as_of=moment_text(facts.now, zone),
        until=moment_text(Instant(facts.now + VALID_US), zone),
        rows=tuple(made for _, made, _ in read),
        cases=tuple(head.case for head, _, _ in read),
        reconciling="" if late is None else between(late, zone),
        sealed=sealed(reads.house),
    )


def sealed(house: House) -> str:
    """The last checkpoint in words; empty where none is at hand."""
    last = newest(getattr(house.store, "path", ""))
    return "" if last is None else f"Record sealed: checkpoint {last.number} of {last.at[:19]}Z, code {last.code}"


def one_row(reads: HouseReads, head: Head, named: Named) -> tuple[Row, str]:
    """A bed's row and the zone of its case. A case that cannot be read keeps its row and says so."""
    try:
        picture = reads.picture(head.case)
        if picture is None:
            return Row(head.bed, head.case, broken="gone"), ""
        seen = row(picture, reads.identity(head.case) if named == "name" else None)
        zone = ZoneInfo(picture.zone)
        lines = [value(lab, picture.at, zone) for lab in picture.labs if lab.target or lab.critical]
        first = watched(picture, zone)
        names = {each.name for each in first}
        critical = tuple(due for due in seen.dues if due.critical)
        others = [due for due in seen.dues if not due.critical]
        who = (seen.patient.name, *(f"{name} {said}" for name, said in seen.patient.identifiers))
        failed = ("RULES FAILED: no automatic moves",) if seen.failed else ()
        made = Row(
            bed=head.bed,
            token=head.case,
            who=", ".join(who) if named == "name" else "",
            stages=tuple(f"{strip.title} {strip.since}" for strip in seen.strips),
            drugs=tuple(said_of_drug(each) for each in seen.drugs if each.look != "never"),
            never=tuple(each.title for each in seen.drugs if each.look == "never"),
            values=(*first, *(each for each in lines if each.name not in names)),
            criticals=critical,
            due=tuple(others[:NEXT_SHOWN]),
            more=len(others[NEXT_SHOWN:]),
            flags=(*failed, *seen.flags),
        )
    except Exception as error:  # noqa: BLE001 - whatever is wrong with one case, the sheet of the others is printed
        return Row(head.bed, head.case, broken=error_name(error)), ""
    return made, picture.zone


def between(late: Downtime, zone: ZoneInfo) -> str:
    """The span of a downtime in words."""
    return f"{moment_text(late.since, zone)} to {moment_text(late.until, zone)}"


def said_of(each: Value) -> str:
    """A value in one line: figure, state, when it was collected, its lines."""
    if each.look == "gap":
        last = f", last {each.last} ({each.collected})" if each.last else ""
        return f"{each.title}: cannot say, {each.why}{last}"
    target = f"; target {each.target}" if each.target else ""
    critical = f"; critical {each.critical}" if each.critical else ""
    return f"{each.title}: {each.shown}, {each.word.lower()}, collected {each.collected}{target}{critical}"


def said_of_drug(each: Drug) -> str:
    """A drug in one line."""
    return f"{each.title}: {each.word}{', ' + ', '.join(each.times) if each.times else ''}"


def said_of_due(each: Due) -> str:
    """A need in one line."""
    when = " ".join(filter(None, (each.when, each.latest)))
    return f"{each.title}: {each.word.lower()} {when}{'; ' + each.paused if each.paused else ''}"
