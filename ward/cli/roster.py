"""Rosters: which ones the site keeps, what its shifts are called, and who is planned for them."""

from pathlib import Path
from typing import Annotated

import typer

from pathway.case.envelope import By
from pathway.site.duty.commands import CancelShift, KeepRoster, NameDayUnit, NameShift, PlanShift
from ward.cli.act import Role, Speaker, send, speaking, spoken_by
from ward.cli.app import AsJson, Db, app, opened, printed, table
from ward.cli.duty import Ward, local, moment
from ward.cli.exits import Exit, note, plain_markup
from ward.cli.read import looked
from ward.cli.shape import print_json
from ward.clock import draw_id
from ward.rota import plan_all, planned

roster = typer.Typer(help="Which rosters are kept, and who is planned for them.", no_args_is_help=True)
app.add_typer(roster, name="roster")

Of = Annotated[str, typer.Argument(metavar="ROLE", help="The role that the roster is of.")]


@roster.callback()
def rosters() -> None:
    """Which rosters are kept, and who is planned for them."""


@roster.command()
def keep(
    ctx: typer.Context,
    of: Of,
    ward: Ward,
    critical: Annotated[bool | None, typer.Option(help="Else as the pathways say.", show_default=False)] = None,
    answer_within: Annotated[str, typer.Option(help="How long a test may wait for its answer.")] = "10 min",
    drop: Annotated[bool, typer.Option("--drop", help="Keep it no longer.")] = False,
    by: Speaker = None,
    role: Role = None,
    db: Db = None,
    json: AsJson = False,
) -> None:
    """Keep a roster: from then on it alarms when nobody is on duty. Keep them in the order in which help is called."""
    house = opened(ctx, db)
    command = KeepRoster(
        id=draw_id(),
        by=speaking(ctx, by, role),
        role=of,
        ward=ward,
        critical=critical,
        answer_within=answer_within,
        kept=not drop,
    )
    send(house, command, json)


@roster.command()
def shift(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(help="Its name, as the rota writes it.")],
    begins: Annotated[str, typer.Argument(help="Local time, such as 06:00.")],
    ends: Annotated[str, typer.Argument(help="Local time; one that is no later lies on the next day.")],
    zone: Annotated[str, typer.Option(help="The site's zone, such as Europe/Berlin.")],
    by: Speaker = None,
    role: Role = None,
    db: Db = None,
    json: AsJson = False,
) -> None:
    """Name a shift by its local times."""
    house = opened(ctx, db)
    who = speaking(ctx, by, role)
    send(house, NameShift(id=draw_id(), by=who, name=name, begins=begins, ends=ends, zone=zone), json)


@roster.command()
def day_unit(
    ctx: typer.Context,
    ward: Annotated[str, typer.Argument(help="The ward that patients went home from; * for every ward.")],
    unit: Annotated[str, typer.Argument(help="The ward that looks after them.")],
    by: Speaker = None,
    role: Role = None,
    db: Db = None,
    json: AsJson = False,
) -> None:
    """Say which ward looks after patients who are at home."""
    house = opened(ctx, db)
    send(house, NameDayUnit(id=draw_id(), by=speaking(ctx, by, role), ward=ward, day_unit=unit), json)


@roster.command()
def plan(
    ctx: typer.Context,
    account: Annotated[str, typer.Argument(help="Who is planned.")],
    of: Of,
    ward: Ward,
    begins: Annotated[str, typer.Option(help="When it begins: 14:00, or a time with its zone.")],
    ends: Annotated[str, typer.Option(help="When it ends.")],
    by: Speaker = None,
    role: Role = None,
    db: Db = None,
    json: AsJson = False,
) -> None:
    """Plan somebody for a shift."""
    house = opened(ctx, db)
    command = PlanShift(
        id=draw_id(),
        by=speaking(ctx, by, role),
        account=account,
        role=of,
        ward=ward,
        begins=moment(house, begins),
        ends=moment(house, ends),
    )
    send(house, command, json)


@roster.command()
def cancel(
    ctx: typer.Context,
    number: Annotated[int, typer.Argument(help="The shift, as `wardpath roster show` numbers it.")],
    by: Speaker = None,
    role: Role = None,
    db: Db = None,
    json: AsJson = False,
) -> None:
    """Take a planned shift back."""
    house = opened(ctx, db)
    send(house, CancelShift(id=draw_id(), by=speaking(ctx, by, role), number=number), json)


@roster.command()
def show(
    ctx: typer.Context,
    ward: Annotated[str | None, typer.Option("--ward", help="Only this ward.")] = None,
    by: Speaker = None,
    db: Db = None,
    json: AsJson = False,
) -> None:
    """Show the shifts that are planned and not over."""
    house = opened(ctx, db)
    looked(house, "duty", [], by)
    now = house.clock.now()
    shifts = [each for each in house.engine.sites.duty().shifts.values() if each.ends > now]
    found = sorted((each for each in shifts if ward in (None, each.ward)), key=lambda each: (each.begins, each.number))
    if json:
        print_json({"shifts": found})
        return
    rows = table("no", "ward", "role", "account", "from", "to")
    for each in found:
        span = (local(house, each.begins), local(house, each.ends))
        rows.add_row(*map(plain_markup, (each.number, each.ward, each.role, each.account, *span)))
    printed(rows)


@roster.command("import")
def import_rota(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(help="A CSV file: date, shift, role, ward, account.")],
    by: Speaker = None,
    role: Role = None,
    db: Db = None,
    json: AsJson = False,
) -> None:
    """Plan the shifts of a file, by the local times of the shifts that it names. The same file again plans nothing."""
    house = opened(ctx, db)
    who = speaking(ctx, by, role)
    commands = planned(house, file, By(who.actor, who.role))
    found = plan_all(commands, lambda command: spoken_by(house, command).handle(command))
    for number, refusal in found.refused:
        note(f"line {number}: {refusal.message} [{refusal.code}]")
    tally = {"planned": found.planned, "known": found.known, "refused": len(found.refused)}
    if json:
        print_json(tally)
    else:
        typer.echo(", ".join(f"{count} {name}" for name, count in tally.items()))
    if tally["refused"]:
        raise typer.Exit(Exit.REFUSED)
