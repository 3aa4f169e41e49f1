"""Watching a ward from outside: `wardpath watchdog`."""

from pathlib import Path
from threading import Event
from typing import Annotated

import typer

from ward.cli.app import AsJson, Db, app, said, store_place
from ward.cli.exits import Exit
from ward.cli.shape import print_json_line
from ward.place import shown

#: Below this a tick that is late by a little would be an alarm.
LEAST_SILENT_S = 1.0


@app.command()
def watchdog(
    ctx: typer.Context,
    alarm: Annotated[str, typer.Option(help="A command for each alarm: one JSON object on its standard input.")] = "",
    alive: Annotated[Path | None, typer.Option(help="A file that is renewed while all is well.")] = None,
    alive_run: Annotated[str, typer.Option(help="A command that is run as often, to reach a switch elsewhere.")] = "",
    every: Annotated[float, typer.Option(min=1, help="Seconds between two of these.")] = 10.0,
    silent: Annotated[float, typer.Option(min=LEAST_SILENT_S, help="Seconds that the scheduler may be silent.")] = 3.0,
    once: Annotated[bool, typer.Option("--once", help="Look until everything is decided, then end.")] = False,
    until_alarm: Annotated[bool, typer.Option("--until-alarm", help="End at the first alarm.")] = False,
    db: Db = None,
    json: AsJson = False,
) -> None:
    """Watch a ward from a process of its own: its heartbeats, its record, its rows, its notices, its feeds.

    Each alarm is a line on standard error, once until it clears. Writes nothing but a heartbeat of its own; stop with
    Ctrl-C. Ends with 6 where an alarm stands at the end.
    """
    from ward.clock import SystemClock
    from ward.feeds import feeds
    from ward.run import asked_to_stop
    from ward.watchdog.telling import Alive, Message, Teller
    from ward.watchdog.watch import LOOK_S, Watch
    from ward.wiring import open_store

    place, wall, stopping = store_place(ctx, db), SystemClock(), Event()

    def say(made: Message, line: str) -> None:
        typer.echo(line, err=True)
        if json:
            print_json_line(made)

    watch = Watch(lambda: open_store(place), feeds(said(ctx).settings.feeds), silent)
    teller, message = Teller(wall, say, alarm), Alive(wall, alive, alive_run, every)
    typer.echo(f"watching {shown(place)}", err=True)
    with asked_to_stop(stopping):
        watch.start()
        began_s = wall.now()
        while not stopping.wait(LOOK_S):
            teller.tell(watch.look())
            if watch.well and not teller.failed:
                message.well()
            watched = wall.now() - began_s > (silent + 2 * LOOK_S) * 1_000_000
            if (until_alarm and watch.open) or (once and watched and watch.decided):
                break
        watch.stop()
        teller.finish(LOOK_S * 8)
    if watch.open:
        raise typer.Exit(Exit.ALARM)
