"""Merging, parting, reopening and late results do the same on every store, to the byte."""

from pathway.case.commands import Decide
from pathway.engine.ports import Store
from persistence.memory import MemoryStore
from tests.case.clinic import PHYSICIAN, Clinic, done, t
from ward.reading import looked_after
from ward.wiring import House


def story(clinic: Clinic) -> list[bytes]:
    """Two cases of one person are merged and parted; one leaves and comes back; the other gets a late result."""
    done(clinic.enrol("c1", "p1"))
    done(clinic.enrol("c2", "p2"))
    clinic.drug("dose", "1 08:30", case="c1")
    clinic.fibrinogen("90", "1 08:50", case="c2", specimen="s2")
    done(clinic.at("1 10:00").merge("c1", "c2"))
    clinic.at("1 10:30").partner("ZBTB16", case="c2")
    done(clinic.at("1 11:00").unmerge("c1", "c2"))
    done(clinic.at("1 11:10").transfer("c1"))
    done(clinic.at("1 12:00").reopen(case="c1"))
    done(clinic.at("1 12:10").transfer("c2"))
    clinic.at("2 09:00").partner("ZBTB16", case="c2")
    clinic.tick("2 13:00")
    return [each.canonical for case in ("c1", "c2") for each in clinic.store.stream(case)]


def test_every_store_writes_the_same(store: Store):
    clinic = Clinic(store)
    assert story(clinic) == story(Clinic(MemoryStore("demonstration")))
    assert clinic.engine.verify("c1") == clinic.engine.verify("c2") == []


def test_a_closed_case_with_something_that_lives_on_is_found_and_rings_on_every_store(store: Store):
    clinic = Clinic(store)
    story(clinic)
    assert "manager" in {notice.role for notice in clinic.notices("rung", "c2")}
    assert store.next_look() <= t("2 14:00")
    assert "c2" in store.unlooked_cases(t("9 09:00"), 10)


def test_another_engine_goes_on_from_what_is_on_disk(store: Store):
    clinic = Clinic(store)
    story(clinic)
    fresh = Clinic(store)
    assert fresh.case("c1") == clinic.case("c1")
    assert fresh.case("c2") == clinic.case("c2")
    fresh._numbers = 1000
    done(fresh.at("2 14:00").merge("c1", "c2"))
    assert fresh.case("c2").merged_into == "c1"


def test_people_see_a_closed_case_while_a_late_result_waits_for_somebody(store: Store):
    clinic = Clinic(store)
    story(clinic)
    house = House(store, clinic.engine, clinic.clock, ())
    assert {head.case for head in looked_after(house)} == {"c1", "c2"}
    assert {head.case for head in clinic.engine.heads()} == {"c1"}
    done(clinic.do(Decide, PHYSICIAN, "c2", reminder="R3", choice="told", reason="read back"))
    assert {head.case for head in looked_after(house)} == {"c1"}
