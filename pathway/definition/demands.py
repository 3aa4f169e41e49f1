"""Demands: the settings that the engine itself asks of every pathway, under names that it fixes."""

from collections.abc import Iterator, Mapping

from pathway.definition.form import PathwayForm
from pathway.definition.guard import Kind

#: Name, kind, what it decides.
DEMANDS = (
    ("acknowledged_for", "span", "how long an acknowledgement pauses where its reminder says nothing else"),
    ("future_tolerance", "span", "how far ahead of now a collection time may lie and still be believed"),
    ("usual_turnaround", "span", "how long before its result a sample without a collection time was taken"),
    ("quiet_hours", "rounds", "two times of day: a rung with quiet_when that falls between them waits for the second"),
)


def uses(form: PathwayForm) -> set[str]:
    """The demands whose settings a form's own features ask for."""
    found = {"acknowledged_for"} if form.reminders else set()
    if any(fact.lab for fact in form.facts.values()):
        found |= {"future_tolerance", "usual_turnaround"}
    ladders = [ladder for each in form.reminders for ladder in (each.ladder, *(level.ladder for level in each.levels))]
    return found | {"quiet_hours"} if any(rung.quiet_when for ladder in ladders for rung in ladder) else found


def unmet(form: PathwayForm, names: Mapping[str, Kind]) -> Iterator[tuple[str, str, str]]:
    """The demands that a form does not meet: name, kind, meaning. A setting that nothing uses is no demand."""
    used = uses(form)
    for name, kind, meaning in DEMANDS:
        if name not in used:
            continue
        if name not in names or names[name].type != kind:
            yield name, kind, meaning
        elif kind == "rounds" and len(form.settings[name].rounds) != 2:
            yield name, "pair of rounds", meaning
