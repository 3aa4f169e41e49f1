"""What every store keeps of people: the same answers in memory, in a file and on a server."""

from pathlib import Path

import msgspec
import pytest
from sqlalchemy import event

from pathway.case.envelope import By
from pathway.engine.errors import Conflict
from pathway.engine.ports import CaseKey, Credential, SignIn, Store
from persistence.driver import bare, choose
from persistence.open import open_store
from persistence.sqlite import SqliteStore
from persistence.upgrade import file, upgrade
from tests.persistence.changes import NURSE, at, enrol, head, rows_of, write
from tests.persistence.test_upgrade import to_version_1

DOCTOR = By("doctor A", "physician", "person", "sign-in")
ANNA = Credential("nurse.anna", "password", "", "$argon2id$one", at(0), must_change=True)
LAB = Credential("lab.feed", "token", "a1", "f" * 64, at(1))


def sign_in(number: int, **fields: object) -> SignIn:
    """A sign-in that began a few minutes after the start."""
    plain = SignIn(f"{number:064}", "nurse.anna", "nurse", "H1", at(number), at(number), at(720), None, "web")
    return msgspec.structs.replace(plain, **fields)


# --- credentials -----------------------------------------------------------------------------------------------------


def test_credentials_are_written_with_a_change_and_found_by_account_kind_and_label(store: Store):
    write(store, rows_of(enrol(store, "c1"), credentials=(ANNA, LAB)))
    assert store.credentials() == (LAB, ANNA)
    assert store.credentials("nurse.anna") == (ANNA,)
    assert store.credentials(kind="token", label="a1") == (LAB,)
    assert store.credentials("nurse.anna", "token") == ()
    assert store.credentials("NURSE.ANNA") == ()


def test_a_changed_secret_takes_the_place_of_the_one_before(store: Store):
    before = write(store, rows_of(enrol(store, "c1"), credentials=(ANNA, LAB)))
    changed = msgspec.structs.replace(ANNA, hash="$argon2id$two", changed_at=at(5), must_change=False)
    write(store, rows_of(before, credentials=(changed,)))
    assert store.credentials() == (LAB, changed)


def test_a_secret_is_not_kept_when_its_change_is_not(store: Store):
    before = enrol(store, "c1")
    both = (rows_of(before, credentials=(ANNA,)), rows_of(head("c1", 7, b"x" * 32), credentials=(LAB,)))

    def write_both() -> None:
        with store.write("c1") as unit:
            for change in both:
                unit.append(change)

    with pytest.raises(Conflict):
        write_both()
    assert store.credentials() == ()


# --- sign-ins --------------------------------------------------------------------------------------------------------


def test_sign_ins_are_found_by_their_hash_and_listed_latest_first(store: Store):
    other = sign_in(2, account="dr.emil")
    for each in (sign_in(1), other, sign_in(3)):
        store.begin_sign_in(each)
    assert store.sign_in(other.id_hash) == other
    assert store.sign_in("0") is None
    assert store.sign_ins() == (sign_in(3), other, sign_in(1))
    assert store.sign_ins("nurse.anna") == (sign_in(3), sign_in(1))


def test_a_used_sign_in_says_when_and_as_what_and_an_ended_one_is_used_no_more(store: Store):
    store.begin_sign_in(sign_in(1))
    assert store.use_sign_in(sign_in(1).id_hash, at(9), "charge_nurse", "H2")
    assert store.sign_in(sign_in(1).id_hash) == sign_in(1, used_at=at(9), role="charge_nurse", ward="H2")
    assert store.end_sign_in(sign_in(1).id_hash, at(10))
    assert not store.end_sign_in(sign_in(1).id_hash, at(11))
    assert not store.use_sign_in(sign_in(1).id_hash, at(12), "nurse", "H1")
    ended = sign_in(1, used_at=at(9), role="charge_nurse", ward="H2", ended_at=at(10))
    assert store.sign_in(sign_in(1).id_hash) == ended
    assert not store.use_sign_in("0", at(1), "nurse", "H1")


# --- keys ------------------------------------------------------------------------------------------------------------


