"""`wardpath import labs`: results that lie in a file."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pathway.clinical.instant import iso, show_span
from ward.cli.app import AsJson, Db, Speaker, app, opened, printed, store_place, table
from ward.cli.exits import note, plain_markup
from ward.cli.shape import print_json, print_json_line
from ward.cli.speaker import feeder
from ward.place import Place, there

if TYPE_CHECKING:
    from rich.table import Table

    from pathway.engine.ports import Store
    from ward.laboratory.tally import Value

#: The values themselves are printed for so many people; for more there is --json.
VALUES_SHOWN_FOR = 3

importing = typer.Typer(help="Import what lies in files.", no_args_is_help=True)
app.add_typer(importing, name="import")


@importing.callback()
def kinds() -> None:
    """Import what lies in files."""


@importing.command()
def labs(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(help="A CSV file, plain or .gz; or a folder that a laboratory writes to.")],
    mapping: Annotated[str, typer.Option("--map", help="A map file, or the name of a shipped one: mimic3_demo.")],
    subject: Annotated[list[str] | None, typer.Option(help="Only this subject; may be said several times.")] = None,
    every: Annotated[int | None, typer.Option(min=1, help="A folder: look again after so many seconds.")] = None,
    by: Speaker = None,
    db: Db = None,
    json: AsJson = False,
) -> None:
    """Feed laboratory results through the engine, each person in their own time, and count what became of them.

    The store is made when absent: a demonstration under the map's label. A second import writes nothing.

    Of a folder every file is taken as it is now, for the open cases of a store that exists: results that belong to
    none go to quarantine, files go to `done` or `failed`. With --every it is watched until Ctrl-C.
    """
    if file.is_dir():
        watched(ctx, file, mapping, every, by, db, json=json)
        return
    from rich.console import Console
    from rich.progress import Progress

    from ward.laboratory.feeding import feed
    from ward.laboratory.mapping import find_map
    from ward.laboratory.rows import read_rows
    from ward.laboratory.tally import tally, values
    from ward.wiring import house, open_store

    about = find_map(mapping)
    rows = read_rows(file, about, frozenset(subject or ()))
    place = store_place(ctx, db)
    store = open_store(place) if there(place) else new_store(place, about.label)
    ctx.call_on_close(store.close)
    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(f"importing {file.name}", total=rows.count)
        fed = feed(store, rows, about, lambda count: bar.advance(task, count))
    for reason, count in rows.unread.items():
        note(f"{count} rows left out: {reason}")
    note(f"{fed.written} commands written, {fed.repeated} were there before")
    for code, count in fed.refused.items():
        note(f"{count} commands refused: {code}")
    found = tally(house(store).engine, about, list(rows.by_subject), house(store).pathways)
    each_value = values(house(store).engine, about, list(rows.by_subject), house(store).pathways)
    if json:
        print_json({"rows": rows.count, "unread": rows.unread, **fed.told(), "analytes": found, "values": each_value})
        return
    if len(rows.by_subject) <= VALUES_SHOWN_FOR:
        printed(value_table(each_value))
    heads = ("analyte", "values", "unusable", "line", "crossed down", "crossed up", "rechecks due", "on time", "late")
    made = table(*heads, title=about.title)
    for each in found:
        for line in each.lines or (None,):
            crossed = (line.name, line.down, line.up) if line else ("", "", "")
            counted = (each.analyte, each.values, each.unusable, *crossed, each.due, each.on_time, each.late)
            made.add_row(*map(plain_markup, counted))
    printed(made)


def new_store(place: Place, label: str) -> "Store":
    """A demonstration with its invented people, for imported results."""
    from ward.demonstration.people import invite
    from ward.vault import key_file
    from ward.wiring import create_store, house

    store = create_store(place, "demonstration", label, key_file(place))
    invite(house(store))
    return store


def watched(
    ctx: typer.Context, folder: Path, mapping: str, every: int | None, by: str | None, db: str | None, *, json: bool
) -> None:
    """Take the files of a folder, once or until Ctrl-C, and say of each what became of it."""
    from threading import Event

    from ward.laboratory.mapping import find_map
    from ward.laboratory.watching import take

    about, house, wait = find_map(mapping), opened(ctx, db), Event()
    while True:
        # Asked anew each time: a token that was revoked ends the feed.
        for each in take(house, feeder(house, by), folder, about):
            if json:
                print_json_line(each)
            else:
                told = ", ".join(f"{count} {word}" for word, count in each.told.items()) or "no rows"
                typer.echo(f"{each.file}: {each.failed or told}")
        if every is None:
            return
        wait.wait(every)


def value_table(found: "list[Value]") -> "Table":
    """Each value with what it crossed, and whether its recheck came on time."""
    made = table("case", "collected", "analyte", "value", "crossed", "recheck due", "kept", title="Values")
    for each in found:
        kept = "" if each.late_us is None else "on time" if each.late_us == 0 else f"late by {show_span(each.late_us)}"
        due = "" if each.recheck_due_at is None else iso(each.recheck_due_at)
        value = each.entered if each.usable else f"{each.entered} (unusable)"
        cells = (each.case, iso(each.collected_at), each.analyte, value, ", ".join(each.crossed), due, kept)
        made.add_row(*map(plain_markup, cells))
    return made
