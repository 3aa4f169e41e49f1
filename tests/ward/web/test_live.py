"""A live board: it is sent what changed, at once and with a beat, and the log knows who looked."""

import asyncio
import json
from typing import Any

import msgspec
import pytest

from tests.ward.web.samples import HOUR, Still, Ward, lab, picture
from ward.door import Door
from ward.people.signing_in import sign_in_invented
from ward.web.board import board
from ward.web.live import BEAT_S, Boards
from ward.web.looks import Looks
from ward.web.pages import Pages
from ward.web.reads import SILENT_AFTER_S
from ward.web.view import View
from ward.web.visit import Visit


def visit_of(ward: Ward) -> Visit:
    """The onlooker of the demonstration, signed in with a browser."""
    made = sign_in_invented(ward.house, "demo", "browser")
    assert made is not None
    return Visit(made[1], "physician", "", "", "browser", Door(ward.house), Looks(), made[0])


class Listening:
    """An open board over a ward, listened to event by event. Beats come at once, so that nothing waits."""

    def __init__(self, ward: Ward, view: View | None = None, version: str = "", beat_s: float = 0.0) -> None:
        self.boards = Boards(ward, Pages(ward, Still()), beat_s=beat_s, pulse_s=0.0)
        self.events = self.boards.stream(visit_of(ward), view or View(), version)

    def next(self) -> dict[str, Any]:
        """What the page is sent next."""

        async def one() -> Any:
            return await anext(self.events)

        self.sent = LOOP.run_until_complete(asyncio.wait_for(one(), 20))
        return json.loads(self.sent.raw_data)


LOOP = asyncio.new_event_loop()


def moved(ward: Ward, case: str, **more: object) -> None:
    """Replace a picture by one with another position, as an event would."""
    before = ward.pictures[case]
    ward.pictures[case] = msgspec.structs.replace(before, position=before.position + 1, **more)


def test_a_page_that_listens_is_sent_every_row_and_part_at_once():
    sent = Listening(Ward()).next()
    assert sent["order"] == ["row-c2", "row-k7a", "row-c6", "row-c10"]
    assert {*sent["order"], "counts", "controls", "age", "bands", "alarms"} == sent["pieces"].keys()
    assert "Rendered at" in sent["pieces"]["age"]


def test_a_page_that_holds_the_rows_already_is_sent_its_frame_alone():
    ward = Ward()
    first = Listening(ward)
    first.next()
    again = Listening(ward, version=first.sent.id)
    sent = again.next()
    assert [name for name in sent["pieces"] if name.startswith("row-")] == []
    assert sent["order"] == ["row-c2", "row-k7a", "row-c6", "row-c10"]


def test_only_the_rows_that_changed_are_sent_again():
    ward = Ward()
    page = Listening(ward)
    page.next()
    moved(ward, "c2", labs=(lab(shown="66 mg/dL"),))
    sent = page.next()
    assert [name for name in sent["pieces"] if name.startswith("row-")] == ["row-c2"]
    assert "66 mg/dL" in sent["pieces"]["row-c2"]


def test_an_event_is_sent_before_the_next_beat():
    ward = Ward()
    page = Listening(ward, beat_s=HOUR)
    page.next()
    moved(ward, "k7a", bed="1")
    sent = page.next()
    assert sent["order"][0] == "row-k7a"
    assert "row-c2" not in sent["pieces"]


def test_a_patient_who_comes_gets_a_row_and_one_who_goes_loses_it():
    ward = Ward()
    page = Listening(ward)
    page.next()
    ward.pictures["n1"] = picture("n1", bed="1")
    del ward.pictures["c6"]
    sent = page.next()
    assert sent["order"] == ["row-n1", "row-c2", "row-k7a", "row-c10"]
    assert "row-n1" in sent["pieces"]


def test_a_filter_holds_on_an_open_page():
    assert Listening(Ward(), View(show="critical")).next()["order"] == ["row-k7a"]


def test_the_marks_on_an_open_page_are_the_readers_own():
    ward = Ward()
    since = ward.pictures["k7a"].at
    assert "Changed" not in Listening(ward, View(since=since)).next()["pieces"]["row-k7a"]
    assert "Changed" in Listening(ward, View(since=type(since)(since - HOUR))).next()["pieces"]["row-k7a"]


def test_a_silent_scheduler_is_named_on_an_open_page():
    ward = Ward()
    page = Listening(ward)
    assert "NOT LIVE" not in page.next()["pieces"]["alarms"]
    ward.heartbeat = None
    assert "NOT LIVE" in page.next()["pieces"]["alarms"]


def test_two_beats_may_be_lost_before_a_page_is_not_live():
    assert 2 * BEAT_S < SILENT_AFTER_S


def test_a_subscription_is_logged_once_and_again_when_it_shows_another_patient():
    ward = Ward()
    page = Listening(ward)
    for _ in range(3):
        page.next()
    assert ward.looks == [("board", ("c2", "k7a", "c6", "c10"))]
    ward.pictures["n1"] = picture("n1", bed="12")
    page.next()
    assert ward.looks[1:] == [("board", ("c2", "k7a", "c6", "c10", "n1"))]


def test_a_row_whose_case_did_not_move_is_kept_as_it_was_read():
    ward = Ward()
    before = board(ward)
    moved(ward, "c2")
    after = board(ward, before)
    kept = {row.token for row, old in zip(after.rows, before.rows, strict=True) if row is old}
    assert kept == {"k7a", "c6", "c10"}


def test_a_case_that_could_not_be_read_is_tried_again():
    ward = Ward()
    ward.damaged.add("c2")
    before = board(ward)
    ward.damaged.clear()
    assert [row.kind for row in before.rows] == ["broken", "patient", "patient", "patient"]
    assert [row.kind for row in board(ward, before).rows] == ["patient"] * 4


@pytest.mark.parametrize("path", ["/board/events", "/board/events?show=nonsense"])
def test_the_stream_answers_only_this_machine(client, path):
    assert client.get(path, headers={"Host": "evil.example"}).status_code == 403
