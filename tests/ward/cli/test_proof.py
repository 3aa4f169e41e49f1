"""Proof on the command line: from the key to the verifier that lies in an export."""

import json
import signal
import subprocess
import sys
from pathlib import Path

import psycopg

from tests.persistence.server import Server
from tests.ward.cli.conftest import Run, approve_all, data
from tests.ward.cli.test_operations import as_role, database, roles
from tests.ward.cli.test_run import COMMAND, PATIENCE_S, ROOT, line_with, running
from tests.ward.proof.attacker import Attacker, edit

CASE = "demo-03"
__all__ = ["database", "roles"]


def test_a_record_is_sealed_verified_witnessed_and_handed_out(wardpath: Run, demonstration: Path, tmp_path: Path):
    public = data(wardpath("audit", "key", "--json"))["public"]
    assert wardpath("audit", "key").stdout.strip() == public
    signed = data(wardpath("audit", "checkpoint", "--json"))
    verified = data(wardpath("audit", "verify", "--json"))
    assert (verified["wrong"], verified["checkpoint"], verified["events"]) == (0, 1, signed["events"])
    note = demonstration.with_name("demo.db.checkpoints") / "00000001.note"
    assert "goes on" in wardpath("audit", "witness", note).stdout
    made = data(wardpath("audit", "export", "out", "--by", "auditor", "--json"))
    assert made["events"] == signed["events"]
    run = [sys.executable, "-I", str(tmp_path / "out" / "verify_export.py")]
    done = subprocess.run(run, cwd="/", capture_output=True, text=True, check=False)
    assert (done.returncode, "nothing is wrong" in done.stdout) == (0, True), done.stdout + done.stderr


def test_a_changed_record_ends_with_4_and_names_the_event(wardpath: Run, demonstration: Path):
    wardpath("audit", "key")
    wardpath("audit", "checkpoint")
    Attacker(demonstration).change(CASE, edit(7), anew=True)
    told = wardpath("audit", "verify", "--json")
    assert told.exit_code == 4
    first = json.loads(told.stdout)["findings"][0]
    assert (first["kind"], first["case"], first["position"], first["seen_by"]) == ("rewritten", CASE, 7, "checkpoint")
    words = wardpath("audit", "verify")
    assert words.exit_code == 4
    assert "what this cannot see" in words.stdout
    assert wardpath("audit", "checkpoint").exit_code == 4  # nothing is sealed over that


def test_without_a_key_nothing_is_signed_and_verification_says_what_it_then_cannot_see(
    wardpath: Run, demonstration: Path
):
    assert wardpath("audit", "checkpoint").exit_code == 5
    told = wardpath("audit", "verify")
    assert told.exit_code == 0
    assert "there is no checkpoint" in told.stdout


def test_an_export_is_for_auditors_and_the_access_log_names_its_cases(wardpath: Run, demonstration: Path):
    denied = wardpath("audit", "export", "out", "--case", CASE, "--by", "nurse.anna")
    assert denied.exit_code == 1
    assert not Path("out").exists()
    assert wardpath("audit", "export", "out", "--case", CASE, "--by", "auditor").exit_code == 0
    log = data(wardpath("who-looked", CASE, "--by", "auditor", "--json"))
    assert [(each["by"]["actor"], each["outcome"]) for each in log if each["what"] == "export"] == [
        ("nurse.anna", "denied"),
        ("auditor", "read"),
    ]
    assert wardpath("audit", "export", "out", "--by", "auditor").exit_code == 5  # nothing is overwritten


def test_a_running_ward_signs_where_the_key_is_at_hand_and_once_more_when_it_stops(
    wardpath: Run, demonstration: Path, tmp_path: Path
):
    wardpath("audit", "key")
    with running(tmp_path) as process:
        line_with(process, "stop with")
        process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE_S) == 0
    assert list(tmp_path.glob("demo.db.checkpoints/*.note"))
    assert data(wardpath("audit", "verify", "--json"))["wrong"] == 0


def test_on_a_server_the_keeper_is_a_role_that_only_reads(
    wardpath: Run, server: Server, database: str, roles: str, tmp_path: Path
):
    made = wardpath("init", "--origin", "live", "--roles", roles, "--db", database)
    application = as_role(server, database, f"{roles}_application", made.stdout)
    keeper = as_role(server, database, f"{roles}_auditor", made.stdout)
    assert wardpath("audit", "key", "--db", keeper).exit_code == 5
    assert wardpath("audit", "key", "--db", application).exit_code == 0
    assert data(wardpath("audit", "checkpoint", "--db", keeper, "--json"))["events"] > 0
    approve_all(wardpath, application)
    assert data(wardpath("audit", "checkpoint", "--db", keeper, "--json"))["number"] == 2
    assert data(wardpath("audit", "verify", "--db", keeper, "--json"))["wrong"] == 0
    with psycopg.connect(database, autocommit=True) as raw:
        raw.execute("SET search_path = wardpath, public")
        raw.execute("ALTER TABLE event DISABLE TRIGGER ALL")
        raw.execute("UPDATE event SET recorded_at = recorded_at - 1 WHERE position = 2 AND \"case\" = 'site:accounts'")
    told = wardpath("audit", "verify", "--db", keeper, "--json")
    assert told.exit_code == 4
    found = [(each["kind"], each["case"], each["position"]) for each in json.loads(told.stdout)["findings"]]
    assert found == [("column", "site:accounts", 2)]


def test_the_keeper_is_a_process_of_its_own_that_signs_once_more_when_it_is_stopped(
    wardpath: Run, demonstration: Path, tmp_path: Path
):
    wardpath("audit", "key")
    words = [*COMMAND, "audit", "keep", "--db", str(demonstration)]
    environment = {"PYTHONPATH": str(ROOT), "PATH": ""}
    with subprocess.Popen(words, cwd=tmp_path, env=environment, stderr=subprocess.PIPE, text=True) as process:
        line_with(process, "stop with Ctrl-C")
        process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE_S) == 0
    assert data(wardpath("audit", "verify", "--json"))["checkpoint"] == 1