def test_a_key_is_written_with_a_change_once(store: Store):
    kept = CaseKey("c1", b"\x00wrapped", at(0))
    before = write(store, rows_of(enrol(store, "c1"), case_key=kept))
    assert store.case_key("c1") == kept
    with pytest.raises(Conflict):
        write(store, rows_of(before, case_key=msgspec.structs.replace(kept, wrapped=b"other")))
    assert (store.case_key("c1"), store.case_key("c2")) == (kept, None)


def test_a_destroyed_key_leaves_when_and_nothing_else(store: Store):
    write(store, rows_of(enrol(store, "c1"), case_key=CaseKey("c1", b"wrapped", at(0))))
    assert store.destroy_case_key("c1", at(60))
    assert store.case_key("c1") == CaseKey("c1", None, at(0), at(60))
    assert not store.destroy_case_key("c1", at(61))
    assert not store.destroy_case_key("c2", at(61))
    assert store.case_key("c1") == CaseKey("c1", None, at(0), at(60))


# --- the access log --------------------------------------------------------------------------------------------------


def test_looks_are_read_back_by_case_and_by_actor_letter_for_letter(store: Store):
    store.looked_by(at(1), NURSE, "board", ("c1", "c2"))
    store.looked_by(at(2), DOCTOR, "case", ("C1",), "no grant", "denied")
    store.looked_by(at(3), DOCTOR, "case", ("c1",), "glass 1", "break_glass")
    found = store.accesses()
    assert [(each.number, each.at, each.by, each.what, each.cases) for each in found] == [
        (1, at(1), NURSE, "board", ("c1", "c2")),
        (2, at(2), DOCTOR, "case", ("C1",)),
        (3, at(3), DOCTOR, "case", ("c1",)),
    ]
    assert [(each.reason, each.outcome) for each in found] == [
        ("", "read"),
        ("no grant", "denied"),
        ("glass 1", "break_glass"),
    ]
    assert store.accesses("c1") == (found[0], found[2])
    assert store.accesses(actor="doctor A") == found[1:]
    assert store.accesses("c1", "doctor A") == found[2:]
    assert store.accesses("c", "doctor") == ()
    assert store.accesses(after=1, limit=1) == found[1:2]
    assert store.accesses("c1", after=1, limit=1) == found[2:]


def test_a_look_that_names_a_case_twice_is_found_once_and_one_at_nobody_by_no_case(store: Store):
    store.looked_by(at(1), NURSE, "board", ())
    store.looked_by(at(2), NURSE, "board", ("c1", "c2", "c1"))
    assert [each.number for each in store.accesses("c1")] == [2]
    assert [each.number for each in store.accesses(actor=NURSE.actor)] == [1, 2]
    assert store.accesses("") == store.accesses()


def test_a_case_and_an_actor_are_looked_up_in_the_log_by_an_index(sqlite_store: SqliteStore):
    asked: list[str] = []
    event.listen(sqlite_store._engine, "before_cursor_execute", lambda *said: asked.append((said[2], said[3])))
    sqlite_store.accesses("c1")
    sqlite_store.accesses(actor="nurse-7")
    sqlite_store.heads("W1")
    sqlite_store.reminders(ward="W1")
    raw = bare(choose(), sqlite_store.path)
    plans = [" ".join(row[3] for row in raw.execute(f"EXPLAIN QUERY PLAN {said}", values)) for said, values in asked]
    raw.close()
    # Each transaction of the reader begins with a statement of its own, which has no plan.
    plans = [plan for plan in plans if plan]
    assert len(plans) == 4
    for plan, index in zip(plans, ("PRIMARY KEY", "access_log_actor", "case_head_ward", "case_head_ward"), strict=True):
        assert index in plan, plan
        assert "SCAN" not in plan


# --- what an upgrade brings ------------------------------------------------------------------------------------------

LOOK = (
    "INSERT INTO access_log (number, at, said_by, what, cases) VALUES (4, 1, '{\"actor\":\"n\"}', 'board', '[\"c1\"]')"
)


