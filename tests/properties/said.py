"""Commands as people and feeds might send them, plausible and odd, drawn without a clock and without a case.

A drawn command holds minutes from now where a command holds instants, and the number of a pick where a command names
something of the case: `made` gives it an id and puts in the present instant, the positions and the open reminders.
"""

from typing import Any

import msgspec
from hypothesis import strategies as st

from pathway.case.commands import (
    AcceptHandOver,
    Acknowledge,
    AnyCommand,
    Decide,
    DeclineHandOver,
    Enrol,
    HandBack,
    HandOver,
    RecordDeath,
    RecordFinding,
    RecordMove,
    RecordProduct,
    RecordReport,
    RecordResult,
    RecordSample,
    RecordTherapy,
    ReleaseLatch,
    ReportRule,
    RequestTherapy,
    Retract,
    SettleReview,
    Snooze,
    StopTherapy,
    TakeOver,
    Transition,
    WriteNote,
)
from pathway.case.envelope import By
from pathway.case.state import Case
from pathway.clinical.instant import SECOND, Instant
from pathway.definition.load import shipped

MINUTE = 60 * SECOND
DAY, CENTURY = 24 * 60, 100 * 365 * 24 * 60
#: A time in the wrong unit: no calendar knows it.
ABSURD = 10**12
PATHWAY = shipped("variant_apl", 1)
ROLES = ("nurse", "charge_nurse", "physician", "haematologist", "consultant", "pharmacist", "laboratory", "")


class Said(msgspec.Struct, frozen=True):
    """A drawn command: its type, fields as they are, fields in minutes from now, and fields to be picked."""

    kind: type
    fields: dict[str, Any]
    minutes: dict[str, int | None] = {}
    picks: dict[str, int | None] = {}


def made(said: Said, command: str, case: str, now: Instant, known: Case | None) -> AnyCommand:
    """The command of this id about a case at an instant; picks count through what the case has."""
    times = {name: None if at is None else Instant(now + at * MINUTE) for name, at in said.minutes.items()}
    fields = {**said.fields, **times}
    for name, pick in said.picks.items():
        fields |= picked(name, pick, known)
    made: AnyCommand = said.kind(id=command, case=case, **fields)
    return made


def picked(name: str, pick: int | None, known: Case | None) -> dict[str, Any]:
    """What a pick stands for: an open reminder with its subject, or a position, here and there one that is wrong."""
    if pick is None:
        return {name: None}
    if name == "reminder":
        keys = [] if known is None else sorted(known.open)
        key = keys[pick % len(keys)] if keys and pick % 7 else ("M1", "nothing")
        return {"reminder": key[0], "subject": key[1]}
    if name == "choice":
        # A question that is open, with one of its answers.
        keys = [] if known is None else sorted(key for key in known.open if PATHWAY.reminders[key[0]].answers)
        key = keys[pick % len(keys)] if keys else ("M39", "")
        answers = sorted(PATHWAY.reminders[key[0]].answers)
        return {"reminder": key[0], "subject": key[1], "choice": answers[pick % len(answers)]}
    if name == "review":
        numbers = [] if known is None else sorted(known.reviews)
        return {"review": numbers[pick % len(numbers)] if numbers else pick}
    if name == "seen_version":
        return {"seen_version": (0 if known is None else known.clinical_version) - pick % 2}
    facts = [] if known is None else sorted(known.facts_at)
    return {name: facts[-1 - pick % len(facts)] if facts and pick % 7 else pick}


