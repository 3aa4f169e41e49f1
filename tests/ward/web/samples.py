"""An invented ward, built by hand: the values that pages are given, with every state that they must show."""

from decimal import Decimal

import msgspec

from pathway.case.envelope import CLOCK, ENGINE, By, Event
from pathway.case.events import (
    AnyBody,
    CaseEnrolled,
    FactRetracted,
    PhaseEntered,
    ReminderOpened,
    ResultRecorded,
    RungReached,
    Sealed,
    TherapyRecorded,
)
from pathway.case.picture import (
    ExposureSeen,
    FactSeen,
    Flagged,
    LabSeen,
    PhaseSeen,
    Picture,
    ProposalSeen,
    RefusedSeen,
    ReminderSeen,
    RungSeen,
)
from pathway.case.why import Inquiry
from pathway.clinical.instant import SECOND, Instant, instant
from pathway.engine.errors import RecordDamaged
from pathway.engine.ports import Clock, Head
from ward.clock import FixedClock
from ward.demonstration.people import invite
from ward.feeds import Silence
from ward.web.reads import Replayed, StoreFacts, TimelineEntry
from ward.wiring import house, memory_store

NOW = instant("2026-03-05T03:22:10+01:00")
MIN = 60 * SECOND
HOUR = 60 * MIN
DAY = 24 * HOUR
ZONE = "Europe/Berlin"
TREATMENT = (
    ("diagnosis_pending", "Diagnosis pending"),
    ("empiric_atra", "Empiric tretinoin"),
    ("variant_confirmed.resistant", "Variant confirmed, resistant"),
    ("variant_confirmed.sensitive", "Variant confirmed, sensitive"),
    ("variant_confirmed.unclassified", "Variant confirmed, unclassified"),
    ("induction.seven_plus_three", "Induction, 7+3"),
    ("exit.death", "Exit: death"),
)
SUPERVISION = (("running", "Coagulation supervised"), ("ended", "Supervision ended"))
HOSTILE = "<img src=x onerror=alert(1)>"


def ago(us: int, now: int = NOW) -> Instant:
    """An instant before the sample's present."""
    return Instant(now - us)


def lab(name: str = "fibrinogen", shown: str = "92 mg/dL", state: str = "critical", **more: object) -> LabSeen:
    """A value, 35 minutes old unless said otherwise."""
    lines = {
        "fibrinogen": ("150 mg/dL", "100 mg/dL"),
        "platelets": ("50 x10^9/L", "30 x10^9/L"),
    }
    target, critical = lines.get(name, ("", ""))
    plain = LabSeen(
        name=name,
        title=name.upper() if name == "inr" else name.capitalize().replace("_", " "),
        shown=shown,
        state=state,
        collected_at=ago(35 * MIN),
        recorded_at=ago(12 * MIN),
        trend="falling",
        target=target,
        critical=critical,
    )
    return msgspec.structs.replace(plain, **more)


def reminder(name: str = "recheck_coagulation", due_us: int = 20 * MIN, **more: object) -> ReminderSeen:
    """An open reminder, due so many microseconds from the present (negative: overdue)."""
    due = Instant(NOW + due_us)
    plain = ReminderSeen(
        reminder=name,
        subject="fibrinogen",
        ordinal=1,
        line="coagulation",
        title="Recheck: fibrinogen",
        text="Recheck of fibrinogen.",
        level="s1",
        critical=False,
        opened_at=ago(6 * HOUR),
        due_at=due,
        state="overdue" if due_us < 0 else "due" if due_us <= 30 * MIN else "planned",
        deadline=None,
        not_before=Instant(due - 30 * MIN),
        rungs=(
            RungSeen(0, ("nurse",), due, due <= NOW),
            RungSeen(1, ("charge_nurse",), Instant(due + 30 * MIN), due + 30 * MIN <= NOW),
            RungSeen(2, ("physician",), Instant(due + 60 * MIN), due + 60 * MIN <= NOW),
        ),
        acknowledged_until=None,
        answers=(),
        why="supervision is running; fibrinogen was collected at 02:47 and is rechecked every 6 h",
        source=("M1", "4.3"),
    )
    return msgspec.structs.replace(plain, **more)


