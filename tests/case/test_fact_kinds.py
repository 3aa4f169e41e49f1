"""Every kind of fact: what it is while unsaid, how long it holds, and when time alone changes it."""

from decimal import Decimal

import pytest

from pathway.case.facts import View
from pathway.case.state import Case
from pathway.clinical.computed import Computed
from pathway.clinical.instant import Instant
from pathway.clinical.reading import Elapsed, Interval, Reading, exactly
from pathway.definition.checker import check
from pathway.definition.guard import CANNOT_SAY, YES, Wake, explain, sentence
from pathway.definition.load import load
from tests.case.potassium import SMALL, Patient
from tests.case.story import t

TIMES = """
[facts.since_value]
title = "Since the last value"
elapsed = "potassium"

[facts.since_stop]
title = "Since the infusion stopped"
elapsed = "infusion.stopped"

[facts.stay]
title = "Stay"
elapsed = "enrolled"
"""
GUARDS = '\nstale = "since_value >= again"\nlong = "stay > lasts"\nnew = "stay < 24 h"\nold = "24 h <= stay"\n'
CONDITIONS = {'hypokalaemia = "potassium < low"\n': 'hypokalaemia = "potassium < low"\n' + GUARDS}


def patient(more: str = TIMES, changes: dict[str, str] | None = None) -> Patient:
    """A patient whose file knows times that pass."""
    return Patient(more, CONDITIONS | (changes or {}))


def wake(found: Patient, condition: str) -> Instant | None:
    """When a condition may change by time alone."""
    at = Wake()
    view = found.engine.view("c1")
    found.pathway.rules[found.pathway.form.conditions[condition]].ask(view, view.now, at)
    return None if at.at is None else Instant(at.at)


def test_the_time_since_something_grows_and_is_missing_before_it():
    found = patient()
    assert found.why("since_value") == "nothing to count from"
    assert found.yes("stale") is None
    found.at("1 10:00").lab("4.0", "1 09:30")
    assert found.word("since_value") == Elapsed(t("1 09:30"))
    assert found.yes("stale") is False
    assert found.word("since_stop") is None


def test_it_flips_exactly_at_its_span_and_says_when_that_is():
    found = patient().at("1 10:00")
    found.lab("4.0", "1 09:30")
    assert wake(found, "stale") == t("1 13:30")
    assert found.at("1 13:29").yes("stale") is False
    assert found.at("1 13:30").yes("stale") is True


@pytest.mark.parametrize(
    "condition, before, then, after",
    [("long", False, False, True), ("new", True, False, False), ("old", False, True, True)],
)
def test_the_signs_differ_at_the_very_instant(condition, before, then, after):
    found = patient()
    flip = t("2 09:00")
    for at, answer in ((flip - 1, before), (flip, then), (flip + 1, after)):
        found.clock.set(Instant(at))
        assert found.yes(condition) is answer


def test_a_reminder_wakes_up_by_the_time_since_something():
    reminder = """
[[reminders]]
id = "R6"
name = "stay"
title = "Stays long"
line = "stay"
when = "stay >= lasts"
due = "opened"
done_when = "answered"
wordings = [{ name = "stay", text = "{stay}" }]
ladder = [{ at = "opened", to = ["doctor by inbox"] }]
answers = { seen = { by = ["doctor"] } }
source = ["book"]
"""
    found = patient(TIMES + reminder).look("2 15:00")
    (opened,) = [
        each for each in found.engine.timeline("c1") if each.type == "ReminderOpened" and each.body.reminder == "R6"
    ]
    assert opened.occurred_at == t("2 09:00")


def test_an_explanation_names_since_when_it_counts():
    found = patient().at("1 12:00")
    view = found.engine.view("c1")
    said = sentence(explain(found.pathway.rules["stay > lasts"].tree, view, view.now))
    assert "since 01-Mar-2026 09:00" in said
    assert "not >" in said


