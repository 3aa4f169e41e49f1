"""Every phase, every request, every role: who may ask for what, where. safety.md 2.2, P4.

The table below is written from the table of transitions and therapy commands; the cases stand in each phase by real
commands, and each cell is decided on such a case without changing it.
"""

from functools import cache
from typing import get_args

import pytest

from pathway.case.commands import (
    AcceptHandOver,
    Acknowledge,
    AmendDefinition,
    AnyCommand,
    Cosign,
    Decide,
    DeclineHandOver,
    Enrol,
    HandBack,
    HandOver,
    MergeCases,
    ReleaseLatch,
    Reopen,
    ReportRule,
    Request,
    RequestTherapy,
    ResumeMoves,
    ReviewOverride,
    SettleReview,
    Snooze,
    StopTherapy,
    TakeOver,
    Transition,
    UnmergeCases,
    WriteNote,
)
from pathway.case.decide import decide
from pathway.case.envelope import By
from pathway.case.rules import rules_of
from pathway.case.state import Case
from tests.case.test_amend import HIGHER
from tests.case.ward import ALL_REASONS, IDENTIFIERS, SEVEN_PLUS_THREE, SHIPPED, TICKS, Ward, refused, t

RULES = rules_of(SHIPPED)
TARGET = rules_of(HIGHER)
NOW = t("3 10:00")
ROLES = (*SHIPPED.form.roles, "")
DOCTORS = {"physician", "haematologist", "consultant"}
SENIOR = {"haematologist", "consultant"}
CLINICIANS = {"nurse", "charge_nurse", "pharmacist", *DOCTORS}
BEFORE_COURSE = {
    "diagnosis_pending",
    "empiric_atra",
    "variant_confirmed.resistant",
    "variant_confirmed.sensitive",
    "variant_confirmed.unclassified",
}
OPEN = BEFORE_COURSE | {"induction.seven_plus_three"}
#: Up to the first course and death; every other phase stands in tests/variant_apl/test_cells.py.
PHASES = (*sorted(OPEN), "exit.death")

DOOR_OPEN = OPEN - {"variant_confirmed.resistant", "variant_confirmed.unclassified"}

#: Request: who may ask, and in which phases it is granted to them. Elsewhere it is refused to everybody.
GRANTED = {
    "begin_7plus3": (SENIOR, BEFORE_COURSE),
    "death": (DOCTORS, OPEN),
    "end_supervision": (DOCTORS, OPEN),
    "start_tretinoin": (DOCTORS, DOOR_OPEN),
    "start_tretinoin_signed": (SENIOR, OPEN),
    "start_arsenic": (set(), set()),
    "start_arsenic_signed": (set(), set()),
    "stop_tretinoin": (DOCTORS, OPEN),
    "acknowledge": (CLINICIANS, OPEN),
    "put_off": (CLINICIANS, OPEN),
    "hand_over": (CLINICIANS, OPEN),
    "take_over": (CLINICIANS, OPEN),
    "report_rule": (CLINICIANS, OPEN),
    "write_note": (CLINICIANS, OPEN),
    "accept_hand_over": (set(), set()),
    "decline_hand_over": (set(), set()),
    "hand_back": (set(), set()),
    "defer_induction": (SENIOR, {"variant_confirmed.resistant", "variant_confirmed.unclassified"}),
    "release_latch": (DOCTORS, OPEN),
    "settle_review": (DOCTORS, OPEN),
    "resume_moves": (set(), set()),
    "amend": (SENIOR, OPEN),
    "review_override": (set(), set()),
    "cosign": (set(), set()),
    "reopen": ({"charge_nurse", *SENIOR}, {"exit.death"}),
    "merge": (set(), set()),
    "unmerge": (set(), set()),
    "enrol": (set(), set()),
}

