"""A ward in memory: one case, a clock in the hand, and real commands. Nothing here makes a state in any other way."""

from typing import Any

from pathway.case.commands import (
    Acknowledge,
    Answer,
    Decide,
    Enrol,
    RecordDeath,
    RecordFinding,
    RecordMove,
    RecordProduct,
    RecordReport,
    RecordResult,
    RecordSample,
    RecordTherapy,
    ReleaseLatch,
    RequestTherapy,
    Retract,
    SettleReview,
    Snooze,
    StopTherapy,
    Transition,
)
from pathway.case.envelope import By
from pathway.case.state import Case, Obligation
from pathway.clinical.instant import Instant
from pathway.clinical.reading import Reading
from pathway.definition.load import shipped
from pathway.definition.pathway import Pathway
from pathway.engine import Engine
from persistence.memory import MemoryStore
from tests.case.story import IDENTIFIERS, t
from ward.clock import FixedClock

SHIPPED = shipped("variant_apl", 1)
LOINC = {
    "fibrinogen": ("3255-7", "mg/dL"),
    "platelets": ("777-3", "10*9/L"),
    "inr": ("6301-6", "{INR}"),
    "pt": ("5902-2", "s"),
}
CASE = "c1"
TICKS = {"prescription_cancelled": True, "supply_removed": True, "next_dose_not_prepared": True}
SEVEN_PLUS_THREE = {"cytarabine": "100 mg/m2/d", "daunorubicin": "60 mg/m2/d"}
#: Reasons that cover every gap T07 may ask about, for tests that are about something else.
ALL_REASONS = {
    "cannot_wait": "leukocytes rise by the hour",
    "although_sensitive": "decided by the team",
    "cells_not_secured": "marrow failed twice",
}
LABORATORY = By("laboratory", "laboratory", source="feed")


def by(role: str, actor: str = "") -> By:
    """A person under a role; one person for each role unless another is named."""
    return By(actor or f"the {role}", role)


