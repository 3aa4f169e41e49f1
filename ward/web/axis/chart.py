"""The chart of one analyte on a time axis: points over pale bands on a scale that no value stretches."""

from collections.abc import Iterator
from decimal import Decimal
from itertools import pairwise

import msgspec

from ward.web.axis.lane import Line, Panel, Point
from ward.web.axis.paint import LOOKS, SOFT, line, mark, text
from ward.web.axis.window import LEFT, RIGHT, Window
from ward.web.moment import moment_text

#: Height of a chart, and the room inside above its highest and below its lowest figure, for marks at the edge.
HEIGHT, INSET = 112, 10
#: A value is written beside its point where the one before it is so far away; so far from the edge it is kept.
BESIDE, KEPT = 44, 14


class Chart(msgspec.Struct, frozen=True):
    """One panel at its place, `top` from above."""

    window: Window
    panel: Panel
    top: int

    def svg(self) -> Iterator[str]:
        """Title with the unit in sight (GTAB-027), bands, frame, scale, curve, points and their figures."""
        panel, top = self.panel, self.top
        yield text(0, top + 16, panel.title, bold=True, size=13)
        yield text(0, top + 32, panel.unit, fill=SOFT, kind="soft")
        for each in panel.lines:
            yield from self.band(each)
        yield (
            f'<rect class="frame" x="{LEFT}" y="{top}" width="{RIGHT - LEFT}" height="{HEIGHT}" fill="none" '
            'stroke="#73808c"/>'
        )
        for figure in panel.scale:
            yield text(LEFT - 6, self.y(figure) + 4, f"{figure:f}", size=11, anchor="end", fill=SOFT, kind="soft")
        yield from self.curve()
        for one in panel.points:
            yield from self.point(one)
        yield from self.figures()
        if not panel.points:
            yield text(LEFT + 10, top + 22, "No result in this span", fill=SOFT, kind="soft")

    def band(self, limit: Line) -> Iterator[str]:
        """A pale area, edged by a line that is seen: target on its good side, critical on its bad (GTAB-177, 182)."""
        y, target = self.y(limit.at), limit.word == "target"
        above = target != limit.ceiling
        fill, edge = ("#e6f4ec", "#0b5d3b") if target else ("#fbe3e8", "#a4133c")
        upper, lower = (self.top, y) if above else (y, self.top + HEIGHT)
        yield (
            f'<rect class="band-{limit.word}" x="{LEFT}" y="{upper}" width="{RIGHT - LEFT}" '
            f'height="{max(lower - upper, 0)}" fill="{fill}"/>'
        )
        yield line(LEFT, y, RIGHT, y, edge, width=1.5, kind=f"edge-{limit.word}")
        words = f"at most {limit.at:f}" if limit.ceiling else f"{limit.word} {limit.at:f}"
        yield text(RIGHT + 5, y + (-1 if above else 9), words, size=11, fill=edge, kind=f"ink-{limit.word}")

    def curve(self) -> Iterator[str]:
        """A thin line between two points while the first still counted."""
        values = [each for each in self.panel.points if each.look != "gap"]
        for before, after in pairwise(values):
            if after.joined:
                x1, x2 = self.window.x(before.at), self.window.x(after.at)
                yield line(x1, self.middle(before), x2, self.middle(after), SOFT, kind="curve")

    def point(self, point: Point) -> Iterator[str]:
        """A point, a stretch where only bounds are known, or a result that is no value, at the foot of the chart."""
        x = self.window.x(point.at)
        title = f"{self.panel.title} {point.shown}, collected {moment_text(point.at, self.window.zone)}"
        title += f": {point.words}" if point.words else ""
        if point.look == "gap":
            yield mark("gap", x, self.top + HEIGHT - 8, title)
            return
        low = point.low if point.low is not None else self.panel.scale[0]
        high = point.high if point.high is not None else self.panel.scale[1]
        if low != high:
            colour = LOOKS[point.look][1]
            yield line(x, self.y(low), x, self.y(high), colour, width=3, kind=f"s-{point.look}")
        yield mark(point.look, x, self.middle(point), title)

    def figures(self) -> Iterator[str]:
        """The values beside their points, as many as find room, the newest always."""
        values = [each for each in self.panel.points if each.look != "gap"]
        written = LEFT - BESIDE
        for number, one in enumerate(values, start=1):
            x, newest = self.window.x(one.at), number == len(values)
            if x - written < BESIDE and not newest:
                continue
            y = self.middle(one)
            y = y - 9 if y > self.top + 24 else y + 19
            figure = one.shown.removesuffix(self.panel.unit).strip()
            yield text(min(max(x, LEFT + KEPT), RIGHT - KEPT), y, figure, size=11, anchor="middle", bold=newest)
            written = x

    def middle(self, point: Point) -> int:
        """The height of a point; of one with bounds that of the bound it has, the upper where it has both."""
        bound = point.high if point.high is not None else point.low
        return self.y(bound if bound is not None else self.panel.scale[0])

    def y(self, figure: Decimal) -> int:
        """The height of a figure; what lies beyond the scale stands at its edge, with its figure beside it."""
        low, high = self.panel.scale
        inside = min(max(figure, low), high)
        return self.top + HEIGHT - INSET - int((inside - low) * (HEIGHT - 2 * INSET) / (high - low))
