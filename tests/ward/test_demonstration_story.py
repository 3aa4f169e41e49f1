"""The story of the demonstration ward: who lies there, what differs by seed, and whom it tells something."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

from pathway.case.commands import By, RecordResult, StopTherapy
from pathway.clinical.instant import SECOND, Instant, instant
from pathway.definition.load import shipped
from pathway.engine.ports import Notice, Store
from persistence.memory import MemoryStore
from ward import demonstration
from ward.advance import walk
from ward.cli.serve import make
from ward.clock import FixedClock
from ward.demonstration.chance import SEED, Chance
from ward.demonstration.feed import coming
from ward.demonstration.opening import open_demonstration, play, seed_of
from ward.demonstration.steps import Scheduled, scheduled
from ward.demonstration.story import Patient, opens, story
from ward.demonstration.voices import Voices
from ward.errors import NotHere
from ward.past import Past
from ward.run import refuse_other_seed
from ward.vault import SiteKey, SiteVault, drawn_by
from ward.wiring import House, house, open_store

FORM = shipped("variant_apl", 1).form
TREATMENT = FORM.regions["treatment"]
SEEDS = (SEED, 2)
HOUR = 3600 * SECOND
#: What ten minutes at the usual speed of sixty show.
TEN_MINUTES = 10 * HOUR
#: Measured 4,093 at the default seed; a ward that takes more is slow to make.
EVENTS_LIMIT = 5000
#: What the story asks for in order to be refused: case, command, code.
REFUSED = [
    ("demo-14", "RequestTherapy", "prohibited"),
    ("demo-15", "Transition", "reason_needed"),
    ("demo-15", "Transition", "reason_needed"),
]


@dataclass
class Lived:
    """The ward after ten hours in which nobody answered; `answers` and `quiet` as of the opening."""

    made: House
    answers: list[tuple[Scheduled, str]]
    quiet: set[str]
    events: int

    def notices(self, until: Instant) -> Iterator[Notice]:
        """What was told after the opening, up to an instant."""
        return (each for each, _ in self.made.store.notices() if each.created_at < until)


@cache
def lived(seed: int) -> Lived:
    """The ward of a seed, opened and then left to itself."""
    store, clock = MemoryStore("demonstration"), FixedClock(Instant(0))
    past = house(Past.over(store), clock, sealing(seed))
    answers = [each for patient in story().patients for each in answered(past, clock, patient, seed)]
    events = sum(head.position for head in store.heads(closed=True))
    quiet = {head.case for head in store.heads() if is_quiet(past, head.case)}
    made = house(store, clock, sealing(seed))
    later = coming(seed)
    for head in store.heads(closed=True):
        clock.set(opens())
        for each in later:
            if each.command.case == head.case and each.at <= opens() + TEN_MINUTES:
                walk(made.engine, store, clock, head.case, each.at)
                answer = Voices(made).handle(each.command)
                answers.append((each, answer.refusal.code if answer.refusal else ""))
        walk(made.engine, store, clock, head.case, Instant(opens() + TEN_MINUTES))
    return Lived(made, answers, quiet, events)


def sealing(seed: int) -> SiteVault:
    """Another site's key: the keys of the cases follow from the seed, and the bytes of events from these."""
    return SiteVault(SiteKey(bytes(64)), draw=drawn_by(seed))


def answered(past: House, clock: FixedClock, patient: Patient, seed: int) -> Iterator[tuple[Scheduled, str]]:
    for each, answer in play(past, clock, patient, seed):
        yield each, answer.refusal.code if answer.refusal else ""


def is_quiet(past: House, case: str) -> bool:
    """Whether nothing about a patient is overdue or critical at the opening."""
    return not any(each.state == "overdue" or each.critical for each in past.engine.picture(case, opens()).reminders)


def invented() -> tuple[Patient, ...]:
    """Everybody but K1 to K7b."""
    return tuple(each for each in story().patients if not each.made_up)


def bytes_of(store: Store, case: str) -> list[bytes]:
    return [each.canonical for each in store.stream(case)]


# --- who lies there ---------------------------------------------------------------------------------------------------


def test_the_ward_has_24_beds_and_some_of_them_are_empty():
    taken = {head.bed for head in lived(SEED).made.store.heads()}
    assert len(story().beds) == 24
    assert taken < set(story().beds)
    assert set(story().beds) - taken == {"12", "23"}


def test_every_open_case_is_called_by_its_bed():
    assert all(head.case == f"demo-{int(head.bed):02d}" for head in lived(SEED).made.store.heads())


