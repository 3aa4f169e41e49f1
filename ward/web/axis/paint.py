"""Marks as SVG: every one carries its presentation attributes, or its group, so that it shows without a style sheet.

The class beside them lets the style sheet put the reader's own colours in their place (dark, forced, print).
"""

from collections.abc import Iterator, Sequence
from html import escape

#: Look to fill and stroke. Pale areas are told from the paper by their edge lines, never by their tint alone.
LOOKS = {
    "now": ("#0b4f8a", "#0b4f8a"),
    "stage": ("#d5e3f0", "#1d3d5c"),
    "running": ("#bcd9f5", "#0b4174"),
    "held": ("url(#axis-hatch)", "#6b4000"),
    "ordered": ("#ffffff", "#0b4174"),
    "stopped": ("#edf1f5", "#3d4a56"),
    "never": ("#edf1f5", "#3d4a56"),
    "gap": ("#eceaf6", "#433a70"),
    "open": ("#7a4a00", "#7a4a00"),
    "closed": ("#73808c", "#73808c"),
    "critical": ("#a4133c", "#a4133c"),
    "below": ("#7a4a00", "#7a4a00"),
    "above": ("#7a4a00", "#7a4a00"),
    "fine": ("#0b5d3b", "#0b5d3b"),
    "plain": ("#3d4a56", "#3d4a56"),
}
#: Looks whose bars are dark, so that words on them are light.
DARK = frozenset({"now"})
#: Looks with a broken edge.
BROKEN = frozenset({"gap", "ordered"})
#: The type of a drawing, in its own units.
SIZE = 12
INK, SOFT, HAIR, PAPER = "#16202a", "#4a5763", "#c9d1d8", "#ffffff"
#: Outlines around (0, 0), where they begin and how they go on: each kind of mark has its own, so that none is told by
#: colour alone.
OUTLINES: dict[str, tuple[float, float, str]] = {
    "critical": (-3, -6, "h6l3 3v6l-3 3h-6l-3-3v-6z"),
    "below": (-6, -5, "h12l-6 10z"),
    "above": (-6, 5, "h12l-6-10z"),
    "fine": (-5, 0, "a5 5 0 1 0 10 0a5 5 0 1 0-10 0z"),
    "plain": (-4, -4, "h8v8h-8z"),
    "gap": (-5, -5, "h10v10h-10zm2 5h6"),
    "product": (0, -7, "l6 7l-6 7l-6-7z"),
    "dose": (-1.5, 4, "h3v9h-3z"),
    "planned": (-6, 0, "a6 6 0 1 0 12 0a6 6 0 1 0-12 0z"),
    "due": (-5, -7, "h10l-5 8z"),
    "rung": (-1, -7, "h2v14h-2z"),
    "noted": (-4, 0, "l8-5v10z"),
    "done": (-5, 0, "l4 4l7-8"),
    "withdrawn": (-4, -4, "l8 8m-8 0l8-8"),
    "expired": (-5, -4, "h10l-10 8h10z"),
    "report": (-4, -6, "h8v12h-8z"),
    "finding": (-5, 0, "a5 5 0 1 0 10 0a5 5 0 1 0-10 0z"),
    "decision": (-5, -5, "h10v10h-10z"),
    "outside": (0, -7, "l7 12h-14z"),
    "place": (-6, -3, "h7v-4l6 7l-6 7v-4h-7z"),
}
#: Outlines that are lines or are left open, and the colour of marks that are no value.
HOLLOW = frozenset({"planned", "done", "withdrawn", "expired", "gap"})
MARKS = {"outside": "#8f0f33", "due": "#7a4a00", "rung": "#7a4a00", "product": "#0b5d3b", "gap": "#433a70"}


def rect(x: int, y: int, width: int, height: int, look: str, title: str = "") -> str:
    """A bar in its look."""
    fill, stroke = LOOKS[look]
    dashes = ' stroke-dasharray="4 3"' if look in BROKEN else ""
    return (
        f'<rect class="l-{look}" x="{x}" y="{y}" width="{max(width, 2)}" height="{height}" fill="{fill}" '
        f'stroke="{stroke}" stroke-width="1.5"{dashes}>{said(title)}</rect>'
    )


def mark(look: str, x: int, y: int, title: str) -> str:
    """A mark in its own outline."""
    return f'<path class="m-{look}" d="{outline(look, x, y)}" {painted(look)}>{said(title)}</path>'


def marks(look: str, y: int, stood: Sequence[tuple[tuple[int, ...], str]]) -> Iterator[str]:
    """Marks of one look in a lane: those that say the same together, with where they stand and what they say."""
    yield f'<g class="m-{look}" {painted(look)}>'
    for places, title in stood:
        way = "".join(outline(look, x, y) for x in places)
        yield f'<path d="{way}">{said(title)}</path>'
    yield "</g>"


def outline(look: str, x: int, y: int) -> str:
    """The outline of a mark around a place."""
    left, top, way = OUTLINES.get(look, OUTLINES["plain"])
    return f"M{x + left:g} {y + top:g}{way}"


def painted(look: str) -> str:
    """The presentation attributes of a mark."""
    colour = MARKS.get(look) or LOOKS.get(look, (SOFT, INK))[1]
    open_line = look in ("done", "withdrawn")
    fill = "none" if open_line else PAPER if look in HOLLOW else colour
    return f'fill="{fill}" stroke="{colour}" stroke-width="{2 if open_line else 1.5}"'


def line(x1: int, y1: int, x2: int, y2: int, colour: str = HAIR, *, width: float = 1, kind: str = "hair") -> str:
    """A straight line."""
    wide = "" if width == 1 else f' stroke-width="{width:g}"'
    return f'<line class="{kind}" x1="{x1}" y1="{y1}" x2="{x2}" y2="{y2}" stroke="{colour}"{wide}/>'


def text(
    x: int,
    y: int,
    words: str,
    *,
    size: int = SIZE,
    anchor: str = "start",
    fill: str = INK,
    kind: str = "ink",
    bold: bool = False,
) -> str:
    """One line of text. What is as in the whole drawing is not said again."""
    usual = {"font-size": SIZE, "text-anchor": "start", "fill": INK, "font-weight": False}
    own = {"font-size": size, "text-anchor": anchor, "fill": fill, "font-weight": bold and "bold"}
    said = "".join(f' {name}="{value}"' for name, value in own.items() if value != usual[name])
    return f'<text class="{kind}" x="{x}" y="{y}"{said}>{escape(words)}</text>'


def said(title: str) -> str:
    """What a mark says when it is pointed at or read out."""
    return f"<title>{escape(title)}</title>" if title else ""
