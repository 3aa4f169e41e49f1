"""Why a request with a drug is possible now or refused: its prohibition, every door, and what it would take."""

from msgspec.structs import replace

from pathway.case.drugs import doors
from pathway.case.turn import Turn
from pathway.case.why.found import Ground
from pathway.case.why.tree import Why, listed, sentence
from pathway.case.why.walk import guard
from pathway.definition.form import RequestForm, StopForm


def request(turn: Turn, form: RequestForm) -> Why:
    """A request: yes it is possible, no it would be refused, cannot say it needs a signed reason that names the gap."""
    ground = Ground(turn.view, turn.view, turn.at)
    door, refusal = doors(turn, form)
    opened = door[1] if door is not None else ""
    parts = tuple(part for part in conditions(ground, form, opened))
    title = f"{turn.pathway.title(form.drug)}: {listed(form.acts)}"
    gap = door is not None and bool(door[0])
    answer = "no" if refusal else "cannot say" if gap else "yes"
    reasons = "; ".join(dict.fromkeys(part.sentence for part in parts if part.decided))
    if refusal is not None:
        words = f"refused, because {refusal.message}: {reasons}. {overriding(form)}"
    elif gap:
        words = f"possible only with a signed reason that names the gap, because it cannot be said: {reasons}"
    else:
        words = f"possible for the {listed(form.by)}" + (f", because {reasons}" if reasons else "")
    return Why(
        kind="request",
        name=form.id,
        title=title,
        answer=answer,
        sentence=sentence(f"{title}: {words}"),
        rule=form.id,
        source=form.source,
        parts=(*parts, role(form.by), override(form)),
    )


def conditions(ground: Ground, form: RequestForm, opened: str) -> list[Why]:
    """The guards of a request, each marked where the answer rests on it."""
    parts: list[Why] = []
    if form.refuse_when is not None:
        ban = guard(ground, form.refuse_when, "it is refused when", "refuse_when")
        parts.append(replace(ban, decided=ban.answer == "yes"))
        if ban.answer == "yes":
            return [*parts, *(replace(each, decided=False) for each in ways(ground, form))]
    if form.allow_only_when is not None:
        only = guard(ground, form.allow_only_when, "it is allowed only when", "allow_only_when")
        return [*parts, only, *(replace(each, decided=False) for each in ways(ground, form))]
    return [*parts, *(replace(each, decided=not opened or each.name == opened) for each in ways(ground, form))]


def ways(ground: Ground, form: RequestForm) -> list[Why]:
    """Every door."""
    found = []
    for door in form.doors:
        name = door.name.replace("_", " ")
        each = guard(ground, door.when, f"door: {name}", "door", door.name)
        word = {"yes": "is open", "no": "is shut", "cannot say": "cannot be decided"}[each.answer]
        found.append(
            replace(each, sentence=f"the door “{name}” {word} ({each.sentence})", says=f"the door “{name}” {word}")
        )
    return found


def role(by: tuple[str, ...]) -> Why:
    """Who may ask."""
    return Why("role", "", "who may ask", "yes", f"asked by the {listed(by)}", decided=False)


def overriding(form: RequestForm) -> str:
    """What it would take all the same."""
    if form.override is None:
        return "Nobody can sign for it on this pathway"
    second = " and the signature of a second person" if form.override.second else ""
    return f"The {listed(form.override.by)} may sign for it all the same with a reason{second}"


def override(form: RequestForm) -> Why:
    """The override as a node."""
    answer = "no" if form.override is None else "yes"
    return Why("override", "", "what it would take all the same", answer, overriding(form), decided=False)


def stop(turn: Turn, form: StopForm) -> Why:
    """Stopping a drug: never refused for a reason of the patient, only by role."""
    title = f"{turn.pathway.title(form.drug)}: stop"
    ticks = f", who confirms: {listed(form.ticks, 'and')}" if form.ticks else ""
    words = f"possible at any time for the {listed(form.by)}{ticks}; everybody else can hold it now"
    return Why(
        "stop", form.drug, title, "yes", sentence(f"{title}: {words}"), source=form.source, parts=(role(form.by),)
    )
