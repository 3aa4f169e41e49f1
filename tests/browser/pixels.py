"""What the eye gets of an outline: which of its points stand out from their ground, without any colour."""

from base64 import b64encode
from collections.abc import Sequence

from playwright.sync_api import CDPSession, Page

#: Decodes a picture into how light each point is, from 0 to 255; the page that does it has no content policy.
LIGHTNESS = """async picture => {
  const image = await createImageBitmap(await (await fetch('data:image/png;base64,' + picture)).blob());
  const canvas = new OffscreenCanvas(image.width, image.height);
  const paper = canvas.getContext('2d');
  paper.drawImage(image, 0, 0);
  const all = paper.getImageData(0, 0, image.width, image.height).data;
  const found = [];
  for (let at = 0; at < all.length; at += 4) found.push(.2126 * all[at] + .7152 * all[at + 1] + .0722 * all[at + 2]);
  return found;
}"""
#: How large an outline is drawn to be looked at.
EDGE_PX = 48
ROW = """([selector, names, edge]) => {
  const row = document.createElement('div');
  row.id = 'outlines';
  row.style.cssText = 'position:fixed;top:0;left:0;z-index:9999;display:flex';
  const shown = selector ? [...document.querySelectorAll(selector)].filter(each => each.checkVisibility()) : [];
  const kinds = new Map(names.map(name => [name, document.querySelector('main')]));
  for (const each of shown) {
    const name = each.querySelector('use').getAttribute('href').replace('#s-', '');
    if (name !== 'none' && !kinds.has(name)) kinds.set(name, each.parentElement);
  }
  for (const [name, from] of kinds) {
    let ground = from;
    while (ground && getComputedStyle(ground).backgroundColor === 'rgba(0, 0, 0, 0)') ground = ground.parentElement;
    const one = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
    const use = document.createElementNS('http://www.w3.org/2000/svg', 'use');
    use.setAttribute('href', '#s-' + name);
    one.append(use);
    one.style.cssText = `width:${edge}px;height:${edge}px;flex:none;padding:2px;color:${getComputedStyle(from).color};`
      + `background:${ground ? getComputedStyle(ground).backgroundColor : 'white'}`;
    row.append(one);
  }
  document.body.append(row);
  return [...kinds.keys()];
}"""
#: Outlines that differ in fewer of their points than this are taken for one another.
APART = 0.1


def seen(page: Page, deficiency: str) -> CDPSession:
    """Have a page seen as by an eye with a deficiency of colour vision."""
    session = page.context.new_cdp_session(page)
    session.send("Emulation.setEmulatedVisionDeficiency", {"type": deficiency})
    return session


def row_of(page: Page, selector: str, names: Sequence[str] = ()) -> list[str]:
    """Set outlines large in a row over the page: those named, or each kind that stands in sight, in its own colours."""
    found: list[str] = page.evaluate(ROW, [selector, list(names), EDGE_PX])
    return found


def outlines_of(page: Page, decoder: Page, names: Sequence[str]) -> dict[str, tuple[bool, ...]]:
    """Which points of each outline of the row stand out from the ground it is drawn on."""
    picture = b64encode(page.locator("#outlines").screenshot()).decode()
    light: list[float] = decoder.evaluate(LIGHTNESS, picture)
    width, found = EDGE_PX * len(names), {}
    for number, name in enumerate(names):
        left = number * EDGE_PX
        points = [light[row * width + left + at] for row in range(EDGE_PX) for at in range(EDGE_PX)]
        found[name] = tuple(abs(each - points[0]) > 60 for each in points)
    return found


def apart(one: tuple[bool, ...], other: tuple[bool, ...]) -> float:
    """In how many of the points that either has two outlines differ, from 0 to 1."""
    either = sum(a or b for a, b in zip(one, other, strict=True))
    return sum(a != b for a, b in zip(one, other, strict=True)) / either if either else 0.0
