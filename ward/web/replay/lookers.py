"""Who looked at a case until a moment: the access log, for those whose office it is."""

from collections import deque
from zoneinfo import ZoneInfo

import msgspec

from pathway.clinical.instant import Instant
from pathway.engine.ports import Access, Store
from ward.web.moment import moment_text

#: Looks that are shown; of a case that many have looked at, the newest. All of them stand in the access log.
SHOWN = 50
OUTCOMES = {"read": "looked", "denied": "DENIED", "break_glass": "GLASS BROKEN"}


class Look(msgspec.Struct, frozen=True):
    """One look: who, in which role, at what, when, and what came of it. `marked`: it stands out."""

    number: int
    at: str
    who: str
    role: str
    what: str
    outcome: str
    reason: str
    marked: bool


class Lookers(msgspec.Struct, frozen=True):
    """The looks of a case by then, newest first; `hidden` older ones are not shown."""

    looks: tuple[Look, ...]
    hidden: int


def lookers(store: Store, case: str, until: Instant, zone: ZoneInfo) -> Lookers:
    """Who had looked at a case, or was denied to, by an instant. Nothing of a later look is in the answer."""
    newest: deque[Access] = deque(maxlen=SHOWN)
    after, count = 0, 0
    while page := store.accesses(case=case, after=after):
        after = page[-1].number
        then = [each for each in page if each.at <= until]
        count += len(then)
        newest.extend(then)
    return Lookers(tuple(look(each, zone) for each in reversed(newest)), count - len(newest))


def look(access: Access, zone: ZoneInfo) -> Look:
    """One entry in words; of the other cases of the same look nothing is said here."""
    return Look(
        number=access.number,
        at=moment_text(access.at, zone),
        who=access.by.actor,
        role=access.by.role.replace("_", " "),
        what=access.what.replace("_", " "),
        outcome=OUTCOMES.get(access.outcome, access.outcome),
        reason=access.reason,
        marked=access.outcome != "read",
    )
