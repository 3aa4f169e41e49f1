"""The replay of a case: what was known then and nothing else, by two clocks, marked as past (A9 to A12, H42)."""

import re

import pytest
from starlette.testclient import TestClient

from pathway.clinical.instant import iso
from tests.case.ward import CASE, Ward, t
from tests.ward.web.conftest import words
from tests.ward.web.replay.conftest import STEPS, bare, first_lab, opened, shown, told

FIRST = "?at=2026-03-03T12:00:00Z"


def part(page: str, name: str) -> str:
    """The words of one section."""
    found = re.search(rf'(?s)<section aria-labelledby="{name}".*?</section>', page)
    assert found, name
    return words(found.group())


def line(page: str, position: int) -> str:
    """The markup of one event."""
    found = re.search(rf'(?s)<tr role="row" id="event-{position}".*?</tr>', page)
    assert found, position
    return found.group()


@pytest.fixture(scope="module")
def ward() -> Ward:
    """The whole story; a test that would tell more of it makes its own."""
    return told()


@pytest.fixture(scope="module")
def browser(ward: Ward) -> TestClient:
    """A physician before it."""
    return opened(ward)


# --- the future is hidden --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("steps", range(1, len(STEPS)))
def test_a_moment_reads_byte_for_byte_as_if_nothing_had_come_after_it(ward, browser, steps):
    short = told(steps)
    end = short.engine.timeline(CASE)[-1]
    short.clock.set(ward.clock.now())  # the same present, at which nothing more was recorded
    early = opened(short)
    for query in (f"?at={iso(end.recorded_at)}&timeline=all&span=all", f"?position={end.position}&timeline=all"):
        assert bare(shown(early, query)) == bare(shown(browser, query))


def test_no_word_number_or_time_of_a_later_event_is_in_the_bytes(ward, browser):
    page = shown(browser, FIRST)
    for later in ("ZBTB16", "106 mg/dL", "2026-03-04", "2026-03-05", "bed 7", "resistant since", "acknowledged"):
        assert later not in page, later
    last = max(int(each) for each in re.findall(r'id="event-(\d+)"', page))
    assert ward.engine.timeline(CASE)[last - 1].recorded_at <= t("3 12:00")
    assert f"position={last + 1}" not in page
    assert f"event {last + 1}" not in words(page)


def test_a_step_names_where_it_leads_only_once_it_is_taken(browser):
    page = shown(browser, "?position=5")
    steps = re.findall(r'href="(\?[^"]*step=[^"]*)"', page)
    assert len(steps) == 6
    assert all(each.startswith("?position=5&amp;step=") for each in steps)


# --- the moment -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "asked, address",
    [
        ("?at=2026-03-03T13:00:00%2B01:00", "at=2026-03-03T12%3A00%3A00Z"),
        ("?at=03-Mar-2026 13:00", "at=2026-03-03T12%3A00%3A59.999999Z"),
        ("?at=2026-03-03 13:00&known=now", "at=2026-03-03T12%3A00%3A59.999999Z&known=2026-03-06T09%3A00%3A00Z"),
        ("?at=09-Mar-2026 13:00", "at=2026-03-06T09%3A00%3A00Z"),  # ahead of the present: the present
        ("?position=5&at=2026-03-01T00:00Z", "position=5"),
        ("?position=5&known=now&span=24h", "position=5&known=2026-03-06T09%3A00%3A00Z&span=24h"),
        ("?at=2026-03-03T12:00:00Z&step=next-hour", "at=2026-03-03T13%3A00%3A00Z"),
        ("?at=2026-03-03T12:00:00Z&step=previous-day", "at=2026-03-02T12%3A00%3A00Z"),
        ("?at=2026-03-01T09:30:00Z&step=previous-day", "at=2026-03-01T09%3A00%3A00Z"),  # not before the first event
        ("?at=2026-03-06T08:30:00Z&step=next-hour", "at=2026-03-06T09%3A00%3A00Z"),  # nor beyond the present
        ("?position=5&step=next-event", "position=6"),
        ("?position=5&step=previous-event", "position=4"),
        ("?position=1&step=previous-event", "position=1"),
        ("?at=2026-03-03T12:00:00Z&step=%3Cscript%3E", "at=2026-03-03T12%3A00%3A00Z"),
    ],
)
def test_each_moment_has_one_address(browser, asked, address):
    answer = browser.get(f"/case/{CASE}/replay{asked}")
    assert (answer.status_code, answer.headers["location"]) == (303, f"/case/{CASE}/replay?{address}")
    assert browser.get(answer.headers["location"]).status_code == 200


