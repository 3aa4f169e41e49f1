"""What is seen without colour, with the system's colours, on paper, and by whoever sees colours differently."""

import re
from itertools import combinations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.addresses import AUDITOR, NURSE, PHYSICIAN
from tests.browser.checks import CUT, OVERFLOW
from tests.browser.conftest import Look, Watch
from tests.browser.pixels import APART, apart, outline, seen

#: As CSS has A4 lying on its side: 297 mm less two margins of 10 mm, at 96 dots an inch.
SHEET_PX = 1046
STATES = ("critical", "overdue", "due", "later", "below", "fine", "gap", "running", "held", "never", "stopped")
DEFICIENCIES = ("protanopia", "deuteranopia", "tritanopia", "achromatopsia")
#: On a printed page nothing can be pressed.
CONTROLS = "button, input:not([type=hidden]), select, textarea, nav, .me, .skip"
PAPER = (
    (NURSE, "/?sort=urgency", r"valid until 05-Mar-2026 \d\d:\d\d"),
    (NURSE, "/?form=stages", r"valid until 05-Mar-2026 \d\d:\d\d"),
    (PHYSICIAN, "/case/demo-03", r"valid until 05-Mar-2026 \d\d:\d\d"),
    (NURSE, "/inbox", "Not a live view"),
    (AUDITOR, "/case/demo-03/replay?at=03-Mar-2026%2012:00", "REPLAY"),
)


# --- colour vision ---------------------------------------------------------------------------------------------------


def shapes(page: Page) -> list[str]:
    """Every outline that the product has, set large in a row of its own on the page."""
    page.evaluate(
        """names => {
          const row = document.createElement('div');
          row.id = 'outlines';
          for (const name of names) {
            const one = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
            one.id = 'outline-' + name;
            one.setAttribute('width', '48');
            one.setAttribute('height', '48');
            const use = document.createElementNS('http://www.w3.org/2000/svg', 'use');
            use.setAttribute('href', '#s-' + name);
            one.append(use);
            row.append(one);
          }
          document.querySelector('main').prepend(row);
        }""",
        list(STATES),
    )
    return [f"#outline-{name}" for name in STATES]


def test_every_state_has_an_outline_that_is_told_from_every_other_without_any_colour(read: Look, watch: Watch) -> None:
    page, decoder = read("/"), watch.page("about:blank")
    at = shapes(page)
    seen(page, "achromatopsia")
    outlines = {name: outline(page.locator(each), decoder) for name, each in zip(STATES, at, strict=True)}
    assert [name for name, points in outlines.items() if sum(points) < 50] == [], "drawn at all"
    alike = [(a, b) for a, b in combinations(STATES, 2) if apart(outlines[a], outlines[b]) < APART]
    assert alike == []


@pytest.mark.parametrize("path", ["/", "/?form=stages", "/?form=wall", "/case/k7a"])
def test_wherever_a_state_is_coloured_a_word_stands_with_it(read: Look, path: str) -> None:
    page = read(path)
    coloured = ".chip, .need, .count, .flag, .mark, .strip li"
    silent = "all => all.filter(each => !each.textContent.trim() && each.offsetParent).map(each => each.outerHTML)"
    assert page.locator(coloured).count() > 0
    assert page.eval_on_selector_all(coloured, silent) == []


@pytest.mark.parametrize("deficiency", DEFICIENCIES)
def test_states_of_one_row_are_told_apart_whatever_colours_an_eye_does_not_see(
    read: Look, watch: Watch, deficiency: str
) -> None:
    page, decoder = read("/"), watch.page("about:blank")
    seen(page, deficiency)
    found = {
        state: page.locator(f"#row-{case} .need.{state} .shape").first
        for case, state in (("k7a", "critical"), ("c2", "overdue"), ("c6", "later"))
    }
    for each in found.values():
        each.evaluate("each => { each.style.width = each.style.height = '48px' }")
    outlines = {state: outline(each, decoder) for state, each in found.items()}
    assert [(a, b) for a, b in combinations(outlines, 2) if apart(outlines[a], outlines[b]) < APART] == []
    words = [page.locator(f"#row-{case} .need").first.inner_text().split(",")[0] for case in ("k7a", "c2", "c6")]
    assert len(set(words)) == len(words)


# --- forced colours --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/", "/?form=wall", "/case/k7a"])
def test_with_the_systems_colours_every_state_keeps_a_border_its_outline_and_its_word(read: Look, path: str) -> None:
    page = read(path, forced_colors="active")
    bare = """all => all.filter(each => each.offsetParent && each.getClientRects().length
      && parseFloat(getComputedStyle(each).borderTopWidth) + parseFloat(getComputedStyle(each).borderLeftWidth) === 0)
      .map(each => each.outerHTML.slice(0, 120))"""
    assert page.eval_on_selector_all(".chip, .need, .count:not(.zero), .mark, .strip li.now", bare) == []
    unseen = """all => all.filter(each => each.getClientRects().length)
      .filter(each => getComputedStyle(each).color === getComputedStyle(document.body).backgroundColor).length"""
    assert page.eval_on_selector_all(".shape", unseen) == 0
    expect(page.locator("body")).to_contain_text("overdue", ignore_case=True)


def test_with_the_systems_colours_the_present_stage_stands_out(read: Look) -> None:
    page = read("/", forced_colors="active")
    expect(page.locator("#row-k7a")).to_contain_text("Critical, overdue")
    assert page.evaluate("getComputedStyle(document.querySelector('#row-k7a .bar .now')).borderTopWidth") == "3px"


# --- paper -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("as_, path, says", PAPER)
def test_on_paper_nothing_is_cut_nothing_can_be_pressed_and_its_age_is_said(
    come: Look, as_: str, path: str, says: str
) -> None:
    page = come(as_, path, SHEET_PX, 720)
    page.emulate_media(media="print")
    assert page.evaluate(OVERFLOW) <= 0
    assert page.evaluate(CUT) == []
    pressed = "all => all.filter(each => each.checkVisibility()).map(each => each.outerHTML.slice(0, 90))"
    assert page.eval_on_selector_all(CONTROLS, pressed) == []
    assert re.search(says, page.inner_text("body"))
    assert "DEMONSTRATION" in page.inner_text("body")


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
