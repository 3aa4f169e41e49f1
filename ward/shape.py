"""The shape of what is told as JSON: structs as objects with stable keys, instants as RFC 3339 in UTC, bytes as hex."""

from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from typing import Any, get_args, get_origin, get_type_hints

import msgspec

from pathway.clinical.instant import Instant, iso


def plain(value: Any, hint: Any = None) -> Any:
    """A value as JSON can hold it. `hint` is its type as its owner knows it: an instant is an int like others."""
    if isinstance(value, msgspec.Struct):
        hints = fields(type(value))
        return {name: plain(getattr(value, name), hints[name]) for name in value.__struct_fields__}
    if isinstance(value, Mapping):
        inner = (get_args(hint) or (None, None))[-1]
        return {str(key): plain(each, inner) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [plain(each, inner) for each, inner in zip(value, inners(hint, len(value)), strict=True)]
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, int) and not isinstance(value, bool) and is_instant(hint):
        return iso(value)
    return value


@cache
def fields(kind: type[msgspec.Struct]) -> dict[str, Any]:
    """The types of a struct's fields; its tag is a field as well."""
    return get_type_hints(kind)


def inners(hint: Any, count: int) -> list[Any]:
    """The types of a sequence's members."""
    for each in (hint, *get_args(hint)):
        if get_origin(each) in {tuple, list}:
            inner = get_args(each)
            return [inner[0]] * count if len(inner) != count or inner[-1] is ... else list(inner)
    return [None] * count


def is_instant(hint: Any) -> bool:
    """Whether a type is an instant, or one that may be missing."""
    return hint is Instant or Instant in get_args(hint)
