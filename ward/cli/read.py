"""Reading: the cases, one case, its timeline, its past, and what is due. Every reading enters the access log."""

from collections.abc import Iterable
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from pathway.case.picture import Picture
from pathway.case.words import describe
from pathway.clinical.instant import Instant, instant, iso
from pathway.engine.ports import Head
from pathway.site.streams import is_site
from ward.cli.app import AsJson, Case, Db, Speaker, app, opened, printed, table, warned
from ward.cli.exits import plain_markup
from ward.cli.paper import show_picture
from ward.cli.shape import print_json
from ward.cli.speaker import onlooker
from ward.door import Door
from ward.errors import NotFound, NotUnderstood
from ward.listed import by_due, entry, listed, moving, owed, shown_at, standing_of
from ward.migration import migrations
from ward.reading import looked_after
from ward.web.moment import moment_text
from ward.wiring import House

AsOf = Annotated[str | None, typer.Option(help="A time with its zone, such as 2026-03-03T12:00+01:00.")]


@app.command()
def cases(
    ctx: typer.Context,
    db: Db = None,
    json: AsJson = False,
    closed: Annotated[bool, typer.Option("--closed", help="Closed cases too.")] = False,
    by: Speaker = None,
) -> None:
    """List the cases: bed, phase, and what is due."""
    house = opened(ctx, db)
    found = seen(house, "cases", house.engine.heads(closed=closed), by)
    heads = sorted(found, key=lambda head: (head.ward, len(head.bed), head.bed))
    looked(house, "cases", heads, by)
    told = [(head, *standing_of(house, head)) for head in heads]
    if json:
        print_json([{**listed(head), "due_line": due} for head, _, due in told])
        return
    warned(house)
    rows = table("ward", "bed", "case", "phase", "due")
    for head, where, due in told:
        rows.add_row(*map(plain_markup, (head.ward, head.bed, head.case, where, due)))
    printed(rows)


@app.command()
def case(ctx: typer.Context, case: Case, by: Speaker = None, db: Db = None, json: AsJson = False) -> None:
    """Show one case as it is now: phases, values, drugs, reminders, refusals, proposals."""
    house = opened(ctx, db)
    head = known(house, case)
    looked(house, "case", [head], by)
    shown(house, house.engine.picture(case, shown_at(house, head)), json)


@app.command()
def replay(
    ctx: typer.Context,
    case: Case,
    occurred_as_of: AsOf = None,
    recorded_as_of: AsOf = None,
    by: Speaker = None,
    db: Db = None,
    json: AsJson = False,
) -> None:
    """Show a case's facts as of two clocks: what was true by a time, and what was known by a time."""
    house = opened(ctx, db)
    head = known(house, case)
    occurred, recorded = read_time("--occurred-as-of", occurred_as_of), read_time("--recorded-as-of", recorded_as_of)
    looked(house, "replay", [head], by)
    begun = house.engine.timeline(case)[0].recorded_at
    if recorded is not None and recorded < begun:
        raise NotFound("nothing was known of this case then", f"a time from {iso(begun)} on", "ask for a later time")
    shown(house, house.engine.picture_as_of(case, occurred, recorded), json)


@app.command()
def timeline(ctx: typer.Context, case: Case, by: Speaker = None, db: Db = None, json: AsJson = False) -> None:
    """Show every event of a case in its order: when it occurred, when it was recorded, by whom, and what it says."""
    house = opened(ctx, db)
    head = known(house, case)
    looked(house, "timeline", [head], by)
    zone = house.engine.case(case).zone
    events = [(event, describe(event, house.pathway(event.bundle), zone)) for event in house.engine.timeline(case)]
    if json:
        print_json([entry(event, words) for event, words in events])
        return
    warned(house)
    rows = table("no", "occurred", "recorded", "by", "what")
    for event, words in events:
        at, recorded = moment_text(event.occurred_at, ZoneInfo(zone)), moment_text(event.recorded_at, ZoneInfo(zone))
        rows.add_row(str(event.position), at, recorded, *map(plain_markup, (event.by.role or event.by.actor, words)))
    printed(rows)


@app.command()
def due(ctx: typer.Context, by: Speaker = None, db: Db = None, json: AsJson = False) -> None:
    """List every open reminder, what is overdue first."""
    house = opened(ctx, db)
    heads = {head.case: head for head in seen(house, "due", looked_after(house), by)}
    rows = [row for row in house.store.reminders() if row.case in heads]
    looked(house, "due", list(heads.values()), by)
    found = [owed(house, heads[row.case], row) for row in rows]
    found = sorted([*found, *(moving(house, each) for each in migrations(house, heads.values()))], key=by_due)
    if json:
        print_json(found)
        return
    warned(house)
    shown_rows = table("due", "late", "", "ward", "bed", "case", "reminder", "subject", "owner", "what")
    for each in found:
        shown_rows.add_row(
            *(
                plain_markup(each[key])
                for key in ("due_at", "late", "mark", "ward", "bed", "case", "reminder", "subject", "owner", "title")
            )
        )
    printed(shown_rows)


def shown(house: House, picture: Picture, json: bool) -> None:
    """A picture, as JSON or on paper."""
    if json:
        print_json(picture)
    else:
        warned(house)
        show_picture(picture)


def known(house: House, case: str) -> Head:
    """The head of a case. Raises NotFound."""
    head = None if is_site(case) else house.store.head(case)
    if head is None:
        raise NotFound("there is no such case here", "a token that `wardpath cases --closed` lists", "check it")
    return head


def read_time(option: str, text: str | None) -> Instant | None:
    """The instant of an option. Raises NotUnderstood."""
    try:
        return None if text is None else instant(text)
    except ValueError as error:
        raise NotUnderstood(
            f"the time in {option} cannot be read", "a time with its zone such as 2026-03-05T03:10+01:00", "write it so"
        ) from error


def looked(house: House, what: str, heads: list[Head], by: str | None = None) -> None:
    """Let whoever looks see these cases, all of them, and write the access log. Raises Denied."""
    Door(house).look(onlooker(house, by), "", what, [head.case for head in heads])


def seen(house: House, what: str, heads: Iterable[Head], by: str | None = None) -> list[Head]:
    """Those of these cases that whoever looks may see. Raises Denied where they may see no such list."""
    return Door(house).seen(onlooker(house, by), "", what, heads)
