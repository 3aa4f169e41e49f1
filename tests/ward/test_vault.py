"""The vault: what is sealed opens with its own key alone; what cannot be opened says why and stops nothing."""

import hmac
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import msgspec
import pytest
from msgspec.structs import replace

from pathway.case.commands import (
    MergeCases,
    RecordResult,
    RequestTherapy,
    Retract,
    Snooze,
    UnmergeCases,
)
from pathway.case.envelope import By
from pathway.case.events import FactRetracted, Sealed
from pathway.case.evolve import evolve
from pathway.case.state import Case
from pathway.clinical.instant import Instant, instant
from pathway.engine import Engine
from pathway.engine.ports import CaseKey, Store
from pathway.site.commands import SettleQuarantined
from persistence.copy import copied
from persistence.memory import MemoryStore
from tests.case.clinic import CLINIC, Clinic
from tests.persistence.conftest import postgres_store, sqlite_store
from tests.properties.said import enrolment
from ward.backup import restore, upgrade
from ward.clock import FixedClock
from ward.doctor import Finding, examine
from ward.errors import NotUnderstood
from ward.reading import HouseReads
from ward.sealing import warned
from ward.vault import KEY_BYTES, PROPERTY, SiteKey, SiteVault, drawn_by, key_file, make_key, read_key, vault_of
from ward.wiring import House, create_store, house, open_store

__all__ = ["postgres_store", "sqlite_store"]

NOW = instant("2026-03-01T09:00Z")
HERE = FixedClock(NOW)
CHOSEN = {"treatment": "diagnosis_pending"}
NAMES = {"name": "Plantagenet, Xylophonia", "number": "4711-Q-0815"}
WRITTEN = "Aunt Ermintrude telephoned"
DOCTOR, LAB = By("dr h", "haematologist"), By("feed", "laboratory", source="feed")
SITE, OTHER = SiteKey(bytes(range(64))), SiteKey(bytes(64))


def enrol(made: House, case: str = "c1") -> None:
    """Enrol an invented patient."""
    answer = made.engine.handle(enrolment(f"enrol {case}", case, NOW, identifiers=NAMES, patient=f"p-{case}"))
    assert answer.refusal is None


def value(made: House, case: str = "c1", name: str = "r1", entered: str = "92") -> int:
    """A result; the position of its event."""
    said = RecordResult(
        id=f"{name} {case}", case=case, by=LAB, loinc="3255-7", value=entered, unit="mg/dL", collected_at=NOW
    )
    return (made.engine.handle(said).positions or (0,))[0]


