"""Merging two cases of one person, and parting them again."""

import random
from typing import Any

import pytest

from pathway.case.commands import RecordCourse, RecordProduct, RecordResult, RecordSample, Retract, Transition
from pathway.case.state import Case
from tests.case.clinic import CONSULTANT, LABORATORY, NURSE, PHYSICIAN, Clinic, done, refused, t


@pytest.fixture
def clinic() -> Clinic:
    """One person under two names: the drug runs in one case, the report came to the other."""
    found = Clinic()
    done(found.enrol("c1", "p1"))
    done(found.enrol("c2", "p2"))
    found.drug("dose", "1 08:30", case="c1")
    found.fibrinogen("180", "1 08:40", case="c1", specimen="s1")
    found.fibrinogen("90", "1 08:50", case="c2", specimen="s2")
    found.partner("ZBTB16", case="c2")
    return found


def facts(case: Case) -> dict[str, Any]:
    """What is known of the patient, without where on the record it stands."""
    return {
        "labs": {
            name: [(each.body.collected_at, each.body.entered, each.body.specimen) for each in series]
            for name, series in case.labs.items()
            if series
        },
        "reports": sorted(
            (each.test, each.method, each.status, each.partner, each.report_no)
            for series in case.reports.values()
            for each in series
        ),
        "findings": {
            name: [(each.value, each.at) for each in series] for name, series in case.findings.items() if series
        },
        "therapy": {name: [(each.act, each.at) for each in series] for name, series in case.therapy.items() if series},
        "products": sorted((each.product, each.unit_no, each.started_at, each.ended_at) for each in case.products),
        "samples": sorted((each.specimen, each.analytes) for each in case.samples),
        "courses": [(each.regimen, each.day1) for each in case.courses],
        "died": case.died_at,
    }


# --- merging ---------------------------------------------------------------------------------------------------------


def test_a_resistant_report_in_one_and_a_running_drug_in_the_other_ring_at_once(clinic: Clinic):
    assert "R1" not in clinic.open("c1")
    done(clinic.at("1 10:00").merge())
    assert "R1" in clinic.open("c1")
    rung = [notice for notice in clinic.notices("rung") if "R1" in notice.text]
    assert {notice.role for notice in rung} == {"nurse", "physician"}
    assert {notice.created_at for notice in rung} == {t("1 10:00")}
    assert clinic.leaf("c1", "knowledge") == "resistant"


def test_the_survivor_has_the_facts_of_both_and_each_says_where_it_came_from(clinic: Clinic):
    done(clinic.merge())
    series = clinic.case().labs["fibrinogen"]
    assert [each.body.entered for each in series] == ["180 mg/dL", "90 mg/dL"]
    came = [event.origin for event in clinic.engine.timeline("c1") if event.origin]
    theirs = {event.position: event for event in clinic.engine.timeline("c2")}
    assert {theirs[position].type for _, position in came} == {"ResultRecorded", "ReportRecorded", "LatchSet"}
    assert {case for case, _ in came} == {"c2"}


def test_the_other_is_closed_and_points_to_it_with_its_obligations_withdrawn(clinic: Clinic):
    clinic.tick("2 09:00")
    assert clinic.open("c2")
    done(clinic.at("2 09:01").merge())
    head = clinic.store.head("c2")
    assert (head.closed, head.next_look, clinic.open("c2")) == (True, None, set())
    assert clinic.engine.picture("c2").merged_into == "c1"
    assert clinic.notices("stand_down", "c2")
    assert all(each.by_exit for each in clinic.bodies("ReminderClosed", "c2"))
    answer = clinic.do(Transition, PHYSICIAN, "c2", transition="C07")
    assert (refused(answer), answer.refusal.reasons) == ("merged", ("c1",))


def test_what_lived_on_after_the_exit_of_the_other_goes_on_here(clinic: Clinic):
    done(clinic.enrol("c5", "p5"))
    done(clinic.transfer("c5"))
    clinic.at("1 09:40").partner("ZBTB16", case="c5")
    assert clinic.open("c5") == {"R3"}
    done(clinic.at("1 10:00").merge(other="c5"))
    assert clinic.open("c5") == set()
    assert clinic.store.head("c5").next_look is None
    assert "R1" in clinic.open("c1")


