"""Pathways: check a file, draw a pathway, run a scenario."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from pathway.definition.checker import check as check_pathway
from pathway.definition.pathway import Pathway
from pathway.definition.schema import schema as pathway_schema
from ward.cli.app import AsJson, Db, Speaker, app, opened
from ward.cli.exits import Exit, note
from ward.cli.read import known, looked
from ward.cli.shape import print_json, print_json_line
from ward.definitions import read_pathway, read_site, read_text
from ward.errors import NotFound, NotUnderstood
from ward.plugins import computed_facts
from ward.wiring import pathways


@app.command()
def check(
    file: Annotated[Path | None, typer.Argument(help="A pathway file.")] = None,
    overrides: Annotated[Path | None, typer.Option(help="A file with a site's own settings, checked with it.")] = None,
    schema: Annotated[bool, typer.Option("--schema", help="Print the JSON schema of the format, for editors.")] = False,
    json: AsJson = False,
) -> None:
    """Check a pathway file: OK with its counts, or every fault with its place, in the order of the file."""
    if schema:
        print_json(pathway_schema())
        return
    if file is None:
        raise NotUnderstood("no file to check", "a pathway file, or --schema", "name the file")
    site = None if overrides is None else read_site(overrides)
    faults = check_pathway(read_text(file), file.name, computed_facts(), site)
    for fault in () if json else faults:
        note(f"wardpath: {fault}")
    if any(each.severity == "error" for each in faults):
        if json:
            print_json({"faults": faults})
        raise typer.Exit(Exit.DAMAGED)
    found = counts(read_pathway(file, site))
    if json:
        print_json({**found, "faults": faults})
        return
    told = ", ".join(f"{count} {name}" for name, count in found.items() if isinstance(count, int) and name != "version")
    typer.echo(f"OK {found['pathway']} version {found['version']}: {told}")


@app.command()
def diagram(
    ctx: typer.Context,
    file: Annotated[Path | None, typer.Argument(help="A pathway file; else the shipped one.")] = None,
    out: Annotated[Path | None, typer.Option(help="A folder to write the drawings to; else they are printed.")] = None,
    case: Annotated[str | None, typer.Option(help="A case: its path is drawn over its pathway.")] = None,
    by: Speaker = None,
    db: Db = None,
) -> None:
    """Draw a pathway: whole, as an overview and region by region; or the path of a case over it."""
    from ward.diagram import draw, draw_path

    if case is None:
        drawings = draw(read_pathway(file) if file else pathways()[0])
    else:
        house = opened(ctx, db)
        looked(house, "diagram", [known(house, case)], by)
        drawings = {f"{case}.svg": draw_path(house.engine.pathway(case), house.engine.timeline(case))}
    for name, text in sorted(drawings.items()):
        if out is None:
            typer.echo(text)
        else:
            out.mkdir(parents=True, exist_ok=True)
            (out / name).write_text(text, encoding="utf-8")
            note(f"wrote {out / name}")


@app.command()
def scenario(
    file: Annotated[Path, typer.Argument(help="A scenario file.")],
    store: Annotated[Literal["memory", "sqlite"], typer.Option(help="Where it is kept while it runs.")] = "memory",
    cadence: Annotated[int | None, typer.Option(min=1, help="Seconds between ticks; else at each due instant.")] = None,
    pathway: Annotated[Path | None, typer.Option(help="The file of a pathway of one's own to run it on.")] = None,
    json: AsJson = False,
) -> None:
    """Run a scenario and show what it brings about, step by step."""
    from ward.scenario import run_scenario

    if not file.is_file():
        raise NotFound(f"{file} is no file", "a scenario file", "check the path")
    kept = True
    own = (read_pathway(pathway),) if pathway else ()
    for step in run_scenario(file, store=store, cadence_s=cadence, own=own):
        kept = kept and not step["failed"]
        if json:
            print_json_line(step)
        else:
            typer.echo("\n".join(told(step)))
    if not kept:
        raise typer.Exit(Exit.REFUSED)


def told(step: dict[str, Any]) -> Iterator[str]:
    """A step of a scenario in lines: where it led, what it set ringing, and what did not hold."""
    where = ", ".join(step["phases"].values())
    yield f"{step['step']:>4}  {step['at']}  {step['answer'] or 'time passes':<12}  {where}  {step['label']}".rstrip()
    for kind, rows in step["reminders"].items():
        if rows:
            named = dict.fromkeys(" ".join(filter(None, (row["id"], row["subject"]))) for row in rows)
            yield f"      {kind}: {', '.join(named)}"
    for each in step["failed"]:
        yield f"      DOES NOT HOLD: {each}"


def counts(pathway: Pathway) -> dict[str, str | int]:
    """What stands in a pathway, counted."""
    form = pathway.form
    parts = ("settings", "facts", "conditions", "choices", "transitions", "requests", "reminders", "never")
    phases = sum(len(region.phases) for region in form.regions.values())
    return {
        "pathway": form.pathway,
        "version": form.version,
        "digest": pathway.digest,
        "phases": phases,
        **{part: len(getattr(form, part)) for part in parts},
    }
