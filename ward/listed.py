"""How cases, events, reminders, definitions, accounts and reports stand in a list, on every face that gives JSON."""

from typing import Any

from pathway.case.envelope import Event
from pathway.case.state import Obligation
from pathway.clinical.instant import Instant, iso, show_span
from pathway.definition.pathway import Pathway
from pathway.engine.errors import RecordDamaged, UnknownBundle
from pathway.engine.ports import Head, ReminderRow
from pathway.engine.quarantine import token
from pathway.site.accounts.state import Account
from pathway.site.state import Held
from ward.migration import REMINDER, TITLE, Migration
from ward.people.signing_in import expired, password_of
from ward.shape import plain
from ward.wiring import House


def listed(head: Head) -> dict[str, object]:
    """A case in the list."""
    names = ("case", "origin", "ward", "bed", "pathway", "position", "clinical_version", "phases", "closed")
    found = plain(head)
    return {name: found[name] for name in (*names, "next_look", "recorded_at")}


def standing_of(house: House, head: Head) -> tuple[str, str]:
    """Where a case stands and what is due; one that cannot be read keeps its row and takes no other with it."""
    try:
        picture = house.engine.picture(head.case, shown_at(house, head))
    except (RecordDamaged, UnknownBundle) as error:
        return "", f"cannot be shown ({error.code}): look at the patient and the chart"
    return ", ".join(phase.title for phase in picture.phases), picture.due_line


def shown_at(house: House, head: Head) -> Instant:
    """The instant at which a case is shown: now, and for imported people the end of their own time."""
    own_time = head.closed or head.origin == "deidentified"
    return head.recorded_at if own_time else max(house.clock.now(), head.recorded_at)


def entry(event: Event, words: str) -> dict[str, object]:
    """An event in the timeline."""
    return {**plain(event), "body": {"type": event.type, **plain(event.body)}, "type": event.type, "words": words}


def owed(house: House, head: Head, row: ReminderRow) -> dict[str, object]:
    """One open reminder with its place and its lateness."""
    late = shown_at(house, head) - row.due_at
    form = house.pathway(head.bundle).reminders.get(row.reminder)
    held = standing(house, row)
    return {
        **plain(row),
        "owner": held.owner.person if held and held.owner else "",
        "offered_to": held.offer.to if held and held.offer else "",
        "ward": head.ward,
        "bed": head.bed,
        "title": form.title if form else row.reminder,
        "overdue": late >= 0,
        "late": show_span(late - late % 60_000_000) if late >= 60_000_000 else "",
        "mark": "CRITICAL" if row.critical else "",
    }


def standing(house: House, row: ReminderRow) -> Obligation | None:
    """The obligation of a row; None where its case cannot be read: the row itself is listed all the same."""
    try:
        return house.engine.case(row.case).open.get((row.reminder, row.subject))
    except (RecordDamaged, UnknownBundle):
        return None


def moving(house: House, each: Migration) -> dict[str, object]:
    """A case that must move to another definition, as an open reminder is listed."""
    row = ReminderRow(
        case=each.head.case,
        reminder=REMINDER,
        subject="",
        ordinal=1,
        level="",
        critical=True,
        status="open",
        opened_at=each.withdrawn.at,
        due_at=each.due_at,
        rung=-1,
        acknowledged_until=None,
        closed_at=None,
    )
    return {**owed(house, each.head, row), "title": TITLE}


def by_due(row: dict[str, object]) -> str:
    """Due times in RFC 3339 and UTC sort as text."""
    return str(row["due_at"])


def versions(house: House) -> list[Pathway]:
    """Every definition that is here, that was spoken of, or that an open case goes by, by name and version."""
    state = house.engine.sites.definitions()
    digests = {*house.engine.rules, *state.approved, *state.withdrawn, *house.store.bundles_in_use()}
    found = [house.engine.pathway_of(digest) for digest in digests if house.engine.knows(digest)]
    return sorted(found, key=lambda each: (each.name, each.form.version, each.digest))


def stands(house: House, pathway: Pathway, heads: list[Head]) -> dict[str, Any]:
    """How one definition stands."""
    state = house.engine.sites.definitions()
    approved, withdrawn = state.approved.get(pathway.digest), state.withdrawn.get(pathway.digest)
    said = "not approved here"
    if approved is not None:
        said = f"approved by {approved.by.actor} and {approved.body.second}"
    if withdrawn is not None:
        said = f"WITHDRAWN FOR SAFETY: {withdrawn.body.reason}; move by {iso(withdrawn.body.migrate_by)}"
    return {
        "pathway": pathway.name,
        "version": pathway.form.version,
        "digest": pathway.digest,
        "open_cases": sum(head.bundle == pathway.digest for head in heads),
        "approved": approved is not None,
        "withdrawn": withdrawn is not None,
        "state": said,
    }


def to_move(house: House, each: Migration) -> dict[str, Any]:
    """One case that must move."""
    late = each.overdue(shown_at(house, each.head))
    return {
        "case": each.head.case,
        "ward": each.head.ward,
        "bed": each.head.bed,
        "digest": each.head.bundle,
        "reason": each.withdrawn.body.reason,
        "move_by": iso(each.due_at),
        "overdue": late,
        "mark": "OVERDUE" if late else "",
    }


def account_row(house: House, held: Account) -> dict[str, Any]:
    """An account as JSON has it; of its secret only what kind there is."""
    kept = password_of(house, held.account)
    password = "none" if kept is None or not kept.hash else "one-time" if kept.must_change else "password"
    late = kept is not None and bool(kept.hash) and expired(kept, house.wall.now())
    tokens = f"{len(held.labels)} tokens"
    return {
        "account": held.account,
        "name": held.name,
        "kind": held.kind,
        "grants": [{"role": each.role, "ward": each.ward} for each in held.grants],
        "scopes": list(held.scopes),
        "secret": tokens if held.kind == "service" else "expired" if late else password,
        "opened_at": iso(held.opened_at),
        "closed_at": None if held.closed_at is None else iso(held.closed_at),
    }


def report_row(held: Held) -> dict[str, object]:
    """One report in the list: nothing of what it says."""
    return {
        "number": held.body.number,
        "at": iso(held.at),
        "by": held.by.role or held.by.actor,
        "kind": held.body.kind,
        "why": held.body.why,
        "rings_as": ", ".join(token(name, held.body.number) for name in held.body.screened),
        "settled": " ".join(filter(None, (held.settled, held.to))),
    }
