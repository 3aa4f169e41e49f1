"""A second pathway is a second file: a bundle in minutes, invented, beside the shipped one in one engine."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from pathway.case.commands import (
    Acknowledge,
    Answer,
    AnyCommand,
    By,
    Decide,
    Enrol,
    RecordDeath,
    RecordFinding,
    RecordResult,
    RecordTherapy,
    RequestTherapy,
    Transition,
)
from pathway.clinical.instant import Instant, instant, span
from pathway.definition.draw import to_mermaid, to_svg
from pathway.definition.load import load, shipped
from pathway.engine import Engine
from pathway.engine.ports import Notice, Store
from persistence.memory import MemoryStore
from persistence.sqlite import SqliteStore
from scheduler.post import Post
from scheduler.tick import tick
from ward.clock import FixedClock

FILE = Path(__file__).parent / "sepsis" / "v1.toml"
SEPSIS = load(FILE.read_text("utf-8"), "sepsis/v1.toml")
APL = shipped("variant_apl", 1)
START = instant("2026-03-01T14:00Z")
NURSE, DOCTOR = By("nurse N", "nurse"), By("doctor D", "physician")


class Heard:
    """A channel that keeps what it carried."""

    name = "heard"
    takes = frozenset({"page", "inbox", "second"})

    def __init__(self) -> None:
        self.notices: list[Notice] = []

    def send(self, notice: Notice, attempt: int) -> None:
        self.notices.append(notice)


class Bay:
    """An emergency bay: one engine with both pathways, a clock in the hand, and one patient on the bundle."""

    def __init__(self, store: Store) -> None:
        self.clock, self.store = FixedClock(START), store
        self.engine = Engine(store, [APL, SEPSIS], self.clock)
        self.heard = Heard()
        self.count = 0
        assert self.enrol("S1", "sepsis", "patient-s").status == "accepted"

    def enrol(self, case: str, pathway: str, patient: str) -> Answer:
        who = {"name": "Invented", "number": case}
        return self.do(
            Enrol, case=case, by=DOCTOR, pathway=pathway, presented_at=self.clock.now(), origin="invented",
            identifiers=who, patient=patient, zone="Europe/Berlin", ward="E1", bed=case,
        )  # fmt: skip

    def do(self, kind: type[AnyCommand], *, case: str = "S1", by: By = DOCTOR, **fields: object) -> Answer:
        self.count += 1
        return self.engine.handle(kind(id=str(self.count), case=case, by=by, **fields))

    def at(self, minutes: int) -> None:
        """Let time pass to so many minutes after the start, a tick a minute."""
        while self.clock.now() < START + minutes * span("1 min"):
            self.clock.advance(span("1 min"))
            tick(self.engine, self.store, self.clock, Post([self.heard]), worker="w")

    def lactate(self, value: str) -> Answer:
        return self.do(
            RecordResult, by=By("feed", "laboratory"), loinc="2524-7", value=value, unit="mmol/L",
            collected_at=Instant(self.clock.now() - span("2 min")), specimen=f"s{self.count}",
        )  # fmt: skip

    def cultures(self, word: str = "taken") -> Answer:
        return self.do(RecordFinding, by=NURSE, finding="cultures", value=word)

    def give(self) -> Answer:
        return self.do(RequestTherapy, drug="antibiotic", act="start", form="intravenous")

    def open(self, case: str = "S1") -> set[str]:
        return {reminder for reminder, _ in self.engine.case(case).open}

    def leaf(self, case: str = "S1") -> str:
        return next(iter(self.engine.case(case).regions.values())).leaf

    def rung(self, reminder: str) -> list[tuple[int, str, str]]:
        """What rang of a reminder: minute, role and channel, in order."""
        return [
            ((each.created_at - START) // span("1 min"), each.role, each.channel)
            for each in self.heard.notices
            if each.kind == "rung" and reminder in {key[0] for key in each.reminders}
        ]


@pytest.fixture(params=["memory", "sqlite"])
def bay(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Bay]:
    sqlite = request.param == "sqlite"
    store = SqliteStore.create(tmp_path / "bay.db", "demonstration") if sqlite else MemoryStore("demonstration")
    yield Bay(store)
    store.close()


def test_it_is_drawn_from_its_file():
    assert "after_antibiotic__lactate_raised" in to_mermaid(SEPSIS)
    assert "Antibiotic given, lactate raised" in to_svg(SEPSIS)


def test_every_number_says_that_it_is_invented():
    assert {each.source for each in SEPSIS.form.settings.values()} == {("invented",)}
    assert "never for patients" in SEPSIS.form.status


def test_a_bundle_done_in_time_leaves_nothing_open(bay: Bay):
    assert bay.open() == {"B1", "B2", "B3"}
    bay.at(8)
    bay.lactate("3.4")
    assert bay.open() == {"B2", "B3", "B4"}
    bay.at(12)
    bay.cultures()
    assert [each.name for each in bay.engine.picture("S1").proposals] == ["antibiotic_now"]
    assert bay.give().status == "accepted"
    assert (bay.leaf(), bay.open()) == ("after_antibiotic.lactate_raised", {"B4"})
    bay.at(100)
    bay.lactate("1.6")
    assert (bay.leaf(), bay.open()) == ("after_antibiotic.lactate_normal", set())
    assert bay.do(Transition, transition="T07").status == "accepted"
    assert bay.engine.store.heads(closed=True)[0].closed
    assert bay.rung("B3") == [(0, "nurse", "inbox"), (0, "physician", "inbox")]
    assert bay.engine.verify("S1") == []


def test_a_forgotten_antibiotic_rings_up_the_ladder_until_it_runs(bay: Bay):
    bay.cultures()
    bay.at(75)
    rung = [each for each in bay.rung("B3") if each[0] > 1]
    assert rung[:2] == [(40, "nurse", "page"), (40, "physician", "page")]
    assert (60, "charge_nurse", "page") in rung
    assert (60, "physician", "second") in rung
    assert (70, "consultant", "page") in rung
    bay.give()
    bay.at(120)
    assert [each for each in bay.rung("B3") if each[0] > 75] == []


def test_an_hour_without_the_antibiotic_breaks_the_invariant_and_tells_the_consultant(bay: Bay):
    bay.at(59)
    assert [each.broken for each in bay.engine.case("S1").violations.values()] == [False]
    bay.at(60)
    assert [each.broken for each in bay.engine.case("S1").violations.values()] == [True]
    assert [each.role for each in bay.heard.notices if each.kind == "violation"] == ["consultant"]


def test_the_antibiotic_waits_for_cultures_and_not_for_ever(bay: Bay):
    early = bay.give()
    assert early.refusal is not None
    assert early.refusal.code == "not_proposed"
    assert any("Blood cultures: not taken" in reason for reason in early.refusal.reasons)
    bay.at(45)
    assert bay.give().status == "accepted"
    assert "B2" in bay.open()


def test_an_antibiotic_that_was_given_all_the_same_is_recorded_and_stands_out(bay: Bay):
    given = bay.do(RecordTherapy, by=NURSE, drug="antibiotic", act="dose", form="intravenous")
    assert given.status == "accepted"
    assert [each.rule for each in bay.engine.case("S1").deviations] == ["start_antibiotic"]


def test_a_raised_lactate_is_asked_for_again_until_it_falls(bay: Bay):
    bay.lactate("4.1")
    bay.cultures()
    bay.give()
    bay.at(118)
    due = bay.engine.picture("S1").reminders[0].due_at
    assert (bay.open(), due) == ({"B4"}, START + span("118 min"))
    bay.lactate("3.0")
    again = bay.engine.picture("S1").reminders[0]
    assert (again.reminder, again.ordinal, again.due_at) == ("B4", 2, START + span("118 min") + span("118 min"))
    bay.at(200)
    bay.lactate("1.9")
    assert bay.open() == set()


def test_an_answer_to_the_question_holds_for_its_time_and_no_longer(bay: Bay):
    until = Instant(START + span("20 min"))
    assert bay.do(Decide, reminder="B3", choice="not_now", reason="allergy being cleared", review_at=until).status == (
        "accepted"
    )
    assert "B3" not in bay.open()
    bay.at(20)
    assert "B3" in bay.open()


def test_an_acknowledgement_by_a_doctor_pauses_ten_minutes(bay: Bay):
    bay.at(40)
    assert bay.do(Acknowledge, reminder="B3").status == "accepted"
    bay.at(62)
    assert (60, "charge_nurse", "page") in bay.rung("B3")
    bay.do(Acknowledge, reminder="B3")
    bay.at(71)
    assert (70, "consultant", "page") not in bay.rung("B3")
    bay.at(72)
    assert (72, "consultant", "page") in bay.rung("B3")


def test_a_reported_death_asks_in_the_words_of_its_own_file(bay: Bay):
    bay.do(RecordDeath, by=NURSE, died_at=START)
    assert bay.engine.view("S1").read("death").value == "reported"
    assert "B5" in bay.open()


def test_two_pathways_live_in_one_engine_and_never_meet(bay: Bay):
    assert bay.enrol("A1", "variant_apl", "patient-a").status == "accepted"
    assert (bay.leaf("A1"), bay.leaf("S1")) == ("diagnosis_pending", "first_hour")
    bay.at(1)
    before = bay.engine.case("A1").position
    bay.lactate("2.5")
    bay.cultures()
    bay.give()
    assert bay.engine.case("A1").position == before
    assert bay.do(RequestTherapy, case="A1", drug="antibiotic", act="start").refusal is not None
    assert bay.do(RequestTherapy, drug="tretinoin", act="start").refusal is not None
    bay.at(90)
    assert {each.case for each in bay.heard.notices} == {"A1", "S1"}
    assert {head.case: head.pathway for head in bay.store.heads()} == {"A1": "variant_apl", "S1": "sepsis"}
    assert (bay.engine.pathway("A1").digest, bay.engine.pathway("S1").digest) == (APL.digest, SEPSIS.digest)
    assert bay.engine.verify("A1") == bay.engine.verify("S1") == []
