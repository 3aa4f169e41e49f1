"""Quarantine: the reports that could be given to no case, what they say, and saying whose they are."""

from typing import Any

from fastapi import FastAPI
from fastapi.responses import HTMLResponse, Response

from pathway.case.commands import AnyCommand
from pathway.engine.errors import RecordDamaged, WardpathError
from pathway.site.commands import SettleQuarantined
from pathway.site.state import Held
from ward.entry import instants
from ward.listed import report_row
from ward.people.administer import UNSAID
from ward.policy.judge import Allowed
from ward.shape import plain
from ward.web.admin.office import Office, Told, id_of, told_of, unread
from ward.web.forms.patients import lying
from ward.web.pages import Pages
from ward.web.reads import Reads
from ward.web.visit import Checked, Visit, Visitor

AT = "/admin/quarantine"
#: Of a report: what says who sent it and how, which stands beside it.
BESIDE = frozenset({"id", "by", "case"})
#: A name is shorter; what is longer finds nobody.
FIND_LIMIT = 100
SAID = {"matched": "The report is recorded in its case.", "rejected": "The report is settled: it is nobody's."}


def add_quarantine(app: FastAPI, reads: Reads, pages: Pages) -> None:
    """Add the list of reports, and the page of each."""
    del reads
    office = Office(app, pages)

    def one(visitor: Visit, number: int, told: Told | None = None, find: str = "", to: str = "") -> Response:
        visitor.look("quarantine")
        held = office.house.engine.sites.quarantine().held.get(number)
        if held is None:
            return pages.error(404)
        return office.show("report.html", visitor, told, find=find, to=to, **about(office, visitor, held, find))

    @app.get(AT, response_class=HTMLResponse)
    def show_quarantine(visitor: Visitor, settled: bool = False, done: str = "") -> Response:
        """The reports that wait, or all of them; nothing of what they say."""
        visitor.look("quarantine")
        state = office.house.engine.sites.quarantine()
        found = [(each, report_row(each)) for each in (state.held.values() if settled else state.waiting())]
        told = SAID.get(done, "")
        return office.show("quarantine.html", visitor, None, told, rows=found, settled=settled)

    @app.get(f"{AT}/{{number}}", response_class=HTMLResponse)
    def show_report(number: int, visitor: Visitor, find: str = "") -> Response:
        """One report. `find`: a bed, a name or a token, to choose whose it is."""
        return one(visitor, number, None, find[:FIND_LIMIT])

    @app.post(f"{AT}/{{number}}")
    def settle(number: int, visitor: Visitor, form: Checked) -> Response:
        """Say whose a report is, or that it is nobody's."""

        def again(told: Told) -> Response:
            return one(visitor, number, told, to=form.get("to", ""))

        try:
            command = command_of(number, form)
        except WardpathError as error:
            return again(told_of(error))
        return office.say(visitor, command, again, f"{AT}?done={command.how}")


def about(office: Office, visitor: Visit, held: Held, find: str) -> dict[str, Any]:
    """Everything that the page of a report shows: what it says and, where it waits, whose it may be."""
    says: list[tuple[str, str]] = []
    gone, may = "", office.may(visitor, "SettleQuarantined")
    if office.lets(visitor, "report"):
        visitor.look("report", (f"quarantine/{held.body.number}",))
        says, gone = said_by(office, held)
    waits = not held.settled and isinstance(may, Allowed)
    return {
        "held": held,
        "row": report_row(held),
        "says": says,
        "gone": gone,
        "reads": office.may(visitor, "report"),
        "may": may,
        "found": lying(visitor, find) if waits else None,
    }


def said_by(office: Office, held: Held) -> tuple[list[tuple[str, str]], str]:
    """What a report says, field by field, or why it cannot be read."""
    try:
        command = office.house.engine.quarantine.content(held)
    except RecordDamaged as error:
        return [], error.happened
    return fields(office, command), ""


def fields(office: Office, command: AnyCommand) -> list[tuple[str, str]]:
    """The fields of a report that say something; times as the site reads them."""
    said = {name: value for name, value in plain(command).items() if name not in BESIDE and (value or value == 0)}
    times = {name: office.moment(getattr(command, name)) for name in instants(type(command)) if name in said}
    return [(name.replace("_", " "), str(value)) for name, value in (said | times).items()]


def command_of(number: int, form: dict[str, str]) -> SettleQuarantined:
    """The command of a form. Raises NotUnderstood."""
    how, reason = form.get("how", ""), form.get("reason", "").strip()
    to = form.get("typed", "").strip() or form.get("to", "").strip()
    if how == "matched" and to:
        return SettleQuarantined(id=id_of(form), by=UNSAID, number=number, how="matched", to=to, reason=reason)
    if how != "rejected" or to:
        unread("it is not said whose the report is", "name its case, or say that it is nobody's")
    return SettleQuarantined(id=id_of(form), by=UNSAID, number=number, how="rejected", reason=reason)
