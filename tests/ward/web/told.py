"""A patient on the shipped pathway, made by real commands, and the pages over it."""

from starlette.testclient import TestClient

from tests.case.ward import CASE
from tests.case.ward import Ward as Patient
from tests.ward.web.conftest import browser_of, sign_in
from tests.ward.web.samples import Still
from ward.demonstration.people import invite
from ward.reading import HouseReads
from ward.web.axis import Axis, axis
from ward.wiring import House


def pages(patient: Patient) -> TestClient:
    """A browser over the patient's house."""
    house = House(patient.store, patient.engine, patient.clock, (patient.pathway,), patient.clock)
    if not house.engine.sites.accounts().held:
        invite(house)
    return sign_in(browser_of(HouseReads(house), house, Still()))


def page(patient: Patient, path: str = "") -> str:
    """A page of the patient."""
    answer = pages(patient).get(f"/case/{CASE}{path}")
    assert answer.status_code == 200
    return answer.text


def drawn(patient: Patient, span: str = "3d") -> Axis:
    """The axis of the patient now."""
    return axis(patient.engine.inquiry(CASE), span)


def rows(found: Axis, lane: str) -> list[tuple[str, str]]:
    """The rows of a lane, oldest first, as time and words."""
    return [(row.when, row.words) for row in reversed(found.rows) if row.lane == lane]
