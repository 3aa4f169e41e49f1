"""The budget of a day: how much the reminders of a patient may tell outside the critical class.

Nothing is held back for it. A day over its budget says something about the rules, not about the patient, and so it is
told to those who look after them (H39).
"""

from pathway.case.events import BudgetExceeded
from pathway.case.rule_reports import rule_owners
from pathway.case.state import Day, Told
from pathway.case.turn import Turn
from pathway.clinical.reading import Interval
from pathway.definition.form import LevelForm, ReminderForm, RungForm
from pathway.definition.pathway import Pathway, target

#: Bands of a rung: what is critical is outside every budget.
CRITICAL, PAGE, LINE = "critical", "page", "line"


def spend(turn: Turn) -> None:
    """Say once a day that it is over its budget; the day is as long as the site's own."""
    day, form = turn.case.day, turn.pathway.form.budget
    if form is None or day is None or day.over:
        return
    lines, pages = spent(turn.pathway, day)
    if lines > allowed(turn.pathway, form.lines) or pages > allowed(turn.pathway, form.pages):
        turn.emit(BudgetExceeded(lines, pages, day.until, rule_owners(turn)))


def spent(pathway: Pathway, day: Day) -> tuple[int, int]:
    """Lines and pages of a day: needs that told an inbox, each once, and rungs that paged somebody."""
    lines, pages = set(), set()
    for told in day.rungs:
        form = pathway.reminders.get(told.reminder)
        if form is None:
            continue
        subject = "" if form.together else told.subject
        bands = bands_of(form, told)
        if LINE in bands:
            lines.add((told.reminder, subject, told.ordinal))
        if PAGE in bands:
            pages.add((told.reminder, subject, told.ordinal, told.rung, told.count))
    return len(lines), len(pages)


def bands_of(form: ReminderForm, told: Told) -> set[str]:
    """How a rung tells: by inbox, by page, or as one of the critical class."""
    level: LevelForm | None = next((each for each in form.levels if each.name == told.level), None)
    ladder: tuple[RungForm, ...] = (level.ladder if level else ()) or form.ladder
    # After the last rung everybody is told again.
    reached = ladder[told.rung : told.rung + 1] or ladder
    if form.critical or (level and level.critical) or any(each.critical for each in reached):
        return {CRITICAL}
    return {LINE if target(to).channel == "inbox" else PAGE for each in reached for to in each.to}


def allowed(pathway: Pathway, setting: str) -> int:
    """A whole number of the settings."""
    value = pathway.settings[setting].value
    assert isinstance(value, Interval), setting
    assert value.low is not None, setting
    return int(value.low)
