"""Duplicates: one meaning for a name, and no name that the guard language needs for itself."""

import re
from collections.abc import Iterable, Iterator, Mapping

from pathway.definition.checker.faults import Faults
from pathway.definition.form import PathwayForm
from pathway.definition.guard import RESERVED
from pathway.definition.names import OWN
from pathway.definition.place import Path

NAME = re.compile(r"[a-z][a-z0-9_]*", re.ASCII)
#: Names that every guard has, beside those of the reminder that asks.
GIVEN = frozenset({"enrolled", "presented", "it"}) | {name for name in OWN if "." not in name}

Named = tuple[Path, str]


def duplicates(form: PathwayForm, faults: Faults) -> None:
    """Names of the shared namespace stand once and can be said; ids and names of rules stand once."""
    namespace(form, faults)
    for what, named in (*rules(form), *parts(form)):
        once(what, named, faults)


def namespace(form: PathwayForm, faults: Faults) -> None:
    """Settings, facts, conditions, latches, choices, regions and phases share one namespace."""
    shared: dict[str, Mapping[str, object]] = {
        "settings": form.settings,
        "facts": form.facts,
        "conditions": form.conditions,
        "latches": form.latches,
        "choices": form.choices,
        "regions": form.regions,
    }
    seen: dict[str, str] = {}
    for part, named in shared.items():
        for name in named:
            path: Path = (part, name)
            if name in seen:
                happened = f"{name} stands in {seen[name]} too"
                faults.add("duplicate", path, happened, "one meaning for a name", "rename one of them")
                faults.doubtful.add(name)
            elif name in RESERVED or name in GIVEN:
                happened = f"{name} is a word of the guard language"
                faults.add("reserved", path, happened, "a name of your own", "rename it")
            elif not NAME.fullmatch(name):
                happened = f"{name!r} cannot be said in a guard"
                faults.add("name", path, happened, "small letters, digits and _", "rename it")
            seen.setdefault(name, part)
    phases = (
        (("regions", at, "phases", n), name) for at, each in form.regions.items() for n, name in enumerate(each.phases)
    )
    for path, name in once("phase", phases, faults):
        if name in seen:
            happened = f"{name} stands in {seen[name]} too"
            faults.add("duplicate", path, happened, "one meaning for a name", "rename one of them")


def rules(form: PathwayForm) -> Iterator[tuple[str, Iterable[Named]]]:
    """What must stand once in a file. One id may stand at several moves: they are ways of one rule of the protocol."""
    yield "role", ((("roles", n), name) for n, name in enumerate(form.roles))
    yield "name of a move", ((("transitions", n, "name"), each.name) for n, each in enumerate(form.transitions))
    yield "id of a request", ((("requests", n, "id"), each.id) for n, each in enumerate(form.requests))
    yield "drug of a stop", ((("stops", n, "drug"), each.drug) for n, each in enumerate(form.stops))
    yield "name of a proposal", ((("proposals", n, "name"), each.name) for n, each in enumerate(form.proposals))
    yield "id of a reminder", ((("reminders", n, "id"), each.id) for n, each in enumerate(form.reminders))
    yield "name of a reminder", ((("reminders", n, "name"), each.name) for n, each in enumerate(form.reminders))
    yield "id of an invariant", ((("never", n, "id"), each.id) for n, each in enumerate(form.never))
    yield "name of an invariant", ((("never", n, "name"), each.name) for n, each in enumerate(form.never))
    exposures = [(name, each.exposure) for name, each in form.facts.items() if each.exposure]
    yield "drug of a fact", ((("facts", name, "exposure"), drug) for name, drug in exposures)


def parts(form: PathwayForm) -> Iterator[tuple[str, Iterable[Named]]]:
    """What must stand once within one entry."""
    for name, fact in form.facts.items():
        yield "value", ((("facts", name, "finding", n), value) for n, value in enumerate(fact.finding))
    for name, choice in form.choices.items():
        yield "row", ((("choices", name, "rows", n, "name"), row.name) for n, row in enumerate(choice.rows))
    for at, move in enumerate(form.transitions):
        yield "reason", ((("transitions", at, "reasons", n, "name"), each.name) for n, each in enumerate(move.reasons))
    for at, asked in enumerate(form.requests):
        yield "door", ((("requests", at, "doors", n, "name"), each.name) for n, each in enumerate(asked.doors))
    for at, reminder in enumerate(form.reminders):
        path = ("reminders", at)
        yield "level", (((*path, "levels", n, "name"), each.name) for n, each in enumerate(reminder.levels))
        yield "wording", (((*path, "wordings", n, "name"), each.name) for n, each in enumerate(reminder.wordings))


def once(what: str, named: Iterable[Named], faults: Faults) -> list[Named]:
    """Tells every name that stands a second time; returns those that stand for the first."""
    seen: dict[str, Path] = {}
    for path, name in named:
        if name in seen:
            line = faults.places.of(seen[name]).line
            happened = f"{what} {name} stands in line {line} already"
            faults.add("duplicate", path, happened, f"one {what} of this name", "rename one of them")
        else:
            seen[name] = path
    return [(path, name) for name, path in seen.items()]
