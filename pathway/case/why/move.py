"""Why a move is made, possible, or not: its stage, its role, its guard, its reasons and what its course needs."""

from msgspec.structs import replace

from pathway.case.exits import closed
from pathway.case.machine import SAME
from pathway.case.turn import Turn
from pathway.case.why.found import Ground
from pathway.case.why.moments import near
from pathway.case.why.request import role
from pathway.case.why.tree import Why, listed, sentence
from pathway.case.why.walk import guard
from pathway.definition.form import CourseForm, TransitionForm


def move(turn: Turn, form: TransitionForm) -> Why:
    """A transition: yes it is possible now (or follows by itself), no it is not, cannot say it needs a reason."""
    ground = Ground(turn.view, turn.view, turn.at)
    where = stage(turn, form, ground)
    asked = (guard(ground, form.when, "its condition", "when"),) if form.when is not None else ()
    stands = (*standstill(turn, form),)
    hinders = [each for each in (where, *stands, *asked) if each.answer != "yes"]
    answer = "no" if any(each.answer == "no" for each in hinders) else "cannot say" if hinders else "yes"
    deciding = [each for each in (*stands, where, *asked) if each.answer == answer] if answer != "yes" else list(asked)
    # Where it does not begin here, its condition is beside the point.
    deciding = deciding[:1] if answer == "no" else deciding
    parts = [replace(each, decided=each in deciding) for each in (where, *stands, *asked)]
    title, more = named(turn, form), extras(ground, form)
    return Why(
        kind="transition",
        name=form.name,
        title=title,
        answer=answer,
        sentence=sentence(f"{title}: {said(form, answer, deciding)}{demanded(more) if answer != 'no' else ''}"),
        rule=form.id,
        source=form.source,
        parts=(*parts, *more),
    )


def named(turn: Turn, form: TransitionForm) -> str:
    """A move by its name, with where it leads."""
    words = turn.pathway.title(form.name)
    to = "" if form.to == SAME else f" (to {turn.pathway.title(form.to)})"
    return words[:1].upper() + words[1:] + to


def said(form: TransitionForm, answer: str, deciding: list[Why]) -> str:
    """What becomes of it now."""
    because = "; ".join(each.sentence for each in deciding)
    reason = f", because {because}" if because else ""
    match answer, bool(form.by):
        case "yes", True:
            return f"possible for the {listed(form.by)}{reason}"
        case "yes", False:
            return f"follows by itself{reason}"
        case "cannot say", True:
            return f"possible for the {listed(form.by)} only with a signed reason that names the gap{reason}"
        case "cannot say", False:
            return f"not made, because it cannot be said: {because}"
    return f"{'not possible now' if form.by else 'does not follow now'}{reason}"


def stage(turn: Turn, form: TransitionForm, ground: Ground) -> Why:
    """Whether it begins where the case stands."""
    place = turn.case.regions.get(form.region)
    leaf = place.leaf if place is not None else turn.pathway.form.regions[form.region].initial
    here = any(leaf == start or leaf.startswith(start + ".") for start in form.from_)
    since = f" since {near(place.entered_at, turn.at, ground.facts.zone())}" if place is not None else ""
    starts = [turn.pathway.title(each) for each in form.from_]
    words = f"the case stands in {turn.pathway.title(leaf)}{since}"
    if not here:
        words += f"; this move begins in {listed(starts)}"
    events = () if place is None else (place.position,)
    return Why("stage", form.region, "where it begins", "yes" if here else "no", words, events=events)


def standstill(turn: Turn, form: TransitionForm) -> tuple[Why, ...]:
    """A closed case moves no more, and automatic moves stop where a rule has failed."""
    if closed(turn):
        return (Why("closed", "", "the case", "no", "the case has left the pathway"),)
    if turn.case.failed and not form.by:
        return (Why("failed", "", "the rules", "no", "a rule of this case has failed, so nothing moves by itself"),)
    return ()


def extras(ground: Ground, form: TransitionForm) -> tuple[Why, ...]:
    """Role, reasons, identifiers and course: what a person brings along."""
    parts = [role(form.by)] if form.by else []
    for each in form.reasons:
        asked = guard(ground, each.when, f"a reason is needed: {each.text}", "reason", each.name)
        words = f"no reason is needed ({each.text})" if asked.answer == "no" else f"still missing: a reason {each.text}"
        parts.append(replace(asked, sentence=f"{words}, because {asked.sentence}", says=words, decided=False))
    if form.identifiers:
        words = f"{form.identifiers} identifiers of the patient are asked for"
        parts.append(Why("identifiers", "", "identifiers", "yes", words, decided=False))
    if form.died_at:
        parts.append(Why("died_at", "", "time of death", "yes", "the time of death is asked for", decided=False))
    if form.course is not None:
        parts.append(
            Why("course", form.course.regimen, "what the course needs", "yes", course(form.course), decided=False)
        )
    return tuple(parts)


def course(form: CourseForm) -> str:
    """The drugs of a course with their ranges."""
    ranges = {drug: f"{drug.replace('_', ' ')} {low} to {high}" for drug, (low, high) in form.doses.items()}
    needed = [ranges.get(drug, drug) for drug in form.needs]
    either = f"exactly one of {listed([ranges.get(drug, drug) for drug in form.one_of])}" if form.one_of else ""
    return f"{form.regimen} needs {listed([*needed, either] if either else needed, 'and')}; another dose needs a reason"


def demanded(parts: tuple[Why, ...]) -> str:
    """What a person must bring along, in short: the reasons still missing, and what the course needs."""
    wanted = [each for each in parts if each.kind == "course" or (each.kind == "reason" and each.answer != "no")]
    return "".join(f"; {each.sentence}" for each in wanted)
