"""The note to the team: it stands beside the patient, the last one alone, and no rule ever reads it."""

import pytest

from pathway.case.commands import WriteNote
from pathway.case.note import LONGEST
from pathway.case.words import describe
from tests.case.ward import CASE, Ward, by, refused, t

NURSE = by("nurse", "nurse.anna")


def write(ward: Ward, text: str):
    return ward.do(WriteNote, NURSE, text=text)


def test_the_last_note_stands_with_whoever_wrote_it_and_when():
    ward = Ward()
    ward.done(write(ward, "endoscopy at  14:00"))
    ward.at("1 10:00").done(write(ward, "back from endoscopy"))
    seen = ward.engine.picture(CASE).note
    assert (seen.text, seen.actor, seen.role, seen.at) == ("back from endoscopy", "nurse.anna", "nurse", t("1 10:00"))


def test_an_empty_note_takes_the_one_before_away_and_needs_one():
    ward = Ward()
    assert refused(write(ward, " ")) == "no_note"
    ward.done(write(ward, "endoscopy at 14:00"))
    ward.done(write(ward, ""))
    assert ward.engine.picture(CASE).note is None


def test_a_note_changes_nothing_that_a_rule_reads_nor_what_people_saw():
    plain, noted = Ward(), Ward()
    version = noted.engine.case(CASE).clinical_version
    noted.done(write(noted, "tretinoin stopped"))
    assert noted.engine.case(CASE).clinical_version == version
    assert noted.engine.picture(CASE).exposures == plain.engine.picture(CASE).exposures
    for ward in (plain, noted):
        ward.look("1 20:00")
    assert noted.rang("M1", "fibrinogen") == plain.rang("M1", "fibrinogen") != []


def test_what_a_note_says_stands_in_no_list_of_events():
    ward = Ward()
    ward.done(write(ward, "endoscopy at 14:00"))
    (event,) = [each for each in ward.engine.timeline(CASE) if each.type == "NoteWritten"]
    assert describe(event, ward.engine.pathway(CASE), "UTC") == "note to the team"


def test_the_facts_of_a_moment_hold_the_note_that_stood_then():
    ward = Ward()
    ward.done(write(ward, "first"))
    ward.at("1 12:00").done(write(ward, "second"))
    assert ward.engine.picture_as_of(CASE, None, t("1 11:00")).note.text == "first"
    assert ward.engine.picture_as_of(CASE, t("1 11:00"), None).note.text == "first"


@pytest.mark.parametrize(
    "role, text, code", [("nurse", "x" * (LONGEST + 1), "too_long"), ("laboratory", "x", "role"), ("", "x", "role")]
)
def test_a_note_is_short_and_by_a_clinician(role: str, text: str, code: str):
    assert refused(Ward().do(WriteNote, by(role, "somebody"), text=text)) == code
