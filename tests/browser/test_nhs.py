"""The rules of the NHS Common User Interface that the product keeps, by number, on pages as a browser shows them.

The words of the rules are paraphrased in the names of the tests. What a rule asks of a page is looked for in what is
shown, not in what was sent.
"""

import re

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Look

BOARD, CASE = "/", "/case/k7a"
PHYSICIAN = "physician.emil physician"
TEXT = "document.getElementById('content').innerText"
MONTHS = "Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec"
DRUG = "#drugs ~ ul"


@pytest.fixture(scope="module")
def read(read_once: Look) -> Look:
    """Pages of the invented ward, each opened once."""
    return read_once


@pytest.fixture(scope="module")
def come(come_once: Look) -> Look:
    """Pages of the running ward, each opened once."""
    return come_once


def shown(page: Page) -> str:
    """What a reader sees of a page."""
    return str(page.evaluate(TEXT))


def style(page: Page, selector: str, name: str) -> str:
    """A computed style of the first of some elements."""
    return str(page.eval_on_selector(selector, f"each => getComputedStyle(each)['{name}']"))


def test_d_ta_0006_dates_are_written_dd_mmm_yyyy_whatever_the_readers_locale(read: Look) -> None:
    page = read(CASE, locale="en-US", timezone_id="America/New_York")
    dates = re.findall(r"\b\d{1,4}[-./]\w{1,9}[-./]\d{1,4}\b", shown(page))
    assert dates
    assert [each for each in dates if not re.fullmatch(rf"\d\d-({MONTHS})-\d{{4}}", each)] == []


def test_d_ta_0022_a_date_that_is_not_there_says_so(come: Look) -> None:
    page = come(PHYSICIAN, "/case/demo-05")
    assert page.locator(".banner dt:text-is('Born') + dd").inner_text() == "Not known"


