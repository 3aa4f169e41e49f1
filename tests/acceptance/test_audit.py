"""The rules of an inspector, audit-A1 to audit-A23, each held end to end by real commands.

What each of them asks for, and what of it is not kept, stands in docs/explanation/audit.md.
"""

import json
import os
import signal
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import asdict

import tests.ward.proof.conftest as proving
import tests.ward.retention.conftest as retaining
import tests.ward.web.api.conftest as calling
from pathway.case.commands import RecordResult, Transition
from pathway.case.envelope import decode
from pathway.clinical.instant import SECOND
from pathway.engine.ports import Head
from pathway.site.accounts.commands import BreakGlass
from pathway.site.retention.commands import SetRetention
from tests.case.test_amend import HIGHER, amend, on_target, ward_of
from tests.case.ward import CASE, Ward, refused, t
from tests.faults.boundary import Boundaries
from tests.ward.cli.test_audit_replay import ELSEWHERE, elsewhere, held
from tests.ward.pack.conftest import house_of, person
from tests.ward.proof.attacker import Attacker, cut, delete, edit, swap
from tests.ward.proof.conftest import LAB, World
from tests.ward.proof.test_export import checked, exported
from tests.ward.web.api.conftest import WARD, Site
from tests.ward.web.replay.conftest import told
from ward.again.replay import Moment, replayed
from ward.demonstration.people import invite
from ward.door import Door
from ward.looking import Wanted, every
from ward.pack.content import content
from ward.pack.files import files
from ward.people.administer import UNSAID
from ward.proof.verify import verify
from ward.record import check_record
from ward.wiring import house, open_house, open_store

# Wards of other tests: one on disk with checkpoints, one with a closed case, the demonstration behind its API.
made_once, world = proving.made_once, proving.world
place = retaining.place
demonstration, site = calling.demonstration, calling.site


@pytest.fixture(autouse=True)
def rule(request: pytest.FixtureRequest) -> str:
    """The rule that a test is for."""
    return str(request.param)


def audit(number: int) -> pytest.MarkDecorator:
    """Name a test by the rule that it holds."""
    return pytest.mark.parametrize("rule", [pytest.param(f"A{number}", id=f"audit-A{number}")], indirect=True)


def rows(ward: Ward, key: str) -> list[dict[str, str]]:
    """A table of the audit pack of the case, a row as its columns have it."""
    found = next(each for each in content(house_of(ward), CASE).sections if each.key == key)
    return [dict(zip(found.columns, map(str, each), strict=True)) for each in found.rows]


def accesses(house: Any) -> list[Any]:
    """Every look on record."""
    return list(every(house.store, Wanted()))


def refused_in_words(answer: Any) -> str:
    """All that a refusal says."""
    assert answer.refusal is not None
    return " ".join((answer.refusal.message, *answer.refusal.reasons, answer.refusal.mend))


def head_of(house: Any, case: str) -> Head:
    found = house.store.head(case)
    assert found is not None
    return found


# --- what is written -------------------------------------------------------------------------------------------------


@audit(1)
def test_a_change_its_event_and_its_answer_are_written_together_wherever_the_process_dies(world: World):
    world.house.close()
    before, ended, at = world.path.read_bytes(), False, 1
    command = RecordResult(
        id="r1", case="c1", by=LAB, loinc="3255-7", value="99", unit="mg/dL", collected_at=world.clock.now()
    )
    counts = set()
    while not ended:
        for name in ("-wal", "-shm"):
            world.path.with_name(world.path.name + name).unlink(missing_ok=True)
        world.path.write_bytes(before)
        ended = killed_at(world, command, at)
        with closing(open_store(world.path)) as store:
            made = house(store, world.clock)
            there = [each for each in made.engine.timeline("c1") if each.command == "r1"]
            counts.add(len(there) > 0)
            assert check_record(made, lambda _done, _of: None).problems == ()
            assert made.engine.handle(command).status == "accepted"
            after = [each for each in made.engine.timeline("c1") if each.command == "r1"]
            assert after == there or not there
            assert sum(each.type == "ResultRecorded" for each in after) == 1
        at += 4
    assert counts == {True, False}


