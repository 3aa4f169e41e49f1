"""Mentions: every name a form gives outside its guards, and what it must be: a name that is nowhere fails a case."""

from collections.abc import Iterable, Iterator, Mapping

from pathway.clinical.computed import COMPUTED
from pathway.definition.form import PathwayForm
from pathway.definition.guard import Kind

#: Path in the file, what is named, the name, and the names that would do.
Mention = tuple[tuple[str | int, ...], str, str, list[str]]


def mentions(form: PathwayForm, names: Mapping[str, Kind]) -> Iterator[Mention]:
    """Settings, facts, roles, phases and drugs that are named outside guards, in the order of the form."""
    spans = [name for name, kind in names.items() if kind.type == "span"]
    numbers = [name for name, kind in names.items() if kind.type == "number"]
    yield from roles(form)
    for name, fact in form.facts.items():
        path = ("facts", name)
        yield from each(path, "span", [fact.valid_for], spans)
        yield from each(path, "number", [*fact.lines, *(fact.difference or ())], numbers)
        yield from each(path, "fact", fact.from_.values(), list(form.facts))
        computed = COMPUTED.get(fact.computed or "")
        given = [known for known, _ in computed.inputs] if computed else []
        yield from each(path, "input", fact.from_, given)
    for name, choice in form.choices.items():
        path = ("choices", name)
        yield from each(path, "choice", [choice.by], list(form.choices))
        rows = [row.name for row in form.choices[choice.by].rows] if choice.by in form.choices else []
        yield from each(path, "row", choice.take, rows)
        yield from each(path, "span", choice.take.values(), spans)
        if choice.loosens:
            yield from each(path, "span", [choice.loosens.apart], spans)
            yield from each(path, "fact", choice.loosens.panel, list(form.facts))
    for name, region in form.regions.items():
        yield from each(("regions", name), "phase", [region.initial, *region.closed], list(region.phases))
    for index, asked in enumerate(form.requests):
        if asked.override:
            yield from each(("requests", index), "span", [asked.override.review_after], spans)
    yield from of_reminders(form, spans)
    yield from each(("reviews",), "span", [form.reviews.fresh_for], spans)
    drugs = [fact.exposure for fact in form.facts.values() if fact.exposure]
    yield from each(("reviews",), "drug", form.reviews.urgent_drugs, drugs)


def of_reminders(form: PathwayForm, spans: list[str]) -> Iterator[Mention]:
    """What reminders name outside their guards."""
    for index, reminder in enumerate(form.reminders):
        path = ("reminders", index)
        put_off = [given.of for given in (reminder.snooze, reminder.not_possible) if given]
        answers = [answer.review for answer in reminder.answers.values()]
        yield from each(path, "span", [*put_off, *answers], spans)
        if reminder.for_each:
            yield from each(path, "span", [reminder.for_each.within, reminder.for_each.usual], spans)
            yield from each(path, "fact", (row["it"] for row in reminder.for_each.fact), list(form.facts))
            rows = reminder.for_each.episode
            yield from each(path, "fact", (row.fact for row in rows), list(form.facts))
            yield from each(path, "span", (name for row in rows for name in (row.from_, row.to)), spans)


def roles(form: PathwayForm) -> Iterator[Mention]:
    """The roles that enrol, release, answer for or are told."""
    known = list(form.roles)
    yield from each(("enrol",), "role", form.enrol.by, known)
    yield from each(("clinicians",), "role", form.clinicians, known)
    for name, latch in form.latches.items():
        yield from each(("latches", name), "role", latch.released_by, known)
    for index, asked in enumerate(form.requests):
        signs = asked.override.by if asked.override else ()
        yield from each(("requests", index), "role", (*asked.tells, *signs), known)
    for index, never in enumerate(form.never):
        yield from each(("never", index), "role", never.tells, known)


def each(path: tuple[str | int, ...], what: str, named: Iterable[str | None], known: list[str]) -> Iterator[Mention]:
    """One mention for each name that is given."""
    for name in named:
        if name is not None:
            yield path, what, name, known