@pytest.mark.parametrize(
    "guard, code",
    [
        ("stay >= 3 mmol/L", "guard_unit_mismatch"),
        ("stay >= 5", "guard_unit_mismatch"),
        ("stay >= low", "guard_wrong_type"),
        ("stay >= since_value", "guard_wrong_type"),
        ("stay older than 3 h", "guard_wrong_type"),
        ("stay", "guard_wrong_type"),
        ("stay reached", "guard_wrong_type"),
    ],
)
def test_the_time_since_something_stands_beside_one_span_and_nothing_else(guard, code):
    text = SMALL.replace('hypokalaemia = "potassium < low"\n', f'hypokalaemia = "potassium < low"\nx = "{guard}"\n')
    assert code in {each.code for each in check(text + TIMES)}


@pytest.mark.parametrize(
    "elapsed, code",
    [
        ("potasium", "guard_unknown_name"),
        ("stay", "guard_unknown_name"),
        ("low", "guard_wrong_type"),
        ("a +", "syntax"),
    ],
)
def test_what_nothing_can_be_counted_from_is_a_fault(elapsed, code):
    found = check(SMALL + TIMES + f'\n[facts.x]\ntitle = "X"\nelapsed = "{elapsed}"\n')
    assert [each.code for each in found] in ([code], ["guard_syntax"])


def test_the_proofs_know_that_two_spans_of_one_time_exclude_each_other():
    never = SMALL.replace(
        'hypokalaemia = "potassium < low"\n',
        'hypokalaemia = "potassium < low"\nx = "stay >= lasts and stay < again"\ny = "stay >= 2 h and stay < 1 d"\n',
    )
    found = [each for each in check(never + TIMES) if each.code == "never_holds"]
    assert [each.line for each in found] == [never[: never.index('x = "stay')].count("\n") + 1]


# --- how long what was said holds ------------------------------------------------------------------------------------


def test_a_finding_grows_too_old_to_be_said():
    changes = {'unsaid = "not_recorded"\n': 'unsaid = "not_recorded"\nvalid_for = "again"\n'}
    found = Patient(changes=changes).at("1 10:00")
    assert found.word("rhythm") == "not_recorded"
    found.finding("rhythm", "ectopic")
    assert found.at("1 13:59").word("rhythm") == "ectopic"
    assert found.at("1 14:00").word("rhythm") is None
    assert found.why("rhythm") == "older than 4 h"
    reading = found.at("1 13:00").engine.view("c1").read("rhythm")
    assert reading.until == t("1 14:00")


def test_a_flag_grows_too_old_to_be_said_and_a_later_word_renews_it():
    found = Patient(changes={"flag = true\n": 'flag = true\nvalid_for = "again"\n'}).at("1 10:00")
    assert found.word("weak") is None
    found.finding("weak", "yes")
    found.at("1 13:00").finding("weak", "no")
    assert found.at("1 14:30").word("weak") is False
    assert found.at("1 17:00").word("weak") is None


def test_a_finding_that_grows_old_is_a_gap_that_a_critical_reminder_must_speak_of():
    text = SMALL.replace('unsaid = "not_recorded"\n', 'unsaid = "not_recorded"\nvalid_for = "again"\n')
    text = text.replace(
        'when = "potassium < very_low"\ngaps', 'when = "potassium < very_low or rhythm is ectopic"\ngaps'
    )
    assert "silent_gap" in {each.code for each in check(text)}
    assert "silent_gap" not in {each.code for each in check(text.replace('valid_for = "again"\n', ""))}


def scored(value: Interval) -> Computed:
    """A score of a function that a test hands in, of the day it was asked."""
    return Computed("grade", 1, "readings", lambda _: Reading(True, value, t("1 09:00")), "number", unit="1")


