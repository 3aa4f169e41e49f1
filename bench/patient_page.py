"""`patient_2000`: the page of one patient with 2,000 events, from the request to the last byte, in one process."""

from functools import partial
from statistics import median

from starlette.testclient import TestClient

from bench.figure import Figure, took_us, within
from bench.patient import CASE, HOUR, engine_on, panel, pathway, play, send
from pathway.clinical.instant import Instant
from persistence.memory import MemoryStore
from ward.clock import FixedClock
from ward.demonstration.people import invite
from ward.door import Door
from ward.people.signing_in import sign_in_invented
from ward.reading import HouseReads
from ward.web.app import create_app
from ward.web.visit import SIGN_IN
from ward.wiring import House

EVENTS, ROUNDS = 2000, 15
#: What one page may take, in milliseconds.
LIMIT_MS = 100.0


def measure() -> Figure:
    """Milliseconds for the page with its usual span; the widest span stands in the note."""
    clock, store = FixedClock(Instant(0)), MemoryStore()
    engine = engine_on(store, clock)
    at, number = play(engine, clock), 3
    began = at
    while engine.case(CASE).position < EVENTS:
        number += 1
        at = Instant(at + 6 * HOUR)
        clock.set(at)
        for command in panel(number, 24 + (at - began) / HOUR):
            assert engine.handle(command).status == "accepted"
        engine.look(CASE)
        send(store, clock)
    house = House(store, engine, clock, (pathway(),), clock)
    invite(house)
    made = sign_in_invented(house, "demo", "browser")
    assert made is not None
    browser = TestClient(
        create_app(HouseReads(house), Door(house)),
        base_url="http://127.0.0.1",
        client=("127.0.0.1", 50000),
        cookies={SIGN_IN: made[0]},
    )
    usual, whole = timed(browser, f"/case/{CASE}"), timed(browser, f"/case/{CASE}?span=all")
    weight = len(browser.get(f"/case/{CASE}").content) // 1024
    note = f"{engine.case(CASE).position} events; all of the episode {whole:.0f} ms; {weight} KiB before compression"
    return within("patient_2000", usual, LIMIT_MS, "ms", note)


def timed(browser: TestClient, address: str) -> float:
    """The median of some requests."""
    assert browser.get(address).status_code == 200
    return median(took_us(partial(browser.get, address)) for _ in range(ROUNDS)) / 1000
