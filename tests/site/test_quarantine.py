"""A report that belongs to nobody is kept, screened, rung for and settled by a person."""

from typing import Any

import msgspec
import pytest

from pathway.case.commands import RecordFinding, RecordResult, RecordTherapy, Retract
from pathway.case.envelope import digest
from pathway.engine import Engine
from pathway.engine.errors import CommandReused, RecordDamaged
from pathway.engine.ports import Store
from pathway.site.commands import SettleQuarantined
from pathway.site.streams import QUARANTINE, decode
from persistence.memory import MemoryStore
from tests.case.ward import by, refused, t
from tests.persistence.changes import everything
from tests.site.site import FEED, LOINC, M48, SCREEN, Site
from ward.record import check_record
from ward.wiring import House

DOCTOR = by("haematologist")


def settle(site: Site, how: str = "rejected", number: int = 1, **fields: Any) -> Any:
    """Settle a report, complete unless said otherwise."""
    given = {"number": number, "how": how, "reason": "two identifiers agree", "to": "c1" if how == "matched" else ""}
    return site.do(SettleQuarantined, DOCTOR, **(given | fields))


# --- kept once -------------------------------------------------------------------------------------------------------


def test_a_report_for_nobody_is_kept_once_and_what_it_says_lies_apart():
    site = Site()
    answer = site.result("inr", "1.1", "{INR}", id="r1")
    again = site.result("inr", "1.1", "{INR}", id="r1")
    assert refused(answer) == refused(again) == "quarantined"
    assert (answer.repeated, again.repeated) == (False, True)
    held = site.engine.sites.quarantine().held
    assert [(each.body.number, each.body.report, each.body.kind) for each in held.values()] == [
        (1, "r1", "RecordResult")
    ]
    stored = list(site.store.stream(QUARANTINE))
    assert len(stored) == 1
    assert b"1.1" not in stored[0].canonical
    assert b"nobody" not in stored[0].canonical
    kept = site.store.identity("site:quarantine/1")
    assert kept is not None
    assert b'"1.1"' in kept.sealed


def test_the_same_id_with_another_body_is_an_error():
    site = Site()
    site.result("inr", "1.1", "{INR}", id="r1")
    with pytest.raises(CommandReused):
        site.result("inr", "1.2", "{INR}", id="r1")
    assert len(site.engine.sites.quarantine().held) == 1


def test_a_report_that_its_case_cannot_read_is_quarantined_once_and_remembered():
    site = Site()
    site.enrol("c1")
    for _ in range(2):
        answer = site.do(Retract, FEED, id="r1", case="c1", target=99)
    assert refused(answer) == "no_such_fact"
    assert answer.repeated
    assert [each.body.why for each in site.engine.sites.quarantine().waiting()] == ["no_such_fact"]


def test_a_request_for_nobody_is_refused_and_not_kept():
    site = Site()
    assert refused(site.enrol(QUARANTINE)) == "no_such_case"
    assert site.store.site_heads() == []


def test_a_report_for_the_name_of_a_site_stream_is_quarantined_like_any_other():
    site = Site()
    assert refused(site.do(RecordFinding, FEED, case=QUARANTINE, finding="bleeding", value="minor")) == "quarantined"
    assert len(site.engine.sites.quarantine().waiting()) == 1


def test_the_stream_is_chained_like_a_case_and_is_none(store: Store):
    site = Site(store=store)
    site.result("inr", "1.1", "{INR}")
    site.at("1 09:10").result("inr", "1.2", "{INR}")
    settle(site, number=2)
    events = list(store.stream(QUARANTINE))
    last = bytes(32)
    for position, each in enumerate(events, start=1):
        assert (each.position, each.previous, each.hash) == (position, last, digest(last, each.canonical))
        last = each.hash
    assert [decode(each.canonical).type for each in events] == [
        "ReportQuarantined",
        "ReportQuarantined",
        "QuarantineSettled",
    ]
    assert site.engine.verify(QUARANTINE) == []
    assert store.heads(closed=True) == []
    assert store.due_cases(t("9 09:00"), 10) == store.unlooked_cases(t("9 09:00"), 10) == []
    assert store.next_look() is None
    assert [head.case for head in store.site_heads()] == [QUARANTINE]
    assert site.engine.look(QUARANTINE) is False
    # A fresh engine folds the same from what was stored.
    assert Engine(store, [SCREEN], site.clock).sites.quarantine() == site.engine.sites.quarantine()


def test_a_store_in_memory_and_one_on_disk_hold_the_same_bytes(sqlite_store: Store):
    one, other = Site(store=sqlite_store), Site(store=MemoryStore("demonstration", "Ward W1"))
    for site in (one, other):
        site.enrol("c1")
        site.result("fibrinogen", "90", "mg/dL")
        settle(site.at("1 09:20"), "matched")
    cases = ("c1", M48)
    assert everything(one.store, cases) == everything(other.store, cases)


