"""Where the scenario files lie, and running one to its end."""

from collections.abc import Sequence
from pathlib import Path

import msgspec

from pathway.case.envelope import Event
from pathway.clinical.instant import Instant
from pathway.engine.ports import Stored
from ward.scenario import Run
from ward.scenario.run import Fine, Kind

SCENARIOS = Path(__file__).parent / "scenarios"


class Told(msgspec.Struct, frozen=True):
    """A scenario that was run to its end: what was not met, every event, every stored record."""

    failed: tuple[str, ...]
    events: tuple[Event, ...]
    stored: tuple[Stored, ...]
    problems: tuple[str, ...]


def tell(
    name: str,
    *,
    store: Kind = "memory",
    url: str = "",
    cadence_s: int | None = None,
    zone: str | None = None,
    fine: Sequence[Fine] = (),
    reopen: Sequence[str] = (),
) -> Told:
    """Run a scenario of this folder to its end."""
    path = SCENARIOS / f"{name}.toml"
    with Run(path, store=store, url=url, cadence_s=cadence_s, zone=zone, fine=fine, reopen=reopen) as run:
        failed = tuple(f"step {seen['step']}: {each}" for seen in run.steps() for each in seen["failed"])
        return Told(
            failed,
            tuple(run.engine.timeline(run.case)),
            tuple(run.store.stream(run.case)),
            tuple(run.engine.verify(run.case)),
        )


def unclocked(events: Sequence[Event]) -> list[Event]:
    """The events without the time at which they were recorded."""
    return [msgspec.structs.replace(each, recorded_at=Instant(0)) for each in events]
