"""Reading a pathway file: text in, a checked `Pathway` out, or the first error with its line."""

import re
import tomllib
from collections.abc import Mapping
from decimal import Decimal
from difflib import get_close_matches
from hashlib import sha256
from importlib.resources import files

import msgspec

from pathway.clinical.computed import COMPUTED, TABLES
from pathway.clinical.instant import Instant, span
from pathway.clinical.quantity import ANALYTES
from pathway.clinical.reading import Reading, exactly
from pathway.definition.errors import DefinitionError
from pathway.definition.form import FactForm, PathwayForm, ReminderForm, SettingForm
from pathway.definition.guard import (
    GuardSyntaxError,
    Kind,
    Schema,
    check,
    compile_guard,
    compile_when,
    names_read,
    parse_guard,
    parse_instant,
)
from pathway.definition.mentions import mentions
from pathway.definition.names import names_of, setting_kind
from pathway.definition.pathway import Moment, Pathway, Rule, target
from pathway.definition.place import line_of, row_line
from pathway.definition.written import Path, guards

FORMAT = 1
#: What an aware reader of the error path calls `from_`.
ERROR_PATH = re.compile(r"\.([A-Za-z_0-9]+)|\[(\d+)\]")
UNKNOWN_FIELD = re.compile(r"unknown field `(\w+)`")
TOML_LINE = re.compile(r"at line (\d+)")
#: What a finding may say it is while unsaid, beside its values.
CANNOT_SAY_WORDS = "cannot say"
NUMBER_UNIT = re.compile(r"(\d+(?:\.\d+)?)(?: (\S+))?", re.ASCII)


def shipped(pathway: str, version: int) -> Pathway:
    """A pathway that comes with the product, such as `shipped("variant_apl", 1)`; else FileNotFoundError."""
    file = files("pathway.definitions").joinpath(pathway, f"v{version}.toml")
    return load(file.read_text("utf-8"), f"{pathway}/v{version}.toml")


def load(text: str, file: str = "pathway.toml") -> Pathway:
    """The pathway written in a text. Raises DefinitionError with the line of the first error."""
    return Loader(text, file).load()


