"""Who looked: the access log by patient, by person, by outcome and by time, with the broken glass and its reviews."""

from collections.abc import Iterator
from typing import Any, Literal
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from fastapi import FastAPI
from fastapi.responses import HTMLResponse, Response, StreamingResponse

from pathway.clinical.instant import Instant, instant
from ward.looking import COLUMNS, Wanted, every, found, glasses, row
from ward.spreadsheet import as_csv
from ward.web.admin.office import Office
from ward.web.moment import DAY, MINUTE, TimeUnread, moment_text, read_field
from ward.web.pages import Pages
from ward.web.reads import Reads
from ward.web.replay.lookers import OUTCOMES
from ward.web.visit import Visit, Visitor

AT, ACCESSES = "/audit/looks", "accesses"
#: Lines of a page; rows of a spreadsheet that are sent at once.
LINES, ROWS = 100, 500
#: Where nothing is asked for, the page begins so long ago.
USUAL = 7 * DAY
#: The longest token, name or number in an address.
WORD_LIMIT = 100

Outcome = Literal["", "read", "denied", "break_glass"]


def add_looks(app: FastAPI, reads: Reads, pages: Pages) -> None:
    """Add the access log, as a page and as a spreadsheet."""
    office = Office(app, pages)

    @app.get(AT, response_class=HTMLResponse)
    def show_looks(
        visitor: Visitor,
        case: str = "",
        account: str = "",
        outcome: Outcome = "",
        since: str = "",
        until: str = "",
        after: int = 0,
    ) -> Response:
        """A page of the looks that are asked for, oldest first."""
        asked = {"case": case.strip(), "account": account.strip(), "outcome": outcome, "since": since, "until": until}
        noted(visitor, reads, asked["case"])
        if not any(asked.values()) and not after:
            asked["since"] = moment_text(Instant(office.house.clock.now() - USUAL), office.zone)
        wanted, fault = Wanted(), ""
        try:
            wanted = wanted_of(asked, office.zone)
        except TimeUnread as unread:
            fault = str(unread)
        found_here = shown(office, asked, wanted, after, fault)
        return pages.page("audit/looks.html", office.zone, 400 if fault else 200, visit=visitor, **found_here)

    @app.get(f"{AT}.csv")
    def send_looks(
        visitor: Visitor, case: str = "", account: str = "", outcome: Outcome = "", since: str = "", until: str = ""
    ) -> Response:
        """All looks that are asked for, as a spreadsheet."""
        asked = {"case": case.strip(), "account": account.strip(), "outcome": outcome, "since": since, "until": until}
        noted(visitor, reads, asked["case"])
        try:
            wanted = wanted_of(asked, office.zone)
        except TimeUnread:
            return pages.error(400)
        headers = {"Content-Disposition": 'attachment; filename="looks.csv"'}
        return StreamingResponse(lines(office, wanted), media_type="text/csv; charset=utf-8", headers=headers)


def noted(visitor: Visit, reads: Reads, case: str) -> None:
    """Enter that somebody reads the log: whom they ask about, and nothing of what they find (A4). Raises Denied."""
    about = (case,) if case and len(case) <= WORD_LIMIT and reads.known(case) else ()
    visitor.door.look(visitor.who, visitor.role, ACCESSES, about)


def wanted_of(asked: dict[str, str], zone: ZoneInfo) -> Wanted:
    """What the fields ask for. Raises TimeUnread."""
    outcome: Any = asked["outcome"] or None
    since, until = minute(asked["since"], zone), minute(asked["until"], zone, end=True)
    return Wanted(asked["case"][:WORD_LIMIT], asked["account"][:WORD_LIMIT], outcome, since, until)


def minute(text: str, zone: ZoneInfo, *, end: bool = False) -> Instant | None:
    """The beginning of a minute in a field, or its end; an instant of an address is itself. Raises TimeUnread."""
    try:
        found: Instant = instant(text.strip())
    except ValueError:
        last = read_field(text, zone)
        return None if last is None else Instant(last + 1 if end else last - MINUTE + 1)
    return found


def shown(office: Office, asked: dict[str, str], wanted: Wanted, after: int, fault: str) -> dict[str, Any]:
    """What the page shows: a page of looks, and the broken glass of the same question."""
    house = office.house
    page = None if fault else found(house.store, wanted, max(after, 0), LINES)
    kept = {name: word for name, word in asked.items() if word}
    broken = (
        []
        if fault
        else [
            {
                "glass": each,
                "reason": house.engine.opened(each.body.reason).text,
                "review": "" if each.reviewed is None else house.engine.opened(each.reviewed.reason).text,
                "late": each.overdue(house.clock.now()),
            }
            for each in glasses(house.engine.sites.accounts(), wanted)
        ]
    )
    return {
        "asked": asked,
        "fault": fault,
        "looks": () if page is None else page.looks,
        "following": "" if page is None or page.after is None else urlencode({**kept, "after": page.after}),
        "outcomes": OUTCOMES,
        "glasses": broken,
        "csv": f"{AT}.csv?{urlencode(kept)}",
        "moment": office.moment,
        "accounts": sorted(house.engine.sites.accounts().held),
    }


def lines(office: Office, wanted: Wanted) -> Iterator[bytes]:
    """The spreadsheet, some rows at a time."""
    yield as_csv(COLUMNS, ())
    rows = []
    for each in every(office.house.store, wanted):
        rows.append(row(each))
        if len(rows) == ROWS:
            yield as_csv((), rows)
            rows = []
    yield as_csv((), rows)
