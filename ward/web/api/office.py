"""The office through the API: what the pages of the administration show, and what they do that is no command."""

from collections import Counter
from collections.abc import Iterable
from typing import Annotated, Any

from fastapi import FastAPI, Path, Query
from starlette.responses import Response

from pathway.case.envelope import By
from pathway.clinical.instant import iso
from pathway.definition.pathway import Pathway
from pathway.engine.errors import RecordDamaged
from pathway.site.accounts.grant import ADMINISTRATOR
from pathway.site.accounts.state import Glass
from pathway.site.state import Held
from scheduler.outage import failing
from scheduler.way import Way
from ward.book import chapters
from ward.clock import draw_id
from ward.errors import NotUnderstood
from ward.listed import account_row, report_row, versions
from ward.paper.page import as_page
from ward.paper.print import as_pdf
from ward.paper.sheet import Sheet
from ward.people.signing_in import end_sign_in, sign_ins
from ward.reconcile import downtimes
from ward.rota import plan_all, planned_in
from ward.shape import plain
from ward.trial import REACHES, TRIAL, try_channels
from ward.web.admin.quarantine import BESIDE
from ward.web.admin.sheets import sheet_of
from ward.web.admin.site import Site
from ward.web.admin.system import findings
from ward.web.api.acts import administering, allowed
from ward.web.api.answers import Token, Word, told
from ward.web.api.caller import Body, Caller
from ward.web.api.commands import Key
from ward.web.api.problem import missing
from ward.web.api.site import HANDLE, visible
from ward.wiring import House

Number = Annotated[int, Path(ge=1, le=2**53 - 1)]
Form = Annotated[str, Query(pattern="^(json|html|pdf)$", description="json, html or pdf")]
Every = Annotated[bool, Query(description="Those that are settled or reviewed too.")]


def add_office(api: FastAPI) -> None:
    """Add the office."""
    site: Site = api.state.site
    add_reports(api)
    add_rosters(api)
    add_sheets(api, site)
    add_channels(api, site)
    add_accounts(api)
    add_definitions(api)

    @api.get("/health/system", tags=["site"], summary="The store looked over: what is wrong, the gravest first")
    def show_system(visit: Caller) -> Response:
        visit.look("system")
        return told({"findings": findings(visit.door.house, site)})


def add_reports(api: FastAPI) -> None:
    """Add what a report in quarantine says. Whose it is is said by the command SettleQuarantined."""

    @api.get("/quarantine/{number}", tags=["ward"], summary="A report in quarantine, and what it says")
    def show_report(visit: Caller, number: Number) -> Response:
        visit.look("quarantine")
        held = visit.door.house.engine.sites.quarantine().held.get(number)
        if held is None:
            missing("report", "a number that GET /api/v1/quarantine lists")
        said: dict[str, Any] = {"says": {}, "why_not": "to read it needs somebody who may settle it"}
        if visit.lets("report"):
            visit.look("report", (f"quarantine/{number}",))
            said = content(visit.door.house, held)
        return told({**report_row(held), **said})


def content(house: House, held: Held) -> dict[str, Any]:
    """What a report says, or why it cannot be read."""
    try:
        command = house.engine.quarantine.content(held)
    except RecordDamaged as error:
        return {"says": {}, "why_not": error.happened}
    return {"says": {name: value for name, value in plain(command).items() if name not in BESIDE}, "why_not": ""}


def add_rosters(api: FastAPI) -> None:
    """Add who is planned. Planning and keeping are commands."""

    @api.get("/rosters", tags=["ward"], summary="The shifts that are planned, their names, the day units")
    def show_rosters(visit: Caller, ward: Word = "") -> Response:
        visit.look("duty")
        house = visit.door.house
        duty, now = house.engine.sites.duty(), house.clock.now()
        shifts = [each for each in duty.shifts.values() if each.ends > now and ward in {"", each.ward}]
        return told(
            {
                "kept": [each for each in duty.kept.values() if ward in {"", each.ward}],
                "shifts": sorted(shifts, key=lambda each: (each.begins, each.number)),
                "names": list(duty.names.values()),
                "day_units": duty.day_units,
            }
        )

    @api.post(
        "/rosters/import",
        tags=["ward"],
        summary='Plan the shifts of a rota as CSV: `{"rota": "date,shift,role,ward,account..."}`; a line twice is once',
    )
    def import_rota(visit: Caller, body: Body) -> Response:
        rota = body.get("rota")
        if not isinstance(rota, str):
            raise NotUnderstood("the rota cannot be read", "a text", 'send {"rota": "date,shift,role,ward,account"}')
        commands = planned_in(visit.door.house, rota, By(visit.who.account, visit.role))
        found = plan_all(commands, visit.handle)
        refused = [{"line": line, "refusal": each} for line, each in found.refused]
        return told({"planned": found.planned, "known": found.known, "refused": refused})


def add_sheets(api: FastAPI, site: Site) -> None:
    """Add each ward on paper."""

    @api.get("/wards", tags=["ward"], summary="The wards of which one may take a downtime sheet")
    def list_wards(visit: Caller) -> Response:
        visit.look("paper")
        house = visit.door.house
        late = {each.ward: each for each in downtimes(house.store) if each.open}
        wards = {ward for each in house.engine.heads(closed=True) if (ward := visit.door.ward(each))} | late.keys()
        lines = [{"ward": each, "reconciling": each in late} for each in sorted(wards) if visit.sees("paper", each)]
        return told({"wards": lines})

    @api.get("/wards/{ward:path}/sheet", tags=["ward"], summary="The downtime sheet of a ward as it is now")
    def show_sheet(visit: Caller, ward: Token, form: Form = "json") -> Response:
        found = sheet_of(site, visit, ward)
        if found is None:
            missing("sheet", "a ward that GET /api/v1/wards lists")
        return printed(found, form)