@pytest.mark.parametrize(
    "given, known",
    [
        (exactly(Decimal(3)), exactly(Decimal(3))),
        (Interval(Decimal(3), None), Interval(Decimal(3), Decimal(8))),
        (Interval(None, Decimal(3), high_open=True), Interval(Decimal(0), Decimal(3), high_open=True)),
        (Interval(Decimal(-1), Decimal(9), low_open=True), Interval(Decimal(0), Decimal(8))),
        (exactly(Decimal(9)), None),
        (exactly(Decimal(-1)), None),
    ],
)
def test_a_score_lies_in_its_range_or_its_computation_has_failed(given, known):
    score = '\n[facts.grade]\ntitle = "Grade"\ncomputed = "grade@1"\nscore = [0, 8]\nvalid_for = "again"\n'
    registry = {"grade@1": scored(given)}
    pathway = load(SMALL + score, "x.toml", registry)
    view = View(pathway, Case(id="c1"), t("1 10:00"))
    reading = view.read("grade")
    assert (reading.value if reading.known else None) == known
    assert view.failures == ({} if known else {"grade": "ScoreOutOfRange"})
    if known:
        assert reading.until == t("1 13:00")
        assert not View(pathway, Case(id="c1"), t("1 13:00")).read("grade").known


@pytest.mark.parametrize(
    "fact, code",
    [
        ('finding = ["a", "b"]\nunsaid = "a"\nscore = [0, 8]', "fact"),
        ('computed = "isth_dic@1"\nscore = [8, 0]', "score"),
        ('computed = "partner_class@1"\nreports = ["rar_partner"]\nscore = [0, 8]', "score"),
        ('course = true\nvalid_for = "again"', "fact"),
        ('exposure = "x"\nvalid_for = "again"', "fact"),
        ('products = ["platelets"]\nunsaid = "none"', "fact"),
        ('elapsed = "enrolled"\nunit = "h"', "fact"),
        ('lab = "potassium"\nunit = "mmol/L"\nvalid_for = "again"\nunsaid = "3"', "fact"),
        ('elapsed = "enrolled"\nflag = true', "fact"),
        ('flag = true\nvalid_for = "low"', "unknown"),
    ],
)
def test_a_fact_says_nothing_that_its_kind_leaves_unheard(fact, code):
    found = [each for each in check(SMALL + f'\n[facts.x]\ntitle = "X"\n{fact}\n') if each.severity == "error"]
    assert [each.code for each in found] == [code]


# --- gaps that open --------------------------------------------------------------------------------------------------

OPENS = {'gaps = { potassium = "covered by R2" }\ncritical': 'opens_when_unknown = ["potassium"]\ncritical'}


def test_a_gap_opens_when_it_is_missing_too_old_or_on_both_sides_of_a_line():
    assert "R1" in Patient(changes=OPENS).look("1 09:01").open
    old = Patient(changes=OPENS)
    old.lab("4.0", "1 09:00")
    assert "R1" not in old.look("1 10:00").open
    assert "R1" in old.look("2 09:00").open
    straddling = Patient(changes=OPENS)
    straddling.lab("<3.4", "1 09:00")
    assert "R1" in straddling.open


def test_a_gap_of_another_name_opens_nothing():
    gaps = 'gaps = { potassium = "covered by R2" }\ncritical'
    both = {
        'when = "potassium < very_low"\n': 'when = "potassium < very_low and weak"\n',
        gaps: f'opens_when_unknown = ["weak"]\n{gaps}',
    }
    found = Patient(changes=both)
    assert "R1" in found.open
    found.finding("weak", "yes")
    found.lab("4.0", "1 08:30")
    assert "R1" not in found.open
    found.lab("<3.4", "1 09:00")
    assert found.yes("hypokalaemia") is True
    assert "R1" not in found.open


def test_a_gap_behind_a_condition_opens_too_and_the_explanation_names_the_leaf():
    found = Patient(changes=OPENS | {'when = "potassium < very_low"\n': 'when = "severe"\n'})
    found.lab("<3.4", "1 09:00")
    assert "R1" in found.open
    view = found.engine.view("c1")
    tree = found.pathway.rules["severe"].tree
    assert explain(tree, view, view.now).answer == CANNOT_SAY
    assert view.gaps(tree, view) == {"severe", "potassium"}
    found.finding("rhythm", "ectopic")
    sure = found.engine.view("c1")
    assert explain(tree, sure, sure.now).answer == YES
    assert sure.gaps(tree, sure) == frozenset()
