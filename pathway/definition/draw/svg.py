"""The page as SVG: no script, no style sheet, no font but the reader's own; the same bytes for the same definition."""

from collections.abc import Iterator
from html import escape

from pathway.definition.draw.measure import width_of
from pathway.definition.draw.moves import in_words
from pathway.definition.draw.page import Page, page
from pathway.definition.draw.shapes import LINE, SIZE, Panel, Point, Shape, Text, Wire
from pathway.definition.draw.travelled import Travelled
from pathway.definition.pathway import Pathway

INK, SOFT, PAPER, GROUND, BORDER = "#1b2733", "#44525f", "#ffffff", "#f5f7f9", "#c3ccd4"
#: Lines and label frames of automatic moves and of moves by a role. Both dark on light; the dashes tell them apart.
AUTOMATIC, BY_ROLE = "#0b5a8f", "#1b2733"
#: The path of a patient: dark on light, and always with its number beside it.
PATH = "#7a1f6b"
FRAMES = {"phase": (PAPER, "#5b6b7a"), "parent": ("#e9eef3", "#8696a5")}
FONT = "system-ui, 'Segoe UI', Roboto, 'Liberation Sans', Arial, sans-serif"
DASHES = ' stroke-dasharray="7 4"'
CORNER, HEAD_LONG, HEAD_WIDE = 8, 10, 5


def to_svg(
    pathway: Pathway, regions: tuple[str, ...] = (), path: Travelled | None = None, *, linked: bool = False
) -> str:
    """The picture of a pathway, ending in a line feed. Each move carries its condition and sources as a tooltip.

    `regions`: those to draw, all where none is named. `path`: where a patient has been, drawn over it with numbers.
    `linked`: the label of a move leads to the fragment of its id (`#T07`), on a page that explains it there.
    """
    drawn = page(pathway, regions, path)
    name = f"{pathway.form.pathway}-v{pathway.form.version}"
    lines = (line for at, each in drawn.panels for line in panel(at, each, path, linked=linked))
    return "\n".join([*opening(pathway, drawn, name, linked=linked), *lines, "</svg>", ""])


def opening(pathway: Pathway, drawn: Page, name: str, *, linked: bool) -> Iterator[str]:
    """The root, what the picture says for those who do not see it, and the heading.

    `linked`: a picture has no parts that a reader could go to, so one that holds links is a group of them.
    """
    role = "group" if linked else "img"
    yield (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{drawn.width}" height="{drawn.height}" '
        f'viewBox="0 0 {drawn.width} {drawn.height}" role="{role}" aria-labelledby="{name}-title {name}-desc" '
        f'font-family="{FONT}" font-size="{SIZE}" fill="{INK}">'
    )
    yield f'<title id="{name}-title">{escape(drawn.heading[0])}: phases and moves</title>'
    words = " ".join(in_words(pathway, each) for each in pathway.form.transitions)
    yield f'<desc id="{name}-desc">{escape(words)}</desc>'
    yield f'<rect width="{drawn.width}" height="{drawn.height}" fill="{PAPER}"/>'
    yield f'<text x="24" y="38" font-size="{SIZE + 7}" font-weight="bold">{escape(drawn.heading[0])}</text>'
    yield f'<text x="24" y="62" fill="{SOFT}">{escape(drawn.heading[1])}</text>'


def panel(at: Point, each: Panel, path: Travelled | None = None, *, linked: bool = False) -> Iterator[str]:
    """One panel at its place: ground, parents, lines, phases and labels, in this order from back to front."""
    yield f'<g transform="translate({at[0]} {at[1]})">'
    yield (
        f'<rect x="0" y="0" width="{each.width}" height="{each.height}" rx="10" fill="{GROUND}" stroke="{BORDER}"/>'
        f'<text x="24" y="29" font-size="{SIZE + 2}" font-weight="bold">{escape(each.title)}</text>'
    )
    yield from (line for shape in each.shapes if shape.kind == "parent" for line in boxed(shape))
    yield from (line for wire in each.wires for line in wired(wire))
    for shape in each.shapes:
        if shape.kind != "parent":
            inside = boxed(shape)
            yield from explained(shape, inside) if linked and shape.kind == "move" else inside
    if path is not None:
        yield from (line for shape in each.shapes for line in badge(shape, path))
    if each.dot:
        yield from beginning(each.dot, bool(each.shapes))
    yield from (written(text, x, y, "start") for (x, y), text in each.remarks)
    yield "</g>"


def explained(shape: Shape, inside: Iterator[str]) -> Iterator[str]:
    """A label that leads to where its move is explained."""
    yield f'<a href="#{escape(shape.name)}">'
    yield from inside
    yield "</a>"


