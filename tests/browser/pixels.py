"""What the eye gets of an outline: which of its points stand out from their ground, without any colour."""

from base64 import b64encode

from playwright.sync_api import CDPSession, Locator, Page

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
#: Outlines that differ in fewer of their points than this are taken for one another.
APART = 0.1


def seen(page: Page, deficiency: str) -> CDPSession:
    """Have a page seen as by an eye with a deficiency of colour vision."""
    session = page.context.new_cdp_session(page)
    session.send("Emulation.setEmulatedVisionDeficiency", {"type": deficiency})
    return session


def outline(found: Locator, decoder: Page) -> tuple[bool, ...]:
    """Which points of an outline stand out from the ground that most of its edge has."""
    picture = b64encode(found.screenshot()).decode()
    light: list[float] = decoder.evaluate(LIGHTNESS, picture)
    ground = light[0]
    return tuple(abs(each - ground) > 60 for each in light)


def apart(one: tuple[bool, ...], other: tuple[bool, ...]) -> float:
    """In how many of the points that either has two outlines differ, from 0 to 1."""
    either = sum(a or b for a, b in zip(one, other, strict=True))
    return sum(a != b for a, b in zip(one, other, strict=True)) / either if either else 0.0