STOP = reminder(
    "stop_tretinoin",
    -12 * MIN,
    subject="",
    line="tretinoin",
    title="Tretinoin must stop",
    text="Tretinoin must stop. ZBTB16::RARA. Nurse: withhold. Doctor: stop, cancel the prescription.",
    level="",
    critical=True,
    opened_at=ago(12 * MIN),
    not_before=None,
    deadline=Instant(NOW + 4 * HOUR + 38 * MIN),
    rungs=(
        RungSeen(0, ("haematologist", "charge_nurse", "pharmacist"), ago(12 * MIN), True, Instant(NOW + 48 * MIN)),
        RungSeen(1, ("haematologist", "charge_nurse"), Instant(NOW + 3 * MIN), False),
        RungSeen(2, ("physician",), Instant(NOW + 18 * MIN), False),
        RungSeen(3, ("consultant",), Instant(NOW + 48 * MIN), False),
    ),
    acknowledged_until=Instant(NOW + 48 * MIN),
    answers=("continue",),
    why="class is resistant (ZBTB16::RARA, final, recorded 05-Mar-2026 03:10); tretinoin is running since 01-Mar-2026",
    source=("R24", "R32", "M3"),
)


def phase(leaf: str = "empiric_atra", since_us: int = 2 * DAY) -> PhaseSeen:
    """The treatment region at a leaf."""
    return PhaseSeen("treatment", leaf, dict(TREATMENT)[leaf], ago(since_us), TREATMENT)


def picture(case: str = "k7a", **more: object) -> Picture:
    """A case in bed 4; whatever is named is replaced."""
    plain = Picture(
        case=case,
        at=NOW,
        origin="invented",
        ward="H3",
        bed="4",
        zone=ZONE,
        pathway="variant_apl",
        title="Acute promyelocytic leukaemia without PML::RARA",
        status="not clinically approved",
        presented_at=ago(4 * DAY + 3 * HOUR),
        position=41,
        clinical_version=22,
        closed=False,
        failed=False,
        phases=(phase(), PhaseSeen("supervision", "running", "Coagulation supervised", ago(4 * DAY), SUPERVISION)),
        labs=(lab(), lab("platelets", "41 x10^9/L", "below_target", trend="rising"), lab("inr", "1.7", "no_target")),
        facts=(
            FactSeen("bleeding", "Bleeding", True, "minor", "minor", ago(9 * HOUR)),
            FactSeen("pml_rara", "PML::RARA", True, "negative_two_methods", "negative by two methods", ago(3 * DAY)),
            FactSeen("d_dimer_rise", "Rise of the fibrin marker", False, "", "never recorded"),
            FactSeen("isth", "ISTH overt-DIC score", True, "", "5 to 6", ago(35 * MIN)),
        ),
        exposures=(
            ExposureSeen("tretinoin", "tretinoin", "running", ago(4 * DAY), ago(7 * HOUR), Instant(NOW + 5 * HOUR)),
            ExposureSeen("arsenic_trioxide", "arsenic trioxide", "never"),
        ),
        reminders=(reminder(),),
        refused=(
            RefusedSeen(
                "arsenic_trioxide",
                "arsenic_trioxide",
                ("order", "start"),
                "refused",
                "arsenic trioxide is refused without PML::RARA",
                ("PML::RARA is negative by two methods, 02-Mar-2026 10:40",),
                (),
                ("R22", "I1"),
            ),
        ),
        proposals=(),
        flagged=(),
        rows={"recheck_class": "every 6 h"},
        due_line="Due by 03:42: recheck of fibrinogen.",
    )
    return msgspec.structs.replace(plain, **more)


def event(position: int, body: AnyBody, occurred: Instant, recorded: Instant, by: By = ENGINE, **more: object) -> Event:
    """One event of the sample case."""
    return Event("k7a", position, occurred, recorded, by, "bundle", body, **more)


NURSE = By("A. Berger", "nurse")
LAB = By("laboratory feed", "laboratory", "feed", "connection")


