"""The reference pages that are made from the code: `python docs/generate.py` writes them, the build of the docs too.

Nothing in them is written by hand; tests/docs/test_reference.py fails when a page and the code disagree.
"""

import ast
import importlib
import inspect
import pkgutil
import re
import types
from collections.abc import Iterable, Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

import msgspec

import pathway
import persistence
import scheduler
import ward
from pathway.case.commands import AnyCommand, Command, Report, Request
from pathway.case.envelope import VERSIONS, By, Event
from pathway.case.events import AnyBody, Sealed
from pathway.case.measure import METHOD, IndicatorForm, indicators_beside
from pathway.definition.demands import DEMANDS
from pathway.definition.form import FactForm
from pathway.definition.guard import ANSWER_WORDS, RESERVED, Kind, tree
from pathway.definition.load import shipped
from pathway.definition.names import OWN, fact_kinds
from pathway.engine.errors import WardpathError
from pathway.engine.ports import Notice
from pathway.site.commands import AnySiteCommand, SiteCommand
from pathway.site.events import AnySiteBody, DefinitionWithdrawn
from ward.wiring import SHIPPED

REFERENCE = Path(__file__).resolve().parent / "reference"
SOURCE = Path(pathway.__file__).resolve().parent
MADE = "% Made by docs/generate.py from the code. Do not edit.\n"
PACKAGES = (pathway, persistence, scheduler, ward)
#: One fact of each kind, as small as a file can write it, to see what hangs on it.
KINDS: dict[str, dict[str, Any]] = {
    "lab": {"lab": "x", "unit": "u", "valid_for": "v"},
    "finding": {"finding": ("a", "b")},
    "flag": {"flag": True},
    "exposure": {"exposure": "x"},
    "products": {"products": ("x",)},
    "course": {"course": True},
    "difference": {"difference": ("a", "b"), "unit": "u"},
}


def pages() -> dict[str, str]:
    """File name to text, for every page that is made."""
    made = {"commands.md": commands(), "events.md": events(), "language.md": language(), "errors.md": errors()}
    return made | {"indicators.md": indicators()}


def write(folder: Path = REFERENCE) -> None:
    """Write the pages that are not there or have changed."""
    for name, text in pages().items():
        path = folder / name
        if not path.exists() or path.read_text("utf-8") != text:
            path.write_text(text, encoding="utf-8", newline="\n")


# --- pages -----------------------------------------------------------------------------------------------------------


def commands() -> str:
    """The page of commands."""
    every = (*get_args(AnyCommand), *get_args(AnySiteCommand))
    parts = [
        MADE,
        "# Commands\n",
        said(inspect.getmodule(Command)),
        (
            "A command is one JSON object whose `type` is its name; `wardpath do` and `Engine.handle` take the same. "
            "Instants are RFC 3339 text on the command line and microseconds since 1970 inside.\n"
        ),
        "## What every command carries\n",
        said(Command),
        table(Command),
        "`By` says who speaks:\n",
        table(By),
    ]
    for kind, heading in ((Request, "Requests"), (Report, "Reports"), (SiteCommand, "Commands to the site")):
        own = set(Command.__struct_fields__)
        parts += [f"## {heading}\n", said(kind)]
        if more := set(kind.__struct_fields__) - own:
            parts += [f"Beside what every command carries, a {kind.__name__.lower()} carries:\n", table(kind, own)]
            own |= more
        for each in (each for each in every if issubclass(each, kind)):
            parts += [f"### {each.__name__}\n", said(each), table(each, own)]
    return page(parts)


def events() -> str:
    """The page of events."""
    parts = [
        MADE,
        "# Events\n",
        said(inspect.getmodule(Sealed)),
        "## The envelope\n",
        said(Event),
        table(Event),
        "Free text stands in a `Sealed`:\n",
        table(Sealed),
        "## Types\n",
    ]
    for each in get_args(AnyBody):
        version = VERSIONS.get(each.__name__, 1)
        parts += [f"### {each.__name__}\n", said(each), f"Version {version}.\n", table(each)]
    parts += ["## Types in the streams of the site\n", said(inspect.getmodule(DefinitionWithdrawn))]
    for each in get_args(AnySiteBody):
        parts += [f"### {each.__name__}\n", said(each), "Version 1.\n", table(each)]
    parts += ["## Notices\n", "Events that tell somebody leave notices beside them.\n", said(Notice), table(Notice)]
    return page(parts)