@pytest.mark.parametrize("seed", SEEDS)
def test_every_phase_and_every_exit_is_inhabited(seed: int):
    engine, heads = lived(seed).made.engine, lived(seed).made.store.heads(closed=True)
    assert {engine.case(head.case).regions["treatment"].leaf for head in heads} == set(TREATMENT.phases)
    left = [head.case for head in heads if engine.case(head.case).regions["treatment"].leaf in TREATMENT.closed]
    assert {head.case for head in heads} - {head.case for head in lived(seed).made.store.heads()} == set(left)


def test_everybody_is_plainly_invented():
    store = lived(SEED).made.store
    assert {head.origin for head in store.heads(closed=True)} == {"invented"}
    assert all(each.name.startswith("INVENTED, ") for each in story().patients)
    assert "invented" in story().label


@pytest.mark.parametrize("known", ["K1", "K2", "K3", "K4", "K5", "K6"])
def test_a_published_case_is_labelled_and_says_what_is_made_up(known: str):
    (patient,) = (each for each in story().patients if f"published case {known}," in each.name)
    assert patient.published
    assert "hour" in patient.made_up
    assert "hours made up" in patient.name


@pytest.mark.parametrize("known", ["K7a", "K7b"])
def test_the_woman_of_k7_is_marked_synthetic(known: str):
    (patient,) = (each for each in story().patients if f"synthetic case {known}, woman, 44" in each.name)
    assert patient.made_up.startswith("Everything")
    assert not patient.published


# --- the seed ---------------------------------------------------------------------------------------------------------


def test_the_same_seed_writes_the_same_bytes():
    again, clock = MemoryStore("demonstration"), FixedClock(Instant(0))
    past = house(Past.over(again), clock, sealing(SEED))
    for patient in story().patients:
        if patient.case in ("demo-03", "demo-07", "demo-17", "demo-24", "demo-33"):
            play(past, clock, patient, SEED)
            told = bytes_of(again, patient.case)
            assert told == bytes_of(lived(SEED).made.store, patient.case)[: len(told)]


def test_the_file_holds_what_was_played_in_memory(tmp_path: Path):
    open_demonstration(tmp_path / "demo.db", lambda number, of: None)
    file, ward = open_store(tmp_path / "demo.db"), lived(SEED).made.store
    engine = house(file).engine
    for head in file.heads(closed=True):
        told = bytes_of(file, head.case)
        assert told == bytes_of(ward, head.case)[: len(told)]
        assert list(engine.verify(head.case)) == []
    assert sum(head.position for head in file.heads(closed=True)) == lived(SEED).events
    assert len(file.attempts()) == len(REFUSED)
    assert seed_of(file) == SEED
    file.close()


def test_another_seed_varies_every_invented_patient():
    for patient in invented():
        assert len({str(scheduled(patient, seed)) for seed in range(1, 6)}) > 1, patient.case


def test_no_seed_varies_a_published_or_synthetic_case():
    for patient in story().patients:
        if patient.made_up:
            assert len({str(scheduled(patient, seed)) for seed in range(1, 6)}) == 1, patient.case


def test_a_range_is_settled_within_its_ends_and_in_its_steps():
    drawn = {Chance(seed).value("a", "1.2..1.4 {INR}") for seed in range(50)}
    assert drawn == {"1.2 {INR}", "1.3 {INR}", "1.4 {INR}"}
    assert Chance(1).value("a", "<35 mg/dL") == "<35 mg/dL"


def test_the_command_line_makes_the_demonstration_of_a_seed(tmp_path: Path):
    make(tmp_path / "demo.db", 7)
    made = open_store(tmp_path / "demo.db")
    (patient,) = (each for each in story().patients if each.case == "demo-04")
    first = next(each.command.value for each in scheduled(patient, 7) if isinstance(each.command, RecordResult))
    assert seed_of(made) == 7
    assert f'"{first}"'.encode() in b"".join(bytes_of(made, "demo-04"))
    made.close()


def test_a_store_remembers_its_seed_and_runs_with_no_other():
    store = MemoryStore("demonstration", story().label)
    store.set_property("demonstration_seed", "7")
    assert seed_of(store) == 7
    refuse_other_seed(store, 7)
    refuse_other_seed(store, None)
    with pytest.raises(NotHere, match="seed 8"):
        refuse_other_seed(store, 8)
    with pytest.raises(NotHere):
        refuse_other_seed(MemoryStore("live"), 7)


# --- what it says -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", SEEDS)
def test_everything_is_accepted_but_what_is_meant_to_be_refused(seed: int):
    assert [(each.command.id, code) for each, code in lived(seed).answers if code != each.refused] == []
    refused = [(each.command.case, type(each.command).__name__, code) for each, code in lived(seed).answers if code]
    assert refused == REFUSED


