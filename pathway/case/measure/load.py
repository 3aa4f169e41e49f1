"""Loading a file of indicators: text in, checked against its definition, or every fault at once with its place."""

from importlib.resources import files
from typing import get_args

import msgspec

from pathway.case.events import AnyBody
from pathway.case.measure.form import IndicatorForm, IndicatorsForm, PatternForm
from pathway.case.measure.pattern import BESIDE, RECORDED
from pathway.case.measure.vocabulary import literals, vocabulary
from pathway.clinical.instant import span
from pathway.clinical.reading import Interval
from pathway.definition.checker.faults import Faults
from pathway.definition.checker.shape import fitted, toml
from pathway.definition.errors import DefinitionError
from pathway.definition.pathway import Pathway
from pathway.definition.place import Path

FILE = "indicators.toml"
TYPES = {each.__name__: each for each in get_args(AnyBody)}


class Indicators(msgspec.Struct, frozen=True):
    """Indicators that fit their definition."""

    form: IndicatorsForm
    pathway: Pathway


def indicators_beside(pathway: Pathway) -> Indicators | None:
    """The indicators that come with a shipped pathway; None where it has none, or has them for another version.

    Raises DefinitionError.
    """
    file = files("pathway.definitions").joinpath(pathway.name, FILE)
    if not file.is_file():
        return None
    found = load_indicators(file.read_text("utf-8"), pathway, f"{pathway.name}/{FILE}")
    return found if found.form.version == pathway.form.version else None


def load_indicators(text: str, pathway: Pathway, file: str = FILE) -> Indicators:
    """The indicators of a text. Raises DefinitionError with every fault, each with its line."""
    faults = Faults(file, text)
    raw = toml(text, faults)
    form = None if raw is None else fitted(raw, IndicatorsForm, faults)
    if form is not None and form.pathway != pathway.name:
        faults.unknown(("pathway",), "pathway", form.pathway, [pathway.name])
    elif form is not None and form.version == pathway.form.version:
        Checker(form, pathway, faults).check()
    if form is None or faults.found:
        raise DefinitionError(faults.sorted())
    return Indicators(form, pathway)


