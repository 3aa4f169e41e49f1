"""Reports on rules: whoever meets a reminder that is wrong says so, and those who look after the rules are told.

A report closes nothing, pauses nothing and moves no due time: "wrong rule" must not be a way to silence one (H40).
"""

from pathway.case.commands import Refusal, ReportRule
from pathway.case.events import RuleReported
from pathway.case.grounds import not_your_role
from pathway.case.reports import sealed
from pathway.case.subjects import subjects
from pathway.case.turn import Turn


def report_rule(turn: Turn, command: ReportRule) -> Refusal | None:
    """Say that a reminder is wrong here, be it open, ended, or one that should have opened and did not."""
    form = turn.pathway.reminders.get(command.reminder)
    if form is None:
        return Refusal("unknown_rule", "the pathway has no such reminder", (), "give its id, such as `due` lists it")
    key = (command.reminder, command.subject)
    found, ended = turn.case.open.get(key), turn.case.ended.get(key)
    told = () if found is None else found.told
    if refused := not_your_role(command, (*turn.pathway.form.clinicians, *told)):
        return refused
    if not command.reason.strip():
        return Refusal("reason_needed", "no reason was given", (), "say what is wrong with it")
    if (
        found is None
        and ended is None
        and command.subject not in {each.key for each in subjects(turn.view, form.for_each)}
    ):
        return Refusal("no_such_subject", "this reminder is about no such thing here", (), "leave the subject out")
    ordinal = found.ordinal if found is not None else ended.ordinal if ended is not None else 0
    reason = sealed(turn, command.reason)
    body = RuleReported(command.reminder, command.subject, ordinal, reason, rule_owners(turn))
    turn.emit(body, command.by)
    return None


def rule_owners(turn: Turn) -> tuple[str, ...]:
    """Who looks after the rules of this pathway: who the file names, else who is told when a rule fails."""
    form = turn.pathway.form
    return form.failures.tells if form.rules is None else form.rules.tells
