"""The audit pack of a case through the API."""

from typing import Annotated

from fastapi import FastAPI, Query
from starlette.responses import Response

from ward.pack.content import content
from ward.web.api.answers import Token
from ward.web.api.caller import Caller
from ward.web.api.cases import At, instant_of, known
from ward.web.audit.address import PACK
from ward.web.audit.case import IDENTIFIED, sent

Last = Annotated[int | None, Query(ge=1, le=2**53 - 1, description="Up to this event.")]
ZIP = {200: {"description": "The pack.", "content": {"application/zip": {}, "application/pdf": {}}}}


def add_pack(api: FastAPI) -> None:
    """Add the pack."""

    @api.get("/audit/pack/{token}", tags=["audit"], summary="The audit pack of a case, as one archive", responses=ZIP)  # type: ignore[arg-type]  # int keys, as FastAPI takes them
    def send_pack(
        visit: Caller,
        token: Token,
        position: Last = None,
        known_at: Annotated[At, Query(alias="known", description="As known at this time.")] = "",
        identified: Annotated[bool, Query(description="Say who the patient is; needs a right of its own.")] = False,
        form: Annotated[str, Query(pattern="^(zip|pdf)$", description="zip, or pdf for the paper alone")] = "zip",
    ) -> Response:
        known(visit, IDENTIFIED if identified else PACK, token)
        moment = instant_of("known", known_at)
        return sent(content(visit.door.house, token, position, moment, identified=identified), paper=form == "pdf")
