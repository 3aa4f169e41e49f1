"""Reminder health: the figures of `wardpath health reminders` as a page. Of rules and roles; nobody is named."""

from typing import Any
from zoneinfo import ZoneInfo

from fastapi import FastAPI
from fastapi.responses import HTMLResponse, Response

from pathway.clinical.instant import Instant
from pathway.engine.errors import WardpathError
from ward.errors import NotUnderstood
from ward.health import health_of
from ward.web.admin.office import Office, Told, told_of
from ward.web.moment import MINUTE, TimeUnread, read_field
from ward.web.pages import Pages
from ward.web.reads import Reads
from ward.web.visit import Visitor

AT = "/admin/reminders"
#: Columns of the figures: the name of the field, and its heading, as the command line has them.
FIGURES = (
    ("fired", "fired"),
    ("rungs", "rungs"),
    ("in_time", "in time"),
    ("escalated", "escalated"),
    ("done_late", "done late"),
    ("withdrawn", "withdrawn"),
    ("dismissed", "dismissed"),
)
VOICES = (
    ("reported", "reported wrong"),
    ("overridden", "overridden"),
    ("offered", "offered"),
    ("taken", "taken"),
    ("not_taken", "not taken"),
)


def add_figures(app: FastAPI, reads: Reads, pages: Pages) -> None:
    """Add the page of reminder health."""
    del reads
    office = Office(app, pages)

    @app.get(AT, response_class=HTMLResponse)
    def show_figures(visitor: Visitor, ward: str = "", begins: str = "", ends: str = "") -> Response:
        """The figures of a ward, or of all, from one time to another."""
        visitor.look("health")
        told: Told | None = None
        since = until = None
        try:
            since, until = read(begins, office.zone), read(ends, office.zone)
        except WardpathError as error:
            told = told_of(error)
        asked = {"ward": ward, "begins": begins, "ends": ends}
        found = health_of(office.house, ward, since, until)
        more: dict[str, Any] = {
            "health": found,
            "asked": asked,
            "wards": office.wards(),
            "columns": FIGURES,
            "voices": VOICES,
        }
        return office.show("figures.html", visitor, told, **more)


def read(text: str, zone: ZoneInfo) -> Instant | None:
    """The beginning of a minute that a field names, None for an empty one. Raises NotUnderstood."""
    try:
        found = read_field(text.replace("T", " "), zone)
    except TimeUnread as error:
        wanted = "a date and a 24-hour time such as 05-Mar-2026 03:10"
        raise NotUnderstood("a time cannot be read", wanted, "write it so") from error
    return None if found is None else Instant(found - MINUTE + 1)
