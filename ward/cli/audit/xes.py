"""`wardpath audit xes`: the cases as an event log for process mining."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from ward.cli.app import Db, Speaker, opened
from ward.cli.audit.group import audit
from ward.cli.audit.replay import Case, Ward, Whole, asked
from ward.cli.exits import Exit, note
from ward.errors import NotFound
from ward.xes import Log, as_xes

XES, VALUES = "xes", "xes_values"


@audit.command("xes")
def write_xes(
    ctx: typer.Context,
    case: Case = "",
    ward: Ward = "",
    whole: Whole = False,
    output: Annotated[Path | None, typer.Option("-o", "--output", help="The file; else standard output.")] = None,
    values: Annotated[bool, typer.Option("--values", help="With results, findings and doses.")] = False,
    by: Speaker = None,
    db: Db = None,
) -> None:
    """Write cases as an event log (IEEE 1849): one trace a case, in UTC, without values and without free text.

    Patients stand in it by their tokens, staff by their accounts. Ends with 4 where a case cannot be read.
    """
    house = opened(ctx, db)
    heads = asked(house, VALUES if values else XES, case, ward, whole, by)
    log = Log()
    pieces = as_xes(house, heads, log, with_values=values)
    if output is None:
        sys.stdout.buffer.writelines(pieces)
        sys.stdout.buffer.flush()
    else:
        part = output.with_name(f"{output.name}.part")
        try:
            with part.open("wb") as file:
                file.writelines(pieces)
            part.replace(output)
        except OSError as error:
            expected = "a file that can be written"
            raise NotFound(f"{output} cannot be written ({error.strerror})", expected, "name another") from error
    note(f"{log.cases} traces, {log.events} events")
    if log.faults:
        note(f"{log.faults} cases cannot be read and have no events: see `wardpath doctor`")
        raise typer.Exit(Exit.DAMAGED)