def language() -> str:
    """The page of the guard language."""
    words = ", ".join(f"{number} {word}" for number, word in enumerate(ANSWER_WORDS))
    parts = [
        MADE,
        "# The guard language\n",
        f"A guard is a sentence about facts. Its answer is one of: {words}. An instant is a moment in words.\n",
        "## Leaves\n",
        forms(tree.Leaf),
        "## What joins them\n",
        forms(set(get_args(tree.Guard)) - set(get_args(tree.Leaf))),
        "## Instants\n",
        forms(tree.When),
        "## Literals\n",
        forms((tree.Quantity, tree.Lapse)),
        "## Names\n",
        "Settings, facts, conditions, latches, choices and regions share one namespace. On a fact hangs:\n",
        rows(("Kind of fact", "Its own name is", "Under it"), map(kind_row, KINDS)),
        (
            "A computed fact is what its function says, with `.at` and `.recorded`. `enrolled` and `presented` are "
            f"instants of the case. In a reminder also: {listed(sorted(OWN))}, and `it` with what hangs on it.\n"
        ),
        "## Settings that the engine asks for\n",
        rows(("Setting", "Kind", "What it decides"), ((code(name), kind, text) for name, kind, text in DEMANDS)),
        "## Reserved words\n",
        f"{listed(sorted(RESERVED))}\n",
        "## Grammar\n",
        f"```text\n{(files('pathway.definition.guard') / 'grammar.lark').read_text('utf-8').rstrip()}\n```\n",
    ]
    return page(parts)


def errors() -> str:
    """The page of errors and refusals."""
    found = sorted(error_classes(), key=lambda each: (each.__module__.split(".")[0], each.code))
    parts = [
        MADE,
        "# Errors and refusals\n",
        (
            "A refusal is an answer: the request was understood and not carried out. An error is what goes wrong "
            "besides. Both have a stable code and say what happened, what was expected and how to mend it.\n"
        ),
        "## Refusals\n",
        (
            "Reports are only ever refused when they cannot be read or name nothing that exists; they then go to "
            "quarantine.\n"
        ),
        rows(("Code", "Said as"), refusals()),
        "## Errors\n",
        f"```text\n{chr(10).join(branches(WardpathError, ''))}\n```\n",
        rows(
            ("Code", "Class", "When"),
            ((code(each.code), code(f"{each.__module__}.{each.__name__}"), first_line(each)) for each in found),
        ),
        "## Faults of a guard\n",
        rows(("Code",), ([code(each)] for each in guard_codes())),
        "What can be wrong with the rest of a pathway file stands in {doc}`format`.\n"
        if (REFERENCE / "format.md").exists()
        else "",
    ]
    return page(parts)


def indicators() -> str:
    """The page of indicators."""
    parts = [MADE, "# Indicators\n", "How they are asked for and read is told in {doc}`/how-to/indicators`.\n"]
    for name, version in SHIPPED:
        found = indicators_beside(shipped(name, version))
        if found is None:
            continue
        parts.append(f"## {code(name)} version {version}\n")
        heads = ("No", "What", "Counted in", "Numerator", "Denominator", "Published", "Source")
        parts.append(rows(heads, (indicator(each) for each in found.form.indicators)))
        parts.append("Left out of all of them, with their number:\n")
        parts.append(rows(("Reason", "Event"), ((each.reason, code(each.event)) for each in found.form.exclude)))
    parts += [
        f"Quartiles are {METHOD}.\n",
        "## The file\n",
        said(inspect.getmodule(IndicatorForm)),
        said(IndicatorForm),
    ]
    return page([*parts, table(IndicatorForm)])


def indicator(form: IndicatorForm) -> tuple[str, ...]:
    """The row of one indicator."""
    counted = {"count": "cases", "range": "hours"}.get(form.kind, "cases" if form.each == "case" else "times")
    denominator = " ".join(filter(None, (f"{form.denominator}.", form.note)))
    published = "; ".join(f"{each.text} ({each.source})" for each in form.published)
    return form.id, form.title, counted, form.numerator, denominator, published, ", ".join(form.source)


# --- what stands in them ---------------------------------------------------------------------------------------------


def page(parts: Iterable[str]) -> str:
    """Parts with a blank line between them."""
    return "\n".join(part for part in parts if part)


def said(thing: object) -> str:
    """The docstring of a class or module."""
    return f"{inspect.getdoc(thing) or ''}\n"


def first_line(thing: object) -> str:
    """The first sentence of a docstring."""
    return (inspect.getdoc(thing) or "").split("\n\n")[0].replace("\n", " ")


def table(kind: type[msgspec.Struct], without: Iterable[str] = ()) -> str:
    """The fields of a struct: name, type, default."""
    hints = get_type_hints(kind)
    left_out = set(without)
    found = [
        (code(each.encode_name), code(typed(hints[each.name])), default(each))
        for each in msgspec.structs.fields(kind)
        if each.name not in left_out
    ]
    return rows(("Field", "Type", "Default"), found) if found else "No fields of its own.\n"


def default(field: msgspec.structs.FieldInfo) -> str:
    """What a field is when it is left out."""
    if field.default is not msgspec.NODEFAULT:
        return code(repr(field.default)) if field.default != "" else "empty"
    return "must be given" if field.default_factory is msgspec.NODEFAULT else "empty"


