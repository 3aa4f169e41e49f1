"""The door: who speaks is proven there, and whoever may not ask or look is told so and written down."""

from itertools import count

import pytest
from msgspec.structs import replace

from pathway.case.commands import (
    Answer,
    AnyCommand,
    Cosign,
    Enrol,
    HandOver,
    RecordFinding,
    RecordTherapy,
    RequestTherapy,
    StopTherapy,
)
from pathway.case.envelope import By, Event
from pathway.clinical.instant import SECOND, Instant, instant
from pathway.engine.ports import Credential
from pathway.site.accounts.commands import BreakGlass, ChangeSecret, CloseAccount, OpenAccount
from pathway.site.accounts.grant import Grant
from pathway.site.commands import ApproveDefinition
from pathway.site.duty.commands import CancelShift, PlanShift
from ward.clock import FixedClock
from ward.door import Door
from ward.errors import Denied
from ward.people.person import SignedIn
from ward.wiring import house, memory_store

NOW = instant("2026-03-05T03:00+01:00")
NOBODY = By("somebody else", "consultant", "engine", "password")
PEOPLE = {
    "nurse.h4": ("person", (Grant("nurse", "H4"),)),
    "nurse.s1": ("person", (Grant("nurse", "S1"),)),
    "dr.h4": ("person", (Grant("haematologist", "H4"),)),
    "dr.other": ("person", (Grant("haematologist", "H4"),)),
    "dr.s1": ("person", (Grant("haematologist", "S1"),)),
    "doctor.everywhere": ("person", (Grant("consultant", "*"),)),
    "both.sides": ("person", (Grant("nurse", "H4"), Grant("auditor", "*"))),
    "auditor.a": ("person", (Grant("auditor", "*"),)),
    "feed.lab": ("service", (Grant("laboratory", "*"),)),
}


class Site:
    """A live store with two wards, a patient on each, and people."""

    def __init__(self) -> None:
        self.clock = FixedClock(NOW)
        self.house = house(memory_store("live"), self.clock)
        self.door, self.numbers = Door(self.house), count(1)
        for name, (kind, grants) in {"admin": ("person", (Grant("administrator", "*"),)), **PEOPLE}.items():
            scopes = ("RecordResult",) if kind == "service" else ()
            self.by_engine(
                OpenAccount(
                    id=self.id(), by=By("admin", "administrator"), account=name, name=name, kind=kind, grants=grants,
                    scopes=scopes,
                )
            )  # fmt: skip
        for case, ward in (("c1", "H4"), ("c2", "S1")):
            assert self.handle(f"dr.{ward.lower()}", "haematologist", self.enrolment(case, ward)).status == "accepted"

    def by_engine(self, command: AnyCommand) -> None:
        assert self.house.engine.handle(command).status == "accepted"

    def id(self) -> str:
        return f"x{next(self.numbers)}"

    def who(self, account: str) -> SignedIn:
        found = self.house.engine.sites.accounts().held[account]
        return SignedIn(found.account, found.name, found.kind, found.grants, found.scopes, "sign-in")

    def handle(self, account: str, role: str, command: AnyCommand, second: str = "") -> Answer:
        return self.door.handle(self.who(account), role, command, self.who(second) if second else None)

    def enrolment(self, case: str, ward: str) -> Enrol:
        return Enrol(
            id=self.id(), case=case, by=NOBODY, pathway="variant_apl", presented_at=Instant(NOW - 3600 * SECOND),
            zone="UTC", ward=ward, bed="3", identifiers={"name": f"Name {case}", "number": case}, patient=f"p-{case}",
        )  # fmt: skip

    def bleeding(self, case: str) -> RecordFinding:
        return RecordFinding(id=self.id(), case=case, by=NOBODY, finding="bleeding", value="none")

    def dose(self, case: str, act: str = "dose") -> RecordTherapy:
        return RecordTherapy(id=self.id(), case=case, by=NOBODY, drug="tretinoin", act=act)

    def start(self, case: str, **fields: object) -> RequestTherapy:
        return RequestTherapy(id=self.id(), case=case, by=NOBODY, drug="tretinoin", act="start", **fields)

    def stop(self, case: str, **fields: object) -> StopTherapy:
        return StopTherapy(id=self.id(), case=case, by=NOBODY, drug="tretinoin", **fields)

    def events(self, case: str) -> list[Event]:
        return self.house.engine.timeline(case)

    def last_access(self) -> tuple[str, str, str, tuple[str, ...]]:
        found = self.house.store.accesses()[-1]
        return found.by.actor, found.what, found.outcome, found.cases


