"""What only a server can be asked: roles, row locks, time-outs, a crash of the server, several processes."""

import json
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier, Event, Semaphore, Thread
from urllib.parse import quote

import msgspec
import pytest

from pathway.case.envelope import FIRST_HASH, digest
from pathway.engine.errors import Conflict, StoreRefused
from pathway.engine.ports import Store
from persistence.guards import APPEND_ONLY
from persistence.open import create_store, open_store
from persistence.tables import SCHEMA_VERSION
from tests.persistence.changes import (
    MINUTE,
    NURSE,
    answer,
    at,
    attempt,
    command,
    enrol,
    enrolment,
    everything,
    notice,
    rows_of,
    write,
)
from tests.persistence.server import OwnServer, Server

psycopg = pytest.importorskip("psycopg", reason="PSYCOPG IS MISSING: the PostgreSQL store was not tested")

from persistence.postgres.roles import Roles, lay_out  # noqa: E402  # only where psycopg is
from persistence.postgres.session import connect  # noqa: E402  # as above

ROOT = Path(__file__).resolve().parents[2]
KEY = ("recheck", "fibrinogen", 1)
GUARDED = ("event", *APPEND_ONLY)


def tuned(url: str, **settings: int) -> str:
    """A URL with shorter time-outs."""
    said = " ".join(f"-c {name}={value}" for name, value in settings.items())
    return f"{url}{'&' if '?' in url else '?'}options={quote(said)}"


def fill(store: Store) -> None:
    """One row at least in every table."""
    before = enrol(store, "c1")
    before = write(store, command(before, "k1"))
    write(store, rows_of(before, attempt=attempt("a1", "c1"), notices=(notice("n", "c1", (KEY,)),)))
    store.looked_by(at(1), NURSE, "board", ("c1",))
    store.beat("sweep", at(1))


def assert_sound(store: Store, case: str = "c1") -> None:
    """The chain of a case verifies up to its head, without a gap."""
    last = FIRST_HASH
    for expected, stored in enumerate(store.stream(case), 1):
        assert (stored.position, stored.previous) == (expected, last)
        last = digest(last, stored.canonical)
        assert stored.hash == last
    assert store.head(case).hash == last


# --- roles -----------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def roles() -> Roles:
    """Role names of this run: roles belong to the whole server."""
    return Roles("wardpath_test_owner", "wardpath_test_application", "wardpath_test_auditor")


@pytest.fixture
def urls(server: Server, roles: Roles, request: pytest.FixtureRequest) -> Iterator[dict[str, str]]:
    """The URL of a filled store in each of its roles, and in the superuser's."""
    database = server.make(request.getfixturevalue("_server")[1])
    lay_out(database, {role: f"p'w {role}" for role in roles}, roles)
    name = Server.name(database)
    made = {short: server.of(name, role, f"p'w {role}") for short, role in roles._asdict().items()}
    store = open_store(made["application"])
    fill(store)
    store.close()
    yield made | {"superuser": database}
    server.drop(database)
    for role in roles:
        server.ask(f"DROP ROLE {role}")


def test_the_application_does_all_its_work_in_its_role(urls: dict[str, str]):
    store = open_store(urls["application"])
    (lease, *_) = store.claim(at(1), "w", MINUTE, 10)
    assert store.settle(lease.notice.key, lease.fence, "sent", at(1))
    store.set_property("demonstration_time", "1")
    store.set_property("demonstration_time", "2")
    assert write(store, command(store.head("c1"), "k2")).position == 7
    assert write(store, enrolment("c2")).position == 1
    assert store.identity("c1") is not None
    store.close()


@pytest.mark.parametrize(
    "statement",
    [
        *("DELETE FROM " + table for table in [*GUARDED, "bundle", "identity", "notice", "case_head"]),  # noqa: S608  # tables of ours
        *("TRUNCATE " + table for table in [*GUARDED, "notice"]),
        "UPDATE event SET actor = actor",
        "UPDATE attempt SET code = code",
        "UPDATE remembered SET answer = answer",
        "UPDATE access_log SET what = what",
        "UPDATE bundle SET text = text",
        "UPDATE schema_version SET version_num = '0009'",
        "ALTER TABLE event DISABLE TRIGGER ALL",
        "DROP TRIGGER event_no_update ON event",
        "DROP FUNCTION wardpath.event_follows() CASCADE",
        "CREATE TABLE wardpath.mine (x int)",
        "SET session_replication_role = replica",
    ],
)
def test_the_application_has_no_right_to_what_would_hide_something(urls: dict[str, str], statement):
    with connect(urls["application"]) as raw, pytest.raises(psycopg.errors.InsufficientPrivilege):
        raw.execute(statement)


