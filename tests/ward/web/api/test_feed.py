"""The feed: every event as it is recorded, taken up where a reader left off, and honest of what it cannot send."""

import asyncio
import json
from typing import Any

import pytest

from pathway.case.commands import Enrol, RecordFinding, RecordMove
from pathway.case.envelope import By
from pathway.clinical.instant import SECOND, Instant, iso
from pathway.site.accounts.commands import GrantRole, RevokeRole
from tests.ward.web.api.conftest import WARD, Site, problem
from ward.errors import Denied
from ward.people.signing_in import sign_in_invented, sign_out
from ward.web.api.feed import AGAIN_US, BACK_US, FEEDS, Feed
from ward.web.looks import Looks
from ward.web.streams import Streams
from ward.web.visit import Visit

LOOP = asyncio.new_event_loop()
NOBODY = By("")


class Reader:
    """Somebody's feed, read message by message; looks come at once, beats never unless a test wants them."""

    def __init__(
        self, site: Site, last: str = "", account: str = "nurse.anna", beat_s: float = 3600, **of: str
    ) -> None:
        made = sign_in_invented(site.house, account, "api")
        assert made is not None
        self.token, who = made
        visit = Visit(who, "", "", "", "api", site.door, Looks(), self.token)
        self.feed = Feed(visit, **of, pulse_s=0, beat_s=beat_s)
        self.stream = self.feed.messages(last)
        self.id = ""

    def next(self) -> tuple[str, Any]:
        """Kind and content of the next message."""

        async def one() -> Any:
            return await anext(self.stream)

        sent = LOOP.run_until_complete(asyncio.wait_for(one(), 20))
        self.id = sent.id or self.id
        return sent.event, json.loads(sent.raw_data)

    def until(self, case: str, position: int) -> list[tuple[str, Any]]:
        """Everything up to the message of an event."""
        found = [self.next()]
        while (found[-1][1].get("case"), found[-1][1].get("position")) != (case, position):
            found.append(self.next())
        return found


def flag(site: Site, case: str = "demo-01", value: str = "minor") -> int:
    """A finding is recorded; the position of the last event of the case."""
    command = RecordFinding(id=f"f{site.clock.advance(SECOND)}", case=case, by=NOBODY, finding="bleeding", value=value)
    answer = site.door.handle(site.who("nurse.ben"), "nurse", command)
    assert answer.status == "accepted", answer.refusal
    return site.house.store.head(case).position


def test_what_is_recorded_is_sent_as_it_is_recorded(site: Site):
    reader = Reader(site)
    kind, said = reader.next()
    assert (kind, said["resumed"], said["cases"]) == ("ready", False, len(site.house.store.heads(closed=True)))
    before = site.house.store.head("demo-01").position
    position = flag(site)
    sent = reader.until("demo-01", position)
    assert [(kind, each["case"]) for kind, each in sent] == [("event", "demo-01")] * (position - before)
    assert sent[0][1]["body"]["type"] == "FindingRecorded"
    assert sent[0][1]["words"]


def test_events_of_several_cases_come_in_the_order_of_time_and_once(site: Site):
    reader = Reader(site)
    reader.next()
    ends = {case: flag(site, case) for case in ("demo-02", "demo-01")}
    ends["demo-02"] = flag(site, "demo-02", "none")
    sent = reader.until("demo-02", ends["demo-02"])
    assert [each["recorded_at"] for _, each in sent] == sorted(each["recorded_at"] for _, each in sent)
    keys = [(each["case"], each["position"]) for _, each in sent]
    assert len(keys) == len(set(keys))
    assert ("demo-01", ends["demo-01"]) in keys


