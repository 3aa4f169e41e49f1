"""Parts of a report that speak of another method: FISH in the notation of ISCN, remarks, arrays, sequencing."""

import re

from pathway.clinical.karyotype.clone import ANOTHER, skip
from pathway.clinical.karyotype.cursor import Cursor
from pathway.clinical.karyotype.form import Change, Evidence, Section, Why
from pathway.clinical.karyotype.item import read_item
from pathway.clinical.karyotype.words import SECTION

BACK = re.compile(r"/{1,2}")
#: Probes of ISCN: `(PML,RARA)x3(PML con RARAx2)`, `(IGH+;IGH-)`, `17q21.2(RARAx2)(5'RARA sep 3'RARAx1)`.
PROBES = re.compile(
    r"(?:[\dXY]{1,2}[pq][\d.]{0,6}(?:ter|cen)?|cen)?\s?\((?P<held>[A-Za-z\d'+\-,;:.~ ]{1,200})\)"
    r"(?:\s?x\s?\d{1,2}(?:[-~]\d{1,2})?)?",
    re.ASCII,
)
#: A gene or locus as probes are called: three signs at least, with a capital.
PROBE = re.compile(r"[A-Z][A-Z\d]{2,}", re.ASCII)
KINDS = {
    "ish": Evidence.FISH,
    "fish": Evidence.FISH,
    "pcr": Evidence.RT_PCR,
    "array": Evidence.ARRAY,
    "seq": Evidence.SEQUENCING,
}
BETWEEN = re.compile(r"(?:[\s,;:.]|\[[^\[\](]{0,40}\])+")


def borders(folded: str) -> list[tuple[int, int, re.Match[str] | None]]:
    """The stretches of a folded text: banding (no match) and sections (with the mark they begin with), in order.

    A section ends where another one or, behind a slash, another clone begins.
    """
    found: list[tuple[int, int, re.Match[str] | None]] = []
    place, marks = 0, list(SECTION.finditer(folded))
    for number, mark in enumerate(marks):
        found.append((place, mark.start(), None))
        end = marks[number + 1].start() if number + 1 < len(marks) else len(folded)
        back = (slash.start() for slash in BACK.finditer(folded, mark.end(), end) if ANOTHER.match(folded, slash.end()))
        place = next(back, end)
        found.append((mark.start(), place, mark))
    found.append((place, len(folded), None))
    return [each for each in found if each[0] < each[1]]


def read_section(cursor: Cursor, mark: re.Match[str]) -> Section:
    """The section from the cursor to its end: rearrangements and probes. All else, such as an array, is residue."""
    start = cursor.pos
    cursor.pos = mark.end()
    changes: list[Change] = []
    probes: list[str] = []
    while not cursor.done():
        if cursor.take(BETWEEN):
            continue
        item = read_item(cursor)
        if item is not None:
            changes.append(item)
        elif (found := cursor.sees(PROBES)) is not None and PROBE.search(found["held"]):
            cursor.pos = found.end()
            probes.append(found[0])
        else:
            skip(cursor, Why.NO_KARYOTYPE)
    text, first, last = cursor.span(start, cursor.end)
    return Section(
        evidence=KINDS[mark.lastgroup or "fish"],
        formal=mark["ish"] is not None,
        text=text.strip(" /;,."),
        start=first,
        end=last,
        changes=tuple(changes),
        probes=tuple(probes),
    )