def boxed(shape: Shape) -> Iterator[str]:
    """A phase, parent or label with its lines in the middle of its area."""
    box, area = shape.box, shape.area
    data = "data-transition" if shape.kind == "move" else "data-phase"
    yield f'<g {data}="{escape(shape.name)}"><title>{escape(shape.tip)}</title>'
    if shape.kind == "move":
        stroke, rounding, fill = (AUTOMATIC if shape.dashed else BY_ROLE), 12, PAPER
    else:
        (fill, stroke), rounding = FRAMES[shape.kind], 5
    width = 1 if shape.kind == "parent" else 2
    yield (
        f'<rect x="{box.x}" y="{box.y}" width="{box.width}" height="{box.height}" rx="{rounding}" fill="{fill}" '
        f'stroke="{stroke}" stroke-width="{width}"{DASHES if shape.dashed else ""}/>'
    )
    y = area.y + (area.height - LINE * len(shape.lines)) // 2 + SIZE
    for index, text in enumerate(shape.lines):
        yield written(text, area.x + area.width // 2, y + LINE * index, "middle")
    yield "</g>"


def badge(shape: Shape, path: Travelled) -> Iterator[str]:
    """The numbers of a patient's steps at the corner of a phase or move; where the patient stands has a broad frame."""
    numbers = path.badges.get(shape.name)
    if numbers is None or shape.kind == "parent":
        return
    box, here = shape.box, shape.kind == "phase" and shape.name in path.here
    frame = f'fill="none" stroke="{PATH}" stroke-width="{6 if here else 3}"'
    yield (
        f'<g data-path="{escape(shape.name)}"><rect x="{box.x}" y="{box.y}" width="{box.width}" '
        f'height="{box.height}" rx="{12 if shape.kind == "move" else 5}" {frame}/>'
    )
    text = f"{numbers} now" if here else numbers
    width = width_of(text, SIZE, bold=True) + 14
    x, y = box.right - width + 6, box.y - 10
    yield f'<rect x="{x}" y="{y}" width="{width}" height="20" rx="10" fill="{PATH}"/>'
    yield (
        f'<text x="{x + width // 2}" y="{y + 15}" text-anchor="middle" font-weight="bold" fill="{PAPER}">'
        f"{escape(text)}</text></g>"
    )


def wired(wire: Wire) -> Iterator[str]:
    """A line with its heads; a broad invisible line below makes its tooltip easy to reach."""
    stroke = AUTOMATIC if wire.dashed else BY_ROLE
    trace = traced(wire.points)
    yield f'<g data-transition="{escape(wire.move)}" fill="none"><title>{escape(wire.tip)}</title>'
    yield f'<path d="{trace}" stroke="{GROUND}" stroke-opacity="0" stroke-width="12"/>'
    yield f'<path d="{trace}" stroke="{stroke}" stroke-width="2"{DASHES if wire.dashed else ""}/>'
    if wire.head_first:
        yield head(wire.points[0], 1, stroke)
    if wire.head_last:
        yield head(wire.points[-1], -1, stroke)
    yield "</g>"


def traced(points: tuple[Point, ...]) -> str:
    """The path through the points with rounded corners; runs alternate between horizontal and vertical."""
    steps = [f"M{points[0][0]} {points[0][1]}"]
    for (ax, ay), (bx, by), (cx, cy) in zip(points, points[1:], points[2:], strict=False):
        near, far = abs(bx - ax) + abs(by - ay), abs(cx - bx) + abs(cy - by)
        round_ = min(CORNER, near // 2, far // 2)
        steps.append(f"L{bx - round_ * sign(bx - ax)} {by - round_ * sign(by - ay)}")
        steps.append(f"Q{bx} {by} {bx + round_ * sign(cx - bx)} {by + round_ * sign(cy - by)}")
    return " ".join([*steps, f"L{points[-1][0]} {points[-1][1]}"])


def sign(number: int) -> int:
    """-1, 0 or 1."""
    return (number > 0) - (number < 0)


def head(tip: Point, back: int, fill: str) -> str:
    """An arrow head with its point at `tip`; `back` is 1 when the line comes from the right."""
    x, y = tip
    base = x + back * HEAD_LONG
    return f'<path d="M{x} {y} L{base} {y - HEAD_WIDE} L{base} {y + HEAD_WIDE} Z" fill="{fill}"/>'


def beginning(at: Point, arrow: bool) -> Iterator[str]:
    """The mark where a case begins, with its arrow inside a region."""
    x, y = at
    yield f'<circle cx="{x}" cy="{y}" r="6" fill="{INK}"/>'
    if arrow:
        yield f'<path d="M{x} {y} L{x + 25} {y}" stroke="{INK}" stroke-width="2"/>{head((x + 25, y), -1, INK)}'


def written(text: Text, x: int, y: int, anchor: str) -> str:
    """One line of text."""
    weight = ' font-weight="bold"' if text.bold else ""
    return f'<text x="{x}" y="{y}" text-anchor="{anchor}"{weight}>{escape(text.text)}</text>'
