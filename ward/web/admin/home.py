"""The way into the administration: its areas, as far as they are open to whoever asks, and what waits in each."""

from collections.abc import Callable

import msgspec
from fastapi import FastAPI
from fastapi.responses import HTMLResponse, Response

from scheduler.outage import failing
from ward.health import key_missing
from ward.reconcile import reconciling
from ward.retention.due import count as count_due
from ward.rota import standing
from ward.web.admin.beds import add_beds
from ward.web.admin.channels import add_channels
from ward.web.admin.definitions import add_definitions
from ward.web.admin.figures import add_figures
from ward.web.admin.office import Office
from ward.web.admin.people import add_people
from ward.web.admin.quarantine import add_quarantine
from ward.web.admin.retention import add_retention
from ward.web.admin.review import add_review
from ward.web.admin.rosters import add_rosters
from ward.web.admin.sheets import add_sheets
from ward.web.admin.system import add_system
from ward.web.pages import Pages
from ward.web.reads import Reads
from ward.web.visit import Visitor
from ward.wiring import House


class Area(msgspec.Struct, frozen=True):
    """An area: its name, its address, the word of the policy that opens it, what it is about."""

    name: str
    at: str
    act: str
    about: str
    waits: str = ""


AREAS = (
    Area("People", "/admin/people", "people", "Accounts, roles, secrets, and where somebody is signed in."),
    Area("Broken glass", "/admin/glass", "people", "Who reached a patient in an emergency, and the reviews."),
    Area("Rosters", "/admin/rosters", "duty", "Who is on duty, who is planned, and the rosters that are kept."),
    Area("Channels", "/admin/channels", "health", "The ways that notices go out, and whether they work."),
    Area("Wards and beds", "/admin/beds", "health", "Which beds each ward has."),
    Area("Definitions", "/admin/definitions", "definitions", "The pathways in use, who signed for them, their books."),
    Area("Quarantine", "/admin/quarantine", "quarantine", "Reports that could be given to no case."),
    Area(
        "Retention",
        "/admin/retention",
        "retention",
        "What is kept, what is held, what is due for erasure, what was erased.",
    ),
    Area("Reminder health", "/admin/reminders", "health", "What rang, what was answered in time, what was put off."),
    Area("System health", "/admin/system", "system", "The store looked over, from its settings to its keys."),
    Area("Downtime sheets", "/admin/sheets", "paper", "Each ward on paper, and the entries after a downtime."),
)


def add_admin(app: FastAPI, reads: Reads, pages: Pages) -> None:
    """Add the pages of the administration."""
    office = Office(app, pages)

    @app.get("/admin", response_class=HTMLResponse)
    def show_admin(visitor: Visitor) -> Response:
        """The areas that are open to this visitor."""
        visitor.look("health")
        found = [each for each in AREAS if office.lets(visitor, each.act)]
        areas = [msgspec.structs.replace(each, waits=waits(office.house, each)) for each in found]
        closed = [each.name for each in AREAS if each not in found]
        return office.show("home.html", visitor, areas=areas, closed=closed)

    for add in (add_people, add_review, add_rosters, add_channels, add_beds, add_definitions):
        add(app, reads, pages)
    for add in (add_quarantine, add_retention, add_figures, add_system, add_sheets):
        add(app, reads, pages)


def waits(house: House, area: Area) -> str:
    """What waits for somebody in an area, in words; empty for nothing."""
    count: Callable[[House], str] | None = WAITING.get(area.at)
    return "" if count is None else count(house)


def counted(count: int, one: str, many: str) -> str:
    """A count in words; empty for none."""
    return f"{count} {one if count == 1 else many}" if count else ""


def glass(house: House) -> str:
    """Glass that nobody has reviewed."""
    state, now = house.engine.sites.accounts(), house.clock.now()
    late = sum(each.overdue(now) for each in state.unreviewed())
    said = counted(len(state.unreviewed()), "glass is not reviewed", "glasses are not reviewed")
    return f"{said}, {late} late" if late else said


WAITING: dict[str, Callable[[House], str]] = {
    "/admin/glass": glass,
    "/admin/rosters": lambda house: counted(
        sum(each.empty_since is not None for each in standing(house)), "roster is empty", "rosters are empty"
    ),
    "/admin/channels": lambda house: counted(len(failing(house.store.beats())), "channel fails", "channels fail"),
    "/admin/quarantine": lambda house: counted(
        len(house.engine.sites.quarantine().waiting()), "report waits", "reports wait"
    ),
    "/admin/system": key_missing,
    "/admin/retention": lambda house: counted(count_due(house), "is due for erasure", "are due for erasure"),
    "/admin/sheets": lambda house: counted(
        len(reconciling(house.store)), "ward is reconciling", "wards are reconciling"
    ),
}
