"""Expectations: what a step says must hold against what is seen; each miss in words."""

from collections.abc import Callable, Iterable, Iterator

from pathway.case.asof import case_as_of
from pathway.case.envelope import Event
from pathway.case.facts import View
from ward.scenario.form import Expects, Told, Wanted, WantedAsOf, WantedNotice, WantedRefusal
from ward.scenario.moment import Calendar
from ward.scenario.seen import Remark, Seen, word

#: Fields of a reminder that are instants, and those that are compared as they are.
MOMENTS = ("due", "at", "acknowledged_until", "deadline")
PLAIN = ("level", "wording", "rung", "count", "how", "state", "critical")


def misses(expects: Expects, seen: Seen, calendar: Calendar, timeline: Callable[[], list[Event]]) -> list[str]:
    """The expectations that are not met, in words; none when all are. `timeline`: every event of the case."""
    found = [
        *answered(expects, seen),
        *standing(expects, seen),
        *facts(seen.view, expects.facts, calendar, ""),
        *reminders(expects, seen, calendar),
        *records(expects, seen),
        *told(expects, seen),
    ]
    for each in expects.as_of:
        found += as_of(each, seen, calendar, timeline())
    return found


# --- the answer and the state ----------------------------------------------------------------------------------------


def answered(expects: Expects, seen: Seen) -> Iterator[str]:
    """The step's own commands: accepted, unless the step says otherwise."""
    wanted = expects.answer or "accepted"
    for answer in seen.answers:
        if answer != wanted:
            yield f"the answer is {answer}; expected {wanted}"
    if expects.answer and not seen.answers:
        yield f"nothing was asked; expected the answer {wanted}"


def standing(expects: Expects, seen: Seen) -> Iterator[str]:
    """Phases, exposures, recheck class, refusals, proposals."""
    phases = {each.region: each.leaf for each in seen.picture.phases}
    for region, leaf in expects.phases.items():
        if phases.get(region) != leaf:
            yield f"{region} stands in {phases.get(region)}; expected {leaf}"
    exposures = {each.drug: each.value for each in seen.picture.exposures}
    for drug, value in expects.exposures.items():
        if exposures.get(drug) != value:
            yield f"{drug} is {exposures.get(drug)}; expected {value}"
    if expects.rechecks is not None and word(seen.view, "recheck_class") != expects.rechecks:
        yield f"the recheck class is {word(seen.view, 'recheck_class')}; expected {expects.rechecks}"
    for wanted in expects.refused:
        if not any(refuses(wanted, each.act, each.code, each.reasons) for each in seen.refused):
            yield f"not refused: {wanted.act} {wanted.code or ''}; refused is {[(e.act, e.code) for e in seen.refused]}"
    for act in expects.not_refused:
        if any(each.act == act for each in seen.refused):
            yield f"{act} is refused; expected that it is not"
    proposed = {each.name for each in seen.picture.proposals}
    yield from (f"{name} is not proposed" for name in expects.proposals.contains if name not in proposed)
    yield from (f"{name} is proposed" for name in expects.proposals.lacks if name in proposed)


def refuses(wanted: WantedRefusal, act: str, code: str, reasons: tuple[str, ...]) -> bool:
    """Whether a refusal is the one wanted."""
    return (
        wanted.act == act
        and wanted.code in (None, code)
        and (wanted.reason is None or any(wanted.reason in reason for reason in reasons))
    )


def facts(view: View, wanted: dict[str, str], calendar: Calendar, where: str) -> Iterator[str]:
    """Facts by name, in words; instants as the file writes them."""
    for name, value in wanted.items():
        found = word(view, name)
        expected = tidy(value)
        kind = view.pathway.names.get(name)
        if kind is not None and kind.type == "instant" and value != "cannot say":
            found = calendar.show(as_instant(view, name))
            expected = calendar.show(calendar.moment(value))
        if tidy(found) != expected:
            yield f"{name} is {found}{where}; expected {value}"


def tidy(text: str) -> str:
    """A figure however its power of ten is written."""
    return text.replace("x10^", "10*")


def as_instant(view: View, name: str) -> int | None:
    """An instant among the facts; None is missing."""
    value = view.read(name).value
    return value if isinstance(value, int) and view.read(name).known else None


def as_of(wanted: WantedAsOf, seen: Seen, calendar: Calendar, timeline: list[Event]) -> Iterator[str]:
    """Facts under two clocks."""
    occurred = None if wanted.occurred is None else calendar.moment(wanted.occurred)
    recorded = None if wanted.recorded is None else calendar.moment(wanted.recorded)
    case = case_as_of(seen.case.id, timeline, occurred, recorded)
    at = min((each for each in (occurred, recorded) if each is not None), default=seen.at)
    where = f" as of {wanted.occurred or 'now'}, known {wanted.recorded or 'now'}"
    yield from facts(View(seen.pathway, case, at), wanted.facts, calendar, where)


# --- reminders -------------------------------------------------------------------------------------------------------


