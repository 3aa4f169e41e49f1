"""Gathering: everything that an inbox shows to one visitor in one view, the gravest first."""

from collections.abc import Callable, Iterable
from zoneinfo import ZoneInfo

import msgspec

from pathway.clinical.instant import Instant
from pathway.engine.ports import Head
from pathway.site.state import Held
from ward.errors import Denied
from ward.web.board import bed_order
from ward.web.inbox.act import SAID
from ward.web.inbox.block import Block, Blocks, gravity
from ward.web.inbox.colleagues import colleagues, zone_of_site
from ward.web.inbox.done import Ended, Ends
from ward.web.inbox.line import Line, line, shown, told_of
from ward.web.inbox.view import EVERY_ROLE, View
from ward.web.moment import ago_text, moment_text, near_text
from ward.web.visit import Visit

#: The word of the policy for what is due, and for the reports that wait for somebody.
DUE, QUARANTINE = "due", "quarantine"
UNREAD = (False, -1, 0)


class Patient(msgspec.Struct, frozen=True):
    """One patient's part of an inbox. `coming`: what has not fired for this role yet; `acts`: those of the policy.

    `denied`: why this visitor may not act here at all; `people`: the name of the list of colleagues of the ward.
    """

    block: Block
    lines: tuple[Line, ...]
    coming: tuple[Line, ...]
    reviews: tuple[str, ...]
    acts: frozenset[str]
    denied: str
    people: str


class Waiting(msgspec.Struct, frozen=True):
    """A report in quarantine: nothing of what it says."""

    number: int
    since: str
    kind: str
    why: str
    rings: bool


class Inbox(msgspec.Struct, frozen=True):
    """All of it. `role`: for whom it rings; `people`: the colleagues of each ward, as value and words, by list name.

    `coming`: patients of whom nothing rings, and something will.
    """

    view: View
    role: str
    patients: tuple[Patient, ...]
    coming: tuple[Patient, ...]
    done: tuple[Ends, ...]
    waiting: tuple[Waiting, ...]
    people: dict[str, tuple[tuple[str, str], ...]]
    roles: tuple[str, ...]
    quiet: int
    hidden: int
    duty: str
    zone: str

    @property
    def lines(self) -> tuple[Line, ...]:
        """Every line."""
        return tuple(each for patient in self.patients for each in patient.lines)

    @property
    def shown(self) -> tuple[str, ...]:
        """The cases of which something is shown."""
        blocks = [each.block for each in (*self.patients, *self.coming)] + [each.block for each in self.done]
        return tuple(dict.fromkeys(each.token for each in blocks))


def gather(visit: Visit, view: View, heads: Iterable[Head], blocks: Blocks, ended: Ended) -> Inbox:
    """The inbox of a visitor. Writes no look: `Inbox.shown` is to be looked at. Raises Denied."""
    role = view.role or visit.role or EVERY_ROLE
    allowed = of_ward(visit)
    read = blocks.of(visit.seen(DUE, heads))
    made = [patient(visit, each, role, allowed(visit.door.ward(each.head))) for each in read]
    rings, zone = sum(len(each.lines) for each in made), zone_of(visit, read)
    kept = [
        msgspec.structs.replace(each, lines=tuple(one for one in each.lines if shown(one, view)))
        for each in made
        if not view.filtered or each.block.broken or any(shown(one, view) for one in each.lines)
    ]
    parts = sorted((each for each in kept if each.lines or each.block.broken or each.reviews), key=pressing)
    wards = {each.people: visit.door.ward(each.block.head) for each in parts}
    return Inbox(
        view=view,
        role=role,
        patients=tuple(parts),
        coming=tuple(each for each in made if each.coming and not each.lines and not each.reviews),
        done=tuple(sorted((each for each in (ended.of(block, role) for block in read) if each.ends), key=by_bed)),
        waiting=waiting(visit, zone),
        people={name: offered_to(visit, ward, zone) for name, ward in wards.items()},
        roles=roles_of(read, role),
        quiet=len(read) - len(parts),
        hidden=rings - sum(len(each.lines) for each in parts),
        duty=on_duty(visit, zone),
        zone=zone.key,
    )


