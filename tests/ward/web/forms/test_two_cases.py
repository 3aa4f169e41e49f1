"""Merging and parting in the browser: chosen by bed and name, rehearsed on both cases, signed by two."""

from tests.ward.web.forms.conftest import As, Person, last
from ward.wiring import House

OTHER = "demo-04"
#: The phase of the case that lives on.
HERE = "treatment = empiric_atra"
WHY = {"reason": "one person, by the wristband", "second": "haematologist.hugo"}


def test_the_other_case_is_chosen_by_bed_and_name_and_not_only_by_its_token(doctor: Person):
    page = doctor.open("MergeCases").page
    assert '<option value="demo-04">Bed 4, INVENTED, Four' in page
    assert '<option value="demo-03">' not in page


def test_a_check_says_what_a_merge_writes_on_both_cases_and_writes_nothing(doctor: Person, house: House):
    before = last(house), last(house, OTHER)
    checked = doctor.open("MergeCases").check(other=OTHER, choose=HERE, **WHY)
    assert checked.status == 200, checked.said
    assert "This is written" in checked.said
    assert f"What is written in case {OTHER}" in checked.said
    assert (last(house), last(house, OTHER)) == before
    rings = [each for each, _ in house.store.notices() if each.created_at >= house.clock.now()]
    done = checked.confirm()
    assert done.status == 303
    assert house.engine.case(OTHER).merged_into == doctor.case
    assert len([each for each, _ in house.store.notices() if each.created_at >= house.clock.now()]) >= len(rings)


def test_what_was_rehearsed_is_what_is_written(doctor: Person, house: House):
    checked = doctor.open("MergeCases").check(other=OTHER, choose=HERE, **WHY)
    told = checked.said
    checked.confirm()
    events = [each for each in house.engine.timeline(doctor.case) if each.type == "CaseJoined"]
    assert len(events) == 1
    assert "merged" in told or "joined" in told


def test_phases_that_differ_are_named_and_one_is_chosen(doctor: Person):
    refused = doctor.open("MergeCases").check(other=OTHER, **WHY)
    assert refused.status == 409
    assert "the two cases stand in different phases" in refused.said
    assert "treatment: empiric_atra here" in refused.said


def test_a_merge_needs_a_second_person_and_a_case_that_is_there(doctor: Person):
    form = doctor.open("MergeCases")
    choose = HERE
    assert "a second person must confirm" in form.check(other=OTHER, choose=choose, reason="one person").said
    assert "there is no such case" in form.check(other="nobody", **WHY).said


def test_two_cases_that_were_merged_are_parted_after_a_rehearsal(doctor: Person, house: House):
    doctor.open("MergeCases").check(other=OTHER, choose=HERE, **WHY).confirm()
    checked = doctor.open("UnmergeCases").check(other=OTHER, **WHY)
    assert checked.status == 200, checked.said
    assert f"What is written in case {OTHER}" in checked.said
    assert house.engine.case(OTHER).merged_into == doctor.case
    assert checked.confirm().status == 303
    assert house.engine.case(OTHER).merged_into == ""


def test_nobody_merges_on_a_spoken_order(nurse: Person, somebody: As):
    assert "MergeCases" not in " ".join(at for at, _ in nurse.offers())
    assert any("/do/MergeCases" in at for at, _ in somebody("charge.dora", "charge_nurse").offers())
