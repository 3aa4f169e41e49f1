"""The words of a definition that events can hold, by the field that holds them."""

from functools import cache
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

import msgspec

from pathway.definition.form import PathwayForm

#: Words of a field that is true or false.
TRUTH = frozenset({"true", "false"})


class Vocabulary(msgspec.Struct, frozen=True):
    """`words` by field; `values` of each finding; `answers` of each reminder."""

    words: dict[str, frozenset[str]]
    values: dict[str, frozenset[str]]
    answers: dict[str, frozenset[str]]


def vocabulary(form: PathwayForm) -> Vocabulary:
    """The words of a definition."""
    facts = form.facts.values()
    leaves = frozenset(leaf for region in form.regions.values() for leaf in region.phases)
    products = frozenset(word for each in facts for word in each.products)
    moves = frozenset(each.name for each in form.transitions)
    reasons = frozenset(reason.name for each in form.transitions for reason in each.reasons)
    requests = frozenset(each.id for each in form.requests)
    labs = frozenset(each.lab for each in facts if each.lab)
    words = {
        "drug": frozenset(each.exposure for each in facts if each.exposure),
        "form": frozenset(word for each in facts for word in each.forms),
        "finding": frozenset(name for name, each in form.facts.items() if each.finding or each.flag),
        "test": frozenset(word for each in facts for word in each.reports),
        "region": frozenset(form.regions),
        "leaf": leaves,
        "was": leaves,
        "exit": leaves,
        "transition": moves,
        "reminder": frozenset(each.id for each in form.reminders),
        "invariant": frozenset(each.id for each in form.never),
        "request": requests,
        "rule": requests | moves | reasons,
        "product": products,
        "analyte": labs,
        "analytes": labs,
        "regimen": frozenset(each.course.regimen for each in form.transitions if each.course),
        "latch": frozenset(form.latches),
    }
    values = {name: frozenset(each.finding) or TRUTH for name, each in form.facts.items() if each.finding or each.flag}
    answers = {each.id: frozenset(each.answers) for each in form.reminders}
    return Vocabulary(words, values, answers)


@cache
def literals(kind: type[Any], field: str) -> frozenset[str]:
    """The words of a field that can hold no others; empty where any word is possible."""
    hint = get_type_hints(kind).get(field)
    if hint is bool:
        return TRUTH
    if get_origin(hint) is Literal:
        return frozenset(map(str, get_args(hint)))
    if get_origin(hint) in (Union, UnionType):
        found = [each for each in get_args(hint) if get_origin(each) is Literal]
        return frozenset(str(word) for each in found for word in get_args(each))
    return frozenset()
