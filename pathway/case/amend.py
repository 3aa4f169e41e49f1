"""Amend: bring an open case to another version of its pathway, if that version knows everything the case refers to.

A threshold, an interval or a ladder may differ; phases may not, so that no case stands where the new version has no
place for it. The turn that amends goes on under the new rules: what they want is opened, moved and stood down at once.
"""

from collections.abc import Iterator, Mapping

from pathway.case.commands import AmendDefinition, Refusal
from pathway.case.events import DefinitionAmended
from pathway.case.grounds import not_your_role, signed_by_two
from pathway.case.reports import sealed
from pathway.case.state import Case, Obligation
from pathway.case.turn import Turn
from pathway.definition.form import FactForm, PathwayForm, ReminderForm, RungForm
from pathway.definition.pathway import Pathway


def amend(turn: Turn, command: AmendDefinition) -> Refusal | None:
    """Carry the case over to `turn.target`, the rules of the bundle that the command names, or say why not."""
    form, target = turn.pathway.form.amend, turn.target
    if form is None:
        return Refusal(
            "amend", "this version lets nobody amend a case", (), "a version with a part [amend] names who may"
        )
    if refused := not_your_role(command, form.by):
        return refused
    if not command.reason.strip():
        return Refusal("reason_needed", "no reason was given", (), "give a reason")
    if form.second and not signed_by_two(command.by.actor, command.second):
        return Refusal("second", "a second person must sign", (), "name them")
    if isinstance(target, Refusal):
        return target
    if target is None:
        return Refusal("unknown_bundle", "this engine does not know that bundle", (), "give it the definition first")
    if command.to == turn.pathway.digest:
        return Refusal("same_bundle", "the case has this bundle already", (), "name another version")
    if lacks := tuple(lacking(turn.case, turn.pathway, target.pathway)):
        expected = "a version with the same phases and names"
        return Refusal("not_amendable", "the case refers to what that version lacks", lacks, expected)
    body = DefinitionAmended(
        was=turn.pathway.digest,
        to=target.pathway.digest,
        version=target.pathway.form.version,
        reason=sealed(turn, command.reason),
        second=command.second,
        repeats=tuple(repeats(turn.case, turn.pathway, target.pathway)),
    )
    turn.emit(body, command.by)
    turn.go_by(target)
    return None


def lacking(case: Case, now: Pathway, target: Pathway) -> Iterator[str]:
    """What a case refers to and the target version lacks, in words; nothing where the case may be carried over."""
    if target.name != now.name:
        yield f"the pathway {now.name}"
        return
    yield from places(now.form, target.form)
    yield from obligations(case, target)
    yield from answers(case, target)
    yield from standing(case, target.form)
    yield from facts(case, target.form)


def places(now: PathwayForm, target: PathwayForm) -> Iterator[str]:
    """Regions and leaves: they must be the same, with the same ones at the end of a case."""
    for region in sorted({*now.regions, *target.regions}):
        one, other = now.regions.get(region), target.regions.get(region)
        if one is None or other is None:
            yield f"region {region}" if other is None else f"a place in region {region}, which is new"
            continue
        for leaf in sorted(set(one.phases) ^ set(other.phases)):
            yield f"phase {leaf}" if leaf in one.phases else f"a case without phase {leaf}, which is new"
        for leaf in sorted(set(one.closed) ^ set(other.closed)):
            yield f"phase {leaf} as one that {'ends' if leaf in one.closed else 'does not end'} the case"


def obligations(case: Case, target: Pathway) -> Iterator[str]:
    """Open reminders: by id, about the same subject, at the same level."""
    for held in case.open.values():
        form = target.reminders.get(held.reminder)
        if form is None:
            yield f"reminder {held.reminder}, which is open"
            continue
        if held.level not in {each.name for each in form.levels} | ({""} if not form.levels else set()):
            yield f"level {held.level or 'none'} of reminder {held.reminder}, which is open"
        if not about(form, held):
            yield f"reminder {held.reminder} about {held.subject}, which is open"


def about(form: ReminderForm, held: Obligation) -> bool:
    """Whether a reminder is about the kind of subject that an open one is about."""
    each = form.for_each
    if each is None or not each.fact:
        return (each is None) == (held.subject == "")
    return held.subject in {row["it"] for row in each.fact}


def answers(case: Case, target: Pathway) -> Iterator[str]:
    """Signed answers: the reminder and the answer that was given."""
    for (reminder, _), decided in case.decisions.items():
        form = target.reminders.get(reminder)
        if form is None or decided.choice not in form.answers:
            yield f"the answer {decided.choice} to reminder {reminder}, which was signed"


def standing(case: Case, target: PathwayForm) -> Iterator[str]:
    """What stands: latches, the rows of choices, signed overrides, invariants that do not hold."""
    for name in case.latches:
        if name not in target.latches:
            yield f"latch {name}, which is set"
    for name, chosen in case.choices.items():
        rows = {each.name for each in target.choices[name].rows} if name in target.choices else set[str]()
        for row in dict.fromkeys(filter(None, (chosen.row, chosen.easing_to))):
            if row not in rows:
                yield f"row {row} of choice {name}"
    signable = {each.id for each in target.requests if each.override is not None}
    for held in case.overrides.values():
        if not held.ended and held.request not in signable:
            yield f"the override of {held.request}, which was signed and not ended"
    nevers = {each.id for each in target.never}
    for name in case.violations:
        if name not in nevers:
            yield f"invariant {name}, which does not hold"


def facts(case: Case, target: PathwayForm) -> Iterator[str]:
    """What was said of the patient in the words of the pathway: findings with their values, drugs."""
    for name, said in case.findings.items():
        form = target.facts.get(name)
        # A sign that no pathway names stands for something every one of them is told.
        if not name.startswith("#") and (form is None or (said and said[-1].value not in values(form))):
            yield f"finding {name} with the value that was recorded"
    drugs = {each.exposure for each in target.facts.values()}
    for drug in case.therapy:
        if drug not in drugs:
            yield f"drug {drug}, which has a record"


def values(form: FactForm) -> tuple[str, ...]:
    """The values that a finding or flag takes."""
    return ("yes", "no") if form.flag else form.finding


def repeats(case: Case, now: Pathway, target: Pathway) -> Iterator[tuple[str, str, int]]:
    """Open reminders that repeat after their last step, where the new ladder has more: a repeat is none of them."""
    for held in case.open.values():
        last = len(ladder(now.reminders, held))
        if len(ladder(target.reminders, held)) > last and any(each.rung >= last for each in held.rungs):
            yield held.reminder, held.subject, last


def ladder(reminders: Mapping[str, ReminderForm], held: Obligation) -> tuple[RungForm, ...]:
    """The ladder that an open reminder climbs."""
    form = reminders[held.reminder]
    return next((each.ladder for each in form.levels if each.name == held.level and each.ladder), form.ladder)
