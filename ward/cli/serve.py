"""Running: `wardpath run`."""

import sys
from contextlib import closing
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Annotated

import typer

from ward.cli.app import Db, app, store_place
from ward.cli.exits import note
from ward.errors import NotUnderstood
from ward.place import there
from ward.settings import PORT

#: A day in nine seconds; faster than this nothing can be seen.
FASTEST = 10_000
SEED_OPTION = typer.Option(min=0, help="With --demo: other values and hours; the same seed is the same demonstration.")
PORT_OPTION = typer.Option(min=0, max=65535, help="The port on this machine; 0 picks a free one.")


@app.command()
def run(
    ctx: typer.Context,
    db: Db = None,
    demo: Annotated[bool, typer.Option("--demo", help="Run the ward of invented patients; made when absent.")] = False,
    speed: Annotated[str | None, typer.Option(help="How fast a demonstration's time runs; 1 is real time.")] = None,
    port: Annotated[int, PORT_OPTION] = PORT,
    seed: Annotated[int | None, SEED_OPTION] = None,
) -> None:
    """Run a ward: scheduler, notices and the board on this machine, until Ctrl-C.

    With --demo the ward is a demonstration with invented patients, kept in demo.db unless --db says otherwise: it opens
    at 02:00 of a fifth day, and at 03:10 a report arrives for the patient in bed 3.
    """
    from ward.demonstration.chance import SEED
    from ward.run import SPEED, run_ward

    place = store_place(ctx, db)
    own_speed = read_speed(speed)
    if demo:
        own_speed = own_speed or SPEED
        if not there(place):
            make(Path(place), SEED if seed is None else seed)
    run_ward(place, port=port, speed=own_speed, out=sys.stdout, note_to=note, seed=seed)


def make(path: Path, seed: int) -> None:
    """Make the demonstration of a seed and the key of its checkpoints, with progress on standard error."""
    from rich.console import Console
    from rich.progress import Progress

    from ward.demonstration.opening import open_demonstration
    from ward.proof.key import found_key, key_place
    from ward.wiring import open_store

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("making the demonstration ward", total=None)
        open_demonstration(path, lambda number, of: bar.update(task, completed=number - 1, total=of), seed)
    with closing(open_store(path)) as store:
        found_key(store, key_place(path))
    note(f"made {path}: a demonstration with invented patients")


def read_speed(text: str | None) -> Decimal | None:
    """The speed of an option. Raises NotUnderstood."""
    try:
        speed = None if text is None else Decimal(text)
    except InvalidOperation:
        speed = Decimal(0)
    if speed is not None and not (speed.is_finite() and 0 < speed <= FASTEST):
        raise NotUnderstood("--speed cannot be read", f"a number above 0 and up to {FASTEST}", "say --speed 60")
    return speed
