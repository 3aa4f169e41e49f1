"""`wardpath audit replay`, `redecide` and `xes`: the same bytes anywhere, nothing written, nothing sent."""

import json
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from hashlib import sha256
from pathlib import Path

import pytest

from pathway.case.envelope import chain, decode
from pathway.case.events import ReminderOpened
from pathway.definition.load import shipped
from tests.definition.broken import TEXT, replaced
from tests.ward.cli.conftest import Run, data
from ward.wiring import open_house

AUDITOR = ("--by", "auditor")
NOON = "2026-03-04T12:00+01:00"
ELSEWHERE = (
    {"TZ": "Asia/Tokyo", "LC_ALL": "C", "YEAR": "2031-07-01"},
    {"TZ": "America/St_Johns", "LC_ALL": "tr_TR.UTF-8", "YEAR": "1999-12-31"},
)
#: The command line in a process of its own, in a year of its own.
FROZEN = """
import os, sys
from freezegun import freeze_time
from ward.cli import main
sys.argv = ["wardpath", *sys.argv[1:]]
with freeze_time(os.environ["YEAR"]):
    main()
"""


def lines(text: str) -> list[dict]:
    return [json.loads(line) for line in text.splitlines()]


def elsewhere(db: Path, env: dict[str, str], *words: str) -> bytes:
    """What the command prints in another zone, locale, year and process."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("WARDPATH_")}
    command = [sys.executable, "-c", FROZEN, "audit", *words, *AUDITOR, "--db", str(db)]
    done = subprocess.run(command, env=kept | env, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def held(db: Path) -> list[object]:
    """All that a store holds but for who looked: events, heads, reminders, notices, attempts."""
    made = open_house(db)
    heads = made.store.heads(closed=True) + made.store.site_heads()
    found: list[object] = [*heads, *made.store.notices(), *made.store.reminders(open_only=False)]
    found += [each for head in heads for each in made.store.stream(head.case)] + made.store.attempts()
    made.close()
    return found


@pytest.mark.parametrize("env", ELSEWHERE, ids=lambda env: env["TZ"])
def test_a_replay_of_all_is_the_same_bytes_in_another_zone_locale_and_year(
    wardpath: Run, demonstration: Path, env: dict[str, str]
):
    words = ("replay", "--all", "--at", NOON, "--known", "2026-03-04T18:00+01:00", "--json")
    here = wardpath("audit", *words, *AUDITOR, "--db", demonstration)
    assert here.exit_code == 0, here.stderr
    assert len(lines(here.stdout)) > 20
    assert elsewhere(demonstration, env, *words) == here.stdout.encode()


def test_an_event_log_and_a_decision_anew_are_the_same_bytes_elsewhere(wardpath: Run, demonstration: Path):
    for words in (("xes", "--all"), ("redecide", "--case", "demo-03", "--json")):
        first, second = (elsewhere(demonstration, env, *words) for env in ELSEWHERE)
        assert first == second
        assert len(first) > 100


def test_replaying_deciding_again_and_exporting_write_and_send_nothing_but_the_look(wardpath: Run, demonstration: Path):
    before = held(demonstration)
    made = open_house(demonstration)
    looked = len(made.store.accesses())
    made.close()
    for words in (("replay", "--all"), ("redecide", "--all"), ("xes", "--all", "-o", "all.xes")):
        done = wardpath("audit", *words, *AUDITOR, "--db", demonstration)
        assert done.exit_code == 0, done.stderr
    assert held(demonstration) == before
    assert not demonstration.with_name("notices.jsonl").exists()
    made = open_house(demonstration)
    new = made.store.accesses()[looked:]
    cases = {head.case for head in made.store.heads(closed=True)}
    made.close()
    assert [each.what for each in new] == ["audit_replay", "redecide", "xes"]
    assert all(set(each.cases) == cases for each in new)


def test_a_case_at_an_event_is_shown_as_the_record_stood_then(wardpath: Run, demonstration: Path):
    (found,) = lines(
        wardpath(
            "audit", "replay", "--case", "demo-03", "--position", "50", "--json", *AUDITOR, "--db", demonstration
        ).stdout
    )
    made = open_house(demonstration)
    stored = list(made.store.stream("demo-03"))[49]
    picture = made.engine.picture_replayed(made.engine.replayed("demo-03", decode(stored.canonical).recorded_at, 50))
    made.close()
    assert (found["position"], found["hash"]) == (50, stored.hash.hex())
    assert found["bundle"] == shipped("variant_apl", 1).digest
    assert [each["reminder"] for each in found["picture"]["reminders"]] == [each.reminder for each in picture.reminders]


def test_what_was_known_later_changes_the_facts_and_not_what_rang(wardpath: Run, demonstration: Path):
    asked = ("audit", "replay", "--case", "demo-03", "--at", NOON, "--json", *AUDITOR, "--db", demonstration)
    (then,), (later,) = (lines(wardpath(*asked, *more).stdout) for more in ((), ("--known", "2026-03-05T01:00+01:00")))
    assert then["picture"]["reminders"] == later["picture"]["reminders"]
    assert later["known_by"] > then["known_by"]


def test_a_ward_before_its_first_patient_has_no_lines_and_a_table_has_a_line_for_each_case(
    wardpath: Run, demonstration: Path
):
    early = wardpath("audit", "replay", "--all", "--at", "2020-01-01T00:00Z", "--json", *AUDITOR, "--db", demonstration)
    assert (early.exit_code, early.stdout) == (0, "")
    shown = wardpath("audit", "replay", "--ward", "Haematology 4", *AUDITOR, "--db", demonstration)
    assert "demo-03" in shown.stdout
    assert "Empiric tretinoin" in shown.stdout


@pytest.mark.parametrize(
    "words, code",
    [
        (("replay",), 2),
        (("replay", "--all", "--case", "demo-03"), 2),
        (("replay", "--all", "--position", "3"), 2),
        (("replay", "--case", "demo-03", "--position", "9999"), 2),
        (("replay", "--all", "--at", "yesterday"), 2),
        (("replay", "--case", "nobody"), 3),
        (("redecide", "--case", "nobody"), 3),
        (("redecide", "--case", "demo-03", "--under", "nowhere.toml"), 3),
        (("xes",), 2),
        (("xes", "--case", "demo-03", "-o", "no/such/folder/x.xes"), 3),
    ],
)
def test_what_cannot_be_asked_ends_with_its_code(wardpath: Run, demonstration: Path, words: tuple[str, ...], code: int):
    done = wardpath("audit", *words, *AUDITOR, "--db", demonstration)
    assert done.exit_code == code, done.stderr
    assert "expected" in done.stderr


@pytest.mark.parametrize(
    "words", [("replay", "--all"), ("redecide", "--case", "demo-03"), ("xes", "--case", "demo-03")]
)
def test_only_an_auditor_may(wardpath: Run, demonstration: Path, words: tuple[str, ...]):
    done = wardpath("audit", *words, "--by", "nurse.anna", "--db", demonstration)
    assert done.exit_code == 1
    assert "auditor" in done.stderr
    assert done.stdout == ""


def test_a_ward_decided_again_says_how_much_and_ends_with_nought(wardpath: Run, demonstration: Path):
    done = wardpath("audit", "redecide", "--ward", "Haematology 4", "--json", *AUDITOR, "--db", demonstration)
    found = lines(done.stdout)
    assert done.exit_code == 0
    assert all(each["differences"] == [] and each["decided"] == each["events"] for each in found)
    assert f"{sum(each['events'] for each in found)} decided, 0 differences" in done.stderr


def test_a_record_that_lost_a_reminder_and_all_after_it_ends_with_one_and_names_it(wardpath: Run, demonstration: Path):
    made = open_house(demonstration)
    events = made.engine.timeline("demo-01")
    gone = next(each for each in events if isinstance(each.body, ReminderOpened))
    rewrite(made, [each for each in events if each.position < gone.position])
    made.close()
    done = wardpath("audit", "redecide", "--case", "demo-01", *AUDITOR, "--db", demonstration)
    assert done.exit_code == 1, done.stderr
    assert "the rules give it, and it is not on the record" in done.stdout
    assert gone.body.reminder in done.stdout


def rewrite(made, events) -> None:
    """Put other events in the place of a case's own, their chain made anew: what nobody can do through any face."""
    last, rows = bytes(32), []
    for event in events:
        made_now = chain(event, last)
        rows.append((made_now.canonical, made_now.previous, made_now.hash, event.case, event.position))
        last = made_now.hash
    with closing(sqlite3.connect(made.store.path)) as raw, raw:
        for (name,) in raw.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            raw.execute(f'DROP TRIGGER "{name}"')
        raw.execute('DELETE FROM event WHERE "case" = ? AND position > ?', (events[0].case, len(events)))
        raw.executemany(
            'UPDATE event SET canonical = ?, previous = ?, hash = ? WHERE "case" = ? AND position = ?', rows
        )


