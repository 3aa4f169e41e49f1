"""Who speaks on the command line: proven at a live store, named at a demonstration; and who looked."""

from pathlib import Path

import pytest

from tests.ward.cli.conftest import Run, data, sign_in_as
from ward.wiring import open_house, open_store

ENROL = (
    *("do", "Enrol", "--case", "c1", "--zone", "UTC", "--bed", "3", "--presented-at", "2026-03-01T08:00Z"),
    *("--identifiers", "number=INVENTED-1", "--identifiers", "name=Invented"),
)
FINDING = ("do", "RecordFinding", "--case", "c1", "--finding", "bleeding", "--value", "none")


@pytest.fixture
def live(wardpath: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A live store with a patient on ward H1; nobody has signed in."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    assert wardpath("init", "--origin", "live", "--db", "live.db").exit_code == 0
    monkeypatch.setenv("WARDPATH_DB", str(tmp_path / "live.db"))
    token = sign_in_as(tmp_path / "live.db", "dr.h1", "physician", ward="H1")
    assert wardpath(*ENROL, "--ward", "H1", env={"WARDPATH_TOKEN": token}).exit_code == 0
    return tmp_path / "live.db"


def test_nobody_reads_or_writes_a_live_store_without_a_proof(wardpath: Run, live: Path):
    for words in (("cases",), ("case", "c1"), ("timeline", "c1"), ("due",), ("why", "c1"), FINDING, ("paper",)):
        denied = wardpath(*words)
        assert denied.exit_code == 1, words
        assert "nobody has signed in here" in denied.stderr
    assert wardpath("case", "c1", "--by", "dr.h1").exit_code == 1
    assert wardpath("case", "c1", env={"WARDPATH_TOKEN": "made up"}).exit_code == 1


def test_a_name_at_a_live_store_may_only_repeat_whose_proof_it_is(wardpath: Run, live: Path):
    mine = {"WARDPATH_TOKEN": sign_in_as(live, "nurse.h1", "nurse", ward="H1")}
    assert wardpath(*FINDING, "--by", "nurse.h1", env=mine).exit_code == 0
    other = wardpath(*FINDING, "--by", "dr.h1", env=mine)
    assert other.exit_code == 1
    assert "nurse.h1 cannot speak as another account" in other.stderr
    event = data(wardpath("timeline", "c1", "--json", env=mine))[-1]
    assert (event["by"]["actor"], event["by"]["role"], event["by"]["authenticated"]) == ("nurse.h1", "nurse", "sign-in")


def test_the_sign_in_that_is_kept_speaks(wardpath: Run, live: Path):
    sign_in_as(live, "nurse.h1", "nurse", ward="H1")
    assert wardpath("sign-in", "nurse.h1", input="correct horse battery\n").exit_code == 0
    assert wardpath(*FINDING).exit_code == 0
    assert wardpath("sign-out").exit_code == 0
    assert wardpath(*FINDING).exit_code == 1


def test_another_ward_sees_nothing_and_is_told_what_would_be_needed(wardpath: Run, live: Path):
    elsewhere = {"WARDPATH_TOKEN": sign_in_as(live, "dr.h2", "physician", ward="H2")}
    assert data(wardpath("cases", "--json", env=elsewhere)) == []
    assert data(wardpath("due", "--json", env=elsewhere)) == []
    denied = wardpath("case", "c1", env=elsewhere)
    assert denied.exit_code == 1
    assert "dr.h2 may not read `case` on ward H1" in denied.stderr
    assert "break glass" in denied.stderr
    assert "INVENTED-1" not in denied.stderr
    assert wardpath("break-glass", "c1", "--reason", "bleeding", env=elsewhere).exit_code == 0
    assert wardpath("case", "c1", env=elsewhere).exit_code == 0


def test_a_denied_command_is_a_refusal_with_its_code_and_exit(wardpath: Run, live: Path):
    elsewhere = {"WARDPATH_TOKEN": sign_in_as(live, "dr.h2", "physician", ward="H2")}
    words = ("do", "StopTherapy", "--case", "c1", "--drug", "tretinoin", "--json")
    denied = wardpath(*words, env=elsewhere)
    assert denied.exit_code == 1
    assert '"code": "denied"' in denied.stdout
    flagged = wardpath(*FINDING, env=elsewhere)
    assert (flagged.exit_code, flagged.stdout) == (0, "accepted: case c1\n")


def test_whoever_has_two_roles_says_in_which_they_speak(wardpath: Run, live: Path):
    both = {"WARDPATH_TOKEN": sign_in_as(live, "charge.h1", "nurse", "charge_nurse", ward="H1")}
    asked = wardpath(*FINDING, env=both)
    assert asked.exit_code == 2
    assert "charge_nurse, nurse" in asked.stderr
    assert wardpath(*FINDING, "--role", "charge_nurse", env=both).exit_code == 0


def test_a_second_signature_at_a_live_store_takes_its_own_proof(wardpath: Run, live: Path):
    tokens = {name: sign_in_as(live, name, "haematologist", ward="H1") for name in ("greta.h", "hugo.b")}
    words = ("do", "StopTherapy", "--case", "c1", "--drug", "tretinoin", "--second", "hugo.b", "--by", "greta.h")
    alone = wardpath(*words, env={"WARDPATH_TOKEN": tokens["greta.h"]})
    assert alone.exit_code == 1
    assert "the second signature is not proven" in alone.stderr
    own = {"WARDPATH_TOKEN": tokens["greta.h"], "WARDPATH_SECOND_TOKEN": tokens["greta.h"]}
    assert wardpath(*words, env=own).exit_code == 1
    both = {"WARDPATH_TOKEN": tokens["greta.h"], "WARDPATH_SECOND_TOKEN": tokens["hugo.b"]}
    assert wardpath(*words, env=both).exit_code == 0
    made = open_house(live)
    (stopped,) = [each for each in made.engine.timeline("c1") if each.second_by is not None]
    made.close()
    assert (stopped.by.actor, stopped.second_by.actor, stopped.second_by.authenticated) == (
        "greta.h",
        "hugo.b",
        "sign-in",
    )


def test_a_demonstration_knows_its_accounts_and_no_others(wardpath: Run, demonstration: Path):
    words = ("do", "RecordFinding", "--case", "demo-04", "--finding", "bleeding", "--value", "none")
    strange = wardpath(*words, "--by", "Dr A", "--role", "physician")
    assert strange.exit_code == 1
    assert "'Dr A' is no account of this demonstration" in strange.stderr
    assert wardpath(*words, "--by", "nurse.anna", "--role", "physician").exit_code == 1
    assert wardpath(*words, "--by", "Nurse.Anna", "--role", "nurse").exit_code == 0
    event = data(wardpath("timeline", "demo-04", "--json"))[-1]
    assert event["by"]["authenticated"] == "demonstration"


def test_whoever_looks_at_a_demonstration_and_says_nothing_is_its_onlooker(wardpath: Run, demonstration: Path):
    assert wardpath("case", "demo-04").exit_code == 0
    assert wardpath("case", "demo-04", "--by", "nurse.anna").exit_code == 0
    store = open_store(demonstration)
    assert [(each.by.actor, each.by.authenticated) for each in store.accesses(case="demo-04")] == [
        ("demo", "demonstration"),
        ("nurse.anna", "demonstration"),
    ]
    store.close()


def test_auditors_see_who_looked_and_who_was_denied_and_that_is_a_look_too(wardpath: Run, demonstration: Path):
    wardpath("case", "demo-04", "--by", "nurse.anna")
    wardpath("case", "demo-04", "--by", "auditor")
    found = data(wardpath("who-looked", "demo-04", "--by", "auditor", "--json"))
    assert [(each["by"]["actor"], each["what"], each["outcome"]) for each in found] == [
        ("nurse.anna", "case", "read"),
        ("auditor", "case", "denied"),
    ]
    own = data(wardpath("looked-at", "auditor", "--by", "auditor", "--json"))
    assert [each["what"] for each in own] == ["case", "accesses", "accesses"]
    assert "nurse.anna" in wardpath("who-looked", "demo-04", "--by", "auditor").stdout
    assert wardpath("who-looked", "demo-04", "--by", "nurse.anna").exit_code == 1
    assert wardpath("who-looked", "demo-99", "--by", "auditor").exit_code == 3
    later = data(wardpath("who-looked", "demo-04", "--after", found[0]["number"], "--by", "auditor", "--json"))
    assert [each["number"] for each in later] == [found[1]["number"]]