@pytest.fixture
def site() -> Site:
    return Site()


def code(answer: Answer) -> str:
    return answer.refusal.code if answer.refusal else answer.status


def test_who_spoke_is_written_by_the_door_whatever_the_command_says(site: Site):
    assert site.handle("nurse.h4", "nurse", site.bleeding("c1")).status == "accepted"
    assert site.events("c1")[-1].by == By("nurse.h4", "nurse", "person", "sign-in")


def test_a_history_is_told_by_whoever_enrols(site: Site):
    told = RecordFinding(id="h1", case="c3", by=NOBODY, finding="bleeding", value="none", at=Instant(NOW - SECOND))
    command = replace(site.enrolment("c3", "H4"), history=(told,), reason="came late")
    assert site.handle("dr.h4", "haematologist", command).status == "accepted"
    assert {each.by.actor for each in site.events("c3")} <= {"dr.h4", "engine", "clock"}


def test_a_role_that_the_account_has_not_is_denied_and_written_down(site: Site):
    before = len(site.events("c1"))
    answer = site.handle("nurse.h4", "haematologist", site.start("c1"))
    assert code(answer) == "denied"
    assert "nurse.h4 may not RequestTherapy as haematologist on ward H4" in answer.refusal.message
    assert len(site.events("c1")) == before
    assert site.last_access() == ("nurse.h4", "RequestTherapy", "denied", ("c1",))


def test_another_ward_is_denied_and_every_ward_is_every_ward(site: Site):
    assert code(site.handle("dr.s1", "haematologist", site.start("c1"))) == "denied"
    assert code(site.handle("dr.h4", "haematologist", site.enrolment("c9", "S1"))) == "denied"
    for case in ("c1", "c2"):
        assert code(site.handle("doctor.everywhere", "consultant", site.stop(case))) != "denied"


def test_what_the_pathway_refuses_is_still_its_own_refusal(site: Site):
    assert code(site.handle("nurse.h4", "nurse", site.start("c1", reason="x"))) not in {"denied", "accepted"}


@pytest.mark.parametrize("account, role", [("nurse.s1", "nurse"), ("dr.s1", "haematologist")])
def test_a_clinician_of_another_ward_may_always_hold_and_flag(site: Site, account: str, role: str):
    flag = RecordFinding(id="f1", case="c1", by=NOBODY, finding="clinician_judges_severe", value="yes")
    assert site.handle(account, role, flag).status == "accepted"
    assert site.handle(account, role, site.dose("c1", "held")).status == "accepted"


def test_a_denial_says_nothing_of_the_patient(site: Site):
    with pytest.raises(Denied) as denied:
        site.door.look(site.who("nurse.s1"), "", "case", ["c1"])
    for word in ("Name", "p-c1", "bed", "variant"):
        assert word not in str(denied.value)


# --- second signatures ------------------------------------------------------------------------------------------------


def approval(site: Site, second: str = "") -> ApproveDefinition:
    digest = site.house.pathways[0].digest
    return ApproveDefinition(id=site.id(), by=NOBODY, digest=digest, second=second)


def test_a_second_signature_is_written_with_its_proof(site: Site):
    assert site.handle("dr.h4", "haematologist", approval(site, "whoever"), "dr.other").status == "accepted"
    (event,) = site.house.store.stream("site:definitions")
    assert b'"second":"dr.other"' in event.canonical
    assert b'"second_by":{"actor":"dr.other","authenticated":"sign-in","role":"","source":"person"}' in event.canonical


@pytest.mark.parametrize("second", ["", "dr.h4", "feed.lab", "auditor.a"])
def test_a_name_is_no_signature_nor_is_ones_own_a_machines_or_that_of_somebody_who_may_not_ask(site: Site, second: str):
    assert code(site.handle("dr.h4", "haematologist", approval(site, "dr.other"), second)) == "denied"


def test_what_a_command_claims_of_its_second_signature_counts_for_nothing(site: Site):
    claimed = replace(approval(site), second="", second_by=By("dr.other", authenticated="password"))
    assert code(site.handle("dr.h4", "haematologist", claimed)) == "second"


