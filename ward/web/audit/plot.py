"""The picture of an indicator: what became of its units, and how long they took; the table beside it holds the figures.

Every mark carries its presentation attributes, as on the time axis, so that it prints and shows without a style sheet.
"""

from collections.abc import Iterator
from decimal import Decimal
from html import escape

import msgspec
from markupsafe import Markup

from pathway.case.measure import IndicatorForm, Outcome, Result, Unit, share
from pathway.definition.draw.svg import FONT
from ward.figures.told import in_unit
from ward.web.axis.paint import HAIR, INK, PAPER, SOFT, line, mark, rect, text

WIDTH, LEFT, RIGHT = 640, 12, 628
#: Heights: the bar of outcomes and its words, then the strip with box and points, then its scale.
BAR, BAR_TOP, BOX, BOX_TOP, SCALE = 22, 22, 40, 66, 124
HEIGHT = 132
#: More points than these stand on each other: then the box alone is drawn.
POINTS = 300
#: Points lie on so many lines, one below the other, so that few stand on each other.
LINES = 5
#: What each outcome is called, and how it looks. None is told by colour alone: its figure stands in it or in the table.
LOOKS = {
    "in_time": ("in time", "running"),
    "outside": ("outside", "stage"),
    "not_done": ("not done", "stopped"),
    "not_documented": ("not documented", "gap"),
    "open": ("open", "ordered"),
}
TICKS = 4


class Plot(msgspec.Struct, frozen=True):
    """A drawing and what it shows, in words."""

    svg: Markup
    words: str


def plot(result: Result) -> Plot | None:
    """The picture of an indicator; None where there is nothing to draw."""
    total = result.total
    if not total.denominator:
        return None
    said = words(result)
    name = f"plot-{result.form.id.replace('.', '-')}"
    parts = [*outcomes(result), *strip(result)]
    height = HEIGHT if total.spread is not None else BOX_TOP - 12
    root = (
        f'<svg class="axis plot" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" '
        f'height="{height}" role="img" aria-labelledby="{name}-title" fill="{INK}" font-family="{FONT}">'
    )
    title = f'<title id="{name}-title">{escape(said)}</title>'
    paper = f'<rect class="paper" x="0" y="0" width="{WIDTH}" height="{height}" fill="{PAPER}"/>'
    svg = "\n".join([root, title, paper, *parts, "</svg>"])
    return Plot(Markup(svg), said)  # noqa: S704 - drawn here, every word escaped


def words(result: Result) -> str:
    """What is drawn, for those who do not see it."""
    total, form = result.total, result.form
    counts = ", ".join(f"{percent(result, name)} {word}" for name, (word, _) in LOOKS.items() if getattr(total, name))
    spread = total.spread
    if spread is None:
        return f"{form.title}: {counts}"
    median = f"median {in_unit(spread.median, form.unit)} {form.unit}"
    quartiles = f"quartiles {in_unit(spread.lower, form.unit)} and {in_unit(spread.upper, form.unit)}"
    return f"{form.title}: {counts}; {median}, {quartiles}"


def percent(result: Result, name: str) -> str:
    """The share of an outcome, as a text."""
    return f"{share(getattr(result.total, name), result.total.denominator)} %"


def outcomes(result: Result) -> Iterator[str]:
    """One bar that is all of the denominator, parted by what became of it."""
    total, x = result.total, LEFT
    shown = [(name, getattr(total, name)) for name in LOOKS if getattr(total, name)]
    yield text(LEFT, 13, "What became of them", size=11, fill=SOFT, kind="soft")
    for number, (name, count) in enumerate(shown):
        rest = RIGHT - x
        wide = rest if number == len(shown) - 1 else max(2, (RIGHT - LEFT) * count // total.denominator)
        word, look = LOOKS[name]
        yield rect(x, BAR_TOP, min(wide, rest), BAR, look, f"{word}: {percent(result, name)}")
        if wide > 7 * len(word) + 10:
            yield text(x + 5, BAR_TOP + 15, word, size=11, kind=f"ink-on-{look}")
        x += wide


def strip(result: Result) -> Iterator[str]:
    """The box of the quartiles with the median, and a point for each unit that has a length."""
    spread, form = result.total.spread, result.form
    if spread is None:
        return
    figures = list(lengths(form, result.units))
    scale = Scale(min(spread.least, Decimal(0)), spread.greatest)
    yield line(LEFT, SCALE - 14, RIGHT, SCALE - 14, "#73808c", kind="edge")
    for value in scale.ticks():
        x = scale.x(value)
        yield line(x, BOX_TOP - 4, x, SCALE - 10, HAIR)
        anchor = "start" if x < LEFT + 30 else "end" if x > RIGHT - 30 else "middle"
        shown = f"{in_unit(value, form.unit).normalize():f} {form.unit}"
        yield text(x, SCALE, shown, size=10, anchor=anchor, fill=SOFT, kind="soft")
    left, right, middle = (scale.x(each) for each in (spread.lower, spread.upper, spread.median))
    words = f"quartiles {in_unit(spread.lower, form.unit)} to {in_unit(spread.upper, form.unit)} {form.unit}"
    halfway = BOX_TOP + BOX // 2
    yield line(scale.x(spread.least), halfway, scale.x(spread.greatest), halfway, SOFT, kind="curve")
    yield rect(left, BOX_TOP, right - left, BOX, "stage", words)
    if len(figures) <= POINTS:
        for number, (value, unit) in enumerate(figures):
            y = BOX_TOP + BOX * (2 * (number % LINES) + 1) // (2 * LINES)
            look = "plain" if unit.outcome is Outcome.IN_TIME or form.kind == "range" else "below"
            yield mark(look, scale.x(value), y, f"{in_unit(value, form.unit)} {form.unit}")
    yield line(middle, BOX_TOP - 6, middle, BOX_TOP + BOX + 4, INK, width=3, kind="present")


def lengths(form: IndicatorForm, units: tuple[Unit, ...]) -> Iterator[tuple[Decimal, Unit]]:
    """What is spread: the length of each unit, or of time in a range its share of the known time."""
    for each in units:
        if form.kind == "range":
            known = share(each.in_range_us, each.in_range_us + each.outside_us)
            if known is not None:
                yield known, each
        elif each.lasted_us is not None:
            yield Decimal(each.lasted_us), each


class Scale:
    """From the least figure to the greatest, across the drawing."""

    def __init__(self, least: Decimal, greatest: Decimal) -> None:
        self.least, self.greatest = least, greatest if greatest > least else least + 1

    def x(self, value: Decimal) -> int:
        """Where a figure stands."""
        return LEFT + int((value - self.least) * (RIGHT - LEFT) / (self.greatest - self.least))

    def ticks(self) -> tuple[Decimal, ...]:
        """Figures at equal steps."""
        step = (self.greatest - self.least) / TICKS
        return tuple(self.least + step * number for number in range(TICKS + 1))
