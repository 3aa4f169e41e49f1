"""A definition is mended for open cases: what the new rules want follows at once, and every past day keeps its own."""

from typing import Any

import pytest

from pathway.case.commands import AmendDefinition, Answer, Enrol
from pathway.case.difference import difference
from pathway.case.words import describe
from pathway.definition.load import load, shipped
from pathway.definition.pathway import Pathway
from pathway.engine import Engine
from pathway.engine.errors import UnknownBundle
from tests.case.ward import CASE, IDENTIFIERS, SHIPPED, Ward, by, refused, t
from tests.definition.broken import TEXT, replaced
from tests.persistence.changes import everything
from ward.record import check_record
from ward.wiring import House

TARGET = 'fibrinogen_target = { value = "150 mg/dL"'


def version(number: int, *changes: tuple[str, str]) -> Pathway:
    """The shipped text as another version, with changes."""
    text = replaced(TEXT, "\nversion = 1\n", f"\nversion = {number}\n")
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new)
    return load(text, f"v{number}.toml")


HIGHER = version(2, (TARGET, TARGET.replace("150", "200")))
LOWER = version(3, (TARGET, TARGET.replace("150", "100")))


def ward_of(*pathways: Pathway, **given: Any) -> Ward:
    """A case on the shipped version, in an engine that has others too."""
    ward = Ward(**given)
    ward.engine = Engine(ward.store, [SHIPPED, *pathways], ward.clock)
    return ward


def amend(ward: Ward, version: Pathway, /, who: str = "haematologist", **fields: Any) -> Answer:
    """Bring the case to another version, complete unless said otherwise."""
    given = {"to": version.digest, "reason": "the threshold was too low", "second": "doctor Z"}
    return ward.do(AmendDefinition, by(who), **(given | fields))


def sound(ward: Ward, *pathways: Pathway) -> bool:
    """Whether every chain holds and every row is the fold of its events."""
    house = House(ward.store, ward.engine, ward.clock, (SHIPPED, *pathways))
    return check_record(house, lambda _done, _of: None).problems == ()


def on_target(ward: Ward) -> Ward:
    """Two panels far enough apart, fibrinogen 160 in both; it is `1 18:00` now."""
    for collected, now in (("1 09:30", "1 10:00"), ("1 17:00", "1 18:00")):
        ward.at(now).panel(collected, fibrinogen="160")
    return ward


def test_a_raised_threshold_opens_what_it_wants_in_the_same_turn():
    ward = on_target(ward_of(HIGHER))
    assert not ward.is_open("M38", "fibrinogen")
    assert ward.case.choices["recheck_class"].row == "s3"
    assert amend(ward, HIGHER).status == "accepted"
    assert ward.is_open("M38", "fibrinogen")
    assert ward.due("M38", "fibrinogen").level == "below_target"
    assert ward.case.choices["recheck_class"].row == "s2"
    assert sound(ward, HIGHER)


def test_a_lowered_threshold_stands_down_what_it_no_longer_wants():
    ward = ward_of(LOWER).at("1 12:00")
    ward.panel("1 11:30", fibrinogen="140")
    before = ward.due("M38", "fibrinogen")
    amend(ward, LOWER)
    assert ward.closed("M38", "fibrinogen") == ["withdrawn"]
    told = [note for note, _ in ward.store.notices(CASE) if note.kind == "stand_down" and "M38" in note.text]
    assert {note.role for note in told} == set(before.told) == {"nurse"}
    assert sound(ward, LOWER)


def test_a_shorter_interval_moves_an_open_reminder_and_does_not_make_a_second():
    shorter = version(2, ('recheck_s1 = { value = "6 h"', 'recheck_s1 = { value = "3 h"'))
    ward = ward_of(shorter).at("1 12:00")
    ward.panel("1 11:30")
    ward.look("1 12:30")
    before = ward.due("M1", "fibrinogen")
    ward.at("1 13:00")
    amend(ward, shorter)
    after = ward.due("M1", "fibrinogen")
    assert (after.ordinal, after.opened_at) == (before.ordinal, before.opened_at)
    assert after.due_at < before.due_at
    assert sound(ward, shorter)


def test_a_stop_that_rings_goes_on_ringing_as_the_same_obligation_on_the_same_step():
    ward = resistant(ward_of(HIGHER, exposure="started"))
    before = ward.due("M3")
    rang = ward.rang("M3")
    amend(ward, HIGHER)
    after = ward.due("M3")
    assert (after.ordinal, after.started_at, after.rungs) == (before.ordinal, before.started_at, before.rungs)
    assert ward.rang("M3") == rang
    assert ward.look("3 10:35").rang("M3")[-1] == (t("3 10:30"), ("physician",))
    assert sound(ward, HIGHER)


def resistant(ward: Ward) -> Ward:
    """A resistant variant is confirmed at `3 10:00` in a patient on tretinoin; it is `3 10:20` now."""
    ward.at("3 10:00").pml_negative()
    ward.partner("ZBTB16", "rt_pcr")
    ward.partner("ZBTB16", "dual_fusion_fish")
    assert ward.look("3 10:20").is_open("M3")
    return ward


