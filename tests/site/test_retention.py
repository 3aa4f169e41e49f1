"""Retention: what is kept, what a hold keeps, and an erasure that ends the reading and nothing else."""

from base64 import b64decode
from typing import Any

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from pathway.case.commands import (
    Answer,
    Enrol,
    MergeCases,
    RecordFinding,
    RecordResult,
    Reopen,
    Retract,
    Snooze,
    Transition,
    UnmergeCases,
)
from pathway.case.envelope import By
from pathway.case.events import FactRetracted, Sealed
from pathway.case.evolve import evolve
from pathway.case.state import Case
from pathway.clinical.instant import Instant, instant
from pathway.engine import Engine
from pathway.engine.errors import Conflict
from pathway.engine.ports import Store
from pathway.site.accounts.commands import OpenAccount
from pathway.site.accounts.grant import Grant
from pathway.site.commands import SettleQuarantined
from pathway.site.retention.commands import EraseCase, EraseReport, HoldCase, ReleaseHold, SetRetention
from pathway.site.retention.events import CaseErased, ReportErased, signed_bytes
from pathway.site.retention.kinds import kinds, years_after
from pathway.site.streams import QUARANTINE, RETENTION, decode
from persistence.memory import MemoryStore
from tests.case.clinic import CLINIC, CONSULTANT, LABORATORY, PHYSICIAN, t
from tests.site.site import SCREEN
from ward.clock import FixedClock
from ward.proof.key import CheckpointKey
from ward.vault import SiteKey, SiteVault

NAMES = {"name": "Plantagenet, Xylophonia", "number": "4711-Q-0815"}
WRITTEN = "Aunt Ermintrude telephoned"
ADMIN, AUDITOR = By("admin", "administrator"), By("audrey", "auditor")
KEY = CheckpointKey("wardpath-test", bytes(range(32)))
LATER = years_after(t("1 12:00"), 31)


class Kept:
    """A sealed clinic with `c1`, who has left it, and people who administer and audit."""

    def __init__(self, store: Store) -> None:
        self.store, self.clock, self.count = store, FixedClock(t("1 09:00")), 0
        self.vault = SiteVault(SiteKey(bytes(range(64))))
        self.engine = self.again()
        for by in (ADMIN, AUDITOR, By("adam", "administrator")):
            grants = (Grant(by.role, "*"),)
            self.do(OpenAccount, ADMIN, account=by.actor, name=by.actor, grants=grants)
        self.enrol("c1")
        self.write("c1")
        self.leave("c1")

    def again(self) -> Engine:
        """Another engine over the same store."""
        made = Engine(self.store, [CLINIC, SCREEN], self.clock, vault=self.vault)
        made.retaining.signer = lambda: KEY
        return made

    def do(self, kind: Any, by: By, /, **fields: Any) -> Answer:
        """Send a command under a new id."""
        self.count += 1
        return self.engine.handle(kind(**{"id": f"k{self.count}", "by": by} | fields))

    def enrol(self, case: str) -> None:
        """Enrol somebody with a name."""
        given = {"pathway": "clinic", "presented_at": t("1 08:00"), "identifiers": NAMES, "zone": "UTC"}
        more = {"ward": "H1", "bed": case, "patient": f"p-{case}", "origin": "invented"}
        assert self.do(Enrol, PHYSICIAN, case=case, **given, **more).refusal is None

    def write(self, case: str) -> None:
        """Somebody writes a reason, and asks for something that is refused."""
        said = {"loinc": "3255-7", "value": "92", "unit": "mg/dL", "collected_at": t("1 08:30")}
        at = self.do(RecordResult, LABORATORY, case=case, **said).positions[0]
        assert self.do(Retract, PHYSICIAN, case=case, target=at, reason=WRITTEN).refusal is None
        assert self.do(Snooze, PHYSICIAN, case=case, reminder="none", reason=WRITTEN).refusal is not None

    def leave(self, case: str) -> None:
        """They leave the clinic, and nothing on them lives on."""
        said = {"transition": "transfer", "receiver": WRITTEN, "accepted_at": t("1 09:00"), "reason": WRITTEN}
        answer = self.do(Transition, PHYSICIAN, case=case, **said)
        assert answer.refusal is None, answer.refusal
        self.clock.set(t("1 12:00"))
        assert self.store.head(case).closed

    def erase(self, case: str = "c1", by: By = ADMIN, second: str = "audrey", **fields: Any) -> Answer:
        """Ask for an erasure."""
        return self.do(EraseCase, by, **{"patient_case": case, "second": second, "reason": "over", **fields})

    def code(self, answer: Answer) -> str:
        """Why something was refused; empty where it was done."""
        return "" if answer.refusal is None else answer.refusal.code

    def raw(self) -> bytes:
        """Everything of events, identities and attempts that can be read here, opened where it opens."""
        found = []
        for head in self.store.heads(closed=True):
            identity = self.engine.identity(head.case)
            found += [b"" if identity is None else identity.content]
            for event in self.engine.timeline(head.case):
                found += [self.engine.opened(each).content for each in sealed_in(event.body)]
            for attempt in self.store.attempts(head.case):
                found.append(self.engine.opened(msgspec.json.decode(attempt.canonical, type=Sealed)).content)
        return b"\n".join(found)


