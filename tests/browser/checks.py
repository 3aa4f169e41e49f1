"""What is looked for on any page: accessibility, width, words that are cut, the system's colours, and paper."""

import re
from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from typing import Any

from playwright.sync_api import Page

#: By how many pixels a page is wider than its screen.
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
#: Every text whose box is narrower than what stands in it.
CUT = """[...document.querySelectorAll('#content *')].filter(each => each.children.length === 0
  && each.textContent.trim() && !each.closest('.said, svg, option, details:not([open])') && each.clientWidth > 1
  && each.scrollWidth > each.clientWidth + 1 && getComputedStyle(each).overflowX !== 'auto')
  .map(each => each.textContent)"""
#: Of all rules this one alone depends on the theme.
OF_COLOUR = {"runOnly": {"type": "rule", "values": ["color-contrast"]}}
#: Rows and items far down a list are made by what made the first ones.
ALIKE = (
    "tbody > tr:nth-child(n+9)",
    "ul > li:nth-child(n+13)",
    "ol > li:nth-child(n+13)",
    "dl > div:nth-child(n+13)",
    "section.item + section.item + section.item",
)
FOUND = """([alike, options]) => axe.run({exclude: alike.map(each => [each])}, options).then(all =>
  all.violations.flatMap(rule => rule.nodes.map(node => rule.id + ': ' + node.html.slice(0, 140))))"""
#: A screen of 1280 px at four times its size is 320 px wide.
WIDTHS = (320, 768, 1280)


@cache
def rules() -> str:
    """The script that knows the accessibility rules."""
    return files("axe_playwright_python").joinpath("axe.min.js").read_text("utf-8")


#: As CSS has A4 lying on its side: 297 mm less two margins of 10 mm, at 96 dots an inch.
SHEET_PX = 1046
#: On a printed page nothing can be pressed.
CONTROLS = "button, input:not([type=hidden]), select, textarea, .top nav, .me, .skip"
PRESSED = "all => all.filter(each => each.checkVisibility()).map(each => each.outerHTML.slice(0, 90))"
#: Where a state is coloured, a word stands with it.
COLOURED = ".chip, .need, .count, .flag, .mark, .strip li"
SILENT = "all => all.filter(each => !each.textContent.trim() && each.offsetParent).map(each => each.outerHTML)"
#: What has a coloured ground keeps a border where the system takes the ground away.
EDGED = ".chip, .need, .count:not(.zero), .mark, .strip li.now"
BARE = """all => all.filter(each => each.offsetParent && each.getClientRects().length
  && parseFloat(getComputedStyle(each).borderTopWidth) + parseFloat(getComputedStyle(each).borderLeftWidth) === 0)
  .map(each => each.outerHTML.slice(0, 120))"""
UNSEEN = """all => all.filter(each => each.getClientRects().length
  && getComputedStyle(each).color === getComputedStyle(document.body).backgroundColor)
  .map(each => each.outerHTML.slice(0, 120))"""


def wrong(page: Page, *says: str, widths: tuple[int, ...] = WIDTHS) -> list[str]:
    """Everything that a page does wrong, looked for on one visit. `says`: patterns that its print has to hold."""
    silent = [f"coloured without a word: {each}" for each in page.eval_on_selector_all(COLOURED, SILENT)]
    found = [*silent, *in_both_themes(page), *in_all_widths(page, widths)]
    return [*found, *in_the_systems_colours(page), *on_paper(page, says)]


def in_the_systems_colours(page: Page) -> list[str]:
    """Which states have no border, and which outlines are not seen, where the system chooses the colours."""
    page.emulate_media(forced_colors="active")
    found = [f"no border: {each}" for each in page.eval_on_selector_all(EDGED, BARE)]
    found += [f"not seen: {each}" for each in page.eval_on_selector_all(".shape", UNSEEN)]
    page.emulate_media(forced_colors="none")
    return found


def on_paper(page: Page, says: Iterable[str] = ()) -> list[str]:
    """What is wider than a sheet, or cut, or could be pressed, or is not said, on a printed page."""
    page.set_viewport_size({"width": SHEET_PX, "height": 720})
    page.emulate_media(media="print")
    found = [f"{wider} px wider than a sheet"] if (wider := page.evaluate(OVERFLOW)) > 0 else []
    found += [f"cut on paper: {each}" for each in page.evaluate(CUT)]
    found += [f"to be pressed on paper: {each}" for each in page.eval_on_selector_all(CONTROLS, PRESSED)]
    words = page.inner_text("body")
    found += [f"not said on paper: {each}" for each in says if not re.search(each, words)]
    page.emulate_media(media="screen")
    return found


def in_both_themes(page: Page) -> list[str]:
    """What the accessibility rules find on a page: all of them in light, those of colour in dark."""
    found = []
    both: tuple[tuple[Any, dict[str, Any]], ...] = (("light", {}), ("dark", OF_COLOUR))
    page.evaluate(rules())
    for scheme, options in both:
        page.emulate_media(color_scheme=scheme)
        asked = [ALIKE, {"resultTypes": ["violations"], **options}]
        found += [f"{scheme}, {each}" for each in page.evaluate(FOUND, asked)]
    page.emulate_media(color_scheme="light")
    return found


def in_all_widths(page: Page, widths: tuple[int, ...] = WIDTHS) -> list[str]:
    """What is wider than its screen, or cut, on a page on screens of several widths."""
    found = []
    for width in widths:
        page.set_viewport_size({"width": width, "height": 900})
        if (wider := page.evaluate(OVERFLOW)) > 0:
            found.append(f"{wider} px wider than a screen of {width} px")
        found += [f"cut at {width} px: {each}" for each in page.evaluate(CUT)]
    return found