def test_a_reader_who_comes_back_misses_nothing(site: Site):
    reader = Reader(site)
    reader.next()
    position = flag(site)
    site.clock.advance(SECOND)
    seen = {(each["case"], each["position"]) for _, each in reader.until("demo-01", position)}
    last = reader.id
    missed = {("demo-01", flag(site, value="none")), ("demo-02", flag(site, "demo-02"))}
    again = Reader(site, last)
    kind, said = again.next()
    assert (kind, said["resumed"], said["from"]) == ("ready", True, iso(Instant(int(last))))
    sent = {(each["case"], each["position"]) for _, each in again.until("demo-02", max(missed)[1])}
    assert missed <= sent
    assert seen <= sent  # what was sent shortly before comes once more: its position says that it is known


def test_a_reader_who_left_amid_the_messages_of_one_look_is_sent_them_all_once_more(site: Site):
    reader = Reader(site)
    reader.next()
    begun = reader.id
    site.clock.advance(2 * AGAIN_US)
    first, second = flag(site), flag(site, "demo-02")
    kind, said = reader.next()
    assert (kind, said["case"], reader.id) == ("event", "demo-01", begun)
    again = Reader(site, reader.id)
    again.next()
    keys = [(each["case"], each["position"]) for _, each in again.until("demo-02", second)]
    assert ("demo-01", first) in keys


@pytest.mark.parametrize(
    "last, code", [("x", "unreadable"), ("1", "too_long"), ("9" * 17, "ahead"), ("-1", "unreadable")]
)
def test_what_cannot_be_taken_up_is_said_with_what_to_do(site: Site, last: str, code: str):
    reader = Reader(site, last)
    kind, said = reader.next()
    assert (kind, said["resumed"]) == ("ready", False)
    kind, said = reader.next()
    assert (kind, said["code"]) == ("gap", code)
    assert "timeline" in said["mend"]
    position = flag(site)
    assert reader.until("demo-01", position)


def test_a_day_is_taken_up_and_longer_is_not(site: Site):
    now = site.clock.now()
    assert Reader(site, str(now - BACK_US)).next()[1]["resumed"] is True
    assert Reader(site, str(now - BACK_US - 1)).next()[1]["resumed"] is False


def test_a_case_that_is_enrolled_is_sent_from_its_first_event(site: Site):
    reader = Reader(site)
    reader.next()
    command = Enrol(
        id="e1", case="demo-90", by=NOBODY, pathway="variant_apl", presented_at=site.clock.now(), zone="UTC", ward=WARD,
        bed="12", identifiers={"name": "N", "number": "9"}, patient="p-90", origin="invented",
    )  # fmt: skip
    assert site.door.handle(site.who("haematologist.greta"), "haematologist", command).status == "accepted"
    kind, said = reader.next()
    assert (kind, said["case"], said["position"]) == ("event", "demo-90", 1)


def test_a_case_that_leaves_the_ward_goes_out_of_sight_and_comes_back_as_a_gap(site: Site):
    reader = Reader(site)
    reader.next()
    site.clock.advance(2 * AGAIN_US)
    for ward, code in (("elsewhere", "out_of_sight"), (WARD, "into_sight")):
        command = RecordMove(id=f"m{code}", case="demo-01", by=NOBODY, ward=ward, bed="1")
        assert site.door.handle(site.who("consultant.ida"), "consultant", command).status == "accepted"
        kind, said = reader.next()
        assert (kind, said["case"], said["code"]) == ("gap", "demo-01", code)
    position = flag(site)
    assert reader.until("demo-01", position)[0][0] == "event"


def test_a_feed_of_one_case_is_of_that_case(site: Site):
    reader = Reader(site, case="demo-02")
    assert reader.next()[1]["cases"] == 1
    flag(site, "demo-01")
    position = flag(site, "demo-02")
    assert {each["case"] for _, each in reader.until("demo-02", position)} == {"demo-02"}
    assert Reader(site, ward="elsewhere").next()[1]["cases"] == 0


def test_a_sign_of_life_comes_when_nothing_happens_and_can_be_taken_up(site: Site):
    reader = Reader(site, beat_s=0)
    reader.next()
    site.clock.advance(SECOND)
    kind, _ = reader.next()
    assert (kind, reader.id) == ("beat", str(site.clock.now()))


