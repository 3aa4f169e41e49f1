"""Wrong-rule reports tell those who look after the rules and silence nothing; a day over its budget is said once.

safety.md H39, H40.
"""

from typing import Any

import pytest

from pathway.case.commands import ReportRule
from pathway.case.events import BudgetExceeded
from tests.case.test_amend import version
from tests.case.ward import CASE, Ward, by, refused, t

NURSE = by("nurse", "nurse.anna")
WRONG = {"reminder": "M1", "subject": "fibrinogen", "reason": "the sample is with the other laboratory"}
OWNER = '[rules]\ntells = ["consultant"]\nsource = ["H39", "H40"]\n'
BUDGET = '[budget]\nlines = "lines_a_day"\npages = "pages_a_day"\nsource = ["H39"]\n'
LINES = 'lines_a_day = { value = "15"'
PAGES = 'pages_a_day = { value = "2"'
FEW = version(2, (LINES, LINES.replace("15", "5")), (PAGES, PAGES.replace("2", "1")))
NONE = version(3, (BUDGET, ""))


def told(ward: Ward, kind: str) -> list[tuple[str, str, str]]:
    """Role, channel and text of the notices of a kind."""
    return [(each.role, each.channel, each.text) for each, _ in ward.store.notices(CASE) if each.kind == kind]


# --- wrong rules ------------------------------------------------------------------------------------------------------


def test_a_report_tells_the_owner_of_the_rules_and_never_the_reason():
    ward = Ward()
    ward.done(ward.do(ReportRule, NURSE, **WRONG))
    ((role, channel, text),) = told(ward, "rule_report")
    assert (role, channel) == ("consultant", "inbox")
    assert "M1, rule reported as wrong: ward H1, case c1" in text
    assert "laboratory" not in text


def test_a_report_closes_pauses_and_moves_nothing():
    plain, reported = Ward(), Ward()
    reported.done(reported.do(ReportRule, NURSE, **WRONG))
    for ward in (plain, reported):
        ward.look("1 20:00")
    assert plain.rang("M1", "fibrinogen") == reported.rang("M1", "fibrinogen") != []
    assert plain.due("M1", "fibrinogen").due_at == reported.due("M1", "fibrinogen").due_at


def test_a_reminder_that_ended_or_never_opened_can_be_reported_too():
    ward = Ward().look("1 09:05")
    ward.therapy("started", "1 09:00")
    assert ward.closed("M39") == ["done"]
    for reminder, ordinal in (("M39", 1), ("M3", 0)):
        ward.done(ward.do(ReportRule, NURSE, reminder=reminder, reason="it is not so"))
        assert ward.events("RuleReported")[-1].ordinal == ordinal


@pytest.mark.parametrize(
    "more, code",
    [
        ({"reminder": "M99"}, "unknown_rule"),
        ({"subject": "Mrs Example"}, "no_such_subject"),
        ({"reason": ""}, "reason_needed"),
    ],
)
def test_what_is_no_report_is_refused(more, code):
    assert refused(Ward().do(ReportRule, NURSE, **(WRONG | more))) == code


def test_where_the_file_names_nobody_those_who_are_told_of_failures_are_told():
    ward = Ward(pathway=version(2, (OWNER, "")))
    ward.done(ward.do(ReportRule, NURSE, **WRONG))
    assert [role for role, _, _ in told(ward, "rule_report")] == ["charge_nurse", "duty_manager"]


# --- the budget of a day ----------------------------------------------------------------------------------------------


def untended(pathway: Any, zone: str = "UTC") -> Ward:
    """A patient on whom nobody acts for two days."""
    ward = Ward(pathway=pathway, zone=zone)
    for hour in ("1 12:00", "1 18:00", "2 06:00", "2 18:00", "3 06:00"):
        ward.look(hour)
    return ward


def over(ward: Ward) -> list[tuple[int, BudgetExceeded]]:
    """When a day was said to be over its budget, and what was said."""
    return [(each.occurred_at, each.body) for each in ward.engine.timeline(CASE) if each.type == "BudgetExceeded"]


def test_a_day_over_its_budget_is_told_to_the_owner_of_the_rules_once():
    ward = untended(FEW)
    found = over(ward)
    assert len(found) == len({body.until for _, body in found}) > 0
    assert all(body.lines > 5 or body.pages > 1 for _, body in found)
    assert {(role, channel) for role, channel, _ in told(ward, "budget")} == {("consultant", "inbox")}
    assert len(told(ward, "budget")) == len(found)
    assert "over the budget of a day" in told(ward, "budget")[0][2]


def test_nothing_is_held_back_for_the_budget():
    def rung(ward: Ward) -> list[tuple[str, str, str]]:
        return [(each.role, each.channel, each.text) for each, _ in ward.store.notices(CASE) if each.kind == "rung"]

    few, none = untended(FEW), untended(NONE)
    assert over(none) == []
    assert rung(few) == rung(none) != []


def test_the_day_is_the_sites_own():
    ward = untended(FEW, "Asia/Tokyo")
    assert over(ward)[0][1].until == t("1 15:00")


def test_what_is_critical_is_outside_the_budget():
    ward = Ward(exposure=None)
    ward.therapy("started", "1 08:30", next_dose_at=t("1 20:00"))
    ward.partner("ZBTB16")
    ward.look("1 11:00")
    assert len(ward.rang("M3")) > 2
    assert all(body.pages <= 2 for _, body in over(ward))
