"""Who a notice is for when it goes out: those on duty where the patient is now, and the one whom a test tests."""

from pathway.case.commands import RecordMove
from pathway.case.envelope import By
from pathway.engine.ports import Notice
from pathway.site.duty.commands import AcceptDuty, AnswerTest, NameDayUnit
from pathway.site.duty.decide import drawn
from scheduler.post import Posted
from tests.case.ward import CASE, SHIPPED, Ward, by, t
from ward.recipients import Addressed
from ward.wiring import House


class Kept:
    """A delivery that keeps what it was given."""

    def __init__(self) -> None:
        self.sent: list[Notice] = []

    def send(self, notice: Notice, attempt: int) -> Posted:
        """Keep it."""
        assert attempt == 1
        self.sent.append(notice)
        return Posted(carried=("kept",))


def on_duty(ward: Ward, account: str, on: str, role: str = "haematologist", answered: bool = True) -> None:
    """Somebody takes duty until `2 09:00`."""
    who, key = By(account, role), f"{account}/{on}"
    ward.engine.handle(AcceptDuty(id=key, by=who, role=role, ward=on, until=t("2 09:00")))
    if answered:
        ward.engine.handle(AnswerTest(id=f"{key}/answer", by=who, number=drawn(key, 0)))


def sent(ward: Ward, kind: str, case: str = CASE) -> dict[str, tuple[str, ...]]:
    """The accounts that the notices of a kind go to, by role."""
    kept = Kept()
    delivery = Addressed(kept, House(ward.store, ward.engine, ward.clock, (SHIPPED,)))
    for notice, _ in ward.store.notices(case):
        if notice.kind == kind:
            delivery.send(notice, 1)
    return {each.role: each.accounts for each in kept.sent}


def ringing() -> Ward:
    """A patient whose drug must be stopped: the haematologist is told."""
    ward = Ward(exposure="started")
    ward.partner("ZBTB16")
    return ward


def test_a_notice_names_those_on_duty_and_only_the_role_where_nobody_is():
    ward = ringing()
    on_duty(ward, "dr.greta", "H1")
    on_duty(ward, "dr.hugo", "H1")
    on_duty(ward, "dr.far", "H2")
    told = sent(ward, "rung")
    assert told["haematologist"] == ("dr.greta", "dr.hugo")
    assert told["charge_nurse"] == ()


def test_whose_duty_ended_before_it_went_out_is_named_no_more():
    ward = ringing()
    on_duty(ward, "dr.greta", "H1")
    ward.at("2 09:00")
    assert sent(ward, "rung")["haematologist"] == ()


def test_what_was_written_before_a_move_goes_to_those_on_the_new_ward():
    ward = ringing()
    on_duty(ward, "dr.greta", "H1")
    on_duty(ward, "dr.icu", "ICU")
    ward.do(RecordMove, by("nurse"), ward="ICU", bed="1")
    assert sent(ward, "rung")["haematologist"] == ("dr.icu",)


def test_what_is_for_a_patient_at_home_goes_to_the_day_unit():
    ward = Ward(exposure="started")
    name = NameDayUnit(id="d", by=By("admin", "administrator"), ward="*", day_unit="Day unit")
    ward.engine.handle(name)
    on_duty(ward, "dr.greta", "H1")
    on_duty(ward, "dr.day", "Day unit")
    ward.finding("whereabouts", "home_day_unit")
    ward.partner("ZBTB16")
    kept = [each for each, _ in ward.store.notices(CASE) if each.kind == "rung" and each.ward == "Day unit"]
    assert "haematologist" in {each.role for each in kept}
    assert sent(ward, "rung")["haematologist"] == ("dr.day",)


def test_a_duty_test_goes_to_the_one_it_tests_and_to_no_one_else():
    ward = ringing()
    on_duty(ward, "dr.greta", "H1")
    on_duty(ward, "dr.hugo", "H1", answered=False)
    kept = [each.reminders for each, state in ward.store.notices("site:duty") if state == "waiting"]
    assert kept == [(("duty_test", "dr.hugo", 2),)]
    assert sent(ward, "duty_test", "site:duty")["haematologist"] == ("dr.hugo",)