def typed(hint: Any) -> str:
    """A type as people write it."""
    if hint is type(None):
        return "None"
    origin, inside = get_origin(hint), get_args(hint)
    if origin is Literal:
        return " or ".join(repr(each) for each in inside)
    if origin in (Union, types.UnionType):
        if all(isinstance(each, type) and issubclass(each, msgspec.Struct) for each in inside):
            return "any of the types below"
        return " or ".join(typed(each) for each in inside)
    if origin is not None:
        return f"{origin.__name__}[{', '.join('...' if each is ... else typed(each) for each in inside)}]"
    return str(getattr(hint, "__name__", hint))


def forms(union: Any) -> str:
    """The forms of the language in a union of tree nodes, with what they mean."""
    kinds = sorted(set(get_args(union) or union), key=lambda each: inspect.getsourcelines(each)[1])
    return "\n".join(f"- {first_line(each)}" for each in kinds) + "\n"


def kind_row(kind: str) -> tuple[str, str, str]:
    """A kind of fact, its type, and what hangs on it."""
    found = fact_kinds("x", FactForm(title="", **KINDS[kind]), {})
    under = [f".{name.partition('.')[2]}" for name in found if "." in name]
    return code(kind), worded(found["x"]), listed(sorted(under))


def worded(kind: Kind) -> str:
    """The type of a name in words."""
    values = f": {', '.join(kind.values)}" if kind.values and kind.values != ("a", "b") else ""
    return {"enum": "a word", "number": "a number with its unit", "bool": "yes or no"}.get(
        kind.type, kind.type
    ) + values


def error_classes() -> list[type[Any]]:
    """Every exception of the product that has a code of its own."""
    found = {}
    for package in PACKAGES:
        for each in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if each.name.startswith("persistence.migrations") or each.name.endswith("__main__"):
                continue
            module = importlib.import_module(each.name)
            for kind in vars(module).values():
                if isinstance(kind, type) and issubclass(kind, Exception) and kind.__module__ == module.__name__:
                    found[f"{kind.__module__}.{kind.__name__}"] = kind
    return [each for each in found.values() if isinstance(vars(each).get("code"), str)]


def branches(error: type[Exception], indent: str) -> Iterator[str]:
    """The tree of errors under one, each with its code where it has one of its own; every package is imported then."""
    own = vars(error).get("code")
    yield indent + error.__name__ + (f" ({own})" if own else "")
    for each in sorted(error.__subclasses__(), key=lambda each: each.__name__):
        if each.__module__.partition(".")[0] in {package.__name__ for package in PACKAGES}:
            yield from branches(each, indent + "  ")


def refusals() -> list[tuple[str, str]]:
    """Every code that a refusal in `pathway` can have, with the messages it comes with."""
    found: dict[str, dict[str, None]] = {}
    for path in sorted(SOURCE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            match node:
                case ast.Call(func=ast.Name(id="Refusal"), args=[first, second, *_]):
                    for name in constants(first):
                        found.setdefault(name, {})[message(second)] = None
    return [(code(name), "; ".join(filter(None, texts))) for name, texts in sorted(found.items())]


def constants(node: ast.expr) -> Iterator[str]:
    """The texts that an expression may be."""
    match node:
        case ast.Constant(value=str() as text):
            yield text
        case ast.IfExp(body=one, orelse=other):
            yield from constants(one)
            yield from constants(other)


def message(node: ast.expr) -> str:
    """A message with its gaps by their names; empty for one that another refusal gave."""
    match node:
        case ast.Constant(value=str() as text):
            return text
        case ast.JoinedStr(values=parts):
            return "".join(map(gap, parts))
        case ast.Attribute(value=ast.Name(id="form")):
            return "what the pathway's file says"
    return ""


def gap(part: ast.expr) -> str:
    """A part of a message: its text, `{name}` for a variable, `...` for anything longer."""
    match part:
        case ast.Constant(value=text):
            return str(text)
        case ast.FormattedValue(value=ast.Name(id=name)):
            return f"{{{name}}}"
    return "..."


def guard_codes() -> list[str]:
    """The codes of what can be wrong with a guard."""
    folder = SOURCE / "definition" / "guard"
    text = "".join(path.read_text("utf-8") for path in sorted(folder.glob("*.py")))
    return sorted(set(re.findall(r'"(guard_[a-z_]+)"', text)))


def rows(heads: tuple[str, ...], body: Iterable[Iterable[str]]) -> str:
    """A table."""
    lines = [heads, ["---"] * len(heads), *body]
    return "\n".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |" for line in lines) + "\n"


def listed(words: Iterable[str]) -> str:
    """Words as code, with commas."""
    return ", ".join(map(code, words))


def code(text: str) -> str:
    """Text as code."""
    return f"`{text}`"


if __name__ == "__main__":
    write()
