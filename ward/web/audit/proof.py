"""The proof as a page: what the last verification found, the last checkpoints, and what neither can see."""

from typing import Any

from fastapi import FastAPI
from fastapi.responses import HTMLResponse, Response

from ward.clock import SystemClock
from ward.proof.state import proof_of
from ward.web.admin.office import Office
from ward.web.pages import Pages
from ward.web.reads import Reads
from ward.web.visit import Visitor

PROOF = "proof"


def add_proof(app: FastAPI, reads: Reads, pages: Pages) -> None:
    """Add the page of the proof."""
    del reads
    office = Office(app, pages)

    @app.get("/audit/proof", response_class=HTMLResponse)
    def show_proof(visitor: Visitor) -> Response:
        """Whether the record is as it was written."""
        visitor.look(PROOF)
        store, now = office.house.store, SystemClock().now()
        found = proof_of(store, getattr(store, "path", ""))
        more: dict[str, Any] = {
            "proof": found,
            "moment": office.moment,
            "stale": found.stale(now),
            "silent": found.silent(now),
        }
        return pages.page("audit/proof.html", office.zone, visit=visitor, **more)
