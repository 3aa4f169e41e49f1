"""What open boards share: rows are cut once for all who see a ward alike, and never cross to who sees it otherwise."""

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import suppress
from itertools import pairwise
from typing import Any

import msgspec
import pytest
from fastapi.sse import ServerSentEvent

from pathway.case.envelope import By
from pathway.case.picture import Picture
from pathway.site.accounts.commands import OpenAccount, RevokeRole
from pathway.site.accounts.grant import Grant
from tests.ward.web.samples import HOUR, Still, Ward, picture
from ward.door import Door
from ward.people.signing_in import revoke, sign_in_invented, sign_out, stand_as
from ward.web.live import Boards
from ward.web.looks import Looks
from ward.web.pages import Pages
from ward.web.view import View
from ward.web.visit import Visit

ADMIN = By("admin", "administrator")
HERE, THERE = "H3", "S1"
FULL, BED = View(form="wall", names="full"), View(form="wall", names="bed")


class Counting(Ward):
    """A ward that counts how often each case is read."""

    def __init__(self, *pictures: Picture, **changes: object) -> None:
        self.read: Counter[str] = Counter()
        super().__init__(*pictures, **changes)

    def picture(self, case: str) -> Picture | None:
        """As the ward, counted."""
        self.read[case] += 1
        return super().picture(case)


class Page:
    """An open board of somebody."""

    def __init__(self, events: AsyncIterator[ServerSentEvent]) -> None:
        self.events = events

    async def event(self) -> ServerSentEvent:
        """The next event."""
        return await asyncio.wait_for(anext(self.events), 20)

    async def next(self) -> dict[str, Any]:
        """What the next event says."""
        found: dict[str, Any] = json.loads((await self.event()).raw_data or "")
        return found


@pytest.fixture
def two_wards() -> Ward:
    """A patient and an empty bed on each of two wards."""
    return Ward(
        picture("here", ward=HERE, bed="1"),
        picture("there", ward=THERE, bed="1"),
        site_beds={HERE: ("1", "2"), THERE: ("1", "2")},
        identities={"here": {"name": "HIER, Hanna"}, "there": {"name": "DORT, Dora"}},
    )


def boards_of(ward: Ward, beat_s: float = float(HOUR), pulse_s: float = 0.0) -> Boards:
    """What the open boards of a ward share. A beat is for ever, so that all that comes is an event."""
    return Boards(ward, Pages(ward, Still()), beat_s=beat_s, pulse_s=pulse_s)


def visit_of(ward: Ward, account: str, role: str, *grants: Grant) -> Visit:
    """Somebody with these roles who looks on all wards of one of them; their account is opened where there is none."""
    if grants:
        opened = OpenAccount(
            id=f"open {account}", by=ADMIN, account=account, name=account, kind="person", grants=grants
        )
        assert ward.house.engine.handle(opened).status == "accepted"
    made = sign_in_invented(ward.house, account, "browser")
    assert made is not None
    token = stand_as(ward.house, made[0], role, "")
    assert token is not None
    return Visit(made[1], role, "", "", "browser", Door(ward.house), Looks(), token)


def page(boards: Boards, visit: Visit, view: View | None = None) -> Page:
    """An open board."""
    return Page(boards.stream(visit, view or View(), ""))


def moved(ward: Ward, case: str, **more: object) -> None:
    """An event on a case."""
    before = ward.pictures[case]
    ward.pictures[case] = msgspec.structs.replace(before, position=before.position + 1, **more)


# --- what never crosses ----------------------------------------------------------------------------------------------


def test_two_people_with_the_same_role_on_different_wards_share_no_row(two_wards: Ward):
    boards = boards_of(two_wards)
    mine = page(boards, visit_of(two_wards, "hugo", "physician", Grant("physician", HERE)))
    theirs = page(boards, visit_of(two_wards, "dirk", "physician", Grant("physician", THERE)))

    async def listened() -> tuple[dict[str, Any], ...]:
        first = await mine.next(), await theirs.next()
        moved(two_wards, "there", bed="1a")
        moved(two_wards, "here", bed="1b")
        return *first, await mine.next(), await theirs.next()

    begun_mine, begun_theirs, mine_then, theirs_then = asyncio.run(listened())
    assert begun_mine["order"] == ["row-here", "row-empty-2"]
    assert begun_theirs["order"] == ["row-there", "row-empty-4"]
    for sent in (begun_mine, mine_then):
        assert "HIER" in json.dumps(sent)
        assert not {"DORT", "row-there", "row-empty-4", THERE} & words_in(sent)
    for sent in (begun_theirs, theirs_then):
        assert "DORT" in json.dumps(sent)
        assert not {"HIER", "row-here", "row-empty-2", HERE} & words_in(sent)


def test_one_person_in_two_roles_is_shown_in_each_what_that_role_sees(two_wards: Ward):
    boards = boards_of(two_wards)
    grants = Grant("nurse", HERE), Grant("physician", THERE)
    nurse = visit_of(two_wards, "both", "nurse", *grants)
    doctor = visit_of(two_wards, "both", "physician")

    async def listened() -> list[list[str]]:
        return [(await page(boards, visit).next())["order"] for visit in (nurse, doctor, nurse)]

    assert asyncio.run(listened()) == [
        ["row-here", "row-empty-2"],
        ["row-there", "row-empty-4"],
        ["row-here", "row-empty-2"],
    ]


