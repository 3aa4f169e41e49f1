"""The form of a scenario file: a slip of the pen is an error with its place, and a miss is told in words."""

from pathlib import Path

import pytest

from ward.scenario import ScenarioWrong, run_scenario

HEAD = """\
format = 1
name = "small"
title = "Small"
synthetic = true
made_up = "Everything."
sources = ["M39"]
zone = "Europe/Berlin"
ward = "H1"
bed = "3"
start = "2026-01-12 08:00"

[[steps]]
at = "day 0 09:00"
does = { type = "Enrol" }
"""


def written(folder: Path, more: str, head: str = HEAD) -> Path:
    """A scenario file."""
    path = folder / "small.toml"
    path.write_text(head + more, encoding="utf-8")
    return path


WRONG = {
    "an_unknown_key_of_a_step": ('\n[[steps]]\nat = "day 0 10:00"\nexpect = {}\n', "expect"),
    "an_unknown_expectation": ('\n[[steps]]\nat = "day 0 10:00"\nexpects.phase = {}\n', "phase"),
    "an_unknown_field_of_a_reminder": (
        '\n[[steps]]\nat = "day 0 10:00"\nexpects.open = [{ id = "M1", dues = "day 0 10:00" }]\n',
        "dues",
    ),
    "a_reminder_that_does_not_exist": ('\n[[steps]]\nat = "day 0 10:00"\nexpects.not_open = ["M99"]\n', "M99"),
    "a_fact_that_does_not_exist": ('\n[[steps]]\nat = "day 0 10:00"\nexpects.facts = { mood = "good" }\n', "mood"),
    "a_phase_that_does_not_exist": (
        '\n[[steps]]\nat = "day 0 10:00"\nexpects.phases = { treatment = "bed" }\n',
        "bed",
    ),
    "an_event_that_does_not_exist": ('\n[[steps]]\nat = "day 0 10:00"\nexpects.no_events = ["Ringing"]\n', "Ringing"),
    "a_proposal_that_does_not_exist": (
        '\n[[steps]]\nat = "day 0 10:00"\nexpects.proposals = { lacks = ["aspirin"] }\n',
        "aspirin",
    ),
    "a_command_that_does_not_exist": ('\n[[steps]]\nat = "day 0 10:00"\ndoes = { type = "Dance" }\n', "Dance"),
    "an_unknown_field_of_a_command": (
        '\n[[steps]]\nat = "day 0 10:00"\ndoes = { type = "RecordMove", ward = "H2", bed = "1", floor = "2" }\n',
        "floor",
    ),
    "an_unknown_analyte": ('\n[[steps]]\nat = "day 0 10:00"\ndoes = { labs = { luck = "3" } }\n', "luck"),
    "a_role_that_does_not_exist": ('\n[[steps]]\nat = "day 0 10:00"\nwho = "wizard"\n', "wizard"),
    "a_time_without_a_zone": ('\n[[steps]]\nat = "2026-01-12 10:00"\n', "2026-01-12 10:00"),
    "a_step_before_the_one_above": ('\n[[steps]]\nat = "day 0 08:30"\n', "before the step above"),
    "a_command_while_the_system_is_stopped": (
        '\n[[steps]]\nat = "day 0 10:00"\nsystem = "stops"\ndoes = { type = "RecordDeath", died_at = "day 0 09:30" }\n',
        "stopped",
    ),
}


@pytest.mark.parametrize("more, named", list(WRONG.values()), ids=list(WRONG))
def test_a_slip_is_an_error_with_file_line_and_step(tmp_path: Path, more: str, named: str) -> None:
    path = written(tmp_path, more)
    with pytest.raises(ScenarioWrong) as caught:
        list(run_scenario(path))
    assert named in caught.value.happened
    assert f"{path}, line 16, step 2" in caught.value.happened


def test_a_label_that_no_earlier_step_has_is_an_error_with_its_step(tmp_path: Path) -> None:
    path = written(tmp_path, '\n[[steps]]\nat = "day 0 10:00"\ndoes = { type = "Retract", target = "nobody" }\n')
    with pytest.raises(ScenarioWrong, match=r"line 16, step 2: no earlier step brought 'nobody'"):
        list(run_scenario(path))


