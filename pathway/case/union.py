"""The union of the facts of two cases: what one has and the other has not, once each."""

from collections.abc import Iterable, Iterator, Sequence

from msgspec.structs import replace

from pathway.case.brought import outlived, says
from pathway.case.envelope import By, Event
from pathway.case.events import (
    CaseJoined,
    CourseBegun,
    DeathRecorded,
    FactRetracted,
    FindingRecorded,
    ProductRecorded,
    ReportRecorded,
    ResultRecorded,
    SampleCollected,
    TherapyRecorded,
)
from pathway.case.evolve import evolve
from pathway.case.state import Case
from pathway.case.turn import Turn

FactBody = (
    CourseBegun
    | DeathRecorded
    | FindingRecorded
    | ProductRecorded
    | ReportRecorded
    | ResultRecorded
    | SampleCollected
    | TherapyRecorded
)
FACTS = (
    CourseBegun,
    DeathRecorded,
    FindingRecorded,
    ProductRecorded,
    ReportRecorded,
    ResultRecorded,
    SampleCollected,
    TherapyRecorded,
)
Key = tuple[object, ...]


class Union:
    """Brings the facts of another case into a turn. `moved`: a position there to the position of the same fact here.

    `disputed`: positions there of what stands there and was found wrong here.
    """

    def __init__(self, turn: Turn, other: Case, mine: Iterable[Event]) -> None:
        self.turn, self.other = turn, other
        self.moved: dict[int, int] = {}
        self.disputed: list[int] = []
        self.here, self.wrong = known(mine)

    def bring(self, events: Iterable[Event], by: By) -> None:
        """Every fact of the other case that stands there and is neither here nor known to be wrong."""
        for event in events:
            body = event.body
            if not isinstance(body, FACTS) or event.position in self.other.retracted:
                continue
            key = identity(body, event)
            if key in self.wrong:
                self.disputed.append(event.position)
                continue
            same = self.here.get(key) or later(self.turn.case, body)
            if same is not None:
                self.moved[event.position] = same
                continue
            origin = (self.other.id, event.position)
            told = self.turn.emit(self.fitted(body), by, event.occurred_at, origin)
            self.moved[event.position] = self.here[key] = told.position

    def fitted(self, body: FactBody) -> FactBody:
        """The body with the positions of this case."""
        match body:
            case ResultRecorded() | ReportRecorded() if body.replaces is not None:
                return replace(body, replaces=self.moved.get(body.replaces))
            case TherapyRecorded() | ProductRecorded() if body.because:
                return replace(body, because=self.there(body.because))
        return body

    def there(self, because: tuple[int, ...]) -> tuple[int, ...]:
        """The positions here of what something rested on there."""
        return tuple(sorted({self.moved[each] for each in because if each in self.moved}))


def later(case: Case, body: FactBody) -> int | None:
    """A report of a case that is the same one further in its life, or says the same at the same point of it."""
    if not isinstance(body, ReportRecorded) or not body.report_no:
        return None
    for each in case.reports.get(body.test, ()):
        if (each.method, each.report_no) == (body.method, body.report_no) and outlived(body, each):
            return each.position
    return None


def joined_at(here: Iterable[Event], other: str) -> int:
    """The position at which another case came here the last time; 0 where it never did."""
    found = (event.position for event in here if isinstance(event.body, CaseJoined) and event.body.other == other)
    return max(found, default=0)


def counterpart(other: str, position: int, here: Sequence[Event], there: Iterable[Event]) -> int:
    """The position here of a fact of a merged case that did not come along because it was here; 0 for any other."""
    event = next((each for each in there if each.position == position), None)
    if event is None or not isinstance(event.body, FACTS):
        return 0
    joined = joined_at(here, other)
    before = [each for each in here if each.position < joined]
    came = [each for each in here if each.position > joined and each.origin is not None and each.origin[0] == other]
    same = known([*before, *came])[0].get(identity(event.body, event))
    return same or (before and later(evolve(Case(id=before[0].case), before), event.body)) or 0


def known(events: Iterable[Event]) -> tuple[dict[Key, int], set[Key]]:
    """The facts that stand in a stream by what they are, with their positions; and those that were found wrong."""
    found: dict[int, Key] = {}
    wrong: set[Key] = set()
    for event in events:
        if isinstance(event.body, FactRetracted):
            key = found.pop(event.body.target, None)
            if key is not None and not event.body.parted:
                wrong.add(key)
        elif isinstance(event.body, FACTS):
            found[event.position] = identity(event.body, event)
    here = {key: position for position, key in reversed(found.items())}
    return here, wrong - here.keys()


def identity(body: FactBody, event: Event) -> Key:
    """What makes two records one fact: the specimen, the number of the report or the unit, and what was said when."""
    return (type(body).__name__, *parts(body, event))


def parts(body: FactBody, event: Event) -> Iterator[object]:
    """The parts of a fact's identity."""
    match body:
        case ResultRecorded():
            yield from (body.analyte, body.code, body.specimen, body.collected_at, body.entered, body.replaces is None)
        case ReportRecorded():
            yield from (body.test, body.method, body.report_no, body.status, says(body), body.verbal, body.written)
            yield body.collected_at if body.report_no else event.occurred_at
        case FindingRecorded():
            yield from (body.finding, body.value, event.occurred_at)
        case TherapyRecorded():
            yield from (body.drug, body.act, body.at, body.form)
        case ProductRecorded():
            yield from (body.product, body.unit_no, body.act, body.at)
        case SampleCollected():
            yield from (body.specimen, body.analytes, body.collected_at)
        case CourseBegun():
            yield from (body.regimen, body.day1)
        case DeathRecorded():
            yield body.died_at
