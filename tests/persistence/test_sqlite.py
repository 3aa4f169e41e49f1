"""What only a file can be asked: guards in the database, kill -9, several processes, foreign and damaged files."""

import json
import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import msgspec
import pytest
from sqlalchemy import event

from pathway.case.envelope import FIRST_HASH, digest
from pathway.engine.errors import Conflict, StoreRefused
from pathway.engine.ports import Head, Notice, ReminderRow
from persistence import statements
from persistence.driver import SAFE_LOG, choose, journal_for
from persistence.file import lay_out
from persistence.guards import APPEND_ONLY
from persistence.memory import MemoryStore
from persistence.sqlite import POOL_KEPT, SqliteStore
from persistence.tables import HEAD, NOTICE, REMINDER, SCHEMA_VERSION
from tests.persistence import child
from tests.persistence.changes import (
    MINUTE,
    NURSE,
    START,
    answer,
    at,
    attempt,
    command,
    enrol,
    everything,
    notice,
    rows_of,
    write,
)

ROOT = Path(__file__).resolve().parents[2]
CASES = ("c1", "c2")


def run(*arguments: object) -> subprocess.Popen[bytes]:
    """Start the child program on this checkout."""
    command_line = [sys.executable, "-m", "tests.persistence.child", *map(str, arguments)]
    return subprocess.Popen(command_line, cwd=ROOT, stdout=subprocess.PIPE)


def answered(process: subprocess.Popen[bytes]) -> object:
    """What the child program answered."""
    out, _ = process.communicate(timeout=120)
    assert process.returncode == 0
    return json.loads(out)


def raw(store: SqliteStore) -> sqlite3.Connection:
    """Another program on the same file, with SQLite's own settings."""
    return choose().module.connect(store.path, isolation_level=None)


def fill(store: SqliteStore) -> Head:
    """One row at least in every append-only table."""
    before = enrol(store, "c1")
    write(store, rows_of(before, attempt=attempt("a1", "c1")))
    store.looked_by(at(1), NURSE, "board", ("c1",))
    return before


# --- guards in the database ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("table", ["event", *APPEND_ONLY])
@pytest.mark.parametrize(
    "forgery",
    [
        "UPDATE {table} SET {column} = {column}",
        "DELETE FROM {table}",
        "INSERT OR REPLACE INTO {table} SELECT * FROM {table}",
        "REPLACE INTO {table} SELECT * FROM {table}",
        "INSERT INTO {table} SELECT * FROM {table} WHERE true ON CONFLICT DO UPDATE SET {column} = {column}",
    ],
)
def test_an_append_only_table_refuses_to_be_rewritten_by_any_program(sqlite_store: SqliteStore, table, forgery):
    fill(sqlite_store)
    other = raw(sqlite_store)
    everything_in = f"SELECT * FROM {table}"  # noqa: S608  # a table of ours
    before = other.execute(everything_in).fetchall()
    assert before
    column = other.execute(everything_in).description[-1][0]
    with pytest.raises(choose().module.IntegrityError, match=f"{table}: "):
        other.execute(forgery.format(table=table, column=column))
    assert other.execute(everything_in).fetchall() == before
    other.close()


@pytest.mark.parametrize(
    "position, previous, why",
    [
        (3, "right", "position"),
        (1, "right", "position"),
        (0, "right", "position"),
        (3, "wrong", "position"),
        (2, "wrong", "previous hash"),
    ],
)
def test_the_database_refuses_an_event_that_does_not_follow(sqlite_store: SqliteStore, position, previous, why):
    before = enrol(sqlite_store, "c1")
    last = before.hash if previous == "right" else FIRST_HASH
    row = ("c1", position, "LatchSet", 1, 1, "a", "", "", b"{}", last, bytes(32), b"")
    other = raw(sqlite_store)
    with pytest.raises(choose().module.IntegrityError, match=why):
        other.execute(statements.INSERT_EVENT, row)
    other.close()
    assert len(list(sqlite_store.stream("c1"))) == 1


def test_a_case_must_begin_with_the_first_hash(sqlite_store: SqliteStore):
    row = ("c1", 1, "LatchSet", 1, 1, "a", "", "", b"{}", b"x" * 32, bytes(32), b"")
    other = raw(sqlite_store)
    with pytest.raises(choose().module.IntegrityError, match="previous hash"):
        other.execute(statements.INSERT_EVENT, row)
    other.close()


@pytest.mark.parametrize(
    "forgery",
    [
        "UPDATE store_property SET value = 'live' WHERE name = 'origin'",
        "DELETE FROM store_property WHERE name = 'origin'",
        "INSERT OR REPLACE INTO store_property VALUES ('origin', 'live')",
    ],
)
def test_the_origin_cannot_be_changed_by_any_program(sqlite_store: SqliteStore, forgery):
    other = raw(sqlite_store)
    with pytest.raises(choose().module.IntegrityError, match="store_property"):
        other.execute(forgery)
    other.close()
    assert sqlite_store.property("origin") == "demonstration"


