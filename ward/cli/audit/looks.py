"""Who looked, on the command line: the access log by patient, person, outcome and time, as a table, JSON or CSV."""

import sys
from typing import Annotated, cast

import typer

from pathway.engine.ports import Looked
from ward.cli.app import AsJson, Db, Speaker, opened, printed, table
from ward.cli.audit.group import audit
from ward.cli.exits import plain_markup
from ward.cli.read import known, looked, read_time
from ward.cli.shape import plain, print_json
from ward.cli.who import row
from ward.errors import NotUnderstood
from ward.looking import COLUMNS, Wanted, every
from ward.looking import row as cells
from ward.spreadsheet import as_csv

OUTCOMES = ("read", "denied", "break_glass")


@audit.command("looks")
def list_looks(
    ctx: typer.Context,
    case: Annotated[str, typer.Option(help="Looks at this case.")] = "",
    account: Annotated[str, typer.Option(help="Looks by this account.")] = "",
    outcome: Annotated[str, typer.Option(help=f"One of {', '.join(OUTCOMES)}.")] = "",
    since: Annotated[str | None, typer.Option(help="From a time such as 2026-03-05T03:10+01:00 on.")] = None,
    until: Annotated[str | None, typer.Option(help="Before a time.")] = None,
    as_table: Annotated[bool, typer.Option("--csv", help="Print CSV that no spreadsheet runs.")] = False,
    by: Speaker = None,
    db: Db = None,
    json: AsJson = False,
) -> None:
    """List who looked at what, who was denied, who broke glass. That somebody read this enters the log as well."""
    if outcome and outcome not in OUTCOMES:
        raise NotUnderstood("there is no such outcome", f"one of {', '.join(OUTCOMES)}", "say one of them")
    house = opened(ctx, db)
    looked(house, "accesses", [known(house, case)] if case else [], by)
    kind = cast("Looked", outcome) if outcome else None
    wanted = Wanted(case, account, kind, read_time("--since", since), read_time("--until", until))
    found = every(house.store, wanted)
    if as_table:
        sys.stdout.buffer.write(as_csv(COLUMNS, map(cells, found)))
    elif json:
        print_json([plain(each) for each in found])
    else:
        rows = table("no", "at", "account", "role", "proven by", "what", "outcome", "cases", "reason")
        for each in found:
            rows.add_row(*map(plain_markup, row(each)))
        printed(rows)
