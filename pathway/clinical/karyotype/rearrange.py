"""One structural rearrangement: symbol, chromosomes in brackets, bands in brackets, whatever typists do to them."""

import re
from typing import NamedTuple

from pathway.clinical.karyotype.band import ARMLESS, BAND, exists
from pathway.clinical.karyotype.cursor import Cursor
from pathway.clinical.karyotype.form import Break, Mend, Rearrangement, Why

#: Longest first; a symbol of two words is written with a blank.
SYMBOLS = (
    *("der psu dic", "der dic", "der ider", "psu idic", "psu dic", "dir dup", "inv dup", "dir ins", "inv ins"),
    *("ider", "idic", "der", "dic", "trc", "tas", "del", "dup", "add", "ins", "inv", "iso", "rob", "rcp", "trp", "qdp"),
    *("fis", "fra", "rea", "abn", "hsr", "amp", "rec", "ring", "neo", "upd", "cha", "t", "i", "r"),
)
SYMBOL = re.compile(
    rf"(?P<symbol>{'|'.join(each.replace(' ', ' {1,3}') for each in SYMBOLS)})(?=\s{{0,3}}\(|\d{{1,2}}\)\s?\()",
    re.ASCII | re.IGNORECASE,
)
#: What a bracket may hold; without its closing bracket it ends at the first comma.
HELD = re.compile(r"\((?P<held>[^()\[\]/]{0,400})(?P<close>\))?")
UNCLOSED = re.compile(r"(?:[\dXYpqPQ.;:?~\->]|ter|cen|or)*")
UNOPENED = re.compile(r"(?P<held>\d{1,2})\)")
#: Signs between the two brackets of a rearrangement that do not belong there.
BETWEEN = re.compile(r"(?P<blank>\s*)(?P<sign>[;:,.]?)\s*(?=\()")
CHROMOSOME = re.compile(r"\s*(?P<maybe>\?)?\s*(?P<name>\d{1,2}|[XYxy]|\?)?\s*(?P<band>[pq].{0,20})?\s*", re.ASCII)
BANDED = re.compile(r"[\s?]*(?:[pq]|\?|\d{2}(?!\d))", re.ASCII | re.IGNORECASE)
EXTRA_OPEN = re.compile(rf"\((?={SYMBOL.pattern})", re.ASCII | re.IGNORECASE)
SEPARATORS = re.compile(r"[;:,.|]")
#: The detailed system: pieces of chromosomes with arrows, joined by double colons.
PIECE = re.compile(r"(?P<name>\d{1,2}|[XY]|\?)?(?P<band>[pq](?:ter|[\d.?]{0,8})|cen)?", re.ASCII)
NAMES = frozenset((*(str(number) for number in range(1, 23)), "X", "Y", "?"))


class Held(NamedTuple):
    """What stood in one bracket, and where in the tidied text."""

    text: str
    start: int
    end: int


def read_rearrangement(cursor: Cursor, within: tuple[str, ...] = ()) -> Rearrangement | None:
    """The rearrangement at the cursor, or None with the cursor unmoved. `within`: chromosomes of a der around it."""
    begin = cursor.pos
    found = cursor.take(SYMBOL)
    if found is None:
        return None
    kind = " ".join(found["symbol"].casefold().split())
    if kind != " ".join(found["symbol"].split()):
        cursor.mend(Mend.CASE, found.start(), found.end(), kind)
    cursor.blanks(mend=True)
    first = _bracket(cursor)
    if first is None:
        cursor.pos = begin
        return None
    if "->" in first.text or "::" in first.text:
        return _detailed(cursor, kind, first, within)
    if within and BANDED.match(first.text) and first.text[:1] in "pq":
        return Rearrangement(kind, within, _bands(cursor, within, first))
    names, inline = _chromosomes(cursor, first)
    if not names:
        cursor.pos = begin
        return None
    second = _second(cursor)
    if second and ("->" in second.text or "::" in second.text):
        return _detailed(cursor, kind, second, names)
    return Rearrangement(kind, names, _bands(cursor, names, second) if second else inline)


def _bracket(cursor: Cursor) -> Held | None:
    """What the next bracket holds; one that is not closed or not opened is repaired."""
    start = cursor.pos
    unopened = cursor.take(UNOPENED)
    if unopened:
        cursor.mend(Mend.BRACKET_MISSING, start, start, "(")
        return Held(unopened["held"], start, unopened.end("held"))
    found = cursor.take(HELD)
    if found is None:
        return None
    text, end = found["held"], found.end("held")
    if not found["close"]:
        known = UNCLOSED.match(text)
        text = known[0].rstrip(".") if known else ""
        end = cursor.pos = found.start("held") + len(text)
        cursor.mend(Mend.BRACKET_MISSING, end, end, ")")
    return Held(text, found.start("held"), end)


def _second(cursor: Cursor) -> Held | None:
    """The bracket with the bands, when one follows."""
    start = cursor.pos
    between = cursor.take(BETWEEN)
    if between is None:
        return None
    held = HELD.match(cursor.text, cursor.pos, cursor.end)
    if held is None or (BANDED.match(held["held"]) is None and "->" not in held["held"]):
        cursor.pos = start
        return None
    if between["sign"]:
        cursor.mend(Mend.SEMICOLON_MISPLACED, start, cursor.pos, "")
    elif between["blank"]:
        cursor.mend(Mend.BLANK, start, cursor.pos, "")
    return _bracket(cursor)


