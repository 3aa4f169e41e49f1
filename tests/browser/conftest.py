"""A real browser before a real server: the chromium of this machine over a ward made by hand and over a running one.

One browser and one running demonstration serve the whole folder. Whatever page a test opens is watched: a fault of its
script, a breach of its content security policy, a request to anybody else or an answer of 5xx fails the test.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, StorageState, expect, sync_playwright

from tests.browser.running import Running
from tests.browser.serving import PATIENCE_S, Site
from tests.conftest import BROWSER
from tests.ward.web.samples import Still, Ward
from ward.door import Door
from ward.web.app import create_app

Look = Callable[..., Page]
#: No renderer in waiting and no graphics processor: this halves what a new browser costs. Chromium hears the last such
#: switch alone, so what Playwright itself turns off stands here too.
OFF = (
    "SpareRendererForSitePerProcess", "AvoidUnnecessaryBeforeUnloadCheckSync", "HttpsUpgrades", "MediaRouter",
    "HttpsFirstBalancedModeAutoEnable", "OptimizationHints", "PaintHolding", "ThirdPartyStoragePartitioning",
    "AvoidCorsURLLoaderRestartOnRedirect", "NetworkTimeServiceQuerying", "PreconnectToSearch",
)  # fmt: skip
SWITCHES = ["--no-sandbox", "--disable-gpu", f"--disable-features={','.join(OFF)}"]
NONE_HERE = f"{BROWSER}no chromium on this machine: apt-get install chromium, or name one in WARDPATH_CHROMIUM"


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    """The browser of this machine; skips where there is none, which fails in continuous integration.

    It ends with this folder: Playwright keeps an event loop running as long as it lives, and other tests have theirs.
    """
    found = os.environ.get("WARDPATH_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    if not found:
        if os.environ.get("CI"):
            pytest.fail(f"{NONE_HERE}; continuous integration must not skip these tests")
        pytest.skip(NONE_HERE)
    expect.set_options(timeout=PATIENCE_S * 1000)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=SWITCHES)
        yield browser
        browser.close()


class Watch:
    """The pages of one test. `asked`: every address that they asked for; `faults`: what went wrong on them.

    `shared`: browsers that outlive the test, by address and person; making one costs more than opening a page.
    """

    def __init__(self, chromium: Browser, shared: dict[tuple[str, str], BrowserContext]) -> None:
        self.chromium, self.shared = chromium, shared
        self.contexts: list[BrowserContext] = []
        self.pages: list[Page] = []
        self.asked: list[str] = []
        self.faults: list[str] = []

    def page(self, address: str, width: int = 1280, height: int = 900, **how: Any) -> Page:
        """A page in a browser of its own."""
        context = self.browser(address, viewport={"width": width, "height": height}, **how)
        self.contexts.append(context)
        return self.opened(context, address)

    def page_of(self, address: str, who: str, state: StorageState, width: int = 1280, height: int = 900) -> Page:
        """A page in the browser of somebody, which other tests use too: their cookies are in it, their pages not."""
        if (address, who) not in self.shared:
            self.shared[address, who] = self.browser(address, storage_state=state)
        page = self.opened(self.shared[address, who], address)
        page.set_viewport_size({"width": width, "height": height})
        return page

    def browser(self, address: str, **how: Any) -> BrowserContext:
        """A new browser."""
        context = self.chromium.new_context(base_url=address, **how)
        context.set_default_timeout(PATIENCE_S * 1000)
        return context

    def opened(self, context: BrowserContext, address: str) -> Page:
        """A new page in a browser, listened to."""
        page = context.new_page()
        self.pages.append(page)
        self.listen(page, address)
        return page

    def listen(self, page: Page, address: str) -> None:
        """Note what a page asks for, and what goes wrong on it."""

        def heard(asked: str) -> None:
            self.asked.append(asked)
            if not asked.startswith((f"{address}/", "data:", "blob:")):
                self.faults.append(f"asked somebody else: {asked}")

        page.on("request", lambda request: heard(request.url))
        page.on(
            "response",
            lambda answer: self.faults.append(f"{answer.status} {answer.url}") if answer.status >= 500 else None,
        )
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        page.on("dialog", lambda dialog: (self.faults.append(f"a dialog: {dialog.message}"), dialog.dismiss()))
        page.on("console", lambda said: self.faults.append(said.text) if "Content Security" in said.text else None)

    def close(self) -> None:
        """Close them all."""
        for page in self.pages:
            page.close()
        for context in self.contexts:
            context.close()


@pytest.fixture(scope="package")
def shared_browsers(chromium: Browser) -> Iterator[dict[tuple[str, str], BrowserContext]]:
    """The browsers that outlive a test."""
    found: dict[tuple[str, str], BrowserContext] = {}
    yield found
    for context in found.values():
        context.close()


@pytest.fixture
def watch(chromium: Browser, shared_browsers: dict[tuple[str, str], BrowserContext]) -> Iterator[Watch]:
    """The pages of this test; a fault on any of them fails it."""
    yield from watched(chromium, shared_browsers)


@pytest.fixture(scope="module")
def watch_all(chromium: Browser, shared_browsers: dict[tuple[str, str], BrowserContext]) -> Iterator[Watch]:
    """The pages that the tests of one file read together; a fault on any of them fails the last one."""
    yield from watched(chromium, shared_browsers)


def watched(chromium: Browser, shared: dict[tuple[str, str], BrowserContext]) -> Iterator[Watch]:
    """Pages, until nobody needs them any more."""
    made = Watch(chromium, shared)
    yield made
    made.close()
    assert made.faults == []


def kept(open_page: Look) -> Look:
    """The same, but each page is opened once: for tests that read and touch nothing."""
    found: dict[tuple[Any, ...], Page] = {}

    def open_once(*at: Any, **how: Any) -> Page:
        key = (*at, *sorted(how.items()))
        if key not in found:
            found[key] = open_page(*at, **how)
        return found[key]

    return open_once


# --- the ward made by hand -----------------------------------------------------------------------------------------


def invented() -> tuple[Ward, Site]:
    """The ward made by hand, served."""
    ward = Ward(site_beds={"H3": ("1", "2", "4", "6", "10")})
    return ward, Site(create_app(ward, Door(ward.house), wall=Still()), ward.house)


class Invented:
    """A ward made by hand, behind a running server: what it shows is changed by the test."""

    def __init__(self) -> None:
        self.ward, self.served = invented()
        self.address = self.served.address

    def stop(self) -> None:
        """End the server, as a crash would."""
        self.served.stop()


@pytest.fixture
def site() -> Iterator[Invented]:
    """The invented ward, for this test alone."""
    made = Invented()
    yield made
    made.stop()


@pytest.fixture
def look(watch: Watch, site: Invented) -> Look:
    """`look(path, width, height, **how)`: a page of this test's own invented ward; its onlooker is signed in."""

    def open_page(path: str = "/", width: int = 1280, height: int = 900, **how: Any) -> Page:
        page = watch.page(site.address, width, height, storage_state=site.served.signed_in(), **how)
        page.goto(path, wait_until="domcontentloaded")
        return page

    return open_page


