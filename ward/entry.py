"""Entry: a command as people, files and other programs write it, read into the command it means."""

import re
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from types import NoneType
from typing import Any, Literal, cast, get_args, get_origin, get_type_hints

import msgspec

from pathway.case.commands import TEXT_LIMIT, AnyCommand, Command, Enrol
from pathway.clinical.instant import Instant, instant
from pathway.site.commands import AnySiteCommand
from ward.errors import NotUnderstood

#: Every command by its name.
COMMANDS: dict[str, type[Command]] = {
    each.__name__: each for each in (*get_args(AnyCommand), *get_args(AnySiteCommand))
}
#: A command has a handful of texts of TEXT_LIMIT characters, of up to four bytes each; more is no command.
BYTES_LIMIT = 16 * TEXT_LIMIT
ENUM_VALUE = re.compile(r"Invalid enum value '.*'(?= - at|$)", re.DOTALL)


def from_json(text: str | bytes) -> AnyCommand:
    """One command from JSON with its `type`; instants are RFC 3339 text or microseconds. Raises NotUnderstood."""
    if len(text) > BYTES_LIMIT:
        raise NotUnderstood(f"the command has more than {BYTES_LIMIT} bytes", "one command", "send commands one by one")
    try:
        raw = msgspec.json.decode(text)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise NotUnderstood("the command is no JSON", "one JSON object", "see `wardpath do --help`") from error
    if not isinstance(raw, dict):
        raise NotUnderstood("the command is no JSON object", "one JSON object", "see `wardpath do --help`")
    return entered(raw)


def entered(raw: Mapping[str, Any], *, lax: bool = False) -> AnyCommand:
    """The command that a mapping with its `type` means. `lax`: numbers and yes-no may be text, as on a command line.

    Raises NotUnderstood, which names the field and never what stood in it.
    """
    name = raw.get("type")
    kind = COMMANDS.get(name) if isinstance(name, str) else None
    if kind is None:
        raise NotUnderstood("the command has no known type", "one of " + ", ".join(sorted(COMMANDS)), "name its `type`")
    read = {key: moment(key, value) if key in instants(kind) else value for key, value in raw.items()}
    if kind is Enrol and isinstance(raw.get("history"), list):
        read["history"] = [told(raw, each, number) for number, each in enumerate(raw["history"], start=1)]
    try:
        found = cast("AnyCommand", msgspec.convert(read, type=kind, strict=not lax))
    except msgspec.ValidationError as error:
        said = ENUM_VALUE.sub("a word it does not take", str(error)).replace(" - at `$.", " - in `")
        raise NotUnderstood(
            f"{name}: {said}", expected(kind, str(error)), f"see `wardpath do {name} --help`"
        ) from error
    refuse_long(found)
    return found


def told(enrolment: Mapping[str, Any], entry: Any, number: int) -> Any:
    """An entry of the history of an enrolment: of the same case and, unless it says otherwise, by the same person.

    Raises NotUnderstood, which names the entry.
    """
    if not isinstance(entry, Mapping):
        raise NotUnderstood(f"entry {number} of the history is no report", "a table with its `type`", "write it so")
    own = {"id": f"{enrolment.get('id')}/{number}", "case": enrolment.get("case"), "by": enrolment.get("by")}
    try:
        return msgspec.to_builtins(entered({**own, **entry}))
    except NotUnderstood as error:
        raise NotUnderstood(f"entry {number} of the history: {error.happened}", error.expected, error.mend) from error


@cache
def instants(kind: type[Command]) -> frozenset[str]:
    """The fields of a command that hold an instant."""
    return frozenset(name for name, hint in hints(kind).items() if hint is Instant or Instant in get_args(hint))


def hints(kind: type[Command]) -> dict[str, Any]:
    """The fields of a command with their types, in their order."""
    found = get_type_hints(kind)
    return {name: found[name] for name in kind.__struct_fields__}


def words_of(hint: Any) -> tuple[str, ...]:
    """The words that a field takes, empty where it takes any."""
    return get_args(hint) if get_origin(hint) is Literal else ()


def optional(hint: Any) -> bool:
    """Whether a field may be nothing."""
    return NoneType in get_args(hint)


def moment(field: str, value: Any) -> Any:
    """An instant of a field: RFC 3339 text, a datetime with its zone, or microseconds as they are."""
    if not isinstance(value, str | datetime):
        return value
    try:
        return instant(value)
    except ValueError as error:
        raise NotUnderstood(
            f"the time in {field} cannot be read",
            "a time with its zone, such as 2026-03-05T03:10+01:00 or 2026-03-05T02:10Z",
            "write it so",
        ) from error


def expected(kind: type[Command], problem: str) -> str:
    """What the field that a problem names would have taken."""
    found = re.search(r"\$\.([a-z0-9_]+)", problem)
    words = words_of(hints(kind).get(found[1])) if found else ()
    if words:
        return f"{found[1] if found else ''} to be one of {', '.join(words)}"
    return f"the fields of {kind.__name__}"


def refuse_long(command: Command) -> None:
    """Raises NotUnderstood for a text longer than a field may be."""
    for name in command.__struct_fields__:
        value = getattr(command, name)
        if isinstance(value, str) and len(value) > TEXT_LIMIT:
            raise NotUnderstood(f"{name} is longer than {TEXT_LIMIT} characters", "a page, not a book", "shorten it")
