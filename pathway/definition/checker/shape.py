"""Shape: a TOML text as a form, with every key that has no place in one, is missing, or is of another type."""

import re
import tomllib
from functools import cache
from types import UnionType
from typing import Any, Literal, NamedTuple, TypeVar, Union, get_args, get_origin, get_type_hints

import msgspec

from pathway.definition.checker.faults import Faults, nearest
from pathway.definition.form import Form, PathwayForm
from pathway.definition.place import Path, Place

TOML_PLACE = re.compile(r" \(at line (\d+), column (\d+)\)| \(at end of document\)")
WORDS = {str: "a text", int: "a whole number", bool: "true or false", dict: "a table", list: "a list"}
#: How much of a file stands in an entry of its own: `reminders 3`, `facts pulse`.
ENTRY_DEPTH = 2
Shaped = TypeVar("Shaped", bound=Form)


class Field(NamedTuple):
    """One key of a form."""

    hint: Any
    required: bool


def read(text: str, faults: Faults) -> PathwayForm | None:
    """The form of a text; None when it is no TOML.

    What has no place is left out and what is missing is filled with nothing, so that the rest can be checked; entries
    that were mended so are `faults.misshapen`. A move that names no region is one of the only region there is.
    """
    raw = toml(text, faults)
    form = None if raw is None else fitted(raw, PathwayForm, faults)
    if form is None or len(form.regions) != 1:
        return form
    (only,) = form.regions
    moves = tuple(each if each.region else msgspec.structs.replace(each, region=only) for each in form.transitions)
    return msgspec.structs.replace(form, transitions=moves)


def toml(text: str, faults: Faults) -> dict[str, Any] | None:
    """A text as a table; None when it is no TOML."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        found = TOML_PLACE.search(str(error))
        at = Place(int(found[1]), int(found[2])) if found and found[1] else Place(text.count("\n") + 1, 1)
        what = TOML_PLACE.sub("", str(error))
        faults.add("toml", (), f"this is no TOML: {what}", "a TOML file", "mend it; the rest is read then", at=at)
        return None
    except RecursionError:
        faults.add("toml", (), "lists stand in lists beyond measure", "a pathway file", "mend it", at=Place(1, 1))
        return None


def fitted(raw: dict[str, Any], form: type[Shaped], faults: Faults) -> Shaped:
    """A table as a form, with every fault; what was mended is `faults.misshapen`."""
    try:
        return msgspec.convert(raw, form)
    except msgspec.ValidationError:
        fitter = Fitter(faults)
        mended = fitter.fit(raw, form, ())
        faults.misshapen |= fitter.entries
        declared = [path for path in fitter.entries if path[0] in ("settings", "facts", "regions")]
        faults.doubtful |= {str(path[1]) for path in declared if len(path) > 1}
        faults.lost = any(len(path) == 1 for path in declared)
        return msgspec.convert(mended, form)


class Fitter:
    """Fits a value to the type that its place wants, and says what had to be left out or filled in."""

    def __init__(self, faults: Faults) -> None:
        self.faults = faults
        self.entries: set[Path] = set()

    def fit(self, value: object, hint: Any, path: Path) -> Any:
        """The value, or as much of it as fits; an empty one of the type where nothing does."""
        hint = without_none(hint)
        wanted = get_origin(hint) or hint
        if wanted is Literal:
            if not any(type(value) is type(each) and value == each for each in get_args(hint)):
                self.wrong(path, f"{name_of(path)} is {value!r}", " or ".join(map(repr, get_args(hint))))
                return get_args(hint)[0]
            return value
        kind: type = dict if isinstance(wanted, type) and issubclass(wanted, Form) else wanted
        kind = list if kind is tuple else kind
        if type(value) is not kind:
            shown = WORDS.get(type(value), "something else")
            self.wrong(path, f"{name_of(path)} is {shown}", WORDS[kind])
            return self.fit(kind(), hint, path) if kind is not dict else empty(hint)
        if isinstance(value, dict):
            return self.table(value, hint, path)
        return self.array(value, get_args(hint), path) if isinstance(value, list) else value

    def table(self, value: dict[str, Any], hint: Any, path: Path) -> Any:
        """A table of names of one type, or the table of a form."""
        if get_origin(hint) is dict:
            return {name: self.fit(each, get_args(hint)[1], (*path, name)) for name, each in value.items()}
        known = fields(hint)
        for name in [name for name in value if name not in known]:
            near = nearest(name, known)
            self.wrong((*path, name), f"key {name!r} has no place here", "a key of the format", near)
        fitted = {name: self.fit(value[name], known[name].hint, (*path, name)) for name in value if name in known}
        for name in [name for name, each in known.items() if each.required and name not in value]:
            self.wrong(path, f"{name_of(path)} lacks {name}", f"{name}, always", mend=f"add {name}")
            fitted[name] = empty(known[name].hint)
            if not path:
                self.entries.add((name,))
        return fitted

    def array(self, value: list[Any], hints: tuple[Any, ...], path: Path) -> list[Any]:
        """A list of any length of one type, or a short one of given types."""
        if hints[1:] == (...,):
            return [self.fit(each, hints[0], (*path, index)) for index, each in enumerate(value)]
        if len(value) != len(hints):
            if (given := len(value)) or path not in self.entries:
                self.wrong(path, f"{name_of(path)} has {given} entries", f"{len(hints)}")
            return [empty(hint) for hint in hints]
        return [
            self.fit(each, hint, (*path, index)) for index, (each, hint) in enumerate(zip(value, hints, strict=True))
        ]

    def wrong(self, path: Path, happened: str, expected: str, near: str = "", mend: str = "") -> None:
        """Something that does not fit."""
        mend = mend or (f"did you mean {near}?" if near else "see the reference of the format, or its JSON schema")
        self.faults.add("form", path, happened, expected, mend, near=near)
        if len(path) >= ENTRY_DEPTH or path[:1] in (("enrol",), ("reviews",), ("failures",)):
            self.entries.add(path[:ENTRY_DEPTH])


@cache
def fields(form: type[Form]) -> dict[str, Field]:
    """The keys of a form, as they are written in a file."""
    hints = get_type_hints(form)
    return {each.encode_name: Field(hints[each.name], each.required) for each in msgspec.structs.fields(form)}


def empty(hint: Any) -> Any:
    """The least value of a type, as it would be read from a file."""
    hint = without_none(hint)
    wanted = get_origin(hint) or hint
    if wanted is Literal:
        return get_args(hint)[0]
    if isinstance(wanted, type) and issubclass(wanted, Form):
        return {name: empty(each.hint) for name, each in fields(wanted).items() if each.required}
    if wanted is tuple:
        return [] if get_args(hint)[1:] == (...,) else [empty(each) for each in get_args(hint)]
    return wanted()


def without_none(hint: Any) -> Any:
    """`X` of `X | None`."""
    if get_origin(hint) in (UnionType, Union):
        return next(each for each in get_args(hint) if each is not type(None))
    return hint


def name_of(path: Path) -> str:
    """A path in words: `reminders 3 due`, where lists count from 1."""
    shown = " ".join(str(part + 1) if isinstance(part, int) else part for part in path)
    return shown or "the file"
