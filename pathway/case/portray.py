"""Portray: the picture of a case at a moment, each thing with its reason in words."""

import re

from pathway.case.answers import PUT_OFFS, put_off, put_off_rule
from pathway.case.commands import Refusal
from pathway.case.drugs import doors
from pathway.case.exits import closed
from pathway.case.facts import View
from pathway.case.handed import handed_seen
from pathway.case.made import moment
from pathway.case.obligations import Asked, paused_until, rung_at
from pathway.case.picture import (
    AckSeen,
    ExposureSeen,
    FactSeen,
    Flagged,
    LabSeen,
    PhaseSeen,
    Picture,
    ProposalSeen,
    PutOffSeen,
    RefusedSeen,
    ReminderSeen,
    RungSeen,
)
from pathway.case.reports import would_refuse
from pathway.case.rules import Rules
from pathway.case.state import Case, Obligation
from pathway.case.subjects import Subject, subjects
from pathway.case.turn import Turn
from pathway.clinical.instant import Instant, show_span
from pathway.clinical.quantity import show
from pathway.clinical.reading import Interval, Reading
from pathway.definition.form import FactForm, LevelForm, ReminderForm, RungForm
from pathway.definition.guard import YES, explain, sentence
from pathway.definition.pathway import Pathway, target

NAMED = re.compile(r"\{([a-z][a-z0-9_.]*)\}")
#: Kinds of fact that have their own place in a picture.
OWN_PLACE = ("lab", "exposure", "products", "course")


def portray(rules: Rules, case: Case, at: Instant) -> Picture:
    """The picture of a case at an instant. Decides nothing and writes nothing."""
    turn, pathway = Turn(rules, case, at), rules.pathway
    view = turn.view
    ended = closed(turn)
    seen = tuple(
        sorted((reminder(turn, held) for held in case.open.values()), key=lambda each: (not each.critical, each.due_at))
    )
    return Picture(
        case=case.id,
        at=at,
        origin=case.origin,
        ward=case.ward,
        bed=case.bed,
        zone=case.zone,
        pathway=case.pathway,
        title=pathway.form.title,
        status=pathway.form.status,
        presented_at=case.presented_at,
        position=case.position,
        clinical_version=case.clinical_version,
        closed=ended,
        failed=bool(case.failed),
        phases=tuple(phase(pathway, case, region) for region in pathway.form.regions if region in case.regions),
        labs=tuple(lab(view, name, form) for name, form in pathway.form.facts.items() if form.lab),
        facts=tuple(fact(view, name) for name in (*other_facts(pathway), *pathway.form.latches)),
        exposures=tuple(exposure(view, name, form) for name, form in pathway.form.facts.items() if form.exposure),
        reminders=seen,
        refused=() if ended else tuple(refusals(turn)),
        proposals=() if ended else tuple(proposals(turn)),
        flagged=(*flags(pathway, case), *overrides(view)),
        rows={
            name: pathway.title(str(view.read(name).value)) for name, form in pathway.form.choices.items() if form.rows
        },
        due_line=due_line(seen, at, ended),
        handed=None if case.handed is None else handed_seen(pathway, case.handed),
        merged_into=case.merged_into,
    )


def phase(pathway: Pathway, case: Case, region: str) -> PhaseSeen:
    """Where a region stands on its strip."""
    place = case.regions[region]
    form = pathway.form.regions[region]
    # Exits are no stages: the strip of a case that has left shows the one it took.
    strip = tuple((leaf, pathway.title(leaf)) for leaf in form.phases if leaf not in form.closed or leaf == place.leaf)
    return PhaseSeen(region, place.leaf, pathway.title(place.leaf), place.entered_at, strip)