def test_a_day_is_one_by_the_clock_on_the_wall():
    ward = told().at("31 12:00")
    answer = opened(ward).get(f"/case/{CASE}/replay?at=2026-03-28T11:00:00Z&step=next-day")
    assert "at=2026-03-29T10%3A00%3A00Z" in answer.headers["location"]  # Berlin: the night has an hour less


def test_without_a_moment_it_is_right_after_the_newest_event(ward, browser):
    last = ward.engine.timeline(CASE)[-1]
    assert f"right after event {last.position}. Not the present" in words(shown(browser))
    answer = browser.get(f"/case/{CASE}/replay?position={last.position}&step=next-event")
    assert answer.headers["location"].endswith("?at=2026-03-06T09%3A00%3A00Z")


def test_from_between_two_events_the_way_back_leads_to_the_one_before(ward, browser):
    last = max(each.position for each in ward.engine.timeline(CASE) if each.recorded_at <= t("3 10:00"))
    answer = browser.get(f"/case/{CASE}/replay?at=2026-03-03T10:00:00Z&step=previous-event")
    assert answer.headers["location"] == f"/case/{CASE}/replay?position={last}"


def test_every_event_can_be_stepped_to_one_after_the_other(ward, browser):
    count = len(ward.engine.timeline(CASE))
    at = f"/case/{CASE}/replay?position=1"
    for number in range(2, count + 1):
        at = browser.get(f"{at}&step=next-event").headers["location"]
        assert at == f"/case/{CASE}/replay?position={number}"


def test_the_moment_can_be_cited_by_a_link_to_itself(browser):
    page = shown(browser, FIRST)
    cite = f"/case/{CASE}/replay?at=2026-03-03T12%3A00%3A00Z"
    assert f'<a href="{cite}">{cite}</a>' in page
    assert bare(browser.get(cite).text) == bare(page)


@pytest.mark.parametrize(
    "query",
    [
        "at=05/03/2026 03:10",
        "at=tomorrow",
        "known=31-Feb-2026 10:00",
        "position=0",
        "position=9999",
        "position=-1",
        "position=\u0663",
        "at=<img src=x onerror=alert(1)>",
        "at=01-Mar-2026 08:00",
    ],
)
def test_a_moment_that_cannot_be_shown_shows_nothing_and_echoes_nothing(browser, query):
    answer = browser.get(f"/case/{CASE}/replay?{query}")
    said = words(answer.text)
    assert answer.status_code == 400
    assert "Nothing is shown, because" in said
    assert "expected" in said
    assert len(query) < 13 or query.partition("=")[2] not in said
    assert "Fibrinogen" not in said


# --- what is shown ----------------------------------------------------------------------------------------------------


def test_stages_and_reminders_are_as_they_were_recorded(browser):
    before, after = shown(browser, "?at=2026-03-03T15:00:00Z"), shown(browser, "?at=2026-03-03T16:30:00Z")
    assert "Empiric tretinoin since 01-Mar-2026 13:00" in words(before)
    assert "Variant confirmed, resistant since" in words(after)
    assert "Tretinoin must stop" not in part(before, "needs")
    assert "Tretinoin must stop" in part(after, "needs")
    assert "Overdue then" in part(after, "needs").replace("Critical, overdue then", "Overdue then")


def test_a_reminder_has_its_reason_and_whom_it_had_told_by_then(browser):
    needs = part(shown(browser, "?at=2026-03-03T16:30:00Z"), "needs")
    assert "Why, and who was told" in needs
    assert "reached at" in needs
    assert "acknowledged, not done" not in needs
    assert "acknowledged, not done" in part(shown(browser, "?at=2026-03-04T10:00:00Z"), "needs").lower()


def test_an_older_value_that_was_corrected_later_stands_as_it_was_known(browser):
    page = shown(browser, "?at=2026-03-05T08:00:00Z")
    assert "160 mg/dL" in part(page, "labs")
    assert "<del>" not in page
    assert 'id="corrections"' not in page


def test_a_correction_strikes_the_old_value_and_says_who_and_when(ward, browser):
    old = first_lab(ward)
    page = shown(browser, "?at=2026-03-05T09:30:00Z&timeline=all")
    struck = line(page, old)
    assert re.search(r"<del>[^<]*160 mg/dL[^<]*</del>", struck)
    assert "corrected by event" in words(struck)
    assert "laboratory, laboratory, recorded 05-Mar-2026 10:00" in words(struck)
    told = part(page, "corrections")
    assert f"Event {old}: Fibrinogen 160 mg/dL" in told
    assert "106 mg/dL" in told


