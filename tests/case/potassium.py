"""A patient with low potassium on a small pathway that a test may change: real commands, a clock in the hand."""

from functools import cache
from pathlib import Path
from typing import Any

from pathway.case.commands import Answer, Enrol, RecordFinding, RecordResult, RecordTherapy, RequestTherapy
from pathway.case.envelope import By
from pathway.case.state import Case
from pathway.definition.load import load
from pathway.definition.pathway import Pathway
from pathway.engine import Engine
from persistence.memory import MemoryStore
from tests.case.story import IDENTIFIERS, t
from ward.clock import FixedClock

SMALL = (Path(__file__).parents[1] / "definition" / "small.toml").read_text("utf-8")
NURSE, DOCTOR = By("a nurse", "nurse"), By("a doctor", "doctor")
LABORATORY = By("laboratory", "laboratory", source="feed")


class Patient:
    """Enrolled at `1 09:00`; `more` stands at the end of the file, `changes` are made in it."""

    def __init__(self, more: str = "", changes: dict[str, str] | None = None) -> None:
        text = SMALL
        for old, new in (changes or {}).items():
            assert text.count(old) == 1, old
            text = text.replace(old, new)
        self.pathway = pathway_of(text + more)
        self.clock, self.store = FixedClock(t("1 09:00")), MemoryStore("demonstration")
        self.engine = Engine(self.store, [self.pathway], self.clock)
        self._numbers = 0
        enrolled = self.enrol()
        assert enrolled.status == "accepted", enrolled.refusal

    def enrol(self, who: By = DOCTOR, case: str = "c1", **fields: Any) -> Answer:
        """Enrol the patient."""
        given: dict[str, Any] = {
            "pathway": "potassium",
            "presented_at": t("1 08:00"),
            "identifiers": IDENTIFIERS,
            "zone": "UTC",
            "ward": "H1",
            "bed": "3",
            "patient": case,
            "origin": "invented",
        }
        return self.do(Enrol, who, case=case, **(given | fields))

    def at(self, text: str) -> "Patient":
        """Move the clock; nothing is looked at yet."""
        self.clock.set(t(text))
        return self

    def look(self, text: str) -> "Patient":
        """Move the clock and let time have its effects."""
        self.at(text).engine.look("c1")
        return self

    def do(self, kind: Any, who: By, case: str = "c1", **fields: Any) -> Answer:
        """Send a command under a new id."""
        self._numbers += 1
        return self.engine.handle(kind(id=f"k{self._numbers}", case=case, by=who, **fields))

    def lab(self, value: str, collected: str, **fields: Any) -> int:
        """A potassium value."""
        given = {"loinc": "2823-3", "value": value, "unit": "mmol/L", "collected_at": t(collected)}
        return done(self.do(RecordResult, LABORATORY, **(given | fields)))

    def finding(self, name: str, value: str, **fields: Any) -> int:
        """A finding or flag."""
        return done(self.do(RecordFinding, DOCTOR, finding=name, value=value, **fields))

    def drug(self, act: str, **fields: Any) -> int:
        """What happened with the infusion."""
        return done(self.do(RecordTherapy, NURSE, drug="potassium_infusion", act=act, form="intravenous", **fields))

    def ask(self, who: By = DOCTOR, **fields: Any) -> Answer:
        """A request to start the infusion."""
        given = {"drug": "potassium_infusion", "act": "start", "form": "intravenous"}
        return self.do(RequestTherapy, who, **(given | fields))

    @property
    def case(self) -> Case:
        """The case after its last event."""
        return self.engine.case("c1")

    @property
    def open(self) -> set[str]:
        """The ids of the open reminders."""
        return {reminder for reminder, _ in self.case.open}

    def word(self, name: str) -> object:
        """The value of a known fact; None for cannot say."""
        found = self.engine.view("c1").read(name)
        return found.value if found.known else None

    def why(self, name: str) -> str:
        """Why a fact cannot be said."""
        return self.engine.view("c1").read(name).why

    def yes(self, condition: str) -> object:
        """A condition's answer; None for cannot say."""
        return self.word(condition)

    def bodies(self, kind: str) -> list[Any]:
        """The bodies of the events of one type."""
        return [each.body for each in self.engine.timeline("c1") if each.type == kind]

    def notices(self) -> list[tuple[str, str, str, str]]:
        """What the outbox holds: role, kind, state, text."""
        return [(each.role, each.kind, state, each.text) for each, state in self.store.notices("c1")]


@cache
def pathway_of(text: str) -> Pathway:
    """The pathway of a text, read and proved once."""
    return load(text, "potassium.toml")


def done(answer: Answer) -> int:
    """The position of the first event an accepted command wrote."""
    assert answer.status == "accepted", answer.refusal
    return answer.positions[0]


def refused(answer: Answer) -> str:
    """The code of a refusal; empty for an accepted command."""
    return answer.refusal.code if answer.refusal is not None else ""
