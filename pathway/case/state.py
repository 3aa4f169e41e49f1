"""A case: everything the events of one patient's episode add up to."""

import msgspec

from pathway.case.envelope import By
from pathway.case.events import HandedOver, ResultRecorded, Sealed
from pathway.clinical.instant import Instant
from pathway.clinical.reading import Interval
from pathway.clinical.report import Report

ReminderKey = tuple[str, str]
#: Where reported deaths stand among the findings: the sign is in no name of a pathway.
DEATH = "#death"


class Place(msgspec.Struct, frozen=True):
    """Where a region stands, since when, for the how manyth time."""

    leaf: str
    entered_at: Instant
    entry: int
    position: int
    was: str = ""


class Result(msgspec.Struct, frozen=True):
    """One laboratory result as a fact. `first_recorded`: when this very value was first known."""

    position: int
    body: ResultRecorded
    interval: Interval | None
    recorded_at: Instant
    first_recorded: Instant


class Finding(msgspec.Struct, frozen=True):
    """A finding or flag from an instant on."""

    position: int
    value: str
    at: Instant
    recorded_at: Instant


class Act(msgspec.Struct, frozen=True):
    """One act with a drug, effective at `at`."""

    position: int
    act: str
    at: Instant
    recorded_at: Instant
    form: str
    next_dose_at: Instant | None
    ticks: dict[str, bool]


class Product(msgspec.Struct, frozen=True):
    """One unit of a product; `ended_at` None while it runs or where nobody recorded the end.

    `position` is the last event about it; `start` and `end` are those that told its two moments.
    """

    position: int
    product: str
    unit_no: str
    started_at: Instant | None
    ended_at: Instant | None
    recorded_at: Instant
    start: int | None = None
    end: int | None = None


class Sample(msgspec.Struct, frozen=True):
    """A specimen that was taken for these analytes."""

    position: int
    specimen: str
    analytes: tuple[str, ...]
    collected_at: Instant


class Course(msgspec.Struct, frozen=True):
    """A declared treatment course."""

    position: int
    number: int
    regimen: str
    day1: Instant
    recorded_at: Instant
    intensive: bool
    doses: dict[str, str]


class Decided(msgspec.Struct, frozen=True):
    """The last signed answer to a reminder's question about a subject."""

    position: int
    choice: str
    at: Instant
    review_at: Instant | None


class Chosen(msgspec.Struct, frozen=True):
    """The row of a choice in force."""

    row: str
    tightened_at: Instant | None = None
    easing_to: str = ""
    easing_since: Instant | None = None


class Ack(msgspec.Struct, frozen=True):
    """An acknowledgement: pauses the `ladder`, or a rung (as text) and those below, until an instant."""

    pauses: str
    by: str
    role: str
    at: Instant
    until: Instant


class Rang(msgspec.Struct, frozen=True):
    """A rung that was reached. `count` numbers the repeats after the last rung."""

    rung: int
    count: int
    at: Instant
    to: tuple[str, ...]


class Owner(msgspec.Struct, frozen=True):
    """The person who took a reminder, in which role, since when."""

    person: str
    role: str
    since: Instant


class Offer(msgspec.Struct, frozen=True):
    """A reminder is offered to a person in a role, by another one, who hears of it again at `until`."""

    to: str
    to_role: str
    by: str
    by_role: str
    until: Instant


class Told(msgspec.Struct, frozen=True):
    """A rung that was reached on the newest day on which any was."""

    reminder: str
    subject: str
    ordinal: int
    level: str
    rung: int
    count: int


class Day(msgspec.Struct, frozen=True):
    """What this patient's reminders told on one day of the site, which ends at `until`.

    `over`: that it is more than the budget was said.
    """

    until: Instant
    rungs: tuple[Told, ...] = ()
    over: bool = False


class Obligation(msgspec.Struct, frozen=True):
    """One open reminder. `started_at`: when its ladder began (opening, or the last restart).

    `back_at`: when it came back after an exit that was taken back. `owner`: the person who took it; else it is its
    role's.
    """

    reminder: str
    subject: str
    ordinal: int
    level: str
    wording: str
    opened_at: Instant
    started_at: Instant
    due_at: Instant
    anchor: Instant
    not_before: Instant | None
    because: tuple[int, ...]
    position: int
    rungs: tuple[Rang, ...] = ()
    told: tuple[str, ...] = ()
    acks: tuple[Ack, ...] = ()
    answered: bool = False
    snoozed: bool = False
    not_possible: bool = False
    ever_acknowledged: bool = False
    back_at: Instant | None = None
    owner: Owner | None = None
    offer: Offer | None = None

    @property
    def late(self) -> bool:
        """It came back after an exit that was taken back, and was due meanwhile."""
        return self.back_at is not None and self.due_at < self.back_at


