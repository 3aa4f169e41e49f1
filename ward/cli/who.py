"""Who looked: the access log, for auditors. `wardpath who-looked CASE`, `wardpath looked-at ACCOUNT`."""

from typing import Annotated

import typer

from pathway.clinical.instant import iso
from pathway.engine.ports import Access
from ward.cli.app import AsJson, Case, Db, Speaker, app, opened, printed, table
from ward.cli.exits import plain_markup
from ward.cli.read import known, looked
from ward.cli.shape import plain, print_json
from ward.wiring import House

After = Annotated[int, typer.Option(min=0, help="Only what stands behind this number, as `no` lists it.")]


@app.command("who-looked")
def who_looked(
    ctx: typer.Context, case: Case, after: After = 0, by: Speaker = None, db: Db = None, json: AsJson = False
) -> None:
    """List who looked at a case, who was denied, and who broke glass for it; --after NO lists what follows."""
    house = opened(ctx, db)
    known(house, case)
    told(house, by, json, case=case, after=after)


@app.command("looked-at")
def looked_at(
    ctx: typer.Context,
    account: Annotated[str, typer.Argument(help="The account, as `wardpath people list` has it.")],
    after: After = 0,
    by: Speaker = None,
    db: Db = None,
    json: AsJson = False,
) -> None:
    """List what an account looked at, and what it was denied."""
    told(opened(ctx, db), by, json, actor=account, after=after)


def told(house: House, by: str | None, json: bool, *, case: str = "", actor: str = "", after: int) -> None:
    """Print a part of the access log; that somebody read it enters the log as well."""
    looked(house, "accesses", [], by)
    found = house.store.accesses(case=case, actor=actor, after=after)
    if json:
        print_json([plain(each) for each in found])
        return
    rows = table("no", "at", "account", "role", "proven by", "what", "outcome", "cases", "reason")
    for each in found:
        rows.add_row(*map(plain_markup, row(each)))
    printed(rows)


def row(each: Access) -> tuple[object, ...]:
    """One line of the log; a list of many cases is counted."""
    cases = ", ".join(each.cases) if len(each.cases) <= 3 else f"{len(each.cases)} cases"
    who = (each.by.actor, each.by.role, each.by.authenticated)
    return each.number, iso(each.at), *who, each.what, each.outcome, cases, each.reason
