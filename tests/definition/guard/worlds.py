"""Random trees and the small worlds they are asked in: a few names of each type on an hourly grid."""

from dataclasses import dataclass, field
from decimal import Decimal
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from pathway.clinical.instant import SPAN_UNITS, Instant, instant
from pathway.clinical.reading import NEVER_RECORDED, Interval, Reading
from pathway.definition.guard import Guard, Kind, Schema, Wake, compile_guard, tree

HOUR = SPAN_UNITS["h"]
#: The grid crosses the spring clock change of 2026, so that rounds meet a day of 23 hours.
START = instant("2026-03-28T12:00+01:00")
BERLIN = ZoneInfo("Europe/Berlin")
GRID_HOURS = 24
CLASSES = ("sensitive", "resistant", "unnamed")
PHASES = ("diagnosis", "induction.first", "induction.second")

FLAGS = ("severe", "resolved", "signed")
WORDS = {"class": CLASSES, "treatment": PHASES}
NUMBERS = ("fibrinogen", "platelets")
INSTANTS = ("opened", "dose.next", "result.collected")
SPANS = ("recheck_every", "grace")
ROUNDS = "ward_rounds"

SCHEMA = Schema(
    names={name: Kind("bool") for name in FLAGS}
    | {name: Kind("enum", values=values) for name, values in WORDS.items()}
    | {name: Kind("number", unit="mg/dL") for name in NUMBERS}
    | {name: Kind("instant") for name in INSTANTS}
    | {name: Kind("span") for name in SPANS}
    | {ROUNDS: Kind("rounds")}
)


@dataclass
class World:
    """Facts of one case at one moment; what is not listed was never recorded."""

    readings: dict[str, Reading] = field(default_factory=dict)
    site: ZoneInfo = BERLIN

    def read(self, name: str, /) -> Reading:
        return self.readings.get(name, NEVER_RECORDED)

    def zone(self) -> ZoneInfo:
        return self.site


@dataclass
class Story:
    """Two readings a name: the first until its `until`, the second from then on."""

    first: dict[str, Reading]
    second: dict[str, Reading]

    def at(self, now: int) -> World:
        return World(
            {
                name: self.second[name] if reading.until is not None and now >= reading.until else reading
                for name, reading in self.first.items()
            }
        )


def ask(guard: Guard, world: World, now: int = START) -> int:
    return compile_guard(guard)(world, Instant(now), Wake())


def hour(count: int) -> Instant:
    return Instant(START + count * HOUR)


def flag(said: bool) -> Reading:
    return Reading(known=True, value=said)


def grid(low: int = 0, high: int = GRID_HOURS) -> st.SearchStrategy[Instant]:
    return st.integers(low, high).map(hour)


def intervals() -> st.SearchStrategy[Interval]:
    """Intervals with at least one member, with whole bounds from -3 to 3."""
    bound = st.none() | st.integers(-3, 3).map(Decimal)
    return st.builds(Interval, bound, bound, st.booleans(), st.booleans()).filter(_has_members)


def _has_members(number: Interval) -> bool:
    if number.low is None or number.high is None:
        return True
    return number.low < number.high or (number.low == number.high and not number.low_open and not number.high_open)


def _values(name: str) -> st.SearchStrategy[object]:
    if name in FLAGS:
        return st.booleans()
    if name in WORDS:
        return st.sampled_from(WORDS[name])
    if name in NUMBERS:
        return intervals()
    if name in INSTANTS:
        return grid()
    if name in SPANS:
        return st.integers(0, 8).map(lambda count: count * HOUR)
    return st.sampled_from(["08:00,20:00", "02:30", "00:00, 12:00"])


def readings(name: str, until: st.SearchStrategy[Instant | None]) -> st.SearchStrategy[Reading]:
    known = st.builds(
        Reading,
        known=st.just(True),
        value=_values(name),
        at=st.none() | grid(),
        recorded=st.none() | grid(),
        until=until,
        events=st.lists(st.integers(1, 40), max_size=2).map(tuple),
        shown=st.sampled_from(["", "as written"]),
    )
    # What has expired may still carry its last value; no leaf may use it.
    unknown = st.builds(
        Reading,
        known=st.just(False),
        value=st.none() | _values(name),
        at=st.none() | grid(),
        until=until,
        why=st.sampled_from(["older than 36 h", ""]),
    )
    return known | known | unknown