# --- screened --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "analyte, value, unit, fields",
    [
        ("fibrinogen", "99", "mg/dL", {}),
        ("fibrinogen", "0.99", "g/L", {}),
        ("fibrinogen", "<120", "mg/dL", {}),
        ("fibrinogen", "clotted", "mg/dL", {}),
        ("fibrinogen", "90", None, {}),
        ("platelets", "29", "10*9/L", {}),
        ("platelets", "180", "10*9/L", {"problems": ("clotted",)}),
    ],
)
def test_a_critical_or_unreadable_number_rings_at_once(analyte: str, value: str, unit: Any, fields: dict[str, Any]):
    site = Site()
    site.result(analyte, value, unit, **fields)
    assert site.rings == {"M48"}


@pytest.mark.parametrize(
    "analyte, value, unit",
    [
        ("fibrinogen", "100", "mg/dL"),
        ("fibrinogen", ">120", "mg/dL"),
        ("platelets", "30", "10*9/L"),
        ("inr", "9", "{INR}"),
    ],
)
def test_what_is_not_critical_waits_without_ringing(analyte: str, value: str, unit: str):
    site = Site()
    site.result(analyte, value, unit)
    assert site.rings == set()
    assert len(site.engine.sites.quarantine().waiting()) == 1


@pytest.mark.parametrize(
    "test, method, result, more",
    [
        ("pml_rara", "rt_pcr", "positive", {}),
        ("rar_partner", "rt_pcr", "partner_identified", {"partner": "ZBTB16"}),
        ("rar_partner", "karyotype", "", {"karyotype": "46,XY,t(11;17)(q23;q21)[20]"}),
    ],
)
def test_a_fusion_rings_at_once(test: str, method: str, result: str, more: dict[str, Any]):
    site = Site()
    site.report(test, method, result, **more)
    assert site.rings == {"M48"}


@pytest.mark.parametrize("field", ["at", "collected_at", "authorised_at", "replaces"])
def test_a_fusion_rings_though_a_time_or_position_beside_it_cannot_be_read(field: str):
    site = Site()
    assert refused(site.report("rar_partner", "rt_pcr", "partner_identified", partner="ZBTB16", **{field: 2**60}))
    assert site.rings == {"M48"}
    site = Site()
    site.report("pml_rara", "rt_pcr", "negative", **{field: 2**60})
    assert site.rings == set()


def test_a_negative_report_does_not_ring():
    site = Site()
    site.report("pml_rara", "rt_pcr", "negative")
    assert site.rings == set()


def test_it_rings_at_haematologist_and_laboratory_and_after_half_an_hour_at_the_administrator():
    site = Site()
    site.result("fibrinogen", "90", "mg/dL")
    for now in ("1 09:29", "1 09:30"):
        site.at(now).engine.look(M48)
        site.engine.look(M48)
    told = [(each.role, each.created_at) for each, _ in site.store.notices(M48)]
    start, due = t("1 09:00"), t("1 09:30")
    assert told == [("haematologist", start), ("laboratory", start), ("administrator", due)]
    words = " ".join(each.text for each, _ in site.store.notices(M48))
    assert "fibrinogen" not in words.lower()
    assert "90" not in words.replace("09:00", "").replace("09:30", "")


def test_the_case_of_a_report_that_was_not_opened_is_opened_when_the_engine_catches_up():
    site = Site()
    bare = Engine(site.store, [SCREEN], site.clock)
    bare.quarantine.catch_up = lambda: None  # type: ignore[method-assign]  # the power goes between two commits
    said = {
        "case": "nobody",
        "loinc": LOINC["fibrinogen"],
        "value": "90",
        "unit": "mg/dL",
        "collected_at": t("1 08:30"),
    }
    command = RecordResult(id="r1", by=FEED, **said)
    bare.handle(command)
    assert site.store.head(M48) is None
    site.at("1 09:10").engine.quarantine.catch_up()
    assert site.rings == {"M48"}
    assert site.engine.handle(command).repeated
    assert [each.type for each in site.engine.timeline(M48)].count("CaseEnrolled") == 1


# --- settled ---------------------------------------------------------------------------------------------------------


