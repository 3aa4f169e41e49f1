"""One invented patient, the whole way: the engine is built anew from disk before every phase."""

from pathlib import Path

import pytest

from pathway.clinical.instant import Instant
from pathway.engine import Engine
from tests.case.ward import CASE, SHIPPED, by, t
from tests.variant_apl.ward import TRETINOIN_ANTHRACYCLINE, Apl
from ward.place import Place
from ward.wiring import create_store, open_store

DAY = 24 * 3600 * 1_000_000


class Kept(Apl):
    """A ward whose store is a file."""

    def __init__(self, file: Path) -> None:
        super().__init__(enrolled=False)
        self.place: Place = file
        self.store = create_store(self.place, "demonstration")  # type: ignore[assignment]  # any store will do
        self.engine = Engine(self.store, [SHIPPED], self.clock)
        assert self.enrol().status == "accepted"
        self.therapy("never")

    def again(self) -> "Kept":
        """Close the file, open it, and build a new engine that remembers nothing."""
        before = (self.phase, self.open, self.case.position)
        self.store.close()
        self.store = open_store(self.place)  # type: ignore[assignment]  # any store will do
        self.engine = Engine(self.store, [SHIPPED], self.clock)
        assert (self.phase, self.open, self.case.position) == before
        return self

    def day(self, number: int, hour: int = 9) -> "Kept":
        """Nine o'clock of a day of the story, which is longer than a month."""
        self.clock.set(Instant(t(f"1 {hour:02d}:00") + (number - 1) * DAY))
        return self


@pytest.fixture
def ward(tmp_path: Path):
    kept = Kept(tmp_path / "ward.db")
    yield kept
    kept.store.close()


def test_a_patient_goes_the_whole_way_through_an_engine_that_is_built_anew_before_every_phase(ward):
    assert (ward.phase, ward.supervision) == ("diagnosis_pending", "running")
    ward.again().day(1, 10)
    ward.panel("1 09:40", fibrinogen="120", platelets="40")
    ward.done(ward.ask_for("tretinoin", next_dose_at=t("1 20:00")))
    assert ward.phase == "empiric_atra"
    ward.again().day(2)
    ward.pml_negative()
    ward.done(ward.answer("M6", "continue", review_at=t("3 08:00")))
    assert {"M41", "M8"} <= ward.open
    ward.again().day(3)
    ward.partner("NPM1", method="rna_sequencing")
    assert ward.phase == "variant_confirmed.sensitive"
    assert "M41" not in ward.open
    ward.again().day(3, 11)
    ward.done(ward.begin_sensitive())
    ward.dose("idarubicin")
    assert (ward.phase, ward.is_open("M42")) == ("induction.atra_anthracycline", False)
    ward.again().day(32)
    assert ward.look_now().is_open("M29")
    ward.respond("cr")
    ward.done(ward.stop())
    ward.finding("consolidation_planned", "courses_2")
    for number, day in ((1, 40), (2, 75)):
        ward.again().day(day)
        if number == 2:
            ward.respond("cr")
        ward.went("T16" if number == 1 else "T18", doses=TRETINOIN_ANTHRACYCLINE)
        assert ward.case.entries["consolidation.atra_anthracycline"] == number
        assert ward.word("tretinoin") == "running"
        ward.again().day(day + 15)
        ward.done(ward.stop())
    ward.again().day(105)
    ward.respond("cr")
    ward.done(ward.leave("T20", reasons={}))
    assert ward.again().phase == "exit.completed"
    assert [leaf for leaf in ward.leaves() if leaf != "running"] == [
        "diagnosis_pending",
        "empiric_atra",
        "variant_confirmed.sensitive",
        "induction.atra_anthracycline",
        "consolidation.atra_anthracycline",
        "consolidation.atra_anthracycline",
        "exit.completed",
    ]
    assert list(ward.engine.verify(CASE)) == []


def test_what_time_does_between_two_engines_is_done_by_the_second(ward):
    ward.done(ward.ask_for("tretinoin", who=by("physician")))
    ward.again().day(2)
    assert ward.look_now().told("M6") == {"haematologist"}
