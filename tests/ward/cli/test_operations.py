"""Operating a store: looking it over, copying it while it runs, restoring, upgrading; on real files and servers."""

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from random import Random
from threading import Event, Thread
from typing import Any
from urllib.parse import urlsplit

import pytest

from pathway.case.commands import By, Enrol, RecordResult
from pathway.clinical.computed import COMPUTED, Computed
from pathway.clinical.instant import SECOND, Instant
from pathway.clinical.reading import Reading
from pathway.definition.load import load
from pathway.engine import Engine
from persistence.driver import bare, choose
from persistence.tables import REMINDER, SCHEMA_VERSION, TABLES
from tests.house.tree import ROOT
from tests.persistence.server import OwnServer, Server, missing, programs, running
from tests.ward.cli.conftest import Run, approve_all, data
from tests.ward.cli.test_run import line_with, stopped
from tests.ward.cli.test_run import running as running_ward
from ward.approval import BANNER, banner
from ward.clock import FixedClock, SystemClock
from ward.place import place_of
from ward.settings import Settings
from ward.vault import key_file
from ward.wiring import House, house, open_house, open_store

DOCTOR = By("Dr A", "physician")
LAB = By("lab", "laboratory", "feed")
SEPSIS = ROOT / "tests" / "pathways" / "sepsis" / "v1.toml"
PATIENCE_S = 60


def rows(path: Path) -> dict[str, list[Any]]:
    """Every row of every table."""
    with closing(bare(choose(), path)) as raw:
        return {table.name: raw.execute(str(table.select())).fetchall() for table in TABLES}


def tamper(path: Path, *statements: str) -> None:
    """Write as somebody who has the file and takes the guards away."""
    with closing(bare(choose(), path)) as raw:
        for statement in statements:
            raw.execute(statement)


def findings(run: Run, path: Path | str, exit_code: int, *words: str) -> list[dict[str, str]]:
    """What the doctor finds wrong, but for an SQLite so old that it keeps another journal."""
    result = run("doctor", "--json", "--db", path, *words)
    assert result.exit_code == exit_code, result.stdout + result.stderr
    found = json.loads(result.stdout)
    assert (found["status"] == "fault") == (exit_code == 4)
    return [each for each in found["findings"] if each["severity"] != "ok" and each["about"] != "journal"]


def a_result(number: int, case: str, at: Instant) -> RecordResult:
    return RecordResult(
        id=f"w{number}", case=case, by=LAB, loinc="3255-7", value=str(90 + number % 9), unit="mg/dL", collected_at=at
    )


def enrol(made: House, case: str, **fields: Any) -> None:
    names = {"name": "Invented", "number": case}
    plain: dict[str, Any] = {
        "pathway": "variant_apl",
        "origin": "live",
        "zone": "Europe/Berlin",
        "ward": "W",
        "bed": "1",
    }
    command = Enrol(
        id=f"e-{case}", case=case, by=DOCTOR, presented_at=made.clock.now(), identifiers=names, patient=f"p-{case}",
        **(plain | fields),
    )  # fmt: skip
    assert made.engine.handle(command).status == "accepted"


def flip(path: Path, needle: bytes) -> None:
    """Turn one bit in the middle of these bytes, which stand in the file once."""
    whole = bytearray(path.read_bytes())
    at = whole.index(needle) + len(needle) // 2
    whole[at] ^= 1
    path.write_bytes(whole)


def a_stored_piece(path: Path, case: str, position: int) -> bytes:
    """Bytes of an event that stand in the file just once, in one piece."""
    with closing(open_store(path)) as store:
        canonical = next(each.canonical for each in store.stream(case) if each.position == position)
    whole = path.read_bytes()
    pieces = (canonical[at : at + 60] for at in range(0, len(canonical) - 60, 5))
    return next(piece for piece in pieces if whole.count(piece) == 1)


# --- the doctor ------------------------------------------------------------------------------------------------------


def test_the_doctor_finds_nothing_wrong_with_a_sound_store(wardpath: Run, demonstration: Path):
    result = wardpath("doctor", "--json", "--db", demonstration)
    found = data(result)
    assert found["status"] == ("ok" if choose().journal == "wal" else "warning")
    told = {each["about"]: each["what"] for each in found["findings"]}
    assert {"wardpath", "python", "sqlite", "driver", "schema", "journal", "synchronous"} <= set(told)
    with closing(open_store(demonstration)) as store:
        heads = store.heads(closed=True)
    assert told["record"].startswith(f"{len(heads)} cases, {sum(head.position for head in heads)} events, until 20")
    assert told["synchronous"] == "FULL"