def test_a_latch_of_the_other_case_holds_on(clinic: Clinic):
    assert "severe" in clinic.case("c2").latches
    assert "severe" not in clinic.case("c1").latches
    clinic.at("1 09:30").fibrinogen("200", "1 09:20", case="c2")
    done(clinic.merge())
    assert "severe" in clinic.case("c1").latches


def test_what_both_records_hold_is_not_doubled(clinic: Clinic):
    clinic.fibrinogen("90", "1 08:50", case="c1", specimen="s2")
    clinic.partner("ZBTB16", case="c1")
    clinic.drug("dose", "1 08:30", case="c2")
    before = facts(clinic.case("c1"))
    done(clinic.merge())
    assert facts(clinic.case("c1")) == before


def test_a_report_further_in_its_life_is_not_put_back_by_an_older_one(clinic: Clinic):
    clinic.partner("ZBTB16", case="c1")
    done(clinic.enrol("c3", "p3"))
    clinic.ordered("c3")
    done(clinic.merge(other="c3"))
    assert [each.status for each in clinic.case("c1").reports["rar_partner"]] == ["final"]


def test_two_final_reports_of_one_number_that_differ_stand_side_by_side(clinic: Clinic):
    clinic.partner("NPM1", case="c1")
    done(clinic.merge())
    assert {each.partner for each in clinic.case("c1").reports["rar_partner"]} == {"NPM1", "ZBTB16"}


def test_what_was_found_wrong_here_does_not_come_back_from_there(clinic: Clinic):
    wrong = clinic.fibrinogen("90", "1 08:50", case="c1", specimen="s2")
    done(clinic.do(Retract, LABORATORY, "c1", target=wrong, reason="wrong blood in tube"))
    done(clinic.merge())
    assert [each.body.entered for each in clinic.case("c1").labs["fibrinogen"]] == ["180 mg/dL"]


def test_a_later_report_on_the_merged_case_reaches_the_one_that_goes_on(clinic: Clinic):
    done(clinic.merge())
    position = clinic.at("1 10:00").fibrinogen("60", "1 09:50", case="c2")
    assert clinic.case("c1").labs["fibrinogen"][-1].position == position
    theirs = clinic.case("c2").labs["fibrinogen"][-1].position
    done(clinic.do(Retract, LABORATORY, "c2", target=theirs, reason="wrong blood in tube"))
    assert [each.body.entered for each in clinic.case("c1").labs["fibrinogen"]] == ["180 mg/dL", "60 mg/dL"]


def test_a_report_that_was_sent_before_or_after_a_merge_is_answered_the_same_when_it_is_sent_again(clinic: Clinic):
    fields = {"loinc": "3255-7", "value": "70", "unit": "mg/dL", "collected_at": t("1 08:55")}
    before = clinic.do(RecordResult, LABORATORY, "c2", id="r1", **fields)
    done(clinic.merge())
    after = clinic.do(RecordResult, LABORATORY, "c2", id="r2", **(fields | {"value": "60"}))
    again = [
        clinic.do(RecordResult, LABORATORY, "c2", id=key, **(fields | more))
        for key, more in (("r1", {}), ("r2", {"value": "60"}))
    ]
    assert [(each.repeated, each.case, each.positions) for each in again] == [
        (True, "c2", before.positions),
        (True, "c1", after.positions),
    ]


# --- two phases ------------------------------------------------------------------------------------------------------


def test_two_phases_are_a_conflict_that_says_who_chooses(clinic: Clinic):
    done(clinic.do(Transition, PHYSICIAN, "c2", transition="C07"))
    answer = clinic.merge()
    assert refused(answer) == "conflict"
    assert answer.refusal.reasons == ("treatment: open here, treated there",)
    assert "consultant" in answer.refusal.mend
    assert clinic.case("c2").merged_into == ""


@pytest.mark.parametrize("leaf", ["open", "treated"])
def test_the_phase_that_was_chosen_is_the_one_it_goes_on_in(clinic: Clinic, leaf: str):
    done(clinic.do(Transition, PHYSICIAN, "c2", transition="C07"))
    done(clinic.merge(choose={"treatment": leaf}))
    assert clinic.leaf("c1") == leaf


def test_a_case_that_left_the_pathway_as_a_duplicate_is_merged_without_a_choice(clinic: Clinic):
    done(clinic.do(Transition, PHYSICIAN, "c2", transition="C29", second="a nurse", linked="c1"))
    done(clinic.merge())
    assert "R1" in clinic.open("c1")
    done(clinic.unmerge())
    assert clinic.leaf("c2") == "exit.duplicate"
    assert clinic.store.head("c2").closed


