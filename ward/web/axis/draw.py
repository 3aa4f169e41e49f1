"""The drawing of a time axis: lanes and charts from top to bottom over one proportional axis, with aligned edges."""

from collections.abc import Iterator

from pathway.definition.draw.measure import width_of, wrapped
from pathway.definition.draw.svg import FONT
from ward.web.axis.chart import HEIGHT, Chart
from ward.web.axis.lane import Bar, Lane, Mark, Panel
from ward.web.axis.paint import DARK, HAIR, INK, LOOKS, PAPER, SIZE, SOFT, line, mark, marks, rect, text
from ward.web.axis.window import LEFT, RIGHT, Window
from ward.web.moment import moment_text

#: Marks of one look nearer than this are one; so many of them are told in its words.
NEAR, SAID = 4, 3
#: More marks than that of one look, none farther from the next than this, are told together.
RUN = 2 * NEAR
OPEN = "An edge with an arrow head is open: it goes on, or began before."
#: Width of the drawing; heights of the time scale, a lane, a bar, and the room between groups.
WIDTH, SCALE, LANE, BAR, GAP = 960, 54, 26, 16, 14
GROUPS = {
    "stages": "Stages",
    "drugs": "Drugs",
    "products": "Products",
    "events": "What happened",
    "reminders": "Reminders",
}
LEGEND = {
    "critical": "critical value",
    "below": "below target",
    "above": "above target",
    "fine": "on target",
    "plain": "value",
    "gap": "result without a value",
    "dose": "dose given",
    "planned": "next dose planned",
    "product": "product begun",
    "due": "due",
    "rung": "rung",
    "noted": "acknowledged, not done",
    "done": "done",
    "withdrawn": "no longer needed",
    "expired": "expired",
}


