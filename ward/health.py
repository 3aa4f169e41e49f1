"""The health of reminders: how often each rule rings, whether people answer in time, and what they think of it.

Read from events and notices alone. What each figure counts is said in docs/how-to/watch.md.
"""

from collections import Counter
from collections.abc import Iterable
from decimal import Decimal

import msgspec

from pathway.case.envelope import Event
from pathway.case.events import (
    BudgetExceeded,
    DecisionRecorded,
    OfferDeclined,
    OfferLapsed,
    OverrideSigned,
    ReminderAcknowledged,
    ReminderClosed,
    ReminderOffered,
    ReminderOpened,
    ReminderRescheduled,
    ReminderSnoozed,
    ReminderTaken,
    RuleReported,
    RungReached,
)
from pathway.clinical.instant import SECOND, Instant
from pathway.engine.ports import Head
from ward.retention.due import count
from ward.wiring import House

DAY = 86_400 * SECOND
Key = tuple[str, str, int]


class Ring(msgspec.Struct):
    """One occurrence of a reminder: its due time, when each rung was reached and by whom it was to be heard.

    `again_at`: when it first rang a higher rung, or the same one once more.
    """

    reminder: str
    due_at: Instant
    rungs: list[tuple[Instant, tuple[str, ...]]] = []
    again_at: Instant | None = None
    answered_at: Instant | None = None
    done_at: Instant | None = None
    ended_at: Instant | None = None
    dismissed: bool = False


class Figures(msgspec.Struct, frozen=True):
    """What is counted of a rule, or of a role under a rule. Counts of occurrences that rang, but for `rungs`."""

    name: str
    fired: int
    rungs: int
    in_time: int
    escalated: int
    done_late: int
    withdrawn: int
    dismissed: int

    @property
    def mostly_dismissed(self) -> bool:
        """Whether more than half of what rang was put off or not possible: the rule itself is then to be looked at."""
        return 2 * self.dismissed > self.fired > 0


class Voices(msgspec.Struct, frozen=True):
    """What people of a role said of a rule: that it is wrong; and to whom its reminders went, by name.

    `name`: a reminder, or a request that was signed for against the rule. `taken`: by accepting or by themselves;
    `not_taken`: offers that were declined or not answered.
    """

    name: str
    role: str
    reported: int = 0
    overridden: int = 0
    offered: int = 0
    taken: int = 0
    not_taken: int = 0


class Health(msgspec.Struct, frozen=True):
    """The health of reminders from one instant to another. `per_patient_day` is None without a patient-day.

    `over_budget`: days of a patient that told more than the budget of their pathway. Of the site as it is now:
    `glass_unreviewed`, `glass_late`: broken glass that waits for a review, and of that what waits too long;
    `key_missing`: why the key of the site opens nothing, empty where all is well; `erasure_due`: cases and reports
    whose retention is over.
    """

    begins: Instant
    ends: Instant
    ward: str
    rules: tuple[Figures, ...]
    roles: tuple[Figures, ...]
    overrides: dict[str, int]
    notices: dict[str, int]
    patient_days: Decimal
    per_patient_day: Decimal | None
    voices: tuple[Voices, ...] = ()
    over_budget: int = 0
    glass_unreviewed: int = 0
    glass_late: int = 0
    key_missing: str = ""
    erasure_due: int = 0


def health_of(house: House, ward: str, begins: Instant | None, ends: Instant | None) -> Health:
    """The figures of a ward (empty: of all), over occurrences that first rang from `begins` until before `ends`."""
    now = house.clock.now()
    until = Instant(now + 1) if ends is None else ends
    since = Instant(0) if begins is None else begins
    rings: list[Ring] = []
    overrides, told, said = Counter[str](), Counter[str](), Counter[tuple[str, str, str]]()
    stayed_us = over = 0
    heads = [head for head in house.store.heads(closed=True) if ward in ("", head.ward)]
    unreviewed = house.engine.sites.accounts().unreviewed()
    for head in heads:
        events = house.engine.timeline(head.case)
        rings += [each for each in rings_of(events) if each.rungs and since <= each.rungs[0][0] < until]
        within = [each for each in events if since <= each.recorded_at < until]
        overrides.update(each.body.request for each in within if isinstance(each.body, OverrideSigned))
        said.update(key for each in within if (key := voice(each)) is not None)
        over += sum(isinstance(each.body, BudgetExceeded) for each in within)
        told.update(
            notice.role
            for notice, state in house.store.notices(head.case)
            if state != "expired" and since <= notice.created_at < until
        )
        stayed_us += stay(head, events, since, until)
    days = (Decimal(stayed_us) / DAY).quantize(Decimal("0.01"))
    return Health(
        begins=min((each.rungs[0][0] for each in rings), default=now) if begins is None else since,
        ends=now if ends is None else ends,
        ward=ward,
        rules=counted((ring.reminder, ring) for ring in rings),
        roles=counted((f"{ring.reminder} {role}", ring) for ring in rings for role in roles_of(ring)),
        overrides=dict(sorted(overrides.items())),
        notices=dict(sorted(told.items())),
        patient_days=days,
        per_patient_day=(Decimal(told.total()) / days).quantize(Decimal("0.01")) if days else None,
        voices=voices(said),
        over_budget=over,
        glass_unreviewed=len(unreviewed),
        glass_late=sum(each.overdue(now) for each in unreviewed),
        key_missing=key_missing(house),
        erasure_due=count(house),
    )


