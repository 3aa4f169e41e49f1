"""The replay of a ward: what its board would have shown at a moment, a row for each patient who lay there then."""

from urllib.parse import parse_qsl
from zoneinfo import ZoneInfo

import structlog
from fastapi import FastAPI
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from pathway.clinical.instant import Instant
from pathway.engine.ports import Head
from ward.web.board import Board, Broken, Row, bed_order, row
from ward.web.moment import TimeUnread, moment_text
from ward.web.pages import Pages
from ward.web.patient import NAME_NOT_KNOWN
from ward.web.reads import Reads
from ward.web.replay.case import zone_of
from ward.web.replay.clocks import WARD_STEPS, Clocks, by_time, read_time
from ward.web.visit import Visit, Visitor

LOG = structlog.get_logger()
#: The word of the policy.
WARD_REPLAY = "ward_replay"
HERE = "/replay"
#: Records read for one page. Where more patients were there since, nobody is left out silently: it is refused.
CASES_AT_ONCE = 500


def add_ward_replay(app: FastAPI, reads: Reads, pages: Pages) -> None:
    """Add the replay of the ward."""

    @app.get(HERE, response_class=HTMLResponse)
    def show_ward_replay(visitor: Visitor, at: str = "", step: str = "") -> Response:
        """The board of the visitor's wards at a moment."""
        heads = visitor.seen(WARD_REPLAY, reads.every_head())
        zone, now = zone_of_ward(reads, heads), reads.store_facts().now
        moment, fault = now, ""
        try:
            moment = read_time(at, now, zone) or now
        except TimeUnread as unread:
            fault = str(unread)
        wanted = min(by_time(moment, step, zone), now)
        query = Clocks(wanted, wanted, position=0).query()
        if not fault and (step or (at.strip() and dict(parse_qsl(query)) != {"at": at})):
            return RedirectResponse(f"{HERE}?{query}", 303)
        heads = [each for each in heads if still_there(each, moment)]
        if len(heads) > CASES_AT_ONCE:
            fault = f"more than {CASES_AT_ONCE} patients would be shown; expected one ward; change to a role there"
        board = Board(() if fault else rows_then(reads, visitor, heads, moment), {})
        visitor.door.look(visitor.who, visitor.role, WARD_REPLAY, tuple(each.token for each in board.rows))
        return pages.page(
            "replay_ward.html",
            zone,
            400 if fault else 200,
            visit=visitor,
            board=board,
            fault=fault,
            steps=WARD_STEPS,
            kept=query,
            cite=f"{HERE}?{query}",
            happened=moment_text(moment, zone),
            at_field="" if fault else moment_text(moment, zone),
            zone_name=zone.key,
        )


def rows_then(reads: Reads, visitor: Visit, heads: list[Head], at: Instant) -> tuple[Row | Broken, ...]:
    """The rows of a board at an instant, by ward and bed as they were then."""
    found = (row_then(reads, head, at) for head in heads)
    rows = [each for each in found if each is not None and visitor.sees(WARD_REPLAY, each.ward)]
    return tuple(sorted(rows, key=lambda each: (each.ward, bed_order(each.bed), each.token)))


def row_then(reads: Reads, head: Head, at: Instant) -> Row | Broken | None:
    """One patient's row, None for one who was not on the board then. One that cannot be read says so."""
    try:
        then = reads.replayed(head.case, at)
        if then is None or (then.picture.closed and not then.picture.reminders):
            return None
        return row(then.picture, reads.identity(head.case))
    except Exception as error:  # noqa: BLE001 - whatever is wrong with one case must not take the others with it
        code = str(getattr(error, "code", type(error).__name__))
    LOG.error("a case cannot be replayed", case=head.case, code=code)
    return Broken(head.case, head.ward, head.bed, NAME_NOT_KNOWN, code)


def still_there(head: Head, at: Instant) -> bool:
    """Whether a case may have been on a board at an instant: it is open, something waits on it, or it ended since."""
    return not head.closed or head.next_look is not None or head.recorded_at >= at


def zone_of_ward(reads: Reads, heads: list[Head]) -> ZoneInfo:
    """The zone of the first patient's site; of a ward without patients, the world's."""
    return zone_of([each.event for each in reads.timeline(heads[0].case)]) if heads else ZoneInfo("UTC")
