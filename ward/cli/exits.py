"""Exit codes, and the edge where errors become one line on standard error."""

from enum import IntEnum
from typing import Any

import typer
from rich.markup import escape
from typer.core import TyperGroup

from pathway.definition.errors import DefinitionError
from pathway.engine.errors import (
    CommandReused,
    Conflict,
    RecordDamaged,
    StoreRefused,
    UnknownBundle,
    WardpathError,
)
from ward.errors import NotFound, NotUnderstood, PluginRefused
from ward.scenario.form import ScenarioWrong


class Exit(IntEnum):
    """What a command ends with; stable, documented in `wardpath --help`, held by a test."""

    OK = 0
    REFUSED = 1
    USAGE = 2
    NOT_FOUND = 3
    DAMAGED = 4
    STORE_REFUSED = 5
    ALARM = 6


EXIT_HELP = "\n\n".join(
    (
        "Exit codes:",
        "0 done",
        "1 refused, or a scenario that does not hold",
        "2 not understood",
        "3 not found",
        "4 the record, the definition, the scenario or a plug-in is damaged",
        "5 the store cannot be opened, or not for this",
        "6 the watchdog's alarm stands",
    )
)

#: From the leaves up: the first class that fits decides.
CODES: tuple[tuple[type[Exception], Exit], ...] = (
    (NotUnderstood, Exit.USAGE),
    (NotFound, Exit.NOT_FOUND),
    (DefinitionError, Exit.DAMAGED),
    (ScenarioWrong, Exit.DAMAGED),
    (PluginRefused, Exit.DAMAGED),
    (RecordDamaged, Exit.DAMAGED),
    (UnknownBundle, Exit.DAMAGED),
    (StoreRefused, Exit.STORE_REFUSED),
    (CommandReused, Exit.REFUSED),
    (Conflict, Exit.REFUSED),
)


class Edge(TyperGroup):
    """The outermost command: an expected error is one line and a code, never a traceback."""

    def invoke(self, ctx: Any) -> Any:
        """Run the command."""
        try:
            return super().invoke(ctx)
        except (WardpathError, DefinitionError) as error:
            typer.echo(f"wardpath: {error}", err=True)
            raise typer.Exit(code_of(error)) from error
        except BrokenPipeError as error:
            # Whoever read our output has seen enough.
            raise typer.Exit(Exit.OK) from error


def code_of(error: Exception) -> Exit:
    """The exit code of an expected error."""
    return next((code for kind, code in CODES if isinstance(error, kind)), Exit.REFUSED)


def note(text: str) -> None:
    """Tell a person something on standard error."""
    typer.echo(text, err=True)


def plain_markup(text: object) -> str:
    """Text that Rich prints as it is."""
    return escape(str(text))
