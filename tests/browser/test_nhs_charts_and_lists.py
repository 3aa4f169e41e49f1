"""The NHS rules for charts, timelines, lists of patients and drawn pathways that the product keeps, by number."""

import re
from itertools import pairwise
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.browser.addresses import NURSE, PHYSICIAN
from tests.browser.conftest import Invented, Look
from tests.house.tree import ROOT

CASE = "/case/k7a"
AXIS = "/case/demo-03?span=all"
LOOKS = ROOT / "docs" / "explanation" / "looks.md"
NUMBERED = ("test_nhs.py", "test_nhs_charts_and_lists.py", "test_board.py")


@pytest.fixture(scope="module")
def read(read_once: Look) -> Look:
    """Pages of the invented ward, each opened once."""
    return read_once


@pytest.fixture(scope="module")
def come(come_once: Look) -> Look:
    """Pages of the running ward, each opened once."""
    return come_once


@pytest.fixture
def axis(come: Look) -> Page:
    """The time axis of a patient with drugs, values and reminders."""
    return come(PHYSICIAN, AXIS)


def of(page: Page, selector: str, *names: str) -> list[tuple[float, ...]]:
    """Attributes of the marks of a drawing, as numbers."""
    script = "(all, names) => all.map(each => names.map(name => parseFloat(each.getAttribute(name))))"
    found: list[list[float]] = page.eval_on_selector_all(f".axis-part svg {selector}", script, list(names))
    return [tuple(each) for each in found]


def texts(page: Page, selector: str) -> list[str]:
    """The words of marks of a drawing."""
    found: list[str] = page.eval_on_selector_all(
        f".axis-part svg {selector}", "all => all.map(each => each.textContent)"
    )
    return found


# --- charts ----------------------------------------------------------------------------------------------------------


def test_gtab_001_and_027_values_are_points_and_each_series_says_its_unit(axis: Page) -> None:
    words = str(axis.locator(".axis-part svg").evaluate("each => each.textContent"))
    for unit in ("mg/dL", "\u00d710\u2079/L"):
        assert unit in words
    points = texts(axis, "title")
    assert len([each for each in points if re.search(r"Fibrinogen .+, collected \d\d-", each)]) > 1


def test_gtab_072_the_scale_is_the_same_for_every_patient_and_not_stretched_to_their_values(come: Look) -> None:
    found = []
    for case in ("demo-03", "demo-05"):
        page = come(PHYSICIAN, f"/case/{case}?span=all")
        tops = [y for _, y in of(page, "rect.frame", "x", "y")]
        scale = [(x, y, words) for (x, y), words in zip(of(page, "text.soft", "x", "y"), texts(page, "text.soft"),
                 strict=True) if tops[0] <= y <= tops[0] + 130]  # fmt: skip
        figures = [words for _, _, words in scale if re.fullmatch(r"[\d.]+", words)]
        assert len(figures) >= 2
        found.append(figures)
    assert found[0] == found[1]


def test_gtab_085_equal_times_have_equal_widths(axis: Page) -> None:
    places = sorted({x for (x,) in of(axis, "line.tick", "x1")})
    steps = {round(after - before) for before, after in pairwise(places[1:])}
    assert len(places) > 3
    assert max(steps) - min(steps) <= 1


def test_gtab_145_and_146_series_stand_one_under_the_other_with_their_left_axes_in_one_line(axis: Page) -> None:
    frames = of(axis, "rect.frame", "x", "y", "width")
    assert len(frames) >= 2
    assert len({(x, width) for x, _, width in frames}) == 1
    assert [y for _, y, _ in frames] == sorted({y for _, y, _ in frames})


def test_gtab_159_no_series_is_told_from_another_by_the_style_of_its_line(axis: Page) -> None:
    dashed = "all => all.map(each => each.getAttribute('stroke-dasharray'))"
    dashes = axis.eval_on_selector_all(".axis-part svg line.curve", dashed)
    assert dashes
    assert set(dashes) == {None}


def test_gtab_175_to_183_ranges_are_pale_areas_with_an_edge_and_a_word(axis: Page) -> None:
    for kind in ("target", "critical"):
        assert of(axis, f"rect.band-{kind}", "height")
        assert of(axis, f"line.edge-{kind}", "y1")
        assert [each for each in texts(axis, f"text.ink-{kind}") if re.search(r"\d", each)]


def test_a_span_of_the_axis_is_chosen_and_marked_and_what_lies_outside_is_said(come: Look) -> None:
    page = come(PHYSICIAN, AXIS, alone=True)
    assert page.locator(".axis-part .spans strong").count() == 1
    page.locator(".axis-part .spans a").first.click()
    assert page.locator(".axis-part .spans strong").count() == 1