@pytest.mark.parametrize("table", GUARDED)
@pytest.mark.parametrize("replication", ["origin", "replica"])
def test_not_even_a_superuser_rewrites_an_append_only_table_by_mistake(urls: dict[str, str], table, replication):
    with connect(urls["superuser"]) as raw:
        raw.execute(f"SET session_replication_role = {replication}")
        before = raw.execute(f"SELECT * FROM {table}").fetchall()  # noqa: S608  # a table of ours
        column = raw.execute(f"SELECT * FROM {table}").description[-1].name  # noqa: S608  # as above
        assert before
        for forgery in (f"UPDATE {table} SET {column} = {column}", f"DELETE FROM {table}", f"TRUNCATE {table}"):  # noqa: S608  # as above
            with pytest.raises(psycopg.IntegrityError, match=f"{table}: rows are never changed or deleted"):
                raw.execute(forgery)
        assert raw.execute(f"SELECT * FROM {table}").fetchall() == before  # noqa: S608  # as above


def test_the_auditor_reads_the_record_and_no_identities(urls: dict[str, str]):
    store = open_store(urls["auditor"])
    assert_sound(store)
    assert len(store.attempts()) == 1
    # What quarantined reports say lies there too.
    with pytest.raises(StoreRefused, match="role"):
        store.identity("c1")
    for attempt_to in (
        lambda: store.beat("sweep", at(9)),
        lambda: enrol(store, "c2"),
        lambda: store.claim(at(9), "w", 1, 1),
    ):
        with pytest.raises(StoreRefused, match="role"):
            attempt_to()
    store.close()


def test_the_owner_owns_everything_and_is_no_superuser(urls: dict[str, str], roles: Roles):
    with connect(urls["owner"]) as raw:
        owners = raw.execute(b"SELECT DISTINCT tableowner FROM pg_tables WHERE schemaname = 'wardpath'").fetchall()
        assert owners == [(roles.owner,)]
        assert raw.execute(b"SELECT rolsuper, rolcreaterole FROM pg_roles WHERE rolname = current_user").fetchone() == (
            False,
            False,
        )
        raw.execute(b"ALTER TABLE heartbeat ADD COLUMN since bigint")


def test_roles_laid_out_again_keep_their_rights_and_take_a_new_password(
    urls: dict[str, str], server: Server, roles: Roles
):
    lay_out(urls["superuser"], {roles.application: "another"}, roles)
    url = server.of(Server.name(urls["superuser"]), roles.application, "another")
    store = open_store(url)
    assert write(store, command(store.head("c1"), "k2")).position == 7
    store.close()
    with connect(url) as raw, pytest.raises(psycopg.errors.InsufficientPrivilege):
        raw.execute(b"DELETE FROM event")


def test_roles_are_given_to_a_store_only(bare_database: str, roles: Roles):
    with pytest.raises(StoreRefused, match="no store"):
        lay_out(bare_database, {}, roles)
    with connect(bare_database) as raw:
        assert raw.execute(b"SELECT 1 FROM pg_roles WHERE rolname = ANY(%s)", (list(roles),)).fetchall() == []


# --- guards ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "position, previous, why",
    [(3, "right", "position"), (1, "right", "position"), (0, "right", "position"), (2, "wrong", "previous hash")],
)
def test_the_server_refuses_an_event_that_does_not_follow(
    postgres_store: Store, database: str, position, previous, why
):
    before = enrol(postgres_store, "c1")
    row = (
        "c1",
        position,
        "LatchSet",
        1,
        1,
        "a",
        "",
        "",
        b"{}",
        before.hash if previous == "right" else FIRST_HASH,
        bytes(32),
    )
    with connect(database) as raw, pytest.raises(psycopg.IntegrityError, match=why):
        raw.execute(b"INSERT INTO event VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)", row)
    assert len(list(postgres_store.stream("c1"))) == 1


def test_a_case_must_begin_with_the_first_hash(database: str):
    with connect(database) as raw, pytest.raises(psycopg.IntegrityError, match="previous hash"):
        raw.execute(
            b"INSERT INTO event VALUES ('c1', 1, 'LatchSet', 1, 1, 'a', '', '', '', %s, %s)", (b"x" * 32, bytes(32))
        )


