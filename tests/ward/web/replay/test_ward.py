"""The replay of a ward: each patient where they lay then, for charge nurses and auditors, each look logged."""

import re

import pytest
from starlette.testclient import TestClient

from pathway.clinical.instant import iso
from tests.case.ward import CASE, Ward
from tests.ward.web.conftest import words
from tests.ward.web.replay.conftest import bare, opened, told

AT = "/replay?at=2026-03-03T12%3A00%3A00Z"


def board(browser: TestClient, address: str = AT) -> str:
    """The page of the ward at a moment."""
    answer = browser.get(address, follow_redirects=True)
    assert answer.status_code == 200
    return answer.text


def rows(page: str) -> dict[str, str]:
    """The words of each row by its case."""
    return {token: words(row) for token, row in re.findall(r'(?s)<tr role="row" id="row-([^"]+)">(.*?)</tr>', page)}


@pytest.fixture
def auditor(ward: Ward) -> TestClient:
    """Somebody whose office it is, for every ward."""
    return opened(ward, "auditor", "auditor")


def test_each_patient_stands_as_the_board_had_them(ward, auditor):
    then, later = rows(board(auditor))[CASE], rows(board(auditor, "/replay?at=2026-03-05T12%3A00%3A00Z"))[CASE]
    assert "Empiric tretinoin since 01-Mar-2026 13:00" in then
    assert "Fibrinogen 160 mg/dL" in then
    assert then.startswith("Bed 3")
    assert later.startswith("Bed 7")
    assert "Variant confirmed, resistant" in later


@pytest.mark.parametrize("steps", [1, 3, 5, 7, 8])
def test_a_moment_reads_byte_for_byte_as_if_nothing_had_come_after_it(ward, auditor, steps):
    short = told(steps)
    at = iso(short.engine.timeline(CASE)[-1].recorded_at).replace(":", "%3A")
    short.clock.set(ward.clock.now())
    assert bare(board(opened(short, "auditor", "auditor"), f"/replay?at={at}")) == bare(
        board(auditor, f"/replay?at={at}")
    )


def test_who_had_not_come_yet_or_had_left_is_not_on_it(ward):
    ward.at("7 09:00").die("7 08:30")
    ward.look("20 09:00")
    auditor = opened(ward, "auditor", "auditor")
    assert ward.store.head(CASE).closed
    assert CASE not in rows(board(auditor, "/replay?at=now"))
    assert CASE in rows(board(auditor))
    assert CASE not in rows(board(auditor, "/replay?at=2026-03-01T08%3A00%3A00Z"))


def test_a_row_leads_to_the_replay_of_that_patient_at_the_same_moment(auditor):
    address = re.search(rf'href="(/case/{CASE}/replay\?[^"]*)"', board(auditor))
    assert address
    assert address[1] == f"/case/{CASE}/replay?at=2026-03-03T12%3A00%3A00Z"
    assert auditor.get(address[1]).status_code == 200


def test_it_is_marked_as_past_has_no_form_but_its_own_and_does_not_renew_itself(auditor):
    page = board(auditor)
    main = page.partition("<main")[2]
    assert '<p class="watermark" aria-hidden="true">REPLAY</p>' in page
    assert "Not the present: do not act on it." in words(page)
    assert re.findall(r"<form[^>]*>", main) == ['<form class="clocks" method="get" action="/replay">']
    assert re.findall(r"<button[^>]*>([^<]*)", main) == ["Show replay"]
    assert "data-live" not in page
    assert "http-equiv" not in page


def test_each_look_enters_the_access_log_with_the_cases_that_were_shown(ward, auditor):
    board(auditor)
    board(auditor, "/replay?at=2026-03-01T08%3A00%3A00Z")
    found = [(each.by.actor, each.cases) for each in ward.store.accesses() if each.what == "ward_replay"]
    assert found == [("auditor", (CASE,)), ("auditor", ())]


@pytest.mark.parametrize("account, role", [("nurse.anna", "nurse"), ("demo", "physician"), ("admin", "administrator")])
def test_nobody_else_sees_it_and_who_tried_is_written_down(ward, account, role):
    browser = opened(ward, account, role)
    assert browser.get(AT).status_code == 403
    assert 'href="/replay"' not in browser.get("/account").text
    assert [each.outcome for each in ward.store.accesses() if each.what == "ward_replay"] == ["denied"]


def test_a_charge_nurse_sees_the_ward_and_finds_it_in_the_header(ward):
    browser = opened(ward, "charge.dora", "charge_nurse")
    page = board(browser)
    assert CASE in rows(page)
    assert 'href="/replay" aria-current="page"' in page


@pytest.mark.parametrize(
    "asked, address",
    [
        ("?at=2026-03-03T12:00:00Z&step=next-hour", "at=2026-03-03T13%3A00%3A00Z"),
        ("?at=2026-03-03T12:00:00Z&step=previous-day", "at=2026-03-02T12%3A00%3A00Z"),
        ("?at=03-Mar-2026 13:00", "at=2026-03-03T12%3A00%3A59.999999Z"),
        ("?at=30-Mar-2026 13:00", "at=2026-03-06T09%3A00%3A00Z"),
    ],
)
def test_each_moment_has_one_address(auditor, asked, address):
    answer = auditor.get(f"/replay{asked}")
    assert (answer.status_code, answer.headers["location"]) == (303, f"/replay?{address}")


def test_a_time_that_cannot_be_read_shows_nobody(auditor):
    answer = auditor.get("/replay?at=<b>yesterday")
    assert answer.status_code == 400
    assert rows(answer.text) == {}
    assert "yesterday" not in answer.text


def test_a_patient_on_another_ward_now_is_left_to_those_who_may_look_there(ward):
    assert CASE in rows(board(opened(ward, "charge.dora", "charge_nurse", "H1")))
    ward.at("7 09:00").bed("H9", "1")
    assert CASE not in rows(board(opened(ward, "charge.dora", "charge_nurse", "H1")))
    assert CASE in rows(board(opened(ward, "auditor", "auditor")))


def test_who_lay_on_another_ward_then_is_not_on_the_board_of_this_one(ward):
    ward.at("7 09:00").bed("H9", "1")
    charge = opened(ward, "charge.dora", "charge_nurse", "H9")
    assert CASE not in rows(board(charge))
    assert CASE in rows(board(charge, "/replay?at=now"))