def test_d_tb_0001_times_have_24_hours_and_two_digits_each(read: Look) -> None:
    words = shown(read(CASE))
    times = re.findall(r"\b\d{1,2}:\d{2}(?:\s?[ap]\.?m\.?)?\b", words, re.IGNORECASE)
    assert times
    assert [each for each in times if not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", each)] == []


def test_d_tb_0032_the_page_says_that_its_clock_has_24_hours(read: Look) -> None:
    assert "24-hour clock" in read(BOARD).inner_text("body")


def test_d_tb_0009_midnight_is_the_first_minute_of_a_day(come: Look) -> None:
    words = come("auditor auditor", "/case/demo-03/replay?at=03-Mar-2026%2000:00").inner_text("#content")
    assert "03-Mar-2026 00:00" in words
    assert "24:00" not in words


def test_d_tb_0026_spans_are_whole_units_without_zero_ones(read: Look) -> None:
    words = shown(read(CASE)) + shown(read(BOARD))
    assert re.search(r"\d+ h \d+ min", words)
    assert re.findall(r"(?<![\d:.,])0 (?:d|h|min)\b|\d[.,]\d+ (?:d|h|min)\b", words) == []


def test_nid_0001_a_name_is_family_name_in_capitals_comma_given_name_title_in_brackets(read: Look) -> None:
    assert read(CASE).inner_text("h1 .name") == "BEISPIEL, Anna (Ms)"


def test_nid_0008_a_name_is_never_cut_short(read: Look) -> None:
    page = read(BOARD, 320, 640)
    name = page.locator("#open-c2")
    assert name.inner_text() == "MUSTERMANN-FEATHERSTONEHAUGH, Bartholomew (Mr)"
    assert name.evaluate("each => each.scrollWidth <= each.clientWidth + 1 || each.clientWidth === 0")
    assert name.evaluate("each => getComputedStyle(each).textOverflow") == "clip"


def test_pab_0016_the_banner_has_name_birth_sex_and_number_in_this_order(read: Look) -> None:
    words = read(CASE).inner_text(".banner")
    places = [words.index(each) for each in ("BEISPIEL", "Born", "Sex", "NHS number")]
    assert places == sorted(places)


def test_pab_0019_what_is_not_known_is_written_and_no_question_mark(come: Look) -> None:
    words = come(PHYSICIAN, "/case/demo-05").inner_text(".banner")
    assert "Not known" in words
    assert "?" not in words


def test_pab_0021_the_banner_has_no_photograph(read: Look) -> None:
    page = read(CASE)
    assert page.locator(".banner img, .banner image, .banner picture, .banner video").count() == 0
    assert style(page, ".banner", "backgroundImage") == "none"


def test_pab_labels_of_the_banner_have_no_colon(read: Look) -> None:
    assert [each for each in read(CASE).locator(".banner dt").all_inner_texts() if ":" in each] == []


def test_num_0001_an_nhs_number_is_whole_in_groups_of_three_three_and_four_on_one_line(read: Look) -> None:
    page = read(CASE, 320, 640)
    number = page.locator(".banner dt:text-is('NHS number') + dd")
    assert number.inner_text().replace("\u00a0", " ") == "999 000 1234"
    assert number.evaluate("each => each.getClientRects().length") == 1
    assert style(page, ".banner .id", "whiteSpace") == "nowrap"


def test_medi_001_generic_names_are_bold_and_in_small_letters(read: Look) -> None:
    page = read(CASE)
    section = page.locator("section", has=page.locator("#drugs"))
    name = section.get_by_text("arsenic trioxide", exact=True).first
    assert int(name.evaluate("each => getComputedStyle(each).fontWeight")) >= 600
    assert name.evaluate("each => getComputedStyle(each).textTransform") == "none"


def test_medi_022_no_name_of_a_drug_is_shortened(read: Look, come: Look) -> None:
    words = shown(read(BOARD)) + shown(read(CASE)) + shown(come(PHYSICIAN, "/case/demo-03?timeline=all"))
    assert re.findall(r"\b(?:ATRA|ATO|Ara-C|DNR|IDA|MTX|6-MP)\b", words) == []


def test_medi_012_names_of_drugs_wrap_and_are_never_cut(read: Look) -> None:
    page = read(CASE, 320, 640)
    section = page.locator("section", has=page.locator("#drugs"))
    cut = "each => each.scrollWidth > each.clientWidth + 1 && getComputedStyle(each).overflow !== 'visible'"
    assert [each.inner_text() for each in section.locator("strong").all() if each.evaluate(cut)] == []


def test_medi_015_figures_have_no_trailing_zero_and_always_a_leading_one(come: Look) -> None:
    words = shown(come(PHYSICIAN, "/case/demo-03"))
    doses = re.findall(r"\d*\.\d+(?= (?:mg|g|kg|mL|L|units|10))|(?<!\d)\.\d+", words)
    assert [each for each in doses if each.startswith(".") or each.endswith("0")] == []


def test_medi_units_are_written_per_and_never_with_a_slash_where_a_dose_is_meant(come: Look) -> None:
    words = shown(come(PHYSICIAN, "/case/demo-03?timeline=all"))
    assert re.findall(r"mg/(?:m2|m²|kg)", words) == []


def test_medi_003_no_brand_name_stands_in_place_of_a_generic_one(read: Look, come: Look) -> None:
    words = shown(read(BOARD)) + shown(read(CASE)) + shown(come(PHYSICIAN, "/case/demo-03"))
    assert re.findall(r"vesanoid|trisenox|cerubidine|zavedos", words, re.IGNORECASE) == []


def test_medi_017_figures_from_a_thousand_have_a_comma(come: Look) -> None:
    words = shown(come(PHYSICIAN, "/case/demo-03?timeline=all"))
    assert re.findall(r"\b\d{4,}(?= (?:mg|g|mL|L|units)\b)", words) == []


def test_medi_024_no_full_stop_follows_a_unit_within_a_sentence(come: Look) -> None:
    words = shown(come(PHYSICIAN, "/case/demo-03?timeline=all"))
    assert re.findall(r"\b(?:mg|mL|kg|min|h|d)\. [a-z]", words) == []


def test_pab_0076_the_banner_is_the_same_in_the_same_order_on_every_page_of_a_patient(come: Look) -> None:
    page, found = come(PHYSICIAN, "/about"), []
    for path in ("", "/do", "/do/RecordResult"):
        page.goto(f"/case/demo-03{path}", wait_until="domcontentloaded")
        found.append(page.locator(".banner dt").all_inner_texts())
    assert found[0]
    assert found == [found[0]] * len(found)


def test_d_ta_0017_no_day_of_the_week_stands_after_its_date(read: Look) -> None:
    words = shown(read(CASE)) + shown(read(BOARD))
    assert re.findall(r"\d{4},? (?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)", words) == []