def printed(sheet: Sheet, form: str) -> Response:
    """A sheet in a form."""
    match form:
        case "pdf":
            return Response(as_pdf(sheet), media_type="application/pdf")
        case "html":
            return Response(as_page(sheet), media_type="text/html")
    return told(sheet)


def add_channels(api: FastAPI, site: Site) -> None:
    """Add the ways that notices go out, and a trial of them."""

    @api.get("/channels", tags=["site"], summary="The ways that notices go out, and the trials of them")
    def show_channels(visit: Caller) -> Response:
        visit.look("health")
        store = visit.door.house.store
        notices, down = store.notices(), failing(store.beats())
        trials = [(each, state) for each, state in notices if each.kind == TRIAL]
        return told(
            {
                "ways": [way_row(way) for way in site.ways],
                "failing": {name: iso(at) for name, at in down.items()},
                "routes": [each.model_dump(mode="json") for each in site.routes],
                "notices": Counter(state for _, state in notices),
                "trials": [
                    {"role": each.role, "reach": each.channel, "at": iso(each.created_at), "state": state}
                    for each, state in sorted(trials, key=lambda each: -each[0].created_at)
                ],
            }
        )

    @api.post(
        "/channels/trial", tags=["site"], summary='Send a test notice to a role: `{"role": "nurse", "reach": "page"}`'
    )
    def send_trial(visit: Caller, body: Body, key: Key = "") -> Response:
        allowed(visit, "TryChannels", "")
        house, role, reach = visit.door.house, body.get("role"), body.get("reach", "page")
        known = visit.door.policy.pathway | {ADMINISTRATOR}
        if not isinstance(role, str) or role not in known or reach not in REACHES:
            expected = f"a role ({', '.join(sorted(known))}) and how it reaches them ({', '.join(REACHES)})"
            raise NotUnderstood(
                "the trial names no role or no way", expected, 'send {"role": "nurse", "reach": "page"}'
            )
        return told({"waits": try_channels(house.store, house.clock, role, reach, key or draw_id())})


def way_row(way: Way) -> dict[str, Any]:
    """A way out as the process that rings believes it to be."""
    return {"name": way.name, "takes": sorted(way.takes), "state": way.state.value}


def add_accounts(api: FastAPI) -> None:
    """Add one account, its sign-ins, and the glass that was broken."""

    @api.get("/people/{account}", tags=["site"], summary="One account")
    def show_person(visit: Caller, account: Token) -> Response:
        visible(visit, "people", [account])
        held = visit.door.house.engine.sites.accounts().held.get(account)
        if held is None:
            missing("account", "one that GET /api/v1/people lists")
        return told(account_row(visit.door.house, held))

    @api.delete("/people/{account}/sign-ins", tags=["site"], summary="End the sign-ins of an account, or the one named")
    def end_theirs(visit: Caller, account: Token, handle: Word = "") -> Response:
        return told({"ended": administering(visit).end_sign_ins(account, handle)})

    @api.delete("/sign-ins/{handle}", tags=["sign-in"], summary="End one of one's own sign-ins")
    def end_own(visit: Caller, handle: Token) -> Response:
        house, account = visit.door.house, visit.who.account
        if not any(each.id_hash[:HANDLE] == handle for each in sign_ins(house, account)):
            missing("sign-in", "one of your own that GET /api/v1/sign-ins lists")
        return told({"ended": end_sign_in(house, account, handle)})

    @api.get("/glass", tags=["site"], summary="Glass that was broken and waits for its review")
    def list_glass(visit: Caller, reviewed: Every = False) -> Response:
        visit.look("people")
        house = visit.door.house
        found: Iterable[Glass] = house.engine.sites.accounts().glass.values()
        return told({"glass": [glass_row(house, each) for each in found if reviewed or each.reviewed is None]})


def glass_row(house: House, each: Glass) -> dict[str, Any]:
    """A broken glass with the words that are kept sealed."""
    body, said = plain(each.body), each.reviewed
    review = None
    if said is not None and each.reviewed_by is not None and each.reviewed_at is not None:
        at, by = iso(each.reviewed_at), each.reviewed_by.actor
        review = {"choice": said.choice, "by": by, "at": at, "reason": house.engine.opened(said.reason).text}
    overdue = each.overdue(house.clock.now())
    return {**body, "reason": house.engine.opened(each.body.reason).text, "overdue": overdue, "review": review}


def add_definitions(api: FastAPI) -> None:
    """Add the book of a definition. It is signed for by commands, each with a second signature."""

    @api.get("/definitions/{digest}/book", tags=["site"], summary="The book of a definition: every rule in words")
    def show_book(visit: Caller, digest: Token) -> Response:
        visit.look("definitions")
        found: Pathway | None = next((each for each in versions(visit.door.house) if each.digest == digest), None)
        if found is None:
            missing("definition", "a digest that GET /api/v1/definitions lists")
        return told({"chapters": chapters(found)})
