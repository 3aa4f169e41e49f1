"""A site in memory: definitions, quarantine and a clock in the hand."""

from typing import Any

from pathway.case.commands import Answer, Enrol, RecordReport, RecordResult
from pathway.case.envelope import By
from pathway.clinical.instant import instant
from pathway.definition.load import shipped
from pathway.definition.pathway import Pathway
from pathway.engine import Engine
from pathway.engine.ports import Store
from persistence.memory import MemoryStore
from tests.case.ward import IDENTIFIERS, SHIPPED, by, t
from ward.clock import FixedClock

SCREEN = shipped("unmatched_report", 1)
FEED = By("laboratory", "laboratory", source="feed")
LOINC = {"fibrinogen": "3255-7", "platelets": "777-3", "inr": "6301-6"}
M48 = "unmatched_report-1"


class Site:
    """An engine with the shipped pathways, and others where a test gives them; nobody is enrolled. It is `1 09:00`."""

    def __init__(self, *pathways: Pathway, store: Store | None = None) -> None:
        self.clock = FixedClock(t("1 09:00"))
        self.store = store or MemoryStore("demonstration")
        self.engine = Engine(self.store, [SHIPPED, SCREEN, *pathways], self.clock)
        self.count = 0

    def at(self, text: str) -> "Site":
        """Move the clock."""
        self.clock.set(t(text))
        return self

    def do(self, kind: Any, who: By, /, **fields: Any) -> Answer:
        """Send a command under a new id."""
        self.count += 1
        return self.engine.handle(kind(by=who, **({"id": f"s{self.count}"} | fields)))

    def enrol(self, case: str, **fields: Any) -> Answer:
        """Enrol an invented patient."""
        given: dict[str, Any] = {
            "case": case,
            "pathway": "variant_apl",
            "presented_at": instant("2026-03-01T08:00Z"),
            "identifiers": IDENTIFIERS,
            "zone": "UTC",
            "ward": "H1",
            "bed": "3",
            "patient": f"p-{case}",
            "origin": "invented",
        }
        return self.do(Enrol, by("physician"), **(given | fields))

    def result(self, analyte: str, value: str, unit: str, case: str = "nobody", **fields: Any) -> Answer:
        """A laboratory result as a feed sends it."""
        given = {"case": case, "loinc": LOINC[analyte], "value": value, "unit": unit, "collected_at": t("1 08:30")}
        return self.do(RecordResult, FEED, **(given | fields))

    def report(self, test: str, method: str, result: str, case: str = "nobody", **fields: Any) -> Answer:
        """A work-up report as a feed sends it."""
        given = {"case": case, "test": test, "method": method, "result": result, "status": "final", "report_no": "R1"}
        return self.do(RecordReport, FEED, **(given | fields))

    @property
    def rings(self) -> set[str]:
        """The open reminders of the case that stands for the first report; empty where there is none."""
        head = self.store.head(M48)
        return set() if head is None else {reminder for reminder, _ in self.engine.case(M48).open}