def result(value: str, at: Instant, **more: object) -> ResultRecorded:
    """A fibrinogen result."""
    plain = ResultRecorded("fibrinogen", "3255-7", value, value, "mg/dL", f"{value} mg/dL", "final", at, "s1", True)
    return msgspec.structs.replace(plain, **more)


def entry(made: Event, words: str) -> TimelineEntry:
    """One line of the timeline."""
    return TimelineEntry(made, words)


def timeline() -> list[TimelineEntry]:
    """A night with a late result, a correction, a retraction and a stop that is wanted."""
    enrolled = CaseEnrolled("variant_apl", 1, ago(4 * DAY), ZONE, "H3", "4", "p1", "invented")
    start = TherapyRecorded("tretinoin", "started", ago(4 * DAY - HOUR), door="suspicion")
    return [
        entry(
            event(1, enrolled, ago(4 * DAY), ago(4 * DAY), NURSE), "Enrolled: APL without PML::RARA, version 1; bed 4"
        ),
        entry(event(2, start, ago(4 * DAY - HOUR), ago(4 * DAY - HOUR), NURSE), "tretinoin started on suspicion"),
        entry(
            event(
                3,
                PhaseEntered("treatment", "empiric_atra", "diagnosis_pending", "T02", 1),
                ago(4 * DAY - HOUR),
                ago(4 * DAY - HOUR),
                cause=2,
            ),
            "Stage: Empiric tretinoin (tretinoin_on)",
        ),
        entry(event(4, result("160", ago(DAY)), ago(DAY), ago(DAY - 40 * MIN), LAB), "Fibrinogen 160 mg/dL, final"),
        entry(
            event(5, FactRetracted(2, Sealed("clear", "", "wrong patient")), ago(10 * HOUR), ago(10 * HOUR), NURSE),
            "Event 2 retracted: wrong patient",
        ),
        entry(
            event(6, result("106", ago(DAY), replaces=4), ago(DAY), ago(2 * HOUR), LAB),
            "Fibrinogen 106 mg/dL, corrected",
        ),
        entry(event(7, result("92", ago(35 * MIN)), ago(35 * MIN), ago(12 * MIN), LAB), "Fibrinogen 92 mg/dL, final"),
        entry(
            event(
                8,
                ReminderOpened("stop_tretinoin", "", 1, "", ago(12 * MIN), ago(12 * MIN)),
                ago(12 * MIN),
                ago(12 * MIN),
                cause=7,
            ),
            "Reminder opened: Tretinoin must stop, due at once",
        ),
        entry(
            event(
                9,
                RungReached("stop_tretinoin", "", 1, 1, 1, ("haematologist", "charge_nurse"), "", ago(12 * MIN)),
                ago(12 * MIN),
                ago(12 * MIN),
                CLOCK,
                cause=8,
            ),
            "Rung 1 reached: haematologist, charge nurse told that tretinoin must stop",
        ),
    ]


