"""Channels: what went out and what did not, and a test notice: `wardpath channels`."""

from collections import Counter
from typing import Annotated, Literal

import typer

from pathway.clinical.instant import iso
from pathway.site.accounts.grant import ADMINISTRATOR
from scheduler.outage import failing
from ward.cli.act import Role, Speaker, allowed_by
from ward.cli.app import AsJson, Db, app, opened, printed, table
from ward.cli.exits import note, plain_markup
from ward.cli.read import looked
from ward.cli.shape import print_json
from ward.clock import draw_id
from ward.errors import NotUnderstood
from ward.policy.table import policy_of
from ward.trial import TRIAL, try_channels

channels = typer.Typer(help="What went out, what did not, and a test notice.", invoke_without_command=True)
app.add_typer(channels, name="channels")


@channels.callback()
def shown(ctx: typer.Context, by: Speaker = None, db: Db = None, json: AsJson = False) -> None:
    """Count the notices by their state, and name the channels that fail and the last test notices."""
    if ctx.invoked_subcommand is not None:
        return
    house = opened(ctx, db)
    looked(house, "health", [], by)
    notices, down = house.store.notices(), failing(house.store.beats())
    counts = Counter(state for _, state in notices)
    trials = sorted((each for each in notices if each[0].kind == TRIAL), key=lambda each: -each[0].created_at)
    lines = [
        {"role": each.role, "reach": each.channel, "at": iso(each.created_at), "state": now} for each, now in trials
    ]
    if json:
        since = {name: iso(at) for name, at in down.items()}
        print_json({"notices": dict(counts), "failing": since, "trials": lines})
        return
    for name, at in down.items():
        note(f"FAILS: {name} since {iso(at)}")
    rows = table("state", "notices")
    for name, count in counts.items():
        rows.add_row(name, str(count))
    printed(rows)
    tried = table("test notice to", "by", "at", "state")
    for each in lines:
        tried.add_row(*map(plain_markup, each.values()))
    printed(tried)


@channels.command("try")
def try_them(
    ctx: typer.Context,
    to: Annotated[str, typer.Option("--to", help="The role that gets it.")],
    reach: Annotated[Literal["page", "inbox", "second"], typer.Option(help="How it reaches them.")] = "page",
    by: Speaker = None,
    role: Role = None,
    db: Db = None,
    json: AsJson = False,
) -> None:
    """Send a test notice to a role; it goes the way that others of the role go, and nothing is to be done about it."""
    house = opened(ctx, db)
    allowed_by(house, "TryChannels", "", by, role)
    known = policy_of(house.pathways).pathway | {ADMINISTRATOR}
    if to not in known:
        raise NotUnderstood("there is no such role", f"one of {', '.join(sorted(known))}", "say --to with one")
    waits = try_channels(house.store, house.clock, to, reach, draw_id())
    if json:
        print_json({"waits": waits})
    else:
        typer.echo("the test notice waits to go out: see `wardpath channels`")