@pytest.fixture(scope="package")
def gallery() -> Iterator[Site]:
    """The invented ward that every test of this folder may read and none may change."""
    _, made = invented()
    yield made
    made.stop()


@pytest.fixture
def read(watch: Watch, gallery: Site) -> Look:
    """`read(path, width, height, **how)`: a page of the invented ward as it is."""
    return reading(watch, gallery)


@pytest.fixture(scope="module")
def read_once(watch_all: Watch, gallery: Site) -> Look:
    """`read`, of pages that the tests of a file share."""
    return kept(reading(watch_all, gallery))


def reading(watch: Watch, gallery: Site) -> Look:
    """How pages of the invented ward are opened."""

    def open_page(path: str = "/", width: int = 1280, height: int = 900, **how: Any) -> Page:
        if how:
            page = watch.page(gallery.address, width, height, storage_state=gallery.signed_in(), **how)
        else:
            page = watch.page_of(gallery.address, "demo", gallery.signed_in(), width, height)
        page.goto(path, wait_until="domcontentloaded")
        return page

    return open_page


# --- the demonstration in a process of its own ---------------------------------------------------------------------


@pytest.fixture(scope="package")
def ward_of_all(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """The running demonstration that the tests of this folder share."""
    made = Running(tmp_path_factory.mktemp("ward") / "demo.db")
    made.start()
    yield made
    made.stop()


@pytest.fixture
def running(ward_of_all: Running) -> Running:
    """The running demonstration, alive."""
    ward_of_all.revive()
    return ward_of_all


@pytest.fixture(scope="package")
def states() -> dict[str, StorageState]:
    """What a browser keeps of each sign-in that was made, so that each is made once."""
    return {}


@pytest.fixture
def come(watch: Watch, running: Running, states: dict[str, StorageState]) -> Look:
    """`come(as_, path, width, height, **how)`: a page of the running ward for `account role`, signed in by hand.

    With `alone=True`, or anything else that a browser is made with, it is one that no other test uses.
    """
    return coming(watch, running, states)


@pytest.fixture(scope="module")
def come_once(watch_all: Watch, ward_of_all: Running, states: dict[str, StorageState]) -> Look:
    """`come`, of pages that the tests of a file share."""
    ward_of_all.revive()
    return kept(coming(watch_all, ward_of_all, states))


def coming(watch: Watch, running: Running, states: dict[str, StorageState]) -> Look:
    """How pages of the running ward are opened."""

    def open_page(
        as_: str, path: str = "/", width: int = 1280, height: int = 900, alone: bool = False, **how: Any
    ) -> Page:
        if as_ not in states:
            page = watch.page(running.address)
            sign_in(page, as_)
            states[as_] = page.context.storage_state()
        if how or alone:
            page = watch.page(running.address, width, height, storage_state=states[as_], **how)
        else:
            page = watch.page_of(running.address, as_, states[as_], width, height)
        page.goto(path, wait_until="domcontentloaded")
        return page

    return open_page


def sign_in(page: Page, as_: str) -> None:
    """Sign in as one of the demonstration, by their button; `as_`: account and role, such as `nurse.anna nurse`."""
    page.goto("/sign-in", wait_until="domcontentloaded")
    page.locator(f'button[name="as"][value^="{as_} "]').click(no_wait_after=True)
    page.wait_for_url(lambda address: "/sign-in" not in address, wait_until="domcontentloaded")


# --- houses of a test's own -----------------------------------------------------------------------------------------

Serve = Callable[..., Site]


@pytest.fixture(scope="module")
def serve() -> Iterator[Serve]:
    """`serve(app, house)`: its pages, served until the tests of this file are done."""
    made: list[Site] = []

    def begin(app: Any, house: Any) -> Site:
        made.append(Site(app, house))
        return made[-1]

    yield begin
    for each in made:
        each.stop()


@pytest.fixture
def folder_of_pictures(request: pytest.FixtureRequest) -> Path:
    """Where pictures for people to read are written."""
    folder = Path(str(request.config.rootpath)) / "docs" / "pictures"
    folder.mkdir(exist_ok=True)
    return folder