def test_what_was_true_then_can_be_read_as_it_is_known_today(browser):
    page = shown(browser, f"{FIRST}&known=now")
    assert "What had happened by 03-Mar-2026 13:00 , as it was known by 06-Mar-2026 10:00" in words(page)
    assert "106 mg/dL" in part(page, "labs")
    assert "<del>" in page
    assert "ZBTB16" not in page.partition("<main")[2]  # reported after that moment
    assert "Empiric tretinoin" in words(page)


def test_with_later_knowledge_the_axis_ends_at_the_moment(browser):
    page = shown(browser, f"{FIRST}&known=now&span=all")
    svg = page.partition('<svg class="axis"')[2].partition("</svg>")[0]
    assert ">then 13:00<" in svg
    assert ">now " not in svg
    assert "106" in svg
    assert "Variant confirmed" not in svg


def test_the_reasons_are_those_of_that_moment(browser):
    before, after = shown(browser, "?at=2026-03-03T15:00:00Z"), shown(browser, "?at=2026-03-03T16:30:00Z")
    assert "ZBTB16" not in part(before, "facts")
    assert "ZBTB16" in part(after, "facts")


def test_a_deviation_stands_from_the_moment_it_was_recorded():
    ward = told().at("6 10:00")
    ward.therapy("started", "6 09:50", drug="arsenic_trioxide")
    browser = opened(ward)
    assert "Deviation, open" not in part(shown(browser, "?at=2026-03-06T09:59:00Z"), "flags")
    assert "Deviation, open" in part(shown(browser, "?at=2026-03-06T10:00:00Z"), "flags")


def test_the_patient_lies_where_they_lay_then(browser):
    assert "Lay then in H1, bed 3" in words(shown(browser, FIRST))
    assert "Lay then in H1, bed 7" in words(shown(browser))


def test_a_longer_timeline_says_what_is_left_out_and_leads_to_it():
    ward = told()
    for day in range(7, 20):
        ward.look(f"{day} 12:00").panel(f"{day} 11:00", fibrinogen="92")
    browser = opened(ward)
    page = shown(browser)
    address = re.search(r'href="(\?[^"]*timeline=all)#timeline"', page)
    assert "older events are not shown" in words(page)
    assert address
    whole = shown(browser, address[1].replace("&amp;", "&"))
    linked = {int(at) for at in re.findall(r'class="event" href="[^"]*#event-(\d+)"', page)}
    assert linked <= {int(at) for at in re.findall(r'id="event-(\d+)"', whole)}


# --- it is not the present --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("query", ["", FIRST, f"{FIRST}&known=now", "?position=3"])
def test_a_replay_is_watermarked_says_that_it_is_past_and_does_not_renew_itself(browser, query):
    page = shown(browser, query)
    assert '<p class="watermark" aria-hidden="true">REPLAY</p>' in page
    assert "Not the present: do not act on it." in words(page)
    assert "<title>REPLAY" in page
    assert "data-live" not in page
    assert "http-equiv" not in page


def test_there_is_no_form_but_the_chooser_and_no_button_but_its_own(browser):
    main = shown(browser).partition("<main")[2]
    assert re.findall(r"<form[^>]*>", main) == [f'<form class="clocks" method="get" action="/case/{CASE}/replay">']
    assert re.findall(r"<button[^>]*>([^<]*)", main) == ["Show replay"]


def test_every_step_is_a_link_that_names_its_key(browser):
    steps = re.findall(r'<a id="([^"]+)"[^>]*data-key="([^"]+)" aria-keyshortcuts="([^"]+)"', shown(browser))
    assert [key for _, key, _ in steps] == [key for _, _, key in steps]
    assert {word: key for word, key, _ in steps}["next-event"] == "ArrowRight"


def test_a_replay_changes_nothing_and_sends_nothing(ward, browser):
    before = ward.store.head(CASE), ward.store.notices(CASE), ward.engine.timeline(CASE)
    for query in ("", FIRST, f"{FIRST}&known=now", "?position=3"):
        shown(browser, query)
    assert (ward.store.head(CASE), ward.store.notices(CASE), ward.engine.timeline(CASE)) == before
