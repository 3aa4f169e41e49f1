"""Reopening: an exit that was a mistake is taken back, and every obligation it ended comes back as it was (H34)."""

from pathway.case.commands import Refusal, Reopen
from pathway.case.events import CaseReopened, FactRetracted, PhaseEntered, ReminderOpened
from pathway.case.exits import exits
from pathway.case.grounds import not_your_role
from pathway.case.obligations import Asked
from pathway.case.reports import sealed
from pathway.case.state import Obligation, ReminderKey
from pathway.case.subjects import subjects
from pathway.case.turn import Turn
from pathway.definition.guard import NO, YES


def reopen(turn: Turn, command: Reopen, open_case: str | None) -> Refusal | None:
    """The phase before the exit in each region that left; a death that the exit recorded is taken back."""
    left = exits(turn.pathway, turn.case)
    if refused := refusal(turn, command, left, open_case):
        return refused
    handed, obligations = turn.case.handed, dict(turn.case.left)
    reason = sealed(turn, command.reason)
    form = turn.pathway.form.reopen
    assert form is not None
    turn.emit(CaseReopened(tuple(leaf for _, leaf in left), reason), command.by)
    if handed is not None and handed.died is not None and handed.died not in turn.case.retracted:
        turn.emit(FactRetracted(handed.died, reason), command.by)
    for region, leaf in left:
        to = turn.case.regions[region].was
        entry = turn.case.entries.get(to, 0) + 1
        turn.emit(PhaseEntered(region, to, leaf, form.id, entry, (), reason), command.by)
    bring_back(turn, obligations)
    return None


def refusal(turn: Turn, command: Reopen, left: tuple[tuple[str, str], ...], open_case: str | None) -> Refusal | None:
    """Why an exit is not taken back."""
    form = turn.pathway.form.reopen
    if turn.case.merged_into:
        return Refusal("merged", "the case goes on in another one", (turn.case.merged_into,), "part the two cases")
    if not left:
        return Refusal("not_closed", "the case has not left the pathway", (), "there is nothing to reopen")
    if form is None:
        return Refusal("no_reopening", "this pathway reopens no case", (), "enrol the patient again")
    for _, leaf in left:
        if refused := not_your_role(command, form.by_exit.get(leaf, form.by)):
            return refused
    if len([text for text in command.identifiers.values() if text.strip()]) < form.identifiers:
        return Refusal("identifiers", "too few identifiers", (), f"give at least {form.identifiers}")
    if not command.reason.strip():
        return Refusal("reason_needed", "no reason was given", (), "say why the exit was a mistake")
    if open_case is not None:
        mend = "merge the two cases, or close that one first"
        return Refusal("open_case", "this person has an open case on the pathway", (open_case,), mend)
    return None


def bring_back(turn: Turn, left: dict[ReminderKey, Obligation]) -> None:
    """Open again what an exit had ended and what is wanted still: the same need, with its old due time and anchor.

    As for an obligation that stayed open, only a certain no or its done rule keeps it away.
    """
    for (reminder, key), held in sorted(left.items()):
        form = turn.pathway.reminders.get(reminder)
        found = () if form is None else subjects(turn.view, form.for_each)
        subject = next((each for each in found if each.key == key), None)
        if form is None or subject is None or (reminder, key) in turn.case.open:
            continue
        asked = Asked(turn, form, subject, held)
        if asked.answer(form.when) == NO or asked.answer(form.done_when) == YES:
            continue
        turn.emit(
            ReminderOpened(
                reminder=reminder,
                subject=key,
                ordinal=held.ordinal,
                level=held.level,
                due_at=held.due_at,
                anchor=held.anchor,
                wording=held.wording,
                not_before=held.not_before,
                because=asked.because(),
                since=held.opened_at,
            )
        )