class Loader:
    """One reading of one file; keeps the text for the lines of its errors."""

    def __init__(self, text: str, file: str) -> None:
        self.text, self.file = text, file
        self.rules: dict[str, Rule] = {}
        self.moments: dict[str, Moment] = {}

    def load(self) -> Pathway:
        """See `load`."""
        form = self.form()
        self.facts(form)
        settings = {name: self.setting(name, each) for name, each in form.settings.items()}
        names = names_of(form)
        self.duplicates(form)
        self.references(form, names)
        for path, where, guard, schema in guards(form, names):
            self.compile(path, where, guard, schema)
        self.cycles(form)
        bundle = self.bundle(form)
        return Pathway(
            form=form,
            digest=sha256(bundle).hexdigest(),
            bundle=bundle,
            names=names,
            settings=settings,
            rules=self.rules,
            moments=self.moments,
            reminders={each.id: each for each in form.reminders},
        )

    def form(self) -> PathwayForm:
        """The text as a form, or the first thing that has no place in one."""
        try:
            raw = tomllib.loads(self.text)
        except tomllib.TOMLDecodeError as error:
            found = TOML_LINE.search(str(error))
            line = int(found[1]) if found else 1
            raise DefinitionError("toml", self.file, line, "this is no TOML", "a TOML file", str(error)) from error
        try:
            return msgspec.convert(raw, PathwayForm)
        except msgspec.ValidationError as error:
            what, _, place = str(error).partition(" - at `$")
            path: Path = tuple(name or int(index) for name, index in ERROR_PATH.findall(place))
            if unknown := UNKNOWN_FIELD.search(what):
                path = (*path, unknown[1])
            raise self.wrong("form", path, "", what, "the form that docs describe", "see the JSON schema") from error

    def setting(self, name: str, form: SettingForm) -> Reading:
        """A setting as a reading, inside its bounds."""
        path: Path = ("settings", name)
        if form.rounds:
            return Reading(known=True, value=",".join(form.rounds), shown=", ".join(form.rounds))
        if form.value is None or form.bounds is None or form.safe is None:
            raise self.wrong(
                "setting", path, "", f"setting {name} is incomplete", "value, bounds and safe direction", "add them"
            )
        numbers = [self.amount(path, name, text) for text in (form.value, *form.bounds)]
        units = {each[1] for each in numbers}
        if len(units) > 1:
            raise self.wrong(
                "setting",
                path,
                "",
                f"setting {name} mixes units {sorted(units)}",
                "one unit",
                "write the bounds in the unit of the value",
            )
        value, low, high = (each[0] for each in numbers)
        if not low <= value <= high:
            raise self.wrong(
                "bounds",
                path,
                "",
                f"setting {name} is {form.value}",
                f"{form.bounds[0]} to {form.bounds[1]}",
                "choose a value inside its bounds",
            )
        if numbers[0][1] == "span":
            return Reading(known=True, value=Instant(int(value)), shown=form.value)
        return Reading(known=True, value=exactly(value), shown=form.value)

    def amount(self, path: Path, name: str, text: str) -> tuple[Decimal, str]:
        """A number with its unit; a span is microseconds with the unit `span`."""
        if setting_kind(SettingForm(source=(), value=text)).type == "span":
            return Decimal(span(text)), "span"
        found = NUMBER_UNIT.fullmatch(text)
        if not found:
            raise self.wrong(
                "setting",
                path,
                "",
                f"setting {name} says {text!r}",
                "a number with its unit, or a span",
                "write for instance 150 mg/dL or 6 h",
            )
        return Decimal(found[1]), found[2] or ""

    def facts(self, form: PathwayForm) -> None:
        """Each fact has one kind, and what it names exists outside the file."""
        for name, fact in form.facts.items():
            kinds = [
                fact.lab,
                fact.finding,
                fact.flag,
                fact.computed,
                fact.exposure,
                fact.products,
                fact.course,
                fact.difference,
            ]
            if sum(map(bool, kinds)) != 1:
                raise self.wrong(
                    "fact",
                    ("facts", name),
                    "",
                    f"fact {name} has {sum(map(bool, kinds))} kinds",
                    "exactly one",
                    "keep one of lab, finding, flag, computed, exposure, products, course, difference",
                )
            self.fact(name, fact)

    def fact(self, name: str, fact: FactForm) -> None:
        """What a fact names exists, in its unit."""
        path: Path = ("facts", name)
        if fact.lab is not None:
            if fact.lab not in ANALYTES:
                raise self.unknown(path, "analyte", fact.lab, list(ANALYTES))
            if fact.unit != ANALYTES[fact.lab].unit:
                raise self.wrong(
                    "unit",
                    path,
                    "",
                    f"fact {name} is in {fact.unit}",
                    ANALYTES[fact.lab].unit,
                    "write the canonical unit of the analyte",
                )
            if fact.valid_for is None:
                raise self.wrong(
                    "fact",
                    path,
                    "",
                    f"fact {name} never grows old",
                    "valid_for",
                    "name the setting that says how long a value holds",
                )
        if fact.computed is not None and fact.computed not in COMPUTED:
            raise self.unknown(path, "computed fact", fact.computed, list(COMPUTED))
        if fact.finding and fact.unsaid not in (None, CANNOT_SAY_WORDS, *fact.finding):
            raise self.unknown(path, "value", fact.unsaid or "", [*fact.finding, CANNOT_SAY_WORDS])
        if fact.finding and fact.unsaid is None:
            raise self.wrong(
                "unsaid", path, "", f"fact {name} does not say what it is while unsaid", "unsaid", "name a value"
            )

    def duplicates(self, form: PathwayForm) -> None:
        """Facts, settings, conditions, latches, choices and regions share one namespace; reminders have one id each."""
        seen: dict[str, str] = {}
        parts: dict[str, Mapping[str, object]] = {
            "settings": form.settings,
            "facts": form.facts,
            "conditions": form.conditions,
            "latches": form.latches,
            "choices": form.choices,
            "regions": form.regions,
        }
        for part, named in parts.items():
            for name in named:
                if name in seen:
                    raise self.wrong(
                        "duplicate",
                        (part, name),
                        "",
                        f"{name} stands in {seen[name]} too",
                        "one meaning for a name",
                        "rename one of them",
                    )
                seen[name] = part
        ids: set[str] = set()
        for index, reminder in enumerate(form.reminders):
            if reminder.id in ids:
                raise self.wrong(
                    "duplicate",
                    ("reminders", index),
                    "",
                    f"reminder {reminder.id} stands twice",
                    "one id for a reminder",
                    "rename one of them",
                )
            ids.add(reminder.id)

    def references(self, form: PathwayForm, names: dict[str, Kind]) -> None:
        """Phases, roles, drugs and settings that are named exist; critical reminders name their gaps."""
        for path, what, name, known in mentions(form, names):
            if name not in known:
                raise self.unknown(path, what, name, known)
        for index, move in enumerate(form.transitions):
            phases = form.regions[move.region].phases if move.region in form.regions else ()
            for phase in move.from_ if move.to == "same" else (*move.from_, move.to):
                if not any(leaf == phase or leaf.startswith(phase + ".") for leaf in phases) or (
                    phase == move.to and phase not in phases
                ):
                    raise self.unknown(("transitions", index), "phase", phase, list(phases))
            self.roles(form, ("transitions", index), move.by)
        drugs = [fact.exposure for fact in form.facts.values() if fact.exposure]
        asked = [(("requests", index), each.drug, each.by) for index, each in enumerate(form.requests)]
        asked += [(("stops", index), each.drug, each.by) for index, each in enumerate(form.stops)]
        for path, drug, by in asked:
            if drug not in drugs:
                raise self.unknown(path, "drug", drug, drugs)
            self.roles(form, path, by)
        for index, reminder in enumerate(form.reminders):
            self.reminder(form, index, reminder, names)

    def reminder(self, form: PathwayForm, index: int, reminder: ReminderForm, names: dict[str, Kind]) -> None:
        """A reminder has a due time at every level, a ladder, known roles, and no gap left to silence."""
        path: Path = ("reminders", index)
        levels = reminder.levels or ()
        if not (reminder.due or (levels and all(level.due for level in levels))):
            raise self.wrong(
                "due", path, "", f"reminder {reminder.id} has no due time", "due, or one at every level", "write due"
            )
        ladders = [level.ladder or reminder.ladder for level in levels] or [reminder.ladder]
        if not all(ladders):
            raise self.wrong(
                "ladder", path, "", f"reminder {reminder.id} tells nobody", "a ladder", "write whom it tells, and when"
            )
        roles = [target(to).role for ladder in ladders for rung in ladder for to in rung.to]
        roles += [role for each in reminder.acknowledge for role in each.by]
        roles += [role for answer in reminder.answers.values() for role in answer.by]
        self.roles(form, path, tuple(roles))
        for fact in reminder.opens_when_unknown:
            if fact not in names:
                raise self.unknown(path, "fact", fact, list(form.facts))
        repeats = [reminder.repeat, *(level.repeat for level in levels)]
        for repeat in filter(None, repeats):
            if names.get(repeat, Kind(type="bool")).type != "span":
                raise self.unknown(path, "span", repeat, [name for name, kind in names.items() if kind.type == "span"])

    def roles(self, form: PathwayForm, path: Path, roles: tuple[str, ...]) -> None:
        """Every role is one of the pathway's."""
        for role in roles:
            if role not in form.roles:
                raise self.unknown(path, "role", role, list(form.roles))

    def compile(self, path: Path, where: str, text: str, schema: Schema) -> None:
        """One guard or instant, checked against the names it may use and kept under its text."""
        try:
            if where == "moment":
                when = parse_instant(text)
                problems = check(when, schema)
                self.moments.setdefault(text, Moment(text, when, compile_when(when)))
            else:
                tree = parse_guard(text)
                problems = check(tree, schema)
                self.rules.setdefault(text, Rule(text, tree, compile_guard(tree)))
        except GuardSyntaxError as error:
            line = row_line(self.text, path, text) + error.line - 1
            raise DefinitionError(
                "guard_syntax", self.file, line, str(error), "a guard", "see the guard language"
            ) from error
        for problem in problems:
            line = row_line(self.text, path, text) + first_row(text, problem.name)
            what = "a guard over the pathway's names"
            raise DefinitionError("guard", self.file, line, str(problem.message), what, "mend the guard")

    def cycles(self, form: PathwayForm) -> None:
        """No condition, latch or choice rests on itself."""
        rests = {name: self.rests(form, name) for name in (*form.conditions, *form.latches, *form.choices)}

        def walk(name: str, trail: tuple[str, ...]) -> None:
            if name in trail:
                loop = " > ".join((*trail[trail.index(name) :], name))
                part = "conditions" if name in form.conditions else "latches" if name in form.latches else "choices"
                raise self.wrong("cycle", (part, name), "", f"{loop} rests on itself", "no circle", "break it")
            for each in sorted(rests.get(name, frozenset())):
                walk(each, (*trail, name))

        for name in rests:
            walk(name, ())

    def rests(self, form: PathwayForm, name: str) -> frozenset[str]:
        """The names that a condition, latch or choice reads."""
        if name in form.conditions:
            texts = [form.conditions[name]]
        elif name in form.latches:
            texts = [form.latches[name].when]
        else:
            choice = form.choices[name]
            if choice.by:
                return frozenset({choice.by})
            texts = [row.when for row in choice.rows if row.when]
        return frozenset(
            each.partition(".")[0] if each.partition(".")[0] != name else ""
            for text in texts
            for each in names_read(self.rules[text].tree)
        )

    def bundle(self, form: PathwayForm) -> bytes:
        """What a case keeps: format, text, hash of each data table, version of each computed fact."""
        computed = sorted({fact.computed for fact in form.facts.values() if fact.computed})
        return msgspec.json.encode(
            {"format": FORMAT, "text": self.text, "tables": dict(TABLES), "computed": computed}, order="sorted"
        )

    def unknown(self, path: Path, what: str, name: str, names: list[str]) -> DefinitionError:
        """An error for a name that is nowhere, with the nearest that is somewhere."""
        near = get_close_matches(name, names, n=1, cutoff=0)
        mend = f"did you mean {near[0]}?" if near else "add it"
        return self.wrong("unknown", path, name, f"{what} {name!r} is not known", f"a known {what}", mend)

    def wrong(self, code: str, path: Path, fragment: str, happened: str, expected: str, mend: str) -> DefinitionError:
        """An error at the line of a path."""
        line = row_line(self.text, path, fragment) if fragment else line_of(self.text, path)
        return DefinitionError(code, self.file, line, happened, expected, mend)


def first_row(text: str, name: str) -> int:
    """How many rows below its first a guard of several rows says a name; 0 where it does not."""
    said = re.compile(rf"(?<![\w.]){re.escape(name)}(?![\w.])")
    return next((row for row, each in enumerate(text.lstrip("\n").splitlines()) if name and said.search(each)), 0)
