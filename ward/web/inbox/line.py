"""Lines: one need of one patient as it stands to whoever looks: fired, acknowledged, taken, offered, or to come."""

from hashlib import sha256
from zoneinfo import ZoneInfo

import msgspec

from pathway.case.grounds import same_person
from pathway.case.picture import PutOffSeen, ReminderSeen
from pathway.clinical.instant import Instant
from ward.web.due import Due
from ward.web.inbox.block import Block
from ward.web.inbox.view import EVERY_ROLE, View
from ward.web.moment import length_text, near_text
from ward.web.visit import Visit

CANNOT_PUT_OFF = "its rule lets nobody put it off"
#: What each way of putting off is called.
PUT_OFF_WORDS = {"snoozed": "Put off", "not_possible": "Not possible now, put off"}
ENCODER = msgspec.json.Encoder(order="sorted")


class PutOff(msgspec.Struct, frozen=True):
    """A way to put a need off: until when in words, or why it is shut now."""

    kind: str
    word: str
    to: str
    why: str


class Line(msgspec.Struct, frozen=True):
    """A need as one reader sees it. `state`: offered, fired, acknowledged or coming; `life`: what became of it so far.

    `comes`: it will ring for the reader's role; `rings`: it does, or is theirs by name. `mine`, `free`: who answers for
    it by name. `offered`: to the reader; `waits`: the role in which somebody is to accept it, empty where nobody is.
    `shut`: whom to ask, where the reader's role may say nothing to it. `need`: what a form says it is about.
    """

    id: str
    due: Due
    state: str
    word: str
    life: tuple[str, ...]
    comes: bool
    rings: bool
    mine: bool
    free: bool
    offered: bool
    waits: str
    put_off: tuple[PutOff, ...]
    no_put_off: str
    shut: str
    need: str
    text: str

    @property
    def story(self) -> str:
        """What became of it so far, and until when at the latest, in one sentence each."""
        said = ["; ".join(self.life), *([self.due.latest] if self.due.latest else [])]
        return " ".join(f"{each[:1].upper()}{each[1:]}." for each in said)

    @property
    def look(self) -> str:
        """The look of its gravity."""
        return "critical" if self.due.critical else self.due.kind


class About(msgspec.Struct, frozen=True):
    """What a form is about: a case at a position, and its reminders by rule, subject and occurrence."""

    case: str
    position: int
    reminders: tuple[tuple[str, str, int], ...]

    @property
    def id(self) -> str:
        """The name of the line on a page; nothing of the patient can be read in it."""
        return "line-" + sha256(ENCODER.encode((self.case, self.reminders))).hexdigest()[:12]


def line(block: Block, due: Due, visit: Visit, role: str, clinicians: tuple[str, ...]) -> Line:
    """A need for a visitor who looks at what rings for a role (`all`: for any). `clinicians`: those of its pathway."""
    first, zone, now = due.reminders[0], ZoneInfo(block.zone), block.now
    about = About(
        block.token,
        block.head.position,
        tuple((each.reminder, each.subject, each.ordinal) for each in due.reminders),
    )
    clinician, told = visit.role in clinicians, told_of(first)
    offered, mine = is_you(first.offered_to, visit), is_you(first.owner_person, visit)
    fired, coming = fired_at(first, role), coming_at(first, role)
    state = "offered" if offered else "coming" if fired is None else "fired"
    if state == "fired" and taken_note(first, role):
        state = "acknowledged"
    return Line(
        id=about.id,
        due=due,
        state=state,
        word={"offered": "Offered to you", "fired": "Fired", "acknowledged": "Acknowledged", "coming": "Coming"}[state],
        life=life(first, fired, coming, visit, now, zone),
        comes=coming is not None,
        rings=fired is not None or mine or offered,
        mine=mine,
        free=not first.owner_person,
        offered=offered,
        waits="" if not first.offered_to else first.offered_role,
        put_off=tuple(put_off(each, now, zone) for each in first.put_off) if clinician else (),
        no_put_off=CANNOT_PUT_OFF if not first.put_off else "" if clinician else f"ask: {words_of(clinicians)}",
        shut="" if clinician or visit.role in told else f"ask: {words_of(clinicians)}",
        need=ENCODER.encode(about).decode(),
        text=" ".join(due.texts),
    )


