"""Facts: what was true of the patient, and what people decided."""

from typing import Literal

from pathway.case.events.body import Body, Sealed
from pathway.clinical.instant import Instant


class ResultRecorded(Body, frozen=True, tag=True):
    """A laboratory result. `low`/`high` bound the number in the analyte's canonical `unit`; equal for a plain number.

    `usable` False keeps the result on the record and out of every guard; `why` says the reason. `question` is open
    while the unit is in doubt. `replaces` is the position of the result that this one corrects.
    """

    analyte: str
    code: str
    low: str | None
    high: str | None
    unit: str
    entered: str
    status: str
    collected_at: Instant
    specimen: str
    usable: bool
    why: str = ""
    question: str = ""
    low_open: bool = False
    high_open: bool = False
    collected_approx: bool = False
    replaces: int | None = None


class SampleCollected(Body, frozen=True, tag=True):
    """A specimen was taken for these analytes; its results are awaited."""

    specimen: str
    analytes: tuple[str, ...]
    collected_at: Instant


class ReportRecorded(Body, frozen=True, tag=True):
    """A work-up report at a point of its life cycle (ordered to amended or cancelled)."""

    test: str
    method: str
    status: str
    result: str = ""
    partner: str = ""
    truncated: bool = False
    karyotype: str = ""
    report_no: str = ""
    laboratory: str = ""
    collected_at: Instant | None = None
    authorised_at: Instant | None = None
    verbal: bool = False
    written: bool = True
    replaces: int | None = None


class FactRetracted(Body, frozen=True, tag=True):
    """The event at `target` was not true of this patient. `parted`: it came with that case, merged wrongly."""

    target: int
    reason: Sealed
    parted: str = ""


class FindingRecorded(Body, frozen=True, tag=True):
    """Somebody examined or judged: a finding or a clinician's flag has this value from the occurred time on."""

    finding: str
    value: str


class NoteWritten(Body, frozen=True, tag=True):
    """Somebody left a note to the team in place of the one before; without a text they took it away."""

    text: Sealed | None = None


class TherapyRecorded(Body, frozen=True, tag=True):
    """What was done with a drug. `at` is the effective time (of the dose, the hold, the stop).

    `next_dose_at` is the next planned dose as stated. `ticks` are the confirmations of a stop. `door` names why a start
    was allowed.
    """

    drug: str
    act: Literal["ordered", "started", "dose", "held", "resumed", "stopped", "unknown", "never"]
    at: Instant
    form: str = "oral"
    next_dose_at: Instant | None = None
    ticks: dict[str, bool] = {}
    door: str = ""
    reason: Sealed | None = None
    because: tuple[int, ...] = ()


class ProductRecorded(Body, frozen=True, tag=True):
    """A blood product was started or ended."""

    product: str
    unit_no: str
    act: Literal["started", "ended"]
    at: Instant
    because: tuple[int, ...] = ()


class CourseBegun(Body, frozen=True, tag=True):
    """A treatment course was declared. `doses`: drug to dose as written, with its unit."""

    number: int
    regimen: str
    day1: Instant
    intensive: bool
    doses: dict[str, str] = {}


class DecisionRecorded(Body, frozen=True, tag=True):
    """A signed answer to a reminder's question, with an end where the question comes again."""

    reminder: str
    subject: str
    choice: str
    reason: Sealed | None = None
    review_at: Instant | None = None
    because: tuple[int, ...] = ()
