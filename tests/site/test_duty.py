"""Who is on duty: rosters that are kept, tests that are answered, and the moment in which nobody is left."""

from typing import Any

import pytest

from pathway.case.commands import Answer
from pathway.case.envelope import By
from pathway.engine import Engine
from pathway.engine.ports import Notice, Store
from pathway.site.duty.commands import (
    AcceptDuty,
    AnswerTest,
    CancelShift,
    KeepRoster,
    LeaveDuty,
    NameSubstitute,
    PlanShift,
)
from pathway.site.duty.events import DutyOffered, RosterEmptied
from pathway.site.duty.state import on_duty
from pathway.site.streams import DUTY, decode
from tests.case.ward import SHIPPED, refused, t
from tests.site.site import SCREEN, Site

ADMIN = By("admin", "administrator")
ANNA, BEN = By("nurse.anna", "nurse"), By("nurse.ben", "nurse")
HERE = {"role": "nurse", "ward": "H1"}


class Rota(Site):
    """A site with a roster of nurses on H1, kept unless a test does so itself."""

    def __init__(self, kept: bool = True, **fields: Any) -> None:
        super().__init__(**fields)
        if kept:
            self.do(KeepRoster, ADMIN, **HERE)

    def test_of(self, account: str) -> int:
        """The number in the newest test notice to an account."""
        numbers = [
            each.body.test
            for each in self.events()
            if isinstance(each.body, DutyOffered) and each.body.account == account
        ]
        return numbers[-1]

    def begin(self, who: By, until: str) -> Answer:
        """Accept duty and answer the test."""
        assert self.do(AcceptDuty, who, role=who.role, ward="H1", until=t(until)).status == "accepted"
        return self.do(AnswerTest, who, number=self.test_of(who.actor))

    def events(self) -> list[Any]:
        """Every event of the duty stream."""
        return [decode(each.canonical) for each in self.store.stream(DUTY)]

    def said(self) -> list[str]:
        """The types of the events with their instants."""
        return [f"{each.type} {clock(each.occurred_at)}" for each in self.events()]

    def on(self, role: str = "nurse") -> tuple[str, ...]:
        """Who is on duty now."""
        return on_duty(self.engine.sites.duty(), role, "H1", self.clock.now())

    def look(self, text: str) -> "Rota":
        """Move the clock and look, as the scheduler does when the stream's next look has come."""
        self.at(text)
        for each in self.store.due_cases(self.clock.now(), 10):
            self.engine.look(each)
        return self

    def alarms(self, state: str = "waiting") -> list[Notice]:
        """The notices of the duty stream in a state."""
        return [notice for notice, now in self.store.notices(DUTY) if now == state]


def clock(at: int) -> str:
    """Day and time of an instant in the words of `t`."""
    day, rest = divmod(at - t("1 00:00"), 86_400_000_000)
    return f"{day + 1} {rest // 3_600_000_000:02}:{rest // 60_000_000 % 60:02}"


def test_duty_counts_once_its_test_was_answered_and_until_it_ends():
    site = Rota()
    site.do(AcceptDuty, ANNA, **HERE, until=t("1 14:00"))
    assert site.on() == ()
    site.at("1 09:05").do(AnswerTest, ANNA, number=site.test_of("nurse.anna"))
    assert site.on() == ("nurse.anna",)
    assert site.look("1 13:59").on() == ("nurse.anna",)
    assert site.look("1 14:00").on() == ()


def test_a_test_is_answered_by_its_number_by_whom_it_went_to_and_in_the_role_of_the_duty():
    site = Rota()
    site.do(AcceptDuty, ANNA, **HERE, until=t("1 14:00"))
    number = site.test_of("nurse.anna")
    assert refused(site.do(AnswerTest, ANNA, number=number + 1)) == "no_such_test"
    assert refused(site.do(AnswerTest, BEN, number=number)) == "no_such_test"
    assert refused(site.do(AnswerTest, By("nurse.anna", "physician"), number=number)) == "no_such_test"
    assert site.do(AnswerTest, ANNA, number=number).status == "accepted"


def test_the_number_stands_in_the_test_notice_which_names_the_account_and_in_no_answer():
    site = Rota()
    answer = site.do(AcceptDuty, ANNA, **HERE, until=t("1 14:00"))
    number = site.test_of("nurse.anna")
    (notice,) = [each for each in site.alarms() if each.kind == "duty_test"]
    assert f"duty test {number}: answer it within 10 min" in notice.text
    assert (notice.role, notice.ward, notice.severity) == ("nurse", "H1", 1)
    assert notice.reminders[0][1] == "nurse.anna"
    assert str(number) not in str(answer)


