"""Why a guard answers as it does, as a tree: its parts, its leaves, and what stands behind the names in them."""

from msgspec.structs import replace

from pathway.case.why.found import (
    Ground,
    called,
    clause,
    lacks,
    leaf_of,
    leaves,
    renamed,
    spoken,
    stated,
    threshold,
    thresholds,
)
from pathway.case.why.moments import near
from pathway.case.why.tree import Leaf, Why, sentence
from pathway.clinical.instant import Instant
from pathway.clinical.report import Report
from pathway.definition import say
from pathway.definition.form import ChoiceForm, FactForm
from pathway.definition.guard import ANSWER_WORDS, Explanation, Guard, explain
from pathway.definition.guard.tree import AllOf, AnyOf, FirstKnown, Not, names_read
from pathway.definition.guard.tree import Leaf as Asked

JOINS: dict[type, tuple[str, str]] = {
    AllOf: ("all", "all of these"),
    AnyOf: ("any", "at least one of these"),
    FirstKnown: ("first", "the first of these that can be said"),
}
JOINED = {"all", "any", "first", "not"}


def guard(ground: Ground, text: str, title: str, kind: str = "guard", name: str = "") -> Why:
    """The answer of a guard of the file, given by its text."""
    tree = ground.pathway.rules[text].tree
    found = node(ground, tree, explain(tree, ground.facts, ground.at))
    joins = found.kind in JOINED
    return Why(
        kind=kind,
        name=name,
        title=title,
        answer=found.answer,
        sentence=found.sentence,
        asks=asked(ground, tree),
        says=f"{title}: {found.title}" if joins else title,
        text=text,
        events=found.events,
        parts=found.parts if joins else (found,),
    )


def rests_on(ground: Ground, text: str) -> tuple[Why, ...]:
    """What a condition rests on: the one node of its guard."""
    tree = ground.pathway.rules[text].tree
    return (node(ground, tree, explain(tree, ground.facts, ground.at)),)


def asked(ground: Ground, tree: Guard) -> str:
    """A guard as a question in words."""
    return spoken(ground, say.line(say.clause(ground.pathway, renamed(tree, ground.aliases))))


def node(ground: Ground, tree: Guard, explained: Explanation) -> Why:
    """One node of a guard."""
    match tree:
        case AllOf(parts) | AnyOf(parts) | FirstKnown(parts):
            below = tuple(node(ground, part, each) for part, each in zip(parts, explained.children, strict=True))
            kind, title = JOINS[type(tree)]
        case Not(part):
            below, kind, title = (node(ground, part, explained.children[0]),), "not", "the opposite of this"
        case _:
            return leaf_node(ground, tree, explained)
    return Why(
        kind=kind,
        name="",
        title=title,
        answer=ANSWER_WORDS[explained.answer],
        sentence=joined(below),
        says=title,
        text=explained.text,
        decided=explained.decided,
        events=explained.events,
        parts=below,
    )


def joined(parts: tuple[Why, ...]) -> str:
    """What decided, each once, in the order of the text."""
    return "; ".join(dict.fromkeys(each for part in parts for each in clauses(part)))


def clauses(part: Why) -> tuple[str, ...]:
    """The deciding clauses of a node, through whatever joins them."""
    if not part.decided or not part.sentence:
        return ()
    if part.kind in JOINED:
        return tuple(each for below in part.parts for each in clauses(below))
    return (part.sentence,)


def leaf_node(ground: Ground, leaf: Asked, explained: Explanation) -> Why:
    """A leaf, with what stands behind the names that it reads."""
    behind: list[Why] = []
    inner: dict[str, str] = {}
    for name in sorted(names_read(leaf)):
        found = beneath(ground, ground.aliases.get(name, name))
        behind.extend(found)
        if found and is_rule(ground, ground.aliases.get(name, name)):
            inner[name] = joined(found)
    return Why(
        kind="leaf",
        name="",
        title=asked(ground, leaf),
        answer=ANSWER_WORDS[explained.answer],
        sentence=clause(ground, leaf, explained.answer, inner),
        says=clause(ground, leaf, explained.answer, {}),
        text=explained.text,
        decided=explained.decided,
        leaves=tuple(leaves(ground, leaf)),
        thresholds=tuple(thresholds(ground, leaf)),
        events=explained.events,
        parts=tuple(behind),
    )


# --- names -----------------------------------------------------------------------------------------------------------


def is_rule(ground: Ground, name: str) -> bool:
    """Whether a name stands for a rule of its own: its reasons belong into the sentence."""
    form = ground.pathway.form
    return name in form.conditions or name in form.latches or name in form.choices