def test_a_matched_report_is_recorded_in_its_case_as_it_was_said_and_nobody_is_rung_any_more():
    site = Site()
    site.enrol("c1")
    site.result("fibrinogen", "90", "mg/dL", specimen="s7")
    answer = settle(site.at("1 09:20"), "matched")
    assert answer.status == "accepted"
    (found,) = site.engine.case("c1").labs["fibrinogen"]
    assert (found.body.entered, found.body.specimen, found.body.collected_at) == ("90 mg/dL", "s7", t("1 08:30"))
    assert ("M38", "fibrinogen") in site.engine.case("c1").open
    assert site.store.head(M48).closed
    closed = [each.body.how for each in site.engine.timeline(M48) if each.type == "ReminderClosed"]
    assert closed == ["done"]
    held = site.engine.sites.quarantine().held[1]
    assert (held.settled, held.to, held.settled_at) == ("matched", "c1", t("1 09:20"))


def test_a_rejected_report_is_recorded_nowhere_and_nobody_is_rung_any_more():
    site = Site()
    site.enrol("c1")
    site.result("fibrinogen", "90", "mg/dL")
    assert settle(site).status == "accepted"
    assert site.engine.case("c1").labs == {}
    assert site.store.head(M48).closed
    assert site.engine.sites.quarantine().waiting() == ()


def test_a_dose_without_a_time_of_its_own_was_given_when_it_was_told():
    site = Site()
    site.enrol("c1")
    site.do(RecordTherapy, FEED, case="nobody", drug="tretinoin", act="dose")
    settle(site.at("1 15:00"), "matched")
    (act,) = site.engine.case("c1").therapy["tretinoin"]
    assert act.at == t("1 09:00")


def test_settling_sent_again_records_nothing_twice():
    site = Site()
    site.enrol("c1")
    site.result("fibrinogen", "90", "mg/dL")
    settle(site, "matched", id="m1")
    again = settle(site, "matched", id="m1")
    assert again.repeated
    assert len(site.engine.case("c1").labs["fibrinogen"]) == 1
    assert refused(settle(site, "matched", id="m2")) == "settled"


@pytest.mark.parametrize(
    "fields, code",
    [
        ({"number": 2}, "no_such_report"),
        ({"reason": " "}, "reason_needed"),
        ({"to": "c1"}, "to"),
        ({"how": "matched", "to": ""}, "to"),
        ({"how": "matched", "to": "c9"}, "not_recorded"),
    ],
)
def test_an_incomplete_settling_is_refused_and_the_report_still_waits(fields: dict[str, Any], code: str):
    site = Site()
    site.enrol("c1")
    site.result("fibrinogen", "90", "mg/dL")
    assert refused(settle(site, **fields)) == code
    assert len(site.engine.sites.quarantine().waiting()) == 1
    assert site.rings == {"M48"}


def test_a_report_that_its_case_refuses_is_not_matched_and_not_quarantined_again():
    site = Site()
    site.enrol("c1")
    site.do(RecordFinding, FEED, case="nobody", finding="no_such_finding", value="yes")
    answer = settle(site, "matched")
    assert refused(answer) == "not_recorded"
    assert len(site.engine.sites.quarantine().held) == 1


def test_a_report_comes_to_one_case_only_though_the_power_went_after_the_first():
    site = Site()
    site.enrol("c1")
    site.enrol("c2")
    site.result("fibrinogen", "90", "mg/dL")
    lost = site.engine.sites.write
    with pytest.MonkeyPatch.context() as power:
        power.setattr(site.engine.sites, "write", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            settle(site, "matched", to="c1")
    assert site.engine.sites.write == lost
    assert refused(settle(site, "matched", to="c2")) == "recorded"
    assert site.engine.case("c2").labs == {}
    assert settle(site, "matched", to="c1").status == "accepted"
    assert len(site.engine.case("c1").labs["fibrinogen"]) == 1


def test_nobody_takes_an_id_of_the_engine_and_so_silences_a_critical_report():
    site = Site()
    site.enrol("c1")
    with pytest.raises(CommandReused):
        site.do(RecordFinding, FEED, id="quarantine/1/unmatched_report/enrol", case="c1", finding="x", value="y")
    site.result("fibrinogen", "90", "mg/dL")
    assert site.rings == {"M48"}


def test_a_report_whose_content_was_changed_is_not_recorded():
    site = Site()
    site.enrol("c1")
    site.result("fibrinogen", "90", "mg/dL")
    kept = site.store.identity("site:quarantine/1")
    forged = kept.sealed.replace(b'"90"', b'"190"')
    site.store._identities[kept.case] = msgspec.structs.replace(kept, sealed=forged)
    with pytest.raises(RecordDamaged):
        settle(site, "matched")
    assert site.engine.case("c1").labs == {}
    house = House(site.store, site.engine, site.clock, ())
    assert [each.what for each in check_record(house, lambda _done, _of: None).problems] == [
        "what report 1 in quarantine said is gone or changed"
    ]