def test_a_test_that_nobody_answers_lapses_at_its_own_instant_and_tells_the_administrator():
    site = Rota()
    site.do(AcceptDuty, ANNA, **HERE, until=t("1 14:00"))
    site.look("1 09:25")
    assert site.said()[-1] == "DutyLapsed 1 09:10"
    assert refused(site.do(AnswerTest, ANNA, number=site.test_of("nurse.anna"))) == "no_such_test"
    told = [each for each in site.alarms() if each.kind == "failure"]
    assert [(each.role, each.late) for each in told] == [("administrator", True)]
    assert "nurse.anna has not answered the duty test as nurse" in told[0].text
    assert "duty_test" not in {each.kind for each in site.alarms()}


def test_a_test_that_was_answered_is_sent_no_more():
    site = Rota()
    site.begin(ANNA, "1 14:00")
    assert [each.kind for each in site.alarms("withdrawn")] == ["empty_roster", "duty_test"]


# --- taking and leaving ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "who, until, code",
    [
        (By("dr.d", "physician"), "1 14:00", "role"),
        (ANNA, "1 09:00", "until"),
        (ANNA, "1 08:00", "until"),
        (ANNA, None, "until"),
    ],
)
def test_duty_that_cannot_be_taken_so_is_refused(who: By, until: str | None, code: str):
    site = Rota()
    assert refused(site.do(AcceptDuty, who, **HERE, until=None if until is None else t(until))) == code
    assert site.on() == ()


def test_duty_is_accepted_once_and_may_be_made_longer():
    site = Rota()
    site.do(AcceptDuty, ANNA, **HERE, until=t("1 14:00"))
    assert refused(site.do(AcceptDuty, ANNA, **HERE, until=t("1 14:00"))) == "asked"
    site.do(AnswerTest, ANNA, number=site.test_of("nurse.anna"))
    assert refused(site.do(AcceptDuty, ANNA, **HERE, until=t("1 14:00"))) == "on_duty"
    site.begin(ANNA, "1 18:00")
    assert site.look("1 17:59").on() == ("nurse.anna",)


def test_who_is_planned_accepts_without_a_time_an_hour_before_at_the_earliest():
    site = Rota()
    site.do(PlanShift, ADMIN, **HERE, account="nurse.anna", begins=t("1 14:00"), ends=t("1 22:00"))
    assert refused(site.at("1 12:59").do(AcceptDuty, ANNA, **HERE)) == "until"
    site.at("1 13:00").do(AcceptDuty, ANNA, **HERE)
    site.do(AnswerTest, ANNA, number=site.test_of("nurse.anna"))
    assert site.on() == ("nurse.anna",)
    assert site.look("1 22:00").on() == ()


def test_a_plan_alone_puts_nobody_on_duty():
    site = Rota()
    site.do(PlanShift, ADMIN, **HERE, account="nurse.anna", begins=t("1 09:00"), ends=t("1 14:00"))
    assert site.on() == ()


@pytest.mark.parametrize(
    "begins, ends, code",
    [
        ("1 14:00", "1 14:00", "shift"),
        ("1 07:00", "1 09:00", "shift"),
        ("1 15:00", "1 20:00", "planned"),
        ("1 22:00", "2 06:00", ""),
    ],
)
def test_a_shift_is_planned_once_and_not_when_it_is_over(begins: str, ends: str, code: str):
    site = Rota()
    site.do(PlanShift, ADMIN, **HERE, account="nurse.anna", begins=t("1 14:00"), ends=t("1 22:00"))
    shift = {"begins": t(begins), "ends": t(ends)}
    assert refused(site.do(PlanShift, ADMIN, **HERE, account="nurse.anna", **shift)) == code


def test_a_cancelled_shift_is_gone():
    site = Rota()
    site.do(PlanShift, ADMIN, **HERE, account="nurse.anna", begins=t("1 09:00"), ends=t("1 14:00"))
    (number,) = site.engine.sites.duty().shifts
    assert site.do(CancelShift, ADMIN, number=number).status == "accepted"
    assert refused(site.do(CancelShift, ADMIN, number=number)) == "no_such_shift"
    assert refused(site.do(AcceptDuty, ANNA, **HERE)) == "until"


def test_who_leaves_is_off_at_once_and_whoever_is_not_there_cannot_leave():
    site = Rota()
    site.begin(ANNA, "1 14:00")
    site.begin(BEN, "1 14:00")
    assert site.on() == ("nurse.anna", "nurse.ben")
    site.at("1 10:00").do(LeaveDuty, ANNA, **HERE)
    assert site.on() == ("nurse.ben",)
    assert refused(site.do(LeaveDuty, ANNA, **HERE)) == "not_on_duty"


