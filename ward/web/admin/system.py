"""System health: what `wardpath doctor --quick` finds, as a page. No patient data."""

from fastapi import FastAPI
from fastapi.responses import HTMLResponse, Response

from ward.doctor import Finding, examine, worst
from ward.health import key_missing
from ward.web.admin.office import Office
from ward.web.admin.site import Site
from ward.web.pages import Pages
from ward.web.reads import Reads
from ward.web.visit import Visitor
from ward.wiring import House

AT = "/admin/system"


def add_system(app: FastAPI, reads: Reads, pages: Pages) -> None:
    """Add the page of system health."""
    del reads
    office = Office(app, pages)

    @app.get(AT, response_class=HTMLResponse)
    def show_system(visitor: Visitor) -> Response:
        """The store looked over without its chains, gravest finding first."""
        visitor.look("system")
        found = findings(office.house, office.site)
        return office.show("system.html", visitor, findings=found, worst=worst(found))


def findings(house: House, site: Site) -> list[Finding]:
    """What the doctor finds; of a store in memory only what the running ward knows itself."""
    place = site.place or getattr(house.store, "path", None)
    if place is None:
        lost = Finding("warning", "store", "lies in memory alone", "a file or a server", "make one: wardpath init")
        return [lost, *key_findings(house)]
    return examine(place, quick=True, progress=silently)


def key_findings(house: House) -> list[Finding]:
    """The key of the site, where it is missing."""
    why = key_missing(house)
    return [Finding("fault", "keys", why, "the key of this site", "put the key file back")] if why else []


def silently(done: int, of: int) -> None:
    """Nobody waits for a page to say how far it is."""
    del done, of
