"""`wake_idle`: a tick on an idle ward, heartbeats apart, against one bare indexed question to the same file."""

from pathlib import Path
from tempfile import TemporaryDirectory

from bench.figure import Figure, against, took_us
from bench.patient import START, engine_on
from bench.wake_flat import Nobody, seeded
from pathway.clinical.instant import Instant
from persistence.driver import choose, connect
from persistence.sqlite import SqliteStore
from persistence.statements import SELECT_DUE
from scheduler.tick import tick
from ward.clock import FixedClock

PENDING = 1_000
ROUNDS, WARM = 2_000, 200
#: Ticks and questions are so short that a round is several of each.
IN_A_ROUND = 10


class Unbeating:
    """A store whose heartbeats go nowhere: they are two commits on the disk, and would hide everything else."""

    def __init__(self, store: SqliteStore) -> None:
        self._store = store
        self.stirring = store.stirring

    def __getattr__(self, name: str) -> object:
        return getattr(self._store, name)

    def beat(self, name: str, at: Instant, *also: str) -> None:
        """Nothing."""


def measure() -> Figure:
    """Microseconds a tick that finds nothing due and nothing waiting."""
    with TemporaryDirectory(prefix="wardpath-bench-") as folder:
        clock = FixedClock(START)
        store = seeded(Path(folder) / "idle.db", PENDING, clock)
        raw = connect(choose(), store.path)
        engine, quiet = engine_on(store, clock), Unbeating(store)
        ours, limit = [], []

        def ticks() -> None:
            for _ in range(IN_A_ROUND):
                tick(engine, quiet, clock, Nobody(), worker="bench")

        def questions() -> None:
            for _ in range(IN_A_ROUND):
                assert raw.execute(SELECT_DUE, (clock.now(), 100)).fetchall() == []

        for _ in range(ROUNDS // IN_A_ROUND + WARM // IN_A_ROUND):
            ours.append(took_us(ticks) / IN_A_ROUND)
            limit.append(took_us(questions) / IN_A_ROUND)
        raw.close()
        store.close()
    warm = WARM // IN_A_ROUND
    note = f"{PENDING} pending cases; a tick asks whether anything is due or waits"
    return against("wake_idle", ours[warm:], limit[warm:], goal=2.0, unit="us", note=note)
