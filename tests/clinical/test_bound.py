"""Computed facts that a pathway binds: asked again when a value, a course or a death is recorded."""

from decimal import Decimal
from importlib.resources import files
from pathlib import Path

import pytest

from pathway.case.commands import Enrol, RecordDeath, RecordFinding, RecordResult, Transition
from pathway.case.envelope import By
from pathway.clinical.anthracycline import anthracycline_exposure
from pathway.clinical.computed import COMPUTED
from pathway.clinical.given import Course, Given
from pathway.clinical.instant import Instant, instant
from pathway.clinical.quantity import ANALYTES
from pathway.clinical.reading import Reading, exactly
from pathway.definition.load import load
from pathway.engine import Engine
from persistence.memory import MemoryStore
from tests.clinical.vectors import interval
from ward.clock import FixedClock

CLINIC = (Path(__file__).parents[1] / "case/clinic.toml").read_text("utf-8")
FACTS = """
[facts.height]
title = "Height"
lab = "body_height"
unit = "cm"
valid_for = "valid_for"

[facts.weight]
title = "Weight"
lab = "body_weight"
unit = "kg"
valid_for = "valid_for"

[facts.age]
title = "Age"
lab = "age_years"
unit = "a"
valid_for = "valid_for"

[facts.surface]
title = "Body surface"
computed = "bsa@1"
from = { height = "height", weight = "weight" }

[facts.dose]
title = "Dose"
computed = "tretinoin_dose@1"
from = { bsa = "surface", age = "age" }

[facts.earlier]
title = "Anthracycline before"
finding = ["not_asked", "none_asked", "recorded"]
unsaid = "not_asked"

[facts.chest]
title = "Chest radiotherapy"
finding = ["not_asked", "yes", "no"]
unsaid = "not_asked"

[facts.anthracycline]
title = "Anthracycline over a lifetime"
computed = "anthracycline_limit@1"
from = { prior = "earlier", age = "age", chest_radiotherapy = "chest" }

[facts.band]
title = "Band of early death"
computed = "early_death_band@1"

[latches.heart]
title = "Heart"
when = "anthracycline is over"
released_by = ["physician"]
source = ["tests"]

[latches.early]
title = "Early death"
when = "band is day_0_2"
released_by = ["physician"]
source = ["tests"]

[conditions]
"""
COURSE = """to = "treated"
by = ["physician"]
source = ["tests"]
[transitions.course]
regimen = "7+3"
intensive = true
one_of = ["daunorubicin"]
doses = { daunorubicin = ["60 mg/m2/d", "90 mg/m2/d"] }"""
BACK = """
[[transitions]]
id = "C08"
name = "rest"
region = "treatment"
from = ["treated"]
to = "open"
by = ["physician"]
source = ["tests"]

[[transitions]]
id = "C27"
"""
TEXT = (
    CLINIC.replace("[conditions]\n", FACTS, 1)
    .replace('to = "treated"\nby = ["physician"]\nsource = ["tests"]', COURSE, 1)
    .replace('\n[[transitions]]\nid = "C27"\n', BACK, 1)
)
IDENTIFIERS = {"name": "Invented, Person", "number": "0001"}
PHYSICIAN, LABORATORY = By("a physician", "physician"), By("laboratory", "laboratory", source="feed")


def t(text: str) -> Instant:
    """`3 02:50` is 02:50 UTC on 3 March 2026."""
    day, _, clock = text.partition(" ")
    return instant(f"2026-03-{int(day):02d}T{clock}Z")


NONE = exactly(Decimal(0))