def shown(each: Line, view: View) -> bool:
    """Whether a line that rings is asked for."""
    if view.show == "critical" and not each.due.critical:
        return False
    if view.show == "overdue" and each.due.kind != "overdue":
        return False
    match view.person:
        case "me":
            return each.mine or each.offered
        case "nobody":
            return each.free
    return True


def told_of(reminder: ReminderSeen) -> frozenset[str]:
    """The roles that its rungs have told so far."""
    return frozenset(role for rung in reminder.rungs if rung.reached for role in rung.to)


def fired_at(reminder: ReminderSeen, role: str) -> Instant | None:
    """When a rung first told this role (`all`: any role); None while none has."""
    times = [rung.at for rung in reminder.rungs if rung.reached and (role == EVERY_ROLE or role in rung.to)]
    return min((at for at in times if at is not None), default=None)


def coming_at(reminder: ReminderSeen, role: str) -> Instant | None:
    """When a rung will tell this role (`all`: any role) next; None where none will, or nobody can say when."""
    times = [rung.at for rung in reminder.rungs if not rung.reached and (role == EVERY_ROLE or role in rung.to)]
    return min((at for at in times if at is not None), default=None)


def taken_note(reminder: ReminderSeen, role: str) -> bool:
    """Whether an acknowledgement that stands pauses what rings for this role."""
    return any(ack.ladder or role in {ack.role, EVERY_ROLE} for ack in reminder.acknowledged)


def is_you(account: str, visit: Visit) -> bool:
    """Whether an account that is named is the visitor's own."""
    return bool(account) and same_person(account, visit.who.account)


def life(
    reminder: ReminderSeen,
    fired: Instant | None,
    coming: Instant | None,
    visit: Visit,
    now: Instant,
    zone: ZoneInfo,
) -> tuple[str, ...]:
    """What became of it so far, in sentences: fired is not acknowledged, acknowledged is not done."""
    said = []
    if fired is not None:
        said.append(f"fired {near_text(fired, now, zone)} ({length_text(now - fired)} ago)")
    elif coming is not None:
        said.append(f"rings next {near_text(coming, now, zone)}")
    else:
        said.append("has not fired for this role")
    said += [
        f"acknowledged by {named(each.by, visit)} ({each.role.replace('_', ' ')}) until "
        f"{near_text(each.until, now, zone)}, not done; expires then"
        for each in reminder.acknowledged
    ]
    if reminder.owner_person:
        said.append(f"taken by {named(reminder.owner_person, visit)} ({reminder.owner_role.replace('_', ' ')})")
    if reminder.offered_to and reminder.offered_until is not None:
        said.append(
            f"offered to {named(reminder.offered_to, visit)} ({reminder.offered_role.replace('_', ' ')}) by "
            f"{named(reminder.offered_by, visit)}, to be accepted by {near_text(reminder.offered_until, now, zone)}"
        )
    return tuple(said)


def words_of(roles: tuple[str, ...]) -> str:
    """Roles in words."""
    return ", ".join(each.replace("_", " ") for each in roles)


def named(account: str, visit: Visit) -> str:
    """An account, or you."""
    return "you" if is_you(account, visit) else account


def put_off(seen: PutOffSeen, now: Instant, zone: ZoneInfo) -> PutOff:
    """A way to put a need off, in words."""
    until = "" if seen.to is None else near_text(seen.to, now, zone)
    return PutOff(seen.kind, PUT_OFF_WORDS.get(seen.kind, "Put off"), until, seen.why)
