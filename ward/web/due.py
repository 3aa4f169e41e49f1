"""What is due, in words with its time: overdue, to be done now, or later. The order is that of urgency."""

from collections.abc import Iterable
from zoneinfo import ZoneInfo

import msgspec

from pathway.case.picture import Picture, ReminderSeen, RungSeen
from ward.web.moment import HOUR, ago_text, length_text, moment_text, near_text

#: What a board and a page call each kind, gravest first.
WORDS = {"overdue": "Overdue", "due": "Due", "later": "Later"}
#: The states of a picture. Any other is shown as due: nobody may read a state that is new here as one that can wait.
KINDS = {"overdue": "overdue", "due": "due", "planned": "later"}

#: What falls due within this is shown large on a wall, beside what is overdue.
SOON = HOUR
OWNERS_SHOWN = 2


class Rung(msgspec.Struct, frozen=True):
    """A rung of a ladder in words. `kind`: reached, paused or coming."""

    number: int
    to: str
    kind: str
    words: str


class Due(msgspec.Struct, frozen=True):
    """One need of one patient. `kind` is a word of WORDS, `when` its time in words; `texts`: a line per reminder.

    `distance`: how long it is overdue, or how far off; `owners`: who took it by name, and the roles it waits for now;
    `soon`: whether it is overdue or falls due within SOON.
    """

    kind: str
    critical: bool
    title: str
    when: str
    texts: tuple[str, ...]
    level: str
    paused: str
    earliest: str
    latest: str
    reminders: tuple[ReminderSeen, ...]
    owners: tuple[str, ...]
    called: tuple[str, ...]
    distance: str
    soon: bool

    @property
    def at(self) -> int:
        """When it falls or fell due."""
        return self.reminders[0].due_at

    @property
    def owner(self) -> str:
        """The roles it waits for, in words."""
        return ", ".join(each.replace("_", " ") for each in self.owners) or "nobody"

    @property
    def owner_short(self) -> str:
        """The first two of the roles, and how many more there are: a board has no room for a whole ladder."""
        if len(self.owners) <= OWNERS_SHOWN + 1:
            return self.owner
        first = ", ".join(each.replace("_", " ") for each in self.owners[:OWNERS_SHOWN])
        return f"{first} and {len(self.owners) - OWNERS_SHOWN} more"

    @property
    def word(self) -> str:
        """Overdue, due or later, with the word critical before it where it is."""
        return f"Critical, {WORDS[self.kind].lower()}" if self.critical else WORDS[self.kind]


def dues(picture: Picture, zone: ZoneInfo) -> tuple[Due, ...]:
    """The open reminders: critical first, then the most pressing, then by due time. One over two facts is one line."""
    groups: dict[tuple[object, ...], list[ReminderSeen]] = {}
    for reminder in sorted(picture.reminders, key=lambda each: each.due_at):
        key = (
            reminder.reminder,
            reminder.level,
            reminder.due_at,
            reminder.critical,
            reminder.not_before,
            reminder.acknowledged_until,
            reminder.owner_person,
            reminder.offered_to,
        )
        groups.setdefault(key, []).append(reminder)
    seen = [(_due(group, picture.at, zone), group[0].due_at) for group in groups.values()]
    order = tuple(WORDS)
    seen.sort(key=lambda each: (not each[0].critical, order.index(each[0].kind), each[1]))
    return tuple(due for due, _ in seen)


def valid_until(pictures: Iterable[Picture], zone: ZoneInfo) -> str:
    """Until when print of these pictures holds, in words: the next instant at which something falls due."""
    coming = [reminder.due_at for picture in pictures for reminder in picture.reminders if reminder.due_at > picture.at]
    return moment_text(min(coming), zone) if coming else "the moment it was printed"


def rungs(reminder: ReminderSeen, now: int, zone: ZoneInfo) -> tuple[Rung, ...]:
    """The ladder of a reminder in words, in its order."""
    return tuple(_rung(rung, now, zone) for rung in reminder.rungs)


