"""`patient_2000`: the page of one patient with 2,000 events, from the request to the last byte, in one process."""

from functools import partial
from statistics import median

from starlette.testclient import TestClient

from bench.figure import Figure, took_us, within
from bench.patient import CASE, HOUR, START, engine_on, panel, pathway, play, send
from pathway.clinical.instant import Instant
from persistence.memory import MemoryStore
from ward.clock import FixedClock
from ward.demonstration.people import invite
from ward.door import Door
from ward.people.signing_in import sign_in_invented, stand_as
from ward.reading import HouseReads
from ward.web.app import create_app
from ward.web.visit import SIGN_IN
from ward.wiring import House

EVENTS, ROUNDS = 2000, 15
#: What one page may take, in milliseconds.
LIMIT_MS = 100.0


def measure() -> Figure:
    """Milliseconds for the page with its usual span; the widest span stands in the note."""
    browser, events = opened()
    usual, whole = timed(browser, f"/case/{CASE}"), timed(browser, f"/case/{CASE}?span=all")
    weight = len(browser.get(f"/case/{CASE}").content)
    note = f"{events} events; all of the episode {whole:.0f} ms; {weight / 1000:.0f} kB before compression"
    return within("patient_2000", usual, LIMIT_MS, "ms", note)


def one_page() -> bytes:
    """The page as it goes out, before it is packed."""
    return opened()[0].get(f"/case/{CASE}").content


def opened() -> tuple[TestClient, int]:
    """A haematologist's browser before the ward of one patient; how many events that has."""
    clock, store = FixedClock(Instant(0)), MemoryStore()
    engine = engine_on(store, clock)
    at, number = play(engine, clock), 3
    while engine.case(CASE).position < EVENTS:
        number += 1
        at = Instant(at + 6 * HOUR)
        clock.set(at)
        for command in panel(number, (at - START) / HOUR - 0.5):
            assert engine.handle(command).status == "accepted"
        engine.look(CASE)
        send(store, clock)
    house = House(store, engine, clock, (pathway(),), clock)
    invite(house, "H1")
    made = sign_in_invented(house, "haematologist.greta", "browser")
    assert made is not None
    token = stand_as(house, made[0], "haematologist", "H1")
    assert token is not None
    browser = TestClient(
        create_app(HouseReads(house), Door(house)),
        base_url="http://127.0.0.1",
        client=("127.0.0.1", 50000),
        cookies={SIGN_IN: token},
    )
    return browser, engine.case(CASE).position


def timed(browser: TestClient, address: str) -> float:
    """The median of some requests."""
    assert browser.get(address).status_code == 200
    return median(took_us(partial(browser.get, address)) for _ in range(ROUNDS)) / 1000
