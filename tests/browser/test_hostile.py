"""Markup in whatever people type or send is text on every page: nothing of it becomes a live part."""

import msgspec

from tests.browser.conftest import Look, Site
from tests.ward.web.samples import lab

HOSTILE = "<img src=x onerror=alert(1)><svg onload=alert(2)><script>alert(3)</script>\"'><b id=planted>"
PATHS = ("/", "/?form=stages", "/?form=wall&names=full", "/case/k7a", "/case/k7a/why", "/case/k7a/replay")
PLANTED = "img, #planted, [onerror], [onload], main script"


def test_markup_in_a_name_a_value_a_reason_and_a_bed_is_text_on_every_page(look: Look, site: Site) -> None:
    picture = site.ward.pictures["k7a"]
    site.ward.identities["k7a"] = {each: HOSTILE for each in site.ward.identities["k7a"] if each != "born"}
    site.ward.pictures["k7a"] = msgspec.structs.replace(
        picture,
        bed=HOSTILE,
        title=HOSTILE,
        due_line=HOSTILE,
        labs=(lab(shown=HOSTILE, why=HOSTILE, title=HOSTILE),),
        reminders=tuple(
            msgspec.structs.replace(each, title=HOSTILE, text=HOSTILE, why=HOSTILE) for each in picture.reminders
        ),
    )
    live = {}
    for path in PATHS:
        page = look(path)
        assert "onerror=alert(1)" in page.inner_text("body").lower(), path
        live[path] = page.locator(PLANTED).count()
    assert live == dict.fromkeys(PATHS, 0)


def test_what_is_written_to_an_open_page_is_text_too(look: Look, site: Site) -> None:
    page = look()
    page.wait_for_selector("[data-heard]", state="attached")
    before = site.ward.pictures["c2"]
    site.ward.pictures["c2"] = msgspec.structs.replace(before, position=before.position + 1, labs=(lab(shown=HOSTILE),))
    page.locator("#row-c2").get_by_text("onerror=alert(1)").first.wait_for()
    assert page.locator(PLANTED).count() == 0
