"""The style sheets: every pair of ink and ground is measured, and no colour stands outside the tokens."""

import re

import pytest

from ward.web.assets import FOLDER

CSS = "".join((FOLDER / name).read_text(encoding="utf-8") for name in ("ward.css", "board.css"))
TOKEN = re.compile(r"--([\w-]+):\s*(#[0-9a-f]{6});")
ROOT = re.compile(r":root \{(.*?)\}", re.DOTALL)
THEMES = ("light", "dark", "print")
#: Inks that also stand on grounds of other names, as the rules of the sheet place them.
CROSSED = (
    ("quiet-ink", "panel-ground"),
    ("link-ink", "panel-ground"),
    ("link-ink", "page-ground"),
    ("quiet-ink", "page-ground"),
    ("panel-ink", "page-ground"),
    ("overdue-ink", "panel-ground"),
)
#: Lines and rings that carry meaning.
GRAPHICS = (("edge", "panel-ground"), ("edge", "page-ground"), ("focus", "panel-ground"), ("focus", "page-ground"))


def tokens(theme: str) -> dict[str, str]:
    """The colours of a theme; dark and print replace some of the light ones."""
    blocks = [dict(TOKEN.findall(block)) for block in ROOT.findall(CSS)]
    return blocks[0] | (blocks[THEMES.index(theme)] if theme != "light" else {})


def luminance(colour: str) -> float:
    """Relative luminance of WCAG 2.2."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Contrast ratio of WCAG 2.2, 1 to 21."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def pairs() -> list[tuple[str, str]]:
    """Every ink with the ground of its name, and the crossed ones."""
    names = [name for name in tokens("light") if name.endswith("-ink")]
    return [(name, name.removesuffix("-ink") + "-ground") for name in names] + list(CROSSED)


def test_black_on_white_measures_twenty_one():
    assert round(contrast("#000000", "#ffffff"), 2) == 21


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("ink, ground", pairs())
def test_every_ink_reads_on_its_ground(theme, ink, ground):
    colours = tokens(theme)
    assert contrast(colours[ink], colours[ground]) >= 4.5


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("line, ground", GRAPHICS)
def test_every_line_that_carries_meaning_is_seen(theme, line, ground):
    colours = tokens(theme)
    assert contrast(colours[line], colours[ground]) >= 3


def test_every_ground_has_its_ink_and_dark_replaces_every_token():
    light, dark = tokens("light"), dict(TOKEN.findall(ROOT.findall(CSS)[1]))
    grounds = {name.removesuffix("-ground") for name in light if name.endswith("-ground")}
    assert grounds == {name.removesuffix("-ink") for name in light if name.endswith("-ink")}
    assert dark.keys() == light.keys()


def test_no_colour_stands_outside_the_tokens():
    rules = re.sub(r"(?s)/\*.*?\*/", "", ROOT.sub("", CSS))
    assert re.findall(r"#[0-9a-fA-F]{3,8}\b(?=[^{]*[;}])|\brgba?\(|\bhsla?\(", rules.replace("#silent", "")) == []


def test_wherever_a_ground_is_painted_its_ink_is_named_with_it():
    painted = re.findall(r"\{([^{}]*background: var\(--(\w+)-ground\)[^{}]*)\}", CSS)
    assert len(painted) > 15
    lost = [name for body, name in painted if f"color: var(--{name}-ink)" not in body]
    assert lost == ["panel"], "only the skip link takes its colour from the links"


def test_nothing_is_fetched_from_anywhere():
    assert re.findall(r"url\(|@import|@font-face|//", CSS.replace("://", "//")) == []
