"""Exits: when a case has left the pathway, who takes over what is still open, and which obligations live on (P9)."""

from collections.abc import Iterator

from pathway.case.commands import Refusal, Transition
from pathway.case.events import HandedFact, HandedItem, HandedOver
from pathway.case.grounds import signed_by_two
from pathway.case.state import Case, Obligation
from pathway.case.subjects import resulted, taken
from pathway.case.turn import Turn
from pathway.definition.form import ExitForm, ReminderForm, TransitionForm
from pathway.definition.mentions import REMINDERS, RESULTS
from pathway.definition.pathway import Pathway


def exits(pathway: Pathway, case: Case) -> tuple[tuple[str, str], ...]:
    """The regions that stand in a leaf that ends the case, each with its leaf."""
    regions = pathway.form.regions
    return tuple((name, place.leaf) for name, place in case.regions.items() if place.leaf in regions[name].closed)


def closed(turn: Turn) -> bool:
    """Whether the case has left the pathway: by an exit, or into another case of the same person."""
    return has_left(turn.pathway, turn.case)


def has_left(pathway: Pathway, case: Case) -> bool:
    """The same of a case that nothing is decided on."""
    return bool(case.merged_into or exits(pathway, case))


def lives_on(turn: Turn, form: ReminderForm) -> bool:
    """Whether a reminder exists on a case that has left the pathway. After death, and after a merge, none does."""
    if not form.after_exit or turn.case.merged_into:
        return False
    left = [leaf for _, leaf in exits(turn.pathway, turn.case)]
    deaths = {each.to for each in turn.pathway.form.transitions if each.died_at}
    return not any(leaf in form.not_after or leaf in deaths for leaf in left)


# --- what an exit needs ----------------------------------------------------------------------------------------------


def lacking(turn: Turn, command: Transition, form: TransitionForm) -> Refusal | None:
    """The second person, the receiver and the other case that a move asks for, or what is wrong with them."""
    if form.second and not signed_by_two(command.by.actor, command.second):
        return Refusal("second", "a second person must sign", (), "name somebody else in `second`")
    if form.receiver and not command.receiver.strip():
        return Refusal("receiver", "nobody is named who takes the patient", (), "name them in `receiver`")
    if form.receiver and command.accepted_at is None:
        return Refusal("accepted_at", "it is not said when the receiver accepted", (), "give `accepted_at`")
    if form.receiver and command.accepted_at is not None and command.accepted_at > turn.at:
        return Refusal("future", "the receiver cannot have accepted in the future", (), "check the time and its zone")
    if form.links and command.linked.strip() in ("", turn.case.id):
        return Refusal("linked", "the other case of the patient is not named", (), "give its id in `linked`")
    return None


def hand_over(turn: Turn, command: Transition, leaf: str, died: int | None) -> None:
    """Write who takes over, with the facts that go along as they are shown now."""
    form = turn.pathway.form.exits.get(leaf, ExitForm(source=()))
    receiver = turn.seal(command.receiver) if command.receiver.strip() else None
    body = HandedOver(
        exit=leaf,
        taken=(*results(turn, form), *reminders(turn, form)),
        facts=tuple(handed(turn, name) for name in form.hand_over),
        receiver=receiver,
        accepted_at=command.accepted_at,
        linked=command.linked,
        second=command.second,
        died=died,
    )
    turn.emit(body, command.by)


def results(turn: Turn, form: ExitForm) -> Iterator[HandedItem]:
    """Reports on their way, and specimens without their results."""
    heir = form.heirs.get(RESULTS, "")
    for test, standing in sorted(turn.case.reports.items()):
        if any(each.awaited for each in standing):
            yield HandedItem("result", test, heir)
    for key, sample in taken(turn.case).items():
        if not all(resulted(turn.case, sample, analyte) for analyte in sample.analytes):
            yield HandedItem("result", key, heir)


def reminders(turn: Turn, form: ExitForm) -> Iterator[HandedItem]:
    """Open critical reminders that end here, by due time; one that lives on is still the pathway's own."""
    for held in sorted(turn.case.open.values(), key=lambda each: (each.due_at, each.reminder, each.subject)):
        reminder = turn.pathway.reminders[held.reminder]
        if critical(reminder, held) and not lives_on(turn, reminder):
            heir = form.heirs.get(held.reminder, form.heirs.get(REMINDERS, ""))
            yield HandedItem("reminder", held.reminder, heir, held.subject, held.due_at)


def critical(form: ReminderForm, held: Obligation) -> bool:
    """Whether an obligation is critical as a whole, at its level, or on a rung of its ladder."""
    level = next((each for each in form.levels if each.name == held.level), None)
    ladder = level.ladder if level and level.ladder else form.ladder
    return form.critical or bool(level and level.critical) or any(rung.critical for rung in ladder)


def handed(turn: Turn, name: str) -> HandedFact:
    """A fact in words, with the instant of what they say."""
    reading = turn.view.read(name)
    shown = reading.shown or str(reading.value) if reading.known else f"cannot say: {reading.why}"
    return HandedFact(name, reading.known, shown, reading.at)
