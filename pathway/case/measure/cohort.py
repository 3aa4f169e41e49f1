"""A cohort: every case is taken in once, and what every indicator says of all of them is summed up at the end."""

from collections import Counter
from collections.abc import Iterable

import msgspec

from pathway.case.measure.asked import Asked, pattern_of, patterns_of
from pathway.case.measure.counting import counted
from pathway.case.measure.form import IndicatorForm
from pathway.case.measure.interval import intervals
from pathway.case.measure.load import Indicators
from pathway.case.measure.pattern import Finder, typed
from pathway.case.measure.ranging import Ranged, results_form
from pathway.case.measure.spread import Spread, share, spread
from pathway.case.measure.trail import ALWAYS, Trail
from pathway.case.measure.unit import Left, Outcome, Period, Unit
from pathway.clinical.instant import Instant

EVER = Period()


class Tally(msgspec.Struct, frozen=True):
    """The figures of an indicator, or of one group of it.

    `denominator` is the sum of the five outcomes: units, or of time in a range microseconds. `events`: of a count, how
    many there were. `running`: stretches of time in a range that go on. `spread`: of intervals in microseconds; of time
    in a range the share of each stretch in per cent of its known time.
    """

    group: tuple[str, ...]
    denominator: int
    in_time: int
    outside: int
    not_done: int
    not_documented: int
    open: int
    cases: int
    events: int = 0
    running: int = 0
    spread: Spread | None = None

    @property
    def numerator(self) -> int:
        """What counts: what came in time."""
        return self.in_time


class Result(msgspec.Struct, frozen=True):
    """What a cohort says of one indicator. `population`: cases asked about; `excluded`: units left out, by reason."""

    form: IndicatorForm
    population: int
    excluded: dict[str, int]
    total: Tally
    groups: tuple[Tally, ...]
    units: tuple[Unit, ...]


class Cohort:
    """Cases, taken in one after the other in whatever order. `now`: up to when open cases are observed."""

    def __init__(self, indicators: Indicators, now: Instant, period: Period = EVER) -> None:
        pathway, forms = indicators.pathway, indicators.form.indicators
        self.now, self.period = now, period
        self.exclude = tuple((each.reason, pattern_of(each)) for each in indicators.form.exclude)
        ranged = [results_form(form, pathway) for form in forms if form.kind == "range"]
        patterns = [each for form in forms for each in patterns_of(form)]
        self.finder = Finder([*patterns, *ranged, *(each for _, each in self.exclude)], pathway)
        self.sift = self.finder.sift(ALWAYS)
        self.asked = [Asked(form, self.finder, pathway) for form in forms]
        self.ranged = {
            each.form.id: (Ranged(each, pathway), (self.finder.slot(results_form(each.form, pathway)),))
            for each in self.asked
            if each.form.kind == "range"
        }
        regions = pathway.form.regions.items()
        self.exits = frozenset((name, leaf) for name, region in regions for leaf in region.closed)
        self.units: list[list[Unit]] = [[] for _ in forms]
        self.left: list[list[Left]] = [[] for _ in forms]
        self.population = [0 for _ in forms]

    @property
    def types(self) -> tuple[str, ...]:
        """The types of event that are read, the enrolment of a case among them; of another type nothing is asked."""
        return tuple(sorted(self.sift))

    def add(self, case: str, canonical: Iterable[bytes]) -> None:
        """Take in one case: the stored bytes of its events, in their order. Raises what `decode` raises."""
        self.add_typed(case, typed(canonical))

    def add_typed(self, case: str, events: Iterable[tuple[str, bytes]]) -> None:
        """The same, where the type of each event is known; those that are not of `types` may be left out."""
        trail = Trail(case, self.finder, self.exits, self.now).walk(events, self.sift)
        shut = next((why for why, form in self.exclude if trail.found[self.finder.slot(form)]), "")
        for number, asked in enumerate(self.asked):
            if asked.population and not trail.of(asked.population):
                continue
            self.population[number] += 1
            if shut and not asked.form.everyone:
                self.left[number].append(Left(case, shut))
                continue
            for each in self.found(asked, trail):
                if isinstance(each, Left):
                    self.left[number].append(each)
                elif asked.form.kind == "count" or self.period.holds(each.at):
                    self.units[number].append(each)

    def found(self, asked: Asked, trail: Trail) -> Iterable[Unit | Left]:
        """What one indicator finds in one case."""
        match asked.form.kind:
            case "interval":
                return intervals(asked, trail)
            case "count":
                return counted(asked, trail, self.period)
            case "range":
                ranged, slots = self.ranged[asked.form.id]
                return ranged.units(trail, trail.of(slots))

    def results(self) -> tuple[Result, ...]:
        """What the cases taken in so far say, in the order of the file. Units stand by case and position."""
        return tuple(
            result(asked.form, population, left, units)
            for asked, population, left, units in zip(self.asked, self.population, self.left, self.units, strict=True)
        )


def result(form: IndicatorForm, population: int, left: list[Left], units: list[Unit]) -> Result:
    """What units say of one indicator."""
    ranked = tuple(sorted(units, key=lambda each: (each.case, each.position)))
    named = sorted({each.groups for each in ranked}) if form.by else []
    groups = tuple(tally(form, [each for each in ranked if each.groups == name], name) for name in named)
    excluded = Counter(each.reason for each in left)
    return Result(form, population, dict(sorted(excluded.items())), tally(form, ranked), groups, ranked)


def tally(form: IndicatorForm, units: Iterable[Unit], group: tuple[str, ...] = ()) -> Tally:
    """The figures of some units."""
    every = tuple(units)
    cases = len({each.case for each in every})
    if form.kind == "range":
        return time_spent(every, group, cases)
    found = Counter(each.outcome for each in every)
    lasted = [each.lasted_us for each in every if each.lasted_us is not None]
    counts = {outcome.value: found[outcome] for outcome in Outcome}
    events = sum(each.count for each in every) if form.kind == "count" else 0
    return Tally(group, len(every), cases=cases, events=events, spread=spread(lasted), **counts)


def time_spent(units: tuple[Unit, ...], group: tuple[str, ...], cases: int) -> Tally:
    """The figures of time in a range, in microseconds."""
    inside, outside = sum(each.in_range_us for each in units), sum(each.outside_us for each in units)
    unknown = sum(each.unknown_us for each in units)
    known = [(each.in_range_us, each.in_range_us + each.outside_us) for each in units]
    return Tally(
        group=group,
        denominator=inside + outside + unknown,
        in_time=inside,
        outside=outside,
        not_done=0,
        not_documented=unknown,
        open=0,
        cases=cases,
        running=sum(each.outcome is Outcome.OPEN for each in units),
        spread=spread(per_cent for part, whole in known if (per_cent := share(part, whole)) is not None),
    )
