"""Offered: what the caller may do on a case now, or why not, and whether somebody is the patient of a case (P10)."""

from collections.abc import Iterator

from fastapi import FastAPI
from starlette.responses import Response

from pathway.case.turn import Turn
from ward.errors import Denied, NotFound, NotUnderstood
from ward.web.api.answers import Token, Word, told
from ward.web.api.caller import Body, Caller
from ward.web.api.cases import known
from ward.web.forms import identity
from ward.web.forms.named import GROUPS, TITLES
from ward.web.forms.offers import offers
from ward.web.forms.things import Offer
from ward.web.reads import Reads
from ward.web.visit import Visit


def add_offered(api: FastAPI, reads: Reads) -> None:
    """Add what the page of the forms shows, and the check of identity that its forms make."""

    @api.get(
        "/cases/{token}/acts",
        tags=["cases"],
        summary="What one may do on a case now, and what not and why; each is sent to /commands/COMMAND",
    )
    def list_acts(visit: Caller, token: Token, command: Word = "") -> Response:
        known(visit, "case", token)
        if not visit.role:
            raise NotUnderstood("it is not said in which role", "one of your roles", "say Wardpath-Role")
        if command and command not in TITLES:
            raise NotFound("there is no such act on a case", "one of " + ", ".join(sorted(TITLES)), "name one of them")
        asked = reads.inquiry(token)
        if asked is None:
            raise NotFound("nobody can say where this case stands", "a case of a pathway that is here", "see /health")
        found = [act_row(asked.turn, group, each) for group, each in every(visit, asked.turn, command)]
        return told({"acts": found})

    @api.post(
        "/cases/{token}/identified",
        tags=["cases"],
        summary='Whether two identifiers from the wristband are the patient\'s: `{"born": "...", "number": "..."}`',
    )
    def compare(visit: Caller, token: Token, body: Body) -> Response:
        head = known(visit, "case", token)
        if not all(isinstance(each, str) for each in body.values()):
            raise NotUnderstood("the identifiers cannot be read", "texts by their names", 'send {"number": "..."}')
        kept = reads.identity(head.case)
        typed = {f"{identity.PREFIX}{name}": str(text) for name, text in body.items()}
        fits = identity.fits(kept, typed)
        if not fits:
            happened = "the identifiers that were sent are not this patient's"
            wrong = Denied(happened, "this patient's", "check the patient")
            visit.door.logged(visit.who, visit.role, "identified", (head.case,), wrong)
        asked = [each.name.removeprefix(identity.PREFIX) for each in identity.asked(kept)]
        return told({"fits": fits, "compared": identity.compared(kept), "asked": asked})


def every(visit: Visit, turn: Turn, command: str) -> Iterator[tuple[str, Offer]]:
    """Every offer of a case with its group; of one command where it is named."""
    for group, _, names in GROUPS:
        for name in names:
            if command in {"", name}:
                yield from ((group, each) for each in offers(visit, turn, name))


def act_row(turn: Turn, group: str, each: Offer) -> dict[str, object]:
    """An offer as it is told. `identifiers`: a form asks for two of the patient's before it (P10)."""
    own = {name: getattr(each, name) for name in each.__struct_fields__}
    return {**own, "group": group, "usable": each.usable, "identifiers": identity.identified(turn, each)}
