"""Why a proposal is shown or not, whether an invariant is kept, and what holds a latch."""

from msgspec.structs import replace

from pathway.case.exits import closed
from pathway.case.turn import Turn
from pathway.case.why.found import Ground
from pathway.case.why.moments import dated, near
from pathway.case.why.tree import Why, listed, sentence
from pathway.case.why.walk import fact, guard
from pathway.definition.form import NeverForm, ProposalForm

SHOWN = {
    "yes": "shown, because",
    "no": "not shown, because",
    "cannot say": "not shown, because it cannot be said whether it should be:",
}


def proposal(turn: Turn, form: ProposalForm) -> Why:
    """A proposal: shown on a certain yes alone."""
    ground = Ground(turn.view, turn.view, turn.at)
    when = guard(ground, form.when, "it is shown when", "when")
    word = SHOWN[when.answer]
    ended = closed(turn)
    because = "the case has left the pathway" if ended else when.sentence
    answer = "no" if ended else when.answer
    return Why(
        kind="proposal",
        name=form.name,
        title=form.text,
        answer=answer,
        sentence=sentence(f"“{form.text}” is {'not shown, because' if ended else word} {because}"),
        asks=when.asks,
        rule=form.name,
        source=form.source,
        parts=(replace(when, decided=not ended),),
    )


def invariant(turn: Turn, form: NeverForm) -> Why:
    """An invariant: yes it is kept, no it is not, cannot say it is not determinable, which is never counted as kept."""
    ground = Ground(turn.view, turn.view, turn.at)
    when = guard(ground, form.when, "it is not kept when", "when")
    held, zone = turn.case.violations.get(form.id), ground.facts.zone()
    answer = {"yes": "no", "no": "yes", "cannot say": "cannot say"}[when.answer]
    parts = [when]
    if held is not None:
        at = f"since {dated(held.began_at, turn.at, zone)}"
        word = "broken" if held.broken else "not kept"
        words = f"{word} {at}, to end by {near(held.deadline, turn.at, zone)}"
        parts.append(Why("limit", "", "how long it may last", "no", words, text=form.no_later_than, at=held.deadline))
    elif answer == "no":
        words = "not kept; the next look at this case records it"
    else:
        words = {"yes": "kept", "cannot say": "not determinable, which does not count as kept"}[answer]
    tells = f"; told are the {listed(form.tells, 'and')}" if held is not None and held.broken else ""
    return Why(
        kind="invariant",
        name=form.id,
        title=f"Never: {form.text}",
        answer=answer,
        sentence=sentence(f"Never: {form.text}. This is {words}, because {when.sentence}{tells}"),
        asks=when.asks,
        rule=form.id,
        source=form.source,
        parts=tuple(parts),
    )


def latch(turn: Turn, name: str) -> Why:
    """A latch: what it says; while it is held, what its condition says now and who may end it when."""
    form = turn.pathway.form.latches[name]
    ground = Ground(turn.view, turn.view, turn.at)
    found = fact(ground, name)
    if name not in turn.case.latches:
        return replace(found, kind="latch")
    now = replace(guard(ground, form.when, "its condition now", "when", name), decided=False)
    words = f"it ends only by the {listed(form.released_by)}, once its condition is a certain no"
    release: tuple[Why, ...] = ()
    if form.release_when is not None:
        free = replace(guard(ground, form.release_when, "and it may end when", "release_when", name), decided=False)
        words += f" and {free.asks}"
        release = (free,)
    ends = Why("ends", name, "what ends it", "no", words, decided=False, parts=(now, *release))
    return replace(
        found, kind="latch", sentence=sentence(f"{found.sentence.rstrip('.')}; {words}"), parts=(*found.parts, ends)
    )