def test_the_doctor_writes_nothing(wardpath: Run, demonstration: Path):
    before = rows(demonstration)
    assert wardpath("doctor", "--db", demonstration).exit_code == 0
    assert rows(demonstration) == before


def test_a_flipped_bit_is_found_and_its_case_and_event_are_named(wardpath: Run, demonstration: Path):
    flip(demonstration, a_stored_piece(demonstration, "demo-03", 5))
    found = findings(wardpath, demonstration, 4)
    assert [(each["case"], each["about"]) for each in found] == [("demo-03", "record")]
    assert found[0]["what"] == "position 5 does not match its hash"
    assert "backup" in found[0]["mend"]


def test_no_damage_anywhere_in_the_file_ends_in_anything_but_a_finding(wardpath: Run, demonstration: Path):
    sound, random, ended = demonstration.read_bytes(), Random(7), set()
    for _ in range(12):
        broken = bytearray(sound)
        # From the second page on: the first one says whether the file is a store at all.
        at = random.randrange(4096, len(broken) - 600)
        broken[at : at + 600] = random.randbytes(600)
        demonstration.write_bytes(broken)
        result = wardpath("doctor", "--json", "--db", demonstration)
        assert result.exit_code in {0, 4}, repr(result.exception)
        ended.add(json.loads(result.stdout)["status"])
        for end in ("-wal", "-shm"):
            Path(f"{demonstration}{end}").unlink(missing_ok=True)
    assert "fault" in ended


@pytest.mark.parametrize(
    "statement, told",
    [
        (
            "UPDATE case_head SET bed = 'x' WHERE \"case\" = 'demo-03'",
            "its head row is not the fold of its events: bed",
        ),
        ("UPDATE case_head SET next_look = NULL WHERE \"case\" = 'demo-03'", "it is open and nobody will look at it"),
        ("UPDATE reminder SET due_at = due_at + 1 WHERE \"case\" = 'demo-03'", "is not the fold of its events"),
        ("DELETE FROM reminder WHERE \"case\" = 'demo-03'", "is not the fold of its events"),
        ("DELETE FROM case_head WHERE \"case\" = 'demo-03'", "events without a head row"),
    ],
)
def test_a_row_that_is_not_the_fold_of_its_events_is_found(
    wardpath: Run, demonstration: Path, statement: str, told: str
):
    tamper(demonstration, statement)
    found = findings(wardpath, demonstration, 4)
    assert {each["case"] for each in found} == {"demo-03"}
    assert told in found[0]["what"]


def test_a_reminder_nobody_opened_is_found(wardpath: Run, demonstration: Path):
    columns = ", ".join(f'"{column.name}"' for column in REMINDER.columns)
    copied = columns.replace('"ordinal"', "ordinal + 50")
    tamper(
        demonstration,
        f"INSERT INTO reminder ({columns}) SELECT {copied} FROM reminder WHERE \"case\" = 'demo-03' LIMIT 1",  # noqa: S608
    )
    assert [each["case"] for each in findings(wardpath, demonstration, 4)] == ["demo-03"]


def test_a_guard_that_was_taken_away_is_found(wardpath: Run, demonstration: Path):
    tamper(demonstration, "DROP TRIGGER event_no_update")
    (found,) = findings(wardpath, demonstration, 4)
    assert found["what"] == "the trigger event_no_update is missing or turned off"


def said_of(path: Path) -> str:
    """What every page and notice of a store says."""
    made = open_house(path)
    try:
        return banner(made)
    finally:
        made.close()


def test_a_damaged_record_of_definitions_is_located_and_takes_neither_the_cases_nor_the_notices_away(
    wardpath: Run, demonstration: Path
):
    approve_all(wardpath, demonstration)
    assert said_of(demonstration) == ""
    wrong = "UPDATE event SET canonical = x'7b7d' WHERE \"case\" = 'site:definitions' AND position = 2"
    tamper(demonstration, "DROP TRIGGER event_no_update", wrong)
    assert "demo-03" in wardpath("cases", "--db", demonstration).stdout
    assert wardpath("case", "demo-03", "--db", demonstration).exit_code == 0
    assert said_of(demonstration) == BANNER
    found = findings(wardpath, demonstration, 4)
    assert "position 2 does not match its hash" in [
        each["what"] for each in found if each["case"] == "site:definitions"
    ]


