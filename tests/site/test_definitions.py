"""A definition is approved by two, withdrawn for safety by two; what is withdrawn rings on and takes nobody new."""

from typing import Any

import pytest

from pathway.case.commands import AmendDefinition, RecordTherapy
from pathway.clinical.instant import Instant
from pathway.engine import Engine
from pathway.engine.errors import UnknownBundle
from pathway.site.commands import ApproveDefinition, WithdrawDefinition
from pathway.site.streams import DEFINITIONS
from tests.case.test_amend import HIGHER, amend, resistant, ward_of
from tests.case.ward import CASE, SHIPPED, by, refused, t
from tests.site.site import SCREEN, Site
from ward.web.board import row

DOCTOR = by("consultant", "doctor A")


def withdraw(engine: Engine, **fields: Any) -> Any:
    """Withdraw the shipped version within three days, complete unless said otherwise."""
    given = {"id": "w1", "by": DOCTOR, "digest": SHIPPED.digest, "reason": "ZBTB16 is missing from the list"}
    given |= {"migrate_within": "72 h", "second": "doctor B"}
    return engine.handle(WithdrawDefinition(**(given | fields)))


# --- approved --------------------------------------------------------------------------------------------------------


def test_an_approval_is_on_the_record_and_keeps_the_text_for_every_engine_of_the_store():
    site = Site(HIGHER)
    answer = site.do(ApproveDefinition, DOCTOR, digest=HIGHER.digest, second="doctor B")
    assert (answer.status, answer.positions) == ("accepted", (1,))
    found = site.engine.sites.definitions().approved[HIGHER.digest]
    assert (found.body.version, found.body.second, found.by) == (2, "doctor B", DOCTOR)
    assert Engine(site.store, [SCREEN], site.clock).pathway_of(HIGHER.digest).form.version == 2
    assert site.engine.verify(DEFINITIONS) == []


@pytest.mark.parametrize(
    "fields, code",
    [
        ({"digest": "0" * 64}, "unknown_bundle"),
        ({"second": ""}, "second"),
        ({"second": "doctor A"}, "second"),
        ({"by": by("nurse")}, "role"),
    ],
)
def test_an_approval_without_two_or_of_what_nobody_knows_is_refused(fields: dict[str, Any], code: str):
    site = Site()
    given = {"id": "a1", "by": DOCTOR, "digest": SHIPPED.digest, "second": "doctor B"}
    assert refused(site.engine.handle(ApproveDefinition(**(given | fields)))) == code
    assert [each.code for each in site.store.attempts(DEFINITIONS)] == [code]
    assert list(site.store.stream(DEFINITIONS)) == []


def test_what_was_withdrawn_is_not_approved_and_what_is_approved_not_twice():
    site = Site(HIGHER)
    for number, code in enumerate(("", "approved")):
        answer = site.do(ApproveDefinition, DOCTOR, id=f"a{number}", digest=HIGHER.digest, second="doctor B")
        assert refused(answer) == code
    withdraw(site.engine)
    assert refused(site.do(ApproveDefinition, DOCTOR, digest=SHIPPED.digest, second="doctor B")) == "withdrawn"


# --- withdrawn -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "fields, code",
    [
        ({"reason": ""}, "reason_needed"),
        ({"second": "doctor A"}, "second"),
        ({"by": by("physician")}, "role"),
        ({"migrate_within": ""}, "migrate_by"),
        ({"migrate_within": "soon"}, "migrate_by"),
        ({"migrate_by": t("2 09:00")}, "migrate_by"),
        ({"migrate_within": "", "migrate_by": t("1 09:00")}, "migrate_by"),
        ({"migrate_within": "", "migrate_by": Instant(10**18)}, "migrate_by"),
        ({"digest": "0" * 64}, "unknown_bundle"),
    ],
)
def test_an_incomplete_withdrawal_is_refused(fields: dict[str, Any], code: str):
    site = Site()
    assert refused(withdraw(site.engine, **fields)) == code
    assert site.engine.sites.definitions().withdrawn == {}


def test_a_withdrawn_definition_takes_no_new_case_and_names_one_that_may_be_used():
    site = Site(HIGHER)
    withdraw(site.engine, digest=HIGHER.digest)
    answer = site.enrol("c1")
    assert refused(answer) == "withdrawn"
    assert answer.refusal.reasons == ("ZBTB16 is missing from the list",)
    assert answer.refusal.mend == "enrol on version 1 (`version`)"
    assert site.enrol("c1", version=1).status == "accepted"
    assert site.engine.pathway("c1").form.version == 1
    withdraw(site.engine, id="w2")
    assert refused(site.enrol("c2", version=1)) == "withdrawn"
    with pytest.raises(UnknownBundle):
        site.enrol("c3", version=9)


