"""Small builders of what an engine would append: real events, chained, with the rows that go with them."""

from pathway.case.commands import Answer
from pathway.case.envelope import FIRST_HASH, By, Chained, Event, chain
from pathway.case.events import AnyBody, CaseEnrolled, FindingRecorded, ReminderOpened, RungReached
from pathway.clinical.instant import Instant, instant
from pathway.engine.ports import Attempt, Change, Head, Identity, Notice, Remembered, ReminderRow, Store

START = instant("2026-03-05T08:00Z")
MINUTE = 60_000_000
NURSE = By("nurse-7", "nurse", "person", "password")


def at(minutes: float) -> Instant:
    """An instant some minutes after the start."""
    return Instant(START + int(minutes * MINUTE))


def head(case: str, position: int, last: bytes, **fields: object) -> Head:
    """A head of an open case; `fields` replaces what a test speaks about."""
    plain: dict[str, object] = {
        "patient": f"token-{case}",
        "origin": "invented",
        "ward": "W1",
        "bed": "3",
        "pathway": "variant_apl",
        "bundle": "digest-1",
        "recorded_at": START,
        "clinical_version": position,
        "phases": {"treatment": "diagnosis_pending", "coagulation": "supervised"},
        "closed": False,
        "next_look": at(15),
        "looked_at": START,
    }
    return Head(case=case, position=position, hash=last, **(plain | fields))


def events(case: str, position: int, previous: bytes, bodies: tuple[AnyBody, ...], command: str) -> tuple[Chained, ...]:
    """Chained events that follow `position`."""
    made = []
    for body in bodies:
        position += 1
        event = Event(case, position, at(position), at(position), NURSE, "digest-1", body, command=command)
        made.append(chain(event, previous))
        previous = made[-1].hash
    return tuple(made)


def enrolment(case: str, command: str = "", **fields: object) -> Change:
    """The first change of a case."""
    command = command or f"{case}-enrol"
    body = CaseEnrolled("variant_apl", 1, START, "Europe/Berlin", "W1", "3", f"token-{case}", "invented")
    made = events(case, 0, FIRST_HASH, (body,), command)
    return Change(
        head=head(case, 1, made[-1].hash, **fields),
        events=made,
        remember=answer(command, case, (1,)),
        identity=Identity(case, "clear", "key-1", b'{"mrn":"A-17"}'),
        bundle_text=b"pathway = 'variant_apl'",
    )


def command(before: Head, name: str, **fields: object) -> Change:
    """A full command after a head: three events, a reminder, a notice and the answer; seven rows with the head."""
    bodies = (
        FindingRecorded("bleeding", "significant"),
        ReminderOpened(
            "recheck", name, 1, "urgent", at(30), at(0), "recheck fibrinogen", because=(before.position + 1,)
        ),
        RungReached("recheck", name, 1, rung=0, count=1, to=("nurse",), level="urgent", due_at=at(30)),
    )
    made = events(before.case, before.position, before.hash, bodies, name)
    positions = tuple(chained.event.position for chained in made)
    return Change(
        head=head(before.case, positions[-1], made[-1].hash, **fields),
        events=made,
        reminders=(reminder(before.case, name),),
        notices=(notice(f"{before.case}/{name}", before.case, (("recheck", name, 1),)),),
        remember=answer(name, before.case, positions),
    )


def rows_of(before: Head, **fields: object) -> Change:
    """A change without events, whose rows a test gives: `notices`, `withdraw`, `attempt` and others."""
    return Change(**({"head": before} | fields))


def answer(command: str, case: str, positions: tuple[int, ...]) -> Remembered:
    """An accepted answer under a made-up fingerprint."""
    return Remembered(
        command.encode().ljust(32, b"."), Answer(command, case, "accepted", positions, None, len(positions))
    )


def reminder(case: str, subject: str, **fields: object) -> ReminderRow:
    """An open reminder, due after half an hour."""
    plain: dict[str, object] = {
        "reminder": "recheck",
        "ordinal": 1,
        "level": "urgent",
        "critical": True,
        "status": "open",
        "opened_at": START,
        "due_at": at(30),
        "rung": 0,
        "acknowledged_until": None,
        "closed_at": None,
    }
    return ReminderRow(case=case, subject=subject, **(plain | fields))


def notice(key: str, case: str, reminders: tuple[tuple[str, str, int], ...] = (), **fields: object) -> Notice:
    """A notice to the nurse of the ward."""
    plain: dict[str, object] = {
        "ward": "W1",
        "role": "nurse",
        "channel": "board",
        "kind": "rung",
        "severity": 1,
        "text": "W1 · recheck due 08:30",
        "created_at": START,
        "late": False,
    }
    return Notice(key=key, case=case, reminders=reminders, **(plain | fields))


def attempt(command: str, case: str) -> Attempt:
    """A refused request."""
    return Attempt(command, case, NURSE, at(1), "start tretinoin", "prohibited", b'{"type":"RequestTherapy"}')


def write(store: Store, change: Change) -> Head:
    """Append one change in one transaction; the head it leaves."""
    with store.write(change.head.case) as unit:
        unit.append(change)
    return change.head


def enrol(store: Store, case: str, **fields: object) -> Head:
    """Write a case's first change."""
    return write(store, enrolment(case, **fields))


def everything(store: Store, cases: tuple[str, ...]) -> dict[str, object]:
    """All that a store answers about these cases, to compare two stores by."""
    return {
        "heads": store.heads(closed=True),
        "streams": [list(store.stream(case)) for case in cases],
        "reminders": store.reminders(open_only=False),
        "notices": store.notices(),
        "identities": [store.identity(case) for case in cases],
        "attempts": store.attempts(),
        "bundle": store.bundle("digest-1"),
        "beats": store.beats(),
        "site": [(head, list(store.stream(head.case))) for head in store.site_heads()],
        "next_look": store.next_look(),
    }
