"""A patient whose stay holds everything that a pack tells: corrections, refusals, answers, a review, looks, glass."""

import pytest

from tests.case.ward import CASE, Ward, t
from tests.ward.web.replay.conftest import told
from ward.demonstration.people import invite
from ward.door import Door
from ward.people.person import SignedIn
from ward.people.signing_in import demonstrated
from ward.wiring import House


def house_of(ward: Ward) -> House:
    """The house of a ward, with the invented people."""
    house = House(ward.store, ward.engine, ward.clock, (ward.pathway,), ward.clock)
    if not house.engine.sites.accounts().held:
        invite(house, "*")
    return house


def person(house: House, account: str) -> SignedIn:
    """Somebody of the invented people."""
    found = demonstrated(house, account)
    assert found is not None
    return found


def looks(house: House, account: str, what: str) -> None:
    """Somebody looks at the case through the door."""
    Door(house).look(person(house, account), "", what, (CASE,))


@pytest.fixture
def ward() -> Ward:
    """The whole stay; its clock stands an hour after the last event."""
    ward = told()
    ward.at("6 10:00").ask_for("arsenic trioxide")
    ward.clock.set(t("6 11:00"))
    return ward


@pytest.fixture
def house(ward: Ward) -> House:
    """The same with its people."""
    return house_of(ward)
