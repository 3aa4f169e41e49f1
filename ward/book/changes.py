"""What differs between two versions of a pathway, in words: item by item, row by row."""

from typing import Literal

import msgspec

from pathway.definition.say import line
from ward.book.chapter import Chapter, Item, Words

Kind = Literal["added", "removed", "changed"]


class Changed(msgspec.Struct, frozen=True):
    """One item that differs. `rows`: label, words before, words after; empty words where there were none."""

    kind: Kind
    chapter: str
    key: str
    title: str
    rows: tuple[tuple[str, str, str], ...]


def changes(before: tuple[Chapter, ...], after: tuple[Chapter, ...]) -> tuple[Changed, ...]:
    """The differences, in the order of the newer book, removed items last in their chapter."""
    old = {each.key: each for each in before}
    new = {each.key: each for each in after}
    found: list[Changed] = []
    for key in {**new, **old}:
        title = (new.get(key) or old[key]).title
        items = {each.key: each for each in new[key].items} if key in new else {}
        gone = {each.key: each for each in old[key].items} if key in old else {}
        found += [
            one(title, item, gone.get(name), items.get(name))
            for name, item in {**gone, **items}.items()
            if gone.get(name) != items.get(name)
        ]
    return tuple(found)


def one(chapter: str, item: Item, before: Item | None, after: Item | None) -> Changed:
    """The difference of one item."""
    old, new = spoken(before), spoken(after)
    kind: Kind = "added" if before is None else "removed" if after is None else "changed"
    rows = tuple(
        (label, old.get(label, ""), new.get(label, "")) for label in {**old, **new} if old.get(label) != new.get(label)
    )
    return Changed(kind, chapter, item.key, item.title, rows)


def spoken(item: Item | None) -> dict[str, str]:
    """The rows of an item as plain text."""
    if item is None:
        return {}
    said = {label: plain(words) for label, words in item.rows}
    return {"Title": item.title, **said, "Source": ", ".join(item.source)}


def plain(words: Words) -> str:
    """Words on one line."""
    if isinstance(words, str):
        return words
    return "; ".join(words) if isinstance(words, tuple) else line(words)