def _chromosomes(cursor: Cursor, held: Held) -> tuple[tuple[str, ...], tuple[Break, ...]]:
    """The chromosomes of the first bracket, with bands where they stand beside them: `(17q)`, `(15q22;17q12)`."""
    names: list[str] = []
    inline: list[Break] = []
    fields = SEPARATORS.split(held.text)
    _separators(cursor, held, len(fields))
    for field in fields:
        found = CHROMOSOME.fullmatch("".join(field.split()))
        name = (found["name"] or found["maybe"] or "") if found else ""
        if found is None or not name or (found["band"] and BAND.fullmatch(found["band"]) is None):
            return (), ()
        if name.upper() not in NAMES:
            cursor.leave(held.start, held.end, Why.NO_SUCH_CHROMOSOME)
            name = "?"
        if name.islower():
            cursor.mend(Mend.CASE, held.start, held.end, held.text.upper())
        names.append(name.upper())
        inline.append(Break(name.upper(), found["band"] or "", doubtful=bool(found["maybe"])))
    return tuple(names), tuple(inline)


def _separators(cursor: Cursor, held: Held, count: int) -> None:
    """Tell separators that are none: a colon, a comma or a point where a semicolon belongs."""
    if count > 1 and (";" not in held.text or any(sign in held.text for sign in ":,|")):
        cursor.mend(Mend.SEPARATOR, held.start, held.end, re.sub(r"[:,|]", ";", held.text))


def _bands(cursor: Cursor, names: tuple[str, ...], held: Held) -> tuple[Break, ...]:
    """The breaks of the second bracket on their chromosomes."""
    text = held.text.casefold() if any(arm in held.text for arm in "PQ") else held.text
    if text != held.text:
        cursor.mend(Mend.CASE, held.start, held.end, text)
    fields = _fields(cursor, text, len(names), held)
    points: list[Break] = []
    for number, field in enumerate(fields):
        name = names[number] if len(fields) == len(names) else names[0]
        for band in _tokens(cursor, field, held):
            doubtful = "?" in band or "or" in band or "~" in band or "-" in band
            point = Break(name, "" if band == "?" else band, doubtful)
            if not exists(point):
                cursor.leave(held.start, held.end, Why.NO_SUCH_BAND)
                point = Break(name, band, doubtful=True)
            points.append(point)
    without = tuple(Break(name, "") for name in dict.fromkeys(names) if all(at.chromosome != name for at in points))
    return (*points, *without)


def _fields(cursor: Cursor, text: str, count: int, held: Held) -> list[str]:
    """The bands of each chromosome; separators that are missing, too many or others are repaired."""
    fields = re.split(r"[;:|]", text)
    told = ";" in text and ":" not in text and "|" not in text
    if len(fields) == count or count == 1:
        if not (told and "," not in text) and len(fields) * count > 1:
            cursor.mend(Mend.SEPARATOR, held.start, held.end, ";".join(fields).replace(",", ""))
        elif count == 1 and (len(fields) > 1 or "," in text):
            cursor.mend(Mend.SEPARATOR, held.start, held.end, "".join(fields).replace(",", ""))
        return [field.replace(",", "") for field in fields] if count > 1 else ["".join(fields).replace(",", "")]
    every = SEPARATORS.split(text) if "." not in text else re.split(r"[;:|,]", text)
    if len(every) != count:
        every = [found[0] for found in BAND.finditer(text)]
    if len(every) == count:
        cursor.mend(Mend.SEPARATOR, held.start, held.end, ";".join(every))
        return every
    cursor.leave(held.start, held.end, Why.BANDS_DO_NOT_FIT)
    return [""] * count


def _tokens(cursor: Cursor, field: str, held: Held) -> list[str]:
    """The bands of one chromosome; signs between them that are no band are residue."""
    found: list[str] = []
    place = 0
    text = re.sub(r"\s", "", field)
    while place < len(text):
        if banded := BAND.match(text, place):
            found.append(banded[0])
            place = banded.end()
        elif text[place] == "?":
            found.append("?")
            place += 1
        elif armless := ARMLESS.match(text, place):
            # The arm of the band before it on the same chromosome is meant; without one the arm stays open.
            arm = next((sign for sign in reversed(found[-1:][0] if found else "") if sign in "pq"), "")
            found.append(arm + armless[0])
            cursor.mend(Mend.ARM_MISSING, held.start, held.end, f"{arm or '?'}{armless[0]}")
            place = armless.end()
        else:
            cursor.leave(held.start, held.end)
            break
    return found


def _detailed(cursor: Cursor, kind: str, held: Held, within: tuple[str, ...]) -> Rearrangement:
    """The breaks of `(13qter->13q14::17p13->qter)`: every end of a piece that is not the end of an arm."""
    name = within[0] if within else "?"
    points: list[Break] = []
    for piece in re.split(r"->|::", held.text.replace(" ", "")):
        found = PIECE.fullmatch(piece)
        if found is None:
            cursor.leave(held.start, held.end)
            break
        name = found["name"] or name
        if found["band"] and not found["band"].endswith(("ter", "cen")):
            points.append(Break(name, found["band"], "?" in found["band"]))
    return Rearrangement(kind, tuple(dict.fromkeys(at.chromosome for at in points)) or within, tuple(points))
