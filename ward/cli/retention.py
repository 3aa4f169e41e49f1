"""Retention on the command line: what is kept, held, due for erasure and erased; and erasing, by two."""

from typing import Annotated, Any, Literal

import typer

from pathway.case.envelope import By
from pathway.clinical.instant import iso
from pathway.site.commands import AnySiteCommand
from pathway.site.retention.commands import EraseCase, EraseReport, Ground, HoldCase, ReleaseHold, SetRetention
from ward.cli.act import print_answer, speaking, spoken_by
from ward.cli.app import AsJson, Case, Db, Role, Speaker, app, opened, printed, store_place, table
from ward.cli.exits import Exit, note, plain_markup
from ward.cli.read import looked
from ward.cli.shape import print_json
from ward.clock import draw_id
from ward.retention.due import Due, all_ending, due, listed
from ward.retention.finish import finish
from ward.retention.plan import Plan, plan_of
from ward.wiring import House

retention = typer.Typer(name="retention", no_args_is_help=True, help="What is kept for how long, held, and erased.")
app.add_typer(retention)

Second = Annotated[str, typer.Option("--second", help="Who signs too, by a proof of their own.")]
Reason = Annotated[str, typer.Option("--reason", help="Why.")]
Law = Annotated[str, typer.Option("--law", help="The law or the order that says so; nobody's name.")]
Dry = Annotated[bool, typer.Option("--dry-run", help="Say what would come of it, and do nothing.")]
Order = Annotated[bool, typer.Option("--order", help="By an erasure order, before its time: name it in --law.")]


@retention.command("list")
def list_kinds(ctx: typer.Context, by: Speaker = None, db: Db = None, json: AsJson = False) -> None:
    """List what is kept of each kind, and how long; the legal holds; what was erased, when, by whom."""
    house = opened(ctx, db)
    looked(house, "retention", [], by)
    found = listed(house)
    if json:
        print_json(found)
        return
    rows = table("kind", "kept", "at least", "what", "because")
    for each in found["kinds"]:
        years, floor = each["kept_for_years"], each["floor_years"]
        because = each["law"] or each["keep_source"] or each["stays_because"]
        kept, least = f"{years} years" if years else "stays", f"{floor} years" if floor else ""
        rows.add_row(*map(plain_markup, (each["name"], kept, least, each["holds"], because)))
    printed(rows)
    for each in found["holds"]:
        typer.echo(f"HELD    case {each['case']}, since {iso(each['since'])}, by {each['by']}: {each['reason']}")
    for each in found["erased"]:
        typer.echo(f"ERASED  {each['of']}: {each['words']}; {each['reason']}")


@retention.command("due")
def list_due(
    ctx: typer.Context,
    every: Annotated[bool, typer.Option("--all", help="Everything closed, whenever its time is over.")] = False,
    by: Speaker = None,
    db: Db = None,
    json: AsJson = False,
) -> None:
    """List what may be erased now, with what no key would end; it also finishes what an erasure left undone."""
    house = opened(ctx, db)
    found = all_ending(house) if every else due(house)
    looked(house, "retention", [house.store.head(each.of) for each in found if not each.number], by)  # type: ignore[misc]  # a listed case is there
    for told in finish(house, store_place(ctx, db)):
        note(told)
    if json:
        print_json(found)
        return
    rows = table("what", "ward", "last entry", "kept until", "", "stays readable")
    for each in found:
        rows.add_row(
            *map(plain_markup, (each.of, each.ward, iso(each.last), iso(each.until), state_of(each), left(each)))
        )
    printed(rows)


@retention.command("set")
def set_years(
    ctx: typer.Context,
    kind: Annotated[str, typer.Argument(help="The kind, as `wardpath retention list` names it.")],
    years: Annotated[int, typer.Argument(help="For how many years after the last entry.")],
    law: Law,
    reason: Reason,
    second: Second,
    by: Speaker = None,
    role: Role = None,
    db: Db = None,
    json: AsJson = False,
) -> None:
    """Say for how long a kind is kept, by which law; two people sign."""
    said = speaking(ctx, by, role)
    command = SetRetention(id=draw_id(), by=said, kind=kind, keep_years=years, law=law, reason=reason, second=second)
    tell(opened(ctx, db), command, json)