def killed_at(world: World, command: RecordResult, at: int) -> bool:
    """Carry a command out in another process that is killed at a boundary; whether it came to its end before that."""
    child = os.fork()
    if not child:
        store = open_store(world.path)
        Boundaries(at).watch(store)  # type: ignore[arg-type]  # it is one of a database
        status = house(store, world.clock).engine.handle(command).status
        os._exit(0 if status == "accepted" else 1)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    assert code in {0, -signal.SIGKILL}
    return code == 0


@audit(2)
def test_a_corrected_fibrinogen_stands_beside_the_old_one_and_a_retraction_has_its_reason_and_author():
    ward = told()
    ward.retract(ward.lab("fibrinogen", "111", "6 08:00"))
    corrected, retracted = rows(ward, "corrections")
    assert ("160 mg/dL" in corrected["First said"], "106 mg/dL" in corrected["Now"]) == (True, True)
    assert ("111 mg/dL" in retracted["First said"], retracted["Reason"]) == (True, "wrong blood in tube")
    assert all(each["Corrected by"] and each["By"] for each in (corrected, retracted))


@audit(3)
def test_every_entry_of_a_full_run_says_who_what_when_where_from_why_and_with_which_outcome():
    ward = told()
    assert ward.ask_for("arsenic trioxide").status == "refused"
    house = house_of(ward)
    for case in (CASE, *(each.case for each in ward.store.site_heads())):
        for each in ward.store.stream(case):
            event = json.loads(each.canonical)
            by = event["by"]
            assert by["actor"], event
            assert event["body"]["type"]
            assert event.get("version", 1) >= 1
            assert event["occurred_at"] <= event["recorded_at"]
            # By whom, or by which automaton; through what; and asked for, or brought about by which event.
            assert by.get("role") or by.get("source"), event
            assert event.get("command") or event.get("cause") or by.get("source") == "engine", event
    for attempt in ward.store.attempts():
        assert all((attempt.by.actor, attempt.by.role, attempt.what, attempt.at > 0))
        assert attempt.code
    for row in rows(ward, "refusals"):
        assert all(row[name] for name in list(row)[:3]), row
    assert content(house, CASE).cut.known == ward.clock.now()


@audit(4)
def test_a_board_of_many_patients_is_one_entry_that_names_each_and_holds_no_result(site: Site):
    nurse = site.person("nurse.anna")
    answer = nurse.get("/cases", params={"ward": WARD, "limit": 12})
    assert answer.status_code == 200
    tokens = {each["case"] for each in answer.json()["cases"]}
    last = accesses(site.house)[-1]
    assert len(tokens) > 5
    assert (last.by.actor, last.outcome, set(last.cases)) == ("nurse.anna", "read", tokens)
    assert set(asdict(last)) == {"number", "at", "by", "what", "cases", "reason", "outcome"}


@audit(5)
def test_the_access_log_holds_no_value_no_finding_and_no_name(site: Site):
    auditor = site.person("auditor")
    case = "demo-05"
    for address in (f"/audit/replay/{case}", f"/audit/pack/{case}", f"/audit/xes?case={case}&values=true"):
        assert auditor.get(address).status_code == 200, address
    nurse = site.person("nurse.anna")
    for address in (f"/cases/{case}", f"/cases/{case}/timeline", f"/cases/{case}/identity"):
        assert nurse.get(address).status_code == 200, address
    said = " ".join(f"{each.by} {each.what} {each.reason}" for each in accesses(site.house))
    values = {
        event["body"]["entered"].split()[0]
        for event in (json.loads(each.canonical) for each in site.house.store.stream(case))
        if event["body"]["type"] == "ResultRecorded"
    }
    assert len(values) > 10
    assert [each for each in values if each in said.split()] == []
    assert "INVENTED" not in said


@audit(6)
def test_an_entry_has_agent_role_proof_action_patient_time_and_outcome_also_where_it_was_denied(site: Site):
    assert site.person("nurse.anna").get("/cases/demo-05").status_code == 200
    assert site.person("nurse.anna").get("/audit/pack/demo-05").status_code == 403
    read, denied = ([each for each in accesses(site.house) if each.what == what][-1] for what in ("case", "pack"))
    for each, outcome in ((read, "read"), (denied, "denied")):
        assert (each.by.actor, each.by.source, each.cases, each.outcome) == (
            "nurse.anna", "person", ("demo-05",), outcome,
        )  # fmt: skip
        assert each.by.authenticated
        assert each.at == site.clock.now()
    assert (read.by.role, bool(denied.reason)) == ("nurse", True)