roles = st.builds(lambda role: By(f"any {role}", role), st.sampled_from(ROLES))
doctors = st.builds(lambda role: By(f"dr {role}", role), st.sampled_from(ROLES[2:5]))
people = st.one_of(doctors, roles)
reasons = st.sampled_from(("because", "because", "because", "", " ", "x" * 400))
texts = st.sampled_from(("", "A1", "a\nb", "\N{RIGHT-TO-LEFT OVERRIDE}x", "{partner}", "=cmd"))
picks = st.integers(0, 60)
maybe_picks = st.one_of(st.none(), st.none(), picks)
past = st.one_of(st.integers(-600, 0), st.sampled_from((-3 * DAY, -40 * DAY, -CENTURY)))
when = st.one_of(st.none(), past, st.integers(1, 2 * DAY), st.sampled_from((CENTURY, ABSURD)))
DRUGS = ("tretinoin", "tretinoin", "tretinoin", "arsenic_trioxide", "aspirin")
FORMS = ("oral", "oral", "oral", "intravenous", "cream")
BANDS = {
    "3255-7": (("92", "mg/dL"), ("140", "mg/dL"), ("260", "mg/dL"), ("1.2", "g/L"), ("2.4", "mg/dL"), ("<35", "mg/dL")),
    "777-3": (("18", "10*9/L"), ("42", "10*9/L"), ("90", "10*9/L"), ("90000", "/uL"), (">1000", "10*9/L")),
    "6301-6": (("1.0", "{INR}"), ("1.7", "{INR}"), (">9", "{INR}"), ("1.0", None)),
    "5902-2": (("12", "s"), ("25", "s")),
}
ODD_VALUES = ("clotted", "", "-5", "1e400", "٣", "1_0", "1,5", "160-320", "99999999", "NaN", "<", "see comment")
readings = st.one_of(
    *(st.tuples(st.just(code), st.sampled_from(values)) for code, values in BANDS.items()),
    st.tuples(
        st.sampled_from((*BANDS, "0000-0", "34167-7")),
        st.tuples(st.sampled_from(ODD_VALUES), st.sampled_from((None, "mg/dL", "10*9/L", "parsec", ""))),
    ),
)


def said(
    kind: type,
    by: st.SearchStrategy[By] = people,
    /,
    *,
    minutes: dict[str, st.SearchStrategy[Any]] | None = None,
    picks: dict[str, st.SearchStrategy[Any]] | None = None,
    **fields: st.SearchStrategy[Any],
) -> st.SearchStrategy[Said]:
    """Drawn commands of one type."""
    return st.builds(
        Said,
        st.just(kind),
        st.fixed_dictionaries({"by": by, "reason": reasons, **fields}),
        st.fixed_dictionaries({"at": st.none(), **(minutes or {})}),
        st.fixed_dictionaries(picks or {}),
    )


def result_of(by: By, reading: tuple[str, tuple[str, str | None]], fields: dict[str, Any], **rest: Any) -> Said:
    """A drawn laboratory result."""
    loinc, (value, unit) = reading
    return Said(RecordResult, {"by": by, "loinc": loinc, "value": value, "unit": unit, **fields}, **rest)