@retention.command("hold")
def hold(
    ctx: typer.Context,
    case: Case,
    reason: Reason,
    by: Speaker = None,
    role: Role = None,
    db: Db = None,
    json: AsJson = False,
) -> None:
    """Put a case under a legal hold: nothing of it is erased until two people release it."""
    command = HoldCase(id=draw_id(), by=speaking(ctx, by, role), patient_case=case, reason=reason)
    tell(opened(ctx, db), command, json)


@retention.command("release")
def release(
    ctx: typer.Context,
    case: Case,
    reason: Reason,
    second: Second,
    by: Speaker = None,
    role: Role = None,
    db: Db = None,
    json: AsJson = False,
) -> None:
    """Release a case from its legal hold; two people sign."""
    command = ReleaseHold(id=draw_id(), by=speaking(ctx, by, role), patient_case=case, reason=reason, second=second)
    tell(opened(ctx, db), command, json)


@retention.command("erase")
def erase(
    ctx: typer.Context,
    of: Annotated[str, typer.Argument(help="The token of a case, or the number of a quarantined report.")],
    reason: Reason,
    second: Second,
    order: Order = False,
    law: Law = "",
    dry_run: Dry = False,
    by: Speaker = None,
    role: Role = None,
    db: Db = None,
    json: AsJson = False,
) -> None:
    """Erase who a closed case is and all its free text, for ever; an administrator and an auditor sign, one each."""
    house = opened(ctx, db)
    command = erasing(house, of, speaking(ctx, by, role), order=order, law=law, reason=reason, second=second)
    planned = plan_of(house, command)
    if not json and planned is not None:
        told_plan(planned)
    tell(house, command, json, dry_run=dry_run)
    if not dry_run:
        for each in finish(house, store_place(ctx, db)):
            note(each)


# --- said and printed ------------------------------------------------------------------------------------------------


def erasing(
    house: House, of: str, by: By, *, order: bool, law: str, reason: str, second: str
) -> EraseCase | EraseReport:
    """The command that erases a case, or a report by its number where no case has that name."""
    ground: Ground = "erasure order" if order else "retention over"
    said: dict[str, Any] = {"id": draw_id(), "by": by, "ground": ground, "law": law, "reason": reason, "second": second}
    if of.isascii() and of.isdigit() and house.store.head(of) is None:
        return EraseReport(number=int(of), **said)
    return EraseCase(patient_case=of, **said)


def tell(house: House, command: AnySiteCommand, json: bool, *, dry_run: bool = False) -> None:
    """Carry out a command, or only say what would come of it; exits with REFUSED where it is refused."""
    spoken = spoken_by(house, command)
    answer = spoken.rehearse(command).answer if dry_run else spoken.handle(command)
    if json:
        print_json({"answer": answer, "dry_run": dry_run})
    else:
        print_answer(house, answer)
        if dry_run:
            note("a dry run: nothing was done")
    if answer.refusal is not None:
        raise typer.Exit(Exit.REFUSED)


def told_plan(planned: Plan) -> None:
    """What would end, and what would stay readable."""
    typer.echo(f"ends   the keys of {', '.join(planned.keys) or 'nothing'}: {planned.holds}")
    typer.echo(f"stays  {planned.events} events, coded and without a name")
    if planned.clear:
        typer.echo(f"STAYS READABLE  {planned.clear} texts of earlier releases, in the clear: no key ends those")


def state_of(each: Due) -> str:
    """How something stands, in one word."""
    word: Literal["HELD", "DUE", ""] = "HELD" if each.held else "DUE" if each.due else ""
    return word


def left(each: Due) -> str:
    """What would stay readable, in words."""
    if each.clear < 0:
        return "its record cannot be read"
    return f"{each.clear} texts in the clear" if each.clear else ""
