"""Guards: every one parsed, checked against the names it may use, and compiled once."""

import re
from typing import NamedTuple

from pathway.definition.checker.faults import Faults
from pathway.definition.form import PathwayForm
from pathway.definition.guard import (
    Guard,
    GuardSyntaxError,
    Kind,
    Problem,
    When,
    check,
    compile_guard,
    compile_when,
    parse_guard,
    parse_instant,
)
from pathway.definition.pathway import Moment, Rule
from pathway.definition.place import Path
from pathway.definition.written import Written, guards

NAME = re.compile(r"[a-z][a-z0-9_.]*")
NEAR = re.compile(r"did you mean `([^`]+)`")


class Read(NamedTuple):
    """What the guards of a file are: compiled, by their text; `unsound` are the places of those that are wrong."""

    rules: dict[str, Rule]
    moments: dict[str, Moment]
    unsound: set[Path]


def read(form: PathwayForm, names: dict[str, Kind], faults: Faults) -> Read:
    """Every guard and instant of a form. One that stands for several facts is told once."""
    found = Read({}, {}, set())
    trees: dict[tuple[str, str], Guard | When | GuardSyntaxError] = {}
    for each in guards(form, names):
        key = (each.sort, each.text)
        if key not in trees:
            trees[key] = tree_of(*key, found)
        tree = trees[key]
        if isinstance(tree, GuardSyntaxError):
            at = faults.places.inside(each.path, tree.line, tree.column)
            happened, expected, mend = thirds(tree.message)
            faults.add("guard_syntax", each.path, happened, expected, mend, at=at)
            found.unsound.add(each.path)
            continue
        if problems := check(tree, each.schema):
            found.unsound.add(each.path)
        for problem in problems:
            # What hangs on a wrong declaration may be right once that is mended.
            if not faults.doubts(said(problem.place, each)):
                tell(each, problem, faults)
    return found


def tree_of(sort: str, text: str, found: Read) -> Guard | When | GuardSyntaxError:
    """The tree of a text, compiled and kept; or why it has none."""
    try:
        if sort == "moment":
            when = parse_instant(text)
            found.moments[text] = Moment(text, when, compile_when(when))
            return when
        tree = parse_guard(text)
        found.rules[text] = Rule(text, tree, compile_guard(tree))
        return tree
    except GuardSyntaxError as error:
        return error


def tell(written: Written, problem: Problem, faults: Faults) -> None:
    """One problem of a guard, where its name stands."""
    happened, expected, mend = thirds(problem.message)
    near = NEAR.search(mend)
    line, column = first_said(written.text, problem.name)
    at = faults.places.inside(written.path, line, column)
    faults.add(problem.code, written.path, happened, expected, mend, near=near[1] if near else "", at=at)


def said(place: str, written: Written) -> set[str]:
    """The names that a part of a guard says, with those that `it` stands for."""
    names = set(NAME.findall(place))
    return names | set(written.about) if any(name.partition(".")[0] == "it" for name in names) else names


def thirds(message: str) -> tuple[str, str, str]:
    """What happened, what was expected, how to mend it."""
    happened, _, rest = message.partition("; expected ")
    expected, _, mend = rest.partition("; ")
    return happened, expected, mend


def first_said(text: str, name: str) -> tuple[int, int]:
    """The line and column, from 1, at which a text says a name first; its beginning where it does not."""
    found = re.search(rf"(?<![\w.]){re.escape(name)}(?![\w.])", text) if name else None
    before = text[: found.start()] if found else ""
    return before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1
