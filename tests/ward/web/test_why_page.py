"""The reasons of what is found stand on a page of their own, with the events they rest on."""

import re

from tests.case.ward import CASE, Ward
from tests.ward.web.conftest import words
from tests.ward.web.told import page


def test_every_finding_has_its_reason_on_the_page_of_reasons():
    ward = Ward()
    ward.at("2 12:00").pml_negative()
    html = page(ward, "/why")
    said = words(html)
    for fact in ward.engine.picture(CASE).facts:
        assert fact.title in said, fact.title
    assert "PML::RARA" in said
    assert set(re.findall(r'class="event" href="([^"#]*)#event-\d+"', html)) == {f"/case/{CASE}?timeline=all"}


def test_each_need_leads_to_every_step_of_its_reason_which_stands_open():
    ward = Ward()
    ward.at("2 12:00").pml_negative()
    leads = re.findall(rf'href="/case/{CASE}/why#([^"]+)">Each step of this reason', page(ward))
    assert leads
    html = page(ward, "/why")
    for name in leads:
        found = re.search(rf'(?s)<details class="tree" data-of="{re.escape(name)}" open>.*?</details>', html)
        assert found, name
        assert "what would close it" in words(found[0])


def test_the_patient_leads_to_the_reasons_and_the_reasons_lead_back():
    ward = Ward()
    assert f'href="/case/{CASE}/why"' in page(ward)
    assert f'href="/case/{CASE}">Back to the case' in page(ward, "/why")


def test_an_event_behind_a_reason_is_on_the_page_it_leads_to():
    ward = Ward()
    for day in range(1, 20):
        ward.look(f"{day} 12:00").panel(f"{day} 11:00", fibrinogen="92")
    html = page(ward)
    linked = {int(at) for at in re.findall(r'class="event" href="\?timeline=all#event-(\d+)"', html)}
    assert linked
    shown = {int(at) for at in re.findall(r'id="event-(\d+)"', page(ward, "?timeline=all"))}
    assert linked <= shown
