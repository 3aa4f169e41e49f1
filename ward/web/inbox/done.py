"""Done: which needs ended in the last hours, how, and by which event: what was finished does not just vanish."""

from collections.abc import Callable
from threading import Lock
from zoneinfo import ZoneInfo

import msgspec

from pathway.case.envelope import Event
from pathway.case.events import ReminderClosed
from pathway.case.words import describe
from pathway.clinical.instant import Instant
from pathway.definition.pathway import Pathway
from ward.web.inbox.block import LIMIT, Block
from ward.web.inbox.view import EVERY_ROLE
from ward.web.moment import HOUR, near_text
from ward.web.seen import plain
from ward.wiring import House

#: For so long an ended need stays in sight (PLI066, PLI152): longer than a shift.
IN_SIGHT = 12 * HOUR
WORDS = {"done": "Done", "withdrawn": "No longer needed", "expired": "Expired, not done"}
BY_TIME = "time alone"


class Done(msgspec.Struct, frozen=True):
    """A need that ended. `by`: the event that ended it, in words; `who` wrote that; `told`: the roles it rang for."""

    title: str
    how: str
    at: Instant
    by: str
    who: str
    told: tuple[str, ...]

    @property
    def word(self) -> str:
        """How it ended."""
        return WORDS.get(self.how, self.how)


class Ends(msgspec.Struct, frozen=True):
    """The ended needs of one patient, the newest first, each with when."""

    block: Block
    ends: tuple[tuple[Done, str], ...]


class Ended:
    """Reads what ended on a case, anew only when it has moved. Safe to call from several threads."""

    def __init__(self, house: House) -> None:
        self.house = house
        self._lock = Lock()
        self._kept: dict[str, tuple[int, tuple[Done, ...]]] = {}

    def of(self, block: Block, role: str) -> Ends:
        """What ended on a patient within IN_SIGHT and had rung for a role (`all`: for any)."""
        zone, since = ZoneInfo(block.zone), block.now - IN_SIGHT
        found = [each for each in self._all(block) if each.at > since and (role == EVERY_ROLE or role in each.told)]
        return Ends(block, tuple((each, near_text(each.at, block.now, zone)) for each in found))

    def _all(self, block: Block) -> tuple[Done, ...]:
        if block.broken:
            return ()
        with self._lock:
            kept = self._kept.get(block.token)
            if kept is None or kept[0] != block.head.position:
                events = self.house.engine.timeline(block.token)
                kept = (block.head.position, done(events, self.house.pathway, block.zone, block.now - IN_SIGHT))
                if len(self._kept) > LIMIT:
                    self._kept.clear()
                self._kept[block.token] = kept
            return kept[1]


def done(events: list[Event], pathway: Callable[[str], Pathway], zone: str, since: int) -> tuple[Done, ...]:
    """The ends in a case's events after an instant, the newest first."""
    found = []
    for event in reversed(events):
        if event.recorded_at <= since:
            break
        if isinstance(event.body, ReminderClosed):
            cause = events[event.cause - 1] if event.cause else None
            found.append(ended(event, event.body, cause, pathway(event.bundle), zone))
    return tuple(found)


def ended(event: Event, body: ReminderClosed, cause: Event | None, pathway: Pathway, zone: str) -> Done:
    """One end, with the event that led to it."""
    subject = pathway.title(body.subject).lower() if body.subject in pathway.form.facts else body.subject
    title = pathway.title(body.reminder)
    return Done(
        title=f"{title}: {subject}" if subject else title,
        how=body.how,
        at=event.occurred_at,
        by=BY_TIME if cause is None else plain(describe(cause, pathway, zone)),
        who="" if cause is None else cause.by.actor,
        told=body.told,
    )