def reminders(expects: Expects, seen: Seen, calendar: Calendar) -> Iterator[str]:
    """What reminders did and how they stand."""
    for what, remarks in (("opened", seen.opened), ("rung", seen.rung), ("closed", seen.closed), ("open", seen.open)):
        positive: Told = getattr(expects, what)
        negative: Told = getattr(expects, f"not_{what}")
        for each in positive:
            yield from missing(what, full(each), remarks, calendar)
        for each in negative:
            for remark in remarks:
                if fits(full(each), remark, calendar):
                    yield f"{what}: {said(remark, calendar)}; expected that it is not"


def full(told: str | Wanted) -> Wanted:
    """A reminder by its id alone, in full."""
    return Wanted(id=told) if isinstance(told, str) else told


def missing(what: str, wanted: Wanted, remarks: tuple[Remark, ...], calendar: Calendar) -> Iterator[str]:
    """That nothing fits, with what there is of this reminder."""
    if any(fits(wanted, remark, calendar) for remark in remarks):
        return
    near = [said(remark, calendar) for remark in remarks if remark.id == wanted.key[0]]
    want = ", ".join(
        f"{name} {getattr(wanted, name)}" for name in wanted.__struct_fields__[1:] if getattr(wanted, name) is not None
    )
    yield f"not {what}: {wanted.id}{' with ' if want else ''}{want}; there is {'; '.join(near) or 'none'}"


def fits(wanted: Wanted, remark: Remark, calendar: Calendar) -> bool:
    """Whether every field that is given agrees."""
    reminder, subject = wanted.key
    if remark.id != reminder or subject not in (None, remark.subject):
        return False
    if any(getattr(wanted, name) not in (None, getattr(remark, name)) for name in PLAIN):
        return False
    for name in MOMENTS:
        text = getattr(wanted, name)
        if text is not None and getattr(remark, name) != (None if text == "none" else calendar.moment(text)):
            return False
    if wanted.to is not None and set(wanted.to) != set(remark.to):
        return False
    return wanted.text is None or wanted.text in remark.text


def said(remark: Remark, calendar: Calendar) -> str:
    """A remark in words."""
    subject = f"/{remark.subject}" if remark.subject else ""
    parts = [f"{remark.id}{subject}", f"at {calendar.show(remark.at)}", f"due {calendar.show(remark.due)}"]
    parts += [f"{name} {getattr(remark, name)}" for name in PLAIN if getattr(remark, name) not in (None, "", 0, False)]
    parts += [f"{name} {calendar.show(getattr(remark, name))}" for name in MOMENTS[2:] if getattr(remark, name)]
    return " ".join(parts) + (f" to {', '.join(remark.to)}" if remark.to else "")


# --- the record ------------------------------------------------------------------------------------------------------


def records(expects: Expects, seen: Seen) -> Iterator[str]:
    """Deviations, violations, reviews, events."""
    deviations = [each.rule for each in seen.case.deviations]
    if expects.deviations is not None and deviations != list(expects.deviations):
        yield f"the deviations are {deviations}; expected {list(expects.deviations)}"
    for name, wanted in expects.violations.items():
        held = seen.case.violations.get(name)
        state = "none" if held is None else "broken" if held.broken else "running"
        if state != wanted:
            yield f"violation of {name}: {state}; expected {wanted}"
    reviews = [(each.about, each.urgent, not each.settled) for each in seen.case.reviews.values()]
    for review in expects.reviews:
        if not any(
            review.about in about and review.urgent in (None, urgent) and review.open in (None, is_open)
            for about, urgent, is_open in reviews
        ):
            yield f"no review {review.about!r}; there are {reviews}"
    still = sum(is_open for _, _, is_open in reviews)
    if expects.open_reviews not in (None, still):
        yield f"{still} reviews are open; expected {expects.open_reviews}: {reviews}"
    types = [each.type for each in seen.events]
    yield from (f"no event {name}; there are {', '.join(types)}" for name in expects.events if name not in types)
    yield from (f"an event {name}" for name in expects.no_events if name in types)


def told(expects: Expects, seen: Seen) -> Iterator[str]:
    """Notices written since the step before, and those that still wait."""
    for wanted in expects.notices:
        count = sum(notified(wanted, seen.new_notices))
        if count != wanted.count if wanted.count is not None else not count:
            there = [(each.kind, each.role, each.channel, each.late, state) for each, state in seen.new_notices]
            yield f"{count} notices are {wanted}; there are {there}"
    waiting = sum(state in ("waiting", "sending") and each.kind != "stand_down" for each, state in seen.notices)
    if expects.notices_waiting not in (None, waiting):
        yield f"{waiting} notices wait to be sent; expected {expects.notices_waiting}"


def notified(wanted: WantedNotice, notices: Iterable[tuple[object, str]]) -> Iterator[bool]:
    """Whether each notice is one that is wanted."""
    for notice, state in notices:
        plain = all(
            getattr(wanted, name) in (None, getattr(notice, name)) for name in ("role", "channel", "kind", "late")
        )
        about = {key[0] for key in getattr(notice, "reminders")}  # noqa: B009  # a Notice, seen through its fields
        yield plain and wanted.state in (None, state) and (not wanted.reminder or wanted.reminder in about)
