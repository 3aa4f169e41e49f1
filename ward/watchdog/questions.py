"""The auditor's questions about one case: its record folded anew from its first event, beside its rows and notices.

Asked from outside, with nothing kept from the process that wrote it. Reads only.
"""

from collections.abc import Iterator

import msgspec

from pathway.case.decide import look
from pathway.case.envelope import Event, decode
from pathway.case.events import ReminderOpened, RungReached
from pathway.case.evolve import evolve
from pathway.case.portray import portray
from pathway.case.state import Case
from pathway.clinical.instant import Instant, iso
from pathway.engine.ports import Head, Notice
from scheduler.post import error_name
from ward.reconcile import holding
from ward.record import differing
from ward.watchdog.cause import Cause
from ward.wiring import House

#: A row and its notice are read one after the other, and a tick may be under way between the two.
RACE_S = 30.0
#: A rung is rung by the tick that comes at its instant; a minute later nobody is on the way (reliability.md 7).
DUE_S = 60.0
#: A notice is tried again within a minute; after two nobody will have been told (reliability.md 7).
UNSENT_S = 120.0
DOCTOR = "see `wardpath doctor`"


def about_case(house: House, head: Head, now: Instant, since: Instant) -> list[Cause]:
    """What is wrong with a case whose head is `head`; `since`: rungs recorded before owe no notice.

    An error in the reading of a case is a cause of its own, never an exception.
    """
    try:
        return list(asked(house, head, now, since))
    except msgspec.MsgspecError:
        what = "an event is none that this release can read"
    except Exception as error:  # noqa: BLE001 - whatever is wrong with one case, the others are looked at
        what = f"the case cannot be folded anew ({error_name(error)})"
    return [Cause("record_damaged", head.case, what, "a record that can be read", f"{DOCTOR}; restore a backup")]


def asked(house: House, head: Head, now: Instant, since: Instant) -> Iterator[Cause]:
    """Every question in turn; the first ones end it, since what follows would rest on a damaged record."""
    if found := house.engine.verify(head.case):
        what = f"the record is damaged, and the stream refuses appends: {found[0]}"
        yield Cause("record_damaged", head.case, what, "an unbroken chain up to its head", "restore a backup", RACE_S)
        return
    events = [decode(each.canonical) for each in house.store.stream(head.case) if each.position <= head.position]
    for wrong in differing(house, head, events):
        mend = f"{DOCTOR}; the record itself is sound: the rows are written anew with the next change of the case"
        yield Cause("rows_differ", head.case, f"rebuilt and compared: {wrong}", "rows as its events say", mend, RACE_S)
        break
    notices = house.store.notices(head.case)
    yield from about_notices(house, head, notices, now)
    if not house.engine.knows(head.bundle):
        mend = "run the release it was enrolled with, or name its file in WARDPATH_PATHWAYS"
        yield Cause("undecidable", head.case, "its definition is not here: nothing rings", "its definition", mend)
        return
    case = evolve(Case(id=head.case), events)
    if case.failed:
        mend = "see why on its page, correct what it rests on, then `wardpath do ResumeMoves`"
        yield Cause("degraded", head.case, "a rule failed: no automatic moves", "rules that can be decided", mend)
    if not head.closed or head.next_look is not None:
        yield from about_obligations(house, head, case, now)
        yield from about_rungs(head, case, events, notices, since)


def about_obligations(house: House, head: Head, case: Case, now: Instant) -> Iterator[Cause]:
    """An obligation without its row, and a due row that nobody rang: the rules are asked again, at the present."""
    rules, at = house.engine.rules[head.bundle], Instant(max(now, head.recorded_at))
    if head.next_look is None or head.next_look <= at:
        return  # whether somebody comes is asked of all cases at once
    coming = [event.body for event in look(rules, case, at, head.next_look).events]
    for body in coming:
        if isinstance(body, ReminderOpened):
            what = f"reminder {body.reminder} is owed since {iso(whole(body.due_at))} at the latest and has no row"
            mend = "the sweep opens it within a quarter of an hour: tell who is responsible now, then tell the makers"
            yield Cause("obligation_missing", f"{head.case} {body.reminder}", what, "a row for it", mend, RACE_S)
    for seen in portray(rules, case, at).reminders:
        late = [
            each
            for each in seen.rungs
            if each.to and not each.reached and each.at is not None and each.paused_until is None and each.at <= at
        ]
        if late:
            what = f"reminder {seen.reminder} was to ring at {iso(whole(late[0].at or at))} and did not"
            mend = "tell who is responsible now; see the log of `wardpath run`"
            yield Cause("due_unrung", f"{head.case} {seen.reminder} {seen.ordinal}", what, "a notice", mend, DUE_S)


def about_rungs(
    head: Head, case: Case, events: list[Event], notices: list[tuple[Notice, str]], since: Instant
) -> Iterator[Cause]:
    """A rung that was reached and of which nobody was told."""
    told = {key for notice, _ in notices for key in notice.reminders}
    still = {(held.reminder, held.subject, held.ordinal) for held in case.open.values()}
    for event in events:
        match event.body:
            case RungReached(to=(_, *_)) as body if event.recorded_at > since:
                key = (body.reminder, body.subject, body.ordinal)
                if key in still and key not in told:
                    what = f"reminder {body.reminder} rang and no notice was written"
                    mend = "tell who is responsible now, then tell the makers"
                    about = f"{head.case} {body.reminder} {body.ordinal}"
                    yield Cause("due_without_notice", about, what, "a notice with each rung", mend, RACE_S)
                    return


def about_notices(house: House, head: Head, notices: list[tuple[Notice, str]], now: Instant) -> Iterator[Cause]:
    """A notice unsent too long, and one that was given up while what it speaks of is open.

    What waits after a downtime for the entries of its ward is not unsent.
    """
    held = holding(house.store, now)
    rows = {(row.reminder, row.subject, row.ordinal) for row in house.store.reminders(head.case)}
    for notice, state in notices:
        if state in ("waiting", "sending"):
            if notice.severity > 0 and notice.ward in held:
                continue
            what = f"a notice to {notice.role} by {notice.channel} is not sent"
            mend = "see the channel and its log; tell the role by voice meanwhile"
            yield Cause("notice_unsent", notice.key, what, "it to go out within two minutes", mend, UNSENT_S)
        elif state == "undeliverable" and rows.intersection(notice.reminders):
            what = f"a notice to {notice.role} by {notice.channel} was given up, and its reminder is open"
            mend = "tell the role by voice, and mend the channel"
            yield Cause("notice_given_up", notice.key, what, "it to be delivered", mend)


def whole(at: Instant) -> Instant:
    """An instant without its fraction of a second."""
    return Instant(at - at % 1_000_000)
