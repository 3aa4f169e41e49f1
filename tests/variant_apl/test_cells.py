"""T07 to T29 and S01: every move a role makes, every phase, every role. safety.md 2.2.

The table is written from the table of transitions, not from the file. Each cell is decided on a case that stands in its
phase by real commands, without changing it: a wrong phase is told before a wrong role, and neither is told where both
are right. What the guards then say is in the tests of each move.
"""

import pytest

from pathway.case.commands import Transition
from pathway.case.decide import decide
from pathway.case.envelope import By
from pathway.case.rules import rules_of
from tests.case.ward import IDENTIFIERS, SEVEN_PLUS_THREE, SHIPPED
from tests.variant_apl.ward import (
    BEFORE_COURSE,
    CLOSED,
    CONSOLIDATION,
    DOCTORS,
    EVERY_REASON,
    HIGH_DOSE,
    INDUCTION,
    NOW,
    OPEN,
    PHASES,
    SENIOR,
    TRETINOIN_ANTHRACYCLINE,
    standing_case,
)

RULES = rules_of(SHIPPED)
ROLES = (*SHIPPED.form.roles, "")
AML, SENSITIVE = INDUCTION
HIDAC, ATRA, PREPARATION = CONSOLIDATION

#: Move: who makes it, and from which phases.
MAY = {
    "begin_7plus3": (SENIOR, BEFORE_COURSE),
    "begin_sensitive": (SENIOR, BEFORE_COURSE),
    "to_sensitive": (SENIOR, {AML}),
    "to_aml": (SENIOR, {SENSITIVE}),
    "reinduce_aml": (SENIOR, {AML}),
    "reinduce_sensitive": (SENIOR, {SENSITIVE}),
    "other_course": (SENIOR, {*INDUCTION, *CONSOLIDATION}),
    "to_hidac": (SENIOR, set(INDUCTION)),
    "to_transplant_preparation": (SENIOR, {*INDUCTION, HIDAC}),
    "to_sensitive_consolidation": (SENIOR, {SENSITIVE}),
    "preparation_failed": (SENIOR, {PREPARATION}),
    "next_high_dose_cytarabine": (SENIOR, {HIDAC}),
    "next_atra_anthracycline": (SENIOR, {ATRA}),
    "bridging_course": (SENIOR, {PREPARATION}),
    "reclass_to_aml_consolidation": (SENIOR, {ATRA}),
    "reclass_to_sensitive_consolidation": (SENIOR, {HIDAC, PREPARATION}),
    "complete": (SENIOR, set(CONSOLIDATION)),
    "hsct": (SENIOR | {"transplant_coordinator"}, {*INDUCTION, *CONSOLIDATION}),
    "refractory": (SENIOR, set(INDUCTION)),
    "relapse": (SENIOR, {*INDUCTION, *CONSOLIDATION}),
    "classic_apl": (SENIOR, set(OPEN)),
    "revised_diagnosis": (SENIOR, set(OPEN)),
    "death": (DOCTORS, set(OPEN)),
    "transfer": (DOCTORS, set(OPEN)),
    "palliative": (SENIOR, set(OPEN)),
    "entered_in_error": (DOCTORS, set(OPEN)),
    "end_supervision": (DOCTORS, set(OPEN)),
}
DOSES = {"begin_7plus3": SEVEN_PLUS_THREE, "to_aml": SEVEN_PLUS_THREE, "reinduce_aml": SEVEN_PLUS_THREE}
DOSES |= dict.fromkeys(
    ("begin_sensitive", "reinduce_sensitive", "to_sensitive_consolidation", "next_atra_anthracycline"),
    TRETINOIN_ANTHRACYCLINE,
)
DOSES |= dict.fromkeys(
    ("to_hidac", "preparation_failed", "next_high_dose_cytarabine", "bridging_course", "other_course"), HIGH_DOSE
)


def outcome(phase: str, move: str, role: str) -> str:
    """What a role is told: empty when granted, else the code of the refusal."""
    command = Transition(
        id="x",
        case="c1",
        by=By(f"the {role}", role),
        transition=move,
        reason="decided by the team",
        reasons=EVERY_REASON,
        doses=DOSES.get(move, {}),
        regimen="other" if move == "other_course" else "",
        intensive=False if move == "other_course" else None,
        second="another doctor",
        receiver="Dr. Invented",
        accepted_at=NOW,
        identifiers=IDENTIFIERS,
        died_at=NOW if move == "death" else None,
    )
    found = decide(RULES, standing_case(phase), command, NOW, None)
    return "" if found.refusal is None else found.refusal.code


def test_the_table_names_every_move_that_a_role_makes():
    assert set(MAY) == {each.name for each in SHIPPED.form.transitions if each.by}


@pytest.mark.parametrize("phase", OPEN)
@pytest.mark.parametrize("move", MAY)
def test_each_role_is_told_the_phase_then_the_role_then_neither(move, phase):
    roles, phases = MAY[move]
    found = {role: outcome(phase, move, role) for role in ROLES}
    expected = {role: "phase" if phase not in phases else "role" if role not in roles else "" for role in ROLES}
    assert {role: code if code in ("phase", "role") else "" for role, code in found.items()} == expected


@pytest.mark.parametrize("phase", CLOSED)
def test_a_case_that_has_left_refuses_every_move_with_one_word(phase):
    assert {outcome(phase, move, role) for move in MAY for role in ("nurse", "haematologist", "consultant")} == {
        "closed"
    }


@pytest.mark.parametrize("phase", OPEN)
def test_every_open_phase_has_an_exit_that_needs_no_finding(phase):
    granted = {move for move in MAY if outcome(phase, move, "consultant") == ""}
    assert {"death", "transfer", "palliative", "entered_in_error"} <= granted


def test_no_exit_is_automatic():
    assert [each.name for each in SHIPPED.form.transitions if each.to in CLOSED and not each.by] == []


def test_every_phase_of_the_file_was_stood_in():
    assert set(OPEN) | set(CLOSED) == set(PHASES)