@pytest.mark.parametrize(
    "forgery",
    ["UPDATE store_property SET value = 'live'", "DELETE FROM store_property", "TRUNCATE store_property"],
)
def test_the_origin_cannot_be_changed_by_any_program(postgres_store: Store, database: str, forgery):
    with connect(database) as raw, pytest.raises(psycopg.IntegrityError, match="store_property"):
        raw.execute(forgery)
    assert postgres_store.property("origin") == "demonstration"


def test_instants_are_64_bit_texts_sort_by_code_point_and_bytes_are_bytes(database: str):
    with connect(database) as raw:
        kinds = raw.execute(
            b"SELECT DISTINCT data_type, collation_name FROM information_schema.columns "
            b"WHERE table_schema = 'wardpath' AND table_name <> 'schema_version' ORDER BY 1"
        ).fetchall()
    assert kinds == [("bigint", None), ("bytea", None), ("text", "C")]


# --- locks -----------------------------------------------------------------------------------------------------------


def test_writers_of_different_cases_do_not_wait_for_each_other(database: str):
    first, second = open_store(database), open_store(database)
    before, other = enrol(first, "c1"), enrol(first, "c2")
    with first.write("c1") as unit:
        unit.append(command(before, "k1"))
        assert write(second, command(other, "k2")).position == 4
        with second.write("c3") as new:
            new.append(enrolment("c3"))
        assert second.head("c1") == before
    assert second.head("c1").position == 4
    first.close()
    second.close()


@pytest.mark.parametrize("known", [True, False])
def test_writers_of_one_case_wait_for_each_other_even_before_it_exists(database: str, known):
    first, second = open_store(database), open_store(database)
    change = enrolment("c1")
    if known:
        change = command(enrol(first, "c1"), "k1")
    entered = Event()

    def later() -> int:
        with second.write("c1") as unit:
            entered.set()
            return unit.head().position

    with ThreadPoolExecutor(1) as workers:
        with first.write("c1") as unit:
            seen = workers.submit(later)
            assert not entered.wait(0.2)
            unit.append(change)
        assert seen.result() == change.head.position
    first.close()
    second.close()


def test_one_patient_is_not_enrolled_twice_by_two_at_once(database: str):
    stores = [open_store(database) for _ in range(4)]
    start = Barrier(len(stores))

    def admit(number: int) -> bool:
        start.wait()
        with stores[number].write(f"c{number}") as unit:
            if unit.case_of_patient("p1", "variant_apl") is not None:
                return False
            unit.append(enrolment(f"c{number}", patient="p1"))
            return True

    with ThreadPoolExecutor(len(stores)) as workers:
        assert sorted(workers.map(admit, range(len(stores)))) == [False, False, False, True]
    assert len(stores[0].heads()) == 1
    for store in stores:
        store.close()


def test_new_cases_that_bring_the_same_bundle_at_once_all_succeed(database: str):
    stores = [open_store(database) for _ in range(4)]
    start = Barrier(len(stores))

    def admit(number: int) -> None:
        start.wait()
        enrol(stores[number], f"c{number}")

    with ThreadPoolExecutor(len(stores)) as workers:
        list(workers.map(admit, range(len(stores))))
    assert len(stores[0].heads()) == len(stores)
    for store in stores:
        store.close()


def test_a_notice_that_another_worker_is_claiming_is_passed_over(database: str, postgres_store: Store):
    before = enrol(postgres_store, "c1")
    write(postgres_store, rows_of(before, notices=(notice("a", "c1"), notice("b", "c1"))))
    with connect(database) as raw, raw.transaction():
        raw.execute(b"SELECT 1 FROM notice WHERE key = 'a' FOR UPDATE")
        assert [lease.notice.key for lease in postgres_store.claim(at(1), "w", MINUTE, 10)] == ["b"]
    assert [lease.notice.key for lease in postgres_store.claim(at(1), "w", MINUTE, 10)] == ["a"]


# --- time-outs -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "settings, why",
    [
        ({"lock_timeout": 100}, "held by another"),
        ({"lock_timeout": 0, "statement_timeout": 100}, "QueryCanceled"),
    ],
)
def test_who_waits_too_long_is_refused_and_nothing_is_half_done(database: str, settings, why):
    store = open_store(tuned(database, **settings))
    before = enrol(store, "c1")
    before = write(store, rows_of(before, notices=(notice("n", "c1", (KEY,)),)))
    seen = everything(store, ("c1",))
    change = msgspec.structs.replace(command(before, "k1"), withdraw=(KEY,))
    with connect(database) as raw:
        for held in (b"SELECT 1 FROM case_head FOR UPDATE", b"SELECT 1 FROM notice FOR UPDATE"):
            # The second lock is met half way: the events are written by then.
            with raw.transaction():
                raw.execute(held)
                with pytest.raises(StoreRefused, match=why):
                    write(store, change)
            assert everything(store, ("c1",)) == seen
    assert write(store, change).position == 4
    store.close()