@pytest.mark.parametrize("seed", SEEDS)
def test_every_role_is_told_something_in_the_first_ten_minutes_and_all_but_one_in_the_first_hour(seed: int):
    hour = {each.role for each in lived(seed).notices(Instant(opens() + HOUR))}
    ten = {each.role for each in lived(seed).notices(Instant(opens() + TEN_MINUTES))}
    assert ten == set(FORM.roles)
    # What the transplant coordinator is told waits for the end of the quiet hours.
    assert set(FORM.roles) - hour == {"transplant_coordinator"}


@pytest.mark.parametrize("seed", SEEDS)
def test_the_auditor_finds_a_correction_a_retraction_a_deviation_and_an_override_under_review(seed: int):
    engine = lived(seed).made.engine
    assert any(each.body.status == "corrected" for each in engine.timeline("demo-05") if each.type == "ResultRecorded")
    assert any(each.type == "FactRetracted" for each in engine.timeline("demo-07"))
    assert any("done against" in flag.text for flag in engine.picture("demo-13", opens()).flagged)
    assert "M3o" in {reminder for reminder, _ in engine.case("demo-17").open}


@pytest.mark.parametrize("seed", SEEDS)
def test_at_ten_past_three_m3_rings_in_bed_3_and_nowhere_else(seed: int):
    told = lived(seed).notices(Instant(opens() + 2 * HOUR))
    rung = [each for each in told if "M3" in {reminder for reminder, _, _ in each.reminders}]
    assert {each.case for each in rung} == {"demo-03"}
    first = min(each.created_at for each in rung)
    assert first == instant("2026-03-05T03:10+01:00")
    assert {each.role for each in rung if each.created_at == first} == {"haematologist", "charge_nurse", "pharmacist"}


def test_the_command_of_the_readme_ends_it():
    store, clock = MemoryStore("demonstration"), FixedClock(Instant(0))
    (patient,) = (each for each in story().patients if each.case == "demo-03")
    made = house(store, clock)
    play(made, clock, patient, SEED)
    panel = scheduled(patient)[-1]
    walk(made.engine, store, clock, "demo-03", panel.at)
    made.engine.handle(panel.command)
    assert ("M3", "") in made.engine.case("demo-03").open
    clock.set(Instant(panel.at + 60 * SECOND))
    stop = StopTherapy(id="s", case="demo-03", by=By("Dr A", "haematologist"), drug="tretinoin")
    assert made.engine.handle(stop).status == "accepted"
    assert ("M3", "") not in made.engine.case("demo-03").open


@pytest.mark.parametrize("seed", SEEDS)
def test_about_a_third_of_the_ward_or_more_is_quiet_and_most_of_it_is_not_silent(seed: int):
    open_cases = {head.case for head in lived(seed).made.store.heads()}
    assert len(open_cases) / 3 <= len(lived(seed).quiet) < len(open_cases)
    assert "demo-03" in lived(seed).quiet  # until ten past three


def test_the_opening_takes_few_events():
    assert lived(SEED).events < EVENTS_LIMIT


def test_only_what_lies_before_the_opening_refers_to_an_event():
    assert [each.command.id for each in coming() if each.about] == []


# --- no number of medicine in the code --------------------------------------------------------------------------------


def test_the_code_of_the_demonstration_holds_no_clinical_number():
    """Values stand in the files of the patients; the code knows counts, a hash's bytes and the time's own grace."""
    allowed = {"chance.py": {0, 1, 2, 8}, "pace.py": {0, 15}, "steps.py": {0, 2}, "story.py": {0, 2}}
    for path in Path(demonstration.__path__[0]).glob("*.py"):
        nodes = list(ast.walk(ast.parse(path.read_text("utf-8"))))
        numbers = {each.value for each in nodes if isinstance(each, ast.Constant) and type(each.value) in (int, float)}
        assert numbers <= allowed.get(path.name, {0, 1}), path.name
        told = {each.value for each in ast.walk(without_docstrings(path)) if isinstance(each, ast.Constant)}
        assert not [each for each in told if isinstance(each, str) and re.search(r"\d+ ?(mg|g/L|10\*9|h\b)", each)]


def without_docstrings(path: Path) -> ast.Module:
    tree = ast.parse(path.read_text("utf-8"))
    for node in ast.walk(tree):
        match getattr(node, "body", None):
            case [ast.Expr(value=ast.Constant()), *_] as body:
                body[0] = ast.Pass()
    return tree
