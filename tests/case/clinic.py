"""An invented clinic on one engine: several cases of several people, a clock in the hand, and real commands."""

from pathlib import Path
from typing import Any

from pathway.case.commands import (
    Answer,
    Enrol,
    MergeCases,
    RecordFinding,
    RecordReport,
    RecordResult,
    RecordTherapy,
    Reopen,
    Transition,
    UnmergeCases,
)
from pathway.case.envelope import By
from pathway.case.state import Case
from pathway.clinical.instant import Instant, instant
from pathway.definition.load import load
from pathway.engine import Engine
from pathway.engine.ports import Notice, Store
from persistence.memory import MemoryStore
from ward.clock import FixedClock
from ward.record import Problem, check_record
from ward.wiring import House

CLINIC = load((Path(__file__).parent / "clinic.toml").read_text("utf-8"), "clinic.toml")
IDENTIFIERS = {"name": "Invented, Person", "number": "0001"}
LABORATORY, NURSE = By("laboratory", "laboratory", source="feed"), By("a nurse", "nurse")
PHYSICIAN, CONSULTANT, MANAGER = By("a physician", "physician"), By("a consultant", "consultant"), By("m", "manager")


def t(text: str) -> Instant:
    """`3 02:50` is 02:50 UTC on the third day of the story, 3 March 2026."""
    day, _, clock = text.partition(" ")
    return instant(f"2026-03-{int(day):02d}T{clock}Z")


class Clinic:
    """Cases of the clinic. The clock stands at `1 09:00`; nobody is enrolled yet."""

    def __init__(self, store: Store | None = None) -> None:
        self.clock = FixedClock(t("1 09:00"))
        self.store = store or MemoryStore("demonstration")
        self.engine = Engine(self.store, [CLINIC], self.clock)
        self._numbers = 0

    def at(self, text: str) -> "Clinic":
        """Move the clock; nothing is looked at yet."""
        self.clock.set(t(text))
        return self

    def tick(self, text: str) -> None:
        """Move the clock and look at every case that the store says is due, as a tick does."""
        self.clock.set(t(text))
        for case in self.store.due_cases(self.clock.now(), 100):
            self.engine.look(case)

    def do(self, kind: Any, who: By, case: str = "c1", /, **fields: Any) -> Answer:
        """Send a command under a new id."""
        self._numbers += 1
        fields.setdefault("id", f"k{self._numbers}")
        return self.engine.handle(kind(case=case, by=who, **fields))

    def enrol(self, case: str = "c1", patient: str = "p1", **fields: Any) -> Answer:
        """Enrol somebody."""
        given: dict[str, Any] = {
            "pathway": "clinic",
            "presented_at": t("1 08:00"),
            "identifiers": IDENTIFIERS,
            "zone": "UTC",
            "ward": "H1",
            "bed": "3",
            "patient": patient,
            "origin": "invented",
        }
        return self.do(Enrol, PHYSICIAN, case, **(given | fields))

    def fibrinogen(self, value: str, collected: str, case: str = "c1", **fields: Any) -> int:
        """A value of fibrinogen in mg/dL."""
        given = {"loinc": "3255-7", "value": value, "unit": "mg/dL", "collected_at": t(collected)}
        return done(self.do(RecordResult, LABORATORY, case, **(given | fields)))

    def partner(self, partner: str, case: str = "c1", **fields: Any) -> int:
        """A final report that names a partner; ZBTB16 is resistant."""
        given = {
            "test": "rar_partner",
            "method": "rt_pcr",
            "result": "partner_identified",
            "partner": partner,
            "status": "final",
            "report_no": "V1",
        }
        return done(self.do(RecordReport, LABORATORY, case, **(given | fields)))

    def ordered(self, case: str = "c1") -> int:
        """A partner report is on its way."""
        return self.partner("", case, result="", status="ordered")

    def drug(self, act: str, at: str | None = None, case: str = "c1", **fields: Any) -> int:
        """What happened with the drug."""
        given = {"drug": "tretinoin", "act": act, "at": t(at) if at else None}
        return done(self.do(RecordTherapy, NURSE, case, **(given | fields)))

    def finding(self, finding: str, value: str, case: str = "c1", **fields: Any) -> int:
        """A finding."""
        return done(self.do(RecordFinding, PHYSICIAN, case, finding=finding, value=value, **fields))

    def transfer(self, case: str = "c1", **fields: Any) -> Answer:
        """The patient goes elsewhere, to a named person."""
        given = {"transition": "C27", "receiver": "Dr Elsewhere", "accepted_at": self.clock.now()}
        return self.do(Transition, PHYSICIAN, case, **(given | fields))

    def die(self, at: str, case: str = "c1") -> Answer:
        """The exit after death."""
        return self.do(Transition, PHYSICIAN, case, transition="C26", identifiers=IDENTIFIERS, died_at=t(at))

    def reopen(self, who: By = CONSULTANT, case: str = "c1", **fields: Any) -> Answer:
        """Take an exit back."""
        return self.do(Reopen, who, case, **({"identifiers": IDENTIFIERS, "reason": "a mistake"} | fields))

    def merge(self, case: str = "c1", other: str = "c2", who: By = CONSULTANT, **fields: Any) -> Answer:
        """Make one case of two."""
        given = {"other": other, "second": "a clerk", "reason": "one person"}
        return self.do(MergeCases, who, case, **(given | fields))

    def unmerge(self, case: str = "c1", other: str = "c2", who: By = CONSULTANT, **fields: Any) -> Answer:
        """Part two cases."""
        given = {"other": other, "second": "a clerk", "reason": "two persons after all"}
        return self.do(UnmergeCases, who, case, **(given | fields))

    # --- what is so --------------------------------------------------------------------------------------------------

    def case(self, case: str = "c1") -> Case:
        """A case after its last event."""
        return self.engine.case(case)

    def wrong(self) -> tuple[Problem, ...]:
        """What the record check of the whole store finds wrong."""
        house = House(self.store, self.engine, self.clock, (CLINIC,))
        return check_record(house, lambda _done, _of: None).problems

    def open(self, case: str = "c1") -> set[str]:
        """The ids of the open reminders."""
        return {reminder for reminder, _ in self.case(case).open}

    def leaf(self, case: str = "c1", region: str = "treatment") -> str:
        """Where a region stands."""
        return self.case(case).regions[region].leaf

    def bodies(self, kind: str, case: str = "c1") -> list[Any]:
        """The bodies of the events of one type."""
        return [each.body for each in self.engine.timeline(case) if each.type == kind]

    def notices(self, kind: str, case: str = "c1") -> list[Notice]:
        """The notices of a kind, in the order they were made."""
        return [notice for notice, _ in self.store.notices(case) if notice.kind == kind]


def done(answer: Answer) -> int:
    """The position of the first event an accepted command wrote."""
    assert answer.status == "accepted", answer.refusal
    return answer.positions[0]


def refused(answer: Answer) -> str:
    """The code of a refusal; empty for an accepted command."""
    return answer.refusal.code if answer.refusal is not None else ""