def stories() -> st.SearchStrategy[Story]:
    return st.builds(
        Story,
        st.fixed_dictionaries({name: readings(name, st.none() | grid()) for name in SCHEMA.names}),
        st.fixed_dictionaries({name: readings(name, st.none()) for name in SCHEMA.names}),
    )


def worlds() -> st.SearchStrategy[World]:
    return st.builds(World, st.fixed_dictionaries({name: readings(name, st.none() | grid()) for name in SCHEMA.names}))


def durations() -> st.SearchStrategy[tree.Duration]:
    return st.builds(tree.Named, st.sampled_from(SPANS)) | st.builds(
        tree.Lapse, st.integers(0, 8), st.sampled_from(["h", "h", "min", "d", "s"])
    )


def whens() -> st.SearchStrategy[tree.When]:
    def deeper(part: st.SearchStrategy[tree.When]) -> st.SearchStrategy[tree.When]:
        several = st.lists(part, min_size=1, max_size=3).map(tuple)
        return st.one_of(
            st.builds(tree.Plus, part, durations()),
            st.builds(tree.Minus, part, durations()),
            st.builds(tree.Earliest, several),
            st.builds(tree.Latest, several),
            st.builds(tree.FirstInstant, several),
            st.builds(tree.LaterThan, part, part),
            st.builds(tree.NextRound, st.just(ROUNDS), part),
        )

    return st.recursive(st.builds(tree.Named, st.sampled_from(INSTANTS)), deeper, max_leaves=4)


def operands() -> st.SearchStrategy[tree.Operand]:
    literal = st.builds(tree.Quantity, st.decimals(min_value=0, max_value=3, places=1), st.sampled_from(["mg/dL"]))
    return st.builds(tree.Named, st.sampled_from(NUMBERS)) | literal


def comparisons() -> st.SearchStrategy[tree.Guard]:
    signs = st.sampled_from(["<", "<=", ">", ">="])
    number = st.builds(tree.Named, st.sampled_from(NUMBERS))
    return st.builds(tree.Compare, number, signs, operands()) | st.builds(tree.Compare, operands(), signs, number)


def memberships() -> st.SearchStrategy[tree.Guard]:
    def among(name: str) -> st.SearchStrategy[tree.Guard]:
        words = st.sampled_from((*WORDS[name], "induction") if name == "treatment" else WORDS[name])
        return st.builds(tree.Among, st.just(name), st.lists(words, min_size=1, max_size=3).map(tuple), st.booleans())

    return st.sampled_from(sorted(WORDS)).flatmap(among)


def timeless_leaves() -> st.SearchStrategy[tree.Guard]:
    return st.builds(tree.Holds, st.sampled_from(FLAGS)) | memberships() | comparisons()


def timed_leaves() -> st.SearchStrategy[tree.Guard]:
    aged = st.sampled_from((*FLAGS, *WORDS, *NUMBERS))
    return st.one_of(
        st.builds(tree.After, whens(), whens()),
        st.builds(tree.Before, whens(), whens()),
        st.builds(tree.Reached, whens()),
        st.builds(tree.Since, durations(), whens()),
        st.builds(tree.OlderThan, aged, durations()),
    )


def knowledge_leaves() -> st.SearchStrategy[tree.Guard]:
    return st.builds(tree.Known, st.sampled_from(sorted(SCHEMA.names)), st.booleans())


def guards(
    leaves: st.SearchStrategy[tree.Guard] | None = None, with_first_known: bool = True
) -> st.SearchStrategy[tree.Guard]:
    def deeper(part: st.SearchStrategy[tree.Guard]) -> st.SearchStrategy[tree.Guard]:
        several = st.lists(part, min_size=2, max_size=3).map(tuple)
        forms = [st.builds(tree.Not, part), st.builds(tree.AllOf, several), st.builds(tree.AnyOf, several)]
        if with_first_known:
            forms.append(st.builds(tree.FirstKnown, st.lists(part, min_size=1, max_size=3).map(tuple)))
        return st.one_of(forms)

    leaf = timeless_leaves() | timed_leaves() | knowledge_leaves() if leaves is None else leaves
    return st.recursive(leaf, deeper, max_leaves=6)
