"""The lanes of a time axis: stages, drugs, products, what else happened, reminders."""

from collections.abc import Iterable, Iterator

from pathway.case.exposure import GIVEN, stretches
from pathway.case.state import Act, Case
from pathway.case.words import describe
from pathway.clinical.instant import Instant
from pathway.definition.form import FactForm
from pathway.definition.pathway import Pathway
from ward.web.axis.lane import Bar, Lane, Mark
from ward.web.axis.trace import HAPPENED, Held, Trace
from ward.web.axis.window import Window
from ward.web.moment import moment_text
from ward.web.seen import CANNOT_SAY, EXPOSURES, plain

#: Lanes of reminders that are drawn; what is more is counted, and stands in the table.
REMINDERS = 14
#: How a reminder ended, as its mark is called.
ENDED = {"done": "done", "withdrawn": "no longer needed", "expired": "expired"}


def stages(pathway: Pathway, traced: Trace, window: Window) -> Iterator[Lane]:
    """A lane for each region: where the case stood."""
    for region in pathway.form.regions:
        bars = tuple(
            Bar("stage" if each.until else "now", pathway.title(each.leaf), each.since, each.until)
            for each in traced.stays
            if each.region == region and window.touches(each.since, each.until)
        )
        if bars:
            yield Lane("stages", region.replace("_", " ").capitalize(), bars)


def drugs(pathway: Pathway, case: Case, begins: Instant, window: Window) -> Iterator[Lane]:
    """A lane for each drug whose exposure the pathway follows; those that were never given share one."""
    never: list[str] = []
    for form in pathway.form.facts.values():
        if form.exposure:
            acts = [each for each in case.therapy.get(form.exposure, ()) if each.form in form.forms]
            found = drug(form, acts, begins, window)
            if found.bars or found.marks:
                yield found
            else:
                never.append(form.title)
    if never:
        yield Lane("drugs", "Never given", quiet=", ".join(never))


def drug(form: FactForm, acts: list[Act], begins: Instant, window: Window) -> Lane:
    """What was known of a drug over time, its doses, and the next one planned."""
    bars = tuple(each for each in exposures(form, acts, begins) if window.touches(each.since, each.until))
    doses = [Mark("dose", "dose given", each.at) for each in acts if each.act == "dose" and window.holds(each.at)]
    stated = max((each for each in acts if each.next_dose_at), key=lambda each: each.position, default=None)
    if stated is not None and stated.next_dose_at is not None and stated.next_dose_at > window.now:
        on = not bars or bars[-1].look in ("running", "ordered", "gap")
        doses += [Mark("planned", "next dose planned", stated.next_dose_at)] if on else []
    only_never = all(bar.look == "never" for bar in bars)
    return Lane("drugs", form.title, () if only_never else bars, tuple(doses))


def exposures(form: FactForm, acts: list[Act], begins: Instant) -> Iterator[Bar]:
    """The exposure, stretch by stretch; before anything was said, what the file says that means."""
    found = list(stretches(acts))
    first = found[0][1].at if found else None
    if first is None or first > begins:
        yield bar(form.unsaid if form.unsaid in EXPOSURES else None, begins, first, from_before=True)
    for number, (word, act) in enumerate(found):
        until = found[number + 1][1].at if number + 1 < len(found) else None
        # A dose while nothing ran tells that it runs, and not that it began then.
        unseen = act.act == "dose" or (act.act not in GIVEN and word == "running")
        yield bar(word, act.at, until, from_before=unseen)


def bar(word: str | None, since: Instant, until: Instant | None, *, from_before: bool) -> Bar:
    """One stretch of an exposure in its look and word."""
    look, words = EXPOSURES.get(word or "", ("gap", CANNOT_SAY))
    return Bar(look, words, since, until, from_before)


def products(case: Case, window: Window) -> Iterator[Lane]:
    """A lane for each product that was given in the window; one that says so where none was."""
    marks: dict[str, list[Mark]] = {}
    for each in case.products:
        at = each.started_at if each.started_at is not None else each.ended_at
        if at is not None and window.holds(at):
            words = "begun" if each.started_at is not None else "end recorded, beginning not"
            if each.started_at is not None and each.ended_at is not None:
                words += f", ended {moment_text(each.ended_at, window.zone)}"
            marks.setdefault(each.product.replace("_", " "), []).append(Mark("product", words, at))
    yield from (Lane("products", title, (), tuple(found)) for title, found in sorted(marks.items()))
    if not marks:
        yield Lane("products", "Products", quiet="None in this span")


def happened(pathway: Pathway, traced: Trace, zone: str, window: Window) -> Iterator[Lane]:
    """What else happened, a lane for each kind of which there is any."""
    for kind, title in HAPPENED.items():
        marks = tuple(
            Mark(kind, plain(describe(each, pathway, zone)), each.occurred_at)
            for each in traced.happened[kind]
            if window.holds(each.occurred_at)
        )
        if marks:
            yield Lane("events", title, (), marks)


def reminders(pathway: Pathway, held: Iterable[Held], window: Window) -> tuple[Lane, ...]:
    """A lane for each reminder that touches the window: the open ones first, then by what rang or ended last."""
    lanes: dict[str, list[Held]] = {}
    for each in held:
        if window.touches(each.opened_at, each.closed_at):
            lanes.setdefault(each.reminder, []).append(each)
    order = sorted(lanes, key=lambda name: (min(_rank(pathway, each) for each in lanes[name]), name))
    return tuple(_reminder(pathway, name, lanes[name], window) for name in order)


def _rank(pathway: Pathway, held: Held) -> tuple[bool, bool, int]:
    form = pathway.reminders.get(held.reminder)
    return held.closed_at is not None, not (form is not None and form.critical), -held.opened_at


def _reminder(pathway: Pathway, name: str, held: list[Held], window: Window) -> Lane:
    """The occurrences of one reminder, each a bar that tells its whole life, with marks on it."""
    bars, marks = [], []
    for each in held:
        about = f" ({pathway.title(each.subject)})" if each.subject in pathway.form.facts else ""
        look = "open" if each.closed_at is None else "closed"
        bars.append(Bar(look, life(each, window) + about, each.opened_at, each.closed_at))
        if each.closed_at is None or each.due_at < each.closed_at:
            marks.append(Mark("due", "due" + about, each.due_at))
        marks += [Mark("rung", "rung" + about, at) for at in each.rung]
        marks += [Mark("noted", "acknowledged, not done" + about, at) for at in each.noted]
        if each.closed_at is not None:
            marks.append(Mark(each.how, ENDED.get(each.how, each.how) + about, each.closed_at))
    kept = tuple(each for each in marks if window.holds(each.at))
    return Lane("reminders", pathway.title(name), tuple(bars), kept)


def life(held: Held, window: Window) -> str:
    """An occurrence in words: when it was due, how often it rang, how it ended."""
    parts = [f"due {moment_text(held.due_at, window.zone)}"]
    if held.rung:
        times = "once" if len(held.rung) == 1 else f"{len(held.rung)} times, last"
        parts.append(f"rung {times} {moment_text(held.rung[-1], window.zone)}")
    parts += [f"acknowledged {moment_text(at, window.zone)}" for at in held.noted[-1:]]
    end = "" if held.closed_at is None else f" {moment_text(held.closed_at, window.zone)}"
    parts.append(f"{ENDED.get(held.how, held.how)}{end}" if end else "open")
    return ", ".join(parts)
