"""The form of a pathway file: what may stand in it, as types. Guards are still text here."""

from typing import Literal

import msgspec

Sources = tuple[str, ...]


class Form(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What every part of a file is."""


class EnrolForm(Form, frozen=True):
    """Who may enrol and how many identifiers that takes."""

    id: str
    by: tuple[str, ...]
    identifiers: int
    source: Sources


class SettingForm(Form, frozen=True):
    """A number or span with bounds and its safe direction, or daily local rounds."""

    source: Sources
    value: str | None = None
    rounds: tuple[str, ...] = ()
    bounds: tuple[str, str] | None = None
    safe: Literal["up", "down"] | None = None


class FactForm(Form, frozen=True):
    """A fact; exactly one of its kinds is given. `unsaid` is what it is before anything was said.

    `on_death`: the value that a finding takes when a death is reported.
    """

    title: str
    lab: str | None = None
    unit: str = ""
    valid_for: str | None = None
    lines: tuple[str, ...] = ()
    finding: tuple[str, ...] = ()
    flag: bool = False
    unsaid: str | None = None
    on_death: str | None = None
    computed: str | None = None
    from_: dict[str, str] = msgspec.field(name="from", default_factory=dict)
    reports: tuple[str, ...] = ()
    exposure: str | None = None
    forms: tuple[str, ...] = ()
    products: tuple[str, ...] = ()
    course: bool = False
    difference: tuple[str, str] | None = None


class LatchForm(Form, frozen=True):
    """A condition that once true stays true until one of `released_by` ends it, on a certain yes of `release_when`."""

    title: str
    when: str
    released_by: tuple[str, ...]
    source: Sources
    release_when: str | None = None


class RowForm(Form, frozen=True):
    """One row of a choice, the strictest first; the last has no `when`."""

    name: str
    when: str | None = None


class LoosensForm(Form, frozen=True):
    """When a choice may move to a looser row: two panels so far apart, and a guard."""

    panel: tuple[str, ...]
    apart: str
    when: str


class ChoiceForm(Form, frozen=True):
    """A choice by case: rows of its own, or settings taken by the row of another choice."""

    title: str
    source: Sources
    rows: tuple[RowForm, ...] = ()
    loosens: LoosensForm | None = None
    by: str | None = None
    take: dict[str, str] = {}


class RegionForm(Form, frozen=True):
    """One state machine of the case, with dotted leaves."""

    initial: str
    phases: tuple[str, ...]
    closed: tuple[str, ...] = ()


class ReasonForm(Form, frozen=True):
    """A reason that a transition by a role needs while its guard is not a certain no."""

    name: str
    when: str
    text: str


class CourseForm(Form, frozen=True):
    """The treatment course that a transition declares: drugs and their dose ranges."""

    regimen: str
    intensive: bool
    needs: tuple[str, ...]
    one_of: tuple[str, ...]
    doses: dict[str, tuple[str, str]]


class TransitionForm(Form, frozen=True):
    """A move. Without `by` it is automatic; `to = "same"` notes knowledge without a move.

    `excludes_because`: why an automatic move can never be enabled together with another one, by the other's name,
    where the checker cannot prove it from the guards.
    """

    id: str
    name: str
    from_: tuple[str, ...] = msgspec.field(name="from")
    to: str
    source: Sources
    region: str = "treatment"
    by: tuple[str, ...] = ()
    when: str | None = None
    reasons: tuple[ReasonForm, ...] = ()
    course: CourseForm | None = None
    identifiers: int = 0
    died_at: bool = False
    excludes_because: dict[str, str] = {}


class ExitForm(Form, frozen=True):
    """What an exit leaves behind: who takes it over, and what is handed to them.

    `heirs`: a role, or `receiver` for the person outside who takes the patient, for `results` that are still pending
    and for `reminders` that are open and critical (or for one of these by its id). `hand_over`: the facts that go
    along. An exit after which nobody has anything left to take over says why in `no_heirs`.
    """

    source: Sources
    heirs: dict[str, str] = {}
    hand_over: tuple[str, ...] = ()
    no_heirs: str | None = None


class DoorForm(Form, frozen=True):
    """One reason for which a request is allowed."""

    name: str
    when: str


class OverrideForm(Form, frozen=True):
    """Who may sign for a refused request, whether a second must, and when it is reviewed."""

    by: tuple[str, ...]
    review_after: str
    second: bool = False


class RequestForm(Form, frozen=True):
    """What may be asked with a drug. `refuse_when` refuses on yes; `allow_only_when` refuses on all but yes."""

    id: str
    drug: str
    acts: tuple[str, ...]
    by: tuple[str, ...]
    source: Sources
    refuse_text: str
    tells: tuple[str, ...]
    refuse_when: str | None = None
    allow_only_when: str | None = None
    doors: tuple[DoorForm, ...] = ()
    closed_text: str = ""
    override: OverrideForm | None = None


class StopForm(Form, frozen=True):
    """Who may stop a drug and what they confirm."""

    drug: str
    by: tuple[str, ...]
    source: Sources
    ticks: tuple[str, ...] = ()


class ProposalForm(Form, frozen=True):
    """What the engine proposes while a guard holds. It obliges nobody."""

    name: str
    when: str
    text: str
    source: Sources


class RungForm(Form, frozen=True):
    """A step of a ladder: when, and to whom (`physician by page`)."""

    at: str
    to: tuple[str, ...]
    when: str | None = None
    critical: bool = False
    quiet_when: str | None = None


class LevelForm(Form, frozen=True):
    """A grade of urgency of a reminder, the gravest first; what it leaves out the reminder says."""

    name: str
    when: str | None = None
    due: str | None = None
    ladder: tuple[RungForm, ...] = ()
    critical: bool | None = None
    repeat: str | None = None


class WordingForm(Form, frozen=True):
    """A text for the pages, the first whose guard says yes. `{fact}` shows what is known of a fact."""

    name: str
    text: str
    when: str | None = None


class AcknowledgeForm(Form, frozen=True):
    """What an acknowledgement by these roles pauses (the ladder, or their own rung and those below), until when."""

    by: tuple[str, ...]
    pauses: Literal["ladder", "own"]
    until: str


class AnswerForm(Form, frozen=True):
    """One possible answer: who may give it, with a second or not, and the longest time to its review."""

    by: tuple[str, ...]
    second: bool = False
    review: str | None = None


class PutOffForm(Form, frozen=True):
    """A putting off: once, by 1/`share` of a span."""

    once: bool
    share: int
    of: str
    not_when: str | None = None


class EpisodeForm(Form, frozen=True):
    """Which products call for which recheck, in which window after their end."""

    fact: str
    products: tuple[str, ...]
    from_: str = msgspec.field(name="from")
    to: str


class EachForm(Form, frozen=True):
    """For what a reminder exists once each: facts, product episodes, samples, or open reviews."""

    fact: tuple[dict[str, str], ...] = ()
    episode: tuple[EpisodeForm, ...] = ()
    sample: tuple[str, ...] = ()
    review: bool = False
    within: str | None = None
    usual: str | None = None


class ReminderForm(Form, frozen=True):
    """An obligation: when it exists, when it is due, whom it tells, what discharges it.

    `opens_when_unknown`: the names whose gap opens it. `gaps`: what else is done about a gap that could keep it from
    opening: `covered by M43` names the reminder that asks for the name, `always certain` says that there is no gap.
    """

    id: str
    name: str
    title: str
    line: str
    when: str
    done_when: str
    wordings: tuple[WordingForm, ...]
    source: Sources
    due: str | None = None
    for_each: EachForm | None = None
    together: bool = False
    opens_when_unknown: tuple[str, ...] = ()
    gaps: dict[str, str] = {}
    critical: bool = False
    trigger: str | None = None
    anchor: str = "opened"
    not_before: str | None = None
    deadline: str | None = None
    expires: str | None = None
    levels: tuple[LevelForm, ...] = ()
    ladder: tuple[RungForm, ...] = ()
    repeat: str | None = None
    acknowledge: tuple[AcknowledgeForm, ...] = ()
    answers: dict[str, AnswerForm] = {}
    snooze: PutOffForm | None = None
    not_possible: PutOffForm | None = None


class NeverForm(Form, frozen=True):
    """What must never hold, or not longer than to an instant; whom its breach tells."""

    id: str
    name: str
    when: str
    no_later_than: str
    tells: tuple[str, ...]
    text: str
    source: Sources


class ReviewsForm(Form, frozen=True):
    """Which decisions are urgent when their basis changes, how long they are fresh, and who settles a review."""

    urgent_drugs: tuple[str, ...]
    fresh_for: str
    by: tuple[str, ...]
    source: Sources


class FailuresForm(Form, frozen=True):
    """Whom it tells when a rule of a case has failed: somebody at the bed, and somebody who can mend it."""

    tells: tuple[str, ...]
    source: Sources


class PathwayForm(Form, frozen=True):
    """A whole pathway file of format 1."""

    format: Literal[1]
    pathway: str
    version: int
    title: str
    status: str
    roles: tuple[str, ...]
    clinicians: tuple[str, ...]
    enrol: EnrolForm
    settings: dict[str, SettingForm]
    facts: dict[str, FactForm]
    regions: dict[str, RegionForm]
    reviews: ReviewsForm
    failures: FailuresForm
    conditions: dict[str, str] = {}
    latches: dict[str, LatchForm] = {}
    choices: dict[str, ChoiceForm] = {}
    titles: dict[str, str] = {}
    lines: dict[str, str] = {}
    transitions: tuple[TransitionForm, ...] = ()
    exits: dict[str, ExitForm] = {}
    requests: tuple[RequestForm, ...] = ()
    stops: tuple[StopForm, ...] = ()
    proposals: tuple[ProposalForm, ...] = ()
    reminders: tuple[ReminderForm, ...] = ()
    never: tuple[NeverForm, ...] = ()
