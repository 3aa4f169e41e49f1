"""Where in a TOML text everything stands: the TOML reader of the standard library keeps no positions."""

import re
from bisect import bisect_right
from typing import NamedTuple

Path = tuple[str | int, ...]

BLANK = re.compile(r"[ \t]*")
SPACE = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
KEY = re.compile(r""""(?:[^"\\\n]|\\.)*"|'[^'\n]*'|[A-Za-z0-9_-]+""")
STRINGS = (
    re.compile(r'"""(?:\\.|[^\\])*?"""(?!")', re.DOTALL),
    re.compile(r"'''.*?'''(?!')", re.DOTALL),
    re.compile(r'"(?:\\.|[^"\\\n])*"'),
    re.compile(r"'[^'\n]*'"),
)
#: A line break right after three quotes belongs to the quotes.
OPENING = re.compile(r"(?:\"\"\"|''')(?:\r?\n)?|[\"']")
BARE = re.compile(r"[^,\]}#\r\n]*")


class Place(NamedTuple):
    """A line and a column, both from 1."""

    line: int
    column: int


class Places:
    """The place of every key and value of a TOML text, by its path; tables of an array count from 0.

    The text must be TOML: a text that is none may be walked wrongly, never endlessly.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.starts = [0, *(found.end() for found in re.finditer("\n", text))]
        self.found: dict[Path, int] = {}
        self.written: dict[Path, int] = {}
        self.counts: dict[Path, int] = {}
        self.walk()

    def of(self, path: Path) -> Place:
        """The place of a path, or of the nearest path above it; the beginning of the text for one that is nowhere."""
        while path and path not in self.found:
            path = path[:-1]
        return self.place(self.found.get(path, 0))

    def inside(self, path: Path, line: int, column: int) -> Place:
        """The place of a line and column (from 1) within the string at a path."""
        if path not in self.written:
            return self.of(path)
        first = self.place(self.written[path])
        return Place(first.line + line - 1, column + (first.column - 1 if line == 1 else 0))

    def place(self, offset: int) -> Place:
        """The line and column of an offset."""
        line = bisect_right(self.starts, offset)
        return Place(line, offset - self.starts[line - 1] + 1)

    def walk(self) -> None:
        """Note every place, statement by statement."""
        table: Path = ()
        at = self.skip(SPACE, 0)
        while at < len(self.text):
            before = at
            if self.text[at] == "[":
                table, at = self.header(at)
            else:
                at = self.pair(table, at)
            at = self.skip(SPACE, at)
            if at == before:
                return

    def header(self, at: int) -> tuple[Path, int]:
        """`[a.b]` or `[[a.b]]`: the table it opens, and where it ends."""
        start, many = at, self.text.startswith("[[", at)
        keys, at = self.keys(at + (2 if many else 1))
        path: Path = ()
        for key in keys[:-1]:
            path = (*path, key)
            self.found.setdefault(path, start)
            if path in self.counts:
                path = (*path, self.counts[path])
        path = (*path, *keys[-1:])
        if many:
            self.found.setdefault(path, start)
            self.counts[path] = self.counts.get(path, -1) + 1
            path = (*path, self.counts[path])
        self.found.setdefault(path, start)
        end = self.text.find("]", at)
        return path, len(self.text) if end < 0 else end + (2 if many else 1)

    def pair(self, table: Path, at: int) -> int:
        """`key = value`; where it ends."""
        start = at
        keys, at = self.keys(at)
        path = table
        for key in keys:
            path = (*path, key)
            self.found.setdefault(path, start)
        at = self.skip(BLANK, at)
        return self.value(path, self.skip(BLANK, at + 1)) if self.text.startswith("=", at) else at

    def keys(self, at: int) -> tuple[list[str], int]:
        """A key, dotted or not, as its parts; where it ends."""
        parts: list[str] = []
        while found := KEY.match(self.text, self.skip(BLANK, at)):
            parts.append(found[0].strip("\"'") if found[0][0] in "\"'" else found[0])
            at = self.skip(BLANK, found.end())
            if not self.text.startswith(".", at):
                break
            at += 1
        return parts, at

    def value(self, path: Path, at: int) -> int:
        """A value; where it ends."""
        self.found.setdefault(path, at)
        for kind in STRINGS:
            if found := kind.match(self.text, at):
                self.written[path] = self.skip(OPENING, at)
                return found.end()
        if self.text.startswith("[", at):
            return self.array(path, at + 1)
        if self.text.startswith("{", at):
            return self.inline(path, at + 1)
        found = BARE.match(self.text, at)
        return found.end() if found else at

    def array(self, path: Path, at: int) -> int:
        """The rest of an array; where it ends."""
        index = 0
        while (at := self.skip(SPACE, at)) < len(self.text) and self.text[at] != "]":
            place = (*path, index)
            self.found.setdefault(place, at)
            end = self.skip(SPACE, self.value(place, at))
            if end == at:
                return at
            at = end + 1 if self.text.startswith(",", end) else end
            index += 1
        return at + 1

    def inline(self, path: Path, at: int) -> int:
        """The rest of an inline table; where it ends."""
        while (at := self.skip(SPACE, at)) < len(self.text) and self.text[at] != "}":
            end = self.skip(SPACE, self.pair(path, at))
            if end == at:
                return at
            at = end + 1 if self.text.startswith(",", end) else end
        return at + 1

    def skip(self, what: re.Pattern[str], at: int) -> int:
        """Past blanks, or past blanks, comments and line breaks."""
        found = what.match(self.text, at)
        return found.end() if found else at