def test_a_text_in_the_place_of_an_instant_is_refused_by_the_table(sqlite_store: SqliteStore):
    before = enrol(sqlite_store, "c1")
    with pytest.raises(StoreRefused, match="looked_at"):
        write(sqlite_store, rows_of(msgspec.structs.replace(before, looked_at="2026-03-05T09:00")))
    assert sqlite_store.head("c1") == before


def test_a_conflict_that_only_the_database_sees_is_told_as_one(sqlite_store: SqliteStore):
    before = fill(sqlite_store)
    with pytest.raises(Conflict, match="remembered"):
        write(sqlite_store, rows_of(before, remember=answer("c1-enrol", "c1", ())))


def test_every_look_at_patients_is_logged(sqlite_store: SqliteStore):
    sqlite_store.looked_by(at(1), NURSE, "board", CASES)
    other = raw(sqlite_store)
    ((number, when, said_by, what, cases, *rest),) = other.execute("SELECT * FROM access_log").fetchall()
    other.close()
    assert (number, when, what, json.loads(cases)) == (1, at(1), "board", list(CASES))
    assert (json.loads(said_by)["actor"], rest) == ("nurse-7", ["", "read"])


# --- kill -9 ---------------------------------------------------------------------------------------------------------


@pytest.mark.faults
@pytest.mark.parametrize("journal", ["wal", "truncate"])
@pytest.mark.parametrize("unit, step, fewest", [("statement", 1, 20), ("instruction", 23, 30)])
def test_killed_at_any_point_of_an_append_nothing_is_lost_or_half_done(tmp_path: Path, journal, unit, step, fewest):
    outcomes = answered(run("kill", tmp_path, journal, unit, step))
    assert len(outcomes) > fewest
    assert [killed for _, _, killed in outcomes] == [True] * (len(outcomes) - 1) + [False]
    expected = prefixes()
    for name, acknowledged, _ in outcomes:
        store = SqliteStore(tmp_path / name, choose()._replace(journal=journal))
        kept = next(number for number, state in enumerate(expected) if everything(store, CASES) == state)
        assert acknowledged <= kept <= acknowledged + 1
        assert_sound(store)
        for change in list(child.story())[kept:]:
            write(store, change)
        assert everything(store, CASES) == expected[-1]
        store.close()
    assert {acknowledged for _, acknowledged, _ in outcomes} == set(range(len(expected)))


def prefixes() -> list[dict[str, object]]:
    """What a store answers after none, one, two ... and all writes of the story, by the memory store."""
    told = MemoryStore()
    states = [everything(told, CASES)]
    for change in child.story():
        write(told, change)
        states.append(everything(told, CASES))
    return states


def assert_sound(store: SqliteStore) -> None:
    """The file is whole, and the chain of case c1 verifies up to its head."""
    with store._reading() as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    last = FIRST_HASH
    for stored in store.stream("c1"):
        assert stored.previous == last
        last = digest(last, stored.canonical)
        assert stored.hash == last
    found = store.head("c1")
    assert (found.hash if found else FIRST_HASH) == last


# --- several processes -----------------------------------------------------------------------------------------------


@pytest.mark.faults
def test_two_processes_write_one_case_in_turn(sqlite_store: SqliteStore):
    enrol(sqlite_store, "c1")
    processes = [run("write", sqlite_store.path, name, 40) for name in ("a", "b")]
    ends = [end for process in processes for end in answered(process)]
    assert sorted(ends) == list(range(4, 242, 3))
    assert sqlite_store.head("c1").position == 241
    assert len(sqlite_store.notices("c1")) == 80
    assert_sound(sqlite_store)


def test_a_second_store_on_the_file_sees_what_the_first_committed(sqlite_store: SqliteStore):
    second = SqliteStore.open(sqlite_store.path)
    before = enrol(sqlite_store, "c1")
    assert second.head("c1") == before
    write(second, command(before, "k1"))
    assert sqlite_store.head("c1").position == 4
    second.close()


def test_a_reader_is_not_stopped_by_a_writer(sqlite_store: SqliteStore):
    before = enrol(sqlite_store, "c1")
    second = SqliteStore.open(sqlite_store.path)
    with sqlite_store.write("c1") as unit:
        unit.append(command(before, "k1"))
        assert second.head("c1") == before
        assert second.heads() == [before]
    second.close()


# --- files -----------------------------------------------------------------------------------------------------------