def sealed_in(body: msgspec.Struct) -> list[Sealed]:
    """The sealed fields of an event."""
    return [each for each in msgspec.structs.asdict(body).values() if isinstance(each, Sealed)]


@pytest.fixture
def kept(store: Store) -> Kept:
    """The clinic on each store."""
    return Kept(store)


@pytest.fixture
def one() -> Kept:
    """The clinic in memory."""
    return Kept(MemoryStore("demonstration"))


def stone(kept: Kept) -> CaseErased | ReportErased:
    """The last tombstone."""
    return kept.engine.sites.retention().stones()[-1].body


# --- an erasure ------------------------------------------------------------------------------------------------------


def test_an_erasure_ends_names_and_free_text_and_leaves_every_event_in_its_chain(kept: Kept):
    before, head = [each.canonical for each in kept.store.stream("c1")], kept.store.head("c1")
    case = kept.engine.case("c1")
    assert NAMES["name"].encode() in kept.raw()
    assert WRITTEN.encode() in kept.raw()
    kept.clock.set(LATER)
    assert kept.code(kept.erase()) == ""
    assert [each for each in (*NAMES.values(), WRITTEN) if each.encode() in kept.raw()] == []
    assert [each.canonical for each in kept.store.stream("c1")] == before
    assert (kept.store.head("c1"), kept.engine.verify("c1"), kept.engine.verify(RETENTION)) == (head, [], [])
    fresh = kept.again()
    assert fresh.case("c1") == case == evolve(Case(id="c1"), fresh.timeline("c1"))
    assert fresh.identity("c1").text == "erased on 01-Mar-2057 by admin and audrey (retention over)"
    assert fresh.picture("c1").handed.receiver.startswith("erased on")
    assert (kept.store.case_key("c1").wrapped, kept.store.case_key("c1").destroyed_at) == (None, LATER)


def test_a_tombstone_says_what_ended_and_is_signed_over_its_own_bytes(one: Kept):
    one.clock.set(LATER)
    head = one.store.head("c1")
    answer = one.erase(reason=WRITTEN)
    body = stone(one)
    said = body.tombstone
    assert (said.of, said.keys, said.by, said.second, said.at) == ("c1", ("c1",), "admin", "audrey", LATER)
    assert [(each.case, each.events, each.head) for each in said.streams] == [("c1", head.position, head.hash.hex())]
    signed, _, line = body.note.rpartition("\n\n")
    assert f"{signed}\n".encode() == signed_bytes(said)
    assert NAMES["name"] not in body.note
    assert WRITTEN not in body.note
    public = Ed25519PublicKey.from_public_bytes(b64decode(KEY.public.split("+", 2)[2])[1:])
    signature = b64decode(line.split()[-1])[4:]
    public.verify(signature, signed_bytes(said))
    assert one.engine.opened(body.reason).text == WRITTEN
    assert one.engine.handle(
        EraseCase(id=answer.command, by=ADMIN, patient_case="c1", second="audrey", reason=WRITTEN)
    ).repeated


