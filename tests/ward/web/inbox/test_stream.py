"""A live inbox: an open page is sent what changed, holds one word for its forms, and ends with the sign-in."""

import asyncio
import json
import re
from typing import Any

from tests.ward.web.inbox.conftest import MIN, PLATELETS, Ward, fields, need, press
from ward.door import Door
from ward.people.person import SignedIn
from ward.people.signing_in import sign_out, signed_in
from ward.reading import HouseReads
from ward.web.inbox.live import Inboxes
from ward.web.inbox.view import View
from ward.web.looks import Looks
from ward.web.pages import Pages
from ward.web.visit import SIGN_IN, Visit, csrf_of

RECHECK = "Recheck: fibrinogen, platelets"


class Listening:
    """An open inbox of the nurse Anna, listened to event by event. Beats come at once, so that nothing waits."""

    def __init__(self, ward: Ward) -> None:
        self.browser = ward.browser("nurse.anna", "nurse")
        self.token = self.browser.cookies[SIGN_IN]
        who = signed_in(ward.house, self.token)
        assert isinstance(who, SignedIn)
        reads, door = HouseReads(ward.house), Door(ward.house)
        visit = Visit(who, "nurse", "H1", csrf_of(self.token), "browser", door, Looks(), self.token)
        inboxes = Inboxes(reads, door, Pages(reads, ward.clock), beat_s=0.0, pulse_s=0.0)
        self.events = inboxes.stream(visit, View(), "one word")

    def next(self) -> Any:
        """What the page is sent next."""

        async def one() -> Any:
            return await anext(self.events)

        return LOOP.run_until_complete(asyncio.wait_for(one(), 20))

    def pieces(self) -> dict[str, str]:
        """The pieces that it is sent next."""
        found: dict[str, str] = json.loads(self.next().raw_data)["pieces"]
        return found


LOOP = asyncio.new_event_loop()


def test_a_page_that_listens_is_sent_all_at_once_and_then_only_what_changed(ward: Ward):
    page = Listening(ward)
    assert page.pieces().keys() >= {"row-c1", "counts", "controls", "coming", "waiting", "done", "people", "age"}
    assert page.pieces().keys() <= {"age", "bands", "alarms"}
    ward.result(PLATELETS, "90", "10*9/L")
    changed = page.pieces()
    assert {"row-c1", "done"} <= changed.keys()
    assert "people" not in changed
    assert "Platelets 90" in changed["done"]


def test_the_forms_of_a_piece_are_those_of_the_page(ward: Ward):
    page = Listening(ward)
    form = fields(need(page.pieces()["row-c1"], RECHECK))
    assert form["once"] == "one word"
    assert form["csrf"] == csrf_of(page.token)
    shown = page.browser.get("/inbox").text
    once = re.search(r'data-once="([0-9a-f]+)"', shown)
    assert once
    assert fields(need(shown, RECHECK))["once"] == once[1]


def test_an_act_of_somebody_else_reaches_an_open_page(ward: Ward):
    page = Listening(ward)
    page.next()
    press(ward.browser("nurse.ben", "nurse"), "TakeOver", RECHECK)
    assert "taken by nurse.ben" in page.pieces()["row-c1"]


def test_a_page_whose_sign_in_has_ended_is_told_so_and_sent_nothing_more(ward: Ward):
    page = Listening(ward)
    page.next()
    sign_out(ward.house, page.token)
    assert page.next().event == "ended"


def test_an_open_page_is_one_look_and_another_once_it_shows_another_patient(ward: Ward):
    page = Listening(ward)
    for _ in range(3):
        page.next()
    ward.enrol("c3", "H1", "4")
    ward.later(MIN)
    page.next()
    looks = [each.cases for each in ward.house.store.accesses(actor="nurse.anna") if each.what == "due"]
    assert looks == [("c1",), ("c1", "c3")]
