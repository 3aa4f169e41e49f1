"""The pages of indicators and deviations: every figure as text, a picture beside it, and the way to the moment."""

import re
import xml.etree.ElementTree as ET

import pytest
from starlette.testclient import TestClient

from tests.case.ward import CASE, Ward, t
from tests.variant_apl.figures import measured
from tests.ward.web.conftest import words
from tests.ward.web.replay.conftest import opened
from ward.web.audit.plot import POINTS, plot

SVG = "{http://www.w3.org/2000/svg}"
#: What a mark is drawn with; each of them must say how it looks by itself.
MARKS = {f"{SVG}{name}" for name in ("rect", "path", "line", "text")}


@pytest.fixture
def ward() -> Ward:
    """A resistant variant under tretinoin that was stopped too late, and a dose of arsenic trioxide."""
    ward = Ward(zone="Europe/Berlin", exposure=None).at("1 12:00")
    ward.therapy("started", "1 11:00", next_dose_at=t("3 08:00"))
    ward.panel("1 11:30", fibrinogen="90", platelets="25")
    ward.at("3 03:10").partner("ZBTB16")
    ward.look("3 09:00")
    ward.done(ward.stop())
    ward.therapy("dose", drug="arsenic_trioxide", form="intravenous")
    return ward.look("3 10:00")


@pytest.fixture
def auditor(ward: Ward) -> TestClient:
    """The browser of an auditor."""
    return opened(ward, "auditor", "auditor")


def page(browser: TestClient, at: str) -> str:
    """A page that is there."""
    answer = browser.get(at)
    assert answer.status_code == 200, words(answer.text)
    return answer.text


def test_every_indicator_has_a_section_with_its_figures_and_its_definition(auditor: TestClient, ward: Ward):
    shown = page(auditor, "/audit/indicators")
    for name, result in measured(ward).items():
        found = re.search(rf'(?s)<section class="indicator" aria-labelledby="{re.escape(name)}">.*?</section>', shown)
        assert found is not None, name
        said = words(found[0])
        assert result.form.numerator in said
        assert result.form.denominator in said
        parts = result.total
        if result.form.kind != "range":
            assert f"{parts.numerator} of {parts.denominator}" in said, name
            assert f"not documented {parts.not_documented}, open {parts.open}" in said, name


def test_what_must_be_none_and_is_not_says_so_in_words(auditor: TestClient):
    assert words(page(auditor, "/audit/indicators")).count("MUST BE NONE") == 1


def test_each_unit_of_an_indicator_leads_to_its_moment(auditor: TestClient):
    shown = page(auditor, "/audit/indicators?show=Q4")
    (found,) = re.findall(rf'href="(/case/{CASE}/replay\?position=\d+)"', shown)
    assert auditor.get(found, follow_redirects=True).status_code == 200


def test_every_mark_of_a_picture_says_how_it_looks_and_the_words_hold_its_figures(ward: Ward):
    results = measured(ward, Ward(exposure=None), now=t("4 10:00"))
    drawn = [(each, plot(each)) for each in results.values()]
    for result, picture in drawn:
        assert (picture is None) == (result.total.denominator == 0), result.form.id
        if picture is None:
            continue
        root = ET.fromstring(picture.svg)  # noqa: S314  # drawn by us
        assert root.get("fill")
        for mark in root.iter():
            # Words take their ink from the whole drawing, where they have none of their own.
            if mark.tag in MARKS and not mark.tag.endswith("}text"):
                assert mark.get("fill") or mark.get("stroke"), ET.tostring(mark)
        assert root[0].text == picture.words


def test_many_figures_are_drawn_as_a_box_alone():
    wards = [Ward(exposure=None).at("1 10:00") for _ in range(2)]
    for each in wards:
        each.therapy("started")
    result = measured(*wards)["Q1"]
    assert plot(result).svg.count("<path") == 2
    many = type(result)(**{**{name: getattr(result, name) for name in result.__struct_fields__},
                           "units": result.units * POINTS})  # fmt: skip
    assert plot(many).svg.count("<path") == 0


def test_a_deviation_says_how_long_it_lasted_who_was_told_who_knew_and_what_ended_it(auditor: TestClient):
    said = words(page(auditor, "/audit/deviations"))
    breach = said[said.index("Tretinoin in a confirmed resistant variant") :]
    for expected in ("Invariant broken", "Lasted 5.83 h", "tretinoin stopped, the haematologist", "(M3 rang)"):
        assert expected in breach, expected
    assert "consultant (invariant broken)" in breach
    assert "consultant waiting" in breach
    assert "the haematologist (haematologist), recorded a drug" in breach


def test_what_goes_on_is_marked_and_each_leads_to_its_replay(auditor: TestClient):
    shown = page(auditor, "/audit/deviations")
    assert "1 GO ON" in words(shown)
    addresses = re.findall(rf'href="(/case/{CASE}/replay\?position=\d+)"', shown)
    assert len(addresses) == 3
    assert all(auditor.get(each, follow_redirects=True).status_code == 200 for each in addresses)


def test_a_period_and_a_case_narrow_it_and_a_time_that_is_none_is_told(auditor: TestClient):
    assert "Nothing stood out" in words(page(auditor, "/audit/deviations?since=04-Mar-2026+00:00"))
    assert CASE in page(auditor, f"/audit/deviations?case={CASE}")
    for at in ("/audit/deviations", "/audit/indicators"):
        assert auditor.get(f"{at}?since=yesterday").status_code == 400
        assert "there is no such case" in words(auditor.get(f"{at}?case=nobody").text).lower()
        assert auditor.get(f"{at}.csv?since=yesterday").status_code == 400


def test_the_spreadsheet_of_a_page_is_what_the_page_asks_for(auditor: TestClient):
    shown = page(auditor, f"/audit/deviations?case={CASE}")
    assert f'href="/audit/deviations.csv?case={CASE}"' in shown
    sent = auditor.get(f"/audit/deviations.csv?case={CASE}")
    assert sent.headers["content-type"] == "text/csv; charset=utf-8"
    assert len(sent.text.splitlines()) == 4
    assert auditor.get("/audit/indicators.csv").text.startswith("indicator,title,group")


def test_a_physician_is_denied_and_the_look_of_who_may_is_written_with_the_case(ward: Ward, auditor: TestClient):
    for at in ("indicators", "deviations"):
        page(auditor, f"/audit/{at}")
        assert [each.by.actor for each in ward.store.accesses(case=CASE) if each.what == at] == ["auditor"]
    other = opened(ward, "physician.emil")
    assert other.get("/audit/indicators").status_code == 403
    assert other.get("/audit/deviations.csv").status_code == 403
