"""Enrolling from a file: one TOML table with the fields of an enrolment, and the past as a list of reports."""

import tomllib
from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer

from pathway.case.commands import Enrol
from ward.cli.act import Role, Speaker, send, speaking
from ward.cli.app import AsJson, Db, app, opened
from ward.cli.do import filled
from ward.clock import draw_id
from ward.entry import entered
from ward.errors import NotUnderstood

#: Two years of four results a day, at 300 bytes each.
FILE_LIMIT_BYTES = 1_000_000


@app.command()
def enrol(
    ctx: typer.Context,
    file: Annotated[Path, typer.Option(help="The enrolment as TOML, with [[history]] for each report of the past.")],
    key: Annotated[str | None, typer.Option("--id", help="The command's id; sent again, it writes nothing.")] = None,
    by: Speaker = None,
    role: Role = None,
    db: Db = None,
    json: AsJson = False,
) -> None:
    """Enrol a patient from a file, mid-pathway too: what was before is recorded at its own times and rings nobody."""
    fields = read(file)
    house = opened(ctx, db)
    speaker = msgspec.to_builtins(speaking(ctx, by, role))
    send(house, entered({"type": "Enrol", "id": key or draw_id(), "by": speaker} | filled(Enrol, fields, house)), json)


def read(file: Path) -> dict[str, Any]:
    """The fields in a file. Raises NotUnderstood."""
    try:
        if file.stat().st_size > FILE_LIMIT_BYTES:
            raise NotUnderstood("the file is too long", f"at most {FILE_LIMIT_BYTES} bytes", "leave older values out")
        return tomllib.loads(file.read_text("utf-8"))
    except OSError as error:
        raise NotUnderstood("the file cannot be read", "a TOML file", "check its name") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise NotUnderstood("the file is no TOML", "a TOML file", "check it with an editor") from error
