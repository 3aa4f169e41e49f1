"""How reminders fare: `wardpath health reminders`."""

from typing import Annotated

import typer

from pathway.clinical.instant import Instant, instant, iso
from ward.cli.app import AsJson, Db, Speaker, app, opened, printed, table
from ward.cli.exits import note, plain_markup
from ward.cli.read import looked
from ward.cli.shape import print_json
from ward.errors import NotUnderstood

health = typer.Typer(help="How a ward's reminders fare.", no_args_is_help=True)
app.add_typer(health, name="health")
VOICES = ("reported wrong", "overridden", "offered", "taken", "not taken")
HEADS = ("fired", "rungs", "in time", "escalated", "done late", "withdrawn", "dismissed")


@health.callback()
def about() -> None:
    """How a ward's reminders fare."""


@health.command()
def reminders(
    ctx: typer.Context,
    ward: Annotated[str, typer.Option(help="One ward; else all.")] = "",
    begins: Annotated[str, typer.Option("--from", help="From this time on, with its zone.")] = "",
    ends: Annotated[str, typer.Option("--to", help="Until before this time; else now.")] = "",
    by: Speaker = None,
    db: Db = None,
    json: AsJson = False,
) -> None:
    """Count per rule and role what fired, was answered in time, came late or was dismissed; notices per patient-day.

    Figures of the system, not of persons: nobody is named. A rule that is mostly dismissed is named on standard error.
    """
    from ward.health import health_of
    from ward.watchdog.glass import overdue

    house = opened(ctx, db)
    looked(house, "health", [], by)
    found = health_of(house, ward, moment(begins), moment(ends))
    if json:
        print_json(found)
    else:
        for title, rows in (("By rule", found.rules), ("By rule and role", found.roles)):
            made = table("", *HEADS, title=f"\n{title}")
            for row in rows:
                figures = (row.fired, row.rungs, row.in_time, row.escalated, row.done_late, row.withdrawn)
                made.add_row(*map(plain_markup, (row.name, *figures, row.dismissed)))
            printed(made)
        spoken = table("", "role", *VOICES, title="\nReports of wrong rules, overrides, handing over")
        for said in found.voices:
            numbers = (said.reported, said.overridden, said.offered, said.taken, said.not_taken)
            spoken.add_row(*map(plain_markup, (said.name, said.role, *numbers)))
        printed(spoken)
        told = sum(found.notices.values())
        signed = ", ".join(f"{count} of {name}" for name, count in found.overrides.items()) or "none"
        typer.echo(f"\n{iso(found.begins)} to {iso(found.ends)}")
        typer.echo(f"overrides: {signed}")
        each = "no patient-day" if found.per_patient_day is None else f"{found.per_patient_day} per patient-day"
        typer.echo(f"notices: {told} in {found.patient_days} patient-days, {each}")
        typer.echo(f"patient-days over the budget: {found.over_budget}")
    if found.key_missing:
        note(f"{found.key_missing.upper()}: names and free text cannot be read; see `wardpath doctor`")
    if found.erasure_due:
        note(f"DUE: {counted(found.erasure_due)} for erasure; see `wardpath retention due`")
    for late in overdue(house.engine.sites.accounts(), house.clock.now()):
        note(f"LATE: glass {late.body.number} is not reviewed; see `wardpath break-glass list`")
    for voices in found.voices:
        if voices.reported:
            note(
                f"{voices.name} was reported as wrong by the role {voices.role}: read the reasons and look at the rule"
            )
    for row in found.rules:
        if row.mostly_dismissed:
            note(f"{row.name} is mostly dismissed: look at the rule with those who answer it")


def counted(due: int) -> str:
    """How many are due, in words."""
    return "1 case or report is due" if due == 1 else f"{due} cases and reports are due"


def moment(text: str) -> Instant | None:
    """The instant of an option. Raises NotUnderstood."""
    try:
        return instant(text) if text else None
    except ValueError as error:
        raise NotUnderstood("a time cannot be read", str(error).removeprefix("expected "), "write it so") from error