results = st.builds(
    result_of,
    st.just(By("feed", "laboratory", source="feed")),
    readings,
    st.fixed_dictionaries(
        {
            "status": st.sampled_from(("final", "final", "preliminary", "corrected")),
            "specimen": st.sampled_from(("", "s1", "s2")),
            "problems": st.sampled_from(((), (), (), ("clotted",), ("clumped",), ("nonsense",))),
            "decimal_sign": st.sampled_from((".", ".", ",")),
        }
    ),
    minutes=st.fixed_dictionaries({"collected_at": st.one_of(st.integers(-300, 0), when)}),
    picks=st.fixed_dictionaries({"replaces": maybe_picks}),
)
METHODS = (
    *("rt_pcr", "rna_sequencing", "dna_sequencing", "dual_fusion_fish", "fusion_fish", "break_apart_fish"),
    *("karyotype", "immunofluorescence", "morphology", "tea_leaves"),
)
STATUSES = ("ordered", "collected", "received", "preliminary", "final", "final", "final", "amended", "corrected")
FOUND = (
    *("negative", "positive", "failed", "atypical", "partner_identified", "rearranged", "no_rearrangement", "normal"),
    *("", "nonsense"),
)
PARTNERS = ("", "ZBTB16", "NPM1", "STAT5B", "IRF2BP2", "PML", "NEVER1", "ZBTB16 ")
KARYOTYPES = ("", "46,XX,t(11;17)(q23;q21)", "46,XY", "46,XX,t(5;17)(q35;q21)", "47,XX,+8", "[", "t(15;17)(q24;q21)")
reports = st.one_of(
    *(
        said(
            RecordReport,
            test=st.sampled_from(tests),
            method=st.sampled_from(METHODS),
            status=st.sampled_from((*STATUSES, "cancelled", "lost")),
            result=st.sampled_from(found),
            partner=st.sampled_from(PARTNERS),
            truncated=st.booleans(),
            karyotype=st.sampled_from(KARYOTYPES),
            report_no=st.sampled_from(("", "r1", "r2")),
            verbal=st.booleans(),
            written=st.booleans(),
            minutes={"collected_at": when, "authorised_at": when},
            picks={"replaces": maybe_picks},
        )
        for tests, found in (
            (("pml_rara",), ("negative", "negative", "positive", "failed")),
            (("rar_partner",), ("partner_identified", "partner_identified", "rearranged", "no_rearrangement")),
            (("pml_rara", "rar_partner", "astrology"), FOUND),
        )
    )
)
FINDINGS = {
    "d_dimer_rise": ("none", "moderate", "strong"),
    "bleeding": ("none", "minor", "significant", "cns"),
    "clinician_judges_severe": ("yes", "no"),
    "cells_secured": ("secured", "cannot"),
    "death": ("not_reported", "reported"),
    "mood": ("good",),
}
findings = st.sampled_from(sorted(FINDINGS)).flatmap(
    lambda name: said(
        RecordFinding,
        finding=st.just(name),
        value=st.sampled_from((*FINDINGS[name], *FINDINGS[name], "nonsense")),
        minutes={"at": when},
    )
)
therapies = said(
    RecordTherapy,
    drug=st.sampled_from(DRUGS),
    act=st.sampled_from(("ordered", "started", "dose", "dose", "held", "resumed", "unknown", "never")),
    form=st.sampled_from(FORMS),
    minutes={"at": when, "next_dose_at": when},
)
drug_requests = said(
    RequestTherapy,
    drug=st.sampled_from(DRUGS),
    act=st.sampled_from(("order", "start", "resume")),
    form=st.sampled_from(FORMS),
    second=st.sampled_from(("", "dr two")),
    override=st.booleans(),
    minutes={"at": when, "next_dose_at": when},
    picks={"seen_version": maybe_picks},
)
TICKS = {"prescription_cancelled": True, "supply_removed": True, "next_dose_not_prepared": True}
stops = said(
    StopTherapy,
    drug=st.sampled_from(DRUGS),
    form=st.sampled_from(FORMS),
    ticks=st.sampled_from(({}, TICKS, {"supply_removed": False}, {"all_is_well": True})),
    minutes={"at": when},
)
DOSES = (
    {"cytarabine": "100 mg/m2/d", "daunorubicin": "60 mg/m2/d"},
    {"cytarabine": "200 mg/m2/d", "idarubicin": "12 mg/m2/d"},
    {"cytarabine": "9000 mg/m2/d", "daunorubicin": "60 mg/m2/d"},
    {"cytarabine": "much", "daunorubicin": "60 mg/m2/d", "idarubicin": ""},
    {},
)
SIGNED = {"cannot_wait": "septic", "although_sensitive": "white cells", "cells_not_secured": "no time"}
transitions = said(
    Transition,
    transition=st.sampled_from(("T07", "T07", "T26", "S01", "S01", "T02", "S02", "begin_7plus3", "T99")),
    identifiers=st.sampled_from(({}, {"name": "a", "number": "b"})),
    doses=st.sampled_from(DOSES),
    reasons=st.sampled_from(({}, SIGNED)),
    minutes={"at": when, "died_at": when},
)
#: The death of the patient ends a case, so it comes seldom.
deaths = said(
    Transition,
    doctors,
    transition=st.just("T26"),
    identifiers=st.just({"name": "a", "number": "b"}),
    minutes={"died_at": past},
)
CHOICES = ("continue", "hold", "stop", "not_now", "defer", "no_product", "recollect", "cannot", "refuted", "confirmed")
decisions = said(
    Decide,
    choice=st.sampled_from((*CHOICES, "working_diagnosis", "nonsense")),
    second=st.sampled_from(("", "dr two")),
    minutes={"review_at": st.one_of(st.none(), st.integers(-60, 2 * DAY))},
    picks={"reminder": picks},
)
answers = said(
    Decide,
    doctors,
    second=st.sampled_from(("dr two", "dr two", "")),
    minutes={"review_at": st.one_of(st.none(), st.integers(1, 24 * 60))},
    picks={"choice": picks},
)
acknowledgements = said(Acknowledge, picks={"reminder": picks})
snoozes = said(Snooze, kind=st.sampled_from(("snoozed", "not_possible")), picks={"reminder": picks})
#: Few enough people that an offer often meets the one it was made to.
PEOPLE = ("any nurse", "any nurse", "dr physician", "any  Nurse", "", "x" * 400)
handing = st.one_of(
    said(
        HandOver,
        to=st.sampled_from(PEOPLE),
        to_role=st.sampled_from(("nurse", "nurse", "physician", "astronaut")),
        picks={"reminder": picks},
    ),
    *(
        said(kind, picks={"reminder": picks})
        for kind in (AcceptHandOver, DeclineHandOver, TakeOver, HandBack, ReportRule)
    ),
)
notes = said(WriteNote, text=st.sampled_from(("", "theatre at noon", "x" * 400)))
reviews = said(SettleReview, choice=st.sampled_from(("confirmed", "replaced")), picks={"review": picks})
releases = said(ReleaseLatch, latch=st.sampled_from(("severe", "severe", "nothing")))
samples = said(
    RecordSample,
    specimen=st.sampled_from(("s1", "s2", "s3")),
    analytes=st.sampled_from((("fibrinogen", "platelets", "inr"), ("fibrinogen",), ("nonsense",), ())),
    minutes={"at": when},
)
products = said(
    RecordProduct,
    product=st.sampled_from(("platelets", "plasma", "cryoprecipitate", "fibrinogen_concentrate", "beer")),
    unit_no=st.sampled_from(("u1", "u2", "u3")),
    act=st.sampled_from(("started", "ended")),
    minutes={"at": when},
)
moves = said(RecordMove, ward=texts, bed=texts, minutes={"at": when})
died = said(RecordDeath, minutes={"died_at": past})
retractions = said(Retract, picks={"target": picks})

