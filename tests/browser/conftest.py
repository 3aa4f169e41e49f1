"""A real browser before a real server: the chromium of this machine over a ward made by hand and over a running one.

One browser and one running demonstration serve the whole folder. Whatever page a test opens is watched: a fault of its
script, a breach of its content security policy, a request to anybody else or an answer of 5xx fails the test.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
import uvicorn
from playwright.sync_api import Browser, BrowserContext, Page, StorageState, expect, sync_playwright

from tests.browser.running import Running
from tests.conftest import BROWSER
from tests.ward.web.samples import Still, Ward
from ward.door import Door
from ward.people.signing_in import sign_in_invented, stand_as
from ward.run import HOST, listening
from ward.web.app import create_app
from ward.web.visit import SIGN_IN

Look = Callable[..., Page]
#: A machine that is busy with other tests is slow; what comes later than this does not come.
PATIENCE_S = 15.0
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
        browser = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
        yield browser
        browser.close()


class Watch:
    """The pages of one test. `asked`: every address that they asked for; `faults`: what went wrong on them."""

    def __init__(self, chromium: Browser) -> None:
        self.chromium = chromium
        self.contexts: list[BrowserContext] = []
        self.asked: list[str] = []
        self.faults: list[str] = []

    def page(self, address: str, width: int = 1280, height: int = 900, **how: Any) -> Page:
        """A page in a browser of its own."""
        context = self.chromium.new_context(base_url=address, viewport={"width": width, "height": height}, **how)
        self.contexts.append(context)
        context.set_default_timeout(PATIENCE_S * 1000)
        context.on("page", lambda page: self.listen(page, address))
        return context.new_page()

    def listen(self, page: Page, address: str) -> None:
        """Note what a page asks for, and what goes wrong on it."""

        def heard(asked: str) -> None:
            self.asked.append(asked)
            if not asked.startswith((address, "data:")):
                self.faults.append(f"asked somebody else: {asked}")

        page.on("request", lambda request: heard(request.url))
        page.on(
            "response",
            lambda answer: self.faults.append(f"{answer.status} {answer.url}") if answer.status >= 500 else None,
        )
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        page.on("console", lambda said: self.faults.append(said.text) if "Content Security" in said.text else None)

    def close(self) -> None:
        """Close them all."""
        for context in self.contexts:
            context.close()


@pytest.fixture
def watch(chromium: Browser) -> Iterator[Watch]:
    """The pages of this test; a fault on any of them fails it."""
    made = Watch(chromium)
    yield made
    made.close()
    assert made.faults == []


# --- the ward made by hand -----------------------------------------------------------------------------------------


class Site:
    """A ward behind a running server."""

    def __init__(self, ward: Ward) -> None:
        self.ward = ward
        self.listener = listening(0)
        self.address = f"http://{HOST}:{self.listener.getsockname()[1]}"
        app = create_app(ward, Door(ward.house), wall=Still())
        self.server = uvicorn.Server(uvicorn.Config(app, log_config=None, lifespan="off", timeout_graceful_shutdown=0))
        self.thread = Thread(target=self.server.run, kwargs={"sockets": [self.listener]}, daemon=True)
        self.thread.start()

    def signed_in(self, account: str = "demo", role: str = "physician") -> StorageState:
        """What a browser keeps once somebody has signed in, in a role on every ward."""
        made = sign_in_invented(self.ward.house, account, "browser")
        assert made is not None
        token = stand_as(self.ward.house, made[0], role, "*")
        assert token is not None
        return kept(self.address, token)

    def stop(self) -> None:
        """End the server, as a crash would: open streams end with it."""
        self.server.should_exit = True
        self.thread.join(PATIENCE_S)
        self.listener.close()


@pytest.fixture
def site() -> Iterator[Site]:
    """The invented ward, served."""
    made = Site(Ward(site_beds={"H3": ("1", "2", "4", "6", "10")}))
    yield made
    made.stop()


@pytest.fixture
def look(watch: Watch, site: Site) -> Look:
    """`look(path, width, height, **how)`: a page of the invented ward; its onlooker is signed in."""

    def open_page(path: str = "/", width: int = 1280, height: int = 900, **how: Any) -> Page:
        page = watch.page(site.address, width, height, storage_state=site.signed_in(), **how)
        page.goto(path, wait_until="domcontentloaded")
        return page

    return open_page


def kept(address: str, token: str) -> StorageState:
    """The cookie of a sign-in, as a browser keeps it."""
    host = address.removeprefix("http://").partition(":")[0]
    return {
        "cookies": [
            {
                "name": SIGN_IN,
                "value": token,
                "domain": host,
                "path": "/",
                "expires": -1,
                "httpOnly": True,
                "secure": False,
                "sameSite": "Lax",
            }
        ],
        "origins": [],
    }


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
    """`come(as_, path, width, height, **how)`: a page of the running ward for `account role`, signed in by hand."""

    def open_page(as_: str, path: str = "/", width: int = 1280, height: int = 900, **how: Any) -> Page:
        if as_ not in states:
            page = watch.page(running.address)
            sign_in(page, as_)
            states[as_] = page.context.storage_state()
        page = watch.page(running.address, width, height, storage_state=states[as_], **how)
        page.goto(path, wait_until="domcontentloaded")
        return page

    return open_page


def sign_in(page: Page, as_: str) -> None:
    """Sign in as one of the demonstration, by their button; `as_`: account and role, such as `nurse.anna nurse`."""
    page.goto("/sign-in", wait_until="domcontentloaded")
    page.locator(f'button[name="as"][value^="{as_} "]').click(no_wait_after=True)
    page.wait_for_url(lambda address: "/sign-in" not in address, wait_until="domcontentloaded")


@pytest.fixture
def folder_of_pictures(request: pytest.FixtureRequest) -> Path:
    """Where pictures for people to read are written."""
    folder = Path(str(request.config.rootpath)) / "docs" / "pictures"
    folder.mkdir(exist_ok=True)
    return folder
