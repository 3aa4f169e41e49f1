"""Whoever is closed or loses a role leaves the duty of it at once; a roster that empties so alarms as any other."""

import pytest

from pathway.case.envelope import By
from pathway.engine import Engine
from pathway.site.accounts.commands import CloseAccount, GrantRole, OpenAccount, RevokeRole
from pathway.site.accounts.grant import Grant
from pathway.site.duty.commands import AcceptDuty, PlanShift
from pathway.site.duty.events import DutyLeft, RosterEmptied, ShiftCancelled
from tests.case.ward import SHIPPED, t
from tests.site.site import SCREEN
from tests.site.test_duty import ADMIN, ANNA, BEN, HERE, Rota

CLOSE, REVOKE = (CloseAccount, {}), (RevokeRole, HERE)


def staffed() -> Rota:
    """A kept roster of nurses on H1 with Anna on duty; Anna and Ben have accounts, and so has an administrator."""
    site = Rota()
    everywhere = (Grant("administrator", "*"),)
    site.do(OpenAccount, ADMIN, account="admin", name="Ada", grants=everywhere)
    site.do(OpenAccount, ADMIN, account="admin.two", name="Bo", grants=everywhere)
    for each in (ANNA, BEN):
        site.do(OpenAccount, ADMIN, account=each.actor, name=each.actor, grants=(Grant("nurse", "H1"),))
    site.enrol("c1")
    assert site.begin(ANNA, "1 20:00").status == "accepted"
    return site


@pytest.mark.parametrize("kind, fields", [CLOSE, REVOKE])
def test_an_account_that_is_closed_or_loses_its_role_leaves_duty_at_once_and_the_empty_roster_alarms(kind, fields):
    site = staffed().at("1 10:00")
    assert site.on() == ("nurse.anna",)
    assert site.do(kind, ADMIN, account="nurse.anna", **fields).status == "accepted"
    assert site.on() == ()
    left, emptied = site.events()[-2:]
    assert (left.body.why, left.occurred_at) == ("not_entitled", t("1 10:00"))
    assert isinstance(emptied.body, RosterEmptied)
    empty = [each for each in site.alarms() if each.kind == "empty_roster"]
    assert {each.role for each in empty} >= {"administrator"}
    assert all(each.created_at == t("1 10:00") for each in empty)


def test_somebody_else_on_duty_goes_on_and_nothing_alarms():
    site = staffed()
    site.begin(BEN, "1 20:00")
    site.do(CloseAccount, ADMIN, account="nurse.anna")
    assert site.on() == ("nurse.ben",)
    assert not any(isinstance(each.body, RosterEmptied) for each in site.events()[-1:])
    assert [each.kind for each in site.alarms() if each.kind == "empty_roster"] == []


def test_a_role_that_is_kept_keeps_duty_though_another_is_taken():
    site = staffed()
    site.do(GrantRole, ADMIN, account="nurse.anna", role="physician", ward="H1")
    site.do(RevokeRole, ADMIN, account="nurse.anna", role="physician", ward="H1")
    assert site.on() == ("nurse.anna",)
    assert not any(isinstance(each.body, DutyLeft) for each in site.events())


def test_a_role_on_every_ward_holds_the_duty_that_a_role_on_one_ward_began():
    site = staffed()
    site.do(GrantRole, ADMIN, account="nurse.anna", role="nurse", ward="*")
    site.do(RevokeRole, ADMIN, account="nurse.anna", **HERE)
    assert site.on() == ("nurse.anna",)


def test_a_test_that_waits_and_a_planned_shift_go_with_the_account():
    site = staffed()
    site.do(AcceptDuty, BEN, **HERE, until=t("1 20:00"))
    site.do(PlanShift, ADMIN, account="nurse.ben", **HERE, begins=t("2 06:00"), ends=t("2 14:00"))
    site.do(CloseAccount, ADMIN, account="nurse.ben")
    duty = site.engine.sites.duty()
    assert [each.account for each in duty.stints.values()] == ["nurse.anna"]
    assert duty.shifts == {}
    assert isinstance(site.events()[-1].body, ShiftCancelled)
    assert "nurse.ben" not in {key[1] for each in site.alarms() for key in each.reminders}


def test_duty_without_a_kept_roster_is_left_too():
    site = Rota(kept=False)
    site.do(OpenAccount, ADMIN, account="admin", name="Ada", grants=(Grant("administrator", "*"),))
    site.do(OpenAccount, ADMIN, account="nurse.anna", name="Anna", grants=(Grant("nurse", "H1"),))
    site.begin(ANNA, "1 20:00")
    assert site.on() == ("nurse.anna",)
    site.do(RevokeRole, ADMIN, account="nurse.anna", **HERE)
    assert site.on() == ()


def test_what_a_crash_between_the_two_streams_left_behind_is_mended_by_the_next_look():
    site = staffed()
    crashed = Engine(site.store, [SHIPPED, SCREEN], site.clock)
    crashed.rostering.look = lambda always=False: False  # type: ignore[method-assign]  # the process ends before it
    crashed.handle(CloseAccount(id="x1", by=By("admin", "administrator"), account="nurse.anna"))
    assert site.on() == ("nurse.anna",)
    site.engine.look("site:duty")
    assert site.on() == ()


def test_a_refused_closing_leaves_duty_as_it_was():
    site = staffed()
    site.do(CloseAccount, ADMIN, account="nobody")
    assert site.on() == ("nurse.anna",)
