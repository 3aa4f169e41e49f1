"""An indicator made ready: its patterns as numbers of a finder, its limits as spans."""

from collections.abc import Iterable, Iterator

from pathway.case.envelope import Event
from pathway.case.measure.form import DuringForm, ExcludeForm, GroupForm, IndicatorForm, PatternForm
from pathway.case.measure.pattern import Finder, word_of
from pathway.case.measure.trail import Trail
from pathway.clinical.instant import Instant, span
from pathway.definition.pathway import Pathway

#: The group of those of whom nothing was said.
UNSAID = "not documented"
Slots = tuple[int, ...]


class Asked:
    """One indicator, as it is asked of a trail."""

    def __init__(self, form: IndicatorForm, finder: Finder, pathway: Pathway) -> None:
        self.form = form

        def slots(forms: Iterable[PatternForm]) -> Slots:
            return tuple(finder.slot(each) for each in forms)

        self.start, self.stop = slots(form.start), slots(form.stop)
        self.moved, self.void = slots(form.moved), slots(form.void)
        self.population, self.announced, self.not_done = map(slots, (form.population, form.announced, form.not_done))
        self.during = tuple((each, slots([pattern_of(each)])) for each in form.during)
        self.groups = tuple((each, slots([pattern_of(each)]) if each.event else ()) for each in form.by)
        self.lower, self.upper = window_of(form, pathway)

    def held(self, trail: Trail, at: Instant) -> str:
        """Why a start at an instant is left out; empty where it is not."""
        for each, slots in self.during:
            before = [event for when, event in trail.of(slots) if when <= at]
            if not before or any(word_of(before[-1], name) not in words for name, words in each.latest.items()):
                return each.otherwise
        return ""

    def grouped(self, trail: Trail, at: Instant, start: Event, stop: Event | None) -> tuple[str, ...]:
        """The words of a unit's groups."""
        return tuple(group(trail, each, slots, at, start, stop) for each, slots in self.groups)


def group(trail: Trail, form: GroupForm, slots: Slots, at: Instant, start: Event, stop: Event | None) -> str:
    """The word of one group."""
    if form.start:
        return word_of(start, form.start) or UNSAID
    if form.stop:
        return UNSAID if stop is None else word_of(stop, form.stop) or UNSAID
    told = [event for when, event in trail.of(slots) if form.ever or when <= at]
    return (word_of(told[-1], form.field) if told else "") or UNSAID


def pattern_of(form: DuringForm | ExcludeForm | GroupForm) -> PatternForm:
    """The pattern that another part of an indicator holds."""
    return PatternForm(event=form.event, where=form.where, at=form.at if isinstance(form, DuringForm) else "")


def patterns_of(form: IndicatorForm) -> Iterator[PatternForm]:
    """Every pattern of an indicator."""
    for some in (form.start, form.stop, form.moved, form.population, form.announced, form.void, form.not_done):
        yield from some
    yield from map(pattern_of, form.during)
    yield from (pattern_of(each) for each in form.by if each.event)


def window_of(form: IndicatorForm, pathway: Pathway) -> tuple[int | None, int | None]:
    """The limits of the window after the start, in microseconds; None for none."""
    lower, upper = form.window or ("", "")
    return limit(lower, pathway), limit(upper, pathway)


def limit(text: str, pathway: Pathway) -> int | None:
    """A limit by the name of a setting, or written with its unit. Raises ValueError for a text that is neither."""
    if not text:
        return None
    return pathway.span(text) if text in pathway.settings else span(text)
