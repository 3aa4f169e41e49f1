"""Whereabouts: which ward the notices of a case go to, and who takes over what is open when a patient comes there."""

from msgspec.structs import replace

from pathway.case.envelope import Event
from pathway.case.events import PatientMoved
from pathway.case.facts import View
from pathway.case.state import Case, Obligation
from pathway.clinical.instant import Instant
from pathway.definition.guard import YES
from pathway.definition.pathway import Pathway
from pathway.engine.notices import CRITICAL, INBOX, clock, notice
from pathway.engine.ports import Notice
from pathway.engine.rows import critical
from pathway.site.duty.state import Duty, home_ward

#: A line of a text message holds a few needs; the page that the link opens holds all of them.
NAMED = 5


def where_told(pathway: Pathway, case: Case, duty: Duty, at: Instant) -> Case:
    """The case as its notices see it: on the day unit's ward while the patient is at home, where the site has one."""
    form, ward = pathway.form.at_home, home_ward(duty, case.ward)
    if form is None or ward == case.ward or View(pathway, case, at).ask(form.when)[0] != YES:
        return case
    return replace(case, ward=ward)


def arrivals(pathway: Pathway, before: Case, case: Case, events: tuple[Event, ...]) -> tuple[Notice, ...]:
    """One list of what is open to whoever answers for it on the ward to which a patient was moved."""
    form = pathway.form.arrivals
    moves = [event for event in events if isinstance(event.body, PatientMoved)]
    if form is None or not moves or not before.position or before.ward == case.ward:
        return ()
    open_now = sorted(case.open.values(), key=lambda each: (each.due_at, each.reminder, each.subject))
    gravest = [each for each in open_now if critical(pathway, each.reminder, each.level)]
    severity, channel = (CRITICAL, "page") if gravest else (INBOX, "inbox")
    words = f"moved to you, {brought(pathway, case, open_now, gravest, moves[-1].occurred_at)}"
    return tuple(notice(case, moves[-1], role, channel, "hand_over", severity, words, ()) for role in form.tells)


def brought(pathway: Pathway, case: Case, open_now: list[Obligation], gravest: list[Obligation], at: Instant) -> str:
    """What a patient brings along at an instant: the critical needs, and how many others with the one due first."""
    others = [each for each in open_now if each not in gravest]
    parts = []
    if gravest:
        names = dict.fromkeys(named(pathway, each) for each in gravest)
        more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
        parts.append(f"critical {', '.join([*names][:NAMED])}{more}")
    if others:
        due = clock(case, others[0].due_at, at)
        parts.append(f"{len(others)} open, first {named(pathway, others[0])} due {due}")
    return "; ".join(parts) or "nothing is open"


def named(pathway: Pathway, held: Obligation) -> str:
    """A reminder as notices name it: by its id and the line it stands in."""
    form = pathway.reminders[held.reminder]
    return f"{form.id} {pathway.form.lines.get(form.line, form.line)}"