def test_a_case_with_bytes_that_are_no_event_is_one_line_and_a_code(wardpath: Run, demonstration: Path):
    wrong = "UPDATE event SET canonical = x'7b7d' WHERE \"case\" = 'demo-03' AND position = 5"
    tamper(demonstration, "DROP TRIGGER event_no_update", wrong)
    for words in (("case", "demo-03"), ("why", "demo-03"), ("timeline", "demo-03")):
        result = wardpath(*words, "--db", demonstration)
        assert (result.exit_code, result.stderr.count("\n")) == (4, 1)
        assert "the record of demo-03 holds bytes that are no event" in result.stderr
    listed = {each["case"]: each["due_line"] for each in data(wardpath("cases", "--db", demonstration, "--json"))}
    assert listed["demo-03"] == "cannot be shown (record_damaged): look at the patient and the chart"
    assert "cannot be shown" not in listed["demo-01"]


def test_a_quick_look_leaves_the_chains_out(wardpath: Run, demonstration: Path):
    flip(demonstration, a_stored_piece(demonstration, "demo-03", 5))
    assert findings(wardpath, demonstration, 0, "--quick") == []


def test_a_case_is_decided_from_what_the_store_keeps_though_its_file_is_gone(
    wardpath: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    wardpath("init", "--origin", "live", "--db", "live.db")
    monkeypatch.setenv("WARDPATH_PATHWAYS", json.dumps([str(SEPSIS)]))
    made = open_house(tmp_path / "live.db")
    enrol(made, "s1", pathway="sepsis")
    made.close()
    monkeypatch.delenv("WARDPATH_PATHWAYS")
    assert [each["severity"] for each in findings(wardpath, "live.db", 0)] == ["warning"]


def test_a_case_that_this_release_cannot_decide_is_named_with_its_reason(wardpath: Run, tmp_path: Path):
    wardpath("init", "--origin", "live", "--db", "live.db")
    fact = '[facts.always]\ntitle = "Always no"\ncomputed = "always_no@1"\n\n[conditions]\n'
    always = Computed("always_no", 1, "readings", lambda readings: Reading(known=True, value=False), "bool")
    text = SEPSIS.read_text("utf-8").replace("[conditions]\n", fact)
    made = house(open_store(tmp_path / "live.db"))
    engine = Engine(made.store, [load(text, "own.toml", {**COMPUTED, "always_no@1": always})], made.clock)
    enrol(replace(made, engine=engine), "s1", pathway="sepsis")
    made.close()
    found = [each for each in findings(wardpath, "live.db", 4) if each["severity"] == "fault"]
    assert [(each["about"], each["case"]) for each in found] == [("undecidable", "s1")]
    assert found[0]["what"].endswith(": the computed fact always_no@1 is not here")


def test_what_waits_for_somebody_is_counted(wardpath: Run, demonstration: Path):
    now = open_house(demonstration).clock.now()
    made = house(open_store(demonstration), FixedClock(Instant(now + 12 * 3600 * SECOND)))
    made.engine.handle(a_result(1, "nobody", now))
    for case in made.store.due_cases(made.clock.now(), 100):
        made.engine.look(case)
    leases = made.store.claim(made.clock.now(), "w", 60 * SECOND, 2)
    for lease in leases:
        made.store.settle(lease.notice.key, lease.fence, "undeliverable", made.clock.now())
    made.close()
    found = {each["about"]: each["what"] for each in findings(wardpath, demonstration, 4)}
    assert found["quarantine"] == "1 reports wait"
    assert found["notices"] == "2 could not be delivered"
    assert "12 h ahead of this clock" in found["clocks"]


def test_a_record_ahead_of_the_clock_is_a_fault(wardpath: Run, tmp_path: Path):
    wardpath("init", "--origin", "live", "--db", "live.db")
    made = house(open_store(tmp_path / "live.db"), FixedClock(Instant(SystemClock().now() + 600 * SECOND)))
    enrol(made, "c1")
    made.close()
    found = [each for each in findings(wardpath, "live.db", 4) if each["severity"] == "fault"]
    assert [each["about"] for each in found] == ["clocks"]
    assert "ahead of this clock" in found[0]["what"]


def test_what_the_doctor_says_holds_no_name(wardpath: Run, demonstration: Path):
    flip(demonstration, a_stored_piece(demonstration, "demo-03", 5))
    tamper(demonstration, "UPDATE case_head SET ward = 'x'")
    with closing(open_store(demonstration)) as store:
        opened = [house(store).engine.identity(head.case) for head in store.heads(closed=True)]
    names = {value for each in opened if each for value in json.loads(each.text).values()}
    result = wardpath("doctor", "--db", demonstration)
    assert result.exit_code == 4
    assert names
    assert [name for name in names if name in result.stdout + result.stderr] == []


def test_a_file_that_is_no_store_is_a_fault(wardpath: Run, tmp_path: Path):
    (tmp_path / "notes.txt").write_text("keep me")
    for name in ("notes.txt", "nothing.db"):
        assert [each["about"] for each in findings(wardpath, name, 4)] == ["store"]


# --- backup and restore ----------------------------------------------------------------------------------------------


def test_a_backup_made_while_a_writer_commits_is_one_instant_of_the_store(wardpath: Run, demonstration: Path):
    made, stop, written = open_house(demonstration), Event(), []

    def write() -> None:
        while not stop.is_set():
            answer = made.engine.handle(a_result(len(written), "demo-03", made.clock.now()))
            written.append(answer.status)

    writer = Thread(target=write)
    writer.start()
    try:
        outcomes = [wardpath("backup", f"copy{number}.db", "--db", demonstration) for number in range(3)]
    finally:
        stop.set()
        writer.join(PATIENCE_S)
    assert [each.exit_code for each in outcomes] == [0, 0, 0], outcomes[0].stderr
    assert len(written) > 10
    assert set(written) == {"accepted"}
    stored = [each.hash for each in made.store.stream("demo-03")]
    made.close()
    reached = []
    for number in range(3):
        with closing(open_store(demonstration.with_name(f"copy{number}.db"))) as copy:
            head = copy.head("demo-03")
            assert [each.hash for each in copy.stream("demo-03")] == stored[: head.position]
            reached.append(head.position)
    assert reached == sorted(reached)
    assert reached[0] < reached[-1]


def test_the_doctor_is_not_misled_by_a_writer(wardpath: Run, demonstration: Path):
    made, stop, written = open_house(demonstration), Event(), []

    def write() -> None:
        while not stop.is_set():
            written.append(made.engine.handle(a_result(len(written), "demo-03", made.clock.now())).status)

    writer = Thread(target=write)
    writer.start()
    try:
        found = [findings(wardpath, demonstration, 0) for _ in range(3)]
    finally:
        stop.set()
        writer.join(PATIENCE_S)
    made.close()
    assert found == [[], [], []]
    assert len(written) > 10


def test_a_restored_store_is_the_store(wardpath: Run, demonstration: Path, tmp_path: Path):
    before = rows(demonstration)
    until = json.loads(wardpath("backup", "b.db", "--json", "--db", demonstration).stdout)["until"]
    with closing(open_house(demonstration)) as made:
        made.engine.handle(a_result(1, "demo-03", made.clock.now()))
    told = wardpath("restore", "b.db", "--db", "again.db")
    assert told.exit_code == 0, told.stderr
    assert f"the record reaches until {until}" in told.stdout
    assert rows(tmp_path / "again.db") == before
    assert rows(demonstration) != before
    assert "key missing" in told.stderr
    assert wardpath("doctor", "--db", "again.db").exit_code == 4
    shutil.copy(key_file(demonstration), key_file(tmp_path / "again.db"))
    assert wardpath("doctor", "--db", "again.db").exit_code == 0
    # Not in the mode of a log beside it: that could not be read on a medium that is written once.
    assert (tmp_path / "b.db").read_bytes()[18:20] == b"\x01\x01"
    assert (tmp_path / "again.db").stat().st_mode & 0o077 == 0


def test_nothing_is_ever_overwritten(wardpath: Run, demonstration: Path, tmp_path: Path):
    assert wardpath("backup", "b.db", "--db", demonstration).exit_code == 0
    kept = (tmp_path / "b.db").read_bytes()
    again = wardpath("backup", "b.db", "--db", demonstration)
    over = wardpath("restore", "b.db", "--db", demonstration)
    assert (again.exit_code, over.exit_code) == (5, 5)
    assert "exists" in again.stderr + over.stderr
    assert (tmp_path / "b.db").read_bytes() == kept
    (tmp_path / "c.db-wal").write_text("of another store")
    assert wardpath("backup", "c.db", "--db", demonstration).exit_code == 5
    assert not list(tmp_path.glob("*building*"))


def test_a_damaged_store_makes_no_backup_and_a_damaged_backup_no_store(
    wardpath: Run, demonstration: Path, tmp_path: Path
):
    shutil.copy(demonstration, tmp_path / "old.db")
    piece = a_stored_piece(demonstration, "demo-03", 5)
    for path in (demonstration, tmp_path / "old.db"):
        flip(path, piece)
    made = wardpath("backup", "b.db", "--db", demonstration)
    again = wardpath("restore", "old.db", "--db", "again.db")
    assert (made.exit_code, again.exit_code) == (4, 4)
    assert "case demo-03: position 5" in made.stderr
    assert "case demo-03: position 5" in again.stderr
    assert sorted(path.name for path in tmp_path.glob("*.db*")) == ["demo.db", "demo.db.key", "old.db"]


# --- upgrade ---------------------------------------------------------------------------------------------------------


def test_an_upgrade_leaves_a_sound_backup_beside_the_store(wardpath: Run, demonstration: Path, tmp_path: Path):
    before = rows(demonstration)
    tamper(demonstration, "DROP TABLE schema_version")
    result = wardpath("upgrade", "--db", demonstration)
    assert result.exit_code == 0, result.stderr
    assert f"schema {SCHEMA_VERSION}, as before" in result.stdout
    (kept,) = tmp_path.glob("demo.db.*.backup")
    assert rows(kept) == rows(demonstration) == before
    with closing(bare(choose(), demonstration)) as raw:
        assert raw.execute("SELECT version_num FROM schema_version").fetchall() == [(f"{SCHEMA_VERSION:04}",)]


def test_a_newer_store_is_refused_by_every_command_and_left_alone(wardpath: Run, demonstration: Path, tmp_path: Path):
    tamper(demonstration, f"PRAGMA user_version = {SCHEMA_VERSION + 1}")
    before = demonstration.read_bytes()
    (found,) = findings(wardpath, demonstration, 4)
    assert (found["mend"], f"schema {SCHEMA_VERSION + 1}" in found["what"]) == ("upgrade Wardpath", True)
    for words in (("upgrade", "--db", demonstration), ("backup", "b.db", "--db", demonstration),
                  ("restore", demonstration, "--db", "again.db")):  # fmt: skip
        result = wardpath(*words)
        assert result.exit_code == 5
        assert "upgrade Wardpath" in result.stderr
    assert demonstration.read_bytes() == before
    assert [path.name for path in tmp_path.glob("*.db*") if not path.name.endswith((".lock", ".key"))] == ["demo.db"]


def test_a_store_is_not_upgraded_while_a_ward_runs_on_it(wardpath: Run, demonstration: Path, tmp_path: Path):
    from ward.lock import sole

    with sole(demonstration):
        result = wardpath("upgrade", "--db", demonstration)
    assert result.exit_code == 5
    assert "another process runs demo.db" in result.stderr
    assert list(tmp_path.glob("*.backup")) == []


# --- the command line ------------------------------------------------------------------------------------------------


def completed(**said: str) -> str:
    return subprocess.run(
        [sys.executable, "-c", "import sys; sys.argv[0] = 'wardpath'; from ward.cli import main; main()"],
        env={"PYTHONPATH": str(ROOT), "PATH": os.environ["PATH"], **said},
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE_S,
    ).stdout


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_completion_script_is_made_for_a_shell(shell: str):
    script = completed(_WARDPATH_COMPLETE=f"source_{shell}")
    assert "_WARDPATH_COMPLETE=complete_" + shell in script
    assert "wardpath" in script


def test_the_shell_completes_commands_and_options():
    asked = {"_WARDPATH_COMPLETE": "complete_bash", "COMP_CWORD": "1"}
    assert completed(COMP_WORDS="wardpath doc", **asked).split() == ["doctor"]
    words = completed(**asked | {"COMP_WORDS": "wardpath doctor --", "COMP_CWORD": "2"}).split()
    assert {"--db", "--quick", "--json"} <= set(words)


def test_an_address_that_cannot_be_read_is_not_repeated(wardpath: Run, monkeypatch: pytest.MonkeyPatch):
    for url in ("postgresq://u:secret@h/x", "postgresql://u:secret@[/x", "mysql://u:secret@h/x"):
        result = wardpath("doctor", "--db", url)
        assert result.exit_code == 2
        assert "secret" not in result.stdout + result.stderr
    monkeypatch.setenv("WARDPATH_DB", "postgresql://u:secret@h/x")
    assert "secret" not in repr(Settings())
    assert place_of("ward.db") == Path("ward.db")


# --- on a server -----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """A PostgreSQL server; skips, loudly, where there can be none, and fails where that must not be."""
    if why := missing():
        if os.environ.get("CI"):
            pytest.fail(f"PostgreSQL: {why}; continuous integration must not skip these tests")
        pytest.skip(f"PostgreSQL: {why}")
    with running() as found:
        yield found


@pytest.fixture
def database(server: Server) -> Iterator[str]:
    """The URL of an empty database."""
    url = server.make()
    yield url
    server.drop(url)


@pytest.fixture
def roles(server: Server, database: str) -> Iterator[str]:
    """A name for roles of this test alone; they are gone afterwards."""
    name = f"ops_{server.run}"
    yield name
    import psycopg

    with psycopg.connect(database, autocommit=True) as raw:
        for role in ("owner", "application", "auditor"):
            if raw.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (f"{name}_{role}",)).fetchone():
                raw.execute(f"DROP OWNED BY {name}_{role} CASCADE")
                raw.execute(f"DROP ROLE {name}_{role}")


