"""A patient with a past: treated on suspicion, a variant found, tretinoin stopped, a value corrected two days later."""

import re
from collections.abc import Callable

import pytest
from starlette.testclient import TestClient

from tests.case.ward import CASE, Ward
from tests.ward.web.conftest import browser_of, sign_in
from tests.ward.web.samples import Still
from ward.demonstration.people import invite
from ward.reading import HouseReads
from ward.wiring import House

#: The steps of the story, each at its own moment; what the last ones tell is told nowhere before.
STEPS: tuple[Callable[[Ward], object], ...] = (
    lambda ward: ward.at("1 12:00").therapy("started", "1 11:00"),
    lambda ward: ward.at("3 08:40").lab("fibrinogen", "160", "3 08:00"),
    lambda ward: ward.at("3 12:00").pml_negative(),
    lambda ward: ward.at("3 15:10").partner("ZBTB16"),
    lambda ward: ward.look("3 16:30"),
    lambda ward: ward.at("4 10:00").acknowledge("M3"),
    lambda ward: ward.at("4 11:00").stop(),
    lambda ward: ward.at("5 09:00").lab("fibrinogen", "106", "3 08:00", status="corrected", replaces=first_lab(ward)),
    lambda ward: ward.at("5 10:00").bed("H1", "7"),
    lambda ward: ward.look("6 09:00"),
)


def first_lab(ward: Ward) -> int:
    """Where the first result stands."""
    return next(each.position for each in ward.engine.timeline(CASE) if each.type == "ResultRecorded")


def told(steps: int = len(STEPS)) -> Ward:
    """The story up to one of its steps."""
    ward = Ward(zone="Europe/Berlin")
    for step in STEPS[:steps]:
        step(ward)
    return ward


def opened(ward: Ward, account: str = "demo", role: str = "physician", place: str = "*") -> TestClient:
    """A browser over the ward before which somebody has signed in. `place`: where the first who comes works."""
    house = House(ward.store, ward.engine, ward.clock, (ward.pathway,), ward.clock)
    if not house.engine.sites.accounts().held:
        invite(house, place)
    return sign_in(browser_of(HouseReads(house), house, Still()), account, role, place)


def shown(browser: TestClient, query: str = "", case: str = CASE) -> str:
    """A replay of the case, by whatever address it has in the end."""
    answer = browser.get(f"/case/{case}/replay{query}", follow_redirects=True)
    assert answer.status_code == 200, answer.text
    return answer.text


def bare(page: str) -> str:
    """A page without what belongs to whoever looks: the word in their forms."""
    return re.sub(r'name="csrf" value="[0-9a-f]+"', "", page)


@pytest.fixture
def ward() -> Ward:
    """The whole story."""
    return told()


@pytest.fixture
def browser(ward: Ward) -> TestClient:
    """A physician before it."""
    return opened(ward)