def test_a_synthetic_scenario_that_does_not_say_what_was_made_up_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ScenarioWrong, match="made up"):
        list(run_scenario(written(tmp_path, "", HEAD.replace("Everything.", " "))))


def test_a_scenario_begins_with_an_enrolment(tmp_path: Path) -> None:
    head = HEAD.replace('does = { type = "Enrol" }', "")
    with pytest.raises(ScenarioWrong, match="first step"):
        list(run_scenario(written(tmp_path, "", head)))


MISSES = {
    "phases": ('phases = { treatment = "empiric_atra" }', "treatment stands in diagnosis_pending"),
    "exposures": ('exposures = { tretinoin = "running" }', "tretinoin is cannot say"),
    "facts": ('facts = { fibrinogen = "92 mg/dL" }', "fibrinogen is cannot say"),
    "a_moment": ('facts = { enrolled = "day 0 09:01" }', "enrolled is day 0 09:00; expected day 0 09:01"),
    "as_of": ('as_of = [{ recorded = "day 0 09:30", facts = { tretinoin = "running" } }]', "tretinoin is cannot say"),
    "rechecks": ('rechecks = "s3"', "the recheck class is s1"),
    "refused": ('refused = [{ act = "start_tretinoin" }]', "not refused: start_tretinoin"),
    "not_refused": ('not_refused = ["start_arsenic_trioxide"]', "start_arsenic_trioxide is refused"),
    "opened": ('opened = ["M3"]', "not opened: M3"),
    "rung": ('rung = [{ id = "M39", to = ["consultant"] }]', "not rung: M39"),
    "closed": ('closed = [{ id = "M39", how = "done" }]', "not closed: M39"),
    "open": ('open = [{ id = "M39", due = "day 0 11:00" }]', "not open: M39 with due day 0 11:00"),
    "not_open": ('not_open = ["M39"]', "open: M39"),
    "not_rung": ('not_rung = ["M39"]', "rung: M39"),
    "proposals": ('proposals = { contains = ["seven_plus_three"] }', "seven_plus_three is not proposed"),
    "deviations": ('deviations = ["start_tretinoin"]', "the deviations are []"),
    "violations": ('violations = { I2 = "broken" }', "violation of I2: none"),
    "reviews": ('reviews = [{ about = "an older value" }]', "no review"),
    "open_reviews": ("open_reviews = 1", "0 reviews are open"),
    "notices": ('notices = [{ role = "consultant" }]', "0 notices are"),
    "notices_waiting": ("notices_waiting = 0", "notices wait to be sent"),
    "events": ('events = ["LatchSet"]', "no event LatchSet"),
    "no_events": ('no_events = ["RungReached"]', "an event RungReached"),
}


@pytest.mark.parametrize("expects, words", list(MISSES.values()), ids=list(MISSES))
def test_an_expectation_that_is_not_met_is_told_in_words(tmp_path: Path, expects: str, words: str) -> None:
    path = written(tmp_path, f'\n[[steps]]\nat = "day 0 10:00"\nexpects.{expects}\n')
    seen = list(run_scenario(path))
    assert seen[0]["failed"] == []
    assert len(seen[1]["failed"]) >= 1
    assert words in seen[1]["failed"][0]


def test_a_refusal_that_nobody_expected_is_a_miss(tmp_path: Path) -> None:
    does = '{ type = "RequestTherapy", drug = "arsenic_trioxide", act = "start" }'
    step = f'\n[[steps]]\nat = "day 0 10:00"\ndoes = {does}\n'
    refused = list(run_scenario(written(tmp_path, step)))[1]
    assert refused["failed"] == ["the answer is prohibited; expected accepted"]
    assert refused["answer"] == "prohibited"
    assert refused["refused"][0]["act"] == "start_arsenic_trioxide"
    expected = list(run_scenario(written(tmp_path, step + 'expects.answer = "prohibited"\n')))[1]
    assert expected["failed"] == []


def test_the_ids_of_commands_are_the_same_in_every_run(tmp_path: Path) -> None:
    path = written(tmp_path, '\n[[steps]]\nat = "day 0 10:00"\n')
    assert list(run_scenario(path)) == list(run_scenario(path, store="sqlite"))
