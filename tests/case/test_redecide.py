"""Deciding a record once more: an honest one gives itself, and whatever was put in, taken out or changed is found."""

from collections.abc import Callable
from typing import Any

import pytest
from msgspec.structs import replace

from pathway.case.commands import AcceptHandOver, Cosign, HandBack, HandOver, ReportRule, ReviewOverride, WriteNote
from pathway.case.envelope import ENGINE, By, Event
from pathway.case.events import ChoiceMoved, PhaseEntered, ReminderOpened, ResultRecorded, TherapyRecorded
from pathway.case.redecide import Difference, redecide, under
from pathway.case.redecide.redecide import BOTH
from pathway.case.rules import rules_of
from pathway.engine import Engine
from tests.case.clinic import Clinic, done
from tests.case.story import t
from tests.case.test_amend import HIGHER, LOWER, amend, on_target, ward_of
from tests.case.test_history import PAST
from tests.case.test_signatures import DOCTOR, overridden, verbal
from tests.case.ward import CASE, SHIPPED, Ward, by

#: Fields of bodies that hold positions.
POSITIONS = ("target", "decision", "changed", "died", "order", "override")


def treated() -> Ward:
    """Treated on suspicion, a variant found, the drug stopped, a value corrected, two days of time between."""
    ward = Ward()
    ward.at("1 12:00").therapy("started", "1 11:00", next_dose_at=t("1 20:00"))
    ward.at("1 13:00").panel("1 12:30", fibrinogen="90")
    ward.at("3 12:00").pml_negative()
    ward.at("3 15:10").partner("ZBTB16")
    ward.look("3 16:30")
    ward.at("4 10:00").acknowledge("M3")
    assert ward.at("4 11:00").stop().status == "accepted"
    first = next(each.position for each in ward.engine.timeline(CASE) if each.type == "ResultRecorded")
    ward.at("5 09:00").lab("fibrinogen", "160", "1 12:30", status="corrected", replaces=first)
    ward.look("5 12:00")
    return ward


def handed() -> Ward:
    """A reminder offered, taken and given back; one put off; a wrong rule reported; a note written and taken away."""
    ward = Ward().look("1 10:00")
    anna, ben = by("nurse", "nurse.anna"), by("nurse", "nurse.ben")
    ward.done(ward.do(HandOver, anna, reminder="M37", to="nurse.ben", to_role="nurse", reason="end of my shift"))
    ward.done(ward.at("1 10:05").do(AcceptHandOver, ben, reminder="M37"))
    ward.done(ward.at("1 10:06").do(HandBack, ben, reminder="M37", reason="an emergency"))
    ward.done(ward.do(ReportRule, ben, reminder="M37", reason="the centre was called"))
    ward.done(ward.do(WriteNote, ben, text="endoscopy  at 14:00"))
    ward.done(ward.at("1 10:30").do(WriteNote, ben, text=""))
    ward.at("1 11:00").panel("1 10:45")
    ward.done(ward.at("1 16:00").snooze("M1", "fibrinogen"))
    ward.bed("H1", "7")
    ward.look("2 09:00")
    return ward


def begun() -> Ward:
    """A course begun with its reasons, and a death that an exit records; then that exit is taken back."""
    ward = Ward()
    ward.at("1 12:00").partner("ZBTB16")
    ward.done(ward.at("2 09:00").begin_7plus3())
    ward.done(ward.at("3 09:00").die("3 08:00"))
    return ward


def amended() -> Ward:
    """A threshold mended for the open case."""
    ward = on_target(ward_of(HIGHER))
    assert amend(ward, HIGHER).status == "accepted"
    ward.look("2 09:00")
    return ward


def review() -> Any:
    """A signed override, and its review with a second person."""
    patient, position = overridden()
    patient.look("1 14:00")
    more = {"choice": "confirmed", "reason": "still falling", "second": "another doctor"}
    done(patient.do(ReviewOverride, DOCTOR, position=position, **more))
    patient.look("1 18:00")
    return patient


def by_voice() -> Any:
    """An order by voice, disowned by whoever is named as its giver."""
    patient, position = verbal()
    done(patient.at("1 11:00").do(Cosign, DOCTOR, order=position, choice="disowned", reason="I was not there"))
    return patient


def reopened() -> Clinic:
    """A case that begins with a history, leaves, and comes back."""
    clinic = Clinic().at("5 09:00")
    done(clinic.enrol(presented_at=t("5 08:00"), history=PAST))
    done(clinic.at("5 12:00").transfer())
    done(clinic.at("6 12:00").reopen())
    clinic.tick("7 12:00")
    return clinic


STORIES: tuple[Callable[[], Any], ...] = (treated, handed, begun, amended, review, by_voice, reopened)