class Checker:
    """Looks whether everything that a file of indicators names is there, in the definition or among the events."""

    def __init__(self, form: IndicatorsForm, pathway: Pathway, faults: Faults) -> None:
        self.form, self.pathway, self.faults = form, pathway, faults
        self.known = vocabulary(pathway.form)

    def check(self) -> None:
        """Note every fault."""
        seen: set[str] = set()
        for index, each in enumerate(self.form.indicators):
            path: Path = ("indicators", index)
            if each.id in seen:
                self.faults.add("twice", (*path, "id"), f"{each.id} is there twice", "an id of its own", "rename one")
            seen.add(each.id)
            self.indicator(each, path)
        for index, shut in enumerate(self.form.exclude):
            self.pattern(PatternForm(event=shut.event, where=shut.where), ("exclude", index))

    def indicator(self, form: IndicatorForm, path: Path) -> None:
        """One indicator."""
        parts = ("start", "stop", "moved", "population", "announced", "void", "not_done")
        for part in parts:
            for index, each in enumerate(getattr(form, part)):
                self.pattern(each, (*path, part, index))
        for index, each in enumerate(form.during):
            place = (*path, "during", index)
            self.pattern(PatternForm(event=each.event, where=each.where, at=each.at), place)
            self.words(each.event, each.latest, each.where, (*place, "latest"))
        self.groups(form, path)
        self.limits(form, path)
        self.needed(form, path)
        self.shared(form, path)

    def needed(self, form: IndicatorForm, path: Path) -> None:
        """What goes together."""
        if form.kind == "interval" and not form.stop:
            self.faults.add("lacks", path, f"{form.id} has no stop", "what it is timed to", "add stop")
        if form.void and not form.voided:
            self.faults.add("lacks", path, f"{form.id} has void and no voided", "the reason in words", "add voided")

    def shared(self, form: IndicatorForm, path: Path) -> None:
        """The fields by which events belong together, and that in which something is due."""
        wanted = [("due", "start", form.due)] if form.due else []
        wanted += [("same", part, name) for name in form.same for part in ("start", "moved", "void")]
        for there, here in form.join.items():
            wanted += [("join", "stop", there), ("join", "start", here)]
        for key, part, name in wanted:
            for each in getattr(form, part):
                self.field(each.event, name, (*path, key))

    def groups(self, form: IndicatorForm, path: Path) -> None:
        """The ways to divide an indicator."""
        for index, each in enumerate(form.by):
            place = (*path, "by", index)
            if (bool(each.start), bool(each.stop), bool(each.event)).count(True) != 1:
                happened, expected = "a group names not exactly one thing", "start, stop or event"
                self.faults.add("group", place, happened, expected, "keep one of them")
            for name, some in ((each.start, form.start), (each.stop, form.stop)):
                if name and some and not any(self.has(one.event, name) for one in some):
                    self.field(some[0].event, name, place)
            if each.event:
                self.pattern(PatternForm(event=each.event, where=each.where), place)
                self.field(each.event, each.field, place)

    def limits(self, form: IndicatorForm, path: Path) -> None:
        """The limits: settings by name, or spans with their unit."""
        if form.window and len(form.window) != 2:
            happened = f"the window of {form.id} has {len(form.window)} limits"
            self.faults.add("window", (*path, "window"), happened, "two, empty for none", "write both")
        for index, text in enumerate(form.window):
            if text and not self.is_span(text):
                self.faults.unknown((*path, "window", index), "span or setting", text, self.pathway.settings)
        if form.kind != "range":
            return
        fact = self.pathway.form.facts.get(form.fact)
        if fact is None or not fact.lab:
            labs = [name for name, each in self.pathway.form.facts.items() if each.lab]
            self.faults.unknown((*path, "fact"), "laboratory fact", form.fact, labs)
        self.line(form.at_least, (*path, "at_least"))

    def is_span(self, text: str) -> bool:
        """Whether a text is a span, or the name of a setting that is one."""
        found = self.pathway.settings.get(text)
        if found is not None:
            return isinstance(found.value, int)
        try:
            span(text)
        except ValueError:
            return False
        return True

    def line(self, setting: str, path: Path) -> None:
        """A setting that must be a number."""
        found = self.pathway.settings.get(setting)
        if found is None or not isinstance(found.value, Interval):
            numbers = [name for name, each in self.pathway.settings.items() if isinstance(each.value, Interval)]
            self.faults.unknown(path, "setting with a number", setting, numbers)

    def pattern(self, form: PatternForm, path: Path) -> None:
        """One pattern: its type, its fields and their words."""
        if form.event not in TYPES:
            self.faults.unknown((*path, "event"), "event", form.event, TYPES)
            return
        self.words(form.event, form.where, form.where, (*path, "where"))
        if form.at and form.at != RECORDED:
            self.field(form.event, form.at, (*path, "at"))
        if form.below:
            self.line(form.below, (*path, "below"))

    def words(
        self, event: str, said: dict[str, tuple[str, ...]], where: dict[str, tuple[str, ...]], path: Path
    ) -> None:
        """The words that fields may hold, as far as it is settled which words they can hold."""
        if event not in TYPES:
            return
        for name, words in said.items():
            if not self.field(event, name, (*path, name)):
                continue
            known = self.known_to(event, name, {**where, **said})
            for index, word in enumerate(words):
                if known is not None and word not in known:
                    self.faults.unknown((*path, name, index), name.replace("_", " "), word, sorted(known))

    def known_to(self, event: str, name: str, where: dict[str, tuple[str, ...]]) -> frozenset[str] | None:
        """The words that a field can hold; None where that is open."""
        if settled := literals(TYPES[event], name):
            return settled
        own = {"value": ("finding", self.known.values), "choice": ("reminder", self.known.answers)}
        if name in own and own[name][0] in where:
            by, held = own[name]
            return frozenset().union(*(held.get(each, frozenset()) for each in where[by]))
        return self.known.words.get(name)

    def has(self, event: str, name: str) -> bool:
        """Whether events of a type have a field."""
        kind = TYPES.get(event)
        return kind is not None and (name in BESIDE or name in kind.__struct_fields__)

    def field(self, event: str, name: str, path: Path) -> bool:
        """Whether events of a type have a field; a fault where not."""
        if event in TYPES and not self.has(event, name):
            self.faults.unknown(path, f"field of {event}", name, (*TYPES[event].__struct_fields__, *BESIDE))
            return False
        return True
