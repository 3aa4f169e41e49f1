"""Cases: the list, and of one case how it is, was and why, each as the pages have it."""

from collections.abc import Mapping
from itertools import islice
from typing import Annotated, Any

import msgspec
from fastapi import FastAPI, Header, Query, Request
from msgspec.structs import replace
from starlette.responses import Response

from pathway.case.envelope import Event
from pathway.case.picture import Picture
from pathway.case.words import describe
from pathway.clinical.instant import Instant, iso
from pathway.engine.legible import legible
from pathway.engine.ports import Head
from pathway.site.streams import is_site
from ward.asking import answers
from ward.entry import moment
from ward.errors import NotFound
from ward.listed import entry, listed, owed, shown_at, standing_of
from ward.shape import plain
from ward.web.api.answers import LINES, Limit, Position, Token, Word, paged, tag_of, tags_in, told
from ward.web.api.caller import Caller
from ward.web.api.problem import missing
from ward.web.visit import Visit
from ward.wiring import House

At = Annotated[str, Query(max_length=40, description="A time with its zone, such as 2026-03-05T03:10+01:00.")]


def add_cases(api: FastAPI) -> None:
    """Add the addresses of the cases."""
    add_present(api)
    add_past(api)
    add_reasons(api)

    @api.get("/cases", tags=["cases"], summary="List the cases, by their tokens")
    def list_cases(
        request: Request,
        visit: Caller,
        ward: Word = "",
        phase: Annotated[Word, Query(description="A phase, or what one begins with: `induction`.")] = "",
        overdue: Annotated[bool, Query(description="Only those with an overdue reminder.")] = False,
        closed: bool = False,
        after: Word = "",
        limit: Limit = LINES,
    ) -> Response:
        house = visit.door.house
        heads = visit.seen("cases", house.engine.heads(ward or None, closed))
        late = late_cases(house, heads) if overdue else {head.case for head in heads}
        found = [each for each in heads if each.case > after and each.case in late and stands_in(each, phase)]
        page = sorted(found, key=lambda head: head.case)[: limit + 1]
        visit.look("cases", [each.case for each in page[:limit]])
        lines = [{**listed(each), "due_line": standing_of(house, each)[1]} for each in page[:limit]]
        return paged(request, "cases", lines + [{}] * (len(page) - len(lines)), limit, "case")


def add_present(api: FastAPI) -> None:
    """Add how a case is."""

    @api.get("/cases/{token}", tags=["cases"], summary="How a case is now")
    def show_case(visit: Caller, token: Token, if_none_match: Annotated[str, Header(max_length=2000)] = "") -> Response:
        house, head = visit.door.house, known(visit, "case", token)
        picture = house.engine.picture(token, shown_at(house, head))
        tag = tag_of(picture.position, picture.clinical_version, plain(replace(picture, at=Instant(0))))
        if tag in tags_in(if_none_match):
            return Response(status_code=304, headers={"ETag": tag})
        return told(picture, headers={"ETag": tag})

    @api.get("/cases/{token}/identity", tags=["cases"], summary="Who the patient is")
    def show_identity(visit: Caller, token: Token) -> Response:
        known(visit, "case", token)
        kept = visit.door.house.engine.identity(token)
        said: Mapping[str, str] = {}
        if kept is not None and not kept.why:
            said = msgspec.json.decode(kept.content, type=dict[str, str])
        return told({"identity": said, "why_not": "" if kept is None else kept.why})

    @api.get("/cases/{token}/reminders", tags=["cases"], summary="The open reminders of a case, by due time")
    def list_reminders(visit: Caller, token: Token) -> Response:
        house, head = visit.door.house, known(visit, "due", token)
        return told({"reminders": [owed(house, head, row) for row in house.store.reminders(token)]})


