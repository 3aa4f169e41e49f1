"""`live_500`, `first_row`: a board in a real browser beside 500 others that listen, over a server of its own process.

The commands are carried out here, on the same file: the server hears of them as it does of any other process.
`python -m bench.live STORE INSTANT` is that server; it says the port on which it listens.
"""

import asyncio
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import uvicorn
from playwright.async_api import Page, async_playwright

from bench.boards import filled, nurse, p95
from bench.figure import Figure, untaken, within
from bench.patient import FEED, engine_on, pathway
from pathway.case.commands import RecordResult
from pathway.clinical.instant import SECOND, Instant
from persistence.sqlite import SqliteStore
from ward.clock import FixedClock
from ward.door import Door
from ward.reading import HouseReads
from ward.web.app import create_app
from ward.web.streams import Streams
from ward.web.visit import SIGN_IN
from ward.wiring import House

LISTENERS, EVENTS, VISITS = 500, 40, 12
#: From the commit to the screen, and from the click to the first row, in milliseconds.
LIVE_MS, FIRST_MS = 250.0, 1000.0
#: Between two events, so that they fall on every part of a beat.
APART_S, APART_MORE_S = 0.35, 0.037
HOST, PATIENCE_S = "127.0.0.1", 60.0
NO_BROWSER = "no chromium on this machine"
FIRST_ROW = """window.firstRow = new Promise(done => { const look = () => document.querySelector('[id^="row-"]')
  ? requestAnimationFrame(() => setTimeout(() => done(performance.now()))) : requestAnimationFrame(look); look(); });"""
SEEN = """word => new Promise(done => { const list = document.querySelector('main');
  const look = () => list.textContent.includes(word) && (watch.disconnect(),
    requestAnimationFrame(() => done(performance.timeOrigin + performance.now())));
  const watch = new MutationObserver(look);
  watch.observe(list, {subtree: true, childList: true, characterData: true}); look(); })"""


def measure_live() -> Figure:
    """Milliseconds from the end of a commit until the browser shows it, the 95th of a hundred of some events."""
    if (browser := chromium()) is None:
        return untaken("live_500", "ms", NO_BROWSER)
    with served() as (address, token, house, clock):
        screen, others = asyncio.run(listened(browser, address, token, house, clock))
    note = (
        f"median {median(screen):.0f} ms, longest {max(screen):.0f}; of {LISTENERS} raw clients beside it the last is "
        f"told after {p95(others):.0f} ms (95 of 100 events; median {median(others):.0f}); {os.cpu_count()} cores"
    )
    return within("live_500", p95(screen), LIVE_MS, "ms", note)


def measure_first_row() -> Figure:
    """Milliseconds from the beginning of a navigation to the frame that has the first row, the slowest of some."""
    if (browser := chromium()) is None:
        return untaken("first_row", "ms", NO_BROWSER)
    with served() as (address, token, _, _):
        taken = asyncio.run(visited(browser, address, token))
    note = f"median {median(taken):.0f} ms of {len(taken)}; the first, with nothing kept anywhere, {taken[0]:.0f} ms"
    return within("first_row", max(taken), FIRST_MS, "ms", note)


# --- the browser and those beside it ---------------------------------------------------------------------------------


async def listened(
    browser: str, address: str, token: str, house: House, clock: FixedClock
) -> tuple[list[float], list[float]]:
    """Milliseconds of each event, to the screen and to the last of the others."""
    found: list[tuple[float, float]] = []
    async with board_in(browser, address, token) as page:
        await page.goto(address)
        others = [Listener() for _ in range(LISTENERS)]
        tasks = [asyncio.create_task(each.listen(address, token)) for each in others]
        await asyncio.wait_for(asyncio.gather(*(each.begun.wait() for each in others)), PATIENCE_S)
        for number in range(EVENTS):
            await asyncio.sleep(APART_S + number * APART_MORE_S % 0.3)
            value = f"{201 + number} mg/dL"
            for each in others:
                each.awaits(value)
            seen = asyncio.create_task(page.evaluate(SEEN, value))
            done = await asyncio.to_thread(record, house, clock, number, value)
            screen = await asyncio.wait_for(seen, PATIENCE_S) / 1000
            await asyncio.wait_for(asyncio.gather(*(each.told.wait() for each in others)), PATIENCE_S)
            found.append((1000 * (screen - done), 1000 * (max(each.at for each in others) - done)))
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    return [each for each, _ in found], [each for _, each in found]


