"""What is looked for on any page: breaches of the accessibility rules, sideways scrolling, words that are cut."""

from axe_playwright_python.sync_playwright import Axe
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


def in_both_themes(page: Page) -> list[str]:
    """What the accessibility rules find on a page: all of them in light, those of colour in dark."""
    axe, found = Axe(), []
    for scheme, options in (("light", {"resultTypes": ["violations"]}), ("dark", OF_COLOUR)):
        page.emulate_media(color_scheme=scheme)
        for each in axe.run(page, options=options).response["violations"]:
            found += [f"{scheme}, {each['id']}: {node['html'][:140]}" for node in each["nodes"]]
    return found
