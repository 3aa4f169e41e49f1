"""Which clones carry a change: those that write it, and those that inherit it by `idem`, `sl` or `sdl`."""

from collections.abc import Iterator

from pathway.clinical.karyotype.form import Change, Clone

#: A change by its text, and how often its clone wrote it before: what is written twice is there twice.
Key = tuple[str, int]
#: The clones that carry a change, by number, with the cells counted there.
Held = dict[int, int | None]


def carriers(clones: tuple[Clone, ...]) -> Iterator[tuple[Change, Held]]:
    """Every rearrangement that is not a loss, as it is first written, with the clones that carry it.

    `idem` and `sl` stand for the stemline, `sl2` for the second, `sdl1` for the first sideline; a subclone carries
    what it inherits less what it lost. A word that stands for no clone of the report inherits nothing.
    """
    stems: list[tuple[Key, ...]] = []
    sides: list[tuple[Key, ...]] = []
    first: dict[Key, Change] = {}
    holders: dict[Key, Held] = {}
    for number, clone in enumerate(clones):
        own = _own(clone)
        lost = {_short(each) for each in clone.changes if each.sign == "-" and each.parts}
        inherited = _ancestor(clone.inherits, stems, sides) if clone.inherits else ()
        for key, change in own.items():
            first.setdefault(key, change)
        held = (*(key for key in inherited if _short(first[key]) not in lost), *own)
        for key in held:
            counted = own[key].cells if key in own else None
            holders.setdefault(key, {})[number] = clone.cells if counted is None else counted
        if clone.changes:
            (sides if clone.inherits else stems).append(held)
    return ((change, holders[key]) for key, change in first.items())


def _own(clone: Clone) -> dict[Key, Change]:
    """The rearrangements that a clone writes out; a loss is one only where something was inherited, else a bullet."""
    found: dict[Key, Change] = {}
    often: dict[str, int] = {}
    for each in clone.changes:
        if each.parts and not (each.sign == "-" and clone.inherits):
            text = each.text.replace(" ", "").lstrip("+-")
            often[text] = often.get(text, -1) + 1
            found[text, often[text]] = each
    return found


def _ancestor(word: str, stems: list[tuple[Key, ...]], sides: list[tuple[Key, ...]]) -> tuple[Key, ...]:
    """What `idem`, `sl2`, `sdl1` stand for; nothing when the report has no such clone."""
    lines = sides if word.startswith("sdl") else stems
    figure = "".join(sign for sign in word if sign.isdigit())
    number = int(figure) - 1 if figure else 0
    return lines[number] if 0 <= number < len(lines) else ()


def _short(change: Change) -> tuple[str, tuple[str, ...]]:
    return change.kind, change.parts[0].chromosomes
