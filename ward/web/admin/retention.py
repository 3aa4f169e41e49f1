"""Retention: what is kept and how long, legal holds, what is due for erasure; and erasing, by two offices."""

from typing import Any

from fastapi import FastAPI
from fastapi.responses import HTMLResponse, Response

from pathway.engine.errors import WardpathError
from pathway.site.retention.commands import (
    AnyRetentionCommand,
    EraseCase,
    EraseReport,
    Ground,
    HoldCase,
    ReleaseHold,
    SetRetention,
)
from pathway.site.retention.kinds import kinds
from ward.errors import NotUnderstood
from ward.people.administer import UNSAID
from ward.people.person import SignedIn
from ward.retention.due import all_ending, clear_texts, stone
from ward.retention.finish import finish
from ward.web.admin.office import Office, Told, id_of, told_of, unread
from ward.web.pages import Pages
from ward.web.reads import Reads
from ward.web.visit import Checked, Visit, Visitor

AT = "/admin/retention"
SAID = {
    "set": "How long it is kept is on record, by two.",
    "hold": "The case is under a legal hold: nothing of it is erased.",
    "release": "The hold is released, by two.",
    "erase": "The keys are destroyed. What they held is readable for nobody any more.",
}
#: Lines of what ends next that a page shows beside what is due.
NEXT = 20


def add_retention(app: FastAPI, reads: Reads, pages: Pages) -> None:
    """Add the page of what is kept, and what is done there."""
    del reads
    office = Office(app, pages)

    def shown(visitor: Visit, told: Told | None = None, done: str = "") -> Response:
        values = about(office, visitor)
        return office.show("retention.html", visitor, told, done, **values)

    @app.get(AT, response_class=HTMLResponse)
    def show_retention(visitor: Visitor, done: str = "") -> Response:
        """What is kept, held, due and erased: tokens alone, and no patient's name."""
        return shown(visitor, None, SAID.get(done, ""))

    @app.post(f"{AT}/{{act}}")
    def say(act: str, visitor: Visitor, form: Checked) -> Response:
        """Set a rule, hold, release or erase; the second signer proves themselves here and now."""

        def again(told: Told) -> Response:
            return shown(visitor, told)

        def second() -> SignedIn | None:
            named = form.get("second", "").strip()
            return visitor.signer(named, form.get("password", "")) if named else None

        try:
            command = command_of(act, form)
        except WardpathError as error:
            return again(told_of(error))
        answer = office.say(visitor, command, again, f"{AT}?done={act}", second)
        if office.site.place is not None:
            finish(office.house, office.site.place)
        return answer


def about(office: Office, visitor: Visit) -> dict[str, Any]:
    """Everything that the page shows; the cases that it names enter the access log."""
    house = office.house
    found, state = all_ending(house), house.engine.sites.retention()
    over = [each for each in found if each.due]
    later = [each for each in found if not each.due][:NEXT]
    named = [each.of for each in [*over, *later] if not each.number]
    visitor.look("retention", dict.fromkeys([*named, *state.holds]))
    return {
        "rows": [(each, state.keep_years(each.name), state.rules.get(each.name)) for each in kinds().values()],
        "due": [(each, clear_texts(house, each)) for each in over],
        "later": later,
        "holds": [(each, house.engine.opened(each.body.reason).text) for each in state.holds.values()],
        "erased": [stone(house, each) for each in state.stones()],
        "may": {act: office.may(visitor, act) for act in ("SetRetention", "HoldCase", "ReleaseHold", "EraseCase")},
        "invented": house.store.origin == "demonstration",
    }


def command_of(act: str, form: dict[str, str]) -> AnyRetentionCommand:
    """The command of a form. Raises NotUnderstood."""
    alone: dict[str, Any] = {"id": id_of(form), "by": UNSAID, "reason": form.get("reason", "").strip()}
    said = {**alone, "second": form.get("second", "").strip()}
    match act:
        case "set":
            return set_of(form, said)
        case "hold":
            return HoldCase(patient_case=form.get("case", "").strip(), **alone)
        case "release":
            return ReleaseHold(patient_case=form.get("case", "").strip(), **said)
        case "erase":
            return erase_of(form, said)
    raise NotUnderstood("the form asks for nothing that is known here", "a button of the page", "press one of them")


def set_of(form: dict[str, str], said: dict[str, Any]) -> SetRetention:
    """How long a kind is kept."""
    return SetRetention(kind=form.get("kind", ""), keep_years=number(form, "years"), law=form.get("law", ""), **said)


def erase_of(form: dict[str, str], said: dict[str, Any]) -> EraseCase | EraseReport:
    """An erasure, which names what it erases twice: by the form, and as somebody typed it."""
    ground: Ground = "erasure order" if form.get("ground") == "erasure order" else "retention over"
    told = {**said, "ground": ground, "law": form.get("law", "").strip()}
    if form.get("number"):
        return EraseReport(number=number(form, "number"), **told)
    case = form.get("case", "").strip()
    if case != form.get("typed", "").strip():
        unread("the case that was typed is another", "type the token of the case once more")
    return EraseCase(patient_case=case, **told)


def number(form: dict[str, str], name: str) -> int:
    """A whole number of a form. Raises NotUnderstood."""
    text = form.get(name, "").strip()
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        unread(f"the {name} cannot be read", "a whole number")
    return int(text)
