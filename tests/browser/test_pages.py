"""Every page of the product in a browser: for everybody, on any screen, in any theme, and asking nobody else."""

import pytest

from tests.browser.checks import CUT, OVERFLOW, in_both_themes
from tests.browser.conftest import Look

NURSE, PHYSICIAN, AUDITOR = "nurse.anna nurse", "physician.emil physician", "auditor auditor"
ADMINISTRATOR, CHARGE_NURSE = "admin administrator", "charge.dora charge_nurse"
#: A page of each kind, and who opens it.
PAGES = (
    (NURSE, "/"),
    (NURSE, "/about"),
    (NURSE, "/account"),
    (PHYSICIAN, "/case/demo-03"),
    (PHYSICIAN, "/case/demo-03?timeline=all&span=all"),
    (PHYSICIAN, "/case/demo-03/pathway"),
    (PHYSICIAN, "/case/demo-03/why"),
    (PHYSICIAN, "/case/demo-03/why-not"),
    (AUDITOR, "/case/demo-03/replay"),
    (AUDITOR, "/case/demo-03"),
    (NURSE, "/sign-in"),
    (NURSE, "/no-such-page"),
    (NURSE, "/inbox"),
    (NURSE, "/case/demo-03/do"),
    (NURSE, "/case/demo-03/do/RecordResult"),
    (PHYSICIAN, "/case/demo-03/do/StopTherapy"),
    (NURSE, "/inbox/duty"),
    (CHARGE_NURSE, "/replay"),
    (ADMINISTRATOR, "/admin"),
    (ADMINISTRATOR, "/admin/people"),
)
#: A screen of 1280 px at four times its size is 320 px wide.
WIDTHS = (320, 768, 1280)


@pytest.mark.parametrize("as_, path", PAGES)
def test_the_accessibility_rules_find_nothing_and_nothing_is_wider_than_its_screen(
    come: Look, as_: str, path: str
) -> None:
    page = come(as_, path)
    found = in_both_themes(page)
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        if (wider := page.evaluate(OVERFLOW)) > 0:
            found.append(f"{wider} px wider than a screen of {width} px")
        found += [f"cut at {width} px: {each}" for each in page.evaluate(CUT)]
    assert found == []