ASKED = {
    "begin_7plus3": (Transition, {"transition": "T07", "doses": SEVEN_PLUS_THREE, "reasons": ALL_REASONS}),
    "death": (Transition, {"transition": "T26", "identifiers": IDENTIFIERS, "died_at": NOW}),
    "end_supervision": (Transition, {"transition": "S01", "reason": "agreed"}),
    "start_tretinoin": (RequestTherapy, {"drug": "tretinoin", "act": "start", "reason": "agreed"}),
    "start_tretinoin_signed": (
        RequestTherapy,
        {"drug": "tretinoin", "act": "start", "reason": "agreed", "override": True, "second": "another person"},
    ),
    "start_arsenic": (RequestTherapy, {"drug": "arsenic_trioxide", "act": "start", "form": "intravenous"}),
    "start_arsenic_signed": (
        RequestTherapy,
        {"drug": "arsenic_trioxide", "act": "start", "reason": "agreed", "override": True, "second": "another person"},
    ),
    "stop_tretinoin": (StopTherapy, {"drug": "tretinoin", "ticks": TICKS}),
    "acknowledge": (Acknowledge, {"reminder": "M1", "subject": "fibrinogen"}),
    "put_off": (Snooze, {"reminder": "M1", "subject": "fibrinogen", "reason": "in theatre"}),
    "hand_over": (
        HandOver,
        {"reminder": "M1", "subject": "fibrinogen", "to": "nurse.anna", "to_role": "nurse", "reason": "end of shift"},
    ),
    "take_over": (TakeOver, {"reminder": "M1", "subject": "fibrinogen"}),
    "report_rule": (ReportRule, {"reminder": "M1", "subject": "fibrinogen", "reason": "measured elsewhere"}),
    "write_note": (WriteNote, {"text": "theatre at noon"}),
    "accept_hand_over": (AcceptHandOver, {"reminder": "M1", "subject": "fibrinogen"}),
    "decline_hand_over": (DeclineHandOver, {"reminder": "M1", "subject": "fibrinogen", "reason": "not on duty"}),
    "hand_back": (HandBack, {"reminder": "M1", "subject": "fibrinogen", "reason": "called away"}),
    "defer_induction": (Decide, {"reminder": "M41", "choice": "defer", "reason": "fever", "review_at": t("4 09:00")}),
    "release_latch": (ReleaseLatch, {"latch": "severe", "reason": "over"}),
    "settle_review": (SettleReview, {"review": 1, "choice": "confirmed", "reason": "looked"}),
    "resume_moves": (ResumeMoves, {"reason": "looked"}),
    "amend": (AmendDefinition, {"to": HIGHER.digest, "second": "another person", "reason": "too low"}),
    "review_override": (ReviewOverride, {"position": 1, "choice": "ended", "reason": "over"}),
    "cosign": (Cosign, {"order": 1, "choice": "signed"}),
    "reopen": (Reopen, {"identifiers": IDENTIFIERS, "reason": "the wrong patient"}),
    "merge": (MergeCases, {"other": "c2", "second": "another person", "reason": "one person"}),
    "unmerge": (UnmergeCases, {"other": "c2", "second": "another person", "reason": "two persons"}),
    "enrol": (
        Enrol,
        {
            "pathway": "variant_apl",
            "presented_at": t("1 08:00"),
            "identifiers": IDENTIFIERS,
            "zone": "UTC",
            "ward": "H1",
            "bed": "3",
            "patient": "p1",
            "origin": "invented",
        },
    ),
}


@cache
def standing_in(phase: str) -> Case:
    """A case in a phase at NOW: a latch that may be released, one open review, rechecks running, values on target."""
    ward = Ward(exposure="started" if phase == "empiric_atra" else "never").at("1 09:30")
    old = ward.lab("fibrinogen", "92", "1 09:10")
    word = phase.partition(".")[2]
    if phase.startswith("variant"):
        ward.partner({"resistant": "ZBTB16", "sensitive": "NPM1", "unclassified": "PRKAR1A"}[word])
    if phase.startswith("induction"):
        ward.begin_7plus3()
    ward.at("2 06:00").panel("2 05:40")
    ward.at("3 06:00").panel("3 05:40")
    ward.at("3 07:00").lab("fibrinogen", "192", "1 09:10", status="corrected", replaces=old)
    if phase in {"variant_confirmed.resistant", "variant_confirmed.unclassified"}:
        ward.pml_negative()
    if phase == "exit.death":
        ward.at("3 09:00").die("3 08:55")
    else:
        # What ends supervision asks that nothing is severe; the latch itself is what another cell releases.
        assert ("severe" in ward.case.latches, 1 in ward.case.reviews) == (True, True)
    assert ward.phase == phase
    return ward.case


def outcome(phase: str, request: str, role: str) -> str:
    """What a role is told: empty when granted, else the code."""
    case, now = standing_in(phase), NOW
    kind, fields = ASKED[request]
    who = By(f"the {role}", role)
    if request == "end_supervision" and phase != "exit.death":
        release = ReleaseLatch(id="r", case="c1", by=By("h", "haematologist"), latch="severe", reason="over")
        case = decide(RULES, case, release, now, None).case
    found = decide(RULES, case, kind(id="x", case="c1", by=who, **fields), now, None, target=TARGET)
    return "" if found.refusal is None else found.refusal.code


@pytest.mark.parametrize("phase", PHASES)
@pytest.mark.parametrize("request_", GRANTED)
def test_each_role_gets_what_the_table_grants_it(phase, request_):
    roles, phases = GRANTED[request_]
    if request_ == "start_tretinoin_signed" and phase in DOOR_OPEN:
        roles = DOCTORS  # a signature nobody needs does no harm
    expected = {role: (role in roles and phase in phases) for role in ROLES}
    assert {role: outcome(phase, request_, role) == "" for role in ROLES} == expected


@pytest.mark.parametrize("request_", sorted(set(GRANTED) - {"enrol", "reopen"}))
def test_a_closed_case_refuses_every_request_with_one_word(request_):
    assert {outcome("exit.death", request_, role) for role in ROLES} == {"closed"}


@pytest.mark.parametrize("phase", sorted(OPEN))
@pytest.mark.parametrize("request_", ["death", "end_supervision", "stop_tretinoin", "acknowledge", "release_latch"])
def test_a_forbidden_role_is_told_that_it_is_the_role(phase, request_):
    roles, _ = GRANTED[request_]
    assert {outcome(phase, request_, role) for role in ROLES if role not in roles} == {"role"}


def test_a_move_from_a_phase_where_it_does_not_begin_is_told_so():
    assert {outcome("induction.seven_plus_three", "begin_7plus3", role) for role in ROLES} == {"phase"}


def test_the_table_names_every_kind_of_request():
    asked = {kind for kind, _ in ASKED.values()}
    known = {each for each in get_args(AnyCommand) if issubclass(each, Request)}
    assert (asked, set(ASKED)) == (known, set(GRANTED))
    assert refused(Ward().move("T99")) == "unknown_transition"