def secret_of(url: str) -> str:
    return urlsplit(url).password or "no password in this URL"


def as_role(server: Server, database: str, role: str, said: str) -> str:
    """The URL of a role with the password that `init` printed."""
    password = next(line.split()[1] for line in said.splitlines() if line.startswith(role))
    return server.of(Server.name(database), role, password)


def test_init_makes_schema_and_roles_and_shows_what_it_drew_once(
    wardpath: Run, server: Server, database: str, roles: str
):
    made = wardpath("init", "--origin", "live", "--roles", roles, "--db", database)
    assert made.exit_code == 0, made.stderr
    assert secret_of(database) not in made.stdout + made.stderr
    assert f"database {Server.name(database)} on" in made.stdout
    again = wardpath("init", "--roles-only", "--roles", roles, "--db", database)
    assert again.exit_code == 0, again.stderr
    assert again.stdout.count("with the password that it was given") == 3
    assert wardpath("init", "--origin", "live", "--db", database).exit_code == 5
    application = as_role(server, database, f"{roles}_application", made.stdout)
    found = json.loads(wardpath("doctor", "--json", "--db", application).stdout)
    told = {each["about"]: each for each in found["findings"]}
    assert found["status"] == "warning"
    assert [each["about"] for each in found["findings"] if each["severity"] != "ok"] == ["heartbeat"]
    assert (told["fsync"]["what"], told["role in use"]["what"]) == ("on", "no owner")
    assert {"postgresql", "driver", "schema"} <= set(told)
    auditor = as_role(server, database, f"{roles}_auditor", made.stdout)
    assert [each["about"] for each in findings(wardpath, auditor, 0)] == ["heartbeat"]