@audit(7)
def test_the_token_of_a_sign_in_lies_nowhere_in_the_store(site: Site):
    client = site.person("nurse.anna")
    token = client.headers["Authorization"].removeprefix("Bearer ")
    assert client.get("/cases/demo-05").status_code == 200
    path = Path(site.house.store.path)  # type: ignore[attr-defined]  # it is one in a file
    kept = b"".join(each.read_bytes() for each in path.parent.glob(f"{path.name}*"))
    assert b"nurse.anna" in kept
    assert token.encode() not in kept


@audit(8)
def test_a_403_is_an_entry_of_its_own(site: Site):
    assert site.person("nurse.anna").get("/audit/looks", params={"case": "demo-05"}).status_code == 403
    last = accesses(site.house)[-1]
    assert (last.by.actor, last.what, last.outcome) == ("nurse.anna", "accesses", "denied")
    assert last.reason


# --- proof and replay ------------------------------------------------------------------------------------------------


@audit(9)
@pytest.mark.parametrize("anew", [False, True], ids=["left at that", "hashed anew"])
@pytest.mark.parametrize(
    "attack",
    [edit(3), delete(3), swap(2, 3), cut(3)],
    ids=["edited", "deleted", "swapped", "cut"],
)
def test_a_flip_a_deletion_a_swap_and_a_cut_tail_are_found_and_the_first_broken_entry_named(
    world: World, attack: Any, anew: bool
):
    Attacker(world.path).change("c1", attack, anew=anew)
    named = [(each.case, each.position) for each in world.verify().findings]
    assert named
    assert {case for case, _ in named} == {"c1"}
    assert min(position for _, position in named) in {2, 3}


@audit(10)
def test_a_replay_is_the_same_bytes_in_another_zone_locale_and_year(world: World):
    with_people(world)
    here = elsewhere(world.path, {"TZ": "UTC", "LC_ALL": "C.UTF-8", "YEAR": "2026-11-22"}, "replay", "--all", "--json")
    assert len(here.splitlines()) == 3
    for env in ELSEWHERE:
        assert elsewhere(world.path, env, "replay", "--all", "--json") == here


@audit(11)
def test_a_replay_sends_nothing_and_changes_nothing_but_the_access_log(world: World):
    with_people(world)
    before = held(world.path)
    env = {"TZ": "UTC", "LC_ALL": "C.UTF-8", "YEAR": "2031-01-01"}
    for words in (("replay", "--all"), ("redecide", "--all"), ("xes", "--all")):
        elsewhere(world.path, env, *words)
    assert held(world.path) == before
    with closing(open_house(world.path)) as made:
        assert {each.what for each in accesses(made)} == {"audit_replay", "redecide", "xes"}


def with_people(world: World) -> None:
    """Let the invented people in, and nobody else."""
    invite(world.house, "*")


@audit(12)
def test_as_known_then_is_what_was_known_and_not_what_was_corrected_later():
    ward = told()
    house = house_of(ward)
    at = "2026-03-03T12:30+01:00"
    then, later = (
        json.dumps(next(replayed(house, [head_of(house, CASE)], Moment(at, known)))["picture"])
        for known in (at, "2026-03-06T10:30+01:00")
    )
    assert ("160" in then, "106 mg/dL" in then) == (True, False)
    assert "106 mg/dL" in later


@audit(13)
def test_a_copy_is_read_by_people_and_programs_and_proves_itself_on_an_empty_machine(world: World, tmp_path: Path):
    code, words = checked(exported(world))
    assert (code, "nothing is wrong" in words) == (0, True), words
    pack = files(content(world.house, "c1"))
    assert pack["pack.pdf"].startswith(b"%PDF")
    for name, kept in pack.items():
        file = tmp_path / "pack" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(kept)
    code, words = checked(tmp_path / "pack")
    assert (code, "nothing is wrong" in words) == (0, True), words
    (tmp_path / "pack" / "decisions.csv").write_text("nothing was decided", "utf-8")
    code, words = checked(tmp_path / "pack")
    assert (code, "decisions.csv is not the file of this pack" in words) == (4, True), words


