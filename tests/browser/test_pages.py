"""Every page of the bedside in a browser: for everybody, on any screen, in any theme, on paper, asking nobody else."""

import pytest
from playwright.sync_api import expect

from tests.browser.addresses import BEDSIDE, NOWHERE, ON_PAPER
from tests.browser.checks import wrong
from tests.browser.conftest import Look


@pytest.mark.parametrize("as_, path", BEDSIDE)
def test_a_page_of_the_bedside_is_for_everybody_on_any_screen_in_any_theme_and_on_paper(
    come: Look, as_: str, path: str
) -> None:
    page = come(as_, path)
    expect(page.locator("h1").first).to_be_visible()
    of = "There is no such page" if path == NOWHERE else "DEMONSTRATION"
    assert wrong(page, of, ON_PAPER.get((as_, path), "")) == []
