"""Elements of an event log: attributes by their kinds, one on each line, in characters that XML knows."""

import re
from collections.abc import Iterable, Mapping
from datetime import UTC
from xml.etree import ElementTree as ET

from pathway.clinical.instant import Instant, utc

#: What no document of XML 1.0 may hold, not even escaped.
NO_CHARACTER = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
REPLACEMENT = "\ufffd"
INDENT = "  "

#: A value of an attribute: text, a whole number, yes or no, or an instant in `When`.
Value = str | int | bool | None


class When(int):
    """An instant among values: microseconds in UTC."""


Attributes = Mapping[str, Value]


def attributes(found: Attributes) -> Iterable[ET.Element]:
    """The attributes that say something, in their order; what is None or empty says nothing."""
    for key, value in found.items():
        if value is None or value == "":
            continue
        yield attribute(key, value)


def attribute(key: str, value: str | int | bool) -> ET.Element:
    """One attribute of the kind of its value; identities have a kind of their own."""
    match value:
        case bool():
            return element("boolean", key=key, value="true" if value else "false")
        case When():
            return element("date", key=key, value=moment(Instant(value)))
        case int():
            return element("int", key=key, value=str(value))
    return element("id" if key == "identity:id" else "string", key=key, value=value)


def element(tag: str, **said: str) -> ET.Element:
    """An element; a character that XML does not know is replaced."""
    return ET.Element(tag, {name: NO_CHARACTER.sub(REPLACEMENT, text) for name, text in said.items()})


def moment(at: Instant) -> str:
    """An instant with its offset, which is always that of UTC: some readers take a zone for another one."""
    return utc(at).astimezone(UTC).isoformat(timespec="microseconds")


def lines(found: ET.Element, depth: int) -> str:
    """An element with all that is in it, each on a line of its own."""
    ET.indent(found, INDENT, depth)
    return f"{INDENT * depth}{ET.tostring(found, 'unicode')}\n"