def test_an_event_of_a_case_says_who_signed_beside_and_how(site: Site):
    site.handle("dr.h4", "haematologist", site.dose("c1"))
    assert site.handle("dr.h4", "haematologist", site.stop("c1"), "dr.other").status == "accepted"
    own = [each for each in site.events("c1") if each.by.actor == "dr.h4"]
    assert own[-1].second_by == By("dr.other", "", "person", "sign-in")
    assert own[-2].second_by is None


# --- offers and plans -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "to, role", [("nobody", "nurse"), ("nurse.s1", "nurse"), ("nurse.h4", "haematologist"), ("feed.lab", "laboratory")]
)
def test_a_reminder_is_offered_only_to_an_account_that_could_take_it(site: Site, to: str, role: str):
    asked = HandOver(id=site.id(), case="c1", by=NOBODY, reminder="M1", to=to, to_role=role, reason="break")
    assert code(site.handle("dr.h4", "haematologist", asked)) == "denied"


def test_an_offer_names_the_account_however_it_was_typed(site: Site):
    asked = HandOver(id=site.id(), case="c1", by=NOBODY, reminder="M1", to="Nurse.H4", to_role="nurse", reason="break")
    assert site.door.proven(site.who("dr.h4"), "haematologist", asked).to == "nurse.h4"


def test_a_planned_shift_is_taken_back_only_on_its_own_ward(site: Site):
    site.by_engine(
        OpenAccount(
            id=site.id(),
            by=By("admin", "administrator"),
            account="charge.s1",
            name="C",
            grants=(Grant("charge_nurse", "S1"),),
        )
    )
    plan = PlanShift(
        id=site.id(),
        by=NOBODY,
        account="nurse.h4",
        role="nurse",
        ward="H4",
        begins=NOW,
        ends=Instant(NOW + 3600 * SECOND),
    )
    assert site.handle("admin", "administrator", plan).status == "accepted"
    number = next(iter(site.house.engine.sites.duty().shifts))
    assert (
        code(site.handle("charge.s1", "charge_nurse", CancelShift(id=site.id(), by=NOBODY, number=number))) == "denied"
    )
    assert (
        site.handle("admin", "administrator", CancelShift(id=site.id(), by=NOBODY, number=number)).status == "accepted"
    )


# --- orders by voice --------------------------------------------------------------------------------------------------


def by_voice(site: Site, giver: str) -> Answer:
    site.handle("nurse.h4", "nurse", site.dose("c1"))
    return site.handle("nurse.h4", "nurse", site.stop("c1", verbal_from="haematologist", verbal_by=giver))


@pytest.mark.parametrize("giver", ["Dr Nobody", "dr.s1", "nurse.s1", "feed.lab"])
def test_an_order_by_voice_names_an_account_that_could_have_given_it(site: Site, giver: str):
    assert code(by_voice(site, giver)) == "denied"


def test_only_the_account_that_gave_an_order_by_voice_signs_for_it(site: Site):
    order = by_voice(site, "DR.H4")
    assert order.status == "accepted", order.refusal
    assert site.events("c1")[order.positions[0] - 1].verbal.giver == "dr.h4"

    def signed(account: str) -> str:
        command = Cosign(id=site.id(), case="c1", by=NOBODY, order=order.positions[0], choice="signed")
        return code(site.handle(account, "haematologist", command))

    assert signed("dr.other") == "role"
    assert signed("dr.h4") == "accepted"


def test_a_giver_whose_account_is_closed_gives_no_more_orders(site: Site):
    closing = CloseAccount(id=site.id(), by=NOBODY, account="dr.h4")
    assert site.handle("admin", "administrator", closing).status == "accepted"
    assert code(by_voice(site, "dr.h4")) == "denied"


# --- looking ----------------------------------------------------------------------------------------------------------


def test_looks_are_written_down_and_denied_ones_too(site: Site):
    site.door.look(site.who("nurse.h4"), "", "case", ["c1"])
    assert site.last_access() == ("nurse.h4", "case", "read", ("c1",))
    with pytest.raises(Denied):
        site.door.look(site.who("nurse.h4"), "", "case", ["c1", "c2"])
    assert site.last_access() == ("nurse.h4", "case", "denied", ("c1", "c2"))


