"""Why and why not: one tree for everything that a case says, with the answer of its rules and the values behind it."""

import re

import pytest

from pathway.case.facts import View
from pathway.case.obligations import Asked
from pathway.case.subjects import subjects
from pathway.case.why import NameUnknown, Why, brief, deciding, nodes, positions
from pathway.definition.guard import ANSWER_WORDS
from pathway.engine import Engine
from tests.acceptance.story import SCENARIOS
from tests.case.ward import CASE, SHIPPED, Ward, by, t
from tests.variant_apl.ward import PHASES, standing
from ward.scenario import Run

#: A death, an older value corrected, a stop with a dose after it, and a stop beside a confirmation.
TOLD = ("k3", "m1_e19", "m3_e9", "m3_e24")
#: Names as a file spells them: no person reads them.
SPELT = re.compile(r"\b[a-z0-9]+_[a-z0-9_]+\b")


def why(ward: Ward, name: str, **more: str) -> Why:
    """What the engine answers."""
    return ward.engine.why(CASE, name, **more)


def parts(found: Why, kind: str) -> list[Why]:
    """The nodes of a kind."""
    return [each for each in nodes(found) if each.kind == kind]


# --- everything, everywhere ------------------------------------------------------------------------------------------


def check(engine: Engine, case: str) -> set[str]:
    """Ask everything of a case as it stands; the kinds that answered."""
    asked = engine.inquiry(case)
    known = {each.position for each in asked.events}
    kinds = set()
    for found in asked.everything():
        kinds.add(found.kind)
        assert found.sentence
        assert found.sentence.endswith((".", "?", "!"))
        assert not SPELT.search(found.sentence), found.sentence
        assert known.issuperset(positions(found)), found.sentence
        assert found.answer in ANSWER_WORDS
        for node in deciding(brief(found)):
            for leaf in node.leaves:
                assert not leaf.unit or not leaf.known or leaf.value in node.sentence, (leaf, node.sentence)
    return kinds


@pytest.mark.parametrize("phase", PHASES)
def test_everything_answers_why_in_every_phase(phase: str) -> None:
    ward = standing(phase)
    assert ward.phase == phase
    assert {"reminder", "transition", "request", "proposal", "invariant", "latch", "fact"} <= check(ward.engine, CASE)
    assert all(why(ward, str(at.position)).kind == "event" for at in ward.engine.timeline(CASE)[-12:])


@pytest.mark.parametrize("stem", TOLD)
def test_everything_answers_why_at_every_step_of_a_scenario_and_names_events_that_exist(stem: str) -> None:
    with Run(SCENARIOS / f"{stem}.toml") as run:
        stood = set()
        for _ in run.steps():
            case = run.engine.case(run.case)
            place = tuple(sorted((region, each.leaf) for region, each in case.regions.items()))
            if place not in stood:
                stood.add(place)
                kinds = check(run.engine, run.case)
                assert {"reminder", "transition", "request", "proposal", "invariant", "latch", "fact"} <= kinds
        check(run.engine, run.case)
        for each in run.engine.timeline(run.case)[-12:]:
            assert run.engine.why(run.case, str(each.position)).kind == "event"


@pytest.mark.parametrize("stem", ["m3_e9", "m3_e24"])
def test_the_answer_of_a_tree_is_the_answer_of_its_guard(stem: str) -> None:
    with Run(SCENARIOS / f"{stem}.toml") as run:
        for number, _ in enumerate(run.steps()):
            if number % 10 == 0:
                same_answers(run.engine, run.case)


def same_answers(engine: Engine, case: str) -> None:
    """Every guard of a proposal, invariant, door and reminder in a tree answers as the guard itself does."""
    asked = engine.inquiry(case)
    turn = asked.turn
    view = View(turn.pathway, turn.case, turn.at)
    for kind, rules in (("proposal", turn.pathway.form.proposals), ("invariant", turn.pathway.form.never)):
        for rule in rules:
            found = asked.why(rule.name)
            each = found if found.kind == kind else next(part for part in found.parts if part.kind == kind)
            assert parts(each, "when")[0].answer == ANSWER_WORDS[view.ask(rule.when)[0]]
    for request in turn.pathway.form.requests:
        for door in request.doors:
            node = next(each for each in parts(asked.why(request.id), "door") if each.name == door.name)
            assert node.answer == ANSWER_WORDS[view.ask(door.when)[0]]
    for form in turn.pathway.form.reminders:
        for subject in subjects(turn.view, form.for_each):
            held = turn.case.open.get((form.id, subject.key))
            found = next(each for each in asked.named(form.id, subject.key) if each.kind == "reminder")
            own = Asked(turn, form, subject, held)
            assert parts(found, "when")[0].answer == ANSWER_WORDS[own.answer(form.when)]
            assert parts(found, "done")[0].answer == ANSWER_WORDS[own.answer(form.done_when)]
            assert (found.answer == "yes") == (held is not None)


# --- leaves ----------------------------------------------------------------------------------------------------------


