"""The page of the proof: what the night found, where, what it cannot see, and the codes of the checkpoints."""

from pathlib import Path
from threading import Event

import pytest
from starlette.testclient import TestClient

from tests.ward.proof.attacker import Attacker, edit
from tests.ward.proof.conftest import World, made_once, world
from tests.ward.web.conftest import browser_of, sign_in
from ward.proof.nightly import verify_and_note
from ward.reading import HouseReads

__all__ = ["made_once", "world"]


@pytest.fixture
def auditor(world: World) -> TestClient:
    """The auditor before that ward."""
    from ward.demonstration.people import invite

    invite(world.house, "W")
    return sign_in(browser_of(HouseReads(world.house), world.house), "auditor", "auditor", "*")


def page(browser: TestClient) -> str:
    answer = browser.get("/audit/proof")
    assert answer.status_code == 200, answer.text
    return answer.text


def test_a_record_that_nobody_verified_yet_is_said_to_be_so(auditor: TestClient):
    assert "Not verified yet" in page(auditor)


def test_a_clean_record_and_its_checkpoints_are_shown_with_what_cannot_be_seen(auditor: TestClient, world: World):
    verify_and_note(world.house, world.path, Event())
    text = page(auditor)
    assert "Clean" in text
    assert "What this cannot see" in text
    assert world.key.public in text
    assert text.count('<tr><th scope="row"') == 3


def test_damage_is_named_with_its_case_and_position(auditor: TestClient, world: World):
    Attacker(Path(world.path)).change("c1", edit(3), anew=True)
    verify_and_note(world.house, world.path, Event())
    text = page(auditor)
    assert "Damaged" in text
    assert '<th scope="row">rewritten</th><td data-head="Case">c1</td><td data-head="Position">3</td>' in text
