"""Rosters: who is on duty, the rosters that are kept, what shifts are called, and who is planned for them."""

from typing import Any
from zoneinfo import ZoneInfo

from fastapi import FastAPI
from fastapi.responses import HTMLResponse, Response

from pathway.case.commands import Answer
from pathway.case.envelope import By
from pathway.clinical.instant import Instant
from pathway.engine.errors import WardpathError
from pathway.site.duty.commands import AnyDutyCommand, CancelShift, KeepRoster, NameDayUnit, NameShift, PlanShift
from ward.errors import NotUnderstood
from ward.people.administer import UNSAID
from ward.rota import Planned, plan_all, planned_in, standing
from ward.web.admin.office import Office, Told, id_of, number_of, told_of
from ward.web.forms.when import EXPECTED, said
from ward.web.header import plainly
from ward.web.pages import Pages
from ward.web.reads import Reads
from ward.web.visit import Checked, Visit, Visitor

AT = "/admin/rosters"
SAID = {
    "keep": "The roster is kept. It alarms when nobody is on duty.",
    "drop": "The roster is kept no longer.",
    "plan": "The shift is planned. Who is planned still has to take duty.",
    "cancel": "The planned shift is taken back.",
    "name": "The shift has its name.",
    "day-unit": "The ward that looks after patients at home is named.",
}
ACTS = ("KeepRoster", "PlanShift", "CancelShift", "NameShift", "NameDayUnit")


def add_rosters(app: FastAPI, reads: Reads, pages: Pages) -> None:
    """Add the page of the rosters."""
    del reads
    office = Office(app, pages)

    def shown(visitor: Visit, told: Told | None = None, done: str = "", rota: Planned | None = None) -> Response:
        visitor.look("duty")
        return office.show("rosters.html", visitor, told, done, rota=rota, **about(office, visitor))

    @app.get(AT, response_class=HTMLResponse)
    def show_rosters(visitor: Visitor, done: str = "") -> Response:
        """Who is on duty now, per role and ward, and who is planned."""
        return shown(visitor, None, SAID.get(done, ""))

    @app.post(f"{AT}/import")
    def import_rota(visitor: Visitor, form: Checked) -> Response:
        """Plan the shifts of a pasted rota. The same line again plans nothing."""

        def handle(command: PlanShift) -> Answer:
            return visitor.handle(command)

        try:
            by = By(visitor.who.account, visitor.role)
            found = plan_all(planned_in(office.house, form.get("rota", ""), by), handle)
        except WardpathError as error:
            return shown(visitor, told_of(error))
        return shown(visitor, rota=found)

    @app.post(f"{AT}/{{act}}")
    def change(act: str, visitor: Visitor, form: Checked) -> Response:
        """Keep, plan or name something."""

        def again(told: Told) -> Response:
            return shown(visitor, told)

        try:
            command = command_of(act, form, office.zone, office.house.clock.now())
        except WardpathError as error:
            return again(told_of(error))
        return office.say(visitor, command, again, f"{AT}?done={act}")


def command_of(act: str, form: dict[str, str], zone: ZoneInfo, now: Instant) -> AnyDutyCommand:
    """The command of a form. Raises NotUnderstood."""
    made, ward, role = id_of(form), form.get("ward", "").strip(), form.get("role", "")
    match act:
        case "keep" | "drop":
            grave = {"yes": True, "no": False}.get(form.get("critical", ""))
            within = form.get("answer_within", "").strip() or "10 min"
            kept = act == "keep"
            return KeepRoster(id=made, by=UNSAID, role=role, ward=ward, critical=grave, answer_within=within, kept=kept)
        case "plan":
            begins, ends = (local(form.get(name, ""), zone, now, name) for name in ("begins", "ends"))
            account = form.get("account", "").strip()
            return PlanShift(id=made, by=UNSAID, account=account, role=role, ward=ward, begins=begins, ends=ends)
        case "cancel":
            return CancelShift(id=made, by=UNSAID, number=number_of(form.get("number", "")))
        case "name":
            name, at = form.get("name", "").strip(), form.get("zone", "").strip()
            times = (form.get("begins", "").strip(), form.get("ends", "").strip())
            return NameShift(id=made, by=UNSAID, name=name, begins=times[0], ends=times[1], zone=at)
        case "day-unit":
            return NameDayUnit(id=made, by=UNSAID, ward=ward, day_unit=form.get("day_unit", "").strip())
    raise NotUnderstood("the form asks for nothing that is known here", "a button of the page", "press one of them")


def about(office: Office, visitor: Visit) -> dict[str, Any]:
    """Everything that the page shows."""
    duty, now = office.house.engine.sites.duty(), office.house.clock.now()
    shifts = sorted((each for each in duty.shifts.values() if each.ends > now), key=lambda each: each.begins)
    return {
        "standing": standing(office.house),
        "duty": duty,
        "shifts": [(each, office.lets(visitor, "CancelShift", each.ward)) for each in shifts],
        "may": {act: office.may(visitor, act) for act in ACTS},
        "keeps": lambda ward: office.lets(visitor, "KeepRoster", ward),
        "roles": [(each, plainly(each)) for each in sorted(office.door.policy.pathway)],
        "accounts": [each.account for each in office.house.engine.sites.accounts().held.values() if each.open],
        "wards": office.wards(),
        "zone_name": office.zone.key,
    }


def local(text: str, zone: ZoneInfo, now: Instant, label: str) -> Instant:
    """The instant of a field, in the zone of the site. Raises NotUnderstood."""
    found = said(text, zone, now, label)
    if found is None:
        raise NotUnderstood(f"there is no time in “{label}”", EXPECTED, "write both times so")
    return found
