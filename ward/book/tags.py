"""What the short marks of a pathway's sources stand for, read from the SOURCES.md beside its file."""

import re
from importlib.resources import files

from pathway.definition.pathway import Pathway

#: A row of a table of two cells whose first is a mark: `| R26 | fibrinogen above 100 to 150 mg/dL |`.
ROW = re.compile(r"^\|\s*([^|]+?)\s*\|\s*([^|]+?)\s*\|$", re.ASCII)
HEADS = ("Tag", "Short name", "---")


def tags(text: str) -> dict[str, str]:
    """Mark to meaning, in the order of the text."""
    found = {}
    for line in text.splitlines():
        row = ROW.match(line)
        if row and not row[1].startswith(HEADS):
            found[row[1]] = row[2]
    return found


def shipped_sources(pathway: Pathway) -> str:
    """The SOURCES.md of a pathway that comes with the product; empty for another."""
    file = files("pathway.definitions").joinpath(pathway.name, "SOURCES.md")
    return file.read_text("utf-8") if file.is_file() else ""
