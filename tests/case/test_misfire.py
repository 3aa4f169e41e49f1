"""Misfires: after a gap every rung is an event at its own instant, and people are told as the file says."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pathway.clinical.instant import SECOND, Instant
from pathway.definition.checker import check
from tests.case.potassium import SMALL, Patient
from tests.case.story import t

LADDER = """
[[reminders]]
id = "R5"
name = "weigh"
title = "Weigh"
line = "weight"
when = "care is not left"
due = "enrolled + lasts"
done_when = "answered"
anchor = "enrolled"
expires = "enrolled + lasts + 12 h"
wordings = [{ name = "weigh", text = "Weigh." }]
ladder = [
  { at = "due", to = ["nurse by inbox"] },
  { at = "due + 1 h", to = ["nurse by inbox", "doctor by inbox"] },
  { at = "due + 2 h", to = ["doctor by page"] },
]
answers = { done = { by = ["nurse"] } }
source = ["book"]
"""
NOW, LATEST = 'misfire = "fire now"\n', 'misfire = "fire latest once"\n'
EXPIRE = 'misfire = "expire with a record"\nmisfire_within = "again"\n'
POLICIES = ("", NOW, LATEST, EXPIRE)
START, DUE = t("1 09:00"), "2 09:00"


def weighed(policy: str) -> Patient:
    """Somebody to be weighed a day after enrolment; nobody looks before the test does."""
    return Patient(LADDER + policy)


def told(patient: Patient) -> list[tuple[str, str, str]]:
    """Role, kind and state of the notices about the weight."""
    found = [each for each in patient.notices() if "R5" in each[3] and each[1] != "stand_down"]
    return sorted((role, kind, state) for role, kind, state, _ in found)


def rungs(patient: Patient) -> list[tuple[int, Instant]]:
    """The rungs of the weight and their instants."""
    found = [each for each in patient.engine.timeline("c1") if each.type == "RungReached"]
    return [(each.body.rung, each.occurred_at) for each in found if each.body.reminder == "R5"]


@pytest.mark.parametrize("policy", POLICIES)
def test_in_time_every_policy_rings_each_rung_as_it_is_reached(policy):
    patient = weighed(policy)
    for text in (DUE, "2 10:00", "2 11:00"):
        patient.look(text)
    assert told(patient) == [
        ("doctor", "rung", "waiting"),
        ("doctor", "rung", "waiting"),
        ("nurse", "rung", "waiting"),
        ("nurse", "rung", "waiting"),
    ]
    lines = [line for _, _, _, text in patient.notices() for line in text.partition(": ward")[0].split("; ")]
    assert not any("late" in line or "missed" in line for line in lines if "R5" in line)


@pytest.mark.parametrize("policy", ["", LATEST])
def test_the_latest_rung_rings_once_and_says_what_was_missed(policy):
    patient = weighed(policy).look("2 11:30")
    assert [at for _, at in rungs(patient)] == [t(DUE), t("2 10:00"), t("2 11:00")]
    assert told(patient) == [("doctor", "rung", "waiting")]
    (text,) = [text for _, _, _, text in patient.notices() if "R5" in text]
    assert ", missed 2:" in text
    assert text.endswith("(late)")


def test_fire_now_tells_every_missed_role_once_and_marked_late():
    patient = weighed(NOW).look("2 11:30")
    assert told(patient) == [("doctor", "rung", "waiting"), ("nurse", "rung", "waiting")]
    assert all(text.endswith("(late)") for _, _, _, text in patient.notices() if "R5" in text)


def test_what_expires_tells_nobody_and_stays_on_record():
    patient = weighed(EXPIRE).look("2 13:30")
    assert told(patient) == [("doctor", "rung", "waiting"), ("nurse", "expired", "expired")]
    (text,) = [text for _, kind, _, text in patient.notices() if kind == "rung" and "R5" in text]
    assert ", missed 2:" in text
    assert patient.store.claim(patient.clock.now(), "w", SECOND, 10) != []
    assert ("nurse", "expired", "expired") in told(patient)


def test_all_of_it_expires_after_a_long_gap_even_where_the_need_is_over_too():
    patient = weighed(EXPIRE).look("2 22:00")
    assert "R5" not in patient.open
    assert told(patient) == [
        ("doctor", "expired", "expired"),
        ("doctor", "expired", "expired"),
        ("nurse", "expired", "expired"),
        ("nurse", "expired", "expired"),
    ]
    late = weighed(LATEST).look("2 22:00")
    assert told(late) == []


@settings(max_examples=25, deadline=None)
@given(
    st.sampled_from(POLICIES),
    st.lists(st.integers(1, 40 * 60), max_size=12, unique=True),
)
def test_the_same_events_at_any_cadence(policy, minutes):
    """The policy decides who is told, never what happened."""
    once = weighed(policy)
    often = weighed("")
    for minute in sorted(minutes):
        often.clock.set(Instant(START + minute * 60 * SECOND))
        often.engine.look("c1")
    for patient in (once, often):
        patient.look("3 02:00")
    assert happened(often) == happened(once)
    assert len(rungs(once)) == 3


def happened(patient: Patient) -> list[object]:
    """What happened and when, whichever file said it and whenever it was recorded."""
    return [(each.position, each.occurred_at, each.by, each.body) for each in patient.engine.timeline("c1")]


@pytest.mark.parametrize(
    "policy", ['misfire = "expire with a record"\n', 'misfire_within = "again"\n', NOW + 'misfire_within = "again"\n']
)
def test_a_policy_that_says_half_is_a_fault(policy):
    assert [each.code for each in check(SMALL + LADDER + policy)] == ["misfire"]


def test_what_would_open_again_as_soon_as_it_expired_is_a_fault():
    again = LADDER.replace('anchor = "enrolled"\n', "")
    assert [each.code for each in check(SMALL + again)] == ["expires"]


def test_a_policy_that_is_none_is_a_fault_with_its_words():
    (fault,) = check(SMALL + LADDER + 'misfire = "fire later"\n')
    assert (fault.code, "fire now" in fault.expected) == ("form", True)
