"""Paper for a downtime, and its end: `wardpath paper`, `wardpath reconciled`."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from pathway.clinical.instant import iso
from ward.cli.act import Role, Speaker, allowed_by
from ward.cli.app import AsJson, Db, app, opened, said
from ward.cli.exits import note
from ward.cli.read import looked, seen
from ward.cli.shape import print_json

#: Where sheets are written when nothing else is said.
FOLDER = Path("paper")


@app.command()
def paper(
    ctx: typer.Context,
    to: Annotated[Path | None, typer.Option(help="The folder; else WARDPATH_PAPER, else paper in this folder.")] = None,
    named: Annotated[Literal["token", "name"] | None, typer.Option(help="How a patient is named.")] = None,
    by: Speaker = None,
    db: Db = None,
    json: AsJson = False,
) -> None:
    """Write the downtime sheet of every ward now, as HTML and PDF: what a ward must know when no screen answers."""
    from ward.paper.folder import write_sheets

    house, settings = opened(ctx, db), said(ctx).settings
    heads = seen(house, "paper", house.engine.heads(), by)
    looked(house, "paper", heads, by)
    wards = frozenset(head.ward for head in heads)
    written = write_sheets(house, to or settings.paper or FOLDER, named or settings.paper_named, wards)
    if json:
        print_json({"written": [str(each) for each in written]})
    for each in written:
        note(f"wrote {each}")


@app.command()
def reconciled(
    ctx: typer.Context,
    ward: Annotated[str, typer.Option(help="The ward whose paper is entered.")],
    by: Speaker = None,
    role: Role = None,
    db: Db = None,
    json: AsJson = False,
) -> None:
    """Say that all entries of a downtime are made: the ward is no longer reconciling."""
    from ward.reconcile import complete

    house = opened(ctx, db)
    speaker = allowed_by(house, "Reconcile", ward, by, role)
    done = complete(house.store, house.clock, ward, by=speaker.actor, role=speaker.role)
    if json:
        print_json({"ward": done.ward, "since": iso(done.since), "until": iso(done.until)})
    else:
        typer.echo(f"ward {done.ward} is reconciled: entries from {iso(done.since)} to {iso(done.until)} are complete")
