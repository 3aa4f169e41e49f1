"""Broken glass: who reached which case in an emergency and why, and the review by another person."""

from fastapi import FastAPI
from fastapi.responses import HTMLResponse, Response

from pathway.engine.errors import WardpathError
from pathway.site.accounts.commands import ReviewBreakGlass
from ward.people.administer import UNSAID
from ward.web.admin.office import Office, Told, id_of, told_of, unread
from ward.web.pages import Pages
from ward.web.reads import Reads
from ward.web.visit import Checked, Visit, Visitor

AT = "/admin/glass"
CHOICES = {"justified": "Justified", "not_justified": "Not justified"}


def add_review(app: FastAPI, reads: Reads, pages: Pages) -> None:
    """Add the list of broken glass and its reviews."""
    del reads
    office = Office(app, pages)

    def shown(visitor: Visit, told: Told | None = None, done: str = "") -> Response:
        visitor.look("people")
        state, now = office.house.engine.sites.accounts(), office.house.clock.now()
        rows = [
            {
                "glass": each,
                "reason": office.house.engine.opened(each.body.reason).text,
                "said": "" if each.reviewed is None else office.house.engine.opened(each.reviewed.reason).text,
                "late": each.overdue(now),
                "own": each.body.account == visitor.who.account,
            }
            for each in sorted(state.glass.values(), key=lambda each: (each.reviewed is not None, -each.body.number))
        ]
        may = office.may(visitor, "ReviewBreakGlass")
        return office.show("glass.html", visitor, told, done, rows=rows, may=may, choices=CHOICES)

    @app.get(AT, response_class=HTMLResponse)
    def show_glass(visitor: Visitor, done: str = "") -> Response:
        """Every glass that was broken; those that wait for a review first."""
        return shown(visitor, None, "The review is on record." if done else "")

    @app.post(AT)
    def review(visitor: Visitor, form: Checked) -> Response:
        """Review a glass that somebody else broke."""

        def again(told: Told) -> Response:
            return shown(visitor, told)

        try:
            command = review_of(form)
        except WardpathError as error:
            return again(told_of(error))
        return office.say(visitor, command, again, f"{AT}?done=reviewed")


def review_of(form: dict[str, str]) -> ReviewBreakGlass:
    """The command of a form. Raises NotUnderstood."""
    choice, number = form.get("choice", ""), form.get("number", "")
    if choice not in CHOICES or not (number.isascii() and number.isdigit()):
        unread("the review names no choice", "say whether it was justified")
    reason = form.get("reason", "").strip()
    return ReviewBreakGlass(id=id_of(form), by=UNSAID, number=int(number), choice=choice, reason=reason)  # type: ignore[arg-type]  # one of the two