def test_who_leaves_to_a_substitute_stays_until_they_have_answered():
    site = Rota()
    site.begin(ANNA, "1 14:00")
    site.at("1 10:00").do(LeaveDuty, ANNA, **HERE, to="nurse.ben")
    assert site.on() == ("nurse.anna",)
    site.at("1 10:05").do(AnswerTest, BEN, number=site.test_of("nurse.ben"))
    assert site.on() == ("nurse.ben",)
    assert "RosterEmptied 1 10:05" not in site.said()
    assert site.look("1 14:00").on() == ()


def test_a_substitute_who_does_not_answer_leaves_the_duty_where_it_was():
    site = Rota()
    site.begin(ANNA, "1 14:00")
    site.do(LeaveDuty, ANNA, **HERE, to="nurse.ben")
    assert site.look("1 09:10").on() == ("nurse.anna",)
    assert site.said()[-1] == "DutyLapsed 1 09:10"


def test_somebody_else_may_name_the_substitute_of_one_on_duty_or_planned():
    site = Rota()
    named = {**HERE, "account": "nurse.anna", "to": "nurse.ben"}
    assert refused(site.do(NameSubstitute, ADMIN, **named)) == "not_on_duty"
    site.do(PlanShift, ADMIN, **HERE, account="nurse.anna", begins=t("1 09:00"), ends=t("1 14:00"))
    assert refused(site.do(NameSubstitute, ADMIN, **{**named, "to": "nurse.anna"})) == "to"
    site.do(NameSubstitute, ADMIN, **named)
    assert refused(site.do(NameSubstitute, ADMIN, **named)) == "asked"
    site.do(AnswerTest, BEN, number=site.test_of("nurse.ben"))
    assert site.on() == ("nurse.ben",)
    assert site.look("1 14:00").on() == ()


# --- empty rosters ---------------------------------------------------------------------------------------------------


def test_a_roster_that_is_kept_with_nobody_there_is_empty_at_once_and_one_that_is_not_kept_never():
    assert Rota().said() == ["RosterKept 1 09:00", "RosterEmptied 1 09:00"]
    site = Rota(kept=False)
    site.begin(ANNA, "1 14:00")
    assert site.look("1 15:00").on() == ()
    assert "RosterEmptied" not in " ".join(site.said())


def test_a_roster_is_empty_from_the_instant_at_which_the_last_one_goes_however_late_somebody_looks():
    site = Rota()
    site.begin(ANNA, "1 14:00")
    site.at("1 09:30").begin(BEN, "1 12:00")
    assert site.store.head(DUTY).next_look == t("1 14:00")
    site.look("1 14:20")
    assert site.said()[-1] == "RosterEmptied 1 14:00"
    (alarm,) = [each for each in site.alarms() if each.kind == "empty_roster"]
    assert (alarm.role, alarm.late, alarm.created_at) == ("administrator", True, t("1 14:20"))
    assert "nobody is on duty as nurse: ward H1, 01-Mar 14:00 (late)" in alarm.text
    assert site.engine.verify(DUTY) == []


def test_the_scheduler_is_asked_to_look_at_the_next_end_and_at_nothing_once_all_is_empty():
    site = Rota()
    assert site.store.head(DUTY).next_look is None
    site.do(AcceptDuty, ANNA, **HERE, until=t("1 14:00"))
    assert site.store.next_look() == t("1 09:10")
    site.do(AnswerTest, ANNA, number=site.test_of("nurse.anna"))
    assert site.store.due_cases(t("1 13:59"), 5) == []
    assert site.store.due_cases(t("1 14:00"), 5) == [DUTY]
    site.look("1 14:00")
    assert site.store.next_look() is None


def test_an_emptied_roster_is_critical_where_it_is_critical_and_somebody_lies_there():
    site = Rota(kept=False)
    site.do(KeepRoster, ADMIN, **HERE, critical=True)
    assert site.alarms()[-1].severity == 1
    site.enrol("c1")
    site.begin(ANNA, "1 14:00")
    site.look("1 14:00")
    assert [(each.severity, each.text[:8]) for each in site.alarms() if each.kind == "empty_roster"] == [
        (0, "CRITICAL")
    ]


def test_left_unsaid_a_roster_is_critical_where_a_critical_rung_of_a_pathway_tells_its_role():
    site = Rota(kept=False)
    for role in ("haematologist", "transplant_coordinator"):
        site.do(KeepRoster, ADMIN, role=role, ward="H1")
    kept = site.engine.sites.duty().kept
    assert [each.critical for each in kept.values()] == [True, False]


