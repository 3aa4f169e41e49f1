"""What is looked for on any page: breaches of the accessibility rules, sideways scrolling, words that are cut."""

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