def _due(group: list[ReminderSeen], now: int, zone: ZoneInfo) -> Due:
    first = group[0]
    deadline = min((each.deadline for each in group if each.deadline is not None), default=None)
    return Due(
        kind=KINDS.get(first.state, "due"),
        critical=first.critical,
        title=_title(group),
        when=_when(first, now, zone),
        texts=_texts(group),
        level=first.level.replace("_", " "),
        paused=_paused(first, now, zone),
        earliest=""
        if first.not_before is None or first.not_before <= now
        else f"not before {near_text(first.not_before, now, zone)}",
        latest="" if deadline is None else f"latest {near_text(deadline, now, zone)} ({ago_text(deadline, now)})",
        reminders=tuple(group),
        owners=tuple(dict.fromkeys(name for each in group for name in _owners(each))),
        called=tuple(dict.fromkeys(name for each in group for name in (*_owners(each), *_called(each)))),
        distance=length_text(now - first.due_at) if first.due_at <= now else f"in {length_text(first.due_at - now)}",
        soon=KINDS.get(first.state, "due") == "overdue" or first.due_at - now <= SOON,
    )


def _owners(reminder: ReminderSeen) -> tuple[str, ...]:
    """The person who took it; then whom the highest rung reached called, or whom the first one will call."""
    ladder = reminder.rungs
    reached = [rung for rung in ladder if rung.reached]
    roles = reached[-1].to if reached else ladder[0].to if ladder else ()
    return (reminder.owner_person, *roles) if reminder.owner_person else roles


def _called(reminder: ReminderSeen) -> tuple[str, ...]:
    """Everybody whom a rung has called so far."""
    return tuple(role for rung in reminder.rungs if rung.reached for role in rung.to)


def _title(group: list[ReminderSeen]) -> str:
    """`Recheck: fibrinogen, platelets` for one reminder over two facts."""
    titles = tuple(dict.fromkeys(each.title for each in group))
    parts = [title.partition(": ") for title in titles]
    if len({head for head, _, _ in parts}) > 1:
        return "; ".join(titles)
    return parts[0][0] + parts[0][1] + ", ".join(about for _, _, about in parts if about)


def _texts(group: list[ReminderSeen]) -> tuple[str, ...]:
    """What is asked for, each once; the first without its title, which stands before it already."""
    first, *others = dict.fromkeys(each.text for each in group)
    if first.lower().startswith(group[0].title.lower()):
        first = first[len(group[0].title) :].lstrip(" .:")
    return tuple(text for text in (first, *others) if text)


def _when(reminder: ReminderSeen, now: int, zone: ZoneInfo) -> str:
    due, at = reminder.due_at, near_text(reminder.due_at, now, zone)
    match KINDS.get(reminder.state, "due"):
        case "overdue" if due <= reminder.opened_at:
            return f"at once; open since {near_text(reminder.opened_at, now, zone)} ({length_text(now - due)})"
        case "overdue":
            return f"since {at} ({length_text(now - due)})"
    return f"by {at} ({ago_text(due, now)})" if due > now else f"now ({at})"


def _paused(reminder: ReminderSeen, now: int, zone: ZoneInfo) -> str:
    """Acknowledged is not done: it says so, and until when the ladder waits."""
    until = reminder.acknowledged_until
    if until is None or until <= now:
        return ""
    return f"acknowledged, not done; asks again at {near_text(until, now, zone)}"


def _rung(rung: RungSeen, now: int, zone: ZoneInfo) -> Rung:
    to = ", ".join(each.replace("_", " ") for each in rung.to) or "nobody"
    at = "a time that cannot be said" if rung.at is None else near_text(rung.at, now, zone)
    if rung.reached:
        kind, words = "reached", f"reached at {at}"
    elif rung.at is not None and rung.at <= now:
        kind, words = "coming", f"not rung; its time was {at}"
    else:
        kind, words = "coming", f"comes at {at}"
    if rung.paused_until is not None and rung.paused_until > now:
        kind, words = "paused", f"{words}, paused until {near_text(rung.paused_until, now, zone)}"
    return Rung(rung.number, to, kind, words)
