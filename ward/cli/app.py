"""The root of the command line: options for every command, and the store they speak of."""

from dataclasses import dataclass, field
from typing import Annotated
from zoneinfo import ZoneInfo

import typer
from rich.console import Console
from rich.table import Table

from ward.approval import banner
from ward.cli.exits import EXIT_HELP, Edge
from ward.feeds import Hearing, feeds, silences
from ward.logs import log_to
from ward.place import Place, place_of
from ward.settings import DEMONSTRATION_DB, Settings
from ward.settings import settings as settings_now
from ward.wiring import House, open_house

app = typer.Typer(
    name="wardpath",
    cls=Edge,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Care pathways as durable cases, and reminders that cannot be lost. "
    f"Not clinically approved: a demonstration.\n\n{EXIT_HELP}",
)

Db = Annotated[
    str | None,
    typer.Option(
        "--db",
        help="The store: a file, or postgresql://role@host/database; else WARDPATH_DB, else demo.db in this folder.",
        show_default=False,
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON with stable keys; instants as RFC 3339 in UTC.")]
Speaker = Annotated[str | None, typer.Option("--by", help="Who speaks; else WARDPATH_BY.", show_default=False)]
Role = Annotated[str | None, typer.Option("--role", help="Under which role; else WARDPATH_ROLE.", show_default=False)]
Case = Annotated[str, typer.Argument(help="The token of the case, as `wardpath cases` lists it.")]
#: What a table may use where nobody watches: wide enough that no line is cut.
WIDE = 200


@dataclass
class Said:
    """What was said before the command's name."""

    settings: Settings
    db: str | None = field(default=None, repr=False)


@app.callback()
def root(ctx: typer.Context, db: Db = None) -> None:
    """Keep the options that come before a command."""
    settings = settings_now()
    log_to(level=settings.log)
    ctx.obj = Said(settings, db)


def said(ctx: typer.Context) -> Said:
    """What was said before the command's name."""
    found: Said = ctx.find_root().obj
    return found


def store_place(ctx: typer.Context, db: str | None) -> Place:
    """Where the store is: said after the command, before it, in WARDPATH_DB, or the demonstration's."""
    root_said = said(ctx)
    text = db or root_said.db or root_said.settings.db
    return place_of(text) if text else DEMONSTRATION_DB


def opened(ctx: typer.Context, db: str | None) -> House:
    """The store that is spoken of, with its engine; closed when the command ends. Raises StoreRefused."""
    house = open_house(store_place(ctx, db))
    ctx.call_on_close(house.close)
    return house


def warned(house: House) -> None:
    """Say above what a table shows of patients that nothing is approved, and which feeds are silent (H38)."""
    if text := banner(house):
        typer.echo(text.upper())
    zone, now = ZoneInfo(house.store.property("zone") or "UTC"), house.clock.now()
    for each in silences(Hearing(house.store, feeds(settings_now().feeds)), now):
        typer.echo(f"NOT HEARD: {each.words(zone, now)}")


def printed(table: Table) -> None:
    """Print a table: as wide as the terminal, or wide enough where nobody watches."""
    console = Console()
    if not console.is_terminal:
        console = Console(width=WIDE)
    console.print(table)


def table(*heads: str, title: str = "") -> Table:
    """An empty table."""
    made = Table(title=title or None, title_justify="left", box=None, pad_edge=False, header_style="bold")
    for head in heads:
        made.add_column(head)
    return made
