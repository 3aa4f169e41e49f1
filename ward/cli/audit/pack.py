"""The audit pack of a case on the command line."""

from pathlib import Path
from typing import Annotated

import typer

from ward.cli.app import AsJson, Case, Db, Speaker, opened
from ward.cli.audit.group import audit
from ward.cli.exits import note
from ward.cli.read import known, looked, read_time
from ward.cli.shape import print_json
from ward.errors import NotFound
from ward.watchdog.telling import write

Out = Annotated[Path, typer.Option("--out", "-o", help="The folder to write the pack into; it gets one of its own.")]
At = Annotated[str | None, typer.Option("--known", help="As known at a time such as 2026-03-05T03:10+01:00.")]
Last = Annotated[int | None, typer.Option("--position", min=1, help="Up to this event.")]


@audit.command("pack")
def write_pack(
    ctx: typer.Context,
    case: Case,
    out: Out = Path(),
    position: Last = None,
    known_at: At = None,
    identified: Annotated[bool, typer.Option("--identified", help="Say who the patient is; needs a right.")] = False,
    archive: Annotated[bool, typer.Option("--zip", help="One archive in place of a folder.")] = False,
    by: Speaker = None,
    db: Db = None,
    json: AsJson = False,
) -> None:
    """Write the audit pack of a case: PDF, JSON Lines, CSV, definitions, and what checks them without the product.

    Without --position or --known it ends with the last event, so that the same record gives the same bytes on any day.
    """
    from ward.pack.content import content
    from ward.pack.files import as_zip, name_of, write_folder

    house = opened(ctx, db)
    looked(house, "pack_identified" if identified else "pack", [known(house, case)], by)
    pack = content(house, case, position, read_time("--known", known_at), identified=identified)
    try:
        if archive:
            out.mkdir(parents=True, exist_ok=True)
            written = [out / f"{name_of(pack)}.zip"]
            write(written[0], as_zip(pack))
        else:
            written = write_folder(pack, out)
    except OSError as error:
        happened = f"{out} cannot be written ({error.strerror})"
        raise NotFound(happened, "a folder that can be written", "name another with --out") from error
    if json:
        print_json(
            {
                "case": case,
                "position": pack.cut.position,
                "head": pack.stored[-1].hash,
                "files": [str(each) for each in written],
            }
        )
        return
    for each in written:
        note(f"wrote {each}")
