"""One bit of a store's file is turned over: what finds it, which record it names, and what reads otherwise unseen."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

from pathway.engine import Engine
from pathway.engine.errors import WardpathError
from persistence.driver import choose
from persistence.file import version_of
from persistence.sqlite import SqliteStore
from persistence.tables import TABLES
from tests.faults.disk import CLINIC, damage, engine, nothing
from ward.proof.verify import verify
from ward.record import check_record
from ward.vault import SiteVault
from ward.wiring import House


class Flip(NamedTuple):
    """What came of a flipped bit: who found it, the cases that were named, the tables that read otherwise."""

    at: int
    found_by: str
    named: tuple[str, ...]
    changed: tuple[str, ...]


def rows_of(db: Path) -> dict[str, list[Any]]:
    """Every row of every table, as the database gives it."""
    module = choose().module
    with closing(module.connect(f"{db.resolve().as_uri()}?mode=ro", uri=True)) as raw:
        raw.text_factory = bytes
        return {each.name: rows_in(raw, each.name) for each in TABLES}


def rows_in(raw: Any, table: str) -> list[str]:
    """Every row of a table; of one with a damaged name of a column, that it cannot be read."""
    try:
        return sorted(map(repr, raw.execute(f"SELECT * FROM {table}")))  # noqa: S608 - a name of the product's own
    except UnicodeDecodeError:
        # The driver reads the names of columns as text, and does not tell a damaged one as an error of its own.
        return ["unreadable"]


def flipped(original: Path, db: Path, chance: Random, vault: SiteVault) -> Flip:
    """Turn one bit of a copy over, and look for it as the product does."""
    content = bytearray(original.read_bytes())
    at = chance.randrange(len(content))
    content[at] ^= 1 << chance.randrange(8)
    db.write_bytes(content)
    found_by, named = looked_for(db, vault)
    return Flip(at, found_by, named, () if found_by == "open" else changed(original, db))


def looked_for(db: Path, vault: SiteVault) -> tuple[str, tuple[str, ...]]:
    """Who finds that something is wrong, and which cases are named; empty for nobody."""
    try:
        version_of(choose(), db)
        store = SqliteStore.open(db)
    except WardpathError:
        return "open", ()
    except choose().module.Error:
        return "open", ()
    if damage(db):
        store.close()
        return "integrity_check", ()
    with closing(store):
        made = engine(store, vault)
        house = House(store, made, made.clock, (CLINIC,))
        try:
            record = check_record(house, nothing)
            if record.problems:
                return "record", tuple(each.case for each in record.problems)
            if found := [each.case for each in made.heads(closed=True) if shut(made, each.case)]:
                return "keys", tuple(found)
            proof = verify(house, None, made.clock.now())
        except WardpathError as error:
            return f"read: {error.code}", ()
    return ("proof", tuple(each.case for each in proof.findings)) if not proof.clean else ("", ())


def shut(made: Engine, case: str) -> bool:
    """Whether it cannot be read who a case is, as the doctor asks it."""
    kept = made.identity(case)
    return kept is None or bool(kept.why)


def changed(original: Path, db: Path) -> tuple[str, ...]:
    """The tables that read otherwise."""
    before = rows_of(original)
    try:
        after = rows_of(db)
    except choose().module.Error:
        return ("unreadable",)
    return tuple(name for name in before if before[name] != after[name])


def many(original: Path, folder: Path, count: int, seed: int, vault: SiteVault) -> Iterator[Flip]:
    """So many flips, one at a time."""
    chance = Random(seed)
    db = folder / "flipped.db"
    for _ in range(count):
        for end in ("", "-wal", "-shm"):
            db.with_name(db.name + end).unlink(missing_ok=True)
        yield flipped(original, db, chance, vault)
