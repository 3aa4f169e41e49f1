"""Why a reminder is open or not, when it is due and why then, who is told next, and what would close it."""

from msgspec.structs import replace

from pathway.case.obligations import Asked
from pathway.case.portray import title as title_of
from pathway.case.state import Ended, Obligation
from pathway.case.subjects import Subject, subjects
from pathway.case.turn import Turn
from pathway.case.why.course import due, ending, ladder
from pathway.case.why.found import Ground
from pathway.case.why.moments import dated
from pathway.case.why.tree import Why, sentence
from pathway.case.why.walk import guard
from pathway.definition.form import ReminderForm

HOW = {"done": "it was done", "withdrawn": "its reason had gone", "expired": "its time had passed"}


def reminder(turn: Turn, form: ReminderForm, subject: str = "") -> tuple[Why, ...]:
    """Why each occurrence of a reminder is open or not: a node for every subject, or for the one that is named."""
    found = {each.key: each for each in subjects(turn.view, form.for_each)}
    for name, key in (*turn.case.open, *turn.case.ended):
        if name == form.id:
            found.setdefault(key, Subject(key))
    return tuple(about(turn, form, each) for key, each in found.items() if subject in ("", key))


def about(turn: Turn, form: ReminderForm, subject: Subject) -> Why:
    """One reminder about one subject."""
    held = turn.case.open.get((form.id, subject.key))
    asked = Asked(turn, form, subject, held)
    ground = Ground(turn.view, asked.bound, turn.at, subject.aliases)
    when = opening(asked, ground)
    done = guard(ground, form.done_when, "what closes it", "done")
    if held is not None:
        return is_open(asked, ground, held, when, done)
    return not_open(asked, ground, when, done, turn.case.ended.get((form.id, subject.key)))


def opening(asked: Asked, ground: Ground) -> Why:
    """The guard that opens it, with what the file says of its gaps."""
    found = guard(ground, asked.form.when, "why it is wanted", "when")
    gaps = [name for name in asked.form.opens_when_unknown if not asked.bound.read(name).known]
    if found.answer == "cannot say" and gaps:
        return replace(found, sentence=f"{found.sentence}; this gap alone opens it")
    return found


def is_open(asked: Asked, ground: Ground, held: Obligation, when: Why, done: Why) -> Why:
    """An open reminder. What closes it, and who is told, are no reasons why it is open."""
    turn, form = asked.turn, asked.form
    timed, told, ends = due(asked, ground, held), ladder(asked, ground, held), ending(asked, ground, done)
    title = named(asked)
    since = dated(held.opened_at, turn.at, ground.facts.zone())
    stays = (
        "" if when.answer == "yes" else " it stays open until that is certain;" if when.answer == "cannot say" else ""
    )
    return Why(
        kind="reminder",
        name=form.id,
        title=title,
        answer="yes",
        sentence=sentence(f"{title}: open since {since}, because {when.sentence};{stays} {timed.sentence}"),
        asks=when.asks,
        rule=form.id,
        source=form.source,
        at=held.opened_at,
        events=held.because,
        parts=(when, *(replace(each, decided=False) for each in (timed, told, ends))),
    )


def not_open(asked: Asked, ground: Ground, when: Why, done: Why, ended: Ended | None) -> Why:
    """Why it is not open: no reason, done already, or not called for anew since it closed."""
    because, decides = hindrance(asked, when, done)
    parts = [replace(when, decided=decides is when), replace(done, decided=decides is done)]
    if ended is not None:
        at = dated(ended.closed_at, asked.turn.at, ground.facts.zone())
        words = f"it was closed {at}, because {HOW.get(ended.how, ended.how)} (event {ended.position})"
        because = f"{because}; {words}"
        at_end = ended.closed_at
        parts.append(
            Why("closed", "", "the last time", "no", words, decided=False, at=at_end, events=(ended.position,))
        )
    title = named(asked)
    return Why(
        kind="reminder",
        name=asked.form.id,
        title=title,
        answer="cannot say" if decides is when and when.answer == "cannot say" else "no",
        sentence=sentence(f"{title}: not open, because {because}"),
        asks=when.asks,
        rule=asked.form.id,
        source=asked.form.source,
        events=() if ended is None else (ended.position,),
        parts=tuple(parts),
    )


def named(asked: Asked) -> str:
    """The title with what it is about: a fact by its title, a sample, review or product by its key."""
    title, each = title_of(asked.turn, asked, asked.form.title), asked.form.for_each
    about = "" if each is None or each.fact else asked.subject.key
    return f"{title} ({about.replace('/', ', ').replace('_', ' ')})" if about else title


def hindrance(asked: Asked, when: Why, done: Why) -> tuple[str, Why]:
    """What keeps it from being open, and the part that decides."""
    if when.answer == "no":
        return when.sentence, when
    if done.answer == "yes":
        return f"it is done: {done.sentence}", done
    if asked.wanted():
        return f"time stands still here; the next look at this case opens it: {when.sentence}", when
    if when.answer == "cannot say":
        return f"it cannot be said whether it is wanted: {when.sentence}", when
    return f"nothing new has called for it since it closed, although {when.sentence}", when
