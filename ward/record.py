"""The record of a whole store, checked: every chain from its first event to its head, every row against its fold."""

from collections.abc import Callable, Iterator
from hashlib import sha256

import msgspec

from pathway.case.envelope import Event, decode
from pathway.case.events import ReminderClosed
from pathway.case.evolve import evolve
from pathway.case.exits import has_left
from pathway.case.state import Case
from pathway.clinical.instant import Instant
from pathway.definition.pathway import Pathway
from pathway.engine.errors import RecordDamaged, StoreRefused
from pathway.engine.ports import Head, ReminderRow
from pathway.engine.rows import head_of, row_of
from pathway.engine.sealing import CHANGED
from pathway.site.streams import QUARANTINE, is_site
from scheduler.post import error_name
from ward.wiring import House

#: Told how many cases are done, and how many there are.
Progress = Callable[[int, int], None]
#: How often a case that a writer moves on while it is read is read again, before the writer is made to wait.
TRIES = 3


class Problem(msgspec.Struct, frozen=True):
    """What is wrong with one case, by its token; no word of what it says."""

    case: str
    what: str


class Record(msgspec.Struct, frozen=True):
    """What a store holds and what is wrong with it. `until`: the last recorded instant, None for an empty store."""

    cases: int
    events: int
    until: Instant | None
    problems: tuple[Problem, ...]


def check_record(house: House, progress: Progress) -> Record:
    """Check every case. Writes nothing, and may run beside writers."""
    heads = house.store.heads(closed=True)
    problems: list[Problem] = []
    for number, head in enumerate(heads):
        progress(number, len(heads))
        problems += [Problem(head.case, what) for what in problems_of(house, head.case)]
    progress(len(heads), len(heads))
    for head in house.store.site_heads():
        problems += [Problem(head.case, what) for what in problems_of(house, head.case)]
    until = max((head.recorded_at for head in heads), default=None)
    return Record(len(heads), sum(head.position for head in heads), until, tuple(problems))


def sound(house: House, progress: Progress, mend: str) -> Record:
    """The record, where nothing is wrong with it. Raises RecordDamaged that names the first case, and says `mend`."""
    found = check_record(house, progress)
    if found.problems:
        first = found.problems[0]
        raise RecordDamaged(f"case {first.case}: {first.what}", "a record that matches its hashes and its rows", mend)
    return found


def problems_of(house: House, case: str) -> list[str]:
    """What is wrong with a case, read while nobody moved it on; where it never stands still, under its lock."""
    for _ in range(TRIES):
        before = house.store.head(case)
        found = looked_at(house, case)
        if not found or house.store.head(case) == before:
            return found
    with house.store.write(case):
        return looked_at(house, case)


def looked_at(house: House, case: str) -> list[str]:
    """One look at a case: its chain, and where that is sound its rows."""
    try:
        head = house.store.head(case)
        found = house.engine.verify(case)
        if case == QUARANTINE and not found:
            return list(unlike_fingerprint(house))
        if found or head is None or is_site(case):
            return found
        events = [decode(each.canonical) for each in house.store.stream(case) if each.position <= head.position]
        return list(differing(house, head, events))
    except StoreRefused as error:
        return [error.happened]
    except msgspec.MsgspecError:
        return ["an event is none that this release can read"]
    except Exception as error:  # noqa: BLE001 - a forged event may break the fold anywhere; the other cases are looked at
        return [f"the events cannot be folded ({error_name(error)})"]


def unlike_fingerprint(house: House) -> Iterator[str]:
    """The quarantined reports whose content, which lies apart, is not what their events say, for who may see it."""
    for number, held in house.engine.sites.quarantine().held.items():
        try:
            kept = house.engine.quarantine.kept(held)
        except StoreRefused:
            return
        if kept.why == CHANGED:
            yield f"what report {number} in quarantine said is gone or changed"


def differing(house: House, head: Head, events: list[Event]) -> Iterator[str]:
    """Where the rows of a case are not the fold of its events."""
    case = evolve(Case(id=head.case), events)
    pathway = house.pathway(case.bundle) if house.engine.knows(case.bundle) else None
    closed = head.closed if pathway is None else has_left(pathway, case)
    folded = head_of(case, head.hash, head.looked_at, head.next_look, closed)
    wrong = [name for name in Head.__struct_fields__ if getattr(folded, name) != getattr(head, name)]
    if wrong:
        yield f"its head row is not the fold of its events: {', '.join(wrong)}"
    if not closed and head.next_look is None:
        yield "it is open and nobody will look at it"
    if closed and head.next_look is not None and not case.open:
        yield "it is closed, nothing on it is open, and it is still looked at"
    if strange := sorted(each for each in {event.bundle for event in events} if unlike_digest(house, each)):
        yield f"a definition that it went by is not the one that was kept under its digest: {strange[0][:12]}"
    if house.store.bundle(case.bundle) is None:
        yield "the definition that it is pinned to is not kept"
    if any(house.store.bundle(each) is None for each in {event.bundle for event in events} - {case.bundle}):
        yield "a definition that it went by before is not kept"
    if pathway is not None:
        rows = {key_of(row): row for row in house.store.reminders(head.case, open_only=False)}
        yield from differing_reminders(pathway, case, events, rows)


def unlike_digest(house: House, digest: str) -> bool:
    """Whether what is kept under the digest of a definition is something else; not where nothing is kept."""
    kept = house.store.bundle(digest)
    return kept is not None and sha256(kept).hexdigest() != digest


def differing_reminders(
    pathway: Pathway, case: Case, events: list[Event], rows: dict[tuple[str, str, int], ReminderRow]
) -> Iterator[str]:
    """Reminder rows that are missing, too many, or not as the events left them."""
    left_open = [row_of(pathway, case.id, each) for each in case.open.values()]
    wanted = {key_of(row): row for row in left_open}
    closed = {
        (event.body.reminder, event.body.subject, event.body.ordinal): (event.body.how, event.occurred_at)
        for event in events
        if isinstance(event.body, ReminderClosed)
    }
    for key in sorted({*wanted, *closed, *rows}):
        row = rows.get(key)
        if row is None:
            same = False
        elif key in wanted:
            same = row == wanted[key]
        else:
            same = closed.get(key) == (row.status, row.closed_at)
        if not same:
            yield f"the row of reminder {key[0]} no. {key[2]} is not the fold of its events"


def key_of(row: ReminderRow) -> tuple[str, str, int]:
    """By what a reminder row is told from another of its case."""
    return row.reminder, row.subject, row.ordinal