anything = st.one_of(
    *(results, results, results, reports, reports, therapies, therapies, drug_requests, stops, answers, decisions),
    *(
        findings,
        findings,
        transitions,
        acknowledgements,
        snoozes,
        notes,
        reviews,
        releases,
        samples,
        products,
        products,
    ),
    *(moves, retractions, died, handing, handing),
)


def enrolment(command: str, case: str, at: Instant, **said: Any) -> Enrol:
    """A plain enrolment of an invented patient."""
    fields: dict[str, Any] = {
        "by": By("dr p", "physician"),
        "pathway": "variant_apl",
        "presented_at": Instant(at - 60 * MINUTE),
        "identifiers": {"name": "a", "number": "b"},
        "zone": "Europe/Berlin",
        "ward": "H1",
        "bed": "3",
        "patient": f"person of {case}",
        "origin": "invented",
    }
    return Enrol(id=command, case=case, **(fields | said))


odd_enrolments = st.fixed_dictionaries(
    {},
    optional={
        "by": roles,
        "identifiers": st.sampled_from(({}, {"name": " ", "number": "b"})),
        "zone": st.sampled_from(("Mars/Olympus", "", "../etc/passwd", "Pacific/Apia")),
        "patient": st.just("person of c1"),
        "origin": st.sampled_from(("live", "deidentified")),
        "ward": texts,
    },
)
