"""One item of a clone: a rearrangement with its parts, a whole chromosome, a marker, or a word such as `inc`."""

import re

from pathway.clinical.karyotype.cursor import Cursor
from pathway.clinical.karyotype.form import Change, Mend, Rearrangement
from pathway.clinical.karyotype.rearrange import EXTRA_OPEN, SYMBOL, read_rearrangement

TYPOGRAPHY = frozenset({Mend.DASH, Mend.SIGN, Mend.INVISIBLE, Mend.LINE_BREAK, Mend.BLANK, Mend.CASE})
PREFIX = re.compile(r"(?P<flags>[\s?+\-]{0,6})(?:(?P<times>\d{1,2}(?:[-~]\d{1,2})?)\s?x\s?(?=[a-z]))?", re.ASCII)
SMALL = re.compile(
    r"(?:\d{1,2}(?:\s?[-~]\s?\d{1,2})?\s?)?(?:var\s)?(?P<word>mar|dmin|dm|min|ace|hsr|frag|fragments?|ring|r|f)\d{0,2}(?![\d(]|(?!x\s?\d)[A-Za-z])",
    re.ASCII,
)
VARIANT = re.compile(r"(?P<name>\d{1,2}|[XY])(?:[pq]h|phqh|cenh|ps|pss|pstk|stk|qs)[+\-]{0,2}(?![A-Za-z\d])", re.ASCII)
WHOLE = re.compile(r"(?P<name>2[0-2]|1\d|[1-9]|[XY]|\?)(?P<arm>[pq](?:ter)?)?(?![\d(;]|(?!x\s?\d)[A-Za-z])", re.ASCII)
WORD = re.compile(
    r"(?P<word>idem|sdl\d{0,2}|sl\d{0,2}|inc|na|ph\d?|dn|inh)(?:\s?x\s?\d{1,2})?(?![A-Za-z(])", re.ASCII | re.IGNORECASE
)
INHERITING = re.compile(r"idem|s(?:d)?l\d{0,2}", re.ASCII)
MAYBE = re.compile(rf"\?(?={SYMBOL.pattern})", re.ASCII | re.IGNORECASE)
OTHERWISE = re.compile(r"\s?or\s?(?=[a-z])")
ALTERNATIVE = re.compile(r"\)\s?or\s?[a-z]")
SUFFIX = re.compile(
    r"\s?(?P<word>\?c|c\?|c|mat|pat|dmat|dpat|dn|inh)(?![A-Za-z])|\s?x\s?\d{1,2}(?:[-~]\d{1,2})?", re.ASCII
)
CLOSING = re.compile(r"\s?\)+")
#: At most so many rearrangements are read as one item; the longest of 1,096 real ones has four.
PARTS_LIMIT = 40


def read_item(cursor: Cursor) -> Change | None:
    """The item at the cursor, or None with the cursor unmoved."""
    begin, repairs, residue = cursor.pos, len(cursor.repairs), len(cursor.residue)
    prefix = cursor.take(PREFIX)
    assert prefix is not None, "a pattern of optional parts always matches"
    flags = prefix["flags"]
    kind, parts = _body(cursor, signed=any(sign in flags for sign in "+-"))
    if not kind:
        cursor.pos = begin
        del cursor.repairs[repairs:], cursor.residue[residue:]
        return None
    suffixes = _suffixes(cursor)
    text, start, end = cursor.span(begin + len(flags) - len(flags.lstrip()), cursor.pos)
    doubtful = (
        "?" in flags or ")?" in text or any("?" in word for word in suffixes) or ALTERNATIVE.search(text) is not None
    )
    return Change(
        kind=kind,
        text=text,
        start=start,
        end=end,
        sign="-" if "-" in flags else "+" if "+" in flags else "",
        parts=parts,
        doubtful=doubtful or len(cursor.residue) > residue or any(at.doubtful for part in parts for at in part.breaks),
        constitutional=any(word in {"c", "c?"} for word in suffixes),
        repaired=any(each.name not in TYPOGRAPHY for each in cursor.repairs[repairs:]),
    )


def _body(cursor: Cursor, *, signed: bool) -> tuple[str, tuple[Rearrangement, ...]]:
    """What kind of item stands here, and its rearrangements; an empty kind when it is none."""
    if cursor.take(SMALL):
        return "small", ()
    if cursor.take(VARIANT):
        return "variant", ()
    if signed and cursor.take(WHOLE):
        return "whole", ()
    if word := cursor.take(WORD):
        return word["word"].casefold(), ()
    parts = _parts(cursor)
    return (parts[0].kind if parts else ""), parts


def _parts(cursor: Cursor) -> tuple[Rearrangement, ...]:
    """A rearrangement and, behind a derivative, those it comes from, from left to right."""
    parts: list[Rearrangement] = []
    first = read_rearrangement(cursor)
    while first is not None and len(parts) < PARTS_LIMIT:
        parts.append(first)
        start = cursor.pos
        otherwise = cursor.take(OTHERWISE) is not None
        if not otherwise and not _made_of_others(parts[0].kind):
            break
        cursor.blanks(mend=cursor.sees(SYMBOL) is not None)
        if cursor.take(EXTRA_OPEN):
            cursor.mend(Mend.BRACKET_EXTRA, cursor.pos - 1, cursor.pos, "")
        cursor.take(MAYBE)
        first = read_rearrangement(cursor, parts[0].chromosomes)
        if first is None:
            cursor.pos = start
    if parts and cursor.sees(CLOSING):
        start = cursor.pos
        cursor.take(CLOSING)
        cursor.mend(Mend.BRACKET_EXTRA, start, cursor.pos, "")
    return tuple(parts)


def _made_of_others(kind: str) -> bool:
    return kind.startswith(("der", "ider", "idic", "rec")) or kind.endswith("dic") or kind in {"i", "iso", "r", "ring"}


def _suffixes(cursor: Cursor) -> list[str]:
    """What stands behind an item: `c` (born with it), `x2`, `mat`."""
    found: list[str] = []
    while (suffix := cursor.take(SUFFIX)) is not None:
        found.append(suffix["word"] or "")
    return found
