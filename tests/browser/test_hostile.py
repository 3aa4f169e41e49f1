"""Markup in whatever people type or send is text on every page: nothing of it becomes a live part."""

import json
import re
import subprocess
from base64 import b64encode
from collections.abc import Callable, Iterator
from http.client import HTTPConnection
from typing import Any

import msgspec
import pytest
from playwright.sync_api import Page, StorageState, expect

from tests.browser.addresses import ADMINISTRATOR, AUDITOR, CHARGE_NURSE, HAEMATOLOGIST, NURSE, PAGES
from tests.browser.conftest import Invented, Look, Watch, sign_in
from tests.browser.running import COMMAND, ENVIRONMENT, Running
from tests.ward.web.samples import lab
from ward.entry import COMMANDS
from ward.web.api.schema import examples

#: No longer than the shortest field takes: a name has 80 characters.
HOSTILE = "<img src=x onerror=alert(1)><script>alert(3)</script>\"'><b id=planted>"
SHORT = "<b id=planted>"
PATHS = ("/", "/?form=stages", "/?form=wall&names=full", "/case/k7a", "/case/k7a/why", "/case/k7a/replay")
PLANTED = "img, #planted, [onerror], [onload], main script"
#: How a browser reads pages without drawing them: of each address how long it is, and how many live parts it has.
PARSED = """([paths, planted]) => Promise.all(paths.map(async path => {
  const text = await (await fetch(path)).text();
  return [text.length, new DOMParser().parseFromString(text, 'text/html').querySelectorAll(planted).length];
}))"""
#: Fields in which people or programs write what they like; every other word of a command is one of a list.
FREE = (
    "reason", "text", "name", "label", "law", "patient", "bed", "ward", "day_unit", "specimen", "unit_no", "report_no",
    "laboratory", "karyotype", "partner", "result", "value", "unit", "form", "verbal_from", "verbal_by", "entered",
    "receiver", "second", "to", "account", "identifiers", "problems", "loinc",
)  # fmt: skip
#: What would take away those who look afterwards, or the patients they look at.
AWAY = {"CloseAccount", "RevokeRole", "ChangeSecret", "RecordDeath", "EraseCase", "EraseReport", "MergeCases"}
ELSEWHERE = ("RecordMove", "ward")
#: As much as has to have come in by the API for the test to mean anything.
TAKEN = 25
ASKERS = ("nurse.anna", "haematologist.greta", "consultant.ida", "admin", "charge.dora")
#: Where some of it must be read afterwards.
SHOWN = (
    (NURSE, "/"),
    (NURSE, "/case/demo-01?timeline=all"),
    (AUDITOR, "/case/demo-01/replay"),
    (ADMINISTRATOR, "/admin/people"),
    (ADMINISTRATOR, "/admin/beds"),
    (CHARGE_NURSE, "/admin/rosters"),
    (HAEMATOLOGIST, "/admin/quarantine/1"),
)


def test_markup_in_a_name_a_value_a_reason_and_a_bed_is_text_on_every_page(look: Look, site: Invented) -> None:
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
    page = look()
    for path in PATHS:
        page.goto(path, wait_until="domcontentloaded")
        assert "onerror=alert(1)" in page.inner_text("body").lower(), path
        live[path] = page.locator(PLANTED).count()
    assert live == dict.fromkeys(PATHS, 0)


def test_what_is_written_to_an_open_page_is_text_too(look: Look, site: Invented) -> None:
    page = look()
    page.wait_for_selector("[data-heard]", state="attached")
    before = site.ward.pictures["c2"]
    site.ward.pictures["c2"] = msgspec.structs.replace(before, position=before.position + 1, labs=(lab(shown=HOSTILE),))
    page.locator("#row-c2").get_by_text("onerror=alert(1)").first.wait_for()
    assert page.locator(PLANTED).count() == 0


# --- planted by everything that writes -------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A demonstration of its own, in which the API and the command line have planted markup wherever it was taken."""
    made = Running(tmp_path_factory.mktemp("planted") / "demo.db")
    made.start()
    try:
        taken = by_api(made)
        assert len(taken) >= TAKEN, taken
        by_command_line(made)
        yield made
    finally:
        made.stop()


Meet = Callable[[str], Page]


@pytest.fixture
def meet(watch: Watch, planted: Running, seen_by: dict[str, StorageState]) -> Meet:
    """`meet(as_)`: a page of that demonstration for `account role`."""

    def open_page(as_: str) -> Page:
        if as_ not in seen_by:
            page = watch.page(planted.address)
            sign_in(page, as_)
            seen_by[as_] = page.context.storage_state()
        return watch.page_of(planted.address, as_, seen_by[as_])

    return open_page


@pytest.fixture(scope="module")
def seen_by() -> dict[str, StorageState]:
    """What a browser keeps of each sign-in to that demonstration."""
    return {}


