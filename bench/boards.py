"""`board_30`, `board_100k`: the board and the inbox of a ward of thirty beds, alone and among 100,000 open cases.

The thirty are whole cases with a history. The many are copies of one row of the board and its reminders on other wards,
as `wake_flat` makes them: nobody on the ward is shown anything of them.
"""

from functools import partial
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from starlette.testclient import TestClient

from bench.figure import Figure, took_us, within
from bench.patient import engine_on, history, pathway, send
from bench.patient_page import one_page
from bench.wake_flat import NUMBERS
from pathway.clinical.instant import Instant
from persistence.sqlite import SqliteStore
from persistence.tables import HEAD, REMINDER
from ward.clock import FixedClock
from ward.demonstration.people import invite
from ward.door import Door
from ward.people.signing_in import sign_in_invented, stand_as
from ward.reading import HouseReads
from ward.web.app import create_app
from ward.web.board import board
from ward.web.visit import SIGN_IN
from ward.wiring import House

WARD, BEDS, MANY, WARDS = "H1", 30, 100_000, 3_333
#: What one page may take, in milliseconds, in 95 of 100 requests.
LIMIT_MS = 50.0
#: What one page may weigh, in kilobytes, before it is packed for the way.
WEIGHT_KB = 150.0
ROUNDS, WARM = 40, 2
#: What a copy has of its own: an id, a person, and a ward among many.
HEAD_COPIED = {"case": "'case ' || n", "patient": "'copy ' || n", "ward": f"'other ' || (n % {WARDS})"}
REMINDER_COPIED = {"case": "'case ' || n"}
COUNT = "SELECT count(*) FROM case_head WHERE closed = 0"


def measure_30() -> Figure:
    """Milliseconds for the board of thirty beds, in a store that has no other."""
    with TemporaryDirectory(prefix="wardpath-bench-") as folder:
        pages, _, weight, whole = timed(Path(folder) / "ward.db", 0)
    note = (
        f"median {median(pages):.0f} ms of pages whose rows were read within a beat; once in a beat all are read "
        f"anew, in {whole:.0f} ms; {weight / 1000:.0f} kB before compression"
    )
    return within("board_30", p95(pages), LIMIT_MS, "ms", note)


def measure_100k() -> Figure:
    """Milliseconds for the slower of board and inbox of one ward among 100,000 open cases."""
    with TemporaryDirectory(prefix="wardpath-bench-") as folder:
        pages, inbox, _, whole = timed(Path(folder) / "ward.db", MANY)
    note = (
        f"board {p95(pages):.0f} ms (median {median(pages):.0f}, all rows anew {whole:.0f}), inbox {p95(inbox):.0f} "
        f"(median {median(inbox):.0f}); {BEDS} beds among {MANY} open cases on {WARDS} other wards"
    )
    return within("board_100k", max(p95(pages), p95(inbox)), LIMIT_MS, "ms", note)


def measure_weight() -> Figure:
    """Kilobytes of the heavier of two pages as a browser reads them: the board, a patient of 2,000 events."""
    with TemporaryDirectory(prefix="wardpath-bench-") as folder:
        *_, weight, _ = timed(Path(folder) / "ward.db", 0)
    patient = len(one_page())
    note = f"board of {BEDS} beds {weight / 1000:.0f} kB, patient {patient / 1000:.0f} kB, unpacked, without styles"
    return within("page_weight", max(weight, patient) / 1000, WEIGHT_KB, "kB", note)


def timed(path: Path, others: int) -> tuple[list[float], list[float], int, float]:
    """Milliseconds of each request for the board and for the inbox; the weight of the board; all its rows anew."""
    clock = FixedClock(Instant(0))
    store = SqliteStore.create(path, "demonstration")
    house = filled(store, clock)
    if others:
        copy(store, others)
    token = nurse(house)
    reads = HouseReads(house)
    browser = TestClient(
        create_app(reads, Door(house)),
        base_url="http://127.0.0.1",
        client=("127.0.0.1", 50000),
        cookies={SIGN_IN: token},
    )
    pages = [asked(browser, address) for address in ("/", "/inbox")]
    weight = len(browser.get("/").content)
    whole = median(took_us(lambda: board(reads, None, WARD)) / 1000 for _ in range(WARM + 3))
    store.close()
    return pages[0], pages[1], weight, whole


def filled(store: SqliteStore, clock: FixedClock) -> House:
    """A ward of thirty beds with its people, at the end of the first day of each patient."""
    engine = engine_on(store, clock)
    stories = [list(history(f"bed {bed}")) for bed in range(BEDS)]
    for turn in zip(*stories, strict=True):
        for at, command in turn:
            clock.set(at)
            assert engine.handle(command).status == "accepted", command
    send(store, clock)
    house = House(store, engine, clock, (pathway(),), clock)
    invite(house, WARD)
    return house


def nurse(house: House) -> str:
    """The token of a nurse of the ward, signed in with a browser."""
    made = sign_in_invented(house, "nurse.anna", "browser")
    assert made is not None
    token = stand_as(house, made[0], "nurse", WARD)
    assert token is not None
    return token


def copy(store: SqliteStore, others: int) -> None:
    """As many open cases on other wards, each with the rows of the first."""
    with store._transaction() as connection:  # noqa: SLF001 - a hundred thousand rows at once, to seed
        for table, changed in ((HEAD, HEAD_COPIED), (REMINDER, REMINDER_COPIED)):
            columns = [column.name for column in table.columns]
            given = ", ".join(changed.get(name, f'{table.name}."{name}"') for name in columns)
            copies = f'{NUMBERS} SELECT {given} FROM {table.name}, number WHERE "case" = ?'  # noqa: S608 - names of tables
            connection.execute(f"INSERT INTO {table.name} {copies}", (others, "bed 0"))
    assert int(store._ask(COUNT)[0][0]) == BEDS + others  # noqa: SLF001 - so many there are


def asked(browser: TestClient, address: str) -> list[float]:
    """Milliseconds of each of some requests, the first left out."""
    answer = browser.get(address)
    assert answer.status_code == 200, answer.text[:300]
    assert "bed 29" in answer.text or address != "/"
    return [took_us(partial(browser.get, address)) / 1000 for _ in range(WARM + ROUNDS)][WARM:]


def p95(taken_ms: list[float]) -> float:
    """What 95 of 100 stay below."""
    return sorted(taken_ms)[int(len(taken_ms) * 0.95) - 1]
