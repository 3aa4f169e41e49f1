"""Pathways: check a file, draw a pathway, run a scenario."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from pathway.definition.load import load
from pathway.definition.pathway import Pathway
from ward.cli.app import AsJson, app
from ward.cli.exits import Exit, note
from ward.cli.shape import print_json, print_json_line
from ward.errors import NotFound, NotUnderstood
from ward.wiring import pathways

FILE_LIMIT = 2_000_000


@app.command()
def check(
    file: Annotated[Path, typer.Argument(help="A pathway file.")],
    json: AsJson = False,
) -> None:
    """Check a pathway file: OK with its counts, or the first error with its line."""
    found = counts(read_pathway(file))
    if json:
        print_json(found)
        return
    told = ", ".join(f"{count} {name}" for name, count in found.items() if isinstance(count, int) and name != "version")
    typer.echo(f"OK {found['pathway']} version {found['version']}: {told}")


@app.command()
def diagram(
    file: Annotated[Path | None, typer.Argument(help="A pathway file; else the shipped one.")] = None,
    out: Annotated[Path | None, typer.Option(help="A folder to write the drawings to; else they are printed.")] = None,
) -> None:
    """Draw a pathway."""
    from ward.diagram import draw

    drawings = draw(read_pathway(file) if file else pathways()[0])
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
    json: AsJson = False,
) -> None:
    """Run a scenario and show what it brings about, step by step."""
    from ward.scenario import run_scenario

    if not file.is_file():
        raise NotFound(f"{file} is no file", "a scenario file", "check the path")
    kept = True
    for step in run_scenario(file, store=store, cadence_s=cadence):
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


def read_pathway(file: Path) -> Pathway:
    """The pathway in a file. Raises NotFound, NotUnderstood, DefinitionError."""
    try:
        text = file.read_bytes()
    except OSError as error:
        raise NotFound(f"{file} cannot be read ({error.strerror})", "a pathway file", "check the path") from error
    if len(text) > FILE_LIMIT:
        raise NotUnderstood(f"{file} has over {FILE_LIMIT} bytes", "a pathway file", "check the path")
    try:
        return load(text.decode(), file.name)
    except UnicodeDecodeError as error:
        raise NotUnderstood(f"{file} is not UTF-8", "a text in UTF-8", "convert it") from error


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