def lab(view: View, name: str, form: FactForm) -> LabSeen:
    """A laboratory fact against its lines. What cannot be said never looks like a value on target."""
    reading = view.read(name)
    lines = [(view.pathway.settings[line], view.pathway.ceiling(line)) for line in form.lines]
    usable = [each for each in view.case.labs.get(form.lab or "", ()) if each.body.usable and each.interval is not None]
    newest = usable[-1] if usable else None
    questions = tuple(each.body.question for each in view.case.labs.get(form.lab or "", ()) if each.body.question)
    shown = show(newest.interval, form.unit) if newest is not None and newest.interval is not None else ""
    return LabSeen(
        name=name,
        title=form.title,
        shown=shown,
        state=lab_state(reading, lines),
        why="" if reading.known else reading.why,
        collected_at=newest.body.collected_at if newest else None,
        recorded_at=newest.recorded_at if newest else None,
        trend=trend(usable[-2].interval, usable[-1].interval) if len(usable) > 1 else "",
        target=line_words(*lines[0]) if lines else "",
        critical=line_words(*lines[1]) if len(lines) > 1 else "",
        questions=questions,
    )


def line_words(line: Reading, ceiling: bool) -> str:
    """A line in words; one to stay under says so."""
    return f"at most {line.shown}" if ceiling else line.shown


def lab_state(reading: Reading, lines: list[tuple[Reading, bool]]) -> str:
    """The worst line that the whole value lies beyond; cannot_say where the value straddles one or is not known.

    `lines`: the target, then the critical line, each with whether it is one to stay under.
    """
    if not reading.known or not isinstance(reading.value, Interval):
        return "cannot_say"
    for number, (line, ceiling) in reversed(list(enumerate(lines))):
        beyond = is_above(reading.value, line) if ceiling else is_below(reading.value, line)
        if beyond is None:
            return "cannot_say"
        if beyond:
            return "critical" if number else "above_target" if ceiling else "below_target"
    return "on_target" if lines else "no_target"


def is_above(value: Interval, line: Reading) -> bool | None:
    """Whether all of a value lies above a line; None where only part of it does."""
    edge = line.value.high if isinstance(line.value, Interval) else None
    if edge is None or value.low is None:
        return None if value.high is None or edge is None or value.high > edge else False
    if value.low > edge or (value.low == edge and value.low_open):
        return True
    return False if value.high is not None and value.high <= edge else None


def is_below(value: Interval, line: Reading) -> bool | None:
    """Whether all of a value lies below a line; None where only part of it does."""
    edge = line.value.low if isinstance(line.value, Interval) else None
    if edge is None or value.high is None:
        return None if value.low is None or edge is None or value.low < edge else False
    if value.high < edge or (value.high == edge and value.high_open):
        return True
    return False if value.low is not None and value.low >= edge else None


def trend(before: Interval | None, after: Interval | None) -> str:
    """How the newest value stands to the one before."""
    if before is None or after is None or before.high is None or before.low is None:
        return ""
    if after == before:
        return "level"
    if after.low is not None and after.low > before.high:
        return "rising"
    return "falling" if after.high is not None and after.high < before.low else ""


def other_facts(pathway: Pathway) -> list[str]:
    """Facts without a place of their own."""
    return [name for name, form in pathway.form.facts.items() if not any(getattr(form, kind) for kind in OWN_PLACE)]


def fact(view: View, name: str) -> FactSeen:
    """A fact in words."""
    reading = view.read(name)
    latch = view.pathway.form.latches.get(name)
    title = latch.title if latch else view.pathway.title(name)
    value = words(reading) if reading.known else "cannot say"
    return FactSeen(
        name, title, reading.known, value, reading.shown or value if reading.known else reading.why, reading.at
    )


def words(reading: Reading) -> str:
    """A known value in words."""
    match reading.value:
        case bool():
            return "yes" if reading.value else "no"
        case str():
            return reading.value.replace("_", " ")
        case Interval():
            return show(reading.value, "1")
    return ""


