"""What is seen without colour, with the system's colours, on paper, and by whoever sees colours differently."""

import re
from itertools import combinations

import pytest
from playwright.sync_api import expect

from tests.browser.addresses import AUDITOR, NURSE, PHYSICIAN
from tests.browser.checks import SHEET_PX
from tests.browser.conftest import Look, Watch
from tests.browser.pixels import APART, apart, outlines_of, row_of, seen

STATES = ("critical", "overdue", "due", "later", "below", "fine", "gap", "running", "held", "never", "stopped")
DEFICIENCIES = ("protanopia", "deuteranopia", "tritanopia", "achromatopsia")
#: Where states stand beside each other.
SEEN = ((NURSE, "/"), (NURSE, "/inbox"), (PHYSICIAN, "/case/demo-03"))


# --- colour vision ---------------------------------------------------------------------------------------------------


def test_every_state_has_an_outline_that_is_told_from_every_other_without_any_colour(read: Look, watch: Watch) -> None:
    page, decoder = read("/"), watch.page("about:blank")
    row_of(page, "", STATES)
    seen(page, "achromatopsia")
    outlines = outlines_of(page, decoder, STATES)
    assert [name for name, points in outlines.items() if sum(points) < 50] == [], "drawn at all"
    alike = [(a, b) for a, b in combinations(STATES, 2) if apart(outlines[a], outlines[b]) < APART]
    assert alike == []


@pytest.mark.parametrize("as_, path", SEEN)
def test_states_of_a_page_are_told_apart_whatever_colours_an_eye_does_not_see(
    come: Look, watch: Watch, as_: str, path: str
) -> None:
    page, decoder = come(as_, path), watch.page("about:blank")
    names = row_of(page, ".need .shape, .chip .shape, .count .shape")
    assert len(names) >= 3, "states to be told apart"
    for deficiency in DEFICIENCIES:
        seen(page, deficiency)
        outlines = outlines_of(page, decoder, names)
        assert [name for name, points in outlines.items() if sum(points) < 50] == [], f"drawn at all, {deficiency}"
        alike = [pair for pair in combinations(names, 2) if apart(outlines[pair[0]], outlines[pair[1]]) < APART]
        assert alike == [], deficiency


# --- paper -----------------------------------------------------------------------------------------------------------


def test_paper_is_a4_lying_and_the_list_repeats_its_head(come: Look) -> None:
    page = come(NURSE, "/?sort=urgency")
    paper = page.pdf(prefer_css_page_size=True)
    sizes = set(re.findall(rb"/MediaBox\s*\[\s*0 0 ([\d.]+) ([\d.]+)\s*\]", paper))
    assert {(round(float(wide)), round(float(high))) for wide, high in sizes} == {(842, 595)}
    assert 1 <= len(re.findall(rb"/Type\s*/Page\b", paper)) <= 8
    page.emulate_media(media="print")
    head = "getComputedStyle(document.querySelector('.board thead')).display"
    assert page.evaluate(head) == "table-header-group"


def test_paper_of_a_demonstration_and_of_a_replay_cannot_be_taken_for_the_record(come: Look) -> None:
    page = come(AUDITOR, "/case/demo-03/replay?at=03-Mar-2026%2012:00", SHEET_PX, 720)
    page.emulate_media(media="print")
    expect(page.locator(".watermark")).to_be_visible()
    expect(page.locator(".band.demonstration")).to_be_visible()
    expect(page.locator("body")).to_contain_text("Not the present: do not act on it.")