def test_a_step_that_the_new_ladder_has_more_is_rung_though_the_old_one_had_begun_to_repeat():
    last = '    { at = "opened + rung_90", to = ["consultant by page"] },\n'
    longer = version(2, (last, last + last.replace("rung_90", "rung_120").replace("consultant", "duty_manager")))
    ward = ward_of(longer).at("1 12:00")
    ward.panel("1 11:30", fibrinogen="90")
    ward.look("1 14:10")
    assert ward.due("M38", "fibrinogen").rungs[-1].rung == 3
    assert "duty_manager" not in ward.told("M38", "fibrinogen")
    amend(ward, longer)
    assert ward.rang("M38", "fibrinogen")[-1] == (t("1 14:10"), ("duty_manager",))
    assert sound(ward, longer)


def test_every_later_event_carries_the_new_bundle_and_every_earlier_one_its_own():
    ward = ward_of(HIGHER).at("1 12:00")
    ward.panel("1 11:30", fibrinogen="160")
    at = Ward.done(amend(ward, HIGHER))
    ward.finding("bleeding", "minor")
    bundles = {event.position: event.bundle for event in ward.engine.timeline(CASE)}
    assert {bundle for position, bundle in bundles.items() if position <= at} == {SHIPPED.digest}
    assert {bundle for position, bundle in bundles.items() if position > at} == {HIGHER.digest}
    assert ward.store.bundle(HIGHER.digest) == HIGHER.bundle
    assert ward.store.head(CASE).bundle == ward.case.bundle == HIGHER.digest
    assert ward.engine.verify(CASE) == []


def test_the_change_is_on_the_record_with_who_signed_and_why():
    ward = ward_of(HIGHER).at("1 12:00")
    at = Ward.done(amend(ward, HIGHER))
    event = ward.engine.timeline(CASE)[at - 1]
    body = event.body
    assert (body.was, body.to, body.version, body.second) == (SHIPPED.digest, HIGHER.digest, 2, "doctor Z")
    assert body.reason.data == "the threshold was too low"
    assert (event.by.role, event.occurred_at) == ("haematologist", t("1 12:00"))
    assert "version 2" in describe(event, SHIPPED)


def test_a_past_day_is_shown_under_the_definition_of_that_day():
    ward = ward_of(HIGHER).at("1 12:00")
    ward.panel("1 11:30", fibrinogen="160")
    ward.at("2 12:00")
    amend(ward, HIGHER)

    def shown(occurred: str | None, recorded: str | None) -> tuple[str, str]:
        given = [None if each is None else t(each) for each in (occurred, recorded)]
        picture = ward.engine.picture_as_of(CASE, *given)
        value = next(each for each in picture.labs if each.name == "fibrinogen")
        return value.state, value.target

    assert shown(None, "1 13:00") == shown("1 13:00", None) == ("on_target", "150 mg/dL")
    assert shown(None, "2 13:00") == shown("2 13:00", None) == ("below_target", "200 mg/dL")
    assert ward.engine.case_as_of(CASE, None, t("1 13:00")).bundle == SHIPPED.digest


def test_an_engine_without_the_new_file_decides_the_case_by_the_text_that_was_stored():
    ward = ward_of(HIGHER).at("1 12:00")
    ward.panel("1 11:30", fibrinogen="160")
    amend(ward, HIGHER)
    ward.engine = Engine(ward.store, [SHIPPED], ward.clock)
    ward.lab("fibrinogen", "180", "1 12:00")
    assert ward.due("M38", "fibrinogen").level == "below_target"
    assert ward.engine.pathway(CASE).form.version == 2


@pytest.mark.parametrize(
    "fields, code",
    [
        ({"who": "physician"}, "role"),
        ({"reason": " "}, "reason_needed"),
        ({"second": ""}, "second"),
        ({"second": "the haematologist"}, "second"),
        ({"to": SHIPPED.digest}, "same_bundle"),
        ({"to": "0" * 64}, "unknown_bundle"),
        ({"seen_version": 1}, "seen_version"),
    ],
)
def test_an_incomplete_amendment_is_refused(fields: dict[str, Any], code: str):
    ward = ward_of(HIGHER).at("1 12:00")
    assert refused(amend(ward, HIGHER, **fields)) == code
    assert ward.case.bundle == SHIPPED.digest


def test_a_version_that_names_nobody_lets_nobody_amend():
    silent = version(2, ('[amend]\nby = ["haematologist", "consultant"]\nsecond = true\nsource = ["H53"]\n', ""))
    ward = ward_of(HIGHER, silent)
    amend(ward, silent)
    assert refused(amend(ward, HIGHER)) == "amend"


def test_another_pathway_is_refused():
    other = version(2, ('pathway = "variant_apl"', 'pathway = "other"'))
    answer = amend(ward_of(other), other)
    assert refused(answer) == "not_amendable"
    assert answer.refusal.reasons == ("the pathway variant_apl",)


