"""Every page of the administration and of the record in a browser: for everybody, on any screen and on paper."""

import pytest
from playwright.sync_api import expect

from tests.browser.addresses import OFFICE
from tests.browser.checks import wrong
from tests.browser.conftest import Look


@pytest.mark.parametrize("as_, path", OFFICE)
def test_a_page_of_the_office_is_for_everybody_on_any_screen_in_any_theme_and_on_paper(
    come: Look, as_: str, path: str
) -> None:
    page = come(as_, path)
    expect(page.locator("h1").first).to_be_visible()
    assert wrong(page, "DEMONSTRATION") == []
