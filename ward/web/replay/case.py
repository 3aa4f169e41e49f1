"""The replay of a case: any moment by two clocks, the way to the moments beside it, and who had looked by then."""

from typing import Any
from urllib.parse import parse_qsl, quote
from zoneinfo import ZoneInfo

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from msgspec.structs import replace
from starlette.exceptions import HTTPException

from pathway.case.envelope import Event
from pathway.case.events import CaseEnrolled
from pathway.clinical.instant import Instant
from ward.web.audit.address import query_of
from ward.web.moment import TimeUnread, moment_text
from ward.web.pages import Pages
from ward.web.reads import Reads
from ward.web.replay.clocks import STEPS, Clocks, clocks_of, stepped
from ward.web.replay.lookers import Lookers, lookers
from ward.web.replay.past import past
from ward.web.visit import Visit, Visitor

#: The word of the policy for a replay, and the one for the access log.
REPLAY, ACCESSES = "replay", "accesses"
#: A token is shorter; what is longer is looked up nowhere.
TOKEN_LIMIT = 100
WHOLE = "all"
#: What an address says of the moment, and of how much of it is shown.
MOMENT, VIEW = ("at", "known", "position"), ("span", "timeline")


def add_replay(app: FastAPI, reads: Reads, pages: Pages) -> None:
    """Add the replay of a case."""

    @app.get("/case/{token}/replay", response_class=HTMLResponse)
    def show_replay(token: str, request: Request, visitor: Visitor, step: str = "") -> Response:
        """What had happened by a moment, as it was known by another; `step` leads to a moment beside it."""
        if len(token) > TOKEN_LIMIT or not reads.known(token):
            raise HTTPException(404)
        entries = reads.timeline(token)
        events = [each.event for each in entries]
        now, zone, asked = present(reads, events), zone_of(events), asked_of(request, MOMENT)
        try:
            clocks = clocks_of(events, now=now, zone=zone, **asked)
        except TimeUnread as unread:
            look(visitor, REPLAY, token)
            told = {"fault": str(unread), "now_field": moment_text(now, zone), "zone_name": zone.key}
            return pages.page("replay_fault.html", zone, 400, visit=visitor, case=token, **told)
        wanted = stepped(clocks, events, step, now, zone) if step else clocks
        view = asked_of(request, VIEW)
        # One moment has one address, and where a step leads is told only once it is taken.
        if visitor.lets(REPLAY, token) and (step or (asked and dict(parse_qsl(wanted.query())) != asked)):
            return RedirectResponse(f"/case/{quote(token)}/replay?{wanted.query(**view)}", 303)
        look(visitor, REPLAY, token)
        found = past(reads, token, clocks, entries, span=view.get("span", ""), whole=view.get("timeline") == WHOLE)
        if found is None:
            raise HTTPException(404)
        shown: dict[str, Any] = {"past": found, "sheet": found.sheet, "clocks": clocks, "kept": clocks.query(**view)}
        ends = clocks.position if clocks.by_event else None
        shown["pack_at"] = query_of(visitor, token, ends, clocks.known)
        shown |= {"lookers": looked_by(visitor, token, clocks, zone), "steps": STEPS, **words(token, clocks, zone)}
        return pages.page("replay.html", zone, visit=visitor, case=token, **shown)


def asked_of(request: Request, names: tuple[str, ...]) -> dict[str, str]:
    """What the address says by these names, where it says anything."""
    return {name: word for name in names if (word := request.query_params.get(name, "").strip())}


def words(case: str, clocks: Clocks, zone: ZoneInfo) -> dict[str, str]:
    """The moment in words, in fields and in addresses."""
    at, known = moment_text(clocks.at, zone), moment_text(clocks.known, zone)
    return {
        "happened": at,
        "known": known,
        "known_field": "" if clocks.known == clocks.at else known,
        "cite": f"/case/{quote(case)}/replay?{clocks.query()}",
        "as_then": replace(clocks, known=clocks.at).query(),
        "events_at": f"?{clocks.query(timeline=WHOLE)}",
    }


def look(visitor: Visit, what: str, case: str) -> None:
    """Enter a look at one moment: no page that refreshes itself leads here, so each of them is one. Raises Denied."""
    visitor.door.look(visitor.who, visitor.role, what, (case,))


def looked_by(visitor: Visit, case: str, clocks: Clocks, zone: ZoneInfo) -> Lookers | None:
    """Who had looked by the moment, for whoever may read the access log; reading it is a look of its own."""
    if not visitor.lets(ACCESSES, case):
        return None
    look(visitor, ACCESSES, case)
    return lookers(visitor.door.house.store, case, clocks.then, zone)


def present(reads: Reads, events: list[Event]) -> Instant:
    """The present of a case, never before what it has recorded."""
    return max(reads.store_facts().now, events[-1].recorded_at)


def zone_of(events: list[Event]) -> ZoneInfo:
    """The zone of the site where a case was enrolled."""
    return ZoneInfo(next((each.body.zone for each in events if isinstance(each.body, CaseEnrolled)), "UTC"))
