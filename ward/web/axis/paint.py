"""Marks as SVG: every one carries its presentation attributes, so that it prints and shows without a style sheet.

The class beside them lets the style sheet put the reader's own colours in their place (dark, forced, print).
"""

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
INK, SOFT, HAIR, PAPER = "#16202a", "#4a5763", "#c9d1d8", "#ffffff"
#: Outlines around (0, 0): each kind of mark has its own, so that none is told by colour alone.
OUTLINES = {
    "critical": "M-3-6h6l3 3v6l-3 3h-6l-3-3v-6z",
    "below": "M-6-5h12l-6 10z",
    "above": "M-6 5h12l-6-10z",
    "fine": "M-5 0a5 5 0 1 0 10 0a5 5 0 1 0-10 0z",
    "plain": "M-4-4h8v8h-8z",
    "gap": "M-5-5h10v10h-10zM-3 0h6",
    "product": "M0-7l6 7l-6 7l-6-7z",
    "dose": "M-1.5 4h3v9h-3z",
    "planned": "M-6 0a6 6 0 1 0 12 0a6 6 0 1 0-12 0z",
    "due": "M-5-7h10l-5 8z",
    "rung": "M-1-7h2v14h-2z",
    "noted": "M-4 0l8-5v10z",
    "done": "M-5 0l4 4l7-8",
    "withdrawn": "M-4-4l8 8M-4 4l8-8",
    "expired": "M-5-4h10l-10 8h10z",
    "report": "M-4-6h8v12h-8z",
    "finding": "M-5 0a5 5 0 1 0 10 0a5 5 0 1 0-10 0z",
    "decision": "M-5-5h10v10h-10z",
    "outside": "M0-7l7 12h-14z",
    "place": "M-6-3h7v-4l6 7l-6 7v-4h-7z",
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
    colour = MARKS.get(look) or LOOKS.get(look, (SOFT, INK))[1]
    fill = PAPER if look in HOLLOW else colour
    open_line = look in ("done", "withdrawn")
    return (
        f'<path class="m-{look}" d="{OUTLINES.get(look, OUTLINES["plain"])}" transform="translate({x} {y})" '
        f'fill="{"none" if open_line else fill}" stroke="{colour}" stroke-width="{2 if open_line else 1.5}">'
        f"{said(title)}</path>"
    )


def line(x1: int, y1: int, x2: int, y2: int, colour: str = HAIR, *, width: float = 1, kind: str = "hair") -> str:
    """A straight line."""
    return f'<line class="{kind}" x1="{x1}" y1="{y1}" x2="{x2}" y2="{y2}" stroke="{colour}" stroke-width="{width}"/>'


def text(
    x: int,
    y: int,
    words: str,
    *,
    size: int = 12,
    anchor: str = "start",
    fill: str = INK,
    kind: str = "ink",
    bold: bool = False,
) -> str:
    """One line of text."""
    weight = ' font-weight="bold"' if bold else ""
    return (
        f'<text class="{kind}" x="{x}" y="{y}" font-size="{size}" text-anchor="{anchor}" fill="{fill}"{weight}>'
        f"{escape(words)}</text>"
    )


def said(title: str) -> str:
    """What a mark says when it is pointed at or read out."""
    return f"<title>{escape(title)}</title>" if title else ""