def exposure(view: View, name: str, form: FactForm) -> ExposureSeen:
    """A drug's exposure."""
    reading = view.read(name)
    last, coming = view.read(f"{name}.last_dose"), view.read(f"{name}.next_dose")
    return ExposureSeen(
        drug=form.exposure or name,
        title=form.title,
        value=str(reading.value) if reading.known else "cannot say",
        since=reading.at,
        last_dose=last.at if last.known else None,
        next_dose=coming.at if coming.known else None,
    )


def reminder(turn: Turn, held: Obligation) -> ReminderSeen:
    """An open obligation with its ladder."""
    form = turn.pathway.reminders[held.reminder]
    subject = next(
        (each for each in subjects(turn.view, form.for_each) if each.key == held.subject), Subject(held.subject)
    )
    asked = Asked(turn, form, subject, held)
    level = next((each for each in form.levels if each.name == held.level), LevelForm(name=""))
    wording = next((each.text for each in form.wordings if each.name == held.wording), "")
    critical = form.critical or bool(level.critical)
    waiting = held.not_before is not None and turn.at < held.not_before
    state = "overdue" if turn.at > held.due_at else "due" if turn.at == held.due_at or not waiting else "planned"
    return ReminderSeen(
        reminder=held.reminder,
        subject=held.subject,
        ordinal=held.ordinal,
        line=form.line,
        title=title(turn, asked, form.title),
        text=fill(asked, wording),
        level=held.level,
        critical=critical,
        opened_at=held.opened_at,
        due_at=held.due_at,
        state=state,
        deadline=asked.find(form.deadline),
        not_before=held.not_before,
        rungs=tuple(rungs(asked, level.ladder or form.ladder)),
        acknowledged_until=max((each.until for each in held.acks if each.until > turn.at), default=None),
        answers=tuple(form.answers),
        why=sentence(explain(turn.pathway.rules[form.when].tree, asked.bound, turn.at)),
        source=form.source,
        owner_person=held.owner.person if held.owner else "",
        owner_role=held.owner.role if held.owner else "",
        offered_to=held.offer.to if held.offer else "",
        offered_until=held.offer.until if held.offer else None,
        offered_role=held.offer.to_role if held.offer else "",
        offered_by=held.offer.by if held.offer else "",
        acknowledged=tuple(
            AckSeen(each.by, each.role, each.until, each.pauses == "ladder")
            for each in held.acks
            if each.until > turn.at
        ),
        put_off=tuple(put_offs(turn, form, held)),
    )


def put_offs(turn: Turn, form: ReminderForm, held: Obligation) -> list[PutOffSeen]:
    """The ways to put a reminder off that its rule knows, open now or not."""
    found = []
    for kind in PUT_OFFS:
        if put_off_rule(form, kind) is not None:
            later = put_off(turn, form, held, kind)
            if isinstance(later, Refusal):
                found.append(PutOffSeen(kind, None, ": ".join((later.message, *later.reasons))))
            else:
                found.append(PutOffSeen(kind, later, ""))
    return found


def title(turn: Turn, asked: Asked, text: str) -> str:
    """The reminder's title, with the fact it is about."""
    about = asked.bound.aliases.get("it") or asked.bound.aliases.get("it.fact")
    return f"{text}: {within(turn.pathway.title(about))}" if about else text


def within(words: str) -> str:
    """A title inside a sentence: small letters, except for what is an abbreviation."""
    return words if words.isupper() else words.lower()


def fill(asked: Asked, text: str) -> str:
    """A wording with what is known of each named fact."""

    def shown(found: re.Match[str]) -> str:
        reading = asked.bound.read(found[1])
        if reading.known:
            return reading.shown or words(reading)
        name = asked.bound.aliases.get(found[1], found[1])
        return f"{asked.turn.pathway.title(name)}: cannot say ({reading.why})"

    return NAMED.sub(shown, text)