def test_a_case_is_kept_until_its_years_are_over_and_not_a_moment_longer(one: Kept):
    until = one.engine.sites.retention().until("case", one.store.head("c1").recorded_at)
    one.clock.set(Instant(until - 1))
    refused = one.erase().refusal
    assert (refused.code, refused.message) == ("retention", "it is kept until 01-Mar-2056")
    one.clock.set(until)
    assert one.code(one.erase()) == ""


def test_an_order_of_a_law_erases_before_and_must_be_named(one: Kept):
    assert one.code(one.erase(ground="erasure order")) == "law"
    assert one.code(one.erase(ground="erasure order", law="x" * 201)) == "law"
    assert one.code(one.erase(ground="erasure order", law="Article 17 GDPR, file 12/3")) == ""
    assert stone(one).tombstone.law == "Article 17 GDPR, file 12/3"


def test_an_open_case_is_never_erased(one: Kept):
    one.enrol("c2")
    assert one.code(one.erase("c2", ground="erasure order", law="Article 17 GDPR")) == "open"
    assert one.code(one.erase("nobody")) == "no_such_case"
    assert one.code(one.do(HoldCase, ADMIN, patient_case="c2", reason="so that the stream has a head")) == ""
    assert one.code(one.erase(RETENTION)) == "no_such_case"


@pytest.mark.parametrize(
    "by, second, code",
    [
        (ADMIN, "", "second"),
        (ADMIN, "admin", "second"),
        (ADMIN, "adam", "offices"),
        (ADMIN, "nobody", "offices"),
        (PHYSICIAN, "audrey", "offices"),
        (AUDITOR, "admin", ""),
    ],
)
def test_two_persons_of_two_offices_sign(one: Kept, by: By, second: str, code: str):
    one.clock.set(LATER)
    assert one.code(one.erase(by=by, second=second)) == code
    assert (one.store.case_key("c1").wrapped is None) == (code == "")


def test_an_erasure_needs_a_reason_and_somebody_who_signs_its_tombstone(one: Kept):
    one.clock.set(LATER)
    assert one.code(one.erase(reason=" ")) == "reason_needed"
    one.engine.retaining.signer = lambda: None
    assert one.code(one.erase()) == "unsigned"
    assert one.store.case_key("c1").wrapped is not None


def test_what_was_erased_is_not_erased_again_not_held_and_not_taken_up_again(one: Kept):
    one.clock.set(LATER)
    assert one.code(one.erase()) == ""
    assert one.code(one.erase()) == "erased"
    assert one.code(one.do(HoldCase, ADMIN, patient_case="c1", reason="a claim")) == "erased"
    before = one.store.head("c1")
    assert one.code(one.do(Reopen, PHYSICIAN, case="c1", reason="back")) == "erased"
    assert (one.store.head("c1").position, one.store.head("c1").closed) == (before.position, True)


def test_a_late_report_on_an_erased_case_is_recorded_and_brings_no_key_back(one: Kept):
    one.clock.set(LATER)
    assert one.code(one.erase()) == ""
    said = {"loinc": "3255-7", "value": "61", "unit": "mg/dL", "collected_at": t("1 08:40"), "reason": WRITTEN}
    assert one.do(RecordResult, LABORATORY, case="c1", **said).refusal is None
    assert one.store.case_key("c1").wrapped is None
    assert WRITTEN.encode() not in one.raw()


def test_a_dry_run_says_the_same_and_does_nothing(one: Kept):
    one.clock.set(LATER)
    head = one.store.head(RETENTION)
    asked = {"id": "dry", "by": ADMIN, "patient_case": "c1", "second": "audrey", "reason": "over"}
    assert one.engine.rehearse(EraseCase(**asked)).answer.status == "accepted"
    assert one.engine.rehearse(EraseCase(**asked | {"second": ""})).answer.refusal.code == "second"
    assert one.store.head(RETENTION) == head
    assert one.store.case_key("c1").wrapped is not None


def test_a_case_in_the_clear_is_not_said_to_be_erased():
    open_store = Kept.__new__(Kept)
    open_store.vault = None
    store = MemoryStore("demonstration")
    open_store.store, open_store.clock, open_store.count = store, FixedClock(t("1 09:00")), 0
    open_store.engine = open_store.again()
    open_store.do(OpenAccount, ADMIN, account="audrey", name="a", grants=(Grant("auditor", "*"),))
    open_store.enrol("c1")
    open_store.leave("c1")
    open_store.clock.set(LATER)
    assert open_store.code(open_store.erase()) == "clear"