@audit(14)
def test_retention_has_a_floor_of_six_years_and_erasing_leaves_a_signed_tombstone_and_a_chain_that_holds(place: Path):
    with retaining.at(place, retaining.NOW) as made:
        early = made.engine.handle(retaining.erasure())
        assert early.refusal is not None
        short = {"kind": "case", "keep_years": 5, "law": "none", "reason": "room", "second": "auditor"}
        answer = made.engine.handle(SetRetention(id="s", by=retaining.ADMIN, **short))
        assert "6" in refused_in_words(answer)
    with retaining.at(place) as made:
        retaining.said(made, retaining.erasure(id="after its years"))
        (stone,) = made.engine.sites.retention().stones()
        assert stone.body.tombstone
        assert verify(made, None, retaining.LATER).clean
        assert made.engine.verify("c1") == []


# --- order and authority ---------------------------------------------------------------------------------------------


@audit(15)
def test_induction_before_any_evidence_is_refused_and_the_refusal_is_kept():
    ward = Ward()
    assert ward.begin_7plus3(reasons={}).status == "refused"
    (attempt,) = ward.store.attempts()
    assert (attempt.case, attempt.what, attempt.by.role) == (CASE, "Transition", "haematologist")
    assert attempt.code == "reason_needed"
    assert not [each for each in ward.engine.timeline(CASE) if each.command == attempt.command]


@audit(16)
def test_a_nurse_cannot_move_a_patient_to_a_confirmed_variant_and_the_refusal_is_kept():
    ward = told()
    house = house_of(ward)
    nurse = person(house, "nurse.anna")
    command = Transition(id="x", case=CASE, by=UNSAID, transition="T07")
    answer = Door(house).handle(nurse, "nurse", command)
    assert refused(answer) == "role"
    kept = [(each.by.actor, each.by.role, each.what, each.code) for each in ward.store.attempts()]
    assert kept == [("nurse.anna", "nurse", "Transition", "role")]
    elsewhere_only = Transition(id="y", case=CASE, by=UNSAID, transition="T07")
    assert refused(Door(house).handle(person(house, "auditor"), "", elsewhere_only)) == "denied"
    last = accesses(house)[-1]
    assert (last.by.actor, last.what, last.outcome) == ("auditor", "Transition", "denied")


@audit(17)
def test_a_signature_names_its_signer_its_time_and_its_meaning_and_cannot_be_cut_off_the_event(place: Path):
    with retaining.at(place, retaining.NOW) as made:
        signed = [each for each in made.store.stream("c1") if b"consultant.ida" in each.canonical]
        assert signed
        event = decode(signed[0].canonical)
        assert (event.by.actor, event.recorded_at > 0, bool(event.type)) == ("physician.emil", True, True)
        names = {each.account: each.name for each in made.engine.sites.accounts().held.values()}
        assert names["consultant.ida"]
        assert names["physician.emil"]
    position = signed[0].position
    rename = b"consultant.ida", b"consultant.ilo"
    attacker = Attacker(place)
    rows = attacker.stream("c1")
    rows[position - 1]["canonical"] = rows[position - 1]["canonical"].replace(*rename)
    attacker.write("c1", rows)
    with retaining.at(place, retaining.NOW) as made:
        named = [(each.kind, each.position) for each in verify(made, None, retaining.NOW).findings]
    assert ("edited", position) in named


@audit(18)
def test_what_happened_by_itself_names_the_automaton_the_definition_and_the_event_behind_it():
    ward = told()
    events = ward.engine.timeline(CASE)
    alone = [each for each in events if each.by.source == "engine"]
    assert {"ReminderOpened", "RungReached", "PhaseEntered"} <= {each.type for each in alone}
    for each in alone:
        assert each.bundle == ward.pathway.digest
        # What time alone brings has no event behind it, but the reminder or the condition whose time it was.
        assert each.cause is None or 0 < each.cause < each.position
        assert each.cause or each.type in {"RungReached", "ViolationBroken"}
    opened = [each for each in alone if each.type == "ReminderOpened"]
    assert opened
    assert all(each.cause and each.body.reminder for each in opened)  # type: ignore[union-attr]  # of a reminder