def record(house: House, clock: FixedClock, number: int, value: str) -> float:
    """A result is on disk: when, by the world's clock in seconds."""
    clock.advance(SECOND)
    figure, unit = value.split()
    said = RecordResult(
        id=f"live {number}",
        case=f"bed {number % 30}",
        by=FEED,
        loinc="3255-7",
        value=figure,
        unit=unit,
        collected_at=clock.now(),
        specimen=f"live {number}",
    )
    assert house.engine.handle(said).status == "accepted"
    return time.time()  # noqa: TID251  # as the browser has it


class Listener:
    """A raw client of the live board: no browser, but the same bytes."""

    def __init__(self) -> None:
        self.begun, self.told = asyncio.Event(), asyncio.Event()
        self.at, self.word, self.tail = 0.0, b"", b""

    def awaits(self, word: str) -> None:
        """Note when this word comes."""
        self.told.clear()
        self.word, self.tail = word.encode(), b""

    async def listen(self, address: str, token: str) -> None:
        """Read for ever."""
        host, port = address.removeprefix("http://").split(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        said = f"GET /board/events HTTP/1.1\r\nHost: {host}:{port}\r\nCookie: {SIGN_IN}={token}\r\n\r\n"
        writer.write(said.encode())
        try:
            while data := await reader.read(1 << 16):
                if b"event: board" in data:
                    self.begun.set()
                if self.word and self.word in self.tail + data:
                    self.at, self.word = time.time(), b""  # noqa: TID251  # as above
                    self.told.set()
                self.tail = data[-64:]
        finally:
            writer.close()


async def visited(browser: str, address: str, token: str) -> list[float]:
    """Milliseconds until the first row of each of some visits."""
    async with board_in(browser, address, token) as page:
        await page.add_init_script(FIRST_ROW)
        taken = []
        for _ in range(VISITS):
            await page.goto(address)
            taken.append(float(await page.evaluate("window.firstRow")))
            await page.goto("about:blank")
    return taken


@asynccontextmanager
async def board_in(browser: str, address: str, token: str) -> AsyncIterator[Page]:
    """A page of a browser in which a nurse has signed in."""
    async with async_playwright() as playwright:
        opened = await playwright.chromium.launch(executable_path=browser, args=["--no-sandbox"])
        context = await opened.new_context()
        await context.add_cookies([{"name": SIGN_IN, "value": token, "url": address}])
        yield await context.new_page()
        await opened.close()


def chromium() -> str | None:
    """Where the browser of this machine is."""
    return os.environ.get("WARDPATH_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")


# --- the server ------------------------------------------------------------------------------------------------------


@contextmanager
def served() -> Iterator[tuple[str, str, House, FixedClock]]:
    """A ward of thirty beds behind a server: its address, the token of a nurse, and the ward itself."""
    with TemporaryDirectory(prefix="wardpath-bench-") as folder:
        path, clock = Path(folder) / "ward.db", FixedClock(Instant(0))
        house = filled(SqliteStore.create(path, "demonstration"), clock)
        token = nurse(house)
        words = [sys.executable, "-m", "bench.live", str(path), str(int(clock.now()))]
        server = subprocess.Popen(words, stdout=subprocess.PIPE, text=True)  # this very module
        try:
            assert server.stdout is not None
            yield f"http://{HOST}:{int(server.stdout.readline())}", token, house, clock
        finally:
            server.terminate()
            server.wait()
            house.close()


def main() -> None:
    """Serve a store at an instant until the end."""
    path, at = sys.argv[1:]
    clock, store = FixedClock(Instant(int(at))), SqliteStore.open(path)
    house = House(store, engine_on(store, clock), clock, (pathway(),), clock)
    taken = socket.socket()
    taken.bind((HOST, 0))
    taken.listen(2 * LISTENERS)
    print(taken.getsockname()[1], flush=True)
    app = create_app(HouseReads(house), Door(house), clock)
    app.state.streams = Streams(2 * LISTENERS)  # all of them by one account
    uvicorn.Server(uvicorn.Config(app, log_level="error", access_log=False)).run(sockets=[taken])


if __name__ == "__main__":
    main()