def of_ward(visit: Visit) -> Callable[[str], tuple[frozenset[str], str]]:
    """Tells which acts the policy opens to a visitor on a ward, and why not where it opens none; asks once a ward."""
    known: dict[str, tuple[frozenset[str], str]] = {}

    def acts(ward: str) -> tuple[frozenset[str], str]:
        if ward not in known:
            found = {act: visit.door.may(visit.who, visit.role, act, ward) for act in SAID}
            shut = next((each for each in found.values() if isinstance(each, Denied)), None)
            opened = frozenset(act for act, each in found.items() if not isinstance(each, Denied))
            known[ward] = (opened, f"needed: {shut.expected}; {shut.mend}" if shut is not None and not opened else "")
        return known[ward]

    return acts


def patient(visit: Visit, block: Block, role: str, allowed: tuple[frozenset[str], str]) -> Patient:
    """One patient's part: what rings, and what is still to come for the role."""
    acts, denied = allowed
    pathway = None if block.broken else visit.door.house.pathway(block.head.bundle)
    clinicians = () if pathway is None else pathway.form.clinicians
    lines = [line(block, due, visit, role, clinicians) for due in sorted(block.dues, key=gravity)]
    settles = pathway is not None and visit.role in pathway.form.reviews.by and visit.lets("SettleReview")
    return Patient(
        block=block,
        lines=tuple(each for each in lines if each.rings),
        coming=tuple(each for each in lines if each.comes and not each.rings),
        reviews=block.reviews if settles else (),
        acts=acts,
        denied=denied,
        people=f"people-{visit.door.ward(block.head)}".replace(" ", "-"),
    )


def pressing(each: Patient) -> tuple[tuple[bool, int, int], str, tuple[tuple[int, str], ...]]:
    """How pressing a patient's part is: one that cannot be read first."""
    grave = min((gravity(one.due) for one in each.lines), default=(True, 9, 0))
    return (UNREAD if each.block.broken else grave, *by_bed(each))


def by_bed(each: Patient | Ends) -> tuple[str, tuple[tuple[int, str], ...]]:
    """By ward and bed, as people walk along them."""
    return each.block.head.ward, bed_order(each.block.head.bed)


def roles_of(read: list[Block], role: str) -> tuple[str, ...]:
    """Every role for which something rings, and the one that is looked at."""
    needs = (each for block in read for due in block.dues for each in due.reminders)
    called = {name for each in needs for name in told_of(each)}
    return tuple(sorted(called | ({role} - {EVERY_ROLE})))


def offered_to(visit: Visit, ward: str, zone: ZoneInfo) -> tuple[tuple[str, str], ...]:
    """The colleagues of a ward for the field of a form."""
    now = visit.door.house.clock.now()
    return tuple((each.value, each.words(now, zone)) for each in colleagues(visit, ward))


def waiting(visit: Visit, zone: ZoneInfo) -> tuple[Waiting, ...]:
    """The reports that wait for somebody to say whose they are, where this visitor may say it."""
    if not (visit.lets(QUARANTINE) and visit.lets("SettleQuarantined")):
        return ()
    house = visit.door.house
    return tuple(report(each, house.clock.now(), zone) for each in house.engine.sites.quarantine().waiting())


def report(held: Held, now: Instant, zone: ZoneInfo) -> Waiting:
    """One report."""
    since = f"{near_text(held.at, now, zone)} ({ago_text(held.at, now)})"
    return Waiting(held.body.number, since, held.body.kind, held.body.why, bool(held.body.screened))


def on_duty(visit: Visit, zone: ZoneInfo) -> str:
    """Whether the visitor is on duty in this role, in one sentence."""
    house = visit.door.house
    now = house.clock.now()
    mine = [each for each in house.engine.sites.duty().stints.values() if each.account == visit.who.account]
    here = [each for each in mine if each.role == visit.role and each.holds(now)]
    if here:
        last = max(here, key=lambda each: each.until)
        return (
            f"You are on duty as {visit.role.replace('_', ' ')} on {last.ward} until {moment_text(last.until, zone)}."
        )
    if any(each.begun_at is None and each.answer_by > now for each in mine):
        return "A test waits for your answer: you are on duty once you have answered its number."
    return (
        f"You are not on duty as {visit.role.replace('_', ' ') or 'anything'}: notices of this role do not come to you."
    )


def zone_of(visit: Visit, read: list[Block]) -> ZoneInfo:
    """The zone of every patient; that of the site's rosters where there is none, or where they differ."""
    zones = {each.zone for each in read if not each.broken}
    return ZoneInfo(zones.pop()) if len(zones) == 1 else zone_of_site(visit)
