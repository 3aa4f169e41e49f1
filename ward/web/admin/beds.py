"""Wards and beds: which beds each ward has, by what `wardpath beds` does."""

from fastapi import FastAPI
from fastapi.responses import HTMLResponse, Response

from ward.beds import beds, set_beds
from ward.web.admin.office import Office, Told, attempt
from ward.web.pages import Pages
from ward.web.reads import Reads
from ward.web.visit import Checked, Visit, Visitor

AT = "/admin/beds"


def add_beds(app: FastAPI, reads: Reads, pages: Pages) -> None:
    """Add the page of the beds."""
    del reads
    office = Office(app, pages)

    def shown(visitor: Visit, told: Told | None = None, done: str = "") -> Response:
        visitor.look("health")
        known = beds(office.house.store)
        rows = [(ward, known.get(ward, ())) for ward in sorted({*known, *office.wards()})]
        return office.show("beds.html", visitor, told, done, rows=rows, may=office.may(visitor, "SetBeds"))

    @app.get(AT, response_class=HTMLResponse)
    def show_beds(visitor: Visitor, done: str = "") -> Response:
        """The beds of each ward."""
        return shown(visitor, None, "The beds are on record. The board shows them." if done else "")

    @app.post(AT)
    def say_beds(visitor: Visitor, form: Checked) -> Response:
        """Say which beds a ward has, in place of what was said before."""

        def again(told: Told) -> Response:
            return shown(visitor, told)

        def do() -> None:
            role = office.allowed(visitor, "SetBeds")
            names = form.get("beds", "").split(",")
            set_beds(office.house.store, form.get("ward", ""), names, by=visitor.who.account, role=role)

        return attempt(do, again, f"{AT}?done=said")
