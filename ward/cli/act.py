"""Acting: send a command, take note of a reminder."""

import sys
from typing import Annotated

import typer

from pathway.case.commands import Acknowledge, Answer, AnyCommand
from pathway.case.envelope import By
from pathway.case.words import describe
from pathway.site.commands import AnySiteCommand, SiteCommand
from pathway.site.streams import is_site
from ward.cli.app import AsJson, Db, app, opened, said
from ward.cli.exits import Exit
from ward.cli.shape import print_json
from ward.cli.why import of_refusal, show
from ward.clock import draw_id
from ward.entry import BYTES_LIMIT, from_json
from ward.errors import NotFound, NotUnderstood
from ward.wiring import House

Speaker = Annotated[str | None, typer.Option("--by", help="Who speaks; else WARDPATH_BY.", show_default=False)]
Role = Annotated[str | None, typer.Option("--role", help="Under which role; else WARDPATH_ROLE.", show_default=False)]


@app.command()
def ack(
    ctx: typer.Context,
    reminder: Annotated[str, typer.Argument(help="The reminder, such as M3, as `wardpath due` lists it.")],
    case: Annotated[str, typer.Option(help="The token of the case.")],
    subject: Annotated[str | None, typer.Option(help="Its subject, where it has several.")] = None,
    by: Speaker = None,
    role: Role = None,
    reason: Annotated[str, typer.Option(help="Why, where that is worth keeping.")] = "",
    db: Db = None,
    json: AsJson = False,
) -> None:
    """Take note of a ringing reminder: it pauses and is not done."""
    house = opened(ctx, db)
    which = subject if subject is not None else only_subject(house, case, reminder)
    speaker = speaking(ctx, by, role)
    command = Acknowledge(id=draw_id(), case=case, by=speaker, reminder=reminder, subject=which, reason=reason)
    send(house, command, json)


def send(house: House, command: AnyCommand | AnySiteCommand, json: bool, why: bool = False) -> None:
    """Send a command and print its answer; exits with REFUSED where it was refused. `why`: with the tree of reasons."""
    try:
        answer = house.engine.handle(command)
    except UnicodeEncodeError as error:
        raise NotUnderstood("a text holds bytes that are no characters", "UTF-8", "write it so") from error
    reasons = None
    if answer.status == "refused" and not isinstance(command, SiteCommand):
        reasons = of_refusal(house, command)
    if json:
        print_json({"answer": answer, "why": reasons} if why else answer)
    else:
        print_answer(house, answer)
        if reasons is not None:
            typer.echo(f"  {reasons.sentence}")
            if why:
                show((reasons,))
    if answer.status == "refused":
        raise typer.Exit(Exit.REFUSED)


def print_answer(house: House, answer: Answer) -> None:
    """An answer in words: what it caused, or why it was refused."""
    about = answer.case if is_site(answer.case) else f"case {answer.case}"
    typer.echo(f"{answer.status}{' before, nothing written now' if answer.repeated else ''}: {about}")
    if answer.refusal is not None:
        refusal = answer.refusal
        for line in (
            f"{refusal.message} [{refusal.code}]",
            *(f"- {reason}" for reason in refusal.reasons),
            refusal.mend,
        ):
            if line:
                typer.echo(f"  {line}")
        return
    if answer.positions and not is_site(answer.case):
        caused, zone = set(answer.positions), house.engine.case(answer.case).zone
        for event in house.engine.timeline(answer.case):
            if event.position in caused:
                typer.echo(f"  {event.position}  {describe(event, house.pathway(event.bundle), zone)}")


def speaking(ctx: typer.Context, by: str | None, role: str | None, source: str = "person") -> By:
    """Who speaks. Raises NotUnderstood where nobody says so."""
    settings = said(ctx).settings
    actor = by or settings.by
    if not actor:
        raise NotUnderstood("nobody says who speaks", "a name in --by or WARDPATH_BY", "say --by NAME --role ROLE")
    return By(actor=actor, role=role or settings.role, source=source, authenticated="none")


def only_subject(house: House, case: str, reminder: str) -> str:
    """The subject of the one open reminder of that name. Raises NotFound for none, NotUnderstood for several."""
    found = [row.subject for row in house.store.reminders(case) if row.reminder == reminder]
    if not found:
        raise NotFound("no such reminder is open for that case", "one that `wardpath due` lists", "check both")
    if len(found) > 1:
        raise NotUnderstood(
            f"{reminder} is open {len(found)} times", f"one of {', '.join(sorted(found))}", "say --subject"
        )
    return found[0]


def given(json: str) -> AnyCommand:
    """The command of `--json`: its text, or `-` for standard input. Raises NotUnderstood."""
    if json != "-":
        return from_json(json)
    # One byte more than allowed tells a text that is too long from one that just fits.
    return from_json(sys.stdin.buffer.read(BYTES_LIMIT + 1))
