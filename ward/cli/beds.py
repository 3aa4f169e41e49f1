"""Beds of the site: `wardpath beds`."""

from typing import Annotated

import typer

from ward.cli.act import Role, Speaker, allowed_by
from ward.cli.app import AsJson, Db, app, opened, printed, table
from ward.cli.exits import plain_markup
from ward.cli.shape import print_json


@app.command()
def beds(
    ctx: typer.Context,
    ward: Annotated[str | None, typer.Argument(help="The ward whose beds are said; none to see them all.")] = None,
    names: Annotated[str | None, typer.Argument(help="Its beds, as 1,2,3a; an empty text takes the ward off.")] = None,
    by: Speaker = None,
    role: Role = None,
    db: Db = None,
    json: AsJson = False,
) -> None:
    """See which beds each ward has, or say it as an administrator: the board shows empty ones too."""
    from ward.beds import beds as known
    from ward.beds import set_beds

    house = opened(ctx, db)
    if ward is not None and names is not None:
        speaker = allowed_by(house, "SetBeds", "", by, role)
        set_beds(house.store, ward, names.split(","), by=speaker.actor, role=speaker.role)
    found = {name: each for name, each in known(house.store).items() if ward in (None, name)}
    if json:
        print_json({"beds": found})
        return
    rows = table("ward", "beds", "which")
    for name, each in found.items():
        rows.add_row(plain_markup(name), str(len(each)), plain_markup(", ".join(each)))
    printed(rows)