def test_a_feed_ends_with_the_sign_in_and_when_roles_change(site: Site):
    reader, other = Reader(site), Reader(site, account="nurse.ben")
    reader.next(), other.next()
    sign_out(site.house, reader.token)
    kind, said = reader.next()
    assert (kind, said["code"]) == ("end", "denied")
    admin = site.who("admin")
    for number, kind_of in enumerate((GrantRole, RevokeRole)):
        ward = WARD if kind_of is RevokeRole else "elsewhere"
        command = kind_of(id=f"g{number}", by=NOBODY, account="nurse.ben", role="nurse", ward=ward)
        assert site.door.handle(admin, "administrator", command).status == "accepted"
    assert other.next()[0] == "end"


def test_who_may_read_no_timeline_gets_no_feed_and_the_look_is_written(site: Site):
    with pytest.raises(Denied):
        Reader(site, account="admin")
    Reader(site)
    last = site.house.store.accesses(actor="nurse.anna")[-1]
    assert (last.what, len(last.cases)) == ("timeline", len(site.house.store.heads(closed=True)))


# --- at its address --------------------------------------------------------------------------------------------------


def asked(site: Site, path: str, token: str, wanted: int) -> tuple[int, dict[str, str], str]:
    """Status, headers and text of a stream until it has sent so many messages; then its reader goes."""
    gone, parts, begun = asyncio.Event(), list[bytes](), dict[str, Any]()
    headers = [(b"host", b"127.0.0.1:8000"), (b"authorization", f"Bearer {token}".encode())]
    scope = {
        "type": "http", "method": "GET", "path": f"/api/v1{path}", "raw_path": path.encode(), "query_string": b"",
        "headers": headers, "client": ("127.0.0.1", 5), "scheme": "http", "http_version": "1.1", "root_path": "",
        "server": ("127.0.0.1", 8000),
    }  # fmt: skip

    async def receive() -> Any:
        if not begun.setdefault("asked", False):
            begun["asked"] = True
            return {"type": "http.request", "body": b"", "more_body": False}
        await gone.wait()
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        if message["type"] == "http.response.start":
            begun.update(message)
        parts.append(message.get("body", b""))
        if b"".join(parts).count(b"\n\n") >= wanted or not message.get("more_body", True):
            gone.set()

    asyncio.run(asyncio.wait_for(site.app(scope, receive, send), 20))
    told = {name.decode(): each.decode() for name, each in begun["headers"]}
    return begun["status"], told, b"".join(parts).decode()


def test_the_feed_is_server_sent_events_that_nobody_keeps(site: Site):
    token = Reader(site).token
    status, headers, text = asked(site, "/events", token, 1)
    assert (status, headers["content-type"].partition(";")[0]) == (200, "text/event-stream")
    assert "no-store" in headers["cache-control"] or "no-cache" in headers["cache-control"]
    assert text.startswith("event: ready\n")
    assert "\nid: " in text


def test_an_account_keeps_a_few_feeds_open_and_a_closed_one_frees_its_place(site: Site, nurse):
    token = Reader(site).token
    for _ in range(FEEDS + 2):
        assert asked(site, "/events", token, 1)[0] == 200
    assert (nurse.get("/events", params={"ward": "\x00"}).status_code) == 422
    admin = site.person("admin").get("/events")
    assert (admin.status_code, problem(admin)) == (403, "denied")


def test_one_feed_too_many_waits_for_another_to_end():
    feeds = Streams(FEEDS)
    assert all(feeds.begin("nurse.anna") for _ in range(FEEDS))
    assert not feeds.begin("nurse.anna")
    assert feeds.begin("nurse.ben")
    feeds.end("nurse.anna")
    assert feeds.begin("nurse.anna")
    assert not feeds.begin("nurse.anna")
