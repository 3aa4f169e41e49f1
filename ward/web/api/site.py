"""Ward and site: what is due, who is on duty, what waits in quarantine; definitions, accounts, who looked, health."""

from collections.abc import Callable, Iterator
from functools import partial
from itertools import islice
from operator import itemgetter
from typing import Annotated, Any

from fastapi import FastAPI, Query, Request
from starlette.responses import Response

from pathway.clinical.instant import iso
from pathway.engine.errors import RecordDamaged, UnknownBundle
from pathway.engine.ports import Access, Head
from ward.beds import beds
from ward.door import Door
from ward.errors import Denied
from ward.health import health_of
from ward.listed import account_row, by_due, moving, owed, report_row, shown_at, stands, to_move, versions
from ward.migration import REMINDER, migrations
from ward.people.signing_in import sign_ins
from ward.reading import looked_after
from ward.rota import standing
from ward.shape import plain
from ward.web.api.answers import LINES, WORD, Limit, Position, Word, paged, told
from ward.web.api.caller import Caller
from ward.web.api.cases import At, instant_of
from ward.web.reads import Reads
from ward.web.visit import Visit
from ward.wiring import House

#: As much of the id of a sign-in as tells it from the others of one account.
HANDLE = 16


def add_ward(api: FastAPI) -> None:
    """Add what a ward works by."""
    add_due(api)
    add_place(api)


def add_due(api: FastAPI) -> None:
    """Add what is due, on a ward and to oneself."""

    @api.get("/due", tags=["ward"], summary="Every open reminder, what is overdue first")
    def list_due(
        request: Request,
        visit: Caller,
        ward: Word = "",
        overdue: Annotated[bool, Query(description="Only what is overdue.")] = False,
        mine: Annotated[bool, Query(description="Only what one answers for by name, or was offered.")] = False,
        after: Annotated[str, Query(max_length=400, pattern=WORD)] = "",
        limit: Limit = LINES,
    ) -> Response:
        account, lines = visit.who.account, due_lines(visit, due_heads(visit, ward), after)
        wanted = (
            each
            for each in lines
            if (each["overdue"] or not overdue) and (not mine or account in (each["owner"], each["offered_to"]))
        )
        found = list(islice(wanted, limit + 1))
        visit.look("due", dict.fromkeys(str(each["case"]) for each in found[:limit]))
        return paged(request, "due", found, limit, "key")

    @api.get("/inbox", tags=["ward"], summary="What rings for one's role, and what one answers for by name")
    def list_inbox(visit: Caller, ward: Word = "") -> Response:
        return told({"inbox": inbox_lines(visit, ward)})


def add_place(api: FastAPI) -> None:
    """Add who is on duty, who lies where, and which reports wait."""

    @api.get("/duty", tags=["ward"], summary="Who is on duty, who was asked, who comes next")
    def show_duty(visit: Caller, ward: Word = "") -> Response:
        visit.look("duty")
        return told({"duty": standing(visit.door.house, ward or None)})

    @api.get("/beds", tags=["ward"], summary="The beds of each ward, and who lies there")
    def list_beds(visit: Caller, ward: Word = "") -> Response:
        house = visit.door.house
        heads = visit.seen("board", looked_after(house))
        visit.look("board", [each.case for each in heads])
        known = {name: each for name, each in beds(house.store).items() if visit.sees("board", name)}
        lying = {(each.ward, each.bed): each.case for each in heads}
        places = dict.fromkeys([(name, bed) for name, each in known.items() for bed in each] + list(lying))
        lines = [{"ward": at, "bed": bed, "case": lying.get((at, bed))} for at, bed in places if ward in ("", at)]
        return told({"beds": lines})

    @api.get("/quarantine", tags=["ward"], summary="Reports that wait for somebody to say whose they are")
    def list_quarantine(
        request: Request, visit: Caller, settled: bool = False, after: Position = 0, limit: Limit = LINES
    ) -> Response:
        visit.look("quarantine")
        state = visit.door.house.engine.sites.quarantine()
        found = [report_row(each) for each in (state.held.values() if settled else state.waiting())]
        behind = [each for each in found if int(str(each["number"])) > after]
        return paged(request, "reports", behind[: limit + 1], limit, "number")


