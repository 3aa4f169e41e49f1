"""Clones: chromosome count, sex, items and cell count of each, and what stands between them."""

import re

import msgspec

from pathway.clinical.karyotype.cursor import Cursor
from pathway.clinical.karyotype.form import Change, Clone, Mend, Remark, Why
from pathway.clinical.karyotype.item import INHERITING, read_item
from pathway.clinical.karyotype.rearrange import SYMBOL
from pathway.clinical.karyotype.words import NO_RESULT, REMARK

COUNT = r"~?\s?(?P<low>\d{1,3})(?:\s?[-~]\s?(?P<high>\d{1,3}))?(?P<ploidy>\s?<[^<>/,]{1,12}>|\s?\(\d?n[+\-]?\))?"
SEX = r"(?P<sex>[XYUxyu?]{1,8}?(?:\?c|c)?(?:,\?(?=[,/\[]|$))?)(?![A-Za-z\d(])"
#: A count with its sex, or with a word or an item that stands for one.
HEAD = re.compile(
    rf"{COUNT}(?P<between>\s*[,.;:]?\s*)(?:{SEX}|(?=idem|sd?l\d{{0,2}}\s?[x,\[]|sd?l\b|inc\b))"
    rf"|~?(?P<alone>\d{{2,3}})(?:[-~](?P<upto>\d{{1,3}}))?\s?,(?=\s?(?:[+\-?]|{SYMBOL.pattern}))",
    re.ASCII,
)
#: What certainly begins another clone, where the slash was forgotten.
ANOTHER = re.compile(r"\s?~?\d{2,3}(?:[-~]\d{2,3})?\s?,?\s?(?:[XYxy]{1,4}(?![A-Za-z(])|idem|sd?l\d?\b)", re.ASCII)
CELLS = re.compile(
    r"\s*\[\s?(?P<composite>cp)?\s?(?P<cells>\d{1,4})?"
    r"(?:(?:\s?/\s?\d{1,4})?(?:\s?(?:cells?|zellen|cellules|,)(?:[^\[\]/(]|(?<=w)/){0,80})?\s?(?P<close>\]))?",
    re.ASCII | re.IGNORECASE,
)
LOOSE_COMPOSITE = re.compile(r"\s?cp\s?(?=\[)", re.ASCII)
COMMAS = re.compile(r"\s*[,;:.]?[\s,;.]*")
SLASH = re.compile(r"\s*[;,.]?\s*(?P<slash>/{1,4})\s*")
#: Prose and what cannot be read: up to the next sign at which reading can begin again.
SKIPPED = re.compile(r"[^\W\d_]+|\d+|.", re.DOTALL)
STOPS = re.compile(r"[,;/\[]")


def read_clones(cursor: Cursor) -> tuple[list[Clone], list[Remark], list[Remark]]:
    """The clones up to the cursor's end, the remarks of no result, and other remarks; never stuck, never raising."""
    clones: list[Clone] = []
    no_results: list[Remark] = []
    remarks: list[Remark] = []
    donor = False
    while not cursor.done():
        before = cursor.pos
        slash = cursor.take(SLASH)
        if slash is not None and slash[0] != slash["slash"]:
            name = Mend.BLANK if slash[0].strip() == slash["slash"] else Mend.SEPARATOR
            cursor.mend(name, before, cursor.pos, slash["slash"])
        donor = donor or (slash is not None and len(slash["slash"]) > 1)
        cursor.take(COMMAS)
        if (remark := take_remark(cursor, NO_RESULT)) is not None:
            no_results.append(remark)
        elif (remark := take_remark(cursor, REMARK)) is not None:
            remarks.append(remark)
        elif not cursor.done() and cursor.text[cursor.pos] != "/":
            clone = _clone(cursor, donor)
            if clone is not None:
                clones.append(clone)
            elif cursor.pos == before or not cursor.done():
                skip(cursor, Why.NO_KARYOTYPE)
    return clones, no_results, remarks


def take_remark(cursor: Cursor, pattern: re.Pattern[str]) -> Remark | None:
    """A remark at the cursor with its cell count, as given. The pattern is for folded text."""
    found = pattern.match(cursor.folded, cursor.pos, cursor.end)
    if found is None:
        return None
    start, cursor.pos = cursor.pos, found.end()
    cursor.take(CELLS)
    return Remark(*cursor.span(start, cursor.pos))


def skip(cursor: Cursor, why: Why = Why.NOT_UNDERSTOOD) -> None:
    """Leave what stands here as residue, up to a comma, a slash, a cell count or something that can be read."""
    start = cursor.pos
    while not cursor.done():
        word = cursor.take(SKIPPED)
        assert word is not None, "a pattern with a dot matches everywhere before the end"
        if cursor.sees(STOPS) or (not word[0].isalpha() and (cursor.sees(SYMBOL) or cursor.sees(ANOTHER))):
            break
    cursor.leave(start, cursor.pos, why)


