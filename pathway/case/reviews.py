"""Reviews: when a fact changes afterwards, people look again at the decisions that rested on it (safety.md M44, H25).

A correction never moves a phase back and never rings as if the value were new.
"""

from pathway.case.events import ResultRecorded, ReviewOpened
from pathway.case.fold.facts import number
from pathway.case.state import Basis
from pathway.case.turn import Turn
from pathway.clinical.reading import Interval


def review(turn: Turn, changed: set[int], by: int, before: ResultRecorded | None) -> None:
    """Open a review for every decision resting on the changed positions, and for an older value that crosses a line."""
    changed = changed | {position for position in turn.case.heirs if heir(turn, position) in changed}
    for position, basis in sorted(turn.case.bases.items()):
        if changed.intersection(basis.because) and position < by:
            urgent = is_urgent(turn, position, basis)
            open_review(turn, position, by, urgent, f"{basis.about.replace('_', ' ')}: a fact it rested on has changed")
    if before is not None and crosses(turn, before, by):
        what = turn.pathway.title(before.analyte)
        open_review(turn, by, by, False, f"{what}: an older value was changed across a line")


def heir(turn: Turn, position: int) -> int:
    """What stands in for a superseded fact in the end; a retracted one was its own last."""
    while position in turn.case.heirs and turn.case.heirs[position] > position:
        position = turn.case.heirs[position]
    return position


def is_urgent(turn: Turn, position: int, basis: Basis) -> bool:
    """A drug that is urgent at any age; any other drug, or a decision about a product, while it is fresh."""
    form = turn.pathway.form.reviews
    if basis.drug in form.urgent_drugs:
        return True
    answered = {decided.position: reminder for (reminder, _), decided in turn.case.decisions.items()}
    each = turn.pathway.reminders[answered[position]].for_each if position in answered else None
    about_product = any("product" in row for row in (each.fact if each else ()))
    return bool(basis.drug or about_product) and turn.at - basis.recorded_at < turn.pathway.span(form.fresh_for)


def open_review(turn: Turn, decision: int, by: int, urgent: bool, about: str) -> None:
    """One review, numbered."""
    turn.emit(ReviewOpened(max(turn.case.reviews, default=0) + 1, decision, by, urgent, about))


def crosses(turn: Turn, before: ResultRecorded, by: int) -> bool:
    """Whether a value that is not the newest moved across a target or critical line, or vanished from below one."""
    fact = next((each for each in turn.pathway.form.facts.values() if each.lab == before.analyte), None)
    series = turn.case.labs.get(before.analyte, ())
    if fact is None or not series or series[-1].position == by or series[-1].body.collected_at <= before.collected_at:
        return False
    now = next((each.interval for each in series if each.position == by), None)
    then = None if before.low is None and before.high is None else Interval(number(before.low), number(before.high))
    for name in fact.lines:
        line = turn.pathway.settings[name].value
        if isinstance(line, Interval) and side(then, line) != side(now, line):
            return True
    return False


def side(value: Interval | None, line: Interval) -> str:
    """On which side of a line a value lies: below, not below, or not known."""
    if value is None or line.low is None:
        return "not known"
    if value.high is not None and (value.high < line.low or (value.high == line.low and value.high_open)):
        return "below"
    return "not below" if value.low is not None and value.low >= line.low else "not known"
