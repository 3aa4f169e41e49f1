"""Reading again: after a commit the store is asked for what it was just given, and each hash is computed anew.

Of what is critical always, of the rest a sample: a disk or a memory that changes what it keeps is found while the
patient is still in front of whoever entered it, and not in the night.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast

import structlog

from pathway.case.envelope import digest
from pathway.clinical.instant import Instant
from pathway.engine.ports import Change, Clock, Store, Unit
from scheduler.post import error_name

#: One commit in so many is read again, by its hash: nobody chooses, and the same one on every machine.
SAMPLE = 16
#: How the heartbeat of a stream begins of which something else was read than was written.
UNLIKE = "unlike "
LOG = structlog.get_logger()


class Noting:
    """A unit that remembers what was appended through it."""

    def __init__(self, unit: Unit) -> None:
        self._unit = unit
        self.written: list[Change] = []

    def append(self, change: Change) -> None:
        """Write the change."""
        self._unit.append(change)
        self.written.append(change)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._unit, name)


class Rereading:
    """A store that looks again at what it has committed. In everything else it is the store that it is made of."""

    def __init__(self, store: Store, wall: Clock) -> None:
        self._store, self._wall = store, wall

    @contextmanager
    def write(self, case: str, command: str = "") -> Iterator[Unit]:
        """Begin a transaction under the case's lock, and read what it wrote once that is on disk."""
        with self._store.write(case, command) as unit:
            noting = Noting(unit)
            yield cast("Unit", noting)
        self.read_again(noting.written)

    @contextmanager
    def write_both(self, case: str, other: str) -> Iterator[tuple[Unit, Unit]]:
        """Begin a transaction under two locks, and read what it wrote once that is on disk."""
        with self._store.write_both(case, other) as (one, two):
            notings = Noting(one), Noting(two)
            yield cast("Unit", notings[0]), cast("Unit", notings[1])
        for each in notings:
            self.read_again(each.written)

    def read_again(self, changes: list[Change]) -> None:
        """Read changes that are critical or in the sample. Raises nothing: they are committed, whatever is read."""
        for change in changes:
            if not change.events or not (critical(change) or change.events[-1].hash[-1] % SAMPLE == 0):
                continue
            case = change.head.case
            try:
                if self._unlike(case, change):
                    LOG.error("the store does not give back what it was given", case=case)
                    self._store.beat(f"{UNLIKE}{case}", self._wall.now())
            except Exception as error:  # noqa: BLE001 - the answer is given all the same; the night looks at everything
                LOG.error("what was committed could not be read", case=case, error=error_name(error))  # noqa: TRY400 - names only

    def _unlike(self, case: str, change: Change) -> bool:
        """Whether what is there is other than what was written, or does not match its hash."""
        begin = change.events[0].event.position - 1
        stored = {each.position: each for each in self._store.stream(case, begin)}
        for number, chained in enumerate(change.events):
            found = stored.get(chained.event.position)
            mac = change.macs[number] if change.macs else b""
            if found is None or (found.canonical, found.hash, found.mac) != (chained.canonical, chained.hash, mac):
                return True
            if digest(found.previous, found.canonical) != found.hash:
                return True
        return False

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)


def rereading(store: Store, wall: Clock) -> Store:
    """A store as an engine writes to it."""
    return cast("Store", Rereading(store, wall))


def critical(change: Change) -> bool:
    """Whether a change is about something grave: a critical reminder, or a notice of the first severity."""
    return any(row.critical for row in change.reminders) or any(each.severity == 0 for each in change.notices)


def unlike(store: Store) -> dict[str, Instant]:
    """The streams of which something else was read than was written, and since when."""
    return {name.removeprefix(UNLIKE): at for name, at in store.beats().items() if name.startswith(UNLIKE)}