def retract(made: House, target: int, case: str = "c1") -> Sealed:
    """Retract a fact with a reason; the reason as it lies in the event."""
    made.engine.handle(Retract(id=f"k{target} {case}", case=case, by=DOCTOR, target=target, reason=WRITTEN))
    (body,) = [each.body for each in made.engine.timeline(case) if isinstance(each.body, FactRetracted)]
    assert isinstance(body, FactRetracted)
    return body.reason


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A demonstration with a key beside it, a patient, and a reason somebody wrote."""
    path = tmp_path / "ward.db"
    with closing(create_store(path, "demonstration", "W", key_file(path))) as store:
        made = house(store, HERE)
        enrol(made)
        retract(made, value(made))
    return path


@pytest.fixture
def made(place: Path) -> Iterator[House]:
    """The house over it."""
    with closing(open_store(place)) as store:
        yield house(store, HERE)


def reason(made: House, case: str = "c1") -> Sealed:
    """The reason that somebody wrote."""
    (body,) = [each.body for each in made.engine.timeline(case) if isinstance(each.body, FactRetracted)]
    assert isinstance(body, FactRetracted)
    return body.reason


def keys_told(place: Path) -> list[Finding]:
    """What the doctor says of the keys."""
    return [each for each in examine(place, quick=False, progress=lambda _done, _of: None) if each.about == "keys"]


# --- sealing and opening ---------------------------------------------------------------------------------------------


def test_names_and_reasons_are_read_where_the_key_is_and_lie_nowhere_in_the_file(made: House, place: Path):
    assert HouseReads(made).identity("c1") == NAMES
    assert made.engine.opened(reason(made)).text == WRITTEN
    assert reason(made).scheme == "aes-siv"
    files = [place, *(place.with_name(place.name + end) for end in ("-wal", "-shm"))]
    raw = b"".join(file.read_bytes() for file in files if file.exists())
    assert b"RecordResult" in raw or b"ResultRecorded" in raw
    assert [each for each in (*NAMES.values(), WRITTEN) if each.encode() in raw] == []


def test_the_attempts_log_seals_what_was_refused(made: House):
    said = Snooze(id="k9", case="c1", by=DOCTOR, reminder="nothing_of_this_name", reason=WRITTEN)
    assert made.engine.handle(said).refusal is not None
    (attempt,) = made.store.attempts("c1")
    assert WRITTEN.encode() not in attempt.canonical
    sealed = msgspec.json.decode(attempt.canonical, type=Sealed)
    assert WRITTEN in made.engine.opened(sealed).text


def test_a_quarantined_report_is_sealed_rings_and_is_recorded_when_it_is_matched(made: House):
    value(made, "nobody", entered="61")
    kept = made.store.identity("site:quarantine/1")
    assert kept is not None
    assert kept.scheme == "aes-siv"
    assert b"61" not in kept.sealed
    settled = SettleQuarantined(id="s1", by=DOCTOR, number=1, how="matched", to="c1", reason=WRITTEN)
    assert made.engine.handle(settled).refusal is None
    assert made.engine.case("c1").labs["fibrinogen"]
    stored = b"".join(each.canonical for each in made.store.stream("site:quarantine"))
    assert WRITTEN.encode() not in stored


def test_a_refused_settling_is_sealed_too(made: House):
    said = SettleQuarantined(id="s1", by=DOCTOR, number=7, how="rejected", reason=WRITTEN)
    assert made.engine.handle(said).refusal is not None
    (attempt,) = made.store.attempts("site:quarantine")
    assert WRITTEN.encode() not in attempt.canonical


def test_the_same_commands_under_the_same_keys_are_the_same_bytes_on_every_store(
    sqlite_store: Store, postgres_store: Store
):
    first = carried_out(MemoryStore("demonstration"), SiteVault(SITE, draw=drawn_by(1)))
    assert carried_out(sqlite_store, SiteVault(SITE, draw=drawn_by(1))) == first
    assert carried_out(postgres_store, SiteVault(SITE, draw=drawn_by(1))) == first
    other = carried_out(MemoryStore("demonstration"), SiteVault(SITE, draw=drawn_by(2)))
    assert all(one != two for one, two in zip(first, other, strict=True))
    drawn = [carried_out(MemoryStore("demonstration"), SiteVault(SITE))[2] for _ in range(2)]
    assert drawn[0] != drawn[1]


def carried_out(store: Store, vault: SiteVault) -> list[object]:
    """All that is sealed of a case after a few commands, an attempt among them."""
    there = house(store, HERE, vault)
    enrol(there)
    retract(there, value(there))
    there.engine.handle(Snooze(id="k9", case="c1", by=DOCTOR, reminder="none", reason=WRITTEN))
    (attempt,) = store.attempts("c1")
    canonical = [each.canonical for each in store.stream("c1")]
    return [canonical, store.identity("c1"), store.case_key("c1"), attempt.canonical]


# --- what does not open ----------------------------------------------------------------------------------------------


def kept_under(vault: SiteVault, key: str) -> CaseKey:
    """A key of a case."""
    wrapped = vault.make(key)
    assert wrapped is not None
    return CaseKey(key, wrapped, NOW)


def test_a_ciphertext_opens_with_its_own_key_for_its_own_purpose_and_unchanged_alone():
    vault = SiteVault(SITE)
    one, two = kept_under(vault, "c1"), kept_under(vault, "c2")
    sealed = vault.seal(one, "text", b"said")
    assert sealed is not None
    assert vault.unseal(one, "text", sealed) == b"said"
    assert vault.unseal(two, "text", sealed) is None
    assert vault.unseal(replace(one, key="c2"), "text", sealed) is None
    assert vault.unseal(one, "content", sealed) is None
    assert SiteVault(OTHER).unseal(one, "text", sealed) is None
    for place in range(len(sealed)):
        flipped = bytearray(sealed)
        flipped[place] ^= 1
        assert vault.unseal(one, "text", bytes(flipped)) is None
    assert vault.unseal(one, "text", b"") is None


def test_every_event_of_a_store_with_a_key_has_its_code_and_no_other_key_makes_it(made: House, place: Path):
    refused = Snooze(id="k9", case="c1", by=DOCTOR, reminder="nothing_of_this_name")
    made.engine.handle(refused)
    value(made, "nobody", entered="61")
    found = list(made.store.scan())
    assert {each.case for each in found} > {"c1", "site:quarantine"}
    site = read_key(key_file(place))
    derived = hmac.digest(site.secret, b"event mac 1", "sha256")
    for each in found:
        assert each.mac == hmac.digest(derived, each.hash, "sha256") == SiteVault(site).mac(each.hash)
        assert each.mac != SiteVault(OTHER).mac(each.hash)


def test_without_the_key_events_are_written_without_a_code(keyless: House):
    before = keyless.store.head("c1").position
    value(keyless, "c1", "r2", entered="61")
    new = list(keyless.store.stream("c1", before))
    assert new
    assert {each.mac for each in new} == {b""}
    assert {each.mac for each in keyless.store.stream("c1") if each.position <= before} != {b""}
    assert keyless.engine.verify("c1") == []


def test_a_wrapped_key_moved_to_another_case_does_not_open():
    vault = SiteVault(SITE)
    one = kept_under(vault, "c1")
    assert vault.seal(replace(one, key="c2"), "text", b"said") is None


def test_an_identity_swapped_between_two_cases_reads_as_changed(made: House):
    enrol(made, "c2")
    made.store.close()
    with sqlite3.connect(made.store.path) as raw:  # type: ignore[attr-defined]  # it is a file
        (sealed,) = raw.execute("SELECT sealed FROM identity WHERE \"case\" = 'c1'").fetchone()
        raw.execute("UPDATE identity SET sealed = ? WHERE \"case\" = 'c2'", (sealed,))
    raw.close()
    path = made.store.path  # type: ignore[attr-defined]  # as above
    with closing(open_store(path)) as store:
        reads = HouseReads(house(store, HERE))
        assert reads.identity("c2") == {"name": "sealed, changed"}
        assert reads.identity("c1") == NAMES
    assert [(each.severity, each.case) for each in keys_told(path)] == [("fault", "c2")]


def test_a_destroyed_key_ends_the_reading_and_nothing_else(made: House, place: Path):
    made.store.destroy_case_key("c1", NOW)
    assert HouseReads(made).identity("c1") == {"name": "sealed, key destroyed"}
    assert made.engine.opened(reason(made)).why == "key destroyed"
    assert made.engine.verify("c1") == []
    assert evolve(Case(id="c1"), made.engine.timeline("c1")) == made.engine.case("c1")
    again = made.engine.handle(Retract(id="k7", case="c1", by=DOCTOR, target=value(made, name="r2"), reason=WRITTEN))
    assert again.refusal is None
    assert [each.severity for each in keys_told(place)] == ["ok"]
    assert "1 keys are destroyed" in keys_told(place)[0].what


# --- without the key of the site -------------------------------------------------------------------------------------


@pytest.fixture
def keyless(place: Path) -> Iterator[House]:
    """The same store on a machine where the key file is not."""
    key_file(place).unlink()
    with closing(open_store(place)) as store:
        yield house(store, HERE)


def test_without_the_key_facts_phases_and_reminders_go_on_and_names_say_so(keyless: House, place: Path):
    assert HouseReads(keyless).identity("c1") == {"name": "sealed, key missing"}
    assert keyless.engine.opened(reason(keyless)).text == "sealed, key missing"
    value(keyless, name="r2", entered="61")
    keyless.engine.look("c1")
    assert "fibrinogen" in keyless.engine.case("c1").labs
    assert keyless.store.reminders("c1")
    assert [(each.severity, each.what.split(":")[0]) for each in keys_told(place)] == [("fault", "key missing")]
    assert "WARDPATH_KEY_FILE" in warned(keyless.store, place)


def test_without_the_key_free_text_is_not_written_down_and_says_so(keyless: House):
    target = value(keyless, name="r2")
    done = keyless.engine.handle(Retract(id="k7", case="c1", by=DOCTOR, target=target, reason=WRITTEN))
    assert done.refusal is None
    last = [each.body for each in keyless.engine.timeline("c1") if isinstance(each.body, FactRetracted)][-1]
    assert isinstance(last, FactRetracted)
    assert keyless.engine.opened(last.reason).text == "sealed, not kept: the key was missing"
    refused = keyless.engine.handle(Snooze(id="k8", case="c1", by=DOCTOR, reminder="none", reason=WRITTEN)).refusal
    assert refused is not None
    assert [each for each in keyless.store.attempts("c1") if WRITTEN.encode() in each.canonical] == []


def test_without_the_key_nobody_is_enrolled_whose_name_could_not_be_kept_secret(keyless: House):
    said = enrolment("k5", "c5", NOW, identifiers=NAMES, patient="p-5")
    refused = keyless.engine.handle(said).refusal
    assert refused is not None
    assert refused.code == "key_missing"
    assert keyless.store.identity("c5") is None


def test_without_the_key_a_report_for_nobody_is_kept_and_rings_without_its_free_text(keyless: House):
    said = RecordResult(
        id="q1", case="nobody", by=LAB, loinc="3255-7", value="61", unit="mg/dL", collected_at=NOW, reason=WRITTEN
    )
    keyless.engine.handle(said)
    kept = keyless.store.identity("site:quarantine/1")
    assert kept is not None
    assert (b'"61"' in kept.sealed, WRITTEN.encode() in kept.sealed) == (True, False)
    assert any(row.case.startswith("unmatched_report") for row in keyless.store.reminders())


def test_the_key_of_another_site_reads_as_such_and_is_no_key(place: Path):
    file = key_file(place)
    file.unlink()
    make_key(file)
    with closing(open_store(place)) as store:
        made = house(store, HERE)
        assert HouseReads(made).identity("c1") == {"name": "sealed, the key is of another site"}
        assert made.engine.verify("c1") == []


# --- merging ---------------------------------------------------------------------------------------------------------


def test_a_merge_seals_for_each_case_under_its_own_key_and_parting_them_keeps_both_readable(made: House):
    enrol(made, "c2")
    value(made, "c2", entered="61")
    merge = MergeCases(id="m1", case="c1", by=DOCTOR, other="c2", second="dr w", reason=WRITTEN)
    assert made.engine.handle(merge).refusal is None
    part = UnmergeCases(id="m2", case="c1", by=DOCTOR, other="c2", second="dr w", reason="not one person")
    assert made.engine.handle(part).refusal is None
    for case in ("c1", "c2"):
        fields = [
            getattr(each.body, "reason", None)
            for each in made.engine.timeline(case)
            if each.type in ("CaseJoined", "CaseMergedAway", "CaseParted")
        ]
        assert {each.key for each in fields} == {case}
        assert [made.engine.opened(each).text for each in fields] == [WRITTEN, "not one person"]


def test_a_fact_that_travels_opens_with_the_key_of_the_case_that_it_came_from(made: House):
    enrol(made, "c2")
    started = RequestTherapy(
        id="t1", case="c2", by=DOCTOR, drug="tretinoin", act="start", next_dose_at=Instant(NOW + 10), reason=WRITTEN
    )
    made.engine.handle(started)
    assert (
        made.engine.handle(
            MergeCases(id="m1", case="c1", by=DOCTOR, other="c2", second="dr w", reason="one person", choose=CHOSEN)
        ).refusal
        is None
    )
    came = [each.body for each in made.engine.timeline("c1") if each.origin and each.type == "TherapyRecorded"]
    found = [body.reason for body in came if getattr(body, "reason", None) is not None]
    assert [each.key for each in found] == ["c2"]
    assert made.engine.opened(found[0]).text == WRITTEN


# --- key files -------------------------------------------------------------------------------------------------------


def test_a_key_file_is_its_owners_alone_and_is_never_overwritten(tmp_path: Path):
    file = tmp_path / "site.key"
    key = make_key(file)
    assert file.stat().st_mode & 0o777 == 0o600
    assert make_key(file) == key == read_key(file)
    assert len(key.secret) == KEY_BYTES
    assert key.secret.hex() not in repr(key)


@pytest.mark.parametrize("text", ["", "wardpath-site-key-1 x", "other a b", "wardpath-site-key-1 x zz", "ä b c"])
def test_a_file_that_holds_no_key_is_refused_and_left_as_it_is(tmp_path: Path, text: str):
    file = tmp_path / "site.key"
    file.write_text(text, "utf-8")
    with pytest.raises(NotUnderstood):
        make_key(file)
    assert file.read_text("utf-8") == text


def test_a_setting_says_where_the_key_lies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("WARDPATH_KEY_FILE", str(tmp_path / "elsewhere" / "k"))
    assert key_file(tmp_path / "ward.db") == tmp_path / "elsewhere" / "k"
    monkeypatch.delenv("WARDPATH_KEY_FILE")
    assert key_file(tmp_path / "ward.db") == tmp_path / "ward.db.key"
    assert key_file("postgresql://somebody@db.example/ward") == Path("wardpath.key")


def test_a_key_that_others_may_read_is_remarked_on(place: Path):
    key_file(place).chmod(0o644)
    assert [each.severity for each in keys_told(place)] == ["warning"]


# --- backup, restore, upgrade ----------------------------------------------------------------------------------------


def test_a_backup_holds_no_key_and_what_is_restored_says_that_it_lacks_it(place: Path, tmp_path: Path):
    with copied(place, tmp_path / "copy.backup"):
        pass
    again = tmp_path / "elsewhere" / "ward.db"
    again.parent.mkdir()
    restore(tmp_path / "copy.backup", again, lambda _done, _of: None)
    key = read_key(key_file(place))
    assert key is not None
    assert key.secret not in again.read_bytes()
    with closing(open_store(again)) as store:
        assert warned(store, again).startswith("key missing")
        assert HouseReads(house(store, HERE)).identity("c1") == {"name": "sealed, key missing"}
        key_file(again).write_bytes(key_file(place).read_bytes())
        assert warned(store, again) == ""
        assert HouseReads(house(store, HERE)).identity("c1") == NAMES


def test_an_upgrade_seals_what_lay_in_the_clear_and_leaves_no_trace_of_it_in_the_file(tmp_path: Path):
    path = tmp_path / "old.db"
    with closing(create_store(path, "demonstration")) as store:
        made = house(store, HERE)
        enrol(made)
        # Rows of different lengths: what they leave behind in the pages of the file is not written over by chance.
        for number in range(12):
            told = {**NAMES, "note": "x" * number * 60}
            made.engine.handle(enrolment(f"e{number}", f"d{number}", NOW, identifiers=told, patient=f"p{number}"))
        value(made, "nobody", entered="61")
        assert vault_of(store) is None
    assert NAMES["name"].encode() in path.read_bytes()
    done = upgrade(path, NOW, lambda _done, _of: None)
    assert done.sealed == 15
    assert NAMES["name"].encode() not in path.read_bytes()
    with closing(open_store(path)) as store:
        made = house(store, HERE)
        assert store.property(PROPERTY) is not None
        assert HouseReads(made).identity("c1") == NAMES
        held = made.engine.sites.quarantine().held[1]
        assert b'"61"' in made.engine.quarantine.kept(held).content
        assert made.engine.verify("c1") == made.engine.verify("site:quarantine") == []
    assert [each.severity for each in keys_told(path)] == ["ok"]
    assert upgrade(path, Instant(NOW + 1_000_000), lambda _done, _of: None).sealed == 0


def test_a_live_store_that_seals_nothing_is_remarked_on(tmp_path: Path):
    create_store(tmp_path / "ward.db", "live").close()
    assert [(each.severity, each.mend) for each in keys_told(tmp_path / "ward.db")] == [
        ("warning", "stop the ward and run `wardpath upgrade`")
    ]


def test_whoever_takes_a_patient_over_is_read_on_the_page_with_the_key_and_lies_nowhere_without_it():
    clinic = Clinic()
    clinic.engine = Engine(clinic.store, [CLINIC], clinic.clock, vault=SiteVault(SITE))
    clinic.enrol()
    assert clinic.transfer().refusal is None
    assert b"Elsewhere" not in b"".join(each.canonical for each in clinic.store.stream("c1"))
    handed = clinic.engine.picture("c1").handed
    assert handed is not None
    assert handed.receiver == "Dr Elsewhere"
    keyless = Engine(clinic.store, [CLINIC], clinic.clock, vault=SiteVault(None)).picture("c1").handed
    assert keyless is not None
    assert keyless.receiver == "sealed, key missing"
