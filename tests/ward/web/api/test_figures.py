"""Indicators and deviations through the API: the same figures as anywhere, for whoever may read them."""

import csv
from io import StringIO

from tests.ward.web.api.conftest import WARD, Site, problem

OUTCOMES = ("numerator", "outside", "not_done", "not_documented", "open")


def test_the_indicators_come_with_their_parts_and_units_only_when_asked(site: Site):
    auditor = site.person("auditor")
    found = auditor.get("/audit/indicators").json()["indicators"]
    assert len(found) > 20
    assert all("units" not in each for each in found)
    (one,) = auditor.get("/audit/indicators", params={"indicator": "Q4", "units": True}).json()["indicators"]
    assert sum(one[name] for name in OUTCOMES) == one["denominator"] == len(one["units"])


def test_the_deviations_say_how_long_who_knew_who_was_told_and_what_was_done(site: Site):
    found = site.person("auditor").get("/audit/deviations", params={"case": "demo-13"}).json()["deviations"]
    breach = next(each for each in found if each["kind"] == "invariant")
    assert (breach["lasted_minutes"], breach["goes_on"], breach["done"]) == ("35.00", False, "tretinoin stopped")
    assert breach["done_by"] == "physician.emil"
    assert {role for each in breach["told"] for role in each["to"]} >= {"consultant", "haematologist"}


def test_spreadsheets_are_sent_as_such(site: Site):
    auditor = site.person("auditor")
    for name in ("indicators", "deviations"):
        sent = auditor.get(f"/audit/{name}.csv", params={"ward": WARD})
        assert sent.headers["content-type"] == "text/csv; charset=utf-8"
        assert sent.headers["content-disposition"] == f'attachment; filename="{name}.csv"'
        assert len(list(csv.reader(StringIO(sent.text)))) > 5


def test_whoever_may_not_is_denied_and_a_time_that_is_none_is_told(site: Site):
    assert problem(site.person("nurse.anna").get("/audit/indicators")) == "denied"
    auditor = site.person("auditor")
    assert problem(auditor.get("/audit/deviations", params={"since": "yesterday"})) == "not_understood"
    assert problem(auditor.get("/audit/deviations", params={"case": "nobody"})) == "not_found"
    assert auditor.get("/audit/deviations", params={"ward": "nowhere"}).json() == {"deviations": []}