def test_tln_0300_a_bar_that_goes_on_has_an_open_edge_and_every_bar_says_from_when(axis: Page) -> None:
    bars = [each for each in texts(axis, "title") if "since " in each]
    going_on = [each for each in bars if "until " not in each and not re.match(r"(Stopped|Never)", each)]
    assert going_on
    assert all(re.search(r"since \d\d-[A-Z][a-z]{2}-\d{4} \d\d:\d\d", each) for each in bars)
    assert axis.locator(".axis-part svg path[class^='o-']").count() >= len(going_on)


# --- lists of patients -----------------------------------------------------------------------------------------------


def test_pal_0280_one_patient_is_one_row_with_a_strong_line_between(read: Look) -> None:
    page = read("/")
    assert page.locator("#rows > tr").count() == page.locator("#rows > tr[id]").count() == 5
    width = page.eval_on_selector("#rows > tr > *", "each => getComputedStyle(each).borderTopWidth")
    assert float(str(width).removesuffix("px")) >= 1


def test_pli001_the_board_is_read_and_nothing_is_entered_on_it(read: Look) -> None:
    for path in ("/", "/?form=stages", "/?form=wall"):
        page = read(path)
        assert page.locator('#content form[method="post"], #content textarea, #content input[type="text"]').count() == 0


def test_pli016_empty_beds_have_a_row(read: Look) -> None:
    assert "1" in read("/").locator("#row-empty-1").inner_text()


def test_pli030_a_preferred_name_stands_with_the_name(look: Look, site: Invented) -> None:
    site.ward.identities["k7a"] = {**site.ward.identities["k7a"], "preferred_name": "Annie"}
    page = look("/")
    assert "Preferred name Annie" in page.inner_text("#row-k7a")
    page.goto(CASE, wait_until="domcontentloaded")
    assert "Annie" in page.inner_text(".banner")


@pytest.mark.parametrize("path", ["", "/why-not", "/replay"])
def test_pli044_whoever_has_an_nhs_number_is_shown_with_it_on_the_pages_of_theirs(read: Look, path: str) -> None:
    assert "999 000 1234" in read(f"{CASE}{path}").inner_text(".banner").replace("\u00a0", " ")


def test_pli066_what_is_done_does_not_vanish_but_stands_with_what_ended_it(come: Look) -> None:
    page = come(NURSE, "/inbox")
    ended = page.locator("#done ul.ended li")
    assert ended.count() > 0
    assert re.search(r"\d\d:\d\d .+ by ", ended.first.inner_text().replace("\n", " "))


def test_pli108_a_filter_and_the_order_are_always_said_above_the_list(read: Look) -> None:
    page = read("/?show=overdue&sort=urgency")
    words = page.inner_text(".state-of-list")
    assert "Filtered" in words
    assert "the most urgent first" in words


def test_pli111_the_list_says_how_old_it_is(read: Look) -> None:
    assert "Data as of 05-Mar-2026 03:22:10" in read("/").inner_text("#age")


# --- pathways drawn --------------------------------------------------------------------------------------------------


def test_a_pathway_is_a_strip_from_left_to_right_with_every_stage_in_sight(read: Look) -> None:
    page = read(CASE)
    boxes: list[dict[str, Any]] = page.eval_on_selector_all(
        ".stages .strip >> nth=0 >> li", "all => all.map(each => each.getBoundingClientRect().toJSON())"
    )
    assert len(boxes) == 7
    assert [each["left"] for each in boxes] == sorted(each["left"] for each in boxes)
    assert all(each["left"] >= 0 and each["right"] <= 1280 and each["width"] > 10 for each in boxes)
    assert page.locator(".stages .strip li[aria-current=step]").count() == 2, "one in each region"


# --- the list in the documentation -----------------------------------------------------------------------------------


def test_every_rule_that_the_documentation_says_is_kept_has_its_test_and_every_test_stands_there() -> None:
    here = ROOT / "tests" / "browser"
    tests = {
        name for file in NUMBERED for name in re.findall(r"^def (test_\w+)", (here / file).read_text(), re.MULTILINE)
    }
    told = set(re.findall(r"`(test_\w+)`", LOOKS.read_text("utf-8")))
    assert told - tests == set()
    numbered = {each for each in tests if re.match(r"test_(d_t[ab]|nid|pab|num|medi|gtab|tln|pal|pli)_?\d", each)}
    assert numbered - told == set()