def _clone(cursor: Cursor, donor: bool) -> Clone | None:
    """The clone at the cursor; None when nothing here can be one, with the cursor unmoved."""
    start = cursor.pos
    head = cursor.take(HEAD)
    if head is not None:
        _mend_head(cursor, head)
    changes = _items(cursor, head)
    if head is None and not changes:
        cursor.pos = start
        return None
    composite, cells = _cells(cursor)
    text, first, last = cursor.span(start, cursor.pos)
    low = None if head is None else head["low"] or head["alone"]
    high = None if head is None else head["high"] or head["upto"] or low
    inherits = next((each.kind for each in changes if INHERITING.match(each.kind)), "")
    return Clone(
        text=text,
        start=first,
        end=last,
        low=int(low) if low else None,
        high=int(high) if high else None,
        sex=(head["sex"] or "").upper().replace("C", "c") if head else "",
        changes=changes,
        cells=cells,
        composite=composite,
        inherits=inherits,
        incomplete=any(each.kind in {"inc", "na"} for each in changes),
        donor=donor,
    )


def _mend_head(cursor: Cursor, head: re.Match[str]) -> None:
    """Tell what is wrong between count and sex."""
    between = head["between"]
    if between is not None and between.strip() != ",":
        cursor.mend(Mend.COMMA_MISSING, head.start("between"), head.end("between"), ",")
    elif between and between != ",":
        cursor.mend(Mend.BLANK, head.start("between"), head.end("between"), ",")
    if head["sex"] and head["sex"].strip("c?").islower():
        cursor.mend(Mend.CASE, head.start("sex"), head.end("sex"), head["sex"].upper())


def _items(cursor: Cursor, head: re.Match[str] | None) -> tuple[Change, ...]:
    """The items up to the cell count or the end of the clone; each may have a count of its own."""
    found: list[Change] = []
    headed = head is not None
    # The first item needs no comma where the head ended with one, or where there is no head.
    first = head is None or head["sex"] is None
    while not cursor.done():
        start = cursor.pos
        separator = cursor.take(COMMAS)
        separated = separator is not None and "," in separator[0]
        here = cursor.text[cursor.pos] if not cursor.done() else "/"
        another = bool(found or headed) and not separated and cursor.sees(ANOTHER)
        if here in "/[" or cursor.sees(LOOSE_COMPOSITE) or another:
            cursor.pos = cursor.pos if here == "[" else start
            break
        item = read_item(cursor)
        if item is None:
            if not headed and not found:
                cursor.pos = start
                break
            if take_remark(cursor, REMARK) is None:
                if NO_RESULT.match(cursor.folded, cursor.pos, cursor.end):
                    cursor.pos = start
                    break
                skip(cursor)
            continue
        _mend_comma(cursor, start, separator, first)
        first = False
        found.append(_counted(cursor, item))
    return tuple(found)


def _mend_comma(cursor: Cursor, start: int, separator: re.Match[str] | None, first: bool) -> None:
    """Tell a comma that is missing before an item, another sign in its place, or blanks beside it."""
    said = separator[0] if separator else ""
    if first or said == ",":
        return
    name = Mend.BLANK if "," in said else Mend.COMMA_MISSING
    cursor.mend(name, start, start + len(said), ",")


def _counted(cursor: Cursor, item: Change) -> Change:
    """An item with its own count: `del(5)(q13q32)[9],add(11)(p11)[5]` in a composite karyotype."""
    found = cursor.sees(CELLS)
    if found is None or not found["close"] or found["cells"] is None or found["composite"]:
        return item
    behind = cursor.text[found.end() : found.end() + 2]
    if behind[:1] in {",", "+", "-", "c"} and not ANOTHER.match(cursor.text, found.end(), cursor.end):
        cursor.pos = found.end()
        return msgspec.structs.replace(item, cells=int(found["cells"]))
    return item


def _cells(cursor: Cursor) -> tuple[bool, int | None]:
    """Whether the clone is composite, and its cell count; a bracket that is missing or misplaced is repaired."""
    start = cursor.pos
    loose = cursor.take(LOOSE_COMPOSITE)
    if loose:
        cursor.mend(Mend.COUNT_BRACKET, start, cursor.pos, "[cp")
    found = cursor.take(CELLS)
    if found is None:
        return loose is not None, None
    if not found["close"]:
        cursor.mend(Mend.BRACKET_MISSING, cursor.pos, cursor.pos, "]")
    if cursor.sees(ANOTHER):
        cursor.mend(Mend.SLASH_MISSING, cursor.pos, cursor.pos, "/")
    elif re.match(r"\s*[;,]\s*(?!/)", cursor.text[cursor.pos :]) and ANOTHER.match(
        cursor.text, cursor.pos + 1, cursor.end
    ):
        cursor.mend(Mend.SLASH_MISSING, cursor.pos, cursor.pos + 1, "/")
        cursor.pos += 1
    return found["composite"] is not None or loose is not None, int(found["cells"]) if found["cells"] else None