@pytest.mark.parametrize(
    "fields, code",
    [
        ({"who": PHYSICIAN}, "role"),
        ({"second": ""}, "second"),
        ({"second": "a consultant"}, "second"),
        ({"reason": " "}, "reason_needed"),
        ({"other": "c9"}, "no_such_case"),
        ({"other": "c1"}, "same_case"),
        ({"choose": {"treatment": "open"}}, "choose"),
        ({"seen_version": 1}, "seen_version"),
    ],
)
def test_a_merge_is_refused_and_writes_nothing(clinic: Clinic, fields, code):
    before = len(clinic.engine.timeline("c1")), len(clinic.engine.timeline("c2"))
    assert refused(clinic.merge(**fields)) == code
    assert (len(clinic.engine.timeline("c1")), len(clinic.engine.timeline("c2"))) == before


def test_a_case_is_merged_once_and_the_answer_is_remembered(clinic: Clinic):
    first = clinic.merge(id="m1")
    again = clinic.merge(id="m1")
    assert (done(first), again.repeated, again.positions) == (first.positions[0], True, first.positions)
    assert refused(clinic.merge()) == "merged"
    assert refused(clinic.merge(case="c2", other="c1")) == "merged"


# --- parting ---------------------------------------------------------------------------------------------------------


def test_parting_takes_back_what_came_and_the_other_goes_on_as_it_was(clinic: Clinic):
    mine, theirs = facts(clinic.case("c1")), facts(clinic.case("c2"))
    due = {key: (held.due_at, held.ordinal, held.anchor) for key, held in clinic.case("c2").open.items()}
    done(clinic.at("1 10:00").merge())
    done(clinic.at("1 11:00").unmerge())
    assert (facts(clinic.case("c1")), facts(clinic.case("c2"))) == (mine, theirs)
    assert "R1" not in clinic.open("c1")
    assert clinic.leaf("c1", "knowledge") == "unknown"
    assert "severe" not in clinic.case("c1").latches
    assert not clinic.store.head("c2").closed
    assert {key: (held.due_at, held.ordinal, held.anchor) for key, held in clinic.case("c2").open.items()} == due
    assert clinic.engine.verify("c1") == clinic.engine.verify("c2") == []


def test_decisions_that_rested_on_what_came_are_put_under_review(clinic: Clinic):
    done(clinic.at("1 10:00").merge())
    clinic.at("1 10:10").drug("held")
    done(clinic.at("1 11:00").unmerge())
    assert any("held" in each.about for each in clinic.bodies("ReviewOpened"))
    assert "R4" in clinic.open("c1")


def test_what_the_past_looked_like_without_the_other_is_what_the_replay_shows(clinic: Clinic):
    done(clinic.at("1 10:00").merge())
    done(clinic.at("1 11:00").unmerge())
    seen = clinic.engine.case_as_of("c1", t("1 09:00"), None)
    assert [each.body.entered for each in seen.labs["fibrinogen"]] == ["180 mg/dL"]


def test_two_cases_can_be_merged_and_parted_and_merged_again(clinic: Clinic):
    done(clinic.merge())
    merged = facts(clinic.case("c1"))
    done(clinic.unmerge())
    done(clinic.merge())
    assert facts(clinic.case("c1")) == merged


@pytest.mark.parametrize(
    "fields, code",
    [
        ({"who": PHYSICIAN}, "role"),
        ({"second": "a consultant"}, "second"),
        ({"reason": ""}, "reason_needed"),
        ({"case": "c3"}, "not_merged"),
        ({"other": "c1"}, "same_case"),
    ],
)
def test_a_parting_is_refused(clinic: Clinic, fields, code):
    done(clinic.enrol("c3", "p3"))
    done(clinic.merge())
    assert refused(clinic.unmerge(**fields)) == code


