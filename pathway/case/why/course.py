"""The course of an open reminder: when it is due and why then, who is told and when, and what ends it."""

from msgspec.structs import replace

from pathway.case.obligations import Asked
from pathway.case.picture import RungSeen
from pathway.case.portray import rungs
from pathway.case.state import Obligation
from pathway.case.why.found import Ground, leaves, renamed, spoken, thresholds
from pathway.case.why.moments import dated, lasting, near
from pathway.case.why.tree import Leaf, Why, listed
from pathway.case.why.walk import fact, guard
from pathway.definition import say
from pathway.definition.form import LevelForm, RungForm
from pathway.definition.guard import When


def level_of(asked: Asked, held: Obligation) -> LevelForm:
    """The level at which it stands; a reminder without levels has one without words."""
    return next((each for each in asked.form.levels if each.name == held.level), LevelForm(name=""))


def due(asked: Asked, ground: Ground, held: Obligation) -> Why:
    """When it is due: anchor, interval, the row of the choice, and why it stands where it stands."""
    turn, level = asked.turn, level_of(asked, held)
    text = level.due or asked.form.due or "opened"
    tree = turn.pathway.moments[text].tree
    used = (*leaves(ground, tree), anchor(asked, ground, held))
    words = f"due {dated(held.due_at, turn.at, ground.facts.zone())}: {counted(asked, ground, held, tree)}"
    rows = tuple(fact(ground, each.name) for each in used if each.name in turn.pathway.form.choices)
    reasons = "; ".join(each.sentence.rstrip(".") for each in rows)
    levels = tuple(
        replace(
            guard(ground, each.when, f"level {each.name.replace('_', ' ')}", "level", each.name), decided=each is level
        )
        for each in asked.form.levels
        if each.when is not None
    )
    return Why(
        kind="due",
        name=level.name,
        title="why it is due then",
        answer="yes",
        sentence=f"{words}; {reasons}" if reasons else words,
        says=f"why it is due then: {words}",
        text=text,
        at=held.due_at,
        leaves=used,
        thresholds=tuple(thresholds(ground, tree)),
        events=tuple(sorted({at for leaf in used for at in leaf.events})),
        parts=(*rows, *levels),
    )


def anchor(asked: Asked, ground: Ground, held: Obligation) -> Leaf:
    """The instant that what answers it must be later than."""
    at = near(held.anchor, asked.turn.at, ground.facts.zone())
    return Leaf("anchor", "counted from", True, at, "", "", held.anchor, None, ())


def counted(asked: Asked, ground: Ground, held: Obligation, tree: When) -> str:
    """How the due time was made, and why it is not what the rule gives now."""
    found = asked.find(level_of(asked, held).due or asked.form.due or "opened")
    words = spoken(ground, say.when(asked.turn.pathway, renamed(tree, ground.aliases)))
    known = [each for each in leaves(ground, tree) if each.known and each.at is not None and each.name != "opened"]
    times = ", ".join(f"{each.title} is {near(each.at or 0, asked.turn.at, ground.facts.zone())}" for each in known)
    words += f" ({times})" if times else ""
    if held.snoozed or held.not_possible:
        return f"{words}; it was put off once, with a reason"
    if found is None:
        lacking = listed([each.title for each in leaves(ground, tree) if not each.known], "and")
        return f"at once when it opened, because nothing was recorded of {lacking}"
    if found < held.due_at <= held.opened_at:
        return f"{words}; that had passed when it opened, so it was due at once"
    if found < held.due_at:
        then = near(found, asked.turn.at, ground.facts.zone())
        late = (
            "it was due already when that changed" if held.due_at <= asked.turn.at else "the next look moves it there"
        )
        return f"{words}; counted now that is {then}, and {late}"
    return words if found == held.due_at else f"{words}; once due or rung, its time moves earlier only, never later"


def ladder(asked: Asked, ground: Ground, held: Obligation) -> Why:
    """Who was told, who is next and when, and why that is paused."""
    level = level_of(asked, held)
    forms = level.ladder or asked.form.ladder
    seen = rungs(asked, forms)
    parts = tuple(rung(asked, ground, held, each, forms) for each in seen)
    coming = [each for each in parts if each.kind == "rung" and each.answer == "no" and each.at is not None]
    first = min(coming, key=lambda each: each.at or 0, default=None)
    every = level.repeat or asked.form.repeat
    again = f"everybody who was told is told again every {asked.turn.pathway.settings[every].shown}" if every else ""
    words = f"next: {first.sentence}" if first else again or "nobody else is told after this"
    return Why("ladder", level.name, "who is told, and when", "yes" if first or every else "no", words, parts=parts)


def rung(asked: Asked, ground: Ground, held: Obligation, seen: RungSeen, forms: tuple[RungForm, ...]) -> Why:
    """One step of the ladder: yes it was reached, no it was not yet."""
    zone, now = ground.facts.zone(), asked.turn.at
    to, form = listed(seen.to, "and") or "nobody", forms[seen.number] if seen.number < len(forms) else None
    step = Why("rung", str(seen.number), f"step {seen.number + 1}", "no", "", text=form.at if form else "", at=seen.at)
    if seen.reached:
        told = near(seen.at, now, zone) if seen.at is not None else "a time that is not known"
        return replace(step, answer="yes", sentence=f"{to} told at {told}")
    if form is not None and form.when is not None:
        step = replace(step, parts=(guard(ground, form.when, "only when", "when"),))
        if step.parts[0].answer == "no":
            return replace(step, at=None, sentence=f"{to}: left out, because {step.parts[0].sentence}")
    if seen.at is None:
        return replace(step, answer="cannot say", sentence=f"{to}: its time is not known")
    if seen.paused_until is not None and seen.paused_until > now:
        paused = f"paused until {dated(seen.paused_until, now, zone)}, because {who_paused(held, ground, now)}"
        return replace(step, at=seen.paused_until, sentence=f"{to}, planned for {near(seen.at, now, zone)}, {paused}")
    return replace(step, sentence=f"{to} at {dated(seen.at, now, zone)}, if it is not done by then")


def who_paused(held: Obligation, ground: Ground, now: int) -> str:
    """Which acknowledgements hold a step back. Acknowledged is not done."""
    zone = ground.facts.zone()
    found = [
        f"the {(each.role or 'unknown role').replace('_', ' ')} took note at {near(each.at, now, zone)}"
        for each in held.acks
        if each.until > now
    ]
    return f"{listed(found, 'and') or 'somebody took note'}, which is not done"


def ending(asked: Asked, ground: Ground, done: Why) -> Why:
    """What would close it: what is done, a signed answer, or time."""
    turn, form = asked.turn, asked.form
    parts = [done]
    for name, each in form.answers.items():
        second = ", with a second signature" if each.second else ""
        limit = f", with a review at most {lasting(turn.pathway.span(each.review))} ahead" if each.review else ""
        words = f"the signed answer {name.replace('_', ' ')!r} by the {listed(each.by)}{second}{limit}"
        parts.append(Why("answer", name, "a signed answer", "no", words, decided=False))
    if form.expires:
        at = asked.find(form.expires)
        words = (
            f"it ends by itself {dated(at, turn.at, ground.facts.zone())}"
            if at is not None
            else "it does not end by itself yet"
        )
        parts.append(Why("expires", "", "time", "no", words, text=form.expires, decided=False, at=at))
    words = f"it ends when {done.asks}"
    if form.answers:
        words += f", or with a signed answer ({listed(list(form.answers))})"
    return Why("ends", "", "what would close it", done.answer, words, parts=tuple(parts))
