"""The commands of an inspector, under one name."""

import typer

from ward.cli.app import app

audit = typer.Typer(
    name="audit", no_args_is_help=True, help="Inspect the record: proof, replay, deviations, figures, exports, looks."
)
app.add_typer(audit)
