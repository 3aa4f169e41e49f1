"""`cohort_1e6`: every indicator of the pathway over a million events of thousands of cases, from the disk.

The cases of the demonstration, each of them so many times over under another token: of every kind, open and closed.
"""

from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from bench.figure import Figure, took_us, within
from bench.wake_flat import NUMBERS
from pathway.case.measure import Result
from persistence.sqlite import SqliteStore
from persistence.tables import EVENT, HEAD
from ward.clock import FixedClock
from ward.demonstration.opening import open_demonstration, opens
from ward.figures.asked import figures
from ward.wiring import House, house

EVENTS, ROUNDS = 1_000_000, 3
#: What the whole answer may take, in seconds.
LIMIT_S = 10.0
PATHWAY = "variant_apl"


def measure() -> Figure:
    """Seconds from the question to the figures: read, found, counted."""
    with TemporaryDirectory(prefix="wardpath-bench-") as folder:
        path = Path(folder) / "cohort.db"
        open_demonstration(path, lambda *_: None)
        store = SqliteStore.open(path)
        made = house(store, FixedClock(opens()))
        before = [len(each.units) for each in asked(made)]
        copies = -(-EVENTS // events(made)) - 1
        copy(store, copies)
        took = [took_us(lambda: asked(made)) / 1_000_000 for _ in range(ROUNDS)]
        found, count = asked(made), events(made)
        assert [len(each.units) for each in found] == [each * (copies + 1) for each in before]
        store.close()
    note = f"{count} events of {found[0].population} cases, {len(found)} indicators"
    return within("cohort_1e6", median(took), LIMIT_S, "s", note)


def asked(made: House) -> tuple[Result, ...]:
    """Every indicator, of all cases."""
    return figures(made, made.engine.heads(closed=True))


def events(made: House) -> int:
    """How many events the cases of the pathway have."""
    return sum(head.position for head in made.engine.heads(closed=True) if head.pathway == PATHWAY)


def copy(store: SqliteStore, copies: int) -> None:
    """Each case of the pathway so many times more, under tokens of their own; the bytes are those of the first."""
    mine = f"""{{table}}."case" IN (SELECT "case" FROM case_head WHERE pathway = '{PATHWAY}')"""  # noqa: S608 - a name of ours
    with store._transaction() as connection:  # noqa: SLF001 - a million rows at once, to seed
        for table in (EVENT, HEAD):
            own = f'{table.name}."case"'
            columns = [column.name for column in table.columns]
            given = ", ".join(
                f"{own} || ' copy ' || n" if name == "case" else f'{table.name}."{name}"' for name in columns
            )
            rows = f"{NUMBERS} SELECT {given} FROM {table.name}, number WHERE {mine.format(table=table.name)}"  # noqa: S608 - names of tables
            connection.execute(f"INSERT INTO {table.name} {rows}", (copies,))