def test_cases_that_were_merged_one_into_the_next_are_parted_from_the_last_one_on(clinic: Clinic):
    done(clinic.enrol("c3", "p3"))
    clinic.fibrinogen("70", "1 08:55", case="c3", specimen="s3")
    done(clinic.merge("c2", "c3"))
    done(clinic.merge("c1", "c2"))
    answer = clinic.unmerge("c2", "c3")
    assert (refused(answer), answer.refusal.reasons) == ("merged", ("c1",))
    assert [clinic.case(each).merged_into for each in ("c1", "c2", "c3")] == ["", "c1", "c2"]
    done(clinic.unmerge("c1", "c2"))
    done(clinic.unmerge("c2", "c3"))
    held = [[each.body.specimen for each in clinic.case(case).labs["fibrinogen"]] for case in ("c1", "c2", "c3")]
    assert held == [["s1"], ["s2"], ["s3"]]


@pytest.mark.parametrize("voice", ["consultant", "physician"])
def test_nobody_merges_or_parts_in_the_role_of_another(clinic: Clinic, voice: str):
    said = {"who": LABORATORY, "verbal_from": voice, "verbal_by": "a consultant"}
    assert refused(clinic.merge(**said)) == "verbal"
    done(clinic.merge())
    assert refused(clinic.unmerge(**said)) == "verbal"


def test_the_record_is_sound_after_a_merge_and_after_a_parting(clinic: Clinic):
    clinic.tick("2 09:00")
    done(clinic.at("2 09:01").merge())
    assert clinic.wrong() == ()
    done(clinic.at("2 11:00").unmerge())
    assert clinic.wrong() == ()


def test_what_came_back_at_a_parting_is_kept_for_no_later_exit(clinic: Clinic):
    clinic.tick("2 09:00")
    done(clinic.at("2 09:01").merge())
    assert clinic.case("c2").left
    done(clinic.unmerge())
    assert clinic.case("c2").left == {}


def test_a_word_on_a_fact_that_both_records_held_reaches_the_one_that_goes_on(clinic: Clinic):
    mine = clinic.fibrinogen("90", "1 08:50", case="c1", specimen="s2")
    theirs = clinic.case("c2").labs["fibrinogen"][-1].position
    done(clinic.merge())
    wrong = Retract(id="wrong", case="c2", by=LABORATORY, target=theirs, reason="wrong blood in tube")
    assert clinic.engine.handle(wrong).status == "accepted"
    assert mine in clinic.case("c1").retracted
    assert clinic.engine.handle(wrong).repeated


def test_a_corrected_value_that_both_records_held_stands_in_for_it(clinic: Clinic):
    clinic.fibrinogen("90", "1 08:50", case="c1", specimen="s2")
    theirs = clinic.case("c2").labs["fibrinogen"][-1].position
    done(clinic.merge())
    clinic.fibrinogen("190", "1 08:50", case="c2", specimen="s2", status="corrected", replaces=theirs)
    assert [each.body.entered for each in clinic.case("c1").labs["fibrinogen"]] == ["180 mg/dL", "190 mg/dL"]


def test_what_is_under_review_there_is_under_review_here(clinic: Clinic):
    final = clinic.case("c2").reports["rar_partner"][0].position
    done(clinic.at("1 09:20").do(Retract, LABORATORY, "c2", target=final, reason="wrong patient"))
    (asked,) = clinic.case("c2").reviews.values()
    assert "R4" in clinic.open("c2")
    done(clinic.at("1 10:00").merge())
    (found,) = [each for each in clinic.case("c1").reviews.values() if each.about == asked.about]
    assert not found.settled
    assert "R4" in clinic.open("c1")
    done(clinic.at("1 11:00").unmerge())
    assert clinic.case("c1").reviews[found.number].settled


def test_a_fact_found_wrong_here_that_stands_there_is_asked_about(clinic: Clinic):
    wrong = clinic.fibrinogen("90", "1 08:50", case="c1", specimen="s2")
    done(clinic.do(Retract, LABORATORY, "c1", target=wrong, reason="wrong blood in tube"))
    done(clinic.merge())
    assert [each.about.partition(" (")[0] for each in clinic.case("c1").reviews.values() if not each.settled][-1] == (
        "a fact found wrong here stands in the other record"
    )
    assert "R4" in clinic.open("c1")


def test_what_was_recorded_while_the_two_were_one_is_asked_about_in_both(clinic: Clinic):
    done(clinic.merge())
    clinic.at("1 10:00").fibrinogen("60", "1 09:50", case="c2")
    done(clinic.at("1 11:00").unmerge())
    for case in ("c1", "c2"):
        assert any("whose each is" in each.about for each in clinic.case(case).reviews.values())
        assert "R4" in clinic.open(case)