def again(engine: Engine, events: list[Event] | None = None) -> tuple[Difference, ...]:
    """The differences of the case, or of these events in the place of its own."""
    if events is None:
        return engine.redecided(CASE).differences
    return redecide(events, engine._rules).differences


@pytest.mark.parametrize("story", STORIES)
def test_an_honest_record_gives_itself_to_the_last_event(story: Callable[[], Any]):
    found = story().engine.redecided(CASE)
    assert found.differences == ()
    assert (found.given, found.unfit, found.decided) == ((), "", found.events)
    assert found.events > 10


@pytest.mark.parametrize("story", [each for each in STORIES if each is not amended])
def test_under_its_own_definition_nothing_would_have_been_different(story: Callable[[], Any]):
    engine = story().engine
    found = engine.under(CASE, engine.pathway(CASE))
    assert (found.refused, found.recorded, found.instead, found.given) == ((), (), (), ())


# --- what was done to a record ---------------------------------------------------------------------------------------


def without(events: list[Event], gone: int) -> list[Event]:
    """The events without the one at a position, and every position behind it one less: a careful hand."""

    def at(position: int) -> int:
        return position - 1 if position > gone else position

    left = []
    for event in events:
        if event.position == gone:
            continue
        body: Any = event.body
        told = {name: at(getattr(body, name)) for name in POSITIONS if isinstance(getattr(body, name, None), int)}
        if hasattr(body, "because"):
            told["because"] = tuple(map(at, body.because))
        cause = None if event.cause is None else at(event.cause)
        left.append(replace(event, position=at(event.position), cause=cause, body=replace(body, **told)))
    return left


def changed(events: list[Event], position: int, **fields: Any) -> list[Event]:
    """The events with other fields in the body at a position."""
    return [replace(each, body=replace(each.body, **fields)) if each.position == position else each for each in events]


def first(events: list[Event], kind: type, **fields: Any) -> Event:
    """The first event of a type, with these fields in its body."""
    wanted = (each for each in events if isinstance(each.body, kind))
    return next(each for each in wanted if all(getattr(each.body, name) == at for name, at in fields.items()))


def test_a_stored_phase_that_no_rule_gives_is_found_and_what_the_rule_says_stands_beside_it():
    engine = Ward().look("1 10:00").engine
    events = engine.timeline(CASE)
    last, leaf = events[-1], engine.case(CASE).regions["treatment"].leaf
    form = next(each for each in SHIPPED.transitions_from("treatment", leaf) if each.when and not each.by)
    body = PhaseEntered("treatment", form.to, leaf, form.name, 1)
    planted = replace(last, position=last.position + 1, by=ENGINE, body=body, command=last.command, cause=last.position)
    (found,) = again(engine, [*events, planted])
    assert (found.kind, found.position, found.type) == ("not_decided", planted.position, "PhaseEntered")
    assert found.why.startswith(f"{form.name}: ")


def test_a_reminder_that_should_have_opened_and_is_not_there_is_found_where_it_is_missing():
    engine = treated().engine
    events = engine.timeline(CASE)
    gone = [each for each in events if isinstance(each.body, ReminderOpened)][-1]
    found = again(engine, without(events, gone.position))
    assert (found[0].kind, found[0].type) == ("not_stored", "ReminderOpened")
    assert found[0].position == gone.position - 1
    assert found[0].decided is not None
    assert (found[0].decided.body.reminder, found[0].at) == (gone.body.reminder, gone.occurred_at)


def test_what_hangs_on_an_event_that_is_gone_is_told_and_does_not_end_the_search():
    engine = treated().engine
    events = engine.timeline(CASE)
    gone = first(events, ReminderOpened, reminder="M1", subject="fibrinogen")
    kinds = {(each.kind, each.type) for each in again(engine, without(events, gone.position))}
    assert ("not_stored", "ReminderOpened") in kinds
    assert ("not_decided", "RungReached") in kinds


def test_a_phase_that_is_gone_is_found_with_the_rule_that_gives_it():
    engine = treated().engine
    events = engine.timeline(CASE)
    gone = next(each for each in events if isinstance(each.body, PhaseEntered) and each.body.because)
    found = next(each for each in again(engine, without(events, gone.position)) if each.type == "PhaseEntered")
    assert (found.kind, found.decided.body.leaf) == ("not_stored", gone.body.leaf)
    assert found.why


@pytest.mark.parametrize(
    "kind, fields, names",
    [
        (ResultRecorded, {"low": "230", "high": "230"}, ("low", "high")),
        (ChoiceMoved, {"tightened": True}, ("tightened",)),
        (ReminderOpened, {"due_at": t("9 09:00")}, ("due_at",)),
    ],
)
def test_a_changed_value_is_found_with_the_fields_that_differ(kind: type, fields: dict[str, Any], names: tuple[str]):
    engine = treated().engine
    events = engine.timeline(CASE)
    where = first(events, kind).position
    found = next(each for each in again(engine, changed(events, where, **fields)) if each.position == where)
    assert (found.kind, found.fields) == ("other", names)


