"""Somebody who may write every byte of the database, and knows how chains are hashed, but has neither key."""

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from sqlite3 import Connection
from typing import Any

import msgspec

from pathway.case.envelope import ENCODER, FIRST_HASH, digest
from persistence.driver import bare, choose

Event = dict[str, Any]


class Attacker:
    """Works on the file of a store, with its triggers out of the way."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @contextmanager
    def inside(self) -> Iterator[Connection]:
        with closing(bare(choose(), self.path)) as raw:
            guards = raw.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
            for name, _ in guards:
                raw.execute(f"DROP TRIGGER {name}")
            yield raw
            for _, text in guards:
                raw.execute(text)

    def stream(self, case: str) -> list[Event]:
        """A stream as rows, each a dictionary."""
        with closing(bare(choose(), self.path)) as raw:
            names = [each[1] for each in raw.execute("PRAGMA table_info(event)")]
            found = raw.execute('SELECT * FROM event WHERE "case" = ? ORDER BY position', (case,)).fetchall()
        return [dict(zip(names, row, strict=True)) for row in found]

    def write(self, case: str, events: list[Event], *, head: bool = True) -> None:
        """Put other rows in the place of a stream; `head`: and let its head row fit them."""
        with self.inside() as raw:
            raw.execute('DELETE FROM event WHERE "case" = ?', (case,))
            for each in events:
                marks = ", ".join("?" for _ in each)
                raw.execute(f"INSERT INTO event VALUES ({marks})", tuple(each.values()))  # noqa: S608  # of this table
            if head and events:
                fitting = (events[-1]["position"], events[-1]["hash"], case)
                raw.execute('UPDATE case_head SET position = ?, hash = ? WHERE "case" = ?', fitting)
            if not events:
                raw.execute('DELETE FROM case_head WHERE "case" = ?', (case,))

    def change(self, case: str, how: Callable[[list[Event]], list[Event]], *, anew: bool) -> None:
        """Change a stream; `anew`: and hash it so that its chain holds."""
        events = how(self.stream(case))
        self.write(case, hashed(events) if anew else events)


def edited(event: Event, **said: Any) -> Event:
    """An event whose content says something else; the columns beside it as well."""
    content = {**msgspec.json.decode(event["canonical"]), **said}
    return {**event, "canonical": ENCODER.encode(content), **{name: said[name] for name in said if name in event}}


def hashed(events: list[Event]) -> list[Event]:
    """A stream numbered and hashed anew, as somebody without the key of the site can."""
    made, last = [], FIRST_HASH
    for position, each in enumerate(events, 1):
        moved = edited(each, position=position)
        own = digest(last, moved["canonical"])
        made.append({**moved, "position": position, "previous": last, "hash": own})
        last = own
    return made


def edit(position: int) -> Callable[[list[Event]], list[Event]]:
    """Let one event have been said by somebody else."""
    return lambda events: [
        edited(each, by={"actor": "somebody else"}) | {"actor": "somebody else", "role": ""}
        if each["position"] == position
        else each
        for each in events
    ]


def delete(position: int) -> Callable[[list[Event]], list[Event]]:
    """Take one event away."""
    return lambda events: [each for each in events if each["position"] != position]


def swap(first: int, second: int) -> Callable[[list[Event]], list[Event]]:
    """Let two events have happened in the other order."""

    def how(events: list[Event]) -> list[Event]:
        at = {each["position"]: each for each in events}
        at[first], at[second] = at[second] | {"position": first}, at[first] | {"position": second}
        return [at[position] for position in sorted(at)]

    return how


def back_date(position: int) -> Callable[[list[Event]], list[Event]]:
    """Let one event have been recorded a day before."""
    day_us = 86_400_000_000
    return lambda events: [
        edited(each, recorded_at=each["recorded_at"] - day_us) if each["position"] == position else each
        for each in events
    ]


def cut(position: int) -> Callable[[list[Event]], list[Event]]:
    """Take away an event and all after it."""
    return lambda events: [each for each in events if each["position"] < position]
