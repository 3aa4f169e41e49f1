"""Facts: each of one kind, complete, in the unit of what it is made of."""

from collections.abc import Mapping

from pathway.clinical.computed import Computed
from pathway.clinical.quantity import ANALYTES
from pathway.definition.checker.faults import Faults
from pathway.definition.checker.settings import quantity
from pathway.definition.form import FactForm, PathwayForm
from pathway.definition.guard import Kind
from pathway.definition.names import EXPOSURES
from pathway.definition.place import Path

#: What a fact may say it is while unsaid, beside its values.
CANNOT_SAY_WORDS = "cannot say"
KINDS = ("lab", "finding", "flag", "computed", "exposure", "products", "course", "difference", "elapsed")


#: What a fact of a kind may say beside its title, and beside the key of its kind.
KEYS = {
    "lab": ("unit", "valid_for", "lines"),
    "finding": ("unsaid", "on_death", "valid_for"),
    "flag": ("unsaid", "valid_for"),
    "computed": ("from_", "reports", "valid_for", "score"),
    "exposure": ("forms", "unsaid"),
    "difference": ("unit", "lines"),
}
SAID = ("unit", "valid_for", "lines", "unsaid", "on_death", "from_", "reports", "forms", "score")


def facts(form: PathwayForm, faults: Faults, computed: Mapping[str, Computed]) -> None:
    """Every fact is of exactly one kind; one that is not is doubtful."""
    for name, fact in form.facts.items():
        path: Path = ("facts", name)
        given = [kind for kind in KINDS if getattr(fact, kind)]
        if len(given) == 1:
            kept = len(faults.found)
            no_more(name, fact, given[0], faults)
            complete(name, fact, faults, computed)
            if len(faults.found) == kept:
                continue
        else:
            several = f"is of {len(given)} kinds ({', '.join(given)})" if given else "is of no kind"
            faults.add("fact", path, f"fact {name} {several}", "exactly one", f"keep one of {', '.join(KINDS)}")
        faults.doubtful.add(name)


def no_more(name: str, fact: FactForm, kind: str, faults: Faults) -> None:
    """A fact says nothing that its kind would leave unheard."""
    known = KEYS.get(kind, ())
    for key in SAID:
        if getattr(fact, key) and key not in known:
            shown = key.rstrip("_")
            expected = ", ".join(each.rstrip("_") for each in known) or "nothing more"
            happened = f"fact {name} says {shown}, which means nothing for a {kind}"
            faults.add("fact", ("facts", name, shown), happened, expected, "take it out")


def complete(name: str, fact: FactForm, faults: Faults, computed: Mapping[str, Computed]) -> None:
    """What a fact of its kind must say, and what it names, exists."""
    path: Path = ("facts", name)
    if fact.on_death is not None and fact.on_death not in fact.finding:
        faults.unknown((*path, "on_death"), "value", fact.on_death, fact.finding)
    if fact.lab is not None:
        laboratory(name, fact, fact.lab, faults)
    elif fact.computed is not None and fact.computed not in computed:
        faults.unknown((*path, "computed"), "computed fact", fact.computed, computed)
    elif fact.computed and fact.score is not None and not is_number(computed.get(fact.computed or "")):
        mend = "leave out `score`, or name another function"
        faults.add("score", (*path, "score"), f"fact {name} is no score", "a computed number without unit", mend)
    elif fact.computed and fact.score is not None and fact.score[0] >= fact.score[1]:
        happened, mend = f"the range of score {name} is crossed", "write the lowest, then the highest"
        faults.add("score", (*path, "score"), happened, "the lowest and the highest number", mend)
    elif fact.exposure and fact.unsaid not in (None, CANNOT_SAY_WORDS, *EXPOSURES):
        faults.unknown((*path, "unsaid"), "value", fact.unsaid, [*EXPOSURES, CANNOT_SAY_WORDS])
    elif fact.flag and fact.unsaid not in (None, CANNOT_SAY_WORDS):
        faults.add("unsaid", (*path, "unsaid"), f"flag {name} has a word for unsaid", "cannot say", "make it a finding")
    elif fact.finding and fact.unsaid is None:
        faults.add("unsaid", path, f"fact {name} does not say what it is while unsaid", "unsaid", "name a value")
    elif fact.finding and fact.unsaid not in (CANNOT_SAY_WORDS, *fact.finding):
        faults.unknown((*path, "unsaid"), "value", fact.unsaid or "", [*fact.finding, CANNOT_SAY_WORDS])


