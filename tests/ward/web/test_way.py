"""The pathway drawn over a case: the present stage, the way it came, and each move explained without scripts."""

import re
import xml.etree.ElementTree as ET

import pytest

from tests.case.ward import CASE, SHIPPED, Ward
from tests.ward.web.conftest import words
from tests.ward.web.samples import Ward as SampleWard
from tests.ward.web.told import page

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def ward() -> Ward:
    """On tretinoin, PML::RARA negative by two methods."""
    ward = Ward()
    ward.at("1 12:00").therapy("started", "1 11:00")
    ward.at("2 12:00").pml_negative()
    return ward.look("2 13:00")


def drawing(html: str) -> ET.Element:
    """The one drawing that is a picture on a page."""
    found = re.findall(r'(?s)<svg[^>]*role="(?:img|group)".*?</svg>', html)
    assert len(found) == 1
    return ET.fromstring(found[0])  # noqa: S314 - our own drawing


def move(html: str, name: str) -> str:
    """The words of one move on the page."""
    found = re.search(rf'(?s)<li id="{name}">.*?(?=<li id=|</ol></section>)', html)
    assert found
    return words(found.group())


def test_the_present_stage_is_marked_in_the_drawing_and_in_words(ward):
    html = page(ward, "/pathway?part=treatment")
    marked = [each for each in drawing(html).iter() if each.get("data-path") == "empiric_atra"]
    assert "now" in "".join(marked[0].itertext())
    assert re.findall(r'<li aria-current="step">([^<]*)', html) == [
        "2. Coagulation supervised, 01-Mar-2026 09:00, now",
        "3. Empiric tretinoin, 01-Mar-2026 12:00, now",
    ]


def test_every_label_of_the_drawing_leads_to_its_reasons_on_the_page(ward):
    html = page(ward, "/pathway?part=whole")
    links = {each.get("href", "") for each in drawing(html).iter(f"{SVG}a")}
    ids = set(re.findall(r'<li id="([A-Z]\d+)">', html))
    assert len(links) > 20
    assert {each.removeprefix("#") for each in links} <= ids
    assert ids == {each.id for each in SHIPPED.form.transitions}


def test_a_move_says_whether_it_is_possible_who_makes_it_and_why(ward):
    html = page(ward, "/pathway")
    assert "T07 Begin 7+3 (to Induction, 7+3)" in move(html, "T07")
    assert "made by haematologist, consultant" in move(html, "T07")
    assert "PML::RARA is negative" in move(html, "T07")
    assert "Not possible now" in move(html, "T20")
    assert "automatic" in move(html, "T03")


def test_the_moves_that_begin_here_come_first(ward):
    html = page(ward, "/pathway")
    begins = ["begins elsewhere" not in move(html, name) for name in re.findall(r'<li id="([A-Z]\d+)">', html)]
    assert True in begins
    assert False in begins
    assert begins == sorted(begins, reverse=True)


def test_the_overview_marks_the_parent_of_the_present_stage(ward):
    assert ward.begin_7plus3().status == "accepted"
    found = drawing(page(ward, "/pathway"))
    marked = [each for each in found.iter() if each.get("data-path") == "induction"]
    assert "now" in "".join(marked[0].itertext())


def test_a_part_that_is_not_there_is_the_overview(ward):
    html = page(ward, "/pathway?part=%3Cscript%3E")
    assert '<strong aria-current="true">Overview</strong>' in html
    assert "<script>" not in html


def test_a_reason_leads_to_its_events_on_the_page_that_has_them(ward):
    html = page(ward, "/pathway")
    links = set(re.findall(r'class="event" href="([^"]*)#event-\d+"', html))
    assert links == {f"/case/{CASE}?timeline=all"}


def test_the_page_holds_no_style_and_no_script_of_its_own(ward):
    html = page(ward, "/pathway")
    assert " style=" not in html
    assert set(re.findall(r"<script[^>]*", html)) == set(re.findall(r'<script src="/static/[^>]*', html))


def test_looking_at_the_pathway_is_logged_and_an_unknown_case_is_not_found(browse):
    sample = SampleWard()
    browser = browse(sample)
    assert "cannot be asked here" in words(browser.get("/case/k7a/pathway").text)
    assert sample.looks == [("diagram", ("k7a",))]
    assert browser.get("/case/nobody/pathway").status_code == 404


def test_a_case_page_leads_to_the_drawing(ward):
    assert f'href="/case/{CASE}/pathway"' in page(ward)
