"""One case for an inspector: the content of its audit pack as a page, and the pack itself."""

from typing import Any
from urllib.parse import urlencode

from fastapi import FastAPI
from fastapi.responses import HTMLResponse, Response
from markupsafe import Markup
from starlette.exceptions import HTTPException

from pathway.case.facts import zone_of
from pathway.clinical.instant import Instant
from pathway.engine.errors import WardpathError
from ward.errors import Denied, NotUnderstood
from ward.pack.content import Pack, content
from ward.pack.files import PAPER, as_zip, files, name_of
from ward.spreadsheet import Cell, When
from ward.web.admin.office import Office
from ward.web.audit.address import PACK, page_of
from ward.web.moment import TimeUnread, moment_text
from ward.web.pages import Pages
from ward.web.reads import Reads
from ward.web.replay.case import TOKEN_LIMIT, look
from ward.web.replay.clocks import read_time
from ward.web.visit import Visitor

IDENTIFIED = "pack_identified"
#: Rows of a table that the page shows; all of them stand in the pack.
ROWS = 100


def add_case(app: FastAPI, reads: Reads, pages: Pages) -> None:
    """Add the page of a case and its pack."""
    office = Office(app, pages)

    @app.get("/audit/case/{token}", response_class=HTMLResponse)
    def show_case(token: str, visitor: Visitor, position: str = "", known: str = "") -> Response:
        """Everything about one case, as it was on the record by a moment."""
        if len(token) > TOKEN_LIMIT or not reads.known(token):
            raise HTTPException(404)
        look(visitor, PACK, token)
        asked, fault, status = {"position": position.strip(), "known": known.strip()}, "", 200
        try:
            pack = read(office, token, asked["position"], asked["known"])
        except Denied:
            raise
        except WardpathError as error:
            fault, status = f"{error.happened}; expected {error.expected}", 400
            asked, pack = {}, read(office, token)
        return pages.page("audit/case.html", pack.zone, status, visit=visitor, case=token, **shown(pack, asked, fault))

    @app.get("/audit/case/{token}/pack")
    def send_pack(
        token: str, visitor: Visitor, position: str = "", known: str = "", identified: bool = False, only: str = ""
    ) -> Response:
        """The pack as one archive, or its paper alone."""
        if len(token) > TOKEN_LIMIT or not reads.known(token):
            raise HTTPException(404)
        look(visitor, IDENTIFIED if identified else PACK, token)
        try:
            pack = read(office, token, position.strip(), known.strip(), identified=identified)
        except WardpathError as error:
            raise HTTPException(400) from error
        return sent(pack, paper=only == "pdf")


def read(office: Office, token: str, position: str = "", known: str = "", *, identified: bool = False) -> Pack:
    """The pack that an address asks for. Raises NotUnderstood and NotFound for a moment that there is not."""
    number: int | None = None
    if position:
        if not (position.isascii() and position.isdecimal() and len(position) < 10):
            raise NotUnderstood("the position cannot be read", "the number of an event", "take it from the timeline")
        number = int(position)
    try:
        zone = zone_of(office.house.engine.case(token).zone)
        moment: Instant | None = read_time(known, office.house.clock.now(), zone)
    except TimeUnread as error:
        expected = "a date and a 24-hour time such as 05-Mar-2026 03:10"
        raise NotUnderstood("the time cannot be read", expected, "write it so") from error
    return content(office.house, token, number, moment, identified=identified)


def sent(pack: Pack, *, paper: bool = False) -> Response:
    """A pack as it goes out: the archive to be kept, or the paper to be read at once."""
    name = name_of(pack)
    if paper:
        headers = {"Content-Disposition": f'inline; filename="{name}.pdf"'}
        return Response(files(pack)[PAPER], media_type="application/pdf", headers=headers)
    headers = {"Content-Disposition": f'attachment; filename="{name}.zip"'}
    return Response(as_zip(pack), media_type="application/zip", headers=headers)


def shown(pack: Pack, asked: dict[str, str], fault: str) -> dict[str, Any]:
    """What the page of a pack shows."""
    tables = [
        {"section": each, "rows": each.rows[-ROWS:], "hidden": max(0, len(each.rows) - ROWS)} for each in pack.sections
    ]
    pictures = [(Markup(each.svg), each.caption) for each in pack.pictures]  # noqa: S704 - drawn by us, every word escaped
    query = urlencode({name: word for name, word in asked.items() if word} or {"position": str(pack.cut.position)})
    more = {"pack": pack, "tables": tables, "pictures": pictures, "query": query, "fault": fault}
    return {**more, "cell": lambda said: cell(said, pack), "cite": f"{page_of(pack.case)}?{query}"}


def cell(said: Cell, pack: Pack) -> str:
    """A cell as the page shows it."""
    if isinstance(said, When):
        return "" if said.at is None else moment_text(said.at, pack.zone)
    return str(said)
