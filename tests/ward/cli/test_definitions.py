"""Definitions and quarantine at the command line: how they stand, moving cases, settling reports."""

import json
from pathlib import Path
from typing import Any

import pytest

from pathway.case.commands import Enrol, RecordResult
from pathway.case.envelope import By
from pathway.clinical.instant import instant
from pathway.site.commands import WithdrawDefinition
from tests.case.test_amend import TARGET
from tests.definition.broken import TEXT, replaced
from tests.ward.cli.conftest import Run, data, sign_in_as
from ward.clock import FixedClock
from ward.wiring import create_store, house, open_house, open_store

SIGN = ("--role", "haematologist", "--second", "dr.b")
TECHNICIAN = ("--role", "laboratory")


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A live store with one case whose fibrinogen is 160, spoken of by every command that follows."""
    path = tmp_path / "ward.db"
    with_case = house(create_store(path, "live", "Ward H1"))
    now = with_case.clock.now()
    by = By("doctor A", "physician")
    with_case.engine.handle(
        Enrol(
            id="e1", case="c1", by=by, pathway="variant_apl", presented_at=now, zone="UTC", ward="H1", bed="3",
            identifiers={"name": "X", "number": "1"}, patient="p1",
        )
    )  # fmt: skip
    with_case.engine.handle(
        RecordResult(id="r1", case="c1", by=by, loinc="3255-7", value="160", unit="mg/dL", collected_at=now)
    )
    with_case.close()
    monkeypatch.setenv("WARDPATH_DB", str(path))
    monkeypatch.setenv("WARDPATH_TOKEN", sign_in_as(path, "dr.a", "haematologist", "physician", "laboratory"))
    monkeypatch.setenv("WARDPATH_SECOND_TOKEN", sign_in_as(path, "dr.b", "haematologist"))
    return path


@pytest.fixture
def mended(tmp_path: Path) -> Path:
    """The shipped pathway as version 2, with another target."""
    text = replaced(replaced(TEXT, "\nversion = 1\n", "\nversion = 2\n"), TARGET, TARGET.replace("150", "200"))
    path = tmp_path / "mended.toml"
    path.write_text(text, encoding="utf-8")
    return path


def events(path: Path) -> int:
    """How many events the case has."""
    made = open_house(path)
    position = made.store.head("c1").position
    made.close()
    return int(position)


def test_a_dry_run_tells_what_would_change_and_writes_nothing(wardpath: Run, store: Path, mended: Path):
    before = events(store)
    words = ("amend", "--to", mended, "--all", "--reason", "too low", *SIGN)
    (found,) = data(wardpath(*words, "--dry-run", "--json"))
    assert [each.partition(",")[0] for each in found["changes"]["opened"]] == ["M38 [fibrinogen]"]
    assert found["answer"]["status"] == "accepted"
    assert "would move: case c1" in wardpath(*words, "--dry-run").stdout
    assert events(store) == before
    assert wardpath(*words).stdout.startswith("moved: case c1")
    assert events(store) > before
    assert wardpath(*words).stdout == "no open case to move\n"


def test_a_moved_case_is_read_by_a_release_without_the_file(wardpath: Run, store: Path, mended: Path):
    wardpath("amend", "--to", mended, "--case", "c1", "--reason", "too low", *SIGN)
    mended.unlink()
    rows = {each["version"]: each["open_cases"] for each in data(wardpath("definitions", "--json"))["definitions"]
            if each["pathway"] == "variant_apl"}  # fmt: skip
    assert rows == {1: 0, 2: 1}
    fibrinogen = next(lab for lab in data(wardpath("case", "c1", "--json"))["labs"] if lab["name"] == "fibrinogen")
    assert fibrinogen["target"] == "200 mg/dL"
    assert "version 2" in wardpath("timeline", "c1").stdout
    assert ("record", "fault") not in looks(wardpath)
    early = data(wardpath("timeline", "c1", "--json"))[0]["recorded_at"]
    shown = data(wardpath("replay", "c1", "--recorded-as-of", early, "--json"))
    assert next(lab for lab in shown["labs"] if lab["name"] == "fibrinogen")["target"] == "150 mg/dL"


@pytest.mark.parametrize(
    "words, code, said",
    [
        (("--all", "--case", "c1"), 2, "--case CASE or --all"),
        ((), 2, "--case CASE or --all"),
        (("--case", "c9"), 3, "no such case"),
        (("--case", "c1", "--reason", ""), 1, "reason_needed"),
    ],
)
def test_an_amendment_that_is_not_said_whole_is_refused(
    wardpath: Run, store: Path, mended: Path, words: tuple[str, ...], code: int, said: str
):
    result = wardpath("amend", "--to", mended, "--reason", "x", *SIGN, *words)
    assert result.exit_code == code
    assert said in result.stdout + result.stderr


def test_a_definition_that_nobody_knows_is_not_found(wardpath: Run, store: Path):
    assert wardpath("amend", "--to", "0" * 64, "--all", "--reason", "x", *SIGN).exit_code == 3


def test_a_withdrawal_shows_on_every_face(wardpath: Run, store: Path, mended: Path):
    digest = data(wardpath("check", mended, "--json"))["digest"]
    first = next(each for each in data(wardpath("definitions", "--json"))["definitions"] if each["open_cases"])
    result = wardpath("withdraw", first["digest"][:12], "--reason", "target too low", "--within", "72 h", *SIGN)
    assert result.exit_code == 0, result.stderr
    found = data(wardpath("definitions", "--json"))
    assert [(each["case"], each["reason"], each["overdue"]) for each in found["to_move"]] == [
        ("c1", "target too low", False)
    ]
    assert "WITHDRAWN FOR SAFETY: target too low" in wardpath("definitions").stdout
    shown = data(wardpath("case", "c1", "--json"))
    assert shown["flagged"][0]["text"].startswith("definition withdrawn for safety: target too low; move to another by")
    (due,) = [each for each in data(wardpath("due", "--json")) if each["reminder"] == "definition"]
    assert (due["case"], due["overdue"], due["mark"]) == ("c1", False, "CRITICAL")
    assert ("withdrawn", "warning") in looks(wardpath)
    who = ("--role", "physician", "--identifiers", "name=Y", "--identifiers", "number=2")
    where = ("--zone", "UTC", "--ward", "H1", "--bed", "4", "--presented-at", "2026-03-01T08:00Z")
    refused = wardpath("do", "Enrol", *who, *where)
    assert refused.exit_code == 1
    assert "target too low" in refused.stdout
    assert wardpath("approve", mended, *SIGN).exit_code == 0
    assert wardpath("amend", "--to", digest[:12], "--all", "--reason", "x", *SIGN).exit_code == 0
    assert data(wardpath("definitions", "--json"))["to_move"] == []
    assert ("withdrawn", "ok") in looks(wardpath)


def test_a_migration_that_is_overdue_is_overdue_everywhere(wardpath: Run, store: Path):
    long_ago = house(open_store(store), FixedClock(instant("2020-01-01T00:00Z")))
    digest = long_ago.store.head("c1").bundle
    by = By("doctor A", "haematologist")
    said = WithdrawDefinition(id="w1", by=by, digest=digest, reason="x", migrate_within="1 h", second="doctor B")
    assert long_ago.engine.handle(said).status == "accepted"
    long_ago.close()
    assert [each["overdue"] for each in data(wardpath("definitions", "--json"))["to_move"]] == [True]
    (due,) = [each for each in data(wardpath("due", "--json")) if each["reminder"] == "definition"]
    assert due["overdue"]
    assert data(wardpath("case", "c1", "--json"))["flagged"][0]["text"].endswith("01:00, OVERDUE")
    assert ("withdrawn", "fault") in looks(wardpath)


def looks(wardpath: Run) -> set[tuple[str, str]]:
    """What the doctor looked at, and how grave what it found is."""
    return {(each["about"], each["severity"]) for each in json.loads(wardpath("doctor", "--json").stdout)["findings"]}


def lost(path: Path) -> None:
    """A critical result comes for nobody."""
    made = open_house(path)
    now = made.clock.now()
    made.engine.handle(
        RecordResult(
            id="r9", case="nobody", by=By("feed", "laboratory", "feed"), loinc="3255-7", value="80", unit="mg/dL",
            collected_at=now,
        )
    )  # fmt: skip
    made.close()


def test_a_critical_report_for_nobody_rings_until_it_is_matched(wardpath: Run, store: Path):
    lost(store)
    (waits,) = data(wardpath("quarantine", "--json"))
    assert (waits["number"], waits["by"], waits["kind"]) == (1, "laboratory", "RecordResult")
    assert waits["rings_as"] == "unmatched_report-1"
    assert "M48" in {each["reminder"] for each in data(wardpath("due", "--json"))}
    assert wardpath("settle", "1", "--reason", "x", *TECHNICIAN).exit_code == 2
    done = wardpath("settle", "1", "--to", "c1", "--reason", "both identifiers", *TECHNICIAN)
    assert done.stdout == "accepted: site:quarantine\n"
    values: list[Any] = [lab for lab in data(wardpath("case", "c1", "--json"))["labs"] if lab["name"] == "fibrinogen"]
    assert values[0]["shown"] == "80 mg/dL"
    assert data(wardpath("quarantine", "--json")) == []
    assert [each["settled"] for each in data(wardpath("quarantine", "--settled", "--json"))] == ["matched c1"]
    assert "M48" not in {each["reminder"] for each in data(wardpath("due", "--json"))}
    assert ("record", "fault") not in looks(wardpath)


def test_every_command_to_the_site_can_be_sent_by_do(wardpath: Run, store: Path):
    lost(store)
    words = ("--number", "1", "--how", "rejected", "--reason", "nobody's", *TECHNICIAN)
    assert wardpath("do", "SettleQuarantined", *words).exit_code == 0
    refused = wardpath("do", "SettleQuarantined", *words)
    assert refused.exit_code == 1
    assert "settled" in refused.stdout
