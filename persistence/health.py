"""What a database says of itself: versions, settings, damage, guards, its clock. Judged elsewhere; no patient data."""

from pathlib import Path
from typing import NamedTuple

from persistence.driver import SAFE_LOG, choose, connect
from persistence.guards import triggers
from persistence.open import is_server
from persistence.refusal import refusal
from persistence.tables import SCHEMA_VERSION

#: Lines of damage that are kept; the first ones say where to look.
DAMAGE_SHOWN = 20
#: Cases whose events have no head row: a case that was dropped from the boards.
SELECT_HEADLESS = """SELECT DISTINCT "case" FROM event
WHERE NOT EXISTS (SELECT 1 FROM case_head WHERE case_head."case" = event."case") ORDER BY "case" """
JOURNALS = {"wal": "write-ahead log", "truncate": "rollback journal (truncate)"}
SYNCHRONOUS = {0: "OFF", 1: "NORMAL", 2: "FULL", 3: "EXTRA"}


class Setting(NamedTuple):
    """A setting that matters. `loses`: with another value than `wanted`, acknowledged writes can be lost."""

    name: str
    found: str
    wanted: str
    mend: str
    loses: bool


class Health(NamedTuple):
    """A database as it describes itself.

    `damage`: what its own check found, empty for nothing. `unguarded`: guards that are missing or turned off.
    `headless`: tokens of cases with events and no head row. `clock_us`: the server's instant, None for a file.
    """

    versions: dict[str, str]
    settings: tuple[Setting, ...]
    damage: tuple[str, ...]
    unguarded: tuple[str, ...]
    headless: tuple[str, ...]
    clock_us: int | None


def health(place: str | Path, quick: bool = False) -> Health:
    """Ask a store how it is. `quick` leaves out whether indexes and tables of a file agree.

    Raises StoreRefused when it cannot be asked at all; what is damaged inside is told, not raised.
    """
    if is_server(place):
        from persistence.postgres.health import health_of_server

        return health_of_server(str(place))
    return health_of_file(Path(place), quick)


def health_of_file(path: Path, quick: bool) -> Health:
    """Ask a file. Reads only; a writer may go on meanwhile."""
    driver = choose()
    damage = damage_of(path, quick)
    try:
        connection = connect(driver, path)
    except driver.module.DatabaseError as error:
        raise refusal(error) or error from error
    try:
        (journal,) = connection.execute("PRAGMA journal_mode").fetchone()
        (synchronous,) = connection.execute("PRAGMA synchronous").fetchone()
        (recursive,) = connection.execute("PRAGMA recursive_triggers").fetchone()
        (schema,) = connection.execute("PRAGMA user_version").fetchone()
        there = {row[0] for row in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger'")}
        headless = () if damage else tuple(row[0] for row in connection.execute(SELECT_HEADLESS))
    except driver.module.DatabaseError as error:
        raise refusal(error) or error from error
    finally:
        connection.close()
    old = "install pysqlite3, or a Python with SQLite " + ".".join(map(str, SAFE_LOG))
    restart = "stop every program on this file and open it with Wardpath alone"
    settings = (
        Setting("journal", JOURNALS.get(journal, journal), JOURNALS["wal"], old, loses=journal not in JOURNALS),
        Setting("synchronous", SYNCHRONOUS.get(synchronous, str(synchronous)), "FULL", restart, loses=True),
        Setting("recursive triggers", str(recursive), "1", restart, loses=True),
    )
    versions = {
        "sqlite": ".".join(map(str, driver.version)),
        "driver": driver.module.__name__.split(".")[0],
        "schema": f"{schema} (this release: {SCHEMA_VERSION})",
    }
    return Health(versions, settings, damage, missing(triggers(), there), headless, None)


def damage_of(path: Path, quick: bool = False) -> tuple[str, ...]:
    """What SQLite's own check finds wrong with a file: pages, indexes, references. Empty for nothing."""
    driver = choose()
    found: list[str] = []
    try:
        connection = connect(driver, path)
    except driver.module.DatabaseError as error:
        return (str(error),)
    try:
        check = "quick_check" if quick else "integrity_check"
        found += [row[0] for row in connection.execute(f"PRAGMA {check}({DAMAGE_SHOWN})") if row[0] != "ok"]
        found += [f"{row[0]} refers to a missing {row[2]}" for row in connection.execute("PRAGMA foreign_key_check")]
    except driver.module.DatabaseError as error:
        found.append(str(error))
    finally:
        connection.close()
    return tuple(found[:DAMAGE_SHOWN])


def missing(made: list[str], there: set[str]) -> tuple[str, ...]:
    """The triggers that these statements make and a database does not have."""
    begin = "CREATE TRIGGER "
    names = [text.removeprefix(begin).split()[0] for text in made if text.startswith(begin)]
    return tuple(name for name in names if name not in there)
