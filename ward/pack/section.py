"""A section of a pack: a table in words, which is a chapter on paper and a file of its own beside it."""

import msgspec

from ward.spreadsheet import Cell


class Section(msgspec.Struct, frozen=True):
    """A table with its title and what it is about. `key`: its name among the files; `none`: what it says without rows.

    `widths`: of the columns on paper, in the typesetter's words.
    """

    key: str
    title: str
    lead: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    widths: tuple[str, ...]
    none: str = "None."