class Bed:
    """One patient on the clinic with clinical facts; the clock stands at `1 09:00`."""

    def __init__(self) -> None:
        self.clock = FixedClock(t("1 09:00"))
        self.engine = Engine(MemoryStore("demonstration"), [load(TEXT, "clinic.toml")], self.clock)
        self.count = 0
        self.do(
            Enrol, pathway="clinic", presented_at=t("1 08:00"), identifiers=IDENTIFIERS, zone="UTC",
            ward="H1", bed="3", patient="p1", origin="invented",
        )  # fmt: skip

    def do(self, kind: type, by: By = PHYSICIAN, **fields: object) -> None:
        self.count += 1
        answer = self.engine.handle(kind(id=str(self.count), case="c1", by=by, **fields))
        assert answer.status == "accepted", answer.refusal

    def value(self, analyte: str, value: str) -> None:
        about = ANALYTES[analyte]
        self.do(
            RecordResult, LABORATORY, loinc=about.codes[0].loinc, value=value, unit=about.unit,
            collected_at=self.clock.now(),
        )  # fmt: skip

    def course(self, dose: str) -> None:
        self.do(Transition, transition="C07", doses={"daunorubicin": dose})
        self.do(Transition, transition="C08")

    def say(self, finding: str, value: str) -> None:
        self.do(RecordFinding, finding=finding, value=value)

    def read(self, name: str) -> Reading:
        return self.engine.view("c1").read(name)

    @property
    def latches(self) -> set[str]:
        return set(self.engine.case("c1").latches)


def test_a_dose_follows_from_height_weight_and_age_and_is_not_known_before() -> None:
    bed = Bed()
    bed.value("body_height", "170")
    bed.value("body_weight", "70")
    assert bed.read("surface").value == interval("1.8181")
    assert not bed.read("dose").known
    bed.value("age_years", "40")
    assert bed.read("dose").value == interval("80")
    bed.clock.set(t("3 09:00"))
    bed.engine.look("c1")
    assert not bed.read("dose").known


def test_a_course_that_is_begun_is_counted_at_once_and_sets_what_rests_on_the_sum() -> None:
    bed = Bed()
    bed.value("age_years", "40")
    bed.say("earlier", "none_asked")
    bed.say("chest", "no")
    assert bed.read("anthracycline").value == "within"
    bed.course("90 mg/m2/d")
    bed.course("90 mg/m2/d")
    assert bed.read("anthracycline").value == "near"
    assert "heart" not in bed.latches
    bed.course("60 mg/m2/d")
    assert bed.read("anthracycline").value == "over"
    assert "heart" in bed.latches


def test_a_prior_exposure_that_nobody_asked_about_leaves_the_limit_open() -> None:
    bed = Bed()
    bed.value("age_years", "40")
    bed.say("chest", "no")
    bed.course("90 mg/m2/d")
    reading = bed.read("anthracycline")
    assert not reading.known
    assert "not known" in reading.why
    assert reading.events


def test_a_reported_death_is_banded_at_once() -> None:
    bed = Bed()
    assert bed.read("band").value == "alive"
    bed.clock.set(t("2 09:00"))
    bed.do(RecordDeath, died_at=t("2 08:30"))
    assert bed.read("band").value == "day_0_2"
    assert "early" in bed.latches


SHIPPED = sorted(
    f"{folder.name}/{file.name}"
    for folder in files("pathway.definitions").iterdir()
    if folder.is_dir()
    for file in folder.iterdir()
    if file.name.endswith(".toml") and file.name != "indicators.toml"
)


@pytest.mark.parametrize("name", SHIPPED)
def test_every_word_that_a_shipped_pathway_binds_is_a_word_of_the_function(name: str) -> None:
    text = files("pathway.definitions").joinpath(*name.split("/")).read_text("utf-8")
    form = load(text, name).form
    for fact in form.facts.values():
        function = COMPUTED.get(fact.computed or "")
        if function is None or function.takes == "reports":
            continue
        for given_as, unit in function.inputs:
            bound = form.facts.get(fact.from_.get(given_as, ""))
            if unit or bound is None:
                continue
            made_by = COMPUTED.get(bound.computed or "")
            values = bound.finding or (made_by.values if made_by else ())
            for value in (*values, *((True, False) if bound.flag else ())):
                given = {given_as: Reading(known=True, value=value)}
                function.read(given if function.takes == "readings" else Given(readings=given))


@pytest.mark.parametrize("name", SHIPPED)
def test_the_days_of_every_anthracycline_of_a_shipped_course_are_known(name: str) -> None:
    text = files("pathway.definitions").joinpath(*name.split("/")).read_text("utf-8")
    courses = [each.course for each in load(text, name).form.transitions if each.course is not None]
    for each in courses:
        for drug, (low, high) in each.doses.items():
            for dose in (low, high):
                found = anthracycline_exposure(
                    (Course(1, each.regimen, True, Instant(1), Instant(1), {drug: dose}),), NONE
                )
                assert found.open == (), f"{drug} in {each.regimen}"