class Ended(msgspec.Struct, frozen=True):
    """The last occurrence of a reminder that closed: its number, when and how, and the event that led to it."""

    ordinal: int
    closed_at: Instant
    position: int
    how: str
    cause: int | None = None


class Violation(msgspec.Struct, frozen=True):
    """An invariant that does not hold."""

    began_at: Instant
    deadline: Instant
    broken: bool


class Review(msgspec.Struct, frozen=True):
    """A decision whose basis changed, and whether a person has settled it."""

    number: int
    decision: int
    changed: int
    urgent: bool
    about: str
    opened_at: Instant
    settled: str = ""


class Overridden(msgspec.Struct, frozen=True):
    """A refused request that was signed for. `reviewed`: earlier times of signing and of review, oldest first."""

    position: int
    request: str
    signed_at: Instant
    review_at: Instant | None
    reviewed: tuple[tuple[Instant, Instant | None], ...] = ()
    ended: bool = False


class Verbal(msgspec.Struct, frozen=True):
    """An act that was done on a spoken order: who gave it, when, and what they said of it since."""

    position: int
    giver: str
    role: str
    at: Instant
    signed: str = ""


class Basis(msgspec.Struct, frozen=True):
    """What a decision rested on: positions of events; `drug` where it was about one."""

    about: str
    because: tuple[int, ...]
    recorded_at: Instant
    drug: str = ""


class Deviation(msgspec.Struct, frozen=True):
    """A prohibited act that happened all the same."""

    rule: str
    target: int
    at: Instant


class Noted(msgspec.Struct, frozen=True):
    """The note to the team that stands."""

    text: Sealed
    at: Instant
    by: By


class Case(msgspec.Struct, frozen=True):
    """The fold of a case's events. The mappings are never changed after `evolve` returns them.

    `labs`: analyte to results by collection time; `therapy`: drug to acts by effective time; `reports`: test to
    standing reports in recorded order; `decisions`, `open`, `ended`: by (reminder, subject); `eased`: held latch to
    when its condition ceased; `heirs`: a superseded fact to the one that stands in for it; `retracted`: fact to its
    retraction; `left`: what an exit withdrew, as it was; `handed`: what it handed over; `day`: what was told on the
    newest day that anything was; `brought`: a fact of a merged case to that case and its position there; `displaced`: a
    brought fact to the facts that it stands in for.
    `clinical_version` grows with facts, phases and decisions, `position` with every event.
    """

    id: str
    position: int = 0
    recorded_at: Instant = Instant(0)
    bundle: str = ""
    pathway: str = ""
    patient: str = ""
    origin: str = ""
    ward: str = ""
    bed: str = ""
    zone: str = "UTC"
    presented_at: Instant = Instant(0)
    enrolled_at: Instant = Instant(0)
    clinical_version: int = 0
    died_at: Instant | None = None
    failed: tuple[str, ...] = ()
    note: Noted | None = None
    regions: dict[str, Place] = {}
    entries: dict[str, int] = {}
    labs: dict[str, tuple[Result, ...]] = {}
    reports: dict[str, tuple[Report, ...]] = {}
    findings: dict[str, tuple[Finding, ...]] = {}
    therapy: dict[str, tuple[Act, ...]] = {}
    products: tuple[Product, ...] = ()
    samples: tuple[Sample, ...] = ()
    courses: tuple[Course, ...] = ()
    decisions: dict[ReminderKey, Decided] = {}
    latches: dict[str, Finding] = {}
    eased: dict[str, Instant] = {}
    choices: dict[str, Chosen] = {}
    open: dict[ReminderKey, Obligation] = {}
    ended: dict[ReminderKey, Ended] = {}
    noted: dict[str, tuple[int, ...]] = {}
    violations: dict[str, Violation] = {}
    reviews: dict[int, Review] = {}
    bases: dict[int, Basis] = {}
    overrides: dict[int, Overridden] = {}
    verbal: dict[int, Verbal] = {}
    deviations: tuple[Deviation, ...] = ()
    facts_at: dict[int, str] = {}
    heirs: dict[int, int] = {}
    retracted: dict[int, int] = {}
    left: dict[ReminderKey, Obligation] = {}
    handed: HandedOver | None = None
    day: Day | None = None
    merged_into: str = ""
    brought: dict[int, tuple[str, int]] = {}
    displaced: dict[int, tuple[Result | Report | Product, ...]] = {}