def ward() -> dict[str, Picture]:
    """Six beds with one of everything."""
    supervised = picture().phases[1]
    return {
        each.case: each
        for each in (
            picture(
                "k7a",
                phases=(phase("variant_confirmed.resistant", 12 * MIN), supervised),
                reminders=(
                    STOP,
                    reminder(
                        "act_on_value",
                        18 * MIN,
                        title="Act on the low value",
                        critical=True,
                        level="critical",
                        text="Fibrinogen: critical. Product started, or a reasoned decision.",
                        not_before=None,
                        line="coagulation",
                    ),
                    reminder(),
                    reminder(subject="platelets", title="Recheck: platelets", text="Recheck of platelets."),
                    reminder(
                        "begin_induction",
                        23 * HOUR,
                        title="Begin induction or defer, signed",
                        text="7+3 begun, or a signed deferral with its review time, at most 24 h ahead.",
                        level="confirmed",
                        not_before=None,
                        answers=("defer",),
                    ),
                ),
                proposals=(
                    ProposalSeen(
                        "seven_plus_three",
                        "7+3: cytarabine with daunorubicin or idarubicin",
                        "class is resistant; course is none; no contradiction",
                        ("R2", "R16"),
                    ),
                ),
                refused=(
                    *picture().refused,
                    RefusedSeen(
                        "tretinoin",
                        "tretinoin",
                        ("order", "start", "resume"),
                        "refused",
                        "tretinoin is refused: the variant is resistant",
                        ("class is resistant (ZBTB16::RARA, final)",),
                        ("haematologist", "consultant"),
                        ("R24",),
                    ),
                ),
                flagged=(
                    Flagged(
                        "review",
                        "fibrinogen",
                        "Fibrinogen of 04-Mar-2026 was corrected from 160 to 106 mg/dL: confirm the deferral of 7+3",
                        ago(2 * HOUR),
                        True,
                    ),
                    Flagged(
                        "invariant",
                        "I2",
                        "Tretinoin in a confirmed resistant variant: broken if it lasts to 08:00",
                        ago(12 * MIN),
                        True,
                    ),
                ),
                due_line="Overdue: tretinoin must stop (at once, 12 min). Next: act on the low fibrinogen by 03:40.",
            ),
            picture(
                "c2",
                bed="2",
                phases=(phase("empiric_atra"), supervised),
                labs=(
                    lab(shown="178 mg/dL", state="on_target", trend="rising"),
                    lab("platelets", "41 x10^9/L", "below_target", trend="level"),
                ),
                exposures=(
                    ExposureSeen(
                        "tretinoin", "tretinoin", "held", ago(3 * HOUR), ago(15 * HOUR), Instant(NOW + 5 * HOUR)
                    ),
                    ExposureSeen("arsenic_trioxide", "arsenic trioxide", "never"),
                ),
                reminders=(
                    reminder(due_us=-35 * MIN),
                    reminder(
                        due_us=-35 * MIN, subject="platelets", title="Recheck: platelets", text="Recheck of platelets."
                    ),
                ),
                rows={"recheck_class": "every 12 h"},
            ),
            picture(
                "c10",
                bed="10",
                origin="deidentified",
                phases=(phase("diagnosis_pending", 3 * HOUR), supervised),
                labs=(
                    lab(
                        shown="",
                        state="cannot_say",
                        why="never recorded",
                        collected_at=None,
                        recorded_at=None,
                        trend="",
                    ),
                    lab(
                        "platelets",
                        "22 x10^9/L",
                        "cannot_say",
                        why="older than 36 h",
                        collected_at=ago(37 * HOUR),
                        trend="falling",
                    ),
                ),
                exposures=(
                    ExposureSeen("tretinoin", "tretinoin", "cannot say"),
                    ExposureSeen("arsenic_trioxide", "arsenic trioxide", "never"),
                ),
                reminders=(
                    reminder(
                        "exposure_unknown",
                        25 * MIN,
                        title="Is tretinoin taken?",
                        text="Nobody has said whether tretinoin is taken: look at chart and patient.",
                        level="",
                        not_before=None,
                    ),
                    reminder(
                        "secure_cells",
                        20 * HOUR,
                        title="Secure diagnostic cells",
                        text="Marrow or blood for RNA, FISH and culture before the first chemotherapy dose.",
                        level="",
                        not_before=None,
                    ),
                ),
            ),
            picture(
                "c6",
                bed="6",
                phases=(phase("induction.seven_plus_three", 6 * DAY), supervised),
                labs=(
                    lab(shown="224 mg/dL", state="on_target", trend="level", collected_at=ago(9 * HOUR)),
                    lab("platelets", "63 x10^9/L", "on_target", trend="rising", collected_at=ago(9 * HOUR)),
                ),
                exposures=(
                    ExposureSeen("tretinoin", "tretinoin", "stopped", ago(5 * DAY), ago(5 * DAY)),
                    ExposureSeen("arsenic_trioxide", "arsenic trioxide", "never"),
                ),
                reminders=(reminder(due_us=15 * HOUR, level="s3"),),
                rows={"recheck_class": "every 24 h"},
            ),
        )
    }


