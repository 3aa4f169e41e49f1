"""The pages that are open to everybody: about, the health of the server, and the static files."""

from fastapi import FastAPI
from fastapi.responses import HTMLResponse, JSONResponse, Response
from starlette.exceptions import HTTPException

from ward.web.assets import Asset
from ward.web.pages import Pages
from ward.web.reads import Reads
from ward.web.visit import Guest

#: A static file asked for by what it contains never changes.
FOR_EVER = "public, max-age=31536000, immutable"


def add_rest(app: FastAPI, reads: Reads, pages: Pages) -> None:
    """Add what this is, and whether it lives."""

    @app.get("/about", response_class=HTMLResponse)
    def show_about(visitor: Guest) -> Response:
        """What this is and what it is not."""
        return pages.page("about.html", visit=visitor)

    @app.get("/healthz")
    def healthz() -> Response:
        """200 while the scheduler is heard, 503 when it is silent; never patient data."""
        facts = reads.store_facts()
        age_s = facts.heartbeat_age_s
        body = {
            "alive": True,
            "live": facts.live,
            "heartbeat_age_s": None if age_s is None else round(float(age_s), 1),
            "origin": facts.origin,
        }
        return JSONResponse(body, 200 if facts.live else 503)


def add_static(app: FastAPI, files: dict[str, Asset]) -> None:
    """Add the static files of the product; there are no others."""

    @app.get("/static/{name}")
    def static(name: str, v: str = "") -> Response:
        """A file by its name; with what it contains in the address it is kept for ever."""
        file = files.get(name)
        if file is None:
            raise HTTPException(404)
        headers = {"Cache-Control": FOR_EVER} if v == file.digest else {}
        return Response(file.content, media_type=file.media_type, headers=headers)
