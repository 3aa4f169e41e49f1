"""Views of the board: filters, orders and forms stand in the address, are always said, and name no patient."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest

from pathway.clinical.instant import Instant
from tests.ward.web.conftest import words
from tests.ward.web.samples import HOUR, IDENTITIES, MIN, NOW, Ward, ago, lab, picture, reminder
from ward.web.view import View, size_of

ALL = ["c2", "k7a", "c6", "c10"]


def tokens(page: str) -> list[str]:
    """The rows of a page, in their order."""
    return re.findall(r'id="row-([\w-]+)"', page)


@pytest.mark.parametrize(
    "address, rows",
    [
        ("/?show=critical", ["k7a"]),
        ("/?show=overdue", ["c2", "k7a"]),
        ("/?show=due", ["c2", "k7a", "c10"]),
        ("/?role=haematologist", ["k7a"]),
        ("/?role=nurse", ["c2", "k7a", "c10"]),
        ("/?role=pharmacist&show=overdue", ["k7a"]),
        ("/?role=gardener", []),
        ("/?stage=empiric_atra", ["c2"]),
        ("/?stage=nowhere", []),
        ("/?ward=H3", ALL),
        ("/?ward=H4", []),
        ("/?show=nonsense&sort=nonsense&since=nonsense&mm=nonsense", ALL),
    ],
)
def test_a_filter_leaves_the_rows_that_were_asked_for(client, address, rows):
    assert tokens(client.get(address).text) == rows


def test_a_need_that_went_up_the_ladder_stays_with_those_whom_it_called_first(client):
    """The recheck of bed 2 is 35 min late: the charge nurse was called, and the nurse still has it to do."""
    assert "c2" in tokens(client.get("/?role=nurse").text)
    assert "c2" in tokens(client.get("/?role=charge_nurse").text)
    assert "c2" not in tokens(client.get("/?role=physician").text)


@pytest.mark.parametrize("address", ["/?show=critical", "/?role=gardener", "/?stage=empiric_atra", "/?ward=H4"])
def test_a_filter_is_said_above_the_list_with_the_way_back(client, address):
    page = client.get(address).text
    assert re.search(r"Filtered [0-4] of 4 patients", words(page))
    assert re.search(r'<a id="unfilter" href="/\?since=\d+">Show all beds</a>', page)


def test_a_list_without_filter_says_so_and_offers_no_way_back(client):
    page = client.get("/").text
    assert "4 patients, all open cases, by bed, no filter" in words(page)
    assert 'id="unfilter"' not in page


def test_the_counts_on_top_are_over_all_rows_whatever_is_filtered(client):
    assert "3 overdue 2 critical reminders open" in words(client.get("/?stage=nowhere").text)


@pytest.mark.parametrize(
    "address, rows",
    [
        ("/?sort=urgency", ["k7a", "c2", "c10", "c6"]),
        ("/?sort=stage", ["c10", "c2", "k7a", "c6"]),
        ("/?form=wall", ["k7a", "c2", "c10", "c6"]),
    ],
)
def test_an_order_is_as_it_was_asked_for_and_is_said(client, address, rows):
    page = client.get(address).text
    assert tokens(page) == rows
    assert "by bed, no filter" not in words(page)


def test_a_case_that_cannot_be_read_is_in_every_filter_and_first_of_all(browse):
    ward = Ward()
    ward.damaged.add("c6")
    browser = browse(ward)
    assert tokens(browser.get("/?show=overdue&role=gardener").text) == ["c6"]
    assert tokens(browser.get("/?sort=urgency").text)[0] == "c6"


def test_a_critical_value_is_critical_without_a_reminder_and_an_overdue_need_comes_before_it(browse):
    calm = (lab(state="on_target"),)
    late = picture("late", bed="2", labs=calm, reminders=(reminder(due_us=-MIN),))
    low = picture("low", bed="3", labs=(lab(state="critical"),), reminders=())
    quiet = picture("quiet", bed="1", labs=calm, reminders=())
    browser = browse(Ward(quiet, low, late))
    assert tokens(browser.get("/?show=critical").text) == ["low"]
    assert tokens(browser.get("/?sort=urgency").text) == ["late", "low", "quiet"]


def test_by_stage_every_stage_stands_with_its_patients_and_empty_ones_too(client):
    said = words(client.get("/?form=stages").text)
    assert "Diagnosis pending 1 patient 10 Name not known" in said
    assert "Variant confirmed, sensitive 0 patients Nobody" in said
    assert "Variant confirmed, resistant 1 patient 4 BEISPIEL, Anna (Ms) Critical, overdue" in said


def test_by_stage_a_case_that_cannot_be_read_stands_first_and_not_nowhere(browse):
    ward = Ward()
    ward.damaged.add("k7a")
    assert "No stage can be said 1 patient 4 BEISPIEL, Anna (Ms) This case cannot be shown" in words(
        browse(ward).get("/?form=stages").text
    )


@pytest.mark.parametrize(
    "names, shown, hidden",
    [
        ("bed", "Bed 4 Critical", ("BA", "BEISPIEL", "Anna")),
        ("initials", "Bed 4 BA Critical", ("BEISPIEL", "Anna")),
        ("full", "Bed 4 BEISPIEL, Anna (Ms) Critical", ()),
    ],
)
def test_a_wall_names_a_patient_as_far_as_it_was_asked_to(client, names, shown, hidden):
    page = client.get(f"/?form=wall&names={names}").text
    assert shown in words(page)
    assert [each for each in hidden if each in page] == []


def test_a_patient_who_has_left_is_not_taken_for_the_one_in_the_bed(browse):
    browser = browse(Ward(picture("gone", bed="4", closed=True)))
    assert "Bed 4 has left" in words(browser.get("/?form=wall&names=bed").text)
    assert "4 has left Name not known" in words(browser.get("/?form=stages").text)


def test_a_wall_that_nobody_set_up_shows_no_names_links_or_numbers(client):
    page = client.get("/?form=wall").text
    assert [each for each in ("BEISPIEL", "/case/", "INV-4471") if each in page] == []


def test_a_wall_shows_large_what_cannot_wait_and_all_others_too(client):
    page = client.get("/?form=wall").text
    assert re.findall(r'class="wall-row large" id="row-(\w+)"', page) == ["k7a", "c2", "c10"]
    assert re.findall(r'class="wall-row" id="row-(\w+)"', page) == ["c6"]


@pytest.mark.parametrize("mm, distance, halves", [(685, 3, 8), (535, 3, 10), (400, 3, 13), (685, 5, 13), (100, 20, 20)])
def test_the_type_of_a_wall_follows_from_its_height_and_distance(mm, distance, halves):
    """20 minutes of arc: 17.5 mm of capitals at 3 m, and capitals are 0.7 of the type."""
    assert size_of(View(mm=mm, distance=distance)) == f"type-{halves}"


def test_the_height_of_a_wall_is_in_its_address_and_sets_its_class(client):
    assert 'class="wall type-10"' in client.get("/?form=wall&mm=535").text


def test_what_was_written_after_the_last_look_is_marked_with_what_it_is(browse):
    fresh = picture("k7a", reminders=(reminder(opened_at=ago(HOUR)),))
    said = words(browse(Ward(fresh)).get(f"/?since={ago(30 * MIN)}").text)
    assert "Changed Fibrinogen, Platelets, other values" in said
    assert "Changes since 02:52 are marked, in 1 row." in said


def test_what_is_older_than_the_last_look_is_not_marked(browse):
    assert "Changed" not in rows_of(browse(Ward(picture())).get(f"/?since={NOW}").text)


def test_something_that_the_row_does_not_show_is_marked_all_the_same(browse):
    still = picture(labs=(lab(recorded_at=ago(5 * HOUR)),), exposures=(), flagged=())
    said = words(browse(Ward(still)).get(f"/?since={ago(HOUR)}").text)
    assert "Changed on record" in said


def test_the_first_look_begins_the_marking_and_the_link_begins_it_anew(browse):
    page = browse(Ward(picture())).get("/").text
    assert f'data-here="/?since={NOW}"' in page
    assert f'<a id="seen" href="/?since={NOW}">' in page


def test_only_changed_rows_are_left_when_that_is_asked_for(browse):
    old = picture("old", bed="1", labs=(), exposures=(), reminders=(), phases=(), at=Instant(NOW - 9 * HOUR))
    rows = tokens(browse(Ward(old, picture("k7a"))).get(f"/?show=changed&since={ago(HOUR)}").text)
    assert rows == ["k7a"]


def test_every_address_on_the_board_keeps_the_view_and_names_nobody(client):
    page = client.get("/?show=due&sort=urgency&role=nurse").text
    addresses = [each.replace("&amp;", "&") for each in re.findall(r'(?:href|action|data-\w+)="(/[^"]*)"', page)]
    told = [value for identity in IDENTITIES.values() for value in identity.values()]
    assert [each for each in addresses for name in told if name.lower() in each.lower()] == []
    sorts = [parse_qs(urlsplit(each).query) for each in addresses if "sort=stage" in each]
    assert sorts == [{"show": ["due"], "role": ["nurse"], "sort": ["stage"], "since": [str(NOW)]}]


def rows_of(page: str) -> str:
    """The words of all rows."""
    return words("".join(re.findall(r'(?s)<tr[^>]*id="row-.*?</tr>', page)))