class Drawing:
    """A drawing in the making: `y` is how far it has come."""

    def __init__(self, window: Window) -> None:
        self.window, self.y = window, SCALE
        self.parts: list[str] = []

    def svg(self, lanes: tuple[Lane, ...], panels: tuple[Panel, ...], name: str, words: str) -> str:
        """The whole drawing. `name` prefixes ids; `words` say in a sentence what is drawn."""
        early = [each for each in lanes if each.kind != "reminders"]
        late = [each for each in lanes if each.kind == "reminders"]
        self.groups([each for each in early if each.kind in ("stages", "drugs", "products")])
        for each in panels:
            self.y += GAP
            self.parts += Chart(self.window, each, self.y).svg()
            self.y += HEIGHT
        self.groups([each for each in early if each.kind == "events"])
        self.groups(late)
        end = self.y
        self.legend(lanes, panels)
        height = self.y + 8
        root = (
            f'<svg class="axis" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" '
            f'height="{height}" role="img" aria-labelledby="{name}-title {name}-desc" fill="{INK}" '
            f'font-family="{FONT}" font-size="{SIZE}">'
        )
        return "\n".join(
            [
                root,
                f'<title id="{name}-title">Time axis, {self.window.words}</title>',
                f'<desc id="{name}-desc">{words}</desc>',
                HATCH,
                f'<rect class="paper" x="0" y="0" width="{WIDTH}" height="{height}" fill="{PAPER}"/>',
                *self.scale(end),
                *self.parts,
                *self.present(end),
                "</svg>",
            ]
        )

    def scale(self, height: int) -> Iterator[str]:
        """The time scale: dates at midnight, hours between, a line through everything for each."""
        future = self.window.x(self.window.now)
        yield (
            f'<rect class="future" x="{future}" y="{SCALE - 8}" width="{RIGHT - future}" height="{height - SCALE + 8}" '
            f'fill="#f0f3f6"/>'
        )
        for tick in self.window.ticks():
            yield line(tick.x, SCALE - 8, tick.x, height, "#8f9aa5" if tick.day else HAIR, kind="tick")
            anchor = "start" if tick.x < LEFT + 30 else "middle"
            yield text(tick.x, 28, tick.clock or "00:00", size=11, anchor=anchor, fill=SOFT, kind="soft")
            if tick.day:
                yield text(tick.x, 13, tick.day, size=11, anchor=anchor, bold=True)

    def present(self, height: int) -> Iterator[str]:
        """The line of the present, with its word."""
        x = self.window.x(self.window.now)
        yield line(x, SCALE - 8, x, height, INK, width=1.5, kind="present")
        clock = moment_text(self.window.now, self.window.zone)[-5:]
        yield text(x, SCALE - 11, f"{self.window.word} {clock}", size=11, anchor="middle", bold=True)

    def groups(self, lanes: list[Lane]) -> None:
        """Lanes under the name of their group."""
        group = ""
        for each in lanes:
            if each.kind != group:
                group = each.kind
                self.y += GAP
                self.parts.append(line(0, self.y - 5, WIDTH, self.y - 5, "#73808c", kind="edge"))
                self.parts.append(
                    text(0, self.y + 8, GROUPS[group].upper(), size=10, fill=SOFT, kind="soft", bold=True)
                )
                self.y += 10
            self.lane(each)

    def legend(self, lanes: tuple[Lane, ...], panels: tuple[Panel, ...]) -> None:
        """What each kind of mark in this drawing means."""
        looks = {one.look for lane in lanes for one in lane.marks}
        looks |= {one.look for panel in panels for one in panel.points}
        bars = [bar for lane in lanes for bar in lane.bars]
        opened = any(bar.since < self.window.start or bar.until is None or bar.from_before for bar in bars)
        known = [(look, words) for look, words in LEGEND.items() if look in looks]
        x, self.y = 0, self.y + GAP + 10
        for look, words in (*known, *([("", OPEN)] if opened else [])):
            wide = width_of(words, 11) + 34
            if x + wide > WIDTH:
                x, self.y = 0, self.y + 20
            if look:
                self.parts.append(mark(look, x + 8, self.y - 4 - 6 * (look == "dose"), ""))
            self.parts.append(text(x + 20 * bool(look), self.y, words, size=11, fill=SOFT, kind="soft"))
            x += wide

    def lane(self, lane: Lane) -> None:
        """One lane: its title at the left, its bars, and the marks above them."""
        lines = wrapped(lane.title, LEFT - 14, SIZE, bold=lane.kind in ("drugs", "products"))
        height = max(LANE, 14 * len(lines) + 8)
        middle = self.y + height // 2
        for number, words in enumerate(lines):
            top = middle + 4 - 7 * (len(lines) - 1) + 14 * number
            self.parts.append(text(0, top, words, size=SIZE, bold=lane.kind in ("drugs", "products")))
        if lane.quiet:
            self.parts.append(text(LEFT + 6, middle + 4, lane.quiet, fill=SOFT, kind="soft"))
        for each in lane.bars:
            self.parts += self.bar(each, middle, thin=lane.kind == "reminders")
        runs: dict[str, list[list[tuple[int, list[Mark]]]]] = {}
        for (look, place), near in self.together(lane).items():
            found = runs.setdefault(look, [])
            if not found or place - found[-1][-1][0] > RUN:
                found.append([])
            found[-1].append((place, near))
        for look, stood in runs.items():
            self.parts += marks(look, middle, [each for run in stood for each in self.told(run)])
        self.y += height
        self.parts.append(line(0, self.y, WIDTH, self.y))

    def told(self, run: list[tuple[int, list[Mark]]]) -> Iterator[tuple[tuple[int, ...], str]]:
        """Where marks of a run stand and what they say: each for itself, and where they are many, all together."""
        for each in [run] if len(run) > SAID else [[one] for one in run]:
            near = [one for _, found in each for one in found]
            words = [f"{moment_text(one.at, self.window.zone)}: {one.words}" for one in near]
            left = len(near) - SAID
            more = [] if left <= 0 else [f"and {left} more, the last {words[-1]}" if left > 1 else words[-1]]
            yield tuple(place for place, _ in each), "; ".join([*words[:SAID], *more])

    def together(self, lane: Lane) -> dict[tuple[str, int], list[Mark]]:
        """Marks of one look that stand on each other are one, which says what they are; the table has each."""
        found: dict[tuple[str, int], list[Mark]] = {}
        for one in lane.marks:
            x = self.window.x(one.at)
            found.setdefault((one.look, x - x % NEAR), []).append(one)
        return found

    def bar(self, bar: Bar, middle: int, *, thin: bool) -> Iterator[str]:
        """A stretch with honest edges: closed where it began and ended, open where nobody knows or it lies outside."""
        window = self.window
        ends = bar.until if bar.until is not None else window.now
        left, right = window.x(bar.since), window.x(ends)
        half = 2 if thin else BAR // 2
        title = (
            f"opened {moment_text(bar.since, window.zone)}, {bar.words}"
            if thin
            else f"{bar.words}: {self.stretch(bar)}"
        )
        yield rect(left, middle - half, right - left, 2 * half, bar.look, title)
        if thin:
            return
        kept = bar.until is None and bar.look not in ("stopped", "never")
        if bar.from_before or bar.since < window.start:
            yield open_end(left, middle, -1, bar.look)
        if kept:
            yield open_end(right + 2, middle, 1, bar.look)
        if width_of(bar.words, 11, bold=True) <= right - left - 18:
            fill, kind = (PAPER, "paper-ink") if bar.look in DARK else (INK, f"ink-on-{bar.look}")
            yield text(left + 10, middle + 4, bar.words, size=11, fill=fill, kind=kind, bold=True)

    def stretch(self, bar: Bar) -> str:
        """From when to when, in words that say what is not known."""
        zone = self.window.zone
        since = f"since {moment_text(bar.since, zone)}" + (" or before" if bar.from_before else "")
        return since if bar.until is None else f"{since}, until {moment_text(bar.until, zone)}"


def open_end(x: int, middle: int, way: int, look: str) -> str:
    """An arrow head at an edge that is no end: to the left, -1, or to the right, 1."""
    half = BAR // 2
    return (
        f'<path class="o-{look}" d="M{x} {middle - half}l{6 * way} {half}l{-6 * way} {half}" fill="none" '
        f'stroke="{LOOKS[look][1]}" stroke-width="2"/>'
    )


HATCH = (
    '<defs><pattern id="axis-hatch" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
    '<rect width="6" height="6" fill="#fff1d6"/><rect width="2" height="6" fill="#e8c684"/></pattern></defs>'
)
