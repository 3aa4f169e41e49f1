"""Where the page of a case for an inspector stands, at a moment."""

from urllib.parse import quote, urlencode

from pathway.clinical.instant import Instant, iso
from ward.web.visit import Visit

#: The word of the policy for a case as an inspector reads it.
PACK = "pack"


def page_of(case: str) -> str:
    """The page of a case."""
    return f"/audit/case/{quote(case, safe='')}"


def query_of(visitor: Visit, case: str, position: int | None, known: Instant) -> str:
    """The page of a case up to an event, or as known at a moment; empty for whoever may not have it."""
    if not visitor.lets(PACK, case):
        return ""
    said = {"known": iso(known)} if position is None else {"position": str(position)}
    return f"{page_of(case)}?{urlencode(said)}"