def key_missing(house: House) -> str:
    """Why the key of the site opens nothing here; empty where all is well, and where nothing is sealed."""
    return "" if house.engine.vault is None else house.engine.vault.why


def voice(event: Event) -> tuple[str, str, str] | None:
    """Rule, role and figure that an event adds one to; of an offer that came to nothing, the role that made it."""
    body, role = event.body, event.by.role
    match body:
        case RuleReported():
            return body.reminder, role, "reported"
        case OverrideSigned():
            return body.request, role, "overridden"
        case ReminderOffered():
            return body.reminder, role, "offered"
        case ReminderTaken():
            return body.reminder, role, "taken"
        case OfferDeclined() | OfferLapsed():
            return body.reminder, body.tells, "not_taken"
    return None


def voices(said: Counter[tuple[str, str, str]]) -> tuple[Voices, ...]:
    """What was said, by rule and role."""
    keys = sorted({(name, role) for name, role, _ in said})
    figures = ("reported", "overridden", "offered", "taken", "not_taken")
    return tuple(Voices(name, role, **{each: said[(name, role, each)] for each in figures}) for name, role in keys)


def rings_of(events: Iterable[Event]) -> list[Ring]:
    """The occurrences of reminders in a case, as its events tell them."""
    found: dict[Key, Ring] = {}
    newest: dict[tuple[str, str], Ring] = {}
    for event in events:
        body, at = event.body, event.occurred_at
        match body:
            case ReminderOpened():
                begun = Ring(body.reminder, body.due_at)
                found[(body.reminder, body.subject, body.ordinal)] = newest[(body.reminder, body.subject)] = begun
            case DecisionRecorded():
                ring = newest.get((body.reminder, body.subject))
                if ring is not None:
                    answer(ring, at)
            case ReminderRescheduled() | ReminderSnoozed() | RungReached() | ReminderAcknowledged() | ReminderClosed():
                ring = found.get((body.reminder, body.subject, body.ordinal))
                if ring is not None:
                    follow(ring, body, at)
    return list(found.values())


def follow(
    ring: Ring,
    body: ReminderRescheduled | ReminderSnoozed | RungReached | ReminderAcknowledged | ReminderClosed,
    at: Instant,
) -> None:
    """Bring an occurrence forward by one event about it."""
    match body:
        case ReminderRescheduled():
            ring.due_at = body.due_at
        case ReminderSnoozed():
            ring.dismissed = True
            answer(ring, at)
        case RungReached():
            ring.rungs = [*ring.rungs, (at, body.to)]
            if ring.again_at is None and (body.rung > 0 or body.count > 1):
                ring.again_at = at
        case ReminderAcknowledged():
            answer(ring, at)
        case ReminderClosed(how="done"):
            ring.done_at = ring.ended_at = at
            answer(ring, at)
        case ReminderClosed():
            ring.ended_at = at


def answer(ring: Ring, at: Instant) -> None:
    """Somebody answered; what was said before the first rung is no answer to it."""
    if ring.rungs and ring.answered_at is None:
        ring.answered_at = at


def escalated(ring: Ring) -> bool:
    """Whether it rang again or higher before anybody answered."""
    return ring.again_at is not None and (ring.answered_at is None or ring.again_at < ring.answered_at)


def roles_of(ring: Ring) -> tuple[str, ...]:
    """Every role that was to hear of it, once."""
    return tuple(dict.fromkeys(role for _, to in ring.rungs for role in to))


def counted(named: Iterable[tuple[str, Ring]]) -> tuple[Figures, ...]:
    """The figures of each name, those that ring most first."""
    groups: dict[str, list[Ring]] = {}
    for name, ring in named:
        groups.setdefault(name, []).append(ring)
    figures = [
        Figures(
            name=name,
            fired=len(rings),
            rungs=sum(len(each.rungs) for each in rings),
            in_time=sum(each.answered_at is not None and not escalated(each) for each in rings),
            escalated=sum(map(escalated, rings)),
            done_late=sum(each.done_at is not None and each.done_at > each.due_at for each in rings),
            withdrawn=sum(each.ended_at is not None and each.done_at is None for each in rings),
            dismissed=sum(each.dismissed for each in rings),
        )
        for name, rings in groups.items()
    ]
    return tuple(sorted(figures, key=lambda each: (-each.fired, each.name)))


def stay(head: Head, events: list[Event], since: Instant, until: Instant) -> int:
    """How long a case was open between two instants, in microseconds."""
    begins = max(events[0].occurred_at, since) if events else until
    ends = min(head.recorded_at, until) if head.closed else until
    return max(0, ends - begins)
