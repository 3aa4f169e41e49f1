"""One patient: the page, the reasons behind it, and the pathway drawn."""

from collections.abc import Callable
from urllib.parse import quote
from zoneinfo import ZoneInfo

from fastapi import FastAPI
from fastapi.responses import HTMLResponse, Response
from starlette.exceptions import HTTPException

from pathway.case.picture import Picture
from ward.web.moment import moment_text
from ward.web.pages import Pages
from ward.web.reads import Reads
from ward.web.reasons import absent, findings, needed
from ward.web.sheet import TIMELINE_SHOWN, sheet
from ward.web.visit import Visit, Visitor
from ward.web.way import way

#: A token is shorter; what is longer is looked up nowhere.
TOKEN_LIMIT = 100
WHY_NOT = "Why not: what is not possible or not open now"
WHY = "Why: what is due, what is found, and what follows from it"
#: The case of an address, once the visitor has been let look at it: token, visitor, the word of the policy.
Find = Callable[[str, Visit, str], Picture]


def finder(reads: Reads) -> Find:
    """Finds the case of an address for a visitor, and enters the look. It answers that there is none, or Denied."""

    def find(token: str, visitor: Visit, what: str) -> Picture:
        if len(token) > TOKEN_LIMIT or not reads.known(token):
            raise HTTPException(404)
        visitor.look(what, (token,))
        picture = reads.picture(token)
        if picture is None:
            raise HTTPException(404)
        return picture

    return find


def events_of(case: str) -> str:
    """Where every event of a case stands, for a page that has none of them."""
    return f"/case/{quote(case)}?timeline=all"


def add_case(app: FastAPI, reads: Reads, pages: Pages) -> None:
    """Add the page of a patient."""
    find = finder(reads)

    @app.get("/case/{token}", response_class=HTMLResponse)
    def show_case(token: str, visitor: Visitor, timeline: str = "", span: str = "") -> Response:
        """One patient: what now, and why."""
        picture = find(token, visitor, "case")
        zone = ZoneInfo(picture.zone)
        whole, who = timeline == "all", reads.identity(picture.case)
        asked = reads.inquiry(picture.case)
        entries = reads.timeline(picture.case, asked, None if whole else TIMELINE_SHOWN)
        seen = sheet(picture, who, entries, whole=whole, asked=asked, span=span)
        events_at, now_field = "?timeline=all" if seen.hidden else "", moment_text(picture.at, zone)
        return pages.page(
            "case.html", zone, visit=visitor, case=token, sheet=seen, now_field=now_field, events_at=events_at
        )


def add_reasons(app: FastAPI, reads: Reads, pages: Pages) -> None:
    """Add the pathway drawn, and why and why not."""
    find = finder(reads)

    @app.get("/case/{token}/pathway", response_class=HTMLResponse)
    def show_pathway(token: str, visitor: Visitor, part: str = "") -> Response:
        """The pathway drawn: where the case stands, the way it came, and each move with its reasons."""
        picture = find(token, visitor, "diagram")
        asked = reads.inquiry(picture.case)
        seen = sheet(picture, reads.identity(picture.case), [], whole=True)
        drawn = None if asked is None else way(asked, part)
        zone, at = ZoneInfo(picture.zone), events_of(picture.case)
        return pages.page("pathway.html", zone, visit=visitor, case=token, sheet=seen, way=drawn, events_at=at)

    def why_page(picture: Picture, visitor: Visit, heading: str, kinds: object, plainly: bool) -> Response:
        seen = sheet(picture, reads.identity(picture.case), [], whole=True)
        at, zone = events_of(picture.case), ZoneInfo(picture.zone)
        return pages.page(
            "why_not.html",
            zone,
            visit=visitor,
            case=picture.case,
            sheet=seen,
            heading=heading,
            events_at=at,
            kinds=kinds,
            plainly=plainly,
        )

    @app.get("/case/{token}/why-not", response_class=HTMLResponse)
    def show_why_not(token: str, visitor: Visitor) -> Response:
        """What is not possible or not open now, and why."""
        picture = find(token, visitor, "why")
        return why_page(picture, visitor, WHY_NOT, absent(reads.inquiry(picture.case)), plainly=False)

    @app.get("/case/{token}/why", response_class=HTMLResponse)
    def show_why(token: str, visitor: Visitor) -> Response:
        """Why each need stands as it does, and why each finding is so, or cannot be said."""
        picture = find(token, visitor, "why")
        asked = reads.inquiry(picture.case)
        kinds = (*needed(asked, picture), *findings(asked, picture))
        return why_page(picture, visitor, WHY, kinds, plainly=True)
