"""`wardpath audit replay` and `wardpath audit redecide`: the record shown as it stood, and decided once more."""

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any

import typer

from pathway.engine.ports import Head
from ward.again.redecide import KINDS, line_under, redecided
from ward.again.replay import Moment, replayed
from ward.cli.app import AsJson, Db, Speaker, opened, printed, table
from ward.cli.audit.group import audit
from ward.cli.exits import Exit, note, plain_markup
from ward.cli.read import known, looked, seen
from ward.cli.shape import print_json_line
from ward.definitions import read_pathway
from ward.errors import NotUnderstood
from ward.wards import checked_ward
from ward.wiring import House

REPLAY, REDECIDE = "audit_replay", "redecide"
Case = Annotated[str, typer.Option("--case", help="One case, by its token.")]
Ward = Annotated[str, typer.Option("--ward", help="The cases of one ward, closed ones too.")]
Whole = Annotated[bool, typer.Option("--all", help="Every case that you may look at, closed ones too.")]


@audit.command()
def replay(
    ctx: typer.Context,
    case: Case = "",
    ward: Ward = "",
    whole: Whole = False,
    at: Annotated[str, typer.Option(help="What had happened by this time, with its zone, or `now`.")] = "",
    known_by: Annotated[str, typer.Option("--known", help="As it was known by this time; else by --at.")] = "",
    position: Annotated[str, typer.Option(help="Right after this event of the case, in place of --at.")] = "",
    by: Speaker = None,
    db: Db = None,
    json: AsJson = False,
) -> None:
    """Show cases as their record stood, under the definition of that day; right after the newest event unless said.

    With --json one document a line, the same bytes in every zone, locale and year. It sends and writes nothing but the
    look itself, which enters the access log. Ends with 4 where a case cannot be read.
    """
    if position and not case:
        raise NotUnderstood("--position stands without --case", "the number of an event of one case", "say --case CASE")
    house = opened(ctx, db)
    heads = asked(house, REPLAY, case, ward, whole, by)
    lines = replayed(house, heads, Moment(at, known_by, position))
    faults = [each for each in map(printed_line, lines) if "fault" in each] if json else as_table(lines)
    if faults:
        note(f"{len(faults)} cases cannot be read: see `wardpath doctor`")
        raise typer.Exit(Exit.DAMAGED)


@audit.command()
def redecide(
    ctx: typer.Context,
    case: Case = "",
    ward: Ward = "",
    whole: Whole = False,
    under: Annotated[
        Path | None,
        typer.Option("--under", help="Another definition: what would have been different. Nothing is written."),
    ] = None,
    by: Speaker = None,
    db: Db = None,
    json: AsJson = False,
) -> None:
    """Decide the record once more, by the definition of its day, and list every difference.

    Ends with 1 where there is one, and with 4 where a case cannot be decided again by this release.
    """
    house = opened(ctx, db)
    heads = asked(house, REDECIDE, case, ward, whole, by)
    if under is not None:
        other = read_pathway(under)
        fitting = [head for head in heads if head.pathway == other.name]
        for head in fitting:
            found = line_under(house, house.engine.under(head.case, other))
            print_json_line(found) if json else show_under(found)
        note(f"{len(fitting)} cases of {other.name}; nothing was written")
        return
    ended = Exit.OK
    count = {"cases": 0, "events": 0, "decided": 0, "differences": 0}
    for found in redecided(house, heads):
        count["cases"] += 1
        count["events"] += found["events"]
        count["decided"] += found["decided"]
        count["differences"] += len(found["differences"])
        print_json_line(found) if json else show(found)
        ended = max(ended, Exit.DAMAGED if found["unfit"] else Exit.REFUSED if found["differences"] else Exit.OK)
    note(", ".join(f"{number} {name}" for name, number in count.items()))
    raise typer.Exit(ended)


def asked(house: House, what: str, case: str, ward: str, whole: bool, by: str | None) -> list[Head]:
    """The heads that were asked for, looked at through the door. Raises NotUnderstood, NotFound, Denied."""
    if [bool(case), bool(ward), whole].count(True) != 1:
        raise NotUnderstood("it is not said which cases", "one of --case, --ward and --all", "say one of them")
    if case:
        heads = [known(house, case)]
    else:
        on = checked_ward(house, ward)
        heads = sorted(seen(house, what, house.engine.heads(on, closed=True), by), key=lambda each: each.case)
    looked(house, what, heads, by)
    return heads


def printed_line(found: dict[str, Any]) -> dict[str, Any]:
    """Print one line of JSON, and give it back."""
    print_json_line(found)
    return found


def as_table(lines: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Print the cases as they were, a line each; those that cannot be read."""
    faults: list[dict[str, Any]] = []
    rows = table("case", "happened by", "known by", "event", "ward", "bed", "stage", "due")
    for each in lines:
        if "fault" in each:
            faults.append(each)
            rows.add_row(each["case"], "", "", "", each["ward"], "", f"cannot be read ({each['fault']})", "")
            continue
        shown = each["picture"]
        stage = ", ".join(phase["title"] for phase in shown["phases"])
        values = (each["case"], each["at"], each["known_by"], each["position"], shown["ward"], shown["bed"], stage)
        rows.add_row(*map(plain_markup, (*values, shown["due_line"])))
    printed(rows)
    return faults


def show(found: dict[str, Any]) -> None:
    """What came of one case, for people."""
    if found["unfit"]:
        typer.echo(f"{found['case']}: cannot be decided again: {found['unfit']}")
        return
    said = f"{found['case']}: {found['decided']} of {found['events']} events decided again"
    typer.echo(f"{said}, {len(found['differences'])} differences")
    for given in found["not_decided_again"]:
        typer.echo(f"  not decided again: {given['events']} events from {given['position']} on: {given['why']}")
    for each in found["differences"]:
        event = each["stored"] or each["decided"]
        fields = f" ({', '.join(each['fields'])})" if each["fields"] else ""
        typer.echo(f"  event {each['position']}, {each['at']}, {each['type']}{fields}: {KINDS[each['kind']]}")
        typer.echo(f"    {event['words']}")
        if each["why"]:
            typer.echo(f"    {each['why']}")


def show_under(found: dict[str, Any]) -> None:
    """What would have been different in one case, for people."""
    counts = [len(found[name]) for name in ("refused", "recorded", "instead")]
    typer.echo(f"{found['case']}: {counts[0]} refused, {counts[1]} would not have been, {counts[2]} would have been")
    for each in found["refused"]:
        refusal = each["refusal"]
        typer.echo(f"  event {each['position']}, {each['type']}, refused ({refusal['code']}): {refusal['message']}")
    for name, mark in (("recorded", "-"), ("instead", "+")):
        for each in found[name]:
            typer.echo(f"  {mark} {each['occurred_at']} {each['words']}")
    for given in found["not_said_again"]:
        typer.echo(f"  not said again: {given['events']} events from {given['position']} on: {given['why']}")