def test_a_low_value_is_explained_with_value_unit_age_threshold_bounds_and_source() -> None:
    ward = Ward().at("1 10:00")
    position = ward.lab("fibrinogen", "92", "1 09:40")
    ward.at("1 10:20")
    found = why(ward, "M38", subject="fibrinogen")
    assert found.answer == "yes"
    assert "92 mg/dL (collected 09:40, 40 min ago; known since 10:00)" in found.sentence
    assert "is below the limit of 150 mg/dL (Fibrinogen target; source R26, A2)" in found.sentence
    node = next(each for each in nodes(found) if each.leaves and each.leaves[0].unit)
    leaf, limit = node.leaves[0], node.thresholds[0]
    assert (leaf.value, leaf.unit, leaf.at, leaf.recorded) == ("92", "mg/dL", t("1 09:40"), t("1 10:00"))
    assert leaf.events == (position,)
    assert (limit.setting, limit.value, limit.low, limit.high) == (
        "fibrinogen_target",
        "150 mg/dL",
        "100 mg/dL",
        "200 mg/dL",
    )


def test_a_time_on_another_day_has_its_date_and_the_zone_of_the_site() -> None:
    ward = Ward(zone="Europe/Berlin").at("1 10:00")
    ward.lab("fibrinogen", "92", "1 09:40")
    ward.at("2 10:00")
    assert "(collected 01-Mar-2026 10:40, 1 d ago; known since 01-Mar-2026 11:00)" in why(ward, "fibrinogen").sentence


def test_a_gap_is_named_with_its_reason() -> None:
    ward = Ward()
    assert why(ward, "M38", subject="fibrinogen").sentence == (
        "Act on the low value: fibrinogen: not open, because it cannot be said whether it is wanted: "
        "Fibrinogen was never recorded."
    )
    ward.at("1 10:00").lab("fibrinogen", "92", "1 09:40")
    ward.at("3 10:00")
    old = why(ward, "fibrinogen")
    assert old.answer == "cannot say"
    assert "Fibrinogen is older than 1 d 12 h (collected 01-Mar-2026 09:40, 2 d ago" in old.sentence


# --- requests --------------------------------------------------------------------------------------------------------


def test_a_refused_request_shows_its_prohibition_and_what_it_would_take() -> None:
    ward = Ward().at("1 10:00")
    confirmed = ward.partner("ZBTB16")
    found = why(ward, "tretinoin start")
    assert (found.kind, found.answer, found.name) == ("request", "no", "start_tretinoin")
    assert "ZBTB16::RARA confirmed: resistant" in found.sentence
    assert "haematologist or consultant may sign for it all the same" in found.sentence
    assert [each.decided for each in parts(found, "refuse_when")] == [True]
    assert not any(each.decided for each in parts(found, "door"))
    assert confirmed in {at for node in deciding(found) for leaf in node.leaves for at in leaf.events}


def test_every_shut_door_decides_a_refusal_and_one_open_door_a_permission() -> None:
    ward = Ward().at("1 10:00")
    opened = why(ward, "start tretinoin")
    assert (opened.answer, [each.name for each in parts(opened, "door") if each.decided]) == ("yes", ["suspicion"])
    ward.pml_negative()
    ward.finding("clinician_judges_severe", "no")
    shut = why(ward, "start tretinoin")
    assert (shut.answer, {each.decided for each in parts(shut, "door")}) == ("no", {True})


# --- moves -----------------------------------------------------------------------------------------------------------


def test_a_move_says_that_it_begins_elsewhere_or_which_reasons_and_drugs_it_still_needs() -> None:
    ward = Ward().at("1 10:00")
    begin = why(ward, "T07")
    assert begin.answer == "yes"
    missing = [each.name for each in parts(begin, "reason") if each.answer != "no"]
    assert {"cannot_wait", "cells_not_secured"} <= set(missing)
    assert "7+3 needs" in begin.sentence
    away = why(ward, "tretinoin_off")
    assert (away.answer, parts(away, "stage")[0].answer) == ("no", "no")
    assert "this move begins in Empiric tretinoin" in away.sentence


def test_a_past_move_is_explained_as_it_was_known_then() -> None:
    ward = Ward().at("1 10:00")
    confirmed = ward.partner("ZBTB16")
    entered = next(
        each.position for each in ward.engine.timeline(CASE) if "resistant" in getattr(each.body, "leaf", "")
    )
    ward.at("2 10:00").retract(confirmed)
    found = why(ward, str(entered))
    assert "ZBTB16::RARA confirmed: resistant" in found.sentence
    assert confirmed in found.events
    assert confirmed in positions(found)


# --- reminders -------------------------------------------------------------------------------------------------------


def test_an_open_reminder_says_why_due_then_who_is_next_and_what_would_close_it() -> None:
    ward = Ward().at("1 10:00")
    ward.panel("1 09:50")
    found = why(ward, "M1", subject="fibrinogen")
    due = parts(found, "due")[0]
    assert due.at == ward.case.open[("M1", "fibrinogen")].due_at
    assert {"fibrinogen.collected", "recheck_every", "anchor"} <= {leaf.name for leaf in due.leaves}
    assert "Class of supervision" in due.sentence
    assert parts(found, "ladder")[0].sentence.startswith("next: nurse at")
    assert "it ends when the newest sample for Fibrinogen is after the anchor" in parts(found, "ends")[0].sentence


