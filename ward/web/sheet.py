"""The page of one patient: what now and why, what is missing, the time axis, and the timeline by both clocks."""

from zoneinfo import ZoneInfo

import msgspec

from pathway.case.events import FactRetracted, PhaseEntered, ReportRecorded, ResultRecorded
from pathway.case.picture import Flagged, HandedFactSeen, Picture, ProposalSeen, RefusedSeen
from pathway.case.why import Inquiry, Why
from pathway.clinical.instant import Instant
from ward.web.axis import Axis, axis
from ward.web.due import Due, Rung, dues, rungs, valid_until
from ward.web.moment import MINUTE, length_text, moment_text
from ward.web.patient import Patient, patient
from ward.web.reads import TimelineEntry
from ward.web.reasons import Reasons, reasons
from ward.web.seen import CANNOT_SAY, Drug, Fact, Strip, Value, choices, drug, fact, strip, value

#: A longer timeline is cut to its newest events and says so; the rest is one link away.
TIMELINE_SHOWN = 50


class Need(msgspec.Struct, frozen=True):
    """A due line with its ladder and its reasons. `id` is its own on the page."""

    due: Due
    rungs: tuple[Rung, ...]
    answers: str
    why: tuple[str, ...]
    source: str
    id: str
    trees: tuple[Why, ...] = ()

    @property
    def rule(self) -> str:
        """The rules that ask for it, by their ids."""
        return ", ".join(dict.fromkeys(each.rule.replace("_", " ") for each in self.trees if each.rule))

    @property
    def pressing(self) -> bool:
        """Whether it cannot wait: critical, overdue, or due within the next hours. Another is shown in brief."""
        return self.due.critical or self.due.soon


class Gap(msgspec.Struct, frozen=True):
    """What cannot be said, and why; `last`: an old value that no longer counts, with its age."""

    title: str
    why: str
    last: str = ""
    age: str = ""


class Flag(msgspec.Struct, frozen=True):
    """A deviation, a broken invariant or a review, with its time."""

    kind: str
    text: str
    at: str
    open: bool


class Line(msgspec.Struct, frozen=True):
    """One event: both clocks, who, what. `late`: how much later it was learned; `notes`: corrections, either way."""

    position: int
    type: str
    occurred: str
    recorded: str
    late: str
    who: str
    words: str
    notes: tuple[str, ...]
    correction: bool


class Sheet(msgspec.Struct, frozen=True):
    """Everything on a patient's page."""

    picture: Picture
    patient: Patient
    strips: tuple[Strip, ...]
    choices: tuple[tuple[str, str], ...]
    needs: tuple[Need, ...]
    refused: tuple[RefusedSeen, ...]
    proposals: tuple[ProposalSeen, ...]
    values: tuple[Value, ...]
    drugs: tuple[Drug, ...]
    facts: tuple[Fact, ...]
    flags: tuple[Flag, ...]
    handed_facts: tuple[tuple[HandedFactSeen, str], ...]
    accepted: str
    presented: str
    valid_until: str
    lines: tuple[Line, ...]
    hidden: int
    reasons: Reasons = Reasons()
    axis: Axis | None = None

    @property
    def due(self) -> tuple[Need, ...]:
        """The needs that wait for somebody, those that cannot wait first."""
        found = [each for each in self.needs if each.pressing or each.due.kind != "later"]
        return tuple(sorted(found, key=lambda each: not each.pressing))

    @property
    def later(self) -> tuple[Need, ...]:
        """The needs whose time has not come."""
        return tuple(each for each in self.needs if each not in self.due)

    @property
    def missing(self) -> tuple[Gap, ...]:
        """What cannot be said: first the values with a target, then drugs, then other values and findings."""
        values = [each for each in self.values if each.look == "gap"]
        values.sort(key=lambda each: not each.target)
        found = [Gap(each.title, each.why, each.last, each.age) for each in values]
        aimed = sum(bool(each.target) for each in values)
        taken = [Gap(each.title, "nobody has said whether it is taken") for each in self.drugs if each.look == "gap"]
        said = [Gap(each.title, each.words.removeprefix(f"{CANNOT_SAY}: ")) for each in self.facts if not each.known]
        return (*found[:aimed], *taken, *found[aimed:], *said)


