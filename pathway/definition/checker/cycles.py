"""Cycles: what rests on itself can never be decided."""

from collections.abc import Iterable, Mapping

from pathway.definition.checker.faults import Faults
from pathway.definition.form import PathwayForm, ReminderForm
from pathway.definition.guard import names_read
from pathway.definition.names import since
from pathway.definition.pathway import Moment, Rule
from pathway.definition.place import Path

Rests = Mapping[str, Iterable[str]]


def cycles(form: PathwayForm, rules: Mapping[str, Rule], moments: Mapping[str, Moment], faults: Faults) -> set[str]:
    """No condition, latch, choice or made fact rests on itself, and no reminder's due time. Returns who does."""
    found = told(rests(form, rules, moments), {name: place(form, name) for name in named(form)}, faults)
    for index, reminder in enumerate(form.reminders):
        path: Path = ("reminders", index)
        places = {"due": (*path, "due"), "anchor": (*path, "anchor")}
        told(own(reminder, moments), places, faults)
    return found


def told(below: Rests, places: Mapping[str, Path], faults: Faults) -> set[str]:
    """Tells every circle once, at its first member; returns all members."""
    members: set[str] = set()
    done: set[str] = set()

    def walk(name: str, trail: tuple[str, ...]) -> None:
        if name in trail:
            loop = trail[trail.index(name) :]
            if not members.issuperset(loop):
                first = min(loop, key=list(places).index)
                start = loop.index(first)
                shown = " > ".join((*loop[start:], *loop[:start], first))
                faults.add("cycle", places[first], f"{shown} rests on itself", "no circle", "break it")
            members.update(loop)
        elif name not in done:
            for each in below.get(name, ()):
                walk(each, (*trail, name))
            done.add(name)

    for name in places:
        walk(name, ())
    return members


def named(form: PathwayForm) -> tuple[str, ...]:
    """What may rest on something else of the file."""
    return (*form.facts, *form.conditions, *form.latches, *form.choices)


def place(form: PathwayForm, name: str) -> Path:
    """Where a fact, condition, latch or choice stands."""
    parts: dict[str, Mapping[str, object]] = {
        "facts": form.facts,
        "conditions": form.conditions,
        "latches": form.latches,
        "choices": form.choices,
    }
    return next((part, name) for part, known in parts.items() if name in known)


def rests(form: PathwayForm, rules: Mapping[str, Rule], moments: Mapping[str, Moment]) -> dict[str, tuple[str, ...]]:
    """What each of them reads. A latch's or choice's own instants are kept by the case and are no circle."""
    found: dict[str, tuple[str, ...]] = {}
    for name, fact in form.facts.items():
        counted = moments.get(since(form, fact.elapsed)) if fact.elapsed else None
        read = {each.partition(".")[0] for each in names_read(counted.tree)} if counted else set()
        found[name] = tuple(dict.fromkeys((*(fact.difference or ()), *fact.from_.values(), *sorted(read))))
    texts: dict[str, list[str]] = {name: [text] for name, text in form.conditions.items()}
    texts |= {name: [latch.when] for name, latch in form.latches.items()}
    texts |= {name: [row.when for row in choice.rows if row.when] for name, choice in form.choices.items()}
    known = {*form.facts, *texts}
    for name, said in texts.items():
        read = {each for text in said if text in rules for each in names_read(rules[text].tree)}
        stems = {each.partition(".")[0] for each in read if each == name or each.partition(".")[0] != name}
        found[name] = tuple(sorted(stems & known))
    for name, choice in form.choices.items():
        if choice.by:
            found[name] = (choice.by,)
    return found


def own(reminder: ReminderForm, moments: Mapping[str, Moment]) -> dict[str, tuple[str, ...]]:
    """What the due times and the anchor of a reminder read of each other."""
    levels = [level.due for level in reminder.levels if level.due]
    texts = {"due": [reminder.due or "", *levels], "anchor": [reminder.anchor]}
    read = {
        key: {name for text in said if text in moments for name in names_read(moments[text].tree)}
        for key, said in texts.items()
    }
    return {key: tuple(sorted(names & {"due", "anchor"})) for key, names in read.items()}