def is_number(function: Computed | None) -> bool:
    """Whether a function gives a number without a unit."""
    return function is not None and (function.type, function.unit) == ("number", "1")


def laboratory(name: str, fact: FactForm, analyte: str, faults: Faults) -> None:
    """A laboratory value is of a known analyte, in its canonical unit, and grows old."""
    path: Path = ("facts", name)
    if analyte not in ANALYTES:
        faults.unknown((*path, "lab"), "analyte", analyte, ANALYTES)
    elif fact.unit != ANALYTES[analyte].unit:
        mend = "write the canonical unit of the analyte"
        faults.add("unit", (*path, "unit"), f"fact {name} is in {fact.unit or 'no unit'}", ANALYTES[analyte].unit, mend)
    if fact.valid_for is None:
        mend = "name the setting that says how long a value holds"
        faults.add("fact", path, f"fact {name} never grows old", "valid_for", mend)


def units(form: PathwayForm, names: Mapping[str, Kind], faults: Faults, computed: Mapping[str, Computed]) -> None:
    """What a fact is made of or compared with is in its unit."""
    for name, fact in form.facts.items():
        path: Path = ("facts", name)
        for index, line in enumerate(fact.lines):
            same(names, name, line, (*path, "lines", index), faults)
        for index, part in enumerate(fact.difference or ()):
            same(names, name, part, (*path, "difference", index), faults)
        function = computed.get(fact.computed or "")
        if function is None:
            continue
        for given, unit in function.inputs:
            if given not in fact.from_:
                happened, mend = (
                    f"fact {name} leaves out {given}",
                    "bind it in `from`, or know that it is always missing",
                )
                faults.add("input", path, happened, f"every input of {fact.computed}", mend, severity="warning")
            elif not faults.doubts([fact.from_[given]]):
                bound(names.get(fact.from_[given]), unit, (*path, "from", given), fact.from_[given], faults)


def panels(form: PathwayForm, faults: Faults) -> None:
    """The scale of a drawing is two numbers in the unit of its fact, the lowest first."""
    for name, panel in form.panels.items():
        low, high = (quantity(text) for text in panel.scale)
        analyte = ANALYTES.get(form.facts[name].lab or "") if name in form.facts else None
        if analyte is None:
            continue
        wanted = analyte.unit
        if low is None or high is None or low[0] >= high[0] or {low[1], high[1]} != {wanted}:
            happened, mend = f"the scale of {name} is {panel.scale[0]} to {panel.scale[1]}", "mend the scale"
            faults.add("scale", ("panels", name, "scale"), happened, f"the lowest and the highest in {wanted}", mend)


def same(names: Mapping[str, Kind], name: str, other: str, path: Path, faults: Faults) -> None:
    """A number is in the unit of a fact."""
    kind, wanted = names.get(other), names.get(name)
    if kind is None or wanted is None or kind.type != "number" or faults.doubts([name, other]):
        return
    if kind.unit != wanted.unit:
        expected = wanted.unit or "no unit"
        faults.add("unit", path, f"{other} is in {kind.unit or 'no unit'}", expected, f"write it in the unit of {name}")


def bound(kind: Kind | None, unit: str, path: Path, fact: str, faults: Faults) -> None:
    """A fact is what an input of a computed fact wants: a number in a unit, or a word."""
    if kind is None:
        return
    if not unit:
        if kind.type not in ("enum", "bool"):
            faults.add("type", path, f"{fact} is a {kind.type}", "a word", "bind another fact")
    elif kind.type != "number":
        faults.add("type", path, f"{fact} is no number", f"a number in {unit}", "bind another fact")
    elif kind.unit != ("" if unit == "1" else unit):
        faults.add("unit", path, f"{fact} is in {kind.unit or 'no unit'}", unit, "bind a fact in this unit")