def test_no_case_is_brought_to_a_withdrawn_definition_and_it_is_looked_at_as_before():
    ward = ward_of(HIGHER)
    withdraw(ward.engine, digest=HIGHER.digest)
    before = ward.store.head(CASE)
    answer = amend(ward, HIGHER)
    assert (refused(answer), answer.refusal.reasons) == ("withdrawn", ("ZBTB16 is missing from the list",))
    after = ward.store.head(CASE)
    assert (after.bundle, after.next_look) == (SHIPPED.digest, before.next_look)


def test_a_stream_of_the_site_is_no_case_to_look_at_or_to_rehearse_on():
    site = Site()
    withdraw(site.engine)
    with pytest.raises(KeyError):
        site.engine.picture(DEFINITIONS)
    with pytest.raises(KeyError):
        site.engine.why(DEFINITIONS, "M3")
    assert site.engine.timeline(DEFINITIONS) == []
    dose = RecordTherapy(id="x", case=DEFINITIONS, by=by("nurse"), drug="tretinoin", act="dose")
    assert refused(site.engine.rehearse(dose).answer) == "quarantined"


def test_its_open_cases_say_so_and_propose_nothing():
    ward = ward_of(HIGHER, exposure=None)
    assert ward.engine.picture(CASE).flagged == ()
    before = ward.engine.picture(CASE)
    withdraw(ward.at("1 10:00").engine)
    shown = ward.engine.picture(CASE)
    assert shown.flagged[0].text == (
        "definition withdrawn for safety: ZBTB16 is missing from the list; move to another by 04-Mar-2026 10:00"
    )
    assert shown.flagged[0].open
    assert before.reminders[0].reminder == shown.reminders[0].reminder
    assert shown.proposals == ()
    assert row(shown, None).flags[0] == shown.flagged[0].text
    assert ward.at("4 10:00").engine.picture(CASE).flagged[0].text.endswith("10:00, OVERDUE")
    # The day before nobody knew.
    assert ward.engine.picture_as_of(CASE, None, t("1 09:30")).flagged == ()


def test_proposals_come_back_with_a_version_that_may_be_used():
    ward = ward_of(HIGHER, exposure=None)
    ward.therapy("never")
    ward.partner("NUMA1", "rt_pcr")
    ward.partner("NUMA1", "dual_fusion_fish")
    ward.pml_negative()
    assert ward.engine.picture(CASE).proposals
    withdraw(ward.engine)
    assert ward.engine.picture(CASE).proposals == ()
    amend(ward, HIGHER)
    assert ward.engine.picture(CASE).proposals
    assert ward.engine.picture(CASE).flagged == ()


def test_a_stop_rings_on_under_the_old_text_after_the_withdrawal_and_after_the_amendment_as_the_same_one():
    ward = resistant(ward_of(HIGHER, exposure="started"))
    before = ward.due("M3")
    withdraw(ward.engine)
    ward.look("3 10:35")
    assert ward.rang("M3")[-1] == (t("3 10:30"), ("physician",))
    assert ward.case.bundle == SHIPPED.digest
    amend(ward, HIGHER)
    after = ward.due("M3")
    assert (after.ordinal, after.opened_at, after.rungs[-1].rung) == (before.ordinal, before.opened_at, 4)
    assert ward.look("3 11:05").rang("M3")[-1] == (t("3 11:00"), ("consultant",))


def test_facts_are_recorded_under_a_withdrawn_definition_as_ever():
    ward = ward_of(HIGHER)
    withdraw(ward.engine)
    assert ward.do(RecordTherapy, by("nurse"), drug="tretinoin", act="dose").status == "accepted"


def test_the_later_word_on_a_withdrawal_counts():
    site = Site()
    withdraw(site.engine)
    withdraw(site.engine, id="w2", migrate_within="24 h", reason="worse than thought")
    found = site.engine.withdrawn(SHIPPED.digest)
    assert (found.body.migrate_by, found.body.reason) == (t("2 09:00"), "worse than thought")


def test_a_command_about_a_definition_comes_once():
    site = Site()
    assert withdraw(site.engine).positions == (1,)
    assert withdraw(site.engine).repeated
    assert len(list(site.store.stream(DEFINITIONS))) == 1


def test_a_rehearsal_of_a_command_to_the_site_writes_nothing():
    site = Site()
    command = WithdrawDefinition(
        id="w1", by=DOCTOR, digest=SHIPPED.digest, reason="x", migrate_within="1 h", second="doctor B"
    )
    assert site.engine.rehearse(command).answer.status == "accepted"
    assert site.store.site_heads() == []
    unknown = AmendDefinition(id="x", case="c9", by=DOCTOR, to=HIGHER.digest)
    assert refused(site.engine.rehearse(unknown).answer) == "no_such_case"
