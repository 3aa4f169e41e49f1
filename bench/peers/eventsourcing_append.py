"""Run in the peers' environment: one aggregate, one event a save, durable on SQLite. Prints microseconds a save."""

import json
import sqlite3
from importlib.metadata import version
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter_ns

from eventsourcing.application import Application
from eventsourcing.domain import Aggregate, event

SAVES, WARM = 400, 50


class Patient(Aggregate):
    """Keeps the last value and counts them."""

    @event("Measured")
    def measure(self, loinc: str, value: str, unit: str, collected_at: int) -> None:
        """Take a value."""
        self.last = (loinc, value, unit, collected_at)


def measured(folder: Path) -> dict[str, object]:
    """Saves of one event each, the aggregate kept in memory by the caller as our engine keeps a case."""
    env = {"PERSISTENCE_MODULE": "eventsourcing.sqlite", "SQLITE_DBNAME": str(folder / "peer.db")}
    with Application(env=env) as application:
        patient = Patient()
        application.save(patient)
        took = []
        for number in range(SAVES):
            began = perf_counter_ns()
            patient.measure("3255-7", "92", "mg/dL", number)
            application.save(patient)
            took.append((perf_counter_ns() - began) / 1000)
    said = f"eventsourcing {version('eventsourcing')} on SQLite {sqlite3.sqlite_version}"
    return {"ours": median(took[WARM:]), "note": f"{said}, one event a save: no rules, no reminders, no answer kept"}


if __name__ == "__main__":
    with TemporaryDirectory() as folder:
        print(json.dumps(measured(Path(folder))))
