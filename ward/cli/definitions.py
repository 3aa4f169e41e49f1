"""Definitions: how they stand, approving and withdrawing them, and bringing open cases from one to another."""

from pathlib import Path
from typing import Annotated, Any

import typer

from pathway.case.commands import AmendDefinition
from pathway.case.difference import Difference, difference
from pathway.definition.pathway import Pathway
from pathway.engine.ports import Head
from pathway.site.commands import ApproveDefinition, WithdrawDefinition
from ward.cli.act import Role, Speaker, send, speaking, spoken_by
from ward.cli.app import AsJson, Db, app, opened, printed, table
from ward.cli.exits import Exit, plain_markup
from ward.cli.read import known, looked, seen
from ward.cli.shape import plain, print_json
from ward.clock import draw_id
from ward.definitions import read_pathway
from ward.errors import NotFound, NotUnderstood
from ward.listed import shown_at, stands, to_move, versions
from ward.migration import migrations
from ward.wiring import House

Which = Annotated[str, typer.Argument(help="A pathway file, or the digest of a definition as `definitions` lists it.")]
Second = Annotated[str, typer.Option(help="Who signs beside the one who speaks.")]
Reason = Annotated[str, typer.Option(help="Why.")]
#: Digits of a digest that people read; as many tell definitions apart.
SHOWN = 12


@app.command()
def definitions(ctx: typer.Context, by: Speaker = None, db: Db = None, json: AsJson = False) -> None:
    """List the definitions: approved, withdrawn for safety, how many open cases; and each case that must move."""
    house = opened(ctx, db)
    heads = house.engine.heads()
    owed = migrations(house, seen(house, "definitions", heads, by))
    looked(house, "definitions", [each.head for each in owed], by)
    found = [stands(house, pathway, heads) for pathway in versions(house)]
    if json:
        print_json({"definitions": found, "to_move": [to_move(house, each) for each in owed]})
        return
    rows = table("pathway", "version", "digest", "open cases", "state")
    for each in found:
        shown = (each["pathway"], each["version"], each["digest"][:SHOWN], each["open_cases"], each["state"])
        rows.add_row(*map(plain_markup, shown))
    printed(rows)
    if owed:
        moves = table("case", "ward", "bed", "move by", "", title="\nOpen cases on a withdrawn definition")
        for each in (to_move(house, owed_one) for owed_one in owed):
            moves.add_row(*map(plain_markup, (each["case"], each["ward"], each["bed"], each["move_by"], each["mark"])))
        printed(moves)


@app.command()
def approve(
    ctx: typer.Context,
    which: Which,
    second: Second = "",
    by: Speaker = None,
    role: Role = None,
    db: Db = None,
    json: AsJson = False,
) -> None:
    """Approve a definition, signed by two; its text is kept in the store from then on."""
    house = opened(ctx, db)
    digest = meant(house, which).digest
    send(house, ApproveDefinition(id=draw_id(), by=speaking(ctx, by, role), digest=digest, second=second), json)


@app.command()
def withdraw(
    ctx: typer.Context,
    which: Which,
    reason: Reason = "",
    within: Annotated[str, typer.Option(help="In what time its open cases move to another, such as `72 h`.")] = "",
    second: Second = "",
    by: Speaker = None,
    role: Role = None,
    db: Db = None,
    json: AsJson = False,
) -> None:
    """Withdraw a definition for safety, signed by two: no new cases, and a time by which its open ones move."""
    house = opened(ctx, db)
    speaker, digest = speaking(ctx, by, role), meant(house, which).digest
    command = WithdrawDefinition(
        id=draw_id(), by=speaker, digest=digest, reason=reason, migrate_within=within, second=second
    )
    send(house, command, json)


@app.command()
def amend(
    ctx: typer.Context,
    to: Annotated[str, typer.Option(help="The definition to go on under: a pathway file, or a digest.")],
    case: Annotated[str | None, typer.Option(help="The token of one case.")] = None,
    every: Annotated[bool, typer.Option("--all", help="Every open case under another version of it.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Tell what would change, and write nothing.")] = False,
    reason: Reason = "",
    second: Second = "",
    by: Speaker = None,
    role: Role = None,
    db: Db = None,
    json: AsJson = False,
) -> None:
    """Bring open cases to another version of their definition, or with --dry-run tell what that would change."""
    if (case is None) != every:
        raise NotUnderstood("it is not said which cases", "--case CASE or --all", "say one of the two")
    house = opened(ctx, db)
    pathway, speaker = meant(house, to), speaking(ctx, by, role)
    within = seen(house, "case", house.engine.heads(), by) if every else []
    heads = [known(house, case)] if case is not None else others(within, pathway)
    looked(house, "case", heads, by)
    found = []
    for head in heads:
        command = AmendDefinition(
            id=draw_id(), case=head.case, by=speaker, to=pathway.digest, reason=reason, second=second
        )
        found.append(amended(house, head, command, dry_run))
    if json:
        print_json(found)
    else:
        told(found, dry_run)
    if any(each["answer"]["status"] == "refused" for each in found):
        raise typer.Exit(Exit.REFUSED)


def amended(house: House, head: Head, command: AmendDefinition, dry_run: bool) -> dict[str, Any]:
    """What the amendment of one case changes, or would change."""
    spoken = spoken_by(house, command)
    rehearsed = spoken.rehearse(command)
    answer = rehearsed.answer if dry_run else spoken.handle(command)
    changes = difference(rehearsed.events, rehearsed.before, house.engine.rules, shown_at(house, head))
    return {"case": head.case, "ward": head.ward, "bed": head.bed, "answer": plain(answer), "changes": plain(changes)}


def told(found: list[dict[str, Any]], dry_run: bool) -> None:
    """The amendments in lines."""
    if not found:
        typer.echo("no open case to move")
    for each in found:
        refusal = each["answer"]["refusal"]
        done = "refused" if refusal else "would move" if dry_run else "moved"
        typer.echo(f"{done}: case {each['case']}, ward {each['ward']}, bed {each['bed']}")
        if refusal:
            typer.echo(f"  {refusal['message']} [{refusal['code']}]")
            for reason in refusal["reasons"]:
                typer.echo(f"  - {reason}")
            continue
        lines = [(name, line) for name in Difference.__struct_fields__ for line in each["changes"][name]]
        for name, line in lines or [("changes", "nothing at this moment")]:
            typer.echo(f"  {name}: {line}")


def meant(house: House, text: str) -> Pathway:
    """The definition of a file, or of a digest or its beginning. Raises NotFound, NotUnderstood, DefinitionError."""
    if Path(text).is_file():
        pathway = read_pathway(Path(text))
        house.engine.learn(pathway)
        return pathway
    found = [each for each in versions(house) if each.digest.startswith(text)]
    if len(found) > 1:
        raise NotUnderstood("several definitions begin so", "more of the digest", "see `wardpath definitions --json`")
    if found:
        return found[0]
    if house.engine.knows(text):
        return house.engine.pathway_of(text)
    raise NotFound("no definition is meant by that", "a pathway file, or a digest", "see `wardpath definitions`")


def others(heads: list[Head], pathway: Pathway) -> list[Head]:
    """The cases of a pathway that go by another definition than this one."""
    heads = [head for head in heads if head.pathway == pathway.name and head.bundle != pathway.digest]
    return sorted(heads, key=lambda head: (head.ward, len(head.bed), head.bed))
