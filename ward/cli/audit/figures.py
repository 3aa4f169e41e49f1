"""Indicators and deviations on the command line: `wardpath audit indicators`, `wardpath audit deviations`."""

import sys
from collections.abc import Sequence
from typing import Annotated

import typer

from pathway.case.measure import Period, Result
from pathway.clinical.instant import iso
from pathway.engine.ports import Head
from ward.cli.app import AsJson, Db, Speaker, opened, printed, table, warned
from ward.cli.audit.group import audit
from ward.cli.exits import plain_markup
from ward.cli.read import known, looked, read_time, seen
from ward.cli.shape import print_json
from ward.cli.speaker import onlooker
from ward.door import Door
from ward.errors import NotUnderstood
from ward.policy.judge import Allowed
from ward.wards import checked_ward
from ward.wiring import House

OneCase = Annotated[str, typer.Option("--case", help="Of this case alone.")]
OneWard = Annotated[str, typer.Option("--ward", help="Of the cases of this ward, as they lie now.")]
Since = Annotated[str | None, typer.Option("--from", help="What began at this time or later, with its zone.")]
Until = Annotated[str | None, typer.Option("--to", help="What began before this time.")]
AsCsv = Annotated[bool, typer.Option("--csv", help="Print CSV for spreadsheets.")]


@audit.command("indicators")
def show_indicators(
    ctx: typer.Context,
    case: OneCase = "",
    ward: OneWard = "",
    since: Since = None,
    until: Until = None,
    by: Speaker = None,
    db: Db = None,
    json: AsJson = False,
    csv: AsCsv = False,
) -> None:
    """Show the indicators of the pathway: numerator and denominator, median and quartiles, and what is open."""
    from ward.figures.asked import figures
    from ward.figures.told import figures_csv, result_told

    house = opened(ctx, db)
    period = period_of(since, until)
    heads = chosen(house, "indicators", case, ward, by)
    found = figures(house, heads, period)
    if csv:
        put(figures_csv(found))
    elif json:
        print_json({"indicators": [result_told(each, units=True) for each in found]})
    else:
        warned(house)
        rows = table(
            "no", "what", "in time", "of", "%", "outside", "not done", "not doc.", "open", "excl.", "median (IQR)"
        )
        for each in found:
            rows.add_row(*map(plain_markup, line(each)))
        printed(rows)


@audit.command("deviations")
def show_deviations(
    ctx: typer.Context,
    case: OneCase = "",
    ward: OneWard = "",
    since: Since = None,
    until: Until = None,
    by: Speaker = None,
    db: Db = None,
    json: AsJson = False,
    csv: AsCsv = False,
) -> None:
    """Show broken invariants, prohibited acts, overrides and results unread after the exit.

    Of each how long it lasted, who knew, who was told and when, and what ended it.
    """
    from ward.figures.asked import stood_out
    from ward.figures.told import deviations_csv, in_unit, stood_told

    house = opened(ctx, db)
    period = period_of(since, until)
    heads = chosen(house, "deviations", case, ward, by)
    found = stood_out(house, heads, period, lookers=reads_accesses(house, by))
    if csv:
        put(deviations_csv(found))
    elif json:
        print_json({"deviations": [stood_told(each) for each in found]})
    else:
        warned(house)
        rows = table("case", "event", "kind", "what", "began", "minutes", "ended", "told", "knew", "done")
        for each in found:
            one = each.deviation
            told = {role for part in one.told for role in part.to}
            ended = "goes on" if one.ended_at is None else iso(one.ended_at)
            cells: tuple[object, ...] = (
                one.case,
                one.position,
                one.sort,
                each.text,
                iso(one.began_at),
                in_unit(each.lasted_us, "min"),
            )
            cells += (ended, len(told), len(one.knew), " ".join((one.done, one.done_by)))
            rows.add_row(*map(plain_markup, cells))
        printed(rows)


def chosen(house: House, what: str, case: str, ward: str, by: str | None) -> list[Head]:
    """The cases that are asked about, as far as whoever asks may see them; the look is written. Raises NotFound."""
    if case and ward:
        raise NotUnderstood("both a case and a ward were named", "one of them", "leave one out")
    on = checked_ward(house, ward)
    heads = [known(house, case)] if case else seen(house, what, house.store.heads(on, closed=True), by)
    looked(house, what, heads, by)
    return heads


def reads_accesses(house: House, by: str | None) -> bool:
    """Whether whoever asks may read who looked; that they did is written too."""
    who = onlooker(house, by)
    if not isinstance(Door(house).may(who, "", "accesses"), Allowed):
        return False
    looked(house, "accesses", [], by)
    return True


def period_of(since: str | None, until: str | None) -> Period:
    """The period that is asked about. Raises NotUnderstood."""
    return Period(read_time("--from", since), read_time("--to", until))


def line(result: Result) -> Sequence[object]:
    """An indicator as a line of the table."""
    from ward.figures.told import tally_told

    form = result.form
    told = tally_told(form, result.total)
    spread = told["spread"]
    shown = f"{spread['median']} ({spread['lower']}-{spread['upper']}) {form.unit}" if spread else ""
    percent = "" if told["per_cent"] is None else told["per_cent"]
    parts = (told["numerator"], told["denominator"], percent, told["outside"], told["not_done"])
    more = (told["not_documented"], told["open"], sum(result.excluded.values()), shown)
    return form.id, form.title, *parts, *more


def put(data: bytes) -> None:
    """Write bytes as they are."""
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()
