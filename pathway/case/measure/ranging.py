"""Time in a range: of each stretch, how long the value in force was at least a line, was under it, or was not known.

A result holds from its collection until the next one, at most as long as the pathway lets the fact stand.
"""

from collections.abc import Iterator
from decimal import Decimal

from pathway.case.envelope import Event
from pathway.case.measure.asked import Asked
from pathway.case.measure.form import IndicatorForm, PatternForm
from pathway.case.measure.pattern import Found, interval_of, number
from pathway.case.measure.trail import Trail
from pathway.case.measure.unit import Left, Outcome, Unit
from pathway.clinical.instant import Instant
from pathway.definition.pathway import Pathway


class Ranged:
    """An indicator of time in a range: its line, how long a value stands, and where its results are."""

    def __init__(self, asked: Asked, pathway: Pathway) -> None:
        form, fact = asked.form, pathway.fact(asked.form.fact)
        self.asked = asked
        self.line: Decimal = number(pathway, form.at_least)
        self.stands_us: int | None = pathway.span(fact.valid_for) if fact.valid_for else None

    def units(self, trail: Trail, results: list[Found]) -> Iterator[Unit | Left]:
        """The stretches of one case; `results` are those of the fact, by collection."""
        stops = trail.of(self.asked.stop)
        for at, start in trail.of(self.asked.start):
            if reason := self.asked.held(trail, at):
                yield Left(trail.case, reason)
                continue
            stop = next((each for each in stops if order(each) > (at, start.position)), None)
            until = trail.last if stop is None else stop[0]
            running = stop is None and trail.ended_at is None
            yield self.unit(trail, at, start, max(at, until), results, running=running)

    def unit(
        self, trail: Trail, at: Instant, start: Event, until: Instant, results: list[Found], *, running: bool
    ) -> Unit:
        """One stretch."""
        spent = {True: 0, False: 0, None: 0}
        for since, ends, fine in self.pieces(at, until, results):
            spent[fine] += ends - since
        return Unit(
            case=trail.case,
            position=start.position,
            at=at,
            outcome=Outcome.OPEN if running else Outcome.IN_TIME,
            stopped_at=None if running else until,
            lasted_us=until - at,
            groups=self.asked.grouped(trail, at, start, None),
            in_range_us=spent[True],
            outside_us=spent[False],
            unknown_us=spent[None],
        )

    def pieces(self, at: Instant, until: Instant, results: list[Found]) -> Iterator[tuple[int, int, bool | None]]:
        """The stretch in pieces, each with whether its value is at least the line; None for cannot say."""
        reached: int = at
        for index, (collected, event) in enumerate(results):
            ends: int = results[index + 1][0] if index + 1 < len(results) else until
            if self.stands_us is not None:
                ends = min(ends, collected + self.stands_us)
            since, ends = max(collected, reached), min(ends, until)
            if ends <= since:
                continue
            if since > reached:
                yield reached, since, None
            value = interval_of(event)
            yield since, ends, None if value is None else value.at_least(self.line)
            reached = ends
        if until > reached:
            yield reached, until, None


def results_form(form: IndicatorForm, pathway: Pathway) -> PatternForm:
    """The pattern of the results that a range is about."""
    lab = pathway.fact(form.fact).lab or ""
    return PatternForm(event="ResultRecorded", where={"analyte": (lab,)}, at="collected_at")


def order(found: Found) -> tuple[int, int]:
    """The order of what was found."""
    return found[0], found[1].position
