"""Every scenario of the pathway, on both stores: whatever a step expects is so."""

from pathlib import Path

import pytest

from pathway.case.events import DeathRecorded, PhaseEntered, ReminderClosed
from pathway.clinical.instant import instant
from tests.acceptance.story import SCENARIOS, tell
from ward.scenario import Run, read
from ward.scenario.run import Kind

STORES: tuple[Kind, ...] = ("memory", "sqlite")
CASES = ("k1", "k2", "k3", "k4", "k5", "k6", "k7a", "k7b")
#: What runs on a server too: every case, a stop against a confirmation, wrong blood, and a retraction.
SERVED = (*CASES, "m3_e9", "m3_e24", "m1_e19")
#: A file that is missing fails its own test instead of vanishing from the list. Left out, with the reason in
#: docs/explanation/rules.md: E19 and E23 of M3, E20 of M1.
STOP = (*(str(each) for each in range(1, 25) if each not in (19, 23)), "24_reversed")
RECHECK = (*(str(each) for each in range(1, 25) if each != 20), "3_old")
SLICE = (*CASES, *(f"m3_e{each}" for each in STOP), *(f"m1_e{each}" for each in RECHECK))
THERE = tuple(sorted(path.stem for path in SCENARIOS.glob("*.toml")))


def named(stem: str) -> str:
    """`m3_e24_reversed` as `M3-E24-reversed`."""
    reminder, dash, rest = stem.replace("_", "-").partition("-e")
    return f"{reminder.upper()}{dash.upper()}{rest}"


@pytest.mark.parametrize("store", STORES)
@pytest.mark.parametrize("stem", sorted({*SLICE, *THERE}), ids=named)
def test_whatever_a_scenario_expects_is_so(stem: str, store: Kind) -> None:
    told = tell(stem, store=store)
    assert told.failed == ()
    assert told.problems == ()


@pytest.mark.parametrize("stem", SERVED, ids=named)
def test_a_server_keeps_the_very_bytes_that_memory_keeps(stem: str, bare_database: str) -> None:
    told = tell(stem, store="postgresql", url=bare_database, reopen=["day 1 12:00"])
    assert told.failed == ()
    assert told.problems == ()
    assert told.stored == tell(stem).stored


@pytest.mark.parametrize("stem", THERE, ids=named)
def test_a_scenario_says_what_was_made_up_and_expects_something_at_most_steps(stem: str) -> None:
    scenario = read(SCENARIOS / f"{stem}.toml")
    assert scenario.name == stem
    assert scenario.synthetic
    assert scenario.made_up
    assert scenario.sources
    assert any(step.expects.__struct_fields__ and step.expects != type(step.expects)() for step in scenario.steps)


def test_both_orders_of_a_stop_and_a_confirmation_in_one_second_end_alike() -> None:
    ends = []
    for stem in ("m3_e24", "m3_e24_reversed"):
        with Run(SCENARIOS / f"{stem}.toml") as run:
            last = list(run.steps())[-1]
            open_now = sorted(run.engine.case(run.case).open)
        ends.append((last["phases"], last["exposures"], last["refused"], last["proposals"], open_now))
    assert ends[0] == ends[1]


def test_k3_dies_in_the_band_of_three_to_seven_days_and_one_commit_withdraws_everything() -> None:
    events = tell("k3").events
    death = next(each for each in events if isinstance(each.body, DeathRecorded))
    exit_ = next(each for each in events if isinstance(each.body, PhaseEntered) and each.body.leaf == "exit.death")
    enrolled = events[0].body
    days = (death.body.died_at - enrolled.presented_at) // (24 * 3600 * 1_000_000)  # type: ignore[union-attr]  # by position
    assert 3 <= days <= 7
    closed = [each for each in events if isinstance(each.body, ReminderClosed) and each.position > exit_.position]
    assert len(closed) >= 4
    assert {each.command for each in closed} == {exit_.command}
    assert {each.recorded_at for each in closed} == {exit_.recorded_at}
    assert {each.body.how for each in closed if isinstance(each.body, ReminderClosed)} == {"withdrawn"}


def test_k7a_answers_what_was_known_on_day_3_and_what_was_true_on_day_3(tmp_path: Path) -> None:
    with Run(SCENARIOS / "k7a.toml") as run:
        assert not [each for seen in run.steps() for each in seen["failed"]]
        day_3, day_6 = run.calendar.moment("day 3 15:00"), run.calendar.moment("day 6 08:00")
        known = run.engine.picture_as_of(run.case, day_3, day_3)
        true = run.engine.picture_as_of(run.case, day_3, day_6)
    shown = [next(lab.shown for lab in each.labs if lab.name == "fibrinogen") for each in (known, true)]
    assert shown == ["160 mg/dL", "106 mg/dL"]
    assert day_3 == instant("2026-01-15T15:00+01:00")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("stem", ["k7a", "k7b"])
def test_a_well_tended_patient_rings_no_recheck_and_no_value_after_the_first_day(stem: str) -> None:
    with Run(SCENARIOS / f"{stem}.toml") as run:
        rung = [
            (each["id"], each["at"])
            for seen in run.steps()
            for each in seen["reminders"]["rung"]
            if each["id"] in ("M1", "M2", "M38") and each["at"] > "2026-01-12T14:00:00Z"
        ]
    assert rung == []
