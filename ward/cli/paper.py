"""Paper: a picture of a case as lines that people read in a terminal."""

from collections.abc import Iterable
from zoneinfo import ZoneInfo

from rich.table import Table

from pathway.case.picture import HandedSeen, LabSeen, Picture, ReminderSeen
from ward.cli.app import printed, table
from ward.cli.exits import plain_markup
from ward.web.moment import moment_text


def show_picture(picture: Picture) -> None:
    """Print a case: what now first, then why."""
    zone = ZoneInfo(picture.zone)
    printed(heading(picture, zone))
    for title, heads, rows in parts(picture, zone):
        if rows:
            made = table(*heads, title=f"\n{title}")
            for row in rows:
                made.add_row(*map(plain_markup, row))
            printed(made)


def heading(picture: Picture, zone: ZoneInfo) -> Table:
    """The lines above everything."""
    made = table("", "")
    made.show_header = False
    phases = "; ".join(f"{phase.title} (since {moment_text(phase.entered_at, zone)})" for phase in picture.phases)
    for head, text in (
        ("case", f"{picture.case}  ward {picture.ward}  bed {picture.bed}  ({picture.origin})"),
        ("as of", f"{moment_text(picture.at, zone)} {picture.zone}"),
        ("pathway", f"{picture.title}, {picture.status}"),
        ("phase", phases),
        ("due", picture.due_line),
        ("merged", f"goes on in case {picture.merged_into}" if picture.merged_into else ""),
        ("", "RULES FAILED: automatic moves have stopped" if picture.failed else ""),
    ):
        if text:
            made.add_row(head, plain_markup(text))
    return made


Part = tuple[str, tuple[str, ...], list[tuple[object, ...]]]


def parts(picture: Picture, zone: ZoneInfo) -> Iterable[Part]:
    """Every part of a picture: its title, its columns, its rows."""
    reminders = [reminder_row(each, zone) for each in picture.reminders]
    yield "Reminders", ("due", "state", "reminder", "subject", "what", "answers"), reminders
    proposals: list[tuple[object, ...]] = [(each.text, each.why) for each in picture.proposals]
    yield "Proposals", ("what", "why"), proposals
    refused: list[tuple[object, ...]] = [
        (each.drug, ", ".join(each.acts), each.text, "; ".join(each.reasons)) for each in picture.refused
    ]
    yield "Refused if asked", ("drug", "acts", "what", "why"), refused
    yield "Values", ("analyte", "value", "state", "collected", "trend"), [lab_row(each, zone) for each in picture.labs]
    drugs: list[tuple[object, ...]] = [
        (each.title, each.value, moment_text(each.last_dose, zone), moment_text(each.next_dose, zone))
        for each in picture.exposures
    ]
    yield "Drugs", ("drug", "exposure", "last dose", "next dose"), drugs
    facts: list[tuple[object, ...]] = [(each.title, each.shown) for each in picture.facts]
    yield "Facts", ("fact", "value"), facts
    if picture.handed is not None:
        yield from left_behind(picture.handed, zone)
    flagged: list[tuple[object, ...]] = [(each.kind, each.text, moment_text(each.at, zone)) for each in picture.flagged]
    yield "Flagged", ("kind", "what", "since"), flagged


def left_behind(handed: HandedSeen, zone: ZoneInfo) -> Iterable[Part]:
    """What an exit handed over."""
    to = f" to {handed.receiver}, accepted {moment_text(handed.accepted_at, zone)}" if handed.receiver else ""
    items: list[tuple[object, ...]] = [(each.what, each.heir, moment_text(each.due_at, zone)) for each in handed.items]
    yield f"Handed over at {handed.title}{to}", ("what", "who takes over", "was due"), items
    facts: list[tuple[object, ...]] = [(each.title, each.shown, moment_text(each.at, zone)) for each in handed.facts]
    yield "Facts handed over, as shown then", ("fact", "value", "at"), facts


def reminder_row(each: ReminderSeen, zone: ZoneInfo) -> tuple[object, ...]:
    """One open reminder."""
    state = f"{each.state}{' CRITICAL' if each.critical else ''}"
    return moment_text(each.due_at, zone), state, each.reminder, each.subject, each.text, ", ".join(each.answers)


def lab_row(each: LabSeen, zone: ZoneInfo) -> tuple[object, ...]:
    """One laboratory fact."""
    state = each.state.replace("_", " ") + (f": {each.why}" if each.why else "")
    return each.title, each.shown or "none", state, moment_text(each.collected_at, zone), each.trend