@audit(19)
def test_a_reminder_has_a_whole_life_with_a_row_for_each_step():
    ward = told()
    lives = [each["Its life"] for each in rows(ward, "reminders")]
    whole = max(lives, key=len)
    assert [word for word in ("opened, due", "rung 0 to", "rung 1 to") if word not in whole] == []
    said = "\n".join(lives)
    assert [word for word in ("done (follows event", "acknowledged until") if word not in said] == [], said[-3000:]
    held_rows = {(each.reminder, each.subject, each.ordinal) for each in ward.store.reminders(open_only=False)}
    assert len(held_rows) == len(lives)


@audit(20)
def test_a_clock_that_goes_back_and_a_message_that_comes_late_or_from_the_future_stay_visible():
    ward = Ward().at("2 12:00")
    ward.lab("fibrinogen", "180", "2 11:00")
    ward.clock.set(t("2 10:00"))
    ward.lab("fibrinogen", "170", "1 09:30")
    recorded = [each.recorded_at for each in ward.engine.timeline(CASE)]
    assert recorded == sorted(recorded)
    late = ward.engine.timeline(CASE)[-1]
    newest = [each for each in ward.engine.timeline(CASE) if each.type == "ResultRecorded"][-1]
    assert newest.recorded_at - newest.occurred_at > 3600 * SECOND
    assert late.recorded_at >= recorded[0]
    ward.at("2 13:00").lab("fibrinogen", "90", "3 09:00")
    ahead = [each for each in ward.engine.timeline(CASE) if each.type == "ResultRecorded"][-1]
    assert ahead.occurred_at > ahead.recorded_at
    assert (ahead.body.usable, ahead.body.why) == (False, "the collection time lies in the future")
    assert ward.read("fibrinogen").shown == "Fibrinogen 180 mg/dL"


# --- who looked ------------------------------------------------------------------------------------------------------


@audit(21)
def test_who_has_looked_at_one_patient_is_answered_with_that_patient_alone(site: Site):
    nurse = site.person("nurse.anna")
    for address in ("/cases/demo-05", "/cases/demo-06", "/cases"):
        assert nurse.get(address).status_code == 200
    found = site.person("auditor").get("/audit/looks", params={"case": "demo-05"}).json()["looks"]
    assert {tuple(each["cases"]) for each in found} == {("demo-05",)}
    assert [each["what"] for each in found if each["by"]["actor"] == "nurse.anna"] == ["case", "cases"]


@audit(22)
def test_broken_glass_needs_a_reason_and_stands_out_until_somebody_else_has_reviewed_it():
    ward = told()
    house = house_of(ward)
    emil = person(house, "physician.emil")
    given = {"account": "physician.emil", "patient_case": CASE, "by": UNSAID}
    assert Door(house).handle(emil, "", BreakGlass(id="g0", reason=" ", **given)).status == "refused"
    assert Door(house).handle(emil, "", BreakGlass(id="g1", reason="resuscitation", **given)).status == "accepted"
    glass = rows(ward, "glass")
    assert len(glass) == 1
    assert "resuscitation" in " ".join(glass[0].values())
    assert len(house.engine.sites.accounts().unreviewed()) == 1


@audit(23)
def test_a_changed_threshold_leaves_running_patients_theirs_until_they_are_moved_and_the_move_is_on_record():
    ward = on_target(ward_of(HIGHER))
    assert not ward.is_open("M38", "fibrinogen")
    assert amend(ward, HIGHER, second="").status == "refused"
    assert amend(ward, HIGHER).status == "accepted"
    assert ward.is_open("M38", "fibrinogen")
    events = ward.engine.timeline(CASE)
    moved = next(each for each in events if each.type == "DefinitionAmended")
    assert {each.bundle for each in events[: moved.position - 1]} == {ward.pathway.digest}
    assert {each.bundle for each in events[moved.position :]} == {HIGHER.digest}
