"""What a drawing consists of: boxes with text, wires between them, panels that hold them. Pixels, whole numbers."""

from typing import Literal

import msgspec

Point = tuple[int, int]

#: Font sizes and the height of a line, in pixels.
SIZE, LINE = 13, 17


class Box(msgspec.Struct, frozen=True):
    """A rectangle; y grows downwards."""

    x: int
    y: int
    width: int
    height: int

    @property
    def right(self) -> int:
        """The x of the right edge."""
        return self.x + self.width

    @property
    def bottom(self) -> int:
        """The y of the lower edge."""
        return self.y + self.height


class Text(msgspec.Struct, frozen=True):
    """One line of text."""

    text: str
    bold: bool = False


class Shape(msgspec.Struct, frozen=True):
    """A phase, a parent around phases, or the label of a move. `area` is where its lines stand, inside `box`."""

    kind: Literal["phase", "parent", "move"]
    name: str
    box: Box
    area: Box
    lines: tuple[Text, ...]
    tip: str = ""
    dashed: bool = False


class Wire(msgspec.Struct, frozen=True):
    """A line of horizontal and vertical runs, with an arrow head at its first or last point, or both, or none."""

    move: str
    points: tuple[Point, ...]
    tip: str
    dashed: bool
    head_first: bool = False
    head_last: bool = False


class Panel(msgspec.Struct, frozen=True):
    """A part of the page with a heading, in its own coordinates. `dot` marks where a case begins."""

    title: str
    width: int
    height: int
    shapes: tuple[Shape, ...]
    wires: tuple[Wire, ...]
    dot: Point | None = None
    remarks: tuple[tuple[Point, Text], ...] = ()
