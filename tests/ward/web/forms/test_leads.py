"""Proposals lead to the form that would carry them out, begun with what was proposed."""

import html
import re

import pytest

from pathway.definition.load import shipped
from tests.ward.web.forms.conftest import As, Person
from ward.web.forms.leads import written
from ward.web.forms.things import key_of, things
from ward.wiring import House

PROPOSED = r'(?s)<ul class="acts" aria-label="Forms for what is proposed">(.*?)</ul>'


def links(person: Person) -> list[tuple[str, str]]:
    """The links of the proposals on the page of the patient."""
    page = person.browser.get(f"/case/{person.case}").text
    found = re.findall(r'href="([^"]*)">([^<]*)<', " ".join(re.findall(PROPOSED, page)))
    return [(html.unescape(at), words) for at, words in found]


def test_every_proposal_of_a_shipped_pathway_leads_somewhere():
    for name, rows in written().items():
        assert {each.name for each in shipped(name, 1).form.proposals} == rows.keys()


def test_every_form_that_a_proposal_leads_to_is_one_of_the_pathway(house: House):
    turn = house.engine.inquiry("demo-03").turn
    for rows in written()["variant_apl"].values():
        for row in rows:
            fixed = {name: text for name, text in row.items() if name not in {"command", "words"}}
            keys = {each.key for each in things(house.engine, turn, row["command"])}
            assert key_of(row["command"], fixed) in keys, row


def test_a_proposal_leads_to_its_form_which_begins_with_what_was_proposed(doctor: Person):
    (at, words), *_ = links(doctor)
    assert words == "Begin 7+3"
    page = doctor.browser.get(at).text
    assert "Begin 7+3 (T07)" in html.unescape(page)
    assert "Proposed: 7+3: cytarabine with daunorubicin or idarubicin" in html.unescape(page)


def test_no_word_of_the_record_stands_in_the_address(doctor: Person):
    for at, _ in links(doctor):
        assert not {"seven", "plus", "three", "7+3", "begin"} & set(re.split(r"[^a-z0-9+]", at))


def test_a_proposal_that_is_made_no_more_begins_nothing(doctor: Person):
    (at, _), *_ = links(doctor)
    gone = re.sub(r"proposed=\w+", "proposed=000000000000", at)
    assert "Proposed:" not in doctor.browser.get(gone).text


@pytest.mark.parametrize("account, role", [("laboratory.mia", "laboratory"), ("pharmacist.kim", "pharmacist")])
def test_a_lead_is_a_link_and_the_form_says_why_where_it_is_not_possible(somebody: As, account: str, role: str):
    person = somebody(account, role)
    for at, _ in links(person):
        assert "Not possible for you now" in person.browser.get(at).text
