"""The proof through the API: what the last verification found, the last checkpoints, what neither can see."""

from fastapi import FastAPI
from starlette.responses import Response

from ward.clock import SystemClock
from ward.proof.state import proof_of
from ward.shape import plain
from ward.web.api.answers import told
from ward.web.api.caller import Caller
from ward.web.audit.proof import PROOF


def add_verification(api: FastAPI) -> None:
    """Add the state of the proof."""

    @api.get("/audit/verification", tags=["audit"], summary="Whether the record is as it was written, and who says so")
    def show_verification(visit: Caller) -> Response:
        visit.look(PROOF)
        store, now = visit.door.house.store, SystemClock().now()
        found = proof_of(store, getattr(store, "path", ""))
        clean = None if found.verified is None else found.verified.clean
        state = {"clean": clean, "stale": found.stale(now), "silent": found.silent(now)}
        return told({"verification": state | {"public": found.public, "unlike": found.unlike}, **parts(plain(found))})


def parts(found: dict[str, object]) -> dict[str, object]:
    """What was verified, and the checkpoints, newest first."""
    return {"verified": found["verified"], "checkpoints": found["checkpoints"]}