def test_a_ward_runs_on_a_server_in_the_role_of_the_application(
    wardpath: Run, server: Server, database: str, roles: str, tmp_path: Path
):
    made = wardpath("init", "--origin", "live", "--roles", roles, "--db", database)
    application = as_role(server, database, f"{roles}_application", made.stdout)
    approve_all(wardpath, application)
    with running_ward(tmp_path, "--db", application) as process:
        assert "http://127.0.0.1:" in line_with(process, "board")
        stopped(process, signal.SIGTERM)
        said = process.stderr.read() if process.stderr else ""
    assert secret_of(application) not in said
    assert wardpath("doctor", "--db", application).exit_code == 0


def test_a_password_is_taken_from_the_environment(
    wardpath: Run, server: Server, database: str, roles: str, monkeypatch: pytest.MonkeyPatch
):
    for role in ("OWNER", "APPLICATION", "AUDITOR"):
        monkeypatch.setenv(f"WARDPATH_{role}_PASSWORD", f"own-{role}")
    monkeypatch.setenv("WARDPATH_DB", database)
    made = wardpath("init", "--origin", "live", "--roles", roles)
    assert made.exit_code == 0, made.stderr
    assert "own-" not in made.stdout + made.stderr
    owner = server.of(Server.name(database), f"{roles}_owner", "own-OWNER")
    assert [each["about"] for each in findings(wardpath, owner, 0)] == ["role in use", "heartbeat"]