def add_site(api: FastAPI, reads: Reads) -> None:
    """Add what a site is run by."""

    @api.get("/definitions", tags=["site"], summary="The definitions: approved, withdrawn, and who must move")
    def list_definitions(visit: Caller) -> Response:
        house = visit.door.house
        heads = house.engine.heads()
        owing = migrations(house, visit.seen("definitions", heads))
        visit.look("definitions", [each.head.case for each in owing])
        found = [stands(house, each, heads) for each in versions(house)]
        return told({"definitions": found, "to_move": [to_move(house, each) for each in owing]})

    @api.get("/people", tags=["site"], summary="The accounts; whoever does not look after them sees their own")
    def list_people(visit: Caller) -> Response:
        held = visit.door.house.engine.sites.accounts().held.values()
        names = visible(visit, "people", [each.account for each in held])
        return told({"people": [account_row(visit.door.house, each) for each in held if each.account in names]})

    @api.get("/sign-ins", tags=["site"], summary="The sign-ins that live; one's own, for whoever looks after none")
    def list_sign_ins(visit: Caller) -> Response:
        found = sign_ins(visit.door.house)
        names = visible(visit, "sign_ins", [*(each.account for each in found), visit.who.account])
        lines = [plain(each) for each in found if each.account in names]
        kept = [{"handle": each.pop("id_hash")[:HANDLE], **each} for each in lines]
        return told({"sign_ins": kept})

    @api.get("/accesses", tags=["site"], summary="Who looked at what, oldest first")
    def list_accesses(
        request: Request, visit: Caller, case: Word = "", account: Word = "", after: Position = 0, limit: Limit = LINES
    ) -> Response:
        visit.look("accesses")
        store = visit.door.house.store
        found: tuple[Access, ...] = store.accesses(case=case, actor=account, after=after, limit=limit + 1)
        return paged(request, "accesses", list(found), limit, "number")

    @api.get("/health", tags=["site"], summary="Whether the scheduler lives, and what the store says of itself")
    def show_health(visit: Caller) -> Response:
        visit.look("health")
        facts = reads.store_facts()
        age_s = facts.heartbeat_age_s
        told_age = None if age_s is None else round(float(age_s), 1)
        return told({"live": facts.live, "heartbeat_age_s": told_age, "store": facts})

    @api.get("/health/reminders", tags=["site"], summary="How the reminders of a ward fare")
    def show_reminders(visit: Caller, ward: Word = "", begins: At = "", ends: At = "") -> Response:
        visit.look("health")
        return told(health_of(visit.door.house, ward, instant_of("begins", begins), instant_of("ends", ends)))


def due_heads(visit: Visit, ward: str) -> dict[str, Head]:
    """The cases whose reminders the caller may see. Writes no look. Raises Denied."""
    seen = visit.seen("due", looked_after(visit.door.house))
    return {head.case: head for head in seen if ward in ("", head.ward)}


def inbox_lines(visit: Visit, ward: str) -> list[dict[str, Any]]:
    """What a role was called for, or the caller answers for or was offered, by due time; each with its `state`."""
    house, account = visit.door.house, visit.who.account
    roles = {visit.role} if visit.role else {each.role for each in visit.who.grants}
    found = []
    for head in due_heads(visit, ward).values():
        called = called_for(house, head)
        for row in house.store.reminders(head.case):
            line, to = owed(house, head, row), called.get((row.reminder, row.subject), roles)
            if account in (line["owner"], line["offered_to"]) or (not line["owner"] and roles & to):
                paused = row.acknowledged_until is not None and row.acknowledged_until > shown_at(house, head)
                state = "offered" if line["offered_to"] == account else "acknowledged" if paused else "fired"
                found.append({**line, "state": state, "called": sorted(to)})
    visit.look("due", dict.fromkeys(str(each["case"]) for each in found))
    return sorted(found, key=by_due)


def called_for(house: House, head: Head) -> dict[tuple[str, str], set[str]]:
    """The roles that each reminder of a case has called so far; nothing of a case that cannot be read."""
    try:
        seen = house.engine.picture(head.case, shown_at(house, head)).reminders
    except (RecordDamaged, UnknownBundle):
        return {}
    return {
        (each.reminder, each.subject): {role for rung in each.rungs if rung.reached for role in rung.to}
        for each in seen
    }


def due_lines(visit: Visit, heads: dict[str, Head], after: str) -> Iterator[dict[str, Any]]:
    """The open reminders of cases by due time, behind the one with the `key`; each is made as it is asked for."""
    house, made = visit.door.house, list[tuple[str, Callable[[], dict[str, object]]]]()
    for row in house.store.reminders():
        if row.case in heads:
            key = f"{iso(row.due_at)}/{row.case}/{row.reminder}/{row.subject}"
            made.append((key, partial(owed, house, heads[row.case], row)))
    for each in migrations(house, heads.values()):
        made.append((f"{iso(each.due_at)}/{each.head.case}/{REMINDER}/", partial(moving, house, each)))
    for key, line in sorted(made, key=itemgetter(0)):
        if key > after:
            yield {**line(), "key": key}


def visible(visit: Visit, what: str, accounts: list[str]) -> set[str]:
    """The accounts of a list that the caller may read of: all, or their own. Raises Denied where that is none."""
    door: Door = visit.door
    found = {each for each in accounts if not isinstance(door.may(visit.who, visit.role, what, about=each), Denied)}
    if not found:
        visit.look(what)
    return found