def test_a_list_holds_the_cases_of_ones_own_wards_alone(site: Site):
    heads = site.house.engine.heads()

    def seen(account: str) -> list[str]:
        return [head.case for head in site.door.seen(site.who(account), "", "cases", heads)]

    assert (seen("nurse.h4"), seen("dr.s1"), seen("doctor.everywhere")) == (["c1"], ["c2"], ["c1", "c2"])
    assert seen("auditor.a") == ["c1", "c2"]
    with pytest.raises(Denied):
        seen("feed.lab")


def test_the_access_log_is_the_auditors(site: Site):
    site.door.look(site.who("auditor.a"), "", "accesses")
    site.door.look(site.who("both.sides"), "", "accesses")
    with pytest.raises(Denied):
        site.door.look(site.who("both.sides"), "nurse", "accesses")
    with pytest.raises(Denied):
        site.door.look(site.who("admin"), "", "accesses")


def test_a_case_that_is_not_there_is_told_by_the_engine_and_not_by_the_door(site: Site):
    assert code(site.handle("nurse.h4", "nurse", site.bleeding("c77"))) == "quarantined"
    assert code(site.handle("feed.lab", "laboratory", site.bleeding("c77"))) == "denied"


# --- broken glass -----------------------------------------------------------------------------------------------------


def broken(site: Site, account: str = "dr.s1", case: str = "c1") -> Answer:
    command = BreakGlass(id=site.id(), by=NOBODY, account=account, patient_case=case, reason="resuscitation")
    return site.handle(account, "haematologist", command)


def test_broken_glass_lets_one_account_reach_one_case_and_every_look_says_so(site: Site):
    site.handle("dr.h4", "haematologist", site.dose("c1"))
    assert broken(site).status == "accepted"
    site.door.look(site.who("dr.s1"), "", "case", ["c1"])
    assert site.last_access() == ("dr.s1", "case", "break_glass", ("c1",))
    assert site.handle("dr.s1", "haematologist", site.stop("c1")).status == "accepted"
    assert site.last_access() == ("dr.s1", "StopTherapy", "break_glass", ("c1",))
    with pytest.raises(Denied):
        site.door.look(site.who("nurse.s1"), "", "case", ["c1"])


def test_broken_glass_ends_by_itself(site: Site):
    broken(site)
    site.clock.set(Instant(NOW + 3599 * SECOND))
    site.door.look(site.who("dr.s1"), "", "case", ["c1"])
    site.clock.set(Instant(NOW + 3600 * SECOND))
    with pytest.raises(Denied):
        site.door.look(site.who("dr.s1"), "", "case", ["c1"])


def test_nobody_breaks_glass_for_another_and_no_auditor_does(site: Site):
    command = BreakGlass(id="g1", by=NOBODY, account="dr.h4", patient_case="c1", reason="x")
    assert site.handle("dr.s1", "haematologist", command).status == "refused"
    own = BreakGlass(id="g2", by=NOBODY, account="auditor.a", patient_case="c1", reason="x")
    assert code(site.handle("auditor.a", "auditor", own)) == "denied"


# --- services and secrets ---------------------------------------------------------------------------------------------


def test_a_service_says_what_it_came_through_and_is_never_the_engine(site: Site):
    command = site.bleeding("c1")
    service = replace(site.who("feed.lab"), scopes=("RecordFinding",), grants=(Grant("service", "*"),))
    site.door.handle(service, "service", replace(command, by=replace(NOBODY, source="feed")))
    assert site.events("c1")[-1].by == By("feed.lab", "service", "feed", "sign-in")
    site.door.handle(service, "service", replace(command, id="again"))
    assert site.events("c1")[-1].by.source == "person"


def test_a_one_time_password_opens_nothing_but_its_change(site: Site):
    new = replace(site.who("nurse.h4"), must_change=True)
    assert code(site.door.handle(new, "nurse", site.bleeding("c1"))) == "denied"
    with pytest.raises(Denied):
        site.door.look(new, "", "case", ["c1"])
    changed = ChangeSecret(id=site.id(), by=NOBODY, account="nurse.h4", how="password")
    kept = Credential("nurse.h4", "password", "", "a hash", NOW)
    assert site.door.handle(new, "", changed, credentials=(kept,)).status == "accepted"


def test_a_rehearsal_is_as_closed_as_the_act(site: Site):
    before = site.events("c1")
    assert site.door.rehearse(site.who("dr.h4"), "haematologist", site.stop("c1")).answer.status == "accepted"
    assert site.events("c1") == before
    with pytest.raises(Denied):
        site.door.rehearse(site.who("dr.s1"), "haematologist", site.stop("c1"))
