"""A sealed demonstration in a file, with a patient who was entered in error and has left."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

from pathway.case.commands import Answer, Enrol, Transition, WriteNote
from pathway.case.envelope import By
from pathway.clinical.instant import Instant, instant
from pathway.site.retention.commands import EraseCase
from pathway.site.retention.kinds import years_after
from ward.clock import FixedClock
from ward.demonstration.people import invite
from ward.proof.key import found_key, key_place
from ward.vault import key_file
from ward.wiring import House, create_store, house, open_store

NAMES = {"name": "Plantagenet, Xylophonia", "number": "4711-Q-0815"}
WRITTEN = "Aunt Ermintrude telephoned"
NOW = instant("2026-03-05T03:00+01:00")
LATER = years_after(NOW, 31)
ADMIN, PHYSICIAN = By("admin", "administrator"), By("physician.emil", "physician")


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """The store, with both its keys beside it."""
    path = tmp_path / "ward.db"
    with closing(create_store(path, "demonstration", "W", key_file(path))) as store:
        made = house(store, FixedClock(NOW))
        invite(made, "H1")
        found_key(store, key_place(path))
        for case, bed in (("c1", "3"), ("c2", "4")):
            enrol(made, case, bed)
        leave(made, "c1")
    return path


def enrol(made: House, case: str, bed: str) -> None:
    """Enrol somebody with a name, and write a note beside them."""
    command = Enrol(
        id=f"e-{case}", case=case, by=PHYSICIAN, pathway="variant_apl", presented_at=Instant(NOW - 3_600_000_000),
        zone="Europe/Berlin", ward="H1", bed=bed, patient=case, identifiers=NAMES, origin="invented",
    )  # fmt: skip
    assert made.engine.handle(command).refusal is None
    said(made, WriteNote(id=f"n-{case}", case=case, by=PHYSICIAN, text=WRITTEN))


def leave(made: House, case: str) -> None:
    """They were entered in error."""
    reasons = {"why_in_error": WRITTEN}
    command = Transition(
        id=f"l-{case}", case=case, by=PHYSICIAN, transition="entered_in_error", second="consultant.ida",
        reason=WRITTEN, reasons=reasons,
    )  # fmt: skip
    said(made, command)
    head = made.store.head(case)
    assert (head.closed, head.next_look) == (True, None)


def said(made: House, command: Any) -> Answer:
    """Carry out a command that is not refused."""
    answer = made.engine.handle(command)
    assert answer.refusal is None, answer.refusal
    return answer


@contextmanager
def at(place: Path, now: Instant = LATER) -> Iterator[House]:
    """The house over the store at an instant."""
    with closing(open_store(place)) as store:
        yield house(store, FixedClock(now))


def erasure(case: str = "c1", **fields: Any) -> EraseCase:
    """An erasure by the administrator, signed by the auditor."""
    told = {"id": f"x-{case}", "by": ADMIN, "patient_case": case, "second": "auditor", "reason": "its years are over"}
    return EraseCase(**told | fields)
