"""The picture of a case at a moment: what boards, pages and commands show, as plain values with their reasons."""

import msgspec

from pathway.clinical.instant import Instant


class LabSeen(msgspec.Struct, frozen=True):
    """A laboratory fact as a ward reads it. `state`: on_target, below_target, above_target, critical, no_target, or
    cannot_say with `why`.

    `trend`: rising, falling, level, or empty with fewer than two usable values. `target` and `critical` are the lines
    with their units.
    """

    name: str
    title: str
    shown: str
    state: str
    why: str = ""
    collected_at: Instant | None = None
    recorded_at: Instant | None = None
    trend: str = ""
    target: str = ""
    critical: str = ""
    questions: tuple[str, ...] = ()


class FactSeen(msgspec.Struct, frozen=True):
    """Any other fact: its value in words, or that it cannot be said and why."""

    name: str
    title: str
    known: bool
    value: str
    shown: str
    at: Instant | None = None


class ExposureSeen(msgspec.Struct, frozen=True):
    """A drug's exposure: never, ordered, running, held, stopped, or `cannot say`."""

    drug: str
    title: str
    value: str
    since: Instant | None = None
    last_dose: Instant | None = None
    next_dose: Instant | None = None


class RungSeen(msgspec.Struct, frozen=True):
    """A rung of an open reminder: reached at an instant, or coming at `at`."""

    number: int
    to: tuple[str, ...]
    at: Instant | None
    reached: bool
    paused_until: Instant | None = None


class AckSeen(msgspec.Struct, frozen=True):
    """An acknowledgement that stands: who took note, in which role, until when; `ladder`: it pauses every rung."""

    by: str
    role: str
    until: Instant
    ladder: bool


class PutOffSeen(msgspec.Struct, frozen=True):
    """A way to put a reminder off that its rule knows: the due time that comes of it now, or `why` it is shut now."""

    kind: str
    to: Instant | None
    why: str


class ReminderSeen(msgspec.Struct, frozen=True):
    """An open obligation in words. `key` is (reminder, subject, ordinal); `line` groups one need of one patient.

    `owner_person`: the account of whoever took it, in `owner_role`; empty while it is its role's. `offered_to`: the
    account that it is offered to, as `offered_role`, by another one, until an instant. `put_off`: empty where its rule
    lets nobody put it off.
    """

    reminder: str
    subject: str
    ordinal: int
    line: str
    title: str
    text: str
    level: str
    critical: bool
    opened_at: Instant
    due_at: Instant
    state: str
    deadline: Instant | None
    not_before: Instant | None
    rungs: tuple[RungSeen, ...]
    acknowledged_until: Instant | None
    answers: tuple[str, ...]
    why: str
    source: tuple[str, ...]
    owner_person: str = ""
    owner_role: str = ""
    offered_to: str = ""
    offered_until: Instant | None = None
    offered_role: str = ""
    offered_by: str = ""
    acknowledged: tuple[AckSeen, ...] = ()
    put_off: tuple[PutOffSeen, ...] = ()


class RefusedSeen(msgspec.Struct, frozen=True):
    """A request that would be refused now, with the reasons in words and whether it can be signed for."""

    request: str
    drug: str
    acts: tuple[str, ...]
    code: str
    text: str
    reasons: tuple[str, ...]
    override_by: tuple[str, ...]
    source: tuple[str, ...]


class ProposalSeen(msgspec.Struct, frozen=True):
    """What the engine proposes now, and why."""

    name: str
    text: str
    why: str
    source: tuple[str, ...]


class Flagged(msgspec.Struct, frozen=True):
    """A deviation, a broken or running invariant, an open review, or a signed override, in words."""

    kind: str
    name: str
    text: str
    at: Instant
    open: bool


class HandedItemSeen(msgspec.Struct, frozen=True):
    """A pending result or an open critical reminder, and who takes it over."""

    kind: str
    name: str
    what: str
    heir: str
    due_at: Instant | None


class HandedFactSeen(msgspec.Struct, frozen=True):
    """A fact as it was shown at an exit."""

    name: str
    title: str
    known: bool
    shown: str
    at: Instant | None


class HandedSeen(msgspec.Struct, frozen=True):
    """What an exit handed over, and to whom. `receiver` is empty where nobody was named or the name is under a key."""

    exit: str
    title: str
    items: tuple[HandedItemSeen, ...]
    facts: tuple[HandedFactSeen, ...]
    receiver: str
    accepted_at: Instant | None
    linked: str


class PhaseSeen(msgspec.Struct, frozen=True):
    """Where a region stands, and the strip of its open leaves in order; of exits the one it took."""

    region: str
    leaf: str
    title: str
    entered_at: Instant
    strip: tuple[tuple[str, str], ...]


class NoteSeen(msgspec.Struct, frozen=True):
    """The note to the team, who wrote it and when; `why`: for what reason it cannot be read."""

    text: str
    at: Instant
    actor: str
    role: str
    why: str = ""


class Picture(msgspec.Struct, frozen=True):
    """Everything a page shows of one case at `at`, for one person at one moment.

    `due_line`: one sentence on what is overdue and due next. `rows`: recheck class and other choices in force.
    """

    case: str
    at: Instant
    origin: str
    ward: str
    bed: str
    zone: str
    pathway: str
    title: str
    status: str
    presented_at: Instant
    position: int
    clinical_version: int
    closed: bool
    failed: bool
    phases: tuple[PhaseSeen, ...]
    labs: tuple[LabSeen, ...]
    facts: tuple[FactSeen, ...]
    exposures: tuple[ExposureSeen, ...]
    reminders: tuple[ReminderSeen, ...]
    refused: tuple[RefusedSeen, ...]
    proposals: tuple[ProposalSeen, ...]
    flagged: tuple[Flagged, ...]
    rows: dict[str, str]
    due_line: str
    handed: HandedSeen | None = None
    merged_into: str = ""
    note: NoteSeen | None = None