def test_an_acknowledged_rung_says_who_paused_it_and_that_it_is_not_done() -> None:
    ward = Ward(exposure="started").at("1 10:00")
    ward.partner("ZBTB16")
    ward.acknowledge("M3", "physician")
    paused = [each.sentence for each in parts(why(ward, "M3"), "rung") if "paused until" in each.sentence]
    assert paused
    assert all("the physician took note at 10:00, which is not done" in each for each in paused)


def test_a_closed_reminder_says_how_it_closed_and_what_closed_it() -> None:
    ward = Ward().at("1 10:00")
    ward.finding("cells_secured", "secured")
    found = why(ward, "M49")
    assert found.answer == "no"
    assert "it was closed 10:00, now, because it was done" in found.sentence
    closed = why(ward, str(parts(found, "closed")[0].events[0]))
    assert "closed, because it was done: Diagnostic cells secured: secured" in closed.sentence


# --- proposals, invariants, facts ------------------------------------------------------------------------------------


def test_a_proposal_is_explained_shown_and_not_shown() -> None:
    ward = Ward().at("1 10:00")
    assert why(ward, "tretinoin_on_suspicion").answer == "yes"
    assert why(ward, "tretinoin_sensitive").answer == "no"


def test_an_invariant_is_kept_not_determinable_or_not_kept() -> None:
    ward = Ward(exposure=None).at("1 10:00")
    assert why(ward, "I2").answer == "yes"
    ward.partner("ZBTB16")
    assert why(ward, "I2").answer == "cannot say"
    ward.therapy("started")
    found = why(ward, "I2")
    assert found.answer == "no"
    assert "to end by" in parts(found, "limit")[0].sentence


def test_a_held_latch_says_since_when_and_who_may_end_it() -> None:
    ward = Ward().at("1 10:00")
    ward.lab("fibrinogen", "92", "1 09:40")
    found = why(ward, "severe")
    assert (found.kind, found.answer) == ("latch", "yes")
    assert "it ends only by the physician, haematologist or consultant" in found.sentence


def test_a_score_names_its_own_inputs() -> None:
    ward = Ward().at("1 10:00")
    ward.panel("1 09:50", fibrinogen="92", platelets="40")
    inputs = {leaf.name: leaf.value for each in nodes(why(ward, "isth")) for leaf in each.leaves}
    assert (inputs["fibrinogen"], inputs["platelets"]) == ("92", "40")


# --- two clocks, names, privacy --------------------------------------------------------------------------------------


def test_it_answers_for_a_past_moment_as_known_then_and_as_known_later() -> None:
    ward = Ward().at("1 10:00")
    ward.lab("fibrinogen", "92", "1 09:40")
    ward.at("1 12:00").lab("platelets", "20", "1 09:40")
    early = {"at": t("1 11:00")}
    assert "92 mg/dL" in ward.engine.why(CASE, "fibrinogen", **early).sentence
    assert ward.engine.why(CASE, "platelets", **early).answer == "cannot say"
    assert "20 x10^9/L" in ward.engine.why(CASE, "platelets", **early, recorded=t("1 12:00")).sentence
    with pytest.raises(KeyError):
        ward.engine.why(CASE, "platelets", at=t("1 08:00"))


def test_an_unknown_name_is_refused_with_names_that_are_near() -> None:
    with pytest.raises(NameUnknown) as error:
        why(Ward(), "fibrinogn")
    assert "fibrinogen" in error.value.near


def test_one_id_of_several_moves_answers_with_each() -> None:
    found = why(Ward(), "T04")
    assert found.kind == "several"
    assert len(found.parts) == sum(each.id == "T04" for each in SHIPPED.form.transitions)


def test_what_is_not_so_now_lists_moves_requests_proposals_and_reminders_with_their_reasons() -> None:
    asked = Ward().at("1 10:00").engine.inquiry(CASE)
    kinds = {each.kind for each in asked.absent()}
    assert kinds == {"transition", "request", "proposal", "reminder"}
    assert all(each.answer != "yes" and each.sentence for each in asked.absent())
    assert all(each.kind != "reminder" or each.answer == "yes" for each in asked.now())


def test_a_tree_holds_no_identity_and_no_free_text() -> None:
    ward = Ward().at("1 10:00")
    ward.partner("ZBTB16")
    signed = ward.ask_for(
        "tretinoin", who=by("consultant"), reason="SECRET-REASON", override=True, second="somebody else"
    )
    assert signed.status == "accepted"
    text = "".join(
        each.sentence + each.says for found in ward.engine.inquiry(CASE).everything() for each in nodes(found)
    )
    events = "".join(why(ward, str(each.position)).sentence for each in ward.engine.timeline(CASE))
    for hidden in ("Invented, Person", "0001", "SECRET-REASON", "the consultant"):
        assert hidden not in text
    assert "SECRET-REASON" not in events