def test_an_act_in_the_name_of_a_role_that_may_not_do_it_is_refused_now():
    engine = treated().engine
    events = engine.timeline(CASE)
    stop = first(events, TherapyRecorded, act="stopped")
    forged = [replace(each, by=By("the nurse", "nurse")) if each == stop else each for each in events]
    found = next(each for each in again(engine, forged) if each.kind == "refused")
    assert found.position == stop.position
    assert found.why.startswith("role: the role nurse may not do this")


def test_an_obligation_that_time_brought_and_nobody_wrote_is_found_by_when_all_was_asked_last():
    ward = Ward()
    events, engine = ward.engine.timeline(CASE), ward.engine
    assert redecide(events, engine._rules).differences == ()
    found = redecide(events, engine._rules, t("2 09:00")).differences
    assert {each.kind for each in found} == {"not_stored"}
    assert any(each.type == "RungReached" for each in found)


def test_what_differs_turn_after_turn_is_told_once():
    engine = treated().engine
    events = engine.timeline(CASE)
    gone = first(events, ReminderOpened, reminder="M49")
    found = [each for each in again(engine, without(events, gone.position)) if each.kind == "not_stored"]
    assert [each.position for each in found if each.type == "ReminderOpened"] == [gone.position - 1]


# --- what is not decided again ---------------------------------------------------------------------------------------


def test_a_merge_is_taken_as_recorded_and_counted_and_what_follows_is_decided():
    clinic = Clinic()
    for case, patient in (("c1", "p1"), ("c2", "p2")):
        done(clinic.enrol(case, patient))
        clinic.fibrinogen("90", "1 08:50", case=case)
    done(clinic.at("1 10:00").merge())
    clinic.tick("2 10:00")
    for case, kind in (("c1", "CaseJoined"), ("c2", "CaseMergedAway")):
        found = clinic.engine.redecided(case)
        assert found.differences == ()
        assert [(each.type, each.why) for each in found.given] == [(kind, BOTH)]
        assert found.decided == found.events - sum(each.events for each in found.given)


def test_a_record_whose_definition_is_not_here_says_so_and_nothing_is_decided():
    ward = Ward().look("1 10:00")
    found = Engine(ward.store, [], ward.clock).redecided(CASE)
    assert found.unfit == ""  # the store keeps the bundle
    events = [replace(each, bundle="0" * 64) for each in ward.engine.timeline(CASE)]
    assert redecide(events[1:], ward.engine._rules).unfit


def test_nobody_is_decided_again_who_does_not_exist():
    with pytest.raises(KeyError):
        Ward().engine.redecided("nobody")


# --- under another definition ----------------------------------------------------------------------------------------


def test_a_higher_threshold_would_have_opened_what_it_wants_and_nothing_is_written():
    ward = on_target(Ward())
    before = [each.canonical for each in ward.store.stream(CASE)]
    found = ward.engine.under(CASE, HIGHER)
    opened = {(each.body.reminder, each.body.subject) for each in found.instead if each.type == "ReminderOpened"}
    assert ("M38", "fibrinogen") in opened
    assert found.bundle == HIGHER.digest
    assert [each.canonical for each in ward.store.stream(CASE)] == before


def test_a_lower_threshold_would_not_have_opened_what_was_opened():
    ward = Ward()
    ward.at("1 10:00").panel("1 09:30", fibrinogen="120")
    found = ward.engine.under(CASE, LOWER)
    assert ("M38", "fibrinogen") in {
        (each.body.reminder, each.body.subject) for each in found.recorded if each.type == "ReminderOpened"
    }
    assert ("M38", "fibrinogen") not in {
        (each.body.reminder, each.body.subject) for each in found.instead if each.type == "ReminderOpened"
    }


def test_what_the_other_definition_refuses_is_told_with_its_reason_and_later_positions_still_fit():
    patient, position = overridden()
    patient.look("1 14:00")
    more = {"choice": "confirmed", "reason": "still falling", "second": "another doctor"}
    done(patient.do(ReviewOverride, DOCTOR, position=position, **more))
    rules = patient.engine._rules(patient.engine.case(CASE).bundle)
    form = rules.pathway.form
    barred = replace(form, requests=tuple(replace(each, override=None) for each in form.requests))
    other = rules_of(replace(rules.pathway, form=barred))
    found = under(patient.engine.timeline(CASE), patient.engine._rules, other)
    assert [each.refusal.code for each in found.refused] == ["prohibited", "not_open"]
    assert found.refused[0].position == position