def test_a_transaction_that_stands_still_is_ended_and_others_go_on(database: str):
    store, other = open_store(tuned(database, idle_in_transaction_session_timeout=100)), open_store(database)
    before = enrol(other, "c1")

    def stand_still() -> None:
        with store.write("c1") as unit:
            unit.append(command(before, "slow"))
            unit.events()
            # Waits until the server takes the case away from the one that stands still.
            assert write(other, command(before, "quick")).position == 4

    with pytest.raises(StoreRefused, match="whether it is kept is not known"):
        stand_still()
    with other.write("c1") as unit:
        assert (unit.remembered("slow"), unit.remembered("quick") is None) == (None, False)
    assert write(store, command(store.head("c1"), "again")).position == 7
    store.close()
    other.close()


# --- what the driver tells -------------------------------------------------------------------------------------------


def test_a_transaction_that_failed_inside_cannot_be_ended_as_if_it_had_not(postgres_store: Store):
    before = enrol(postgres_store, "c1")

    def go_on_regardless() -> None:
        with postgres_store.write("c1") as unit:
            unit.append(msgspec.structs.replace(command(before, "k1"), remember=answer("c1-enrol", "c1", (2,))))
            with pytest.raises(psycopg.IntegrityError):
                unit.events()

    with pytest.raises(StoreRefused, match="InFailedSqlTransaction"):
        go_on_regardless()
    assert postgres_store.head("c1") == before
    assert write(postgres_store, command(before, "k1")).position == 4


def test_a_refusal_that_comes_while_the_rest_is_being_sent_is_told_as_what_it_is(postgres_store: Store):
    before = enrol(postgres_store, "c1")
    twice = notice("n", "c1", (KEY,))
    many = (twice, twice, *(notice(f"n{each}", "c1", (KEY,)) for each in range(3_000)))
    refused = msgspec.structs.replace(command(before, "k1"), notices=many)

    def go_on_regardless() -> None:
        with postgres_store.write("c1") as unit:
            unit.append(refused)
            with pytest.raises(psycopg.IntegrityError):
                unit.events()

    with pytest.raises(StoreRefused, match="InFailedSqlTransaction"):
        go_on_regardless()
    assert postgres_store.head("c1") == before


def test_a_refusal_of_the_database_quotes_no_row(postgres_store: Store):
    before = enrol(postgres_store, "c1")
    secret = msgspec.structs.replace(before, looked_at="Ada Lovelace")
    with pytest.raises(StoreRefused) as refused:
        write(postgres_store, rows_of(secret))
    with pytest.raises(Conflict) as conflict:
        write(postgres_store, rows_of(before, remember=answer("c1-enrol", "c1", ())))
    assert "Ada" not in str(refused.value)
    assert "c1-enrol" not in str(conflict.value)
    assert "remembered_pkey" in str(conflict.value)
    assert (refused.value.__cause__, conflict.value.__cause__) == (None, None)


def test_a_store_says_where_it_is_and_how_safe_without_a_password(database: str):
    store = open_store(database)
    said = store.describe()
    assert Server.name(database) in said
    assert "synchronous_commit on, fsync on" in said
    assert "LOST" not in said
    store.close()


def test_a_database_without_a_store_a_second_store_and_a_closed_one_are_refused(bare_database: str, database: str):
    with pytest.raises(StoreRefused, match="no Wardpath store"):
        open_store(bare_database)
    with pytest.raises(StoreRefused, match="live or demonstration"):
        create_store(bare_database, "test")
    with pytest.raises(StoreRefused, match="already"):
        create_store(database, "live")
    store = open_store(database)
    store.close()
    for ask in (store.heads, store.next_look, lambda: enrol(store, "c1")):
        with pytest.raises(StoreRefused, match="closed"):
            ask()


def test_a_server_out_of_reach_and_a_wrong_password_are_refused(server: Server):
    for url in ("postgresql://nobody@127.0.0.1:1/ward", server.of("postgres", "stranger", "wrong")):
        with pytest.raises(StoreRefused) as refused:
            open_store(url)
        assert "wrong" not in str(refused.value)