IDENTITIES = {
    "k7a": {
        "family_name": "Beispiel",
        "given_name": "Anna",
        "title": "Ms",
        "born": "1981-07-14",
        "sex": "female",
        "nhs_number": "9990001234",
        "hospital_number": "INV-4471",
    },
    "c2": {
        "family_name": "Mustermann-Featherstonehaugh",
        "given_name": "Bartholomew",
        "title": "Mr",
        "born": "1963-11-02",
        "sex": "male",
        "hospital_number": "INV-4480",
    },
    "c6": {
        "family_name": "Exempel",
        "given_name": "Carl",
        "born": "1958-01-30",
        "sex": "male",
        "hospital_number": "INV-4412",
    },
}


class Still(Clock):
    """Real time that stands."""

    def now(self) -> Instant:
        """A moment after midnight in March."""
        return NOW


class Ward:
    """A hand-built `Reads`. `damaged`: cases whose record cannot be read. `house`: of the people who look at it."""

    def __init__(self, *pictures: Picture, clock: Clock | None = None, **changes: object) -> None:
        self.pictures = {each.case: each for each in pictures} if pictures else ward()
        self.identities = dict(IDENTITIES)
        self.events = timeline()
        self.damaged: set[str] = set()
        self.house = house(memory_store("demonstration"), FixedClock(NOW))
        invite(self.house)
        self.asked: list[tuple[Instant | None, Instant | None]] = []
        self.clock = clock or Still()
        self.heartbeat: Instant | None = Instant(NOW - 2 * SECOND)
        self.origin = "demonstration"
        self.speed = Decimal(1)
        self.silent: tuple[Silence, ...] = ()
        self.site_beds: dict[str, tuple[str, ...]] = {}
        for name, value in changes.items():
            setattr(self, name, value)

    def heads(self, ward: str = "") -> list[Head]:
        """One head for each picture."""
        return [
            Head(
                each.case,
                "p",
                each.origin,
                each.ward,
                each.bed,
                each.pathway,
                "bundle",
                each.position,
                bytes(32),
                each.at,
                each.clinical_version,
                {},
                False,
                None,
                each.at,
            )
            for each in self.pictures.values()
            if ward in {"", each.ward}
        ]

    def known(self, case: str) -> bool:
        """Whether it is one of the pictures."""
        return case in self.pictures

    def picture(self, case: str) -> Picture | None:
        """The picture, None for an unknown case; raises for a damaged one."""
        if case in self.damaged:
            raise RecordDamaged("event 7 does not match its hash", "the bytes that were stored", "restore the record")
        return self.pictures.get(case)

    def timeline(self, case: str, asked: Inquiry | None = None, worded: int | None = None) -> list[TimelineEntry]:
        """The same night for every case."""
        return self.events

    def as_of(self, case: str, occurred: Instant | None, recorded: Instant | None) -> Picture | None:
        """Before the correction was recorded, the older value."""
        self.asked.append((occurred, recorded))
        shown = "92 mg/dL" if recorded is None or recorded >= ago(12 * MIN) else "160 mg/dL"
        return msgspec.structs.replace(self.pictures[case], labs=(lab(shown=shown),))

    def replayed(self, case: str, at: Instant, position: int | None = None) -> Replayed | None:
        """The picture as of one clock; nobody answers why."""
        return Replayed(self.as_of(case, at, at), None)

    def inquiry_as_of(self, case: str, at: Instant, recorded: Instant) -> None:
        """Nobody who could be asked why, then no more than now."""

    def every_head(self) -> list[Head]:
        """The same heads: nobody has left."""
        return self.heads()

    def inquiry(self, case: str) -> None:
        """Nobody who could be asked why: these pictures were made by hand."""

    def beds(self) -> dict[str, tuple[str, ...]]:
        """The beds of the site, where a test says them."""
        return self.site_beds

    def identity(self, case: str) -> dict[str, str] | None:
        """Who it is, for some."""
        return self.identities.get(case)

    def store_facts(self) -> StoreFacts:
        """The store, its clock and heartbeat."""
        facts = StoreFacts("Ward H3, invented", self.origin, self.clock.now(), self.heartbeat, self.speed)
        return msgspec.structs.replace(facts, silent=self.silent)

    @property
    def looks(self) -> list[tuple[str, tuple[str, ...]]]:
        """What was looked at, as the access log has it."""
        return [(each.what, each.cases) for each in self.house.store.accesses() if each.outcome == "read"]
