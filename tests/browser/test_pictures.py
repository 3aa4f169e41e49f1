"""The pictures of the documentation, taken of a running ward: what they show is what the product is."""

from pathlib import Path

import pytest

from tests.browser.conftest import Look

NURSE, PHYSICIAN, AUDITOR = "nurse.anna nurse", "physician.emil physician", "auditor auditor"
#: Name of the picture, who looks, where, and on which screen.
PICTURES = (
    ("sign-in", NURSE, "/sign-in", 1280, 800, {}),
    ("board", NURSE, "/?sort=urgency", 1280, 900, {}),
    ("board-dark", NURSE, "/?sort=urgency", 1280, 900, {"color_scheme": "dark"}),
    ("board-narrow", NURSE, "/?sort=urgency", 320, 800, {}),
    ("wall", NURSE, "/?form=wall&mm=685", 1920, 1080, {}),
    ("inbox", NURSE, "/inbox", 1280, 900, {}),
    ("patient", PHYSICIAN, "/case/demo-03", 1280, 1400, {}),
    ("acts", PHYSICIAN, "/case/demo-03/do", 1280, 900, {}),
    ("pathway", PHYSICIAN, "/case/demo-03/pathway", 1280, 900, {}),
    ("replay", AUDITOR, "/case/demo-03/replay", 1280, 1200, {}),
)


@pytest.mark.pictures
@pytest.mark.parametrize("name, as_, path, width, height, how", PICTURES)
def test_a_picture_is_taken(
    come: Look, folder_of_pictures: Path, name: str, as_: str, path: str, width: int, height: int, how: dict[str, str]
) -> None:
    page = come(as_, path, width, height, **how)
    assert page.locator("h1").count() >= 1
    file = folder_of_pictures / f"{name}.png"
    page.screenshot(path=file)
    assert file.stat().st_size > 10_000