def test_a_store_of_a_newer_schema_is_refused_with_the_way_out(database: str):
    with connect(database) as raw:
        raw.execute(b"UPDATE schema_version SET version_num = %s", (f"{SCHEMA_VERSION + 1:04}",))
    with pytest.raises(StoreRefused, match="upgrade Wardpath"):
        open_store(database)


# --- a server that stops ---------------------------------------------------------------------------------------------


@pytest.fixture
def crashing(server: Server) -> OwnServer:
    """A server that may be crashed: one that was started here with its own programs."""
    if not isinstance(server, OwnServer):
        pytest.skip(f"NOT RUN: the server {server.kind} is not ours to crash; apt-get install postgresql")
    return server


@pytest.mark.faults
def test_a_crash_of_the_server_inside_a_transaction_undoes_it_and_the_store_goes_on(crashing: OwnServer, database: str):
    store = open_store(database)
    before = enrol(store, "c1")
    seen = everything(store, ("c1",))

    def write_and_crash() -> None:
        with store.write("c1") as unit:
            unit.append(command(before, "k1"))
            unit.events()
            crashing.restart()

    with pytest.raises(StoreRefused, match="whether it is kept is not known"):
        write_and_crash()
    assert everything(store, ("c1",)) == seen
    assert write(store, command(before, "k1")).position == 4
    store.close()


def await_writes(written: dict[str, Semaphore]) -> None:
    """Wait until something is acknowledged anew for each case."""
    for acknowledgements in written.values():
        while acknowledgements.acquire(blocking=False):
            continue
        assert acknowledgements.acquire(timeout=60)


@pytest.mark.faults
def test_crashes_under_load_lose_nothing_acknowledged_and_the_rest_is_found_by_its_id(
    crashing: OwnServer, database: str
):
    store = open_store(database)
    cases = [f"c{number}" for number in range(3)]
    for case in cases:
        enrol(store, case)
    acknowledged: dict[str, list[str]] = {case: [] for case in cases}
    unknown: dict[str, list[str]] = {case: [] for case in cases}
    written = {case: Semaphore(0) for case in cases}
    stop = Event()

    def work(case: str) -> None:
        number = 0
        while not stop.is_set():
            number += 1
            name = f"{case}-{number}"
            try:
                with store.write(case) as unit:
                    unit.append(command(unit.head(), name))
                acknowledged[case].append(name)
                written[case].release()
            except StoreRefused:
                unknown[case].append(name)
                stop.wait(0.1)

    workers = [Thread(target=work, args=(case,)) for case in cases]
    for worker in workers:
        worker.start()
    for _ in range(2):
        await_writes(written)
        crashing.restart()
    await_writes(written)
    stop.set()
    for worker in workers:
        worker.join()
    assert any(unknown.values())
    for case in cases:
        for name in unknown[case]:
            with store.write(case) as unit:
                if unit.remembered(name) is None:
                    unit.append(command(unit.head(), name))
        assert_sound(store, case)
        with store.write(case) as unit:
            assert all(unit.remembered(name) for name in acknowledged[case] + unknown[case])
        assert store.head(case).position == 1 + 3 * (len(acknowledged[case]) + len(unknown[case]))
    store.close()


# --- several processes -----------------------------------------------------------------------------------------------


def run(*arguments: object) -> subprocess.Popen[bytes]:
    """Start the child program on this checkout."""
    command_line = [sys.executable, "-m", "tests.persistence.child", *map(str, arguments)]
    return subprocess.Popen(command_line, cwd=ROOT, stdout=subprocess.PIPE)


def answered(process: subprocess.Popen[bytes]) -> object:
    """What the child program answered."""
    out, _ = process.communicate(timeout=120)
    assert process.returncode == 0
    return json.loads(out)


@pytest.mark.faults
def test_processes_that_carry_out_the_same_commands_at_once_do_each_once_and_leave_no_gap(database: str):
    store = open_store(database)
    for case in ("c1", "c2"):
        enrol(store, case)
    done = [answered(process) for process in [run("once", database, 60) for _ in range(3)]]
    assert sorted(name for names in done for name in names) == sorted(f"k{number}" for number in range(60))
    for case in ("c1", "c2"):
        assert_sound(store, case)
        assert store.head(case).position == 1 + 3 * 30
    assert len(store.notices()) == 60
    store.close()