def test_a_store_opened_again_answers_the_same(tmp_path: Path):
    store = SqliteStore.create(tmp_path / "ward.db", "live", "Ward W1")
    before = fill(store)
    write(store, command(before, "k1"))
    seen = everything(store, CASES)
    store.close()
    again = SqliteStore.open(str(tmp_path / "ward.db"))
    assert everything(again, CASES) == seen
    assert (again.origin, again.property("label")) == ("live", "Ward W1")
    again.close()


def test_the_same_changes_give_the_same_bytes_in_memory_and_in_a_file(sqlite_store: SqliteStore):
    told = MemoryStore()
    for store in (sqlite_store, told):
        before = fill(store)
        enrol(store, "c2", ward="W2", closed=True, next_look=None)
        before = write(store, command(before, "k1"))
        write(store, rows_of(before, withdraw=(("recheck", "k1", 1),), notices=(notice("n", "c1"),)))
        (lease,) = store.claim(at(2), "w", MINUTE, 5)
        store.settle(lease.notice.key, lease.fence, "waiting", at(2), at(3))
        store.beat("sweep", START)
    assert everything(sqlite_store, CASES) == everything(told, CASES)


def test_a_new_store_refuses_an_existing_file_and_leaves_it(tmp_path: Path):
    path = tmp_path / "notes.txt"
    path.write_text("keep me")
    with pytest.raises(StoreRefused, match="exists"):
        SqliteStore.create(path, "live")
    assert path.read_text() == "keep me"


def test_a_new_store_is_for_its_owner_alone(sqlite_store: SqliteStore):
    enrol(sqlite_store, "c1")
    modes = {file.stat().st_mode & 0o777 for file in sqlite_store.path.parent.iterdir()}
    assert modes == {0o600}


def test_a_new_store_needs_a_folder_and_a_known_origin(tmp_path: Path):
    with pytest.raises(StoreRefused, match="make the folder"):
        SqliteStore.create(tmp_path / "nowhere" / "ward.db", "live")
    with pytest.raises(StoreRefused, match="live or demonstration"):
        SqliteStore.create(tmp_path / "ward.db", "test")
    assert list(tmp_path.iterdir()) == []


def foreign_text(path: Path) -> None:
    path.write_text("not a database")


def foreign_database(path: Path) -> None:
    other = sqlite3.connect(path)
    other.execute("PRAGMA journal_mode = DELETE")
    other.execute("CREATE TABLE patient (name TEXT)")
    other.commit()
    other.close()


@pytest.mark.parametrize("make", [foreign_text, foreign_database, Path.touch])
def test_a_foreign_file_is_refused_and_not_touched(tmp_path: Path, make):
    path = tmp_path / "other.db"
    make(path)
    before = path.read_bytes()
    with pytest.raises(StoreRefused, match="no Wardpath store"):
        SqliteStore.open(path)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("path", ["missing.db", "."])
def test_a_path_without_a_file_is_refused_and_nothing_is_made(tmp_path: Path, path):
    with pytest.raises(StoreRefused, match="cannot be read"):
        SqliteStore.open(tmp_path / path)
    assert list(tmp_path.iterdir()) == []


def test_a_store_of_a_newer_schema_is_refused_with_the_way_out(sqlite_store: SqliteStore):
    other = raw(sqlite_store)
    other.execute(f"PRAGMA user_version = {SCHEMA_VERSION + 1}")
    other.close()
    with pytest.raises(StoreRefused, match="upgrade Wardpath"):
        SqliteStore.open(sqlite_store.path)


def test_a_closed_store_refuses_every_question(sqlite_store: SqliteStore):
    sqlite_store.close()
    for ask in (sqlite_store.heads, sqlite_store.next_look, lambda: enrol(sqlite_store, "c1")):
        with pytest.raises(StoreRefused, match="closed"):
            ask()


def test_a_torn_file_is_refused_or_says_so_when_read(sqlite_store: SqliteStore, tmp_path: Path):
    enrol(sqlite_store, "c1")
    sqlite_store.close()
    whole = sqlite_store.path.read_bytes()
    torn = tmp_path / "torn.db"
    torn.write_bytes(whole[:100] + bytes(len(whole) - 100))
    with pytest.raises(StoreRefused, match=r"malformed|schema|no such table"):
        SqliteStore.open(torn)


def test_a_full_disk_refuses_the_write_keeps_the_rest_and_resumes(sqlite_store: SqliteStore):
    before = enrol(sqlite_store, "c1")
    limits = [1, 1_000_000]
    pages = []
    event.listen(
        sqlite_store._engine,
        "checkout",
        lambda connection, *_: pages.append(connection.execute(f"PRAGMA max_page_count = {limits[0]}").fetchone()),
    )
    big = msgspec.structs.replace(command(before, "k1", bundle="digest-2"), bundle_text=b"x" * 200_000)
    with pytest.raises(StoreRefused, match="full"):
        write(sqlite_store, big)
    assert sqlite_store.head("c1") == before
    limits.pop(0)
    assert write(sqlite_store, big) == sqlite_store.head("c1")
    assert_sound(sqlite_store)