def beneath(ground: Ground, name: str) -> tuple[Why, ...]:
    """What a name rests on: the guard of a condition, the row of a choice, the inputs of a computed fact."""
    form, plain = ground.pathway.form, Ground(ground.view, ground.view, ground.at)
    stem, _, attribute = name.partition(".")
    if name in form.conditions:
        return rests_on(plain, form.conditions[name])
    if name in form.latches and name not in ground.view.case.latches:
        return rests_on(plain, form.latches[name].when)
    if name in form.choices:
        return choice(plain, name, form.choices[name])
    if stem in form.facts and attribute in {"", "recorded", "at"}:
        return inputs(plain, form.facts[stem])
    return ()


def fact(ground: Ground, name: str) -> Why:
    """A fact, condition, latch, choice, stage or setting as it stands, and what it rests on."""
    reading, form = ground.facts.read(name), ground.pathway.form
    parts = beneath(ground, name)
    inner = joined(parts) if is_rule(ground, name) else ""
    words = (
        stated(ground, name)
        if reading.known
        else (inner and f"{called(ground, name)}: cannot say") or lacks(ground, name, reading)
    )
    limit = threshold(ground.pathway, name)
    if limit is not None:
        bounds = f", a site may set it from {limit.low} to {limit.high}" if limit.low else ""
        words = f"the setting {limit.title} is {limit.value}{bounds}"
    latch, chosen = form.latches.get(name), form.choices.get(name)
    of_rule = latch or chosen
    source = limit.source if limit else of_rule.source if of_rule else ()
    answer = "cannot say" if not reading.known else "no" if reading.value is False else "yes"
    return Why(
        kind="setting" if limit else "fact",
        name=name,
        title=limit.title if limit else called(ground, name),
        answer=answer,
        sentence=sentence(f"{words}: {inner}" if inner else words),
        says=words,
        rule=name if of_rule or name in form.conditions else "",
        text=form.conditions.get(name, latch.when if latch else ""),
        source=source,
        leaves=() if limit else (leaf_of(ground, name),),
        thresholds=(limit,) if limit else (),
        events=reading.events,
        parts=parts,
    )


def choice(ground: Ground, name: str, form: ChoiceForm) -> tuple[Why, ...]:
    """The row in force: why that one and no stricter one; and whether it waits to loosen."""
    if form.by is not None:
        return (fact(ground, form.by),)
    held = ground.view.case.choices.get(name)
    row, _ = ground.view.row(form)
    found: list[Why] = []
    for each in form.rows:
        if each.when is not None:
            title = f"{form.title}: {ground.pathway.title(each.name)}"
            # What decides is the row that is not excluded; the last one stands because every stricter one is.
            decided = each.name == row or row == form.rows[-1].name
            found.append(replace(guard(ground, each.when, title, "row", each.name), decided=decided))
        if each.name == row:
            break
    if held is not None and held.row != row:
        found = [replace(each, decided=False) for each in found]
        found.append(easing(ground, held.easing_to, held.easing_since, form))
    return tuple(found)


def easing(ground: Ground, to: str, since: Instant | None, form: ChoiceForm) -> Why:
    """Why a choice is stricter than its rows now say: it tightens at once and loosens slowly."""
    apart = ground.pathway.settings[form.loosens.apart].shown if form.loosens else ""
    if to and since is not None:
        at = near(since, ground.at, ground.facts.zone())
        words = f"it may loosen to {ground.pathway.title(to)} with a second panel at least {apart} after that of {at}"
    else:
        words = "it loosens slowly: a whole panel that allows more is needed first, then a second one"
    return Why("easing", "", "tightens at once, loosens slowly", "yes", words, at=since)


def inputs(ground: Ground, form: FactForm) -> tuple[Why, ...]:
    """What a computed fact was made of: its own inputs, or the reports that stand."""
    if form.from_:
        return tuple(fact(ground, each) for each in form.from_.values())
    if form.difference is not None:
        return (fact(ground, form.difference[0]),)
    standing = (each for test in form.reports for each in ground.view.case.reports.get(test, ()))
    return tuple(report(ground, each) for each in sorted(standing, key=lambda each: each.position))


def report(ground: Ground, each: Report) -> Why:
    """A standing report of the work-up."""
    words = ", ".join(filter(None, (each.result.replace("_", " "), each.partner, each.karyotype)))
    title = f"{ground.pathway.title(each.test)} by {each.method.replace('_', ' ')}, {each.status}"
    told = f" (known since {near(each.recorded_at, ground.at, ground.facts.zone())})"
    gap = "" if words else each.status
    leaf = Leaf(each.test, title, bool(words), words, "", gap, each.true_at, each.recorded_at, (each.position,))
    said = f"{title}: {words}{told}" if words else f"{title}{told}"
    answer = "yes" if words else "cannot say"
    return Why("report", each.test, title, answer, said, says=said, leaves=(leaf,), events=leaf.events)