def test_other_phases_are_refused():
    other = version(2, ("induction.seven_plus_three", "induction.other"))
    answer = amend(ward_of(other), other)
    assert refused(answer) == "not_amendable"
    assert answer.refusal.reasons == (
        "a case without phase induction.other, which is new",
        "phase induction.seven_plus_three",
    )


def test_what_an_open_case_refers_to_must_be_there_and_the_refusal_names_it():
    lacking = version(
        2,
        ('{ name = "below_target", due', '{ name = "below", due'),
        ("minor", "slight"),
        ("answers = { no_product = {", "answers = { nothing_given = {"),
    )
    ward = ward_of(lacking).at("1 12:00")
    ward.panel("1 11:30", fibrinogen="140", platelets="40")
    ward.finding("bleeding", "minor")
    ward.answer("M38", "no_product", subject="platelets")
    answer = amend(ward, lacking)
    assert refused(answer) == "not_amendable"
    assert answer.refusal.reasons == (
        "level below_target of reminder M38, which is open",
        "the answer no_product to reminder M38, which was signed",
        "finding bleeding with the value that was recorded",
    )


def test_a_signed_override_must_be_one_that_the_new_version_can_review():
    override = 'override = { by = ["haematologist", "consultant"], second = true, review_after = "override_review" }'
    assert TEXT.count(override) >= 1
    lacking = version(2, (override, ""))
    ward = ward_of(lacking, exposure=None)
    ward.therapy("never")
    ward.partner("ZBTB16")
    signed = {"override": True, "second": "doctor Z", "reason": "no other way"}
    assert ward.ask_for("tretinoin", who=by("haematologist"), **signed).status == "accepted"
    answer = amend(ward, lacking)
    assert refused(answer) == "not_amendable"
    assert "the override of start_tretinoin, which was signed and not ended" in answer.refusal.reasons


def test_a_closed_case_is_not_amended():
    ward = ward_of(HIGHER).at("1 12:00")
    ward.die("1 11:00")
    assert refused(amend(ward, HIGHER)) == "closed"


# --- rehearsal -------------------------------------------------------------------------------------------------------


def test_a_rehearsal_tells_what_would_come_and_writes_nothing_at_all():
    ward = ward_of(HIGHER).at("1 12:00")
    ward.panel("1 11:30", fibrinogen="160")
    ward.at("1 12:30")
    before = everything(ward.store, (CASE,))
    command = AmendDefinition(
        id="x1", case=CASE, by=by("haematologist"), to=HIGHER.digest, reason="too low", second="doctor Z"
    )
    found = ward.engine.rehearse(command)
    assert everything(ward.store, (CASE,)) == before
    answer = ward.engine.handle(command)
    assert answer == found.answer
    assert ward.engine.timeline(CASE)[-len(found.events) :] == list(found.events)
    assert ward.case == found.after
    assert {each.key for each in found.notices} <= {note.key for note, _ in ward.store.notices(CASE)}
    assert ward.engine.rehearse(command).answer.repeated


def test_a_rehearsal_of_an_enrolment_and_of_a_report_for_nobody_writes_nothing():
    ward = Ward(enrolled=False)
    said = Enrol(
        id="e1", case=CASE, by=by("physician"), pathway="variant_apl", presented_at=t("1 08:00"), zone="UTC",
        identifiers=IDENTIFIERS, ward="H1", bed="3", patient="p1", origin="invented",
    )  # fmt: skip
    found = ward.engine.rehearse(said)
    assert (found.answer.status, found.after.ward) == ("accepted", "H1")
    assert everything(ward.store, (CASE,)) == everything(Ward(enrolled=False).store, (CASE,))
    assert refused(ward.engine.rehearse(AmendDefinition(id="x", case="no", by=by("nurse"), to="0")).answer)


def test_the_difference_names_what_opens_closes_moves_and_what_may_be_asked():
    ward = on_target(ward_of(HIGHER, LOWER))
    command = AmendDefinition(
        id="x1", case=CASE, by=by("haematologist"), to=HIGHER.digest, reason="too low", second="doctor Z"
    )
    found = difference(ward.engine.rehearse(command).events, ward.case, ward.engine.rules, t("1 18:00"))
    assert found.opened == ("M38 [fibrinogen], due 2026-03-01T20:00:00Z",)
    assert found.rows == ("recheck_class: s3 to s2",)
    assert [each.partition(",")[0] for each in found.rescheduled] == ["M1 [fibrinogen]", "M1 [platelets]"]
    assert found.closed == found.invariants == found.refused == found.allowed == found.moves == ()


def test_the_shipped_version_says_who_may_amend():
    form = shipped("variant_apl", 1).form.amend
    assert form is not None
    assert (form.by, form.second) == (("haematologist", "consultant"), True)


def test_an_unknown_version_is_named_as_such():
    with pytest.raises(UnknownBundle):
        Ward().engine.pathway_of("0" * 64)
