"""Where in a TOML text something stands: the TOML reader of the standard library keeps no positions."""

import re

HEADER = re.compile(r"^\s*(\[\[?)\s*([^\]]+?)\s*\]\]?")
KEY = re.compile(r"""^\s*("[^"]+"|[A-Za-z0-9_.-]+)\s*=""")


def line_of(text: str, path: tuple[str | int, ...]) -> int:
    """The 1-based line of a path such as `("reminders", 2, "due")`; the nearest line above when it is inside a value.

    A table of a table array counts from 0. Returns 1 for a path that is nowhere.
    """
    best, deepest = 1, 0
    table: tuple[str | int, ...] = ()
    counts: dict[str, int] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        if header := HEADER.match(line):
            name = header[2]
            table = tuple(part.strip().strip('"') for part in name.split("."))
            if header[1] == "[[":
                counts[name] = counts.get(name, -1) + 1
                table = (*table, counts[name])
            here: tuple[str | int, ...] = table
        elif key := KEY.match(line):
            here = (*table, key[1].strip('"'))
        else:
            continue
        if len(here) > deepest and here == path[: len(here)]:
            best, deepest = number, len(here)
    return best


def row_line(text: str, path: tuple[str | int, ...], fragment: str) -> int:
    """The line of `path`, or the first at or below it that holds the fragment, before the next header."""
    first = line_of(text, path)
    lines = text.splitlines()
    wanted = next((part.strip() for part in fragment.splitlines() if part.strip()), "")
    for number in range(first, min(first + 60, len(lines) + 1)):
        if number > first and HEADER.match(lines[number - 1]):
            break
        if wanted and wanted in lines[number - 1]:
            return number
    return first