# --- settings --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "pragma, value",
    [
        ("synchronous", 2),
        ("foreign_keys", 1),
        ("recursive_triggers", 1),
        ("trusted_schema", 0),
        ("busy_timeout", 5000),
        ("journal_mode", choose().journal),
    ],
)
def test_every_connection_is_set_for_safety(sqlite_store: SqliteStore, pragma, value):
    with sqlite_store._reading() as first, sqlite_store._reading() as second:
        assert first is not second
        assert {connection.execute(f"PRAGMA {pragma}").fetchone() for connection in (first, second)} == {(value,)}


@pytest.mark.parametrize(
    "version, journal",
    [((3, 40, 1), "truncate"), ((3, 51, 2), "truncate"), (SAFE_LOG, "wal"), ((3, 53, 4), "wal"), ((4, 0), "wal")],
)
def test_only_a_mended_sqlite_keeps_a_write_ahead_log(version, journal):
    assert journal_for(version) == journal


def test_without_the_newer_driver_the_store_works_and_says_what_it_uses(tmp_path: Path):
    said = answered(run("standard", tmp_path / "ward.db"))
    version = tuple(int(part) for part in said["version"].split("."))
    assert said["journal"] == journal_for(version)
    assert f"SQLite {said['version']} (sqlite3)" in said["describe"]
    assert ("rollback journal" in said["describe"]) == (version < SAFE_LOG)


def test_a_store_in_rollback_journal_mode_passes_between_both(tmp_path: Path):
    old = choose()._replace(journal="truncate")
    lay_out(old, tmp_path / "ward.db", "live", "")
    store = SqliteStore(tmp_path / "ward.db", old)
    assert "rollback journal" in store.describe()
    before = enrol(store, "c1")
    store.close()
    for driver in (old._replace(journal="wal"), old):
        again = SqliteStore(tmp_path / "ward.db", driver)
        before = write(again, command(before, driver.journal))
        again.close()
    assert before.position == 7


def test_two_kinds_of_journal_at_once_are_refused(tmp_path: Path):
    driver = choose()
    lay_out(driver, tmp_path / "ward.db", "live", "")
    first = SqliteStore(tmp_path / "ward.db", driver._replace(journal="wal"))
    enrol(first, "c1")
    with pytest.raises(StoreRefused, match="journal"):
        SqliteStore(tmp_path / "ward.db", driver._replace(journal="truncate"))
    first.close()


def test_questions_of_many_threads_at_once_are_each_answered_and_few_connections_stay(sqlite_store: SqliteStore):
    with ThreadPoolExecutor(24) as threads:
        asked = [threads.submit(sqlite_store.property, "origin") for _ in range(400)]
        assert {each.result() for each in asked} == {"demonstration"}
    assert 1 <= len(sqlite_store._readers) <= POOL_KEPT
    sqlite_store.close()
    assert sqlite_store._readers == []
    with pytest.raises(StoreRefused, match="closed"):
        sqlite_store.property("origin")


@pytest.mark.parametrize("table, struct", [(HEAD, Head), (REMINDER, ReminderRow), (NOTICE, Notice)])
def test_columns_stand_in_the_order_of_the_struct(table, struct):
    names = [column.name for column in table.columns]
    # Who is on duty when a notice goes out is asked then, and kept nowhere.
    kept = [each for each in struct.__struct_fields__ if (struct, each) != (Notice, "accounts")]
    assert names[: len(kept)] == kept


@pytest.mark.parametrize(
    "statement, parameters, index",
    [
        (statements.SELECT_DUE, (1, 1), "case_head_next_look"),
        (statements.SELECT_UNLOOKED, (1, 1), "case_head_looked_at"),
        (statements.SELECT_NEXT_LOOK, (), "case_head_next_look"),
        (statements.SELECT_STIRRING, (1, 1, 1), "case_head_next_look"),
        (statements.SELECT_STIRRING, (1, 1, 1), "notice_unsent"),
        (statements.SELECT_CLAIMABLE, (1, 1, 1, "[]", 1), "notice_unsent"),
        (statements.SELECT_PENDING, ("c1",), "notice_pending"),
        (statements.SELECT_CASE_OF_PATIENT, ("p1", "variant_apl"), "case_head_patient"),
        (statements.SELECT_EVENTS, ("c1", 0), "PRIMARY KEY"),
    ],
)
def test_hot_questions_use_an_index_and_sort_nothing(sqlite_store: SqliteStore, statement, parameters, index):
    with sqlite_store._reading() as connection:
        plan = " ".join(row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {statement}", parameters))
    assert index in plan
    assert "TEMP B-TREE" not in plan or statement is statements.SELECT_CASE_OF_PATIENT