def set_fsync(server: Server, statement: str, wanted: str) -> None:
    """Change the server's setting, and wait until new connections see it."""
    import psycopg

    server.ask(statement)
    server.ask("SELECT pg_reload_conf()")
    until, found = time.monotonic() + PATIENCE_S, ""
    while found != wanted and time.monotonic() < until:
        with psycopg.connect(server.url) as raw:
            ((found,),) = raw.execute("SHOW fsync").fetchall()
    assert found == wanted


def test_a_server_that_may_lose_what_it_acknowledged_is_a_fault(
    wardpath: Run, server: Server, database: str, roles: str
):
    if not isinstance(server, OwnServer):
        pytest.skip("ONLY A SERVER OF THE TESTS' OWN IS GIVEN OTHER SETTINGS: fsync = off was not tested")
    wardpath("init", "--origin", "live", "--roles", roles, "--db", database)
    set_fsync(server, "ALTER SYSTEM SET fsync = off", "off")
    try:
        found = [each for each in findings(wardpath, database, 4) if each["severity"] == "fault"]
    finally:
        set_fsync(server, "ALTER SYSTEM RESET fsync", "on")
    assert [(each["about"], each["what"], each["expected"]) for each in found] == [("fsync", "off", "on")]


def test_a_dump_of_a_server_is_restored_into_another_database(
    wardpath: Run, server: Server, database: str, roles: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    if folder := programs():
        monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")
    if shutil.which("pg_dump") is None:
        pytest.skip("PG_DUMP IS MISSING: no backup of a server was tested; apt-get install postgresql-client")
    wardpath("init", "--origin", "live", "--roles", roles, "--db", database)
    made = open_house(database)
    enrol(made, "c1")
    made.close()
    kept = wardpath("backup", "ward.dump", "--db", database)
    assert kept.exit_code == 0, kept.stderr
    assert wardpath("backup", "ward.dump", "--db", database).exit_code == 5
    assert wardpath("restore", "ward.dump", "--db", database).exit_code == 5
    other = server.make()
    try:
        told = wardpath("restore", "ward.dump", "--db", other)
        assert told.exit_code == 0, told.stderr
        assert "1 cases" in told.stdout
        assert [each["about"] for each in findings(wardpath, other, 0)] == ["role in use", "heartbeat"]
        upgraded = wardpath("upgrade", "--db", other)
        assert upgraded.exit_code == 0, upgraded.stderr
        assert len(list(tmp_path.glob("database.*.backup"))) == 1
    finally:
        server.drop(other)


def test_without_pg_dump_the_command_is_said_without_the_password(
    wardpath: Run, database: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("PATH", "")
    result = wardpath("backup", "ward.dump", "--db", database)
    assert result.exit_code == 2
    assert "pg_dump --format=custom --schema=wardpath --file=ward.dump --host=" in result.stderr
    assert Server.name(database) in result.stderr
    assert secret_of(database) not in result.stderr


# --- the manual ------------------------------------------------------------------------------------------------------


def test_the_blocks_of_the_operating_page_run_one_after_the_other(tmp_path: Path):
    page = (ROOT / "docs" / "how-to" / "operate.md").read_text(encoding="utf-8")
    blocks = [block.partition("```")[0] for block in page.split("```sh\n")[1:]]
    assert len(blocks) >= 5
    command = tmp_path / "bin" / "wardpath"
    command.parent.mkdir()
    command.write_text(f"#!/bin/sh\nexec {sys.executable} -c 'from ward.cli import main; main()' \"$@\"\n")
    command.chmod(0o755)
    done = subprocess.run(
        ["/bin/sh", "-eu", "-c", "\n".join(blocks)],
        cwd=tmp_path,
        env={"PYTHONPATH": str(ROOT), "PATH": f"{command.parent}:{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        check=False,
        timeout=3 * PATIENCE_S,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    with closing(sqlite3.connect(tmp_path / "drill.db")) as raw:
        assert raw.execute("SELECT count(*) FROM store_property").fetchone()[0] >= 2
