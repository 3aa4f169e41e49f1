"""A chapter of the protocol book: items, each with labelled rows in words and its sources."""

import msgspec

from pathway.definition.say import Clause

Words = str | Clause | tuple[str, ...]


class Item(msgspec.Struct, frozen=True):
    """One rule, number or phase. `key` is its name in the file and never changes; `rows`: label and words."""

    key: str
    title: str
    rows: tuple[tuple[str, Words], ...]
    source: tuple[str, ...] = ()


class Chapter(msgspec.Struct, frozen=True):
    """A part of the book. `table`: its items are rows of one table, a column for each label, rather than sections."""

    key: str
    title: str
    lead: str
    items: tuple[Item, ...]
    table: bool = False


def rows(*given: tuple[str, Words | None]) -> tuple[tuple[str, Words], ...]:
    """The rows that say something."""
    return tuple((label, words) for label, words in given if words)