def test_a_case_that_moves_on_between_the_look_and_the_lock_is_not_erased(one: Kept):
    one.clock.set(LATER)
    target = one.engine.retaining.target

    def moved(command: Any) -> Any:
        found = target(command)
        assert one.do(RecordFinding, PHYSICIAN, case="c1", finding="bleeding", value="none").refusal is None
        return found

    found = one.again()
    found.retaining.target = moved
    with pytest.raises(Conflict):
        found.handle(EraseCase(id="e", by=ADMIN, patient_case="c1", second="audrey", reason="over"))
    assert one.store.case_key("c1").wrapped is not None
    assert one.store.head(RETENTION) is None


# --- holds -----------------------------------------------------------------------------------------------------------


def test_nothing_of_a_case_under_a_hold_is_erased_on_whatever_ground(kept: Kept):
    assert kept.code(kept.do(HoldCase, AUDITOR, patient_case="c1", reason=WRITTEN)) == ""
    assert kept.code(kept.do(HoldCase, ADMIN, patient_case="c1", reason="again")) == "held"
    kept.clock.set(LATER)
    assert kept.code(kept.erase()) == "held"
    assert kept.code(kept.erase(ground="erasure order", law="Article 17 GDPR")) == "held"
    assert kept.code(kept.do(ReleaseHold, ADMIN, patient_case="c1", reason="settled")) == "second"
    assert kept.code(kept.do(ReleaseHold, ADMIN, patient_case="c1", second="audrey")) == "reason_needed"
    hold = kept.engine.sites.retention().holds["c1"]
    assert kept.engine.opened(hold.body.reason).text == WRITTEN
    assert kept.code(kept.do(ReleaseHold, ADMIN, patient_case="c1", second="audrey", reason="settled")) == ""
    assert kept.engine.sites.retention().holds == {}
    assert kept.code(kept.do(ReleaseHold, ADMIN, patient_case="c1", second="audrey", reason="again")) == "not_held"
    assert kept.code(kept.erase()) == ""
    assert kept.engine.opened(hold.body.reason).text.startswith("erased on")


def test_a_hold_needs_a_case_and_a_reason(one: Kept):
    assert one.code(one.do(HoldCase, ADMIN, patient_case="nobody", reason="a claim")) == "no_such_case"
    assert one.code(one.do(HoldCase, ADMIN, patient_case="c1")) == "reason_needed"


# --- merged cases and reports ----------------------------------------------------------------------------------------


@pytest.fixture
def merged(one: Kept) -> Kept:
    """`c3` went on in `c2`, which has left the clinic."""
    one.clock.set(t("1 09:30"))
    for case in ("c2", "c3"):
        one.enrol(case)
        one.write(case)
    said = {"case": "c2", "other": "c3", "second": "dr w", "reason": WRITTEN}
    answer = one.do(MergeCases, CONSULTANT, **said)
    assert answer.refusal is None, answer.refusal
    one.leave("c2")
    one.clock.set(LATER)
    return one


def test_a_merged_case_goes_with_the_one_that_went_on_for_it_and_not_alone(merged: Kept):
    refused = merged.erase("c3").refusal
    assert (refused.code, "c2" in refused.mend) == ("merged", True)
    assert merged.code(merged.erase("c2")) == ""
    assert set(stone(merged).tombstone.keys) == {"c2", "c3"}
    assert merged.engine.identity("c3").text.startswith("erased on")
    assert merged.engine.identity("c1").content
    part = merged.do(UnmergeCases, CONSULTANT, case="c2", other="c3", second="dr w", reason="two")
    assert merged.code(part) == "erased"
    assert merged.engine.verify("c2") == merged.engine.verify("c3") == []


def test_a_hold_on_a_merged_case_holds_the_one_that_went_on_for_it(merged: Kept):
    assert merged.code(merged.do(HoldCase, ADMIN, patient_case="c3", reason="a claim")) == ""
    assert merged.code(merged.erase("c2")) == "held"


