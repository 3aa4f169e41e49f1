"""`wardpath why`, and what `wardpath do` says of a refusal."""

import re
from pathlib import Path

from tests.ward.cli.conftest import Run, data
from tests.ward.web.conftest import browser_of, sign_in
from ward.place import place_of
from ward.reading import HouseReads
from ward.wiring import open_house

REFUSED = ("do", "RequestTherapy", "--case", "demo-01", "--drug", "arsenic_trioxide", "--act", "start")
SPEAKER = ("--by", "consultant.ida", "--role", "consultant")


def test_without_a_name_it_says_what_is_so_now_and_with_not_what_is_not(wardpath: Run, demonstration: Path):
    now = data(wardpath("why", "demo-01", "--db", demonstration, "--json"))
    assert {"reminder", "request"} <= {each["kind"] for each in now}
    absent = data(wardpath("why", "demo-01", "--not", "--db", demonstration, "--json"))
    assert {"transition", "request", "proposal", "reminder"} == {each["kind"] for each in absent}
    assert "yes" not in {each["answer"] for each in absent}


def test_people_read_a_sentence_with_source_and_a_tree_with_events(wardpath: Run, demonstration: Path):
    shown = wardpath("why", "demo-02", "M1", "--subject", "platelets", "--db", demonstration)
    assert shown.exit_code == 0
    assert "Recheck: platelets: open since" in shown.stdout
    assert "source M1, 4.3, H17, H20, H23" in shown.stdout
    assert "● yes" in shown.stdout
    assert "(event" in shown.stdout


def test_a_request_may_be_named_in_several_words(wardpath: Run, demonstration: Path):
    found = data(wardpath("why", "demo-01", "arsenic", "trioxide", "start", "--db", demonstration, "--json"))
    assert (found["kind"], found["name"], found["answer"]) == ("request", "start_arsenic_trioxide", "no")


def test_a_past_event_and_a_past_moment_can_be_asked(wardpath: Run, demonstration: Path):
    assert data(wardpath("why", "demo-03", "2", "--db", demonstration, "--json"))["kind"] == "event"
    early = wardpath("why", "demo-03", "M1", "--at", "2020-01-01T00:00Z", "--db", demonstration)
    assert (early.exit_code, "nothing was known of this case then" in early.stderr) == (3, True)


def test_an_unknown_name_is_not_found_and_names_what_is_near(wardpath: Run, demonstration: Path):
    found = wardpath("why", "demo-01", "fibrinogn", "--db", demonstration)
    assert found.exit_code == 3
    assert "such as fibrinogen" in found.stderr


def test_a_refusal_says_its_sentence_and_with_why_its_tree(wardpath: Run, demonstration: Path):
    plain = wardpath(*REFUSED, *SPEAKER, "--db", demonstration)
    assert plain.exit_code == 1
    assert "Nobody can sign for it on this pathway." in plain.stdout
    assert "it is allowed only when" not in plain.stdout
    whole = wardpath(*REFUSED, *SPEAKER, "--why", "--db", demonstration)
    assert "it is allowed only when" in whole.stdout


def test_the_page_of_a_patient_opens_each_reason_without_scripts_and_links_what_is_not_possible(demonstration: Path):
    house = open_house(place_of(str(demonstration)))
    try:
        client = sign_in(browser_of(HouseReads(house), house))
        page, beside = client.get("/case/demo-01").text, client.get("/case/demo-01/why-not").text
        whys = client.get("/case/demo-01/why").text
    finally:
        house.close()
    on_page = set(re.findall(r'<details class="tree" data-of="([a-z]+)-', page))
    assert {"need", "refused", "proposal", "why"} <= on_page
    assert {"fact", "latch", "reminder"} == set(re.findall(r'data-of="why-([a-z]+)-', whys))
    assert {"request", "transition", "proposal", "reminder"} <= set(re.findall(r'data-of="why-([a-z]+)-', beside))
    assert 'href="/case/demo-01/why-not"' in page
    assert beside.count('<details class="tree"') > 10
    assert "Reminders that are not open" in beside
