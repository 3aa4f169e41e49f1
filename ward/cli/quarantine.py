"""Quarantine: the reports that could be given to no case, and saying whose one was."""

from typing import Annotated, Literal

import typer

from pathway.site.commands import SettleQuarantined
from ward.cli.act import Role, Speaker, send, speaking
from ward.cli.app import AsJson, Db, app, opened, printed, table
from ward.cli.exits import plain_markup
from ward.cli.read import looked
from ward.cli.shape import print_json
from ward.clock import draw_id
from ward.errors import NotUnderstood
from ward.listed import report_row


@app.command()
def quarantine(
    ctx: typer.Context,
    db: Db = None,
    json: AsJson = False,
    settled: Annotated[bool, typer.Option("--settled", help="Those that were settled too.")] = False,
    by: Speaker = None,
) -> None:
    """List the reports that wait for somebody to say whose they are, and the cases that ring for them."""
    house = opened(ctx, db)
    looked(house, "quarantine", [], by)
    state = house.engine.sites.quarantine()
    found = [report_row(each) for each in (state.held.values() if settled else state.waiting())]
    if json:
        print_json(found)
        return
    rows = table("no", "since", "from", "kind", "why", "rings as", "settled")
    for each in found:
        rows.add_row(*(plain_markup(each[key]) for key in ("number", "at", "by", "kind", "why", "rings_as", "settled")))
    printed(rows)


@app.command()
def settle(
    ctx: typer.Context,
    number: Annotated[int, typer.Argument(help="The report's number, as `wardpath quarantine` lists it.")],
    to: Annotated[str, typer.Option(help="The token of the case that it belongs to; it is recorded there.")] = "",
    reject: Annotated[bool, typer.Option("--reject", help="It is nobody's.")] = False,
    reason: Annotated[str, typer.Option(help="By what it was matched, or why it is nobody's.")] = "",
    by: Speaker = None,
    role: Role = None,
    db: Db = None,
    json: AsJson = False,
) -> None:
    """Say whose a quarantined report is, or that it is nobody's."""
    if bool(to) == reject:
        raise NotUnderstood("it is not said whose the report is", "--to CASE or --reject", "say one of the two")
    house = opened(ctx, db)
    how: Literal["matched", "rejected"] = "rejected" if reject else "matched"
    command = SettleQuarantined(id=draw_id(), by=speaking(ctx, by, role), number=number, how=how, to=to, reason=reason)
    send(house, command, json)