@pytest.mark.parametrize("case, other", [("c1", "site:definitions"), ("site:definitions", "c1")])
def test_a_stream_of_the_site_is_no_case_to_merge(clinic: Clinic, case: str, other: str):
    assert refused(clinic.merge(case, other)) == "no_such_case"


def test_a_person_with_a_new_open_case_does_not_get_the_old_one_back(clinic: Clinic):
    done(clinic.merge())
    done(clinic.enrol("c4", "p2"))
    answer = clinic.unmerge()
    assert (refused(answer), answer.refusal.reasons) == ("open_case", ("c4",))


# --- for any facts ---------------------------------------------------------------------------------------------------


def anything(clinic: Clinic, case: str, chance: random.Random) -> None:
    """One fact, often the same as the other case has."""
    hour = f"1 0{chance.randint(1, 8)}:00"
    match chance.randint(0, 6):
        case 0:
            clinic.fibrinogen(
                chance.choice(["80", "120", "200"]), hour, case=case, specimen=chance.choice(["s1", "s2"])
            )
        case 1:
            status = chance.choice(["ordered", "preliminary", "final"])
            partner, number = chance.choice(["ZBTB16", "NPM1"]), chance.choice(["V1", "V2", ""])
            clinic.partner(partner, case=case, status=status, report_no=number, authorised_at=t(hour))
        case 2:
            clinic.drug(chance.choice(["dose", "held"]), hour, case=case)
        case 3:
            clinic.finding("bleeding", chance.choice(["none", "significant"]), case=case, at=t(hour))
        case 4:
            fields = {
                "product": "plasma",
                "unit_no": chance.choice(["u1", "u2"]),
                "act": chance.choice(["started", "ended"]),
            }
            done(clinic.do(RecordProduct, NURSE, case, at=t(hour), **fields))
        case 5:
            specimen = chance.choice(["s1", "s2", "s3"])
            done(clinic.do(RecordSample, NURSE, case, specimen=specimen, analytes=("fibrinogen",), at=t(hour)))
        case _:
            done(clinic.do(RecordCourse, CONSULTANT, case, regimen="r", day1=t(hour), intensive=True))


def two_cases(seed: int) -> Clinic:
    chance, clinic = random.Random(seed), Clinic()
    done(clinic.enrol("c1", "p1"))
    done(clinic.enrol("c2", "p2"))
    for _ in range(chance.randint(2, 16)):
        anything(clinic, chance.choice(["c1", "c2"]), chance)
    return clinic


@pytest.mark.parametrize("seed", range(60))
def test_whatever_they_hold_parting_gives_each_case_its_own_facts_again(seed: int):
    clinic = two_cases(seed)
    mine, theirs = facts(clinic.case("c1")), facts(clinic.case("c2"))
    done(clinic.at("1 10:00").merge())
    done(clinic.at("1 11:00").unmerge())
    assert (facts(clinic.case("c1")), facts(clinic.case("c2"))) == (mine, theirs)


@pytest.mark.parametrize("seed", range(60))
def test_whatever_they_hold_the_survivor_holds_the_facts_of_both(seed: int):
    clinic = two_cases(seed)
    mine, theirs = facts(clinic.case("c1")), facts(clinic.case("c2"))
    done(clinic.merge())
    union = facts(clinic.case("c1"))
    for kind in ("labs", "findings", "therapy"):
        for name in mine[kind].keys() | theirs[kind].keys():
            wanted = {*mine[kind].get(name, ()), *theirs[kind].get(name, ())}
            assert set(union[kind][name]) == wanted, kind
            twice = [each for each in union[kind][name] if union[kind][name].count(each) > 1]
            assert all(
                max(mine[kind].get(name, []).count(one), theirs[kind].get(name, []).count(one)) > 1 for one in twice
            )
    assert {*union["samples"]} >= {*mine["samples"], *theirs["samples"]}
    assert {*union["courses"]} == {*mine["courses"], *theirs["courses"]}
    assert {each[:2] for each in union["products"]} == {each[:2] for each in (*mine["products"], *theirs["products"])}
    said = (*mine["reports"], *theirs["reports"])
    assert {each[4] for each in union["reports"]} == {each[4] for each in said}
    assert {each for each in union["reports"] if each[2] == "final"} == {each for each in said if each[2] == "final"}