def test_what_people_type_into_forms_is_text_where_it_is_shown(meet: Meet) -> None:
    page = meet(NURSE)
    page.goto("/case/demo-02/do/WriteNote", wait_until="domcontentloaded")
    page.fill("#f-text", HOSTILE)
    page.click('button[value="check"]')
    expect(page.locator("h1", has_text="Check")).to_be_visible()
    assert page.locator(PLANTED).count() == 0
    page.click('button[value="confirm"]')
    page.wait_for_selector("section.done")
    page.goto("/", wait_until="domcontentloaded")
    expect(page.locator("#row-demo-02")).to_contain_text("onerror=alert(1)")
    page.goto("/inbox", wait_until="domcontentloaded")
    page.locator("li.line summary").first.click()
    page.locator("li.line textarea").first.fill(HOSTILE)
    page.locator("li.line").first.get_by_role("button", name="Wrong rule").click()
    assert page.locator(PLANTED).count() == 0
    page = meet(ADMINISTRATOR)
    page.goto("/admin/beds", wait_until="domcontentloaded")
    new = page.locator("section", has=page.locator("#new"))
    new.locator('[name="ward"]').fill(f"Ward {HOSTILE}")
    new.locator('[name="beds"]').fill(f"1,{SHORT}")
    new.get_by_role("button").click()
    assert page.locator(PLANTED).count() == 0


def test_what_was_planted_is_text_on_every_page_of_the_product(meet: Meet) -> None:
    live, looked = {}, 0
    for as_ in dict.fromkeys(each for each, _ in PAGES):
        page = meet(as_)
        page.goto("/about", wait_until="domcontentloaded")
        paths = [re.sub("demo-0[35]", "demo-01", at) for who, at in PAGES if who == as_]
        found: list[tuple[int, int]] = page.evaluate(PARSED, [paths, PLANTED])
        live |= {(as_, path): parts for path, (_, parts) in zip(paths, found, strict=True) if parts}
        looked += sum(size > 1000 for size, _ in found)
    assert live == {}
    assert looked == len(PAGES)


def test_what_was_planted_is_read_where_it_belongs(meet: Meet) -> None:
    unread = []
    for as_, path in SHOWN:
        page = meet(as_)
        page.goto(path, wait_until="domcontentloaded")
        text = page.locator("body").text_content() or ""
        values = page.eval_on_selector_all("input, option", "all => all.map(each => each.value).join(' ')")
        unread += [] if "<b id=planted>" in text + values else [path]
        assert page.locator(PLANTED).count() == 0, path
    assert unread == []


def by_api(ward: Running) -> set[tuple[str, str]]:
    """Send every command with markup in each field that people write; what of it was taken."""
    host, taken = ward.address.removeprefix("http://"), set()
    tokens = [token_of(host, each) for each in ASKERS]
    for name, example in examples().items():
        fields = {each.name for each in msgspec.structs.fields(COMMANDS[name])} & {*FREE}
        for field in sorted(fields) if name not in AWAY else []:
            if (name, field) == ELSEWHERE:
                continue
            for token in tokens:
                status, _ = sent(host, f"/commands/{name}", token, example | planted_in(example, field))
                assert status < 500, (name, field)
                if status in {200, 202}:
                    taken.add((name, field))
                    break
    return taken


def planted_in(example: dict[str, Any], field: str) -> dict[str, Any]:
    """A field that holds markup, in the form that it has in the example."""
    if field == "identifiers":
        return {field: dict.fromkeys(example.get(field, {"family_name": ""}), HOSTILE)}
    if field == "problems":
        return {field: [HOSTILE]}
    return {field: HOSTILE}


def token_of(host: str, account: str) -> str:
    """The token of a new sign-in."""
    basic = b64encode(f"{account}:".encode()).decode()
    status, said = sent(host, "/sign-in", f"Basic {basic}", None)
    assert status == 200, said
    return f"Bearer {said['token']}"


def sent(host: str, path: str, proof: str, body: object) -> tuple[int, Any]:
    """What the API answers."""
    connection = HTTPConnection(host, timeout=30)
    headers = {"Authorization": proof, "Content-Type": "application/json"}
    connection.request("POST", f"/api/v1{path}", None if body is None else json.dumps(body), headers)
    answer = connection.getresponse()
    text = answer.read()
    connection.close()
    return answer.status, json.loads(text or b"null")


def by_command_line(ward: Running) -> None:
    """Plant by the command line, while the ward runs."""
    nurse = ("--by", "nurse.anna", "--role", "nurse", "--db", str(ward.path))
    admin = ("--by", "admin", "--db", str(ward.path))
    for words in (
        ("do", "WriteNote", "--case", "demo-01", "--text", HOSTILE, *nurse),
        ("people", "add", "nurse.x", "--name", HOSTILE, *admin),
    ):
        done = subprocess.run(
            [*COMMAND, *words], capture_output=True, text=True, env=ENVIRONMENT, cwd=ward.path.parent, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
