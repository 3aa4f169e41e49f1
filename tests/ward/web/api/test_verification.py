"""The proof through the API and as a page: for an auditor and an administrator, and for nobody at the bedside."""

from threading import Event

from tests.ward.web.api.conftest import Site, problem
from ward.proof.checkpoint import Keeper
from ward.proof.key import found_key
from ward.proof.nightly import verify_and_note


def test_what_the_night_found_and_the_last_checkpoints_are_told(site: Site, tmp_path, monkeypatch):
    monkeypatch.setenv("WARDPATH_CHECKPOINTS", str(tmp_path / "checkpoints"))
    auditor = site.person("auditor")
    before = auditor.get("/audit/verification").json()
    assert (before["verification"]["clean"], before["checkpoints"]) == (None, [])
    store = site.house.store
    place = getattr(store, "path", "")
    signed = Keeper(store, place, found_key(store, tmp_path / "key"), site.clock).sign()
    verify_and_note(site.house, place, Event())
    after = auditor.get("/audit/verification").json()
    assert after["verification"]["clean"] is True
    assert after["verified"]["checkpoint"] == signed.number == 1
    assert [each["code"] for each in after["checkpoints"]] == [signed.code]
    assert any("cannot" in each or "not seen" in each or "no one" in each for each in after["verified"]["unseen"])


def test_whoever_works_at_the_bedside_does_not_see_the_proof(site: Site):
    assert problem(site.person("nurse.anna").get("/audit/verification")) == "denied"