def rungs(asked: Asked, ladder: tuple[RungForm, ...]) -> list[RungSeen]:
    """The ladder: what was reached and what comes."""
    held = asked.held
    assert held is not None
    reached = {each.rung: each for each in held.rungs}
    asked.bound.own["opened"] = moment(held.started_at)
    seen = []
    for number, rung in enumerate(ladder):
        roles = tuple(dict.fromkeys(target(to).role for to in rung.to))
        if number in reached:
            seen.append(RungSeen(number, reached[number].to, reached[number].at, reached=True))
            continue
        at = rung_at(asked, rung)
        paused = paused_until(held, number, at, asked.turn.at) if at is not None else None
        seen.append(RungSeen(number, roles, at, reached=False, paused_until=paused if paused != at else None))
    seen += [RungSeen(each.rung, each.to, each.at, reached=True) for each in held.rungs if each.rung >= len(ladder)]
    asked.bound.own["opened"] = moment(held.opened_at)
    return seen


def refusals(turn: Turn) -> list[RefusedSeen]:
    """The requests that would be refused now."""
    found = []
    for form in turn.pathway.form.requests:
        if not would_refuse(turn, form):
            continue
        _, refusal = doors(turn, form)
        if refusal is not None:
            by = form.override.by if form.override else ()
            found.append(
                RefusedSeen(
                    form.id, form.drug, form.acts, refusal.code, refusal.message, refusal.reasons, by, form.source
                )
            )
    return found


def proposals(turn: Turn) -> list[ProposalSeen]:
    """What the engine proposes now: only on a certain yes."""
    found = []
    for each in turn.pathway.form.proposals:
        if turn.ask(each.when) == YES:
            why = sentence(explain(turn.pathway.rules[each.when].tree, turn.view, turn.at))
            found.append(ProposalSeen(each.name, each.text, why, each.source))
    return found


def flags(pathway: Pathway, case: Case) -> list[Flagged]:
    """What stands out: deviations, violations, reviews, failed rules."""
    nevers = {each.id: each for each in pathway.form.never}
    found = [
        Flagged("deviation", each.rule, f"done against {each.rule.replace('_', ' ')}", each.at, open=True)
        for each in case.deviations
    ]
    for name, each in case.violations.items():
        word = "broken" if each.broken else "not yet broken"
        found.append(Flagged("violation", name, f"{nevers[name].text} ({word})", each.began_at, open=True))
    for number, review in case.reviews.items():
        found.append(Flagged("review", str(number), review.about, review.opened_at, open=not review.settled))
    words = "a rule failed: automatic moves have stopped"
    found += [Flagged("failure", name, words, case.recorded_at, open=True) for name in case.failed]
    return found


def overrides(view: View) -> list[Flagged]:
    """The drugs for which somebody has signed, and the signature stands."""
    drugs = [name for name, form in view.pathway.form.facts.items() if form.exposure]
    found = [(name, view.read(f"{name}.overridden")) for name in drugs]
    return [
        Flagged("override", name, f"{view.pathway.title(name)}: overridden, signed", each.at, open=True)
        for name, each in found
        if each.value is True and each.at is not None
    ]


def due_line(seen: tuple[ReminderSeen, ...], at: Instant, ended: bool) -> str:
    """One sentence: what is overdue, and what comes next."""
    if ended and not seen:
        return "the case has left the pathway"
    overdue = [each for each in seen if each.state == "overdue"]
    coming = sorted((each for each in seen if each.state != "overdue"), key=lambda each: each.due_at)
    parts = []
    if overdue:
        first = min(overdue, key=lambda each: each.due_at)
        more = f" and {len(overdue) - 1} more" if len(overdue) > 1 else ""
        parts.append(f"overdue: {first.title}, for {show_minutes(at - first.due_at)}{more}")
    if coming:
        parts.append(f"next: {coming[0].title} in {show_minutes(coming[0].due_at - at)}")
    return "; ".join(parts) or "nothing is due"


def show_minutes(length: int) -> str:
    """A span in whole minutes."""
    return show_span(length // 60_000_000 * 60_000_000) if length >= 60_000_000 else "less than 1 min"