def test_the_looks_of_an_older_file_are_there_after_its_upgrade_and_still_cannot_be_changed(tmp_path: Path):
    path = tmp_path / "ward.db"
    path.touch()
    with file(choose(), path).begin() as connection:
        to_version_1(connection)
        connection.exec_driver_sql(LOOK)
        connection.exec_driver_sql("PRAGMA user_version = 1")
    upgrade(path)
    store = SqliteStore.open(path)
    (found,) = store.accesses()
    assert (found.number, found.by.actor, found.cases, found.reason, found.outcome) == (4, "n", ("c1",), "", "read")
    store.looked_by(at(1), NURSE, "board", ("c1",))
    assert [each.number for each in store.accesses("c1")] == [4, 5]
    assert [each.number for each in store.accesses(actor="n")] == [4]
    store.close()
    driver = choose()
    raw = bare(driver, path)
    for statement in ("UPDATE access_log SET outcome = 'denied'", "DELETE FROM access_log"):
        with pytest.raises(driver.module.Error, match="never changed"):
            raw.execute(statement)
    raw.close()


def test_whoever_wrote_identities_at_an_older_server_may_write_the_new_tables(bare_database: str):
    from persistence.postgres.session import SCHEMA, connect
    from persistence.postgres.upgrade import engine

    role = "wardpath_third"
    with connect(bare_database) as raw:
        raw.execute(b"CREATE SCHEMA wardpath")
    with engine(bare_database).begin() as connection:
        to_version_1(connection, SCHEMA)
        connection.exec_driver_sql(f"DROP ROLE IF EXISTS {role}")
        connection.exec_driver_sql(f"CREATE ROLE {role}")
        connection.exec_driver_sql(f"GRANT SELECT, INSERT ON wardpath.identity TO {role}")
    upgrade(bare_database)
    asked = b"SELECT has_table_privilege(%s, %s, %s)"
    with connect(bare_database) as raw:
        for table in ("credential", "sign_in", "case_key"):
            for verb, may in (("INSERT", True), ("UPDATE", True), ("DELETE", False)):
                ((found,),) = raw.execute(asked, (role, f"wardpath.{table}", verb)).fetchall()
                assert found is may, (table, verb)
        raw.execute(f"DROP OWNED BY {role}".encode())
        raw.execute(f"DROP ROLE {role}".encode())


def test_whoever_kept_or_read_the_log_at_an_older_server_does_so_by_case_too(bare_database: str):
    from persistence.postgres.session import SCHEMA, connect
    from persistence.postgres.upgrade import engine

    keeper, reader = "wardpath_fourth_keeper", "wardpath_fourth_reader"
    with connect(bare_database) as raw:
        raw.execute(b"CREATE SCHEMA wardpath")
    with engine(bare_database).begin() as connection:
        to_version_1(connection, SCHEMA)
        connection.exec_driver_sql(
            LOOK.replace("INTO access_log", "INTO wardpath.access_log").replace(
                "VALUES", "OVERRIDING SYSTEM VALUE VALUES"
            )
        )
        for role, rights in ((keeper, "SELECT, INSERT"), (reader, "SELECT")):
            connection.exec_driver_sql(f"DROP ROLE IF EXISTS {role}")
            connection.exec_driver_sql(f"CREATE ROLE {role}")
            connection.exec_driver_sql(f"GRANT {rights} ON wardpath.access_log TO {role}")
    upgrade(bare_database)
    asked = b"SELECT has_table_privilege(%s, 'wardpath.access_case', %s)"
    with connect(bare_database) as raw:
        for role, may in ((keeper, {"SELECT", "INSERT"}), (reader, {"SELECT"})):
            for verb in ("SELECT", "INSERT", "UPDATE", "DELETE"):
                assert raw.execute(asked, (role, verb)).fetchall() == [(verb in may,)], (role, verb)
            raw.execute(f"DROP OWNED BY {role}".encode())
            raw.execute(f"DROP ROLE {role}".encode())
    store = open_store(bare_database)
    assert [each.number for each in store.accesses("c1")] == [4]
    store.close()
