"""The ward of tests/case with the later phases of this pathway, each reached by real commands."""

from functools import cache
from typing import Any

from pathway.case.commands import Answer, RecordResult, Transition
from pathway.case.state import Case
from tests.case.ward import ALL_REASONS, CASE, IDENTIFIERS, LABORATORY, SHIPPED, Ward, by, t

PARTNERS = {"resistant": "ZBTB16", "sensitive": "NPM1", "unclassified": "PRKAR1A"}
TRETINOIN_ANTHRACYCLINE = {"tretinoin": "45 mg/m2/d", "idarubicin": "12 mg/m2/d"}
HIGH_DOSE = {"cytarabine": "3000 mg/m2"}
#: A reason for everything that any move of the file may ask about, for tests that are about something else.
EVERY_REASON = ALL_REASONS | {
    reason.name: "decided by the team" for move in SHIPPED.form.transitions for reason in move.reasons
}
PHASES = SHIPPED.form.regions["treatment"].phases
CLOSED = SHIPPED.form.regions["treatment"].closed
OPEN = tuple(leaf for leaf in PHASES if leaf not in CLOSED)
BEFORE_COURSE = OPEN[:5]
INDUCTION = tuple(leaf for leaf in OPEN if leaf.startswith("induction."))
CONSOLIDATION = tuple(leaf for leaf in OPEN if leaf.startswith("consolidation."))
DOCTORS = {"physician", "haematologist", "consultant"}
SENIOR = {"haematologist", "consultant"}
CLINICIANS = {"nurse", "charge_nurse", "pharmacist", *DOCTORS}
NOW = t("28 10:00")


class Apl(Ward):
    """A patient of this pathway, for its whole length."""

    def go(self, transition: str, who: str = "haematologist", **fields: Any) -> Answer:
        """A move with every reason that might be asked for."""
        given = {"reasons": EVERY_REASON, "reason": "decided by the team"} | fields
        return self.do(Transition, by(who), transition=transition, **given)

    def went(self, transition: str, who: str = "haematologist", **fields: Any) -> "Apl":
        """A move that must succeed."""
        self.done(self.go(transition, who, **fields))
        return self

    def begin_sensitive(self, who: str = "haematologist", **fields: Any) -> Answer:
        """T08 with a course in range and every reason."""
        return self.go("T08", who, **({"doses": TRETINOIN_ANTHRACYCLINE} | fields))

    def respond(self, response: str, at: str | None = None) -> int:
        """The response to the last course."""
        return self.finding("response", response, at=t(at) if at else None)

    def dose(self, drug: str, at: str | None = None) -> int:
        """A dose of an infusion was given."""
        return self.therapy("dose", at, drug=drug, form="intravenous")

    def count_leukocytes(self, value: str, collected: str) -> int:
        """A leukocyte count."""
        told = self.do(RecordResult, LABORATORY, loinc="6690-2", value=value, unit="10*3/uL", collected_at=t(collected))
        return self.done(told)

    def look_now(self) -> "Apl":
        """Let time have its effects up to now."""
        self.engine.look(CASE)
        return self

    def proposed(self) -> set[str]:
        """The names of what the engine proposes now."""
        return {each.name for each in self.engine.picture(CASE).proposals}

    def broke(self) -> list[str]:
        """The rules that were broken so far, in order."""
        return [each.rule for each in self.case.deviations]

    def leaves(self) -> list[str]:
        """Every phase entered, in order."""
        return [each.leaf for each in self.events("PhaseEntered")]

    def leave(self, exit_id: str, who: str = "haematologist", **fields: Any) -> Answer:
        """An exit with everything that any exit asks for."""
        given = {"second": "another doctor", "receiver": "Dr. Invented, elsewhere", "accepted_at": self.clock.now()}
        return self.go(exit_id, who, **(given | fields))


def standing(phase: str) -> Apl:
    """A fresh ward with a case in a phase."""
    word = phase.partition(".")[2]
    ward = Apl(exposure="started" if phase == "empiric_atra" else "never").at("1 09:30")
    if phase.startswith("variant"):
        ward.partner(PARTNERS[word])
    elif phase == "induction.seven_plus_three" or word in ("high_dose_cytarabine", "transplant_preparation"):
        ward.done(ward.begin_7plus3())
    elif word == "atra_anthracycline":
        ward.partner("NPM1")
        ward.done(ward.begin_sensitive())
    if phase.startswith("consolidation"):
        ward.at("25 09:00").respond("cr")
        ward.finding("donor", "hla_matched")
        ward.went(
            {"high_dose_cytarabine": "T14", "transplant_preparation": "T15", "atra_anthracycline": "T16"}[word],
            doses=TRETINOIN_ANTHRACYCLINE if word == "atra_anthracycline" else HIGH_DOSE,
        )
    if phase in CLOSED:
        ward = leaving(phase)
    assert ward.phase == phase, (ward.phase, phase)
    return ward


def leaving(phase: str) -> Apl:
    """A fresh ward with a case that left by an exit."""
    word = phase.partition(".")[2]
    start = {
        "completed": "consolidation.high_dose_cytarabine",
        "hsct_handover": "consolidation.transplant_preparation",
        "refractory": "induction.seven_plus_three",
        "relapse": "consolidation.high_dose_cytarabine",
    }
    ward = standing(start.get(word, "diagnosis_pending"))
    if word == "completed":
        ward.at("27 09:00").respond("cr")
    if word == "relapse":
        ward.finding("relapse", "marrow")
    if word == "classic_apl":
        ward.pml("rt_pcr", "positive")
    if word == "revised_diagnosis":
        ward.finding("other_diagnosis", "stated")
    given = {"identifiers": IDENTIFIERS, "died_at": ward.clock.now()} if word == "death" else {}
    ward.done(ward.leave(move_to(phase), **given))
    return ward


def move_to(phase: str) -> str:
    """The id of the move into an exit."""
    return next(each.id for each in SHIPPED.form.transitions if each.to == phase)


@cache
def standing_case(phase: str) -> Case:
    """A case in a phase at NOW, the values still on target."""
    ward = standing(phase)
    if phase not in CLOSED:
        ward.at("28 09:00").panel("28 08:40")
    return ward.case
