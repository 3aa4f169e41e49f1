"""The cases for an inspector: by their tokens, open and closed; nobody is named."""

from typing import Any

from fastapi import FastAPI
from fastapi.responses import HTMLResponse, Response

from ward.web.admin.office import Office
from ward.web.pages import Pages
from ward.web.reads import Reads
from ward.web.visit import Visitor

AT = "/audit/cases"
#: Lines of a page.
LINES = 100


def add_cases(app: FastAPI, reads: Reads, pages: Pages) -> None:
    """Add the list of the cases."""
    office = Office(app, pages)

    @app.get(AT, response_class=HTMLResponse)
    def list_cases(visitor: Visitor, ward: str = "", after: str = "") -> Response:
        """The cases of the visitor's wards, a page at a time by their tokens."""
        seen = visitor.seen("pack", reads.every_head())
        heads = sorted((each for each in seen if ward in {"", each.ward}), key=lambda each: each.case)
        behind = [each for each in heads if each.case > after]
        page = behind[:LINES]
        visitor.door.look(visitor.who, visitor.role, "pack", [each.case for each in page])
        shown: dict[str, Any] = {"heads": page, "moment": office.moment, "ward": ward, "count": len(heads)}
        shown["wards"] = sorted({each.ward for each in seen if each.ward})
        shown["next"] = page[-1].case if len(behind) > LINES else ""
        return pages.page("audit/cases.html", office.zone, visit=visitor, **shown)