def quarantined(kept: Kept, to: str = "") -> None:
    """A report for nobody, settled."""
    said = {"loinc": "3255-7", "value": "61", "unit": "mg/dL", "collected_at": t("1 08:30"), "reason": WRITTEN}
    kept.do(RecordResult, LABORATORY, case="nobody", **said)
    how = {"how": "matched", "to": to} if to else {"how": "rejected"}
    answer = kept.do(SettleQuarantined, PHYSICIAN, number=1, reason=WRITTEN, **how)
    assert answer.refusal is None, answer.refusal


def test_a_report_that_was_nobodys_is_erased_by_itself(kept: Kept):
    quarantined(kept)
    report = {"number": 1, "second": "audrey", "reason": "over"}
    assert kept.code(kept.do(EraseReport, ADMIN, **report)) == "retention"
    kept.clock.set(LATER)
    assert kept.code(kept.do(EraseReport, ADMIN, **report)) == ""
    held = kept.engine.sites.quarantine().held[1]
    assert kept.engine.quarantine.kept(held).why == "key destroyed"
    assert kept.engine.verify(QUARANTINE) == []
    assert kept.code(kept.do(EraseReport, ADMIN, **report)) == "erased"
    assert kept.code(kept.do(EraseReport, ADMIN, **report | {"number": 9})) == "no_such_report"
    assert (
        kept.code(kept.do(EraseCase, ADMIN, patient_case="site:quarantine/1", second="audrey", reason="x"))
        == "no_such_case"
    )


def test_a_report_that_was_matched_goes_with_its_case(one: Kept):
    quarantined(one, to="c1")
    one.clock.set(years_after(LATER, 1))
    assert one.code(one.do(EraseReport, ADMIN, number=1, second="audrey", reason="over")) == "merged"
    assert one.code(one.erase()) == ""
    assert set(stone(one).tombstone.keys) == {"c1", "site:quarantine/1"}
    assert one.engine.quarantine.kept(one.engine.sites.quarantine().held[1]).why == "key destroyed"


# --- rules -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "fields, code",
    [
        ({}, ""),
        ({"keep_years": 6}, ""),
        ({"keep_years": 5}, "floor"),
        ({"keep_years": 201}, "years"),
        ({"kind": "access_log"}, "stays"),
        ({"kind": "nothing"}, "kind"),
        ({"second": ""}, "second"),
        ({"law": " "}, "law"),
        ({"reason": ""}, "reason_needed"),
    ],
)
def test_how_long_a_kind_is_kept_is_said_by_two_by_a_law_and_never_below_its_floor(one: Kept, fields: Any, code: str):
    said = {"kind": "case", "keep_years": 10, "law": "BGB 630f", "reason": "our law", "second": "audrey"}
    assert one.code(one.do(SetRetention, ADMIN, **said | fields)) == code
    wanted = (said | fields)["keep_years"] if not code else 30
    assert one.engine.sites.retention().keep_years("case") == wanted


def test_a_shorter_rule_lets_erase_earlier(one: Kept):
    said = {"kind": "case", "keep_years": 6, "law": "BGB 630f", "reason": "our law", "second": "audrey"}
    assert one.code(one.do(SetRetention, ADMIN, **said)) == ""
    one.clock.set(years_after(t("1 12:00"), 7))
    assert one.code(one.erase()) == ""


def test_every_kind_either_ends_with_a_key_after_years_with_a_source_or_says_why_it_stays():
    for each in kinds().values():
        if each.ends == "key":
            assert 6 <= each.floor_years <= each.keep_years
            assert each.floor_source
            assert each.keep_source
        else:
            assert each.stays_because


@pytest.mark.parametrize("day, years, then", [("2024-02-29", 30, "2054-03-01"), ("2024-02-29", 4, "2028-02-29")])
def test_years_are_those_of_the_calendar(day: str, years: int, then: str):
    assert years_after(instant(f"{day}T12:00Z"), years) == instant(f"{then}T12:00Z")


def test_what_is_stored_of_retention_is_read_again_as_it_was(one: Kept):
    one.clock.set(LATER)
    one.erase()
    state = one.again().sites.retention()
    assert state == one.engine.sites.retention()
    assert [decode(each.canonical).type for each in one.store.stream(RETENTION)] == ["CaseErased"]
    assert [each.body for each in one.engine.timeline("c1") if isinstance(each.body, FactRetracted)]