def sheet(
    picture: Picture,
    identity: dict[str, str] | None,
    entries: list[TimelineEntry],
    *,
    whole: bool,
    asked: Inquiry | None = None,
    span: str = "",
) -> Sheet:
    """The page of a case. `whole`: show every event, however many. `asked`: the case, to be asked why and when.

    `span`: of the time axis, a word of its spans; any other is the usual one.
    """
    trees = reasons(asked, picture)
    zone, now = ZoneInfo(picture.zone), picture.at
    shown = lines(entries, zone, len(entries) if whole else TIMELINE_SHOWN)
    been, handed = _been(entries, zone), picture.handed
    return Sheet(
        picture=picture,
        patient=patient(identity, picture.origin, now, zone),
        strips=tuple(strip(phase, now, zone, been.get(phase.region)) for phase in picture.phases),
        choices=choices(picture),
        needs=tuple(_need(due, now, zone, trees) for due in dues(picture, zone)),
        refused=picture.refused,
        proposals=picture.proposals,
        values=tuple(value(lab, now, zone) for lab in picture.labs),
        drugs=tuple(drug(each, now, zone) for each in picture.exposures),
        facts=tuple(fact(each, zone) for each in picture.facts),
        flags=tuple(_flag(each, zone) for each in sorted(picture.flagged, key=lambda flag: (not flag.open, -flag.at))),
        handed_facts=tuple((each, moment_text(each.at, zone)) for each in (handed.facts if handed else ())),
        accepted=moment_text(handed.accepted_at if handed else None, zone),
        presented=moment_text(picture.presented_at, zone),
        valid_until=valid_until((picture,), zone),
        lines=shown,
        hidden=len(entries) - len(shown),
        reasons=trees,
        axis=None if asked is None else axis(asked, span),
    )


def lines(entries: list[TimelineEntry], zone: ZoneInfo, newest: int) -> tuple[Line, ...]:
    """So many events, newest first, each with what it corrects and what corrected it."""
    corrected: dict[int, list[str]] = {}
    for entry in entries:
        target, word = corrects(entry)
        if target is not None:
            corrected.setdefault(target, []).append(f"{word[1]} by event {entry.event.position}")
    shown = reversed(entries[max(0, len(entries) - newest) :])
    return tuple(_line(entry, corrected.get(entry.event.position, []), zone) for entry in shown)


def until(entries: list[TimelineEntry], occurred: Instant | None, recorded: Instant | None) -> list[TimelineEntry]:
    """The events that had happened by `occurred` and were known by `recorded`; None leaves a clock open."""
    return [
        entry
        for entry in entries
        if (occurred is None or entry.event.occurred_at <= occurred)
        and (recorded is None or entry.event.recorded_at <= recorded)
    ]


def _need(due: Due, now: int, zone: ZoneInfo, trees: Reasons) -> Need:
    first = due.reminders[0]
    found = (trees.reminders.get((each.reminder, each.subject)) for each in due.reminders)
    return Need(
        due=due,
        rungs=rungs(first, now, zone),
        answers=", ".join(each.replace("_", " ") for each in first.answers),
        why=tuple(dict.fromkeys(each.why for each in due.reminders if each.why)),
        source=", ".join(first.source),
        id=f"need-{first.reminder}-{first.subject or 'case'}-{first.ordinal}".lower().replace(" ", "-"),
        trees=tuple(each for each in found if each is not None),
    )


def _flag(flag: Flagged, zone: ZoneInfo) -> Flag:
    return Flag(flag.kind.replace("_", " "), flag.text, moment_text(flag.at, zone), flag.open)


def _line(entry: TimelineEntry, corrected: list[str], zone: ZoneInfo) -> Line:
    event = entry.event
    target, word = corrects(entry)
    own = [] if target is None else [f"{word[0]} event {target}"]
    caused = [] if event.cause is None else [f"follows event {event.cause}"]
    return Line(
        position=event.position,
        type=event.type,
        occurred=moment_text(event.occurred_at, zone),
        recorded=moment_text(event.recorded_at, zone),
        late=_late(event.recorded_at - event.occurred_at),
        who=who(entry),
        words=entry.words,
        notes=(*own, *corrected, *caused),
        correction=bool(own or corrected),
    )


def corrects(entry: TimelineEntry) -> tuple[int | None, tuple[str, str]]:
    """The position that an event corrects, and the words for it, active and passive."""
    match entry.event.body:
        case ResultRecorded(replaces=target) | ReportRecorded(replaces=target):
            return target, ("corrects", "corrected")
        case FactRetracted(target=target):
            return target, ("retracts", "retracted")
    return None, ("", "")


def who(entry: TimelineEntry) -> str:
    by = entry.event.by
    role = by.role.replace("_", " ")
    return f"{by.actor}, {role}" if role else by.actor


def _late(gap: int) -> str:
    """How much later than it occurred it was recorded, when a reader of whole minutes would see it."""
    if abs(gap) < MINUTE:
        return ""
    return f"{length_text(gap)} {'later' if gap > 0 else 'earlier'}"


def _been(entries: list[TimelineEntry], zone: ZoneInfo) -> dict[str, dict[str, str]]:
    """Region to leaf to when it was last entered."""
    been: dict[str, dict[str, str]] = {}
    for entry in entries:
        match entry.event.body:
            case PhaseEntered(region=region, leaf=leaf):
                been.setdefault(region, {})[leaf] = moment_text(entry.event.occurred_at, zone)
    return been