def add_past(api: FastAPI) -> None:
    """Add how a case came to be what it is."""

    @api.get("/cases/{token}/timeline", tags=["cases"], summary="The events of a case, in their order")
    def list_events(
        request: Request, visit: Caller, token: Token, after: Position = 0, limit: Limit = LINES
    ) -> Response:
        known(visit, "timeline", token)
        found = list(islice(events_of(visit.door.house, token, after), limit + 1))
        return paged(request, "events", found, limit, "position")

    @api.get("/cases/{token}/as-of", tags=["cases"], summary="How a case was: by what had happened, and was known")
    def show_past(visit: Caller, token: Token, occurred: At = "", recorded: At = "") -> Response:
        known(visit, "replay", token)
        house, happened, then = visit.door.house, instant_of("occurred", occurred), instant_of("recorded", recorded)
        return told(past(house, token, happened, then))


def add_reasons(api: FastAPI) -> None:
    """Add why things are so."""
    subject = Annotated[str, Query(max_length=200, description="The subject of a reminder that has several.")]
    absent = Annotated[bool, Query(alias="not", description="What is not so instead, and what stands in its way.")]

    @api.get("/cases/{token}/why", tags=["cases"], summary="Why all that is so now is so; with `not`, what is not")
    def list_reasons(visit: Caller, token: Token, absent: absent = False, at: At = "", recorded: At = "") -> Response:
        return told({"reasons": asked(visit, token, "", "", at, recorded, absent=absent)})

    @api.get("/cases/{token}/why/{name}", tags=["cases"], summary="Why one thing is so, or is not")
    def show_reason(
        visit: Caller, token: Token, name: Token, subject: subject = "", at: At = "", recorded: At = ""
    ) -> Response:
        return told(asked(visit, token, name, subject, at, recorded)[0])


def known(visit: Visit, what: str, token: str) -> Head:
    """The head of a case that the caller may look at, which is noted. Raises NotFound, Denied."""
    head = None if is_site(token) else visit.door.house.store.head(token)
    if head is None:
        missing("case", "a token that GET /api/v1/cases lists")
    visit.look(what, (token,))
    return head


def late_cases(house: House, heads: list[Head]) -> set[str]:
    """The cases on which something is overdue."""
    ends = {head.case: shown_at(house, head) for head in heads}
    return {row.case for row in house.store.reminders() if row.case in ends and row.due_at <= ends[row.case]}


def stands_in(head: Head, phase: str) -> bool:
    """Whether a case stands in a phase, in one of its regions; an empty one is any."""
    return not phase or any(f"{leaf}.".startswith(f"{phase}.") for leaf in head.phases.values())


def events_of(house: House, case: str, after: int = 0) -> Any:
    """The events of a case behind a position, each with its words."""
    zone = house.engine.case(case).zone
    for event in legible(case, (each.canonical for each in house.store.stream(case, after))):
        yield event_line(house, event, zone)


def event_line(house: House, event: Event, zone: str) -> dict[str, object]:
    """An event with its words."""
    return entry(event, describe(event, house.pathway(event.bundle), zone))


def past(house: House, case: str, occurred: Instant | None, recorded: Instant | None) -> Picture:
    """A case as of two clocks. Raises NotFound for a time at which nothing was known of it."""
    begun = house.engine.timeline(case)[0].recorded_at
    if recorded is not None and recorded < begun:
        raise NotFound("nothing was known of this case then", f"a time from {iso(begun)} on", "ask for a later time")
    return house.engine.picture_as_of(case, occurred, recorded)


def asked(
    visit: Visit, token: str, name: str, subject: str, at: str, recorded: str, *, absent: bool = False
) -> tuple[Any, ...]:
    """The reasons that were asked for. Raises NotFound."""
    head, house = known(visit, "why", token), visit.door.house
    moment_at = instant_of("at", at)
    try:
        inquiry = house.engine.inquiry(
            token, shown_at(house, head) if moment_at is None else moment_at, instant_of("recorded", recorded)
        )
    except KeyError as error:
        raise NotFound("nothing was known of this case then", "a later time", "ask for a later time") from error
    return answers(inquiry, name, subject, absent=absent)


def instant_of(name: str, text: str) -> Instant | None:
    """The instant of a parameter. Raises NotUnderstood."""
    found: Instant | None = moment(name, text) if text else None
    return found
