"""A program with the alarm of a ward and nothing else, to be killed, stopped, and made sick by a word.

ticking.py PLACE        says `ready` after its first tick; `hang`: the next tick never ends; `dead`: the alarm's thread
                        ends. It says `heard` when it is so
"""

import sys
from pathlib import Path
from threading import Event

from pathway.clinical.instant import utc
from scheduler.alarm import Alarm
from scheduler.post import Posted
from scheduler.tick import sweep, tick
from ward.clock import SystemClock
from ward.wiring import house, open_store


class Nobody:
    """A way out that nothing takes."""

    def send(self, notice: object, attempt: int) -> Posted:
        """Carry it."""
        return Posted(("nobody",))


def main(place: str) -> None:
    """Tick until a word comes."""
    clock, store, said = SystemClock(), open_store(Path(place)), set[str]()
    ready, hanging = Event(), Event()
    made = house(store, clock)

    def ticked() -> None:
        if "hang" in said:
            store.beat("tick", clock.now())
            hanging.set()
            Event().wait()
        tick(made.engine, store, clock, Nobody(), worker="ticking")
        ready.set()

    alarm = Alarm(
        tick=ticked,
        sweep=lambda: sweep(made.engine, store, clock),
        next_due=store.next_look,
        wall_of=utc,
        wall=clock,
        failed=lambda error: None,
    )
    alarm.start()
    ready.wait()
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    for line in sys.stdin:
        said.add(line.strip())
        if "dead" in said:
            alarm._scheduler.shutdown(wait=False)
        if "hang" in said:
            alarm.wake()
            hanging.wait()
        sys.stdout.write("heard\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1])