def test_under_another_definition_what_would_have_been_different_is_listed(
    wardpath: Run, demonstration: Path, tmp_path: Path
):
    old = 'fibrinogen_target = { value = "150 mg/dL"'
    other = tmp_path / "other.toml"
    other.write_text(replaced(replaced(TEXT, old, old.replace("150", "200")), "\nversion = 1\n", "\nversion = 2\n"))
    asked = ("audit", "redecide", "--case", "demo-11", "--under", other, *AUDITOR, "--db", demonstration)
    done = wardpath(*asked, "--json")
    (found,) = lines(done.stdout)
    assert (done.exit_code, found["case"]) == (0, "demo-11")
    assert any(each["type"] == "ReminderOpened" for each in found["instead"])
    assert "nothing was written" in done.stderr
    assert "+ " in wardpath(*asked).stdout


def test_an_event_log_goes_into_a_file_that_is_whole_or_not_there(wardpath: Run, demonstration: Path, tmp_path: Path):
    done = wardpath("audit", "xes", "--all", "-o", "ward.xes", *AUDITOR, "--db", demonstration)
    assert done.exit_code == 0, done.stderr
    text = (tmp_path / "ward.xes").read_bytes()
    assert text.endswith(b"</log>\n")
    assert not (tmp_path / "ward.xes.part").exists()
    assert sha256(text).digest() == sha256(elsewhere(demonstration, ELSEWHERE[0], "xes", "--all")).digest()


def test_data_prints_one_document_for_one_case(wardpath: Run, demonstration: Path):
    found = data(wardpath("audit", "redecide", "--case", "demo-25", "--json", *AUDITOR, "--db", demonstration))
    assert found["not_decided_again"] == []
    assert isinstance(found["refusals"], int)


@pytest.mark.parametrize("what", ["replay", "redecide", "indicators", "deviations"])
def test_a_ward_that_nobody_knows_is_not_answered_as_an_empty_one(wardpath: Run, demonstration: Path, what: str):
    done = wardpath("audit", what, "--ward", "Haematolgy 4", *AUDITOR, "--db", demonstration)
    assert (done.exit_code, done.stdout) == (3, "")
    assert "there is no such ward here" in done.stderr