@pytest.mark.parametrize("order", [(FULL, BED), (BED, FULL)])
def test_a_wall_that_shows_beds_alone_is_never_sent_the_names_of_another_wall(two_wards: Ward, order: tuple[View, ...]):
    boards, onlooker = boards_of(two_wards), visit_of(two_wards, "demo", "physician")
    pages = {view.names: page(boards, onlooker, view) for view in order}

    async def listened() -> dict[str, list[dict[str, Any]]]:
        found = {name: [await each.next()] for name, each in pages.items()}
        moved(two_wards, "here", failed=True, bed="1c")
        return {name: [*sent, await pages[name].next()] for name, sent in found.items()}

    found = asyncio.run(listened())
    for sent in found["bed"]:
        assert "row-here" in sent["pieces"]
        assert not {"HIER", "Hanna", "DORT", "Dora"} & words_in(sent)
    assert all("HIER" in words_in(sent) for sent in found["full"])


def test_who_sees_a_ward_alike_is_sent_the_very_same_event(two_wards: Ward):
    boards = boards_of(two_wards)
    pages = [page(boards, visit_of(two_wards, "demo", "physician")) for _ in range(2)]

    async def listened() -> list[ServerSentEvent]:
        for each in pages:
            await each.next()
        moved(two_wards, "here", bed="1d")
        return [await each.event() for each in pages]

    first, second = asyncio.run(listened())
    assert first is second


# --- who looks after a ward, and how long ----------------------------------------------------------------------------


def test_when_the_page_that_looks_after_a_ward_is_closed_another_goes_on(two_wards: Ward):
    boards = boards_of(two_wards)
    watching, waiting = (page(boards, visit_of(two_wards, "demo", "physician")) for _ in range(2))

    async def listened() -> dict[str, Any]:
        await watching.next()
        await waiting.next()
        watcher = asyncio.create_task(anext(watching.events))
        while boards.kept("").watched is None:  # noqa: ASYNC110  # nothing tells that it has begun to wait
            await asyncio.sleep(0)
        waiter = asyncio.create_task(waiting.next())
        while not boards.kept("").watched._waiters:  # noqa: ASYNC110  # as above
            await asyncio.sleep(0)
        watcher.cancel()
        with suppress(asyncio.CancelledError):
            await watcher
        moved(two_wards, "here", bed="1e")
        return await waiter

    assert "row-here" in asyncio.run(listened())["pieces"]


@pytest.mark.parametrize("how", ["signed out", "revoked", "its role taken"])
def test_a_page_whose_sign_in_is_over_is_sent_nothing_more_from_the_next_beat_on(two_wards: Ward, how: str):
    grants = Grant("nurse", HERE), Grant("physician", HERE)
    visit = visit_of(two_wards, "gone", "physician", *grants)
    opened = page(boards_of(two_wards, beat_s=0.0), visit)

    async def listened() -> list[str | None]:
        assert (await opened.event()).event == "board"
        match how:
            case "signed out":
                assert sign_out(two_wards.house, visit.token)
            case "revoked":
                assert revoke(two_wards.house, "gone")
            case _:
                taken = RevokeRole(id="r", by=ADMIN, account="gone", role="nurse", ward=HERE)
                assert two_wards.house.engine.handle(taken).status == "accepted"
        moved(two_wards, "here", bed="1f")
        told = (await opened.event()).event
        return [told, *([each.event async for each in opened.events] if told == "ended" else [])]

    assert asyncio.run(listened()) == ["ended"]


def test_pages_that_begin_together_do_not_beat_together(two_wards: Ward):
    phases = boards_of(two_wards).phases
    parts = sorted(next(phases) for _ in range(20))
    assert parts[0] > 0
    assert parts[-1] < 1
    assert min(later - part for part, later in pairwise(parts)) > 0.01


def test_rows_that_grow_old_are_read_anew_a_few_at_a_time_the_oldest_first():
    ward = Counting(*(picture(f"k{bed}", bed=str(bed)) for bed in range(4)))
    boards = boards_of(ward, beat_s=4e-9, pulse_s=1e-9)
    boards.fresh("")
    assert ward.read == dict.fromkeys(("k0", "k1", "k2", "k3"), 1)
    for _ in range(2):
        boards.renew("")
    assert sorted(ward.read.values()) == [2, 2, 2, 2]
    before = boards.kept("").board
    boards.renew("")
    assert boards.kept("").board is before
    assert sorted(ward.read.values()) == [2, 2, 3, 3]


def words_in(sent: dict[str, Any]) -> set[str]:
    """The words that an event holds anywhere, names of rows among them."""
    text = json.dumps(sent)
    for sign in '<>"/,():.;=\\':
        text = text.replace(sign, " ")
    return set(text.split())
