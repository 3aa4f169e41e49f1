"""What stands on a time axis: bars, marks and points in lanes, with their words, and no place in pixels."""

from decimal import Decimal

import msgspec

from pathway.clinical.instant import Instant


class Bar(msgspec.Struct, frozen=True):
    """A stretch of time. `until` None: it lasts. `from_before`: nobody recorded that it began here (TLN-0300)."""

    look: str
    words: str
    since: Instant
    until: Instant | None
    from_before: bool = False


class Mark(msgspec.Struct, frozen=True):
    """Something at one instant. `words` say what, without the time."""

    look: str
    words: str
    at: Instant


class Lane(msgspec.Struct, frozen=True):
    """One line of the drawing: its title, and what stands on it. `quiet`: the words of a lane with nothing on it."""

    kind: str
    title: str
    bars: tuple[Bar, ...] = ()
    marks: tuple[Mark, ...] = ()
    quiet: str = ""


class Line(msgspec.Struct, frozen=True):
    """A target or critical line of a panel; one to stay under is a ceiling."""

    word: str
    at: Decimal
    ceiling: bool


class Point(msgspec.Struct, frozen=True):
    """A value at its collection. `low` and `high` bound it, None where it has no bound; `joined`: to the one before.

    Without both bounds `look` is `gap`: a result that is no value.
    """

    at: Instant
    low: Decimal | None
    high: Decimal | None
    shown: str
    look: str
    words: str
    recorded: Instant
    joined: bool = False


class Panel(msgspec.Struct, frozen=True):
    """The values of one analyte. `scale`: its lowest and highest figure, the same for every patient (GTAB-072)."""

    name: str
    title: str
    unit: str
    scale: tuple[Decimal, Decimal]
    lines: tuple[Line, ...]
    points: tuple[Point, ...]