class Ward:
    """One patient, enrolled at `1 09:00`, never on tretinoin, nothing measured, unless said otherwise."""

    def __init__(
        self,
        *,
        pathway: Pathway = SHIPPED,
        zone: str = "UTC",
        exposure: str | None = "never",
        origin: str = "demonstration",
        enrolled: bool = True,
    ) -> None:
        self.clock = FixedClock(t("1 09:00"))
        self.store = MemoryStore(origin)  # type: ignore[arg-type]  # tests ask for a wrong one too
        self.pathway = pathway
        self.engine = Engine(self.store, [pathway], self.clock)
        self.zone = zone
        self._numbers = 0
        if enrolled:
            assert self.enrol().status == "accepted"
            if exposure:
                self.therapy(exposure)

    # --- time --------------------------------------------------------------------------------------------------------

    def at(self, text: str) -> "Ward":
        """Move the clock; nothing is looked at yet."""
        self.clock.set(t(text))
        return self

    def look(self, text: str) -> "Ward":
        """Move the clock and let time have its effects."""
        self.clock.set(t(text))
        self.engine.look(CASE)
        return self

    # --- commands ----------------------------------------------------------------------------------------------------

    def do(self, kind: Any, who: By, /, **fields: Any) -> Answer:
        """Send a command under a new id."""
        self._numbers += 1
        fields.setdefault("id", f"k{self._numbers}")
        return self.engine.handle(kind(case=CASE, by=who, **fields))

    def enrol(self, who: By | None = None, **fields: Any) -> Answer:
        """Enrol the patient; every field may be overruled."""
        given: dict[str, Any] = {
            "pathway": "variant_apl",
            "presented_at": t("1 08:00"),
            "identifiers": IDENTIFIERS,
            "zone": self.zone,
            "ward": "H1",
            "bed": "3",
            "patient": "p1",
            "origin": "invented",
        }
        return self.do(Enrol, who or by("physician"), **(given | fields))

    def lab(self, analyte: str, value: str, collected: str | None, **fields: Any) -> int:
        """A result as the laboratory sends it; returns its position."""
        loinc, unit = LOINC[analyte]
        given = {"loinc": loinc, "value": value, "unit": unit, "collected_at": t(collected) if collected else None}
        return self.done(self.do(RecordResult, LABORATORY, **(given | fields)))

    def panel(self, collected: str, fibrinogen: str = "220", platelets: str = "90", inr: str = "1.1") -> None:
        """A full usable panel of one collection, the fibrin marker not raised; on target unless said otherwise."""
        for analyte, value in (("fibrinogen", fibrinogen), ("platelets", platelets), ("inr", inr), ("pt", "12")):
            self.lab(analyte, value, collected)
        self.finding("d_dimer_rise", "none", at=t(collected))

    def sample(self, specimen: str, collected: str, *analytes: str) -> int:
        """A specimen was taken."""
        taken = self.do(RecordSample, by("nurse"), specimen=specimen, analytes=analytes, at=t(collected))
        return self.done(taken)

    def pml(self, method: str, result: str = "negative", status: str = "final", **fields: Any) -> int:
        """A report on PML::RARA."""
        given = {"test": "pml_rara", "method": method, "result": result, "status": status, "report_no": f"P-{method}"}
        return self.done(self.do(RecordReport, LABORATORY, **(given | fields)))

    def pml_negative(self) -> None:
        """PML::RARA negative by two methods."""
        self.pml("rt_pcr")
        self.pml("dual_fusion_fish")

    def partner(self, partner: str, method: str = "rt_pcr", status: str = "final", **fields: Any) -> int:
        """A report that names a partner."""
        given = {
            "test": "rar_partner",
            "method": method,
            "result": "partner_identified",
            "partner": partner,
            "status": status,
            "report_no": f"V-{method}",
        }
        return self.done(self.do(RecordReport, LABORATORY, **(given | fields)))

    def karyotype(self, text: str, status: str = "preliminary", **fields: Any) -> int:
        """A karyotype: it raises a suspicion and confirms nothing."""
        given = {"test": "rar_partner", "method": "karyotype", "karyotype": text, "status": status, "report_no": "V-k"}
        return self.done(self.do(RecordReport, LABORATORY, **(given | fields)))

    def therapy(self, act: str, at: str | None = None, drug: str = "tretinoin", who: str = "nurse", **more: Any) -> int:
        """What happened with a drug."""
        told = self.do(RecordTherapy, by(who), drug=drug, act=act, at=t(at) if at else None, **more)
        return self.done(told)

    def ask_for(self, drug: str, act: str = "start", who: By | None = None, **fields: Any) -> Answer:
        """A request to order, start or resume a drug."""
        return self.do(RequestTherapy, who or by("physician"), drug=drug, act=act, **fields)

    def stop(self, who: str = "haematologist", drug: str = "tretinoin", **fields: Any) -> Answer:
        """A request to stop a drug for good."""
        ticks = TICKS if drug == "tretinoin" else {}
        return self.do(StopTherapy, by(who), **({"drug": drug, "ticks": ticks} | fields))

    def product(self, product: str, act: str, at: str | None = None, unit_no: str = "u1") -> int:
        """A blood product was started or ended."""
        told = self.do(RecordProduct, by("nurse"), product=product, unit_no=unit_no, act=act, at=t(at) if at else None)
        return self.done(told)

    def finding(self, finding: str, value: str, **fields: Any) -> int:
        """A finding or a clinician's flag."""
        return self.done(self.do(RecordFinding, by("physician"), finding=finding, value=value, **fields))

    def retract(self, position: int) -> int:
        """What stands there was not true of this patient."""
        return self.done(self.do(Retract, LABORATORY, target=position, reason="wrong blood in tube"))

    def answer(self, reminder: str, choice: str, who: str = "haematologist", **fields: Any) -> Answer:
        """A signed answer to a reminder's question."""
        given = {"reminder": reminder, "choice": choice, "reason": "looked at the patient"}
        return self.do(Decide, by(who), **(given | fields))

    def acknowledge(self, reminder: str, who: str = "haematologist", subject: str = "") -> Answer:
        """Take note of a reminder."""
        return self.do(Acknowledge, by(who), reminder=reminder, subject=subject)

    def snooze(self, reminder: str, subject: str, **fields: Any) -> Answer:
        """Put a reminder off."""
        given = {"reminder": reminder, "subject": subject, "reason": "patient in theatre"}
        return self.do(Snooze, by("nurse"), **(given | fields))

    def move(self, transition: str, who: str = "haematologist", **fields: Any) -> Answer:
        """Ask for a transition."""
        return self.do(Transition, by(who), transition=transition, **fields)

    def begin_7plus3(self, who: str = "haematologist", **fields: Any) -> Answer:
        """T07 with a course in range and every reason given."""
        return self.move("T07", who, **({"doses": SEVEN_PLUS_THREE, "reasons": ALL_REASONS} | fields))

    def die(self, at: str) -> Answer:
        """T26 by a physician, complete."""
        return self.move("T26", "physician", identifiers=IDENTIFIERS, died_at=t(at))

    def told_of_death(self, at: str) -> int:
        """A death is reported, by somebody without the role for the exit."""
        return self.done(self.do(RecordDeath, by("nurse"), died_at=t(at)))

    def bed(self, ward: str, bed: str) -> int:
        """The patient lies elsewhere."""
        return self.done(self.do(RecordMove, by("nurse"), ward=ward, bed=bed))

    def settle(self, review: int, choice: str = "confirmed", who: str = "haematologist") -> Answer:
        """Confirm or replace a decision under review."""
        return self.do(SettleReview, by(who), review=review, choice=choice, reason="looked again")

    def release(self, who: str = "haematologist", reason: str = "no criterion left") -> Answer:
        """End the latch of severe coagulopathy."""
        return self.do(ReleaseLatch, by(who), latch="severe", reason=reason)

    @staticmethod
    def done(answer: Answer) -> int:
        """The position of the first event an accepted command wrote."""
        assert answer.status == "accepted", answer.refusal
        return answer.positions[0]

    # --- what is so --------------------------------------------------------------------------------------------------

    @property
    def case(self) -> Case:
        """The case after its last event."""
        return self.engine.case(CASE)

    @property
    def phase(self) -> str:
        """The leaf of the treatment region."""
        return self.case.regions["treatment"].leaf

    @property
    def supervision(self) -> str:
        """The leaf of the supervision region."""
        return self.case.regions["supervision"].leaf

    @property
    def open(self) -> set[str]:
        """The ids of the open reminders."""
        return {reminder for reminder, _ in self.case.open}

    def due(self, reminder: str, subject: str = "") -> Obligation:
        """An open reminder."""
        return self.case.open[(reminder, subject)]

    def is_open(self, reminder: str, subject: str = "") -> bool:
        """Whether a reminder about a subject is open."""
        return (reminder, subject) in self.case.open

    def closed(self, reminder: str, subject: str = "") -> list[str]:
        """How each occurrence of a reminder ended."""
        found = self.events("ReminderClosed")
        return [each.how for each in found if (each.reminder, each.subject) == (reminder, subject)]

    def rang(self, reminder: str, subject: str = "") -> list[tuple[Instant, tuple[str, ...]]]:
        """When a reminder rang, and whom it told."""
        return [
            (each.occurred_at, each.body.to)
            for each in self.engine.timeline(CASE)
            if each.type == "RungReached" and (each.body.reminder, each.body.subject) == (reminder, subject)
        ]

    def told(self, reminder: str, subject: str = "") -> set[str]:
        """Every role a reminder has told so far."""
        return {role for _, roles in self.rang(reminder, subject) for role in roles}

    def events(self, kind: str) -> list[Any]:
        """The bodies of the events of one type."""
        return [each.body for each in self.engine.timeline(CASE) if each.type == kind]

    def read(self, name: str) -> Reading:
        """A fact, condition, latch or choice now."""
        return self.engine.view(CASE).read(name)

    def word(self, name: str) -> object:
        """The value of a known fact; None for cannot say."""
        found = self.read(name)
        return found.value if found.known else None


def refused(answer: Answer) -> str:
    """The code of a refusal; empty for an accepted command."""
    return answer.refusal.code if answer.refusal is not None else ""
