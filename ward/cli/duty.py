"""Duty: who is on duty now, and taking, answering for and leaving it."""

from typing import Annotated

import typer

from pathway.case.envelope import By
from pathway.case.facts import zone_of
from pathway.clinical.instant import Instant, instant, next_round, utc
from pathway.site.duty.commands import AcceptDuty, AnswerTest, LeaveDuty, NameSubstitute
from ward.cli.act import Role, Speaker, send, speaking
from ward.cli.app import AsJson, Db, app, opened, printed, table
from ward.cli.exits import plain_markup
from ward.cli.read import looked
from ward.cli.shape import print_json
from ward.cli.speaker import role_of, speaker
from ward.clock import draw_id
from ward.errors import NotUnderstood
from ward.rota import There, standing
from ward.wiring import House

Ward = Annotated[str, typer.Option("--ward", help="The ward.")]

duty = typer.Typer(help="Who is on duty, and taking, answering for and leaving it.", invoke_without_command=True)
app.add_typer(duty, name="duty")


@duty.callback()
def shown(
    ctx: typer.Context,
    ward: Annotated[str | None, typer.Option("--ward", help="Only this ward.")] = None,
    by: Speaker = None,
    db: Db = None,
    json: AsJson = False,
) -> None:
    """Show who is on duty now, per role and ward; a kept roster with nobody in it is marked EMPTY."""
    if ctx.invoked_subcommand is not None:
        return
    house = opened(ctx, db)
    looked(house, "duty", [], by)
    found = standing(house, ward)
    if json:
        print_json({"duty": found})
        return
    rows = table("ward", "role", "on duty", "asked", "then")
    for each in found:
        empty = f"EMPTY since {local(house, each.empty_since)}" if each.empty_since is not None else ""
        on = empty + (", critical" if empty and each.critical else "") or people(house, each.on_duty, "until")
        then = people(house, each.following, "from")
        rows.add_row(*map(plain_markup, (each.ward, each.role, on, people(house, each.asked, "until"), then)))
    printed(rows)


@duty.command()
def accept(
    ctx: typer.Context,
    ward: Ward,
    until: Annotated[str, typer.Option(help="Until when: 14:00, or a time with its zone; else as planned.")] = "",
    by: Speaker = None,
    role: Role = None,
    db: Db = None,
    json: AsJson = False,
) -> None:
    """Take duty in one's role. It counts once the number in the test notice was answered."""
    house = opened(ctx, db)
    who = acting(house, speaking(ctx, by, role))
    end = moment(house, until) if until else None
    send(house, AcceptDuty(id=draw_id(), by=who, role=who.role, ward=ward, until=end), json)


@duty.command()
def answer(
    ctx: typer.Context,
    number: Annotated[int, typer.Argument(help="The number in the test notice.")],
    by: Speaker = None,
    role: Role = None,
    db: Db = None,
    json: AsJson = False,
) -> None:
    """Answer a test notice: from then on one is on duty."""
    house = opened(ctx, db)
    send(house, AnswerTest(id=draw_id(), by=speaking(ctx, by, role), number=number), json)


@duty.command()
def leave(
    ctx: typer.Context,
    ward: Ward,
    to: Annotated[str, typer.Option(help="The account that takes over; duty goes on until they answered.")] = "",
    by: Speaker = None,
    role: Role = None,
    db: Db = None,
    json: AsJson = False,
) -> None:
    """Leave duty before its end."""
    house = opened(ctx, db)
    who = acting(house, speaking(ctx, by, role))
    send(house, LeaveDuty(id=draw_id(), by=who, role=who.role, ward=ward, to=to), json)


@duty.command()
def substitute(
    ctx: typer.Context,
    account: Annotated[str, typer.Argument(help="Who is on duty, or planned.")],
    to: Annotated[str, typer.Argument(help="Who takes it; it counts once they answered their test.")],
    of: Annotated[str, typer.Option("--of", help="The role of the duty.")],
    ward: Ward,
    by: Speaker = None,
    role: Role = None,
    db: Db = None,
    json: AsJson = False,
) -> None:
    """Name somebody else for the duty that an account has now or is planned for."""
    house = opened(ctx, db)
    who = speaking(ctx, by, role)
    send(house, NameSubstitute(id=draw_id(), by=who, role=of, ward=ward, account=account, to=to), json)


def acting(house: House, named: By) -> By:
    """Who speaks, with the role that is theirs where they have but one and named none."""
    return By(named.actor, role_of(speaker(house, named.actor), named.role), named.source)


def moment(house: House, text: str) -> Instant:
    """A time of day as its next instant at the site, or a whole time with its zone. Raises NotUnderstood."""
    try:
        if len(text) == len("14:00"):
            return next_round((text,), house.clock.now(), zone_of(house.engine.sites.duty().zone))
        return instant(text)
    except ValueError as error:
        expected = "a time of day such as 14:00, or such as 2026-03-05T14:00+01:00"
        raise NotUnderstood("a time cannot be read", expected, "write it so") from error


def people(house: House, those: tuple[There, ...], word: str) -> str:
    """Accounts with their times."""
    return ", ".join(f"{each.account} {word} {local(house, each.until)}" for each in those)


def local(house: House, at: Instant) -> str:
    """Day and time at the site."""
    return utc(at).astimezone(zone_of(house.engine.sites.duty().zone)).strftime("%d-%b %H:%M")
