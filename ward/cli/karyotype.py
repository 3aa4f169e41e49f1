"""`wardpath karyotype`: what a reported karyotype says, for people; it asks no store."""

from typing import TYPE_CHECKING, Annotated

import typer

from pathway.clinical.karyotype import Break, Karyotype, Outcome, ReceptorEvent, read_karyotype
from ward.cli.app import AsJson, app, printed, table
from ward.cli.exits import plain_markup
from ward.cli.shape import plain, print_json

if TYPE_CHECKING:
    from rich.table import Table

CAUTION = "banding never confirms"
OUTCOMES = {
    Outcome.READ: "read, nothing left over",
    Outcome.PARTLY: "read in part: see what was not understood",
    Outcome.NO_RESULT: "no result: this is not a normal karyotype",
    Outcome.NOT_UNDERSTOOD: "not understood",
    Outcome.TOO_LONG: "too long: not read",
}


@app.command()
def karyotype(
    text: Annotated[str, typer.Argument(help="The karyotype as the laboratory wrote it, in quotes.")],
    json: AsJson = False,
) -> None:
    """Read a karyotype: clones, breaks at RARA, the fusions they allow, repairs, and what was not understood.

    Banding never confirms: the fusions are a set to be tested, not a result.
    """
    found = read_karyotype(text)
    if json:
        print_json({**plain(found), "candidates": found.candidates, "caution": CAUTION})
        return
    typer.echo(f"{OUTCOMES[found.outcome]}; {CAUTION}")
    for made in (clone_table(found), event_table(found), repair_table(found), residue_table(found)):
        if made.row_count:
            typer.echo("")
            printed(made)
    if not found.events:
        typer.echo("\nNo break at a receptor was read. A normal karyotype excludes no fusion.")


def clone_table(found: Karyotype) -> "Table":
    """The clones, the parts by other methods, and remarks."""
    made = table("clone", "chromosomes", "sex", "changes", "cells", title="What was read")
    for number, each in enumerate(found.clones, start=1):
        count = " to ".join(str(number) for number in dict.fromkeys((each.low, each.high)) if number is not None)
        changes = ", ".join(change.text for change in each.changes)
        cells = ("composite " if each.composite else "") + ("" if each.cells is None else str(each.cells))
        name = f"{number} donor" if each.donor else f"{number}"
        made.add_row(*map(plain_markup, (name, count, each.sex, changes, cells)))
    for part in found.sections:
        made.add_row(part.evidence.value, "", "", plain_markup(part.text), "")
    for remark in found.no_results:
        made.add_row("no result", "", "", plain_markup(remark.text), "")
    for remark in found.remarks:
        made.add_row("remark", "", "", plain_markup(remark.text), "")
    return made


def event_table(found: Karyotype) -> "Table":
    """The breaks at a receptor gene."""
    made = table("break at", "written", "by", "other breaks", "may be", "certainty", "cells", title="Receptor events")
    for each in found.events:
        at = " ".join((each.gene, *map(shown, each.receptor)))
        others = ", ".join(map(shown, each.partners))
        told = (at, each.text, each.evidence.value, others, may_be(each), each.certainty.replace("_", " "), cells(each))
        made.add_row(*map(plain_markup, told))
    return made


def repair_table(found: Karyotype) -> "Table":
    """What was mended to read it; places are characters of the text, counted from 1."""
    made = table("repair", "at", "was", "read as", title="Repairs")
    for each in found.repairs:
        made.add_row(*map(plain_markup, (each.name.value, each.start + 1, ascii(each.was), ascii(each.now))))
    return made


def residue_table(found: Karyotype) -> "Table":
    """What was not understood."""
    made = table("not understood", "at", "because", title="Left over")
    for each in found.residue:
        made.add_row(*map(plain_markup, (each.text, each.start + 1, each.why.value)))
    return made


def shown(point: Break) -> str:
    """A break in words: `17q21`, `11 (no band)`."""
    return f"{point.chromosome}{point.band}" if point.band else f"{point.chromosome} (no band)"


def may_be(event: ReceptorEvent) -> str:
    """The set of fusions; a tilde where the bands are too coarse to tell."""
    if not event.candidates:
        return "no known partner there"
    return " or ".join(each.name if each.inside else f"~{each.name}" for each in event.candidates)


def cells(event: ReceptorEvent) -> str:
    """How many of the counted metaphases carry it."""
    if event.cells is None:
        return "not counted"
    return f"{event.cells} of {event.of_cells}"