def test_an_empty_roster_tells_the_next_one_of_its_ward_in_which_somebody_is():
    site = Rota()
    for role in ("charge_nurse", "physician", "consultant"):
        site.do(KeepRoster, ADMIN, role=role, ward="H1")
    site.begin(By("dr.d", "physician"), "1 20:00")
    site.begin(By("dr.c", "consultant"), "1 20:00")
    site.begin(ANNA, "1 14:00")
    site.look("1 14:00")
    last = site.events()[-1].body
    assert (type(last), last.told) == (RosterEmptied, ("administrator", "physician"))


def test_whoever_heard_of_an_empty_roster_hears_that_it_is_staffed_again():
    site = Rota()
    site.begin(ANNA, "1 14:00")
    site.look("1 14:00")
    site.at("1 14:30").begin(BEN, "1 22:00")
    assert site.said()[-1] == "RosterStaffed 1 14:30"
    assert [(each.kind, each.role) for each in site.alarms()][-1] == ("stand_down", "administrator")
    assert "empty_roster" not in {each.kind for each in site.alarms()}


def test_a_hand_over_that_comes_before_anybody_looked_tells_nobody():
    site = Rota()
    site.begin(ANNA, "1 14:00")
    site.at("1 13:55").do(AcceptDuty, BEN, **HERE, until=t("1 22:00"))
    site.at("1 14:00").do(AnswerTest, BEN, number=site.test_of("nurse.ben"))
    assert site.said()[-3:] == ["RosterEmptied 1 14:00", "DutyBegun 1 14:00", "RosterStaffed 1 14:00"]
    assert [each.kind for each in site.alarms()] == ["stand_down"]


def test_a_roster_that_is_kept_no_longer_stands_empty_no_more():
    site = Rota()
    site.do(KeepRoster, ADMIN, **HERE, kept=False)
    assert site.said()[-1] == "RosterStaffed 1 09:00"
    assert site.engine.sites.duty().empty == {}


@pytest.mark.parametrize("fields", [{"role": ""}, {"ward": ""}, {"answer_within": "soon"}, {"answer_within": "2 h"}])
def test_a_roster_that_cannot_be_kept_so_is_refused(fields: dict[str, Any]):
    assert Rota(kept=False).do(KeepRoster, ADMIN, **(HERE | fields)).status == "refused"


def test_what_was_due_is_on_the_record_before_a_refusal_too():
    site = Rota()
    site.begin(ANNA, "1 14:00")
    assert refused(site.at("1 15:00").do(LeaveDuty, ANNA, **HERE)) == "not_on_duty"
    assert site.said()[-1] == "RosterEmptied 1 14:00"


def test_a_command_about_duty_comes_once_and_a_rehearsal_writes_nothing():
    site = Rota()
    given = {"id": "x1", "by": ANNA, **HERE, "until": t("1 14:00")}
    assert site.engine.rehearse(AcceptDuty(**given)).answer.status == "accepted"
    assert len(site.events()) == 2
    for repeated in (False, True):
        assert site.engine.handle(AcceptDuty(**given)).repeated == repeated
    assert len(site.events()) == 3


def test_every_store_wakes_for_it_and_has_the_same_events(store: Store):
    site = Rota(store=store)
    site.begin(ANNA, "1 14:00")
    assert site.store.next_look() == t("1 14:00")
    site.look("1 14:20")
    site.at("1 14:30").begin(BEN, "1 22:00")
    assert site.said() == [
        "RosterKept 1 09:00",
        "RosterEmptied 1 09:00",
        "DutyOffered 1 09:00",
        "DutyBegun 1 09:00",
        "RosterStaffed 1 09:00",
        "RosterEmptied 1 14:00",
        "DutyOffered 1 14:30",
        "DutyBegun 1 14:30",
        "RosterStaffed 1 14:30",
    ]
    assert [each.canonical for each in site.store.stream(DUTY)] == [
        each.canonical for each in same().store.stream(DUTY)
    ]
    assert site.engine.verify(DUTY) == []
    assert Engine(store, [SCREEN], site.clock).sites.duty() == site.engine.sites.duty()
    assert site.store.unlooked_cases(t("2 09:00"), 5) == [DUTY]


def same() -> Rota:
    """The same in memory."""
    site = Rota()
    site.begin(ANNA, "1 14:00")
    site.look("1 14:20")
    site.at("1 14:30").begin(BEN, "1 22:00")
    return site


def test_a_damaged_record_of_duty_silences_no_reminder():
    site = Rota()
    site.enrol("c1")
    stored = site.store.stream(DUTY)
    assert len(list(stored)) == 2
    site.store._events[DUTY].pop()
    fresh = Engine(site.store, [SHIPPED, SCREEN], site.clock)
    assert fresh.sites.duty().kept == {}
    site.at("1 12:00")
    assert fresh.look("c1")
