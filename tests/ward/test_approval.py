"""While nobody has signed for a definition everything says so, and a live store does not run it."""

import io
import re
import signal
from pathlib import Path
from threading import Timer

import pytest

from pathway.case.commands import Enrol
from pathway.case.envelope import By
from pathway.clinical.instant import SECOND, Instant, instant
from pathway.definition.load import load
from pathway.site.commands import ApproveDefinition, WithdrawDefinition
from scheduler.outbox import unshaken
from scheduler.tick import tick
from tests.definition.broken import TEXT
from tests.ward.web.conftest import browser_of, sign_in
from ward.approval import Marked, banner, refuse_unsigned
from ward.clock import FixedClock
from ward.demonstration.people import invite
from ward.errors import NotHere
from ward.reading import HouseReads
from ward.run import run_ward
from ward.wiring import House, create_store, house, memory_store, open_store, post

NOW = instant("2026-03-05T03:00+01:00")
DOCTOR = By("doctor A", "haematologist")
PAGES = ("/", "/about", "/case/c1", "/case/c1/replay")
SAID = "Not clinically approved"
PATIENCE_S = 10


def enrolled(made: House) -> House:
    """The house with one patient."""
    origin = "live" if made.store.origin == "live" else "invented"
    answer = made.engine.handle(
        Enrol(
            id="e1", case="c1", by=DOCTOR, pathway="variant_apl", presented_at=Instant(NOW - 3600 * SECOND), zone="UTC",
            ward="H1", bed="3", identifiers={"name": "X", "number": "1"}, patient="p1", origin=origin,
        )
    )  # fmt: skip
    assert answer.status == "accepted"
    return made


@pytest.fixture
def demonstration() -> House:
    return enrolled(house(memory_store(), FixedClock(NOW)))


@pytest.fixture
def live() -> House:
    return enrolled(house(memory_store("live"), FixedClock(NOW)))


def approve(made: House, digest: str) -> None:
    command = ApproveDefinition(id=f"a-{digest}", by=DOCTOR, digest=digest, second="doctor B")
    assert made.engine.handle(command).status == "accepted"


def approve_all(made: House) -> None:
    for each in made.pathways:
        approve(made, each.digest)


def page(made: House, path: str) -> str:
    if not made.engine.sites.accounts().held:
        invite(made)
    browser = sign_in(browser_of(HouseReads(made), made, made.clock))
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", browser.get(path).text))


@pytest.mark.parametrize("path", PAGES)
def test_every_page_says_that_nothing_is_approved_until_each_definition_is_signed_for(demonstration: House, path: str):
    *all_but_one, last = demonstration.pathways
    for each in all_but_one:
        approve(demonstration, each.digest)
        assert SAID in page(demonstration, path)
    approve(demonstration, last.digest)
    assert SAID.lower() not in page(demonstration, path).lower()


def test_another_digest_is_another_signature(demonstration: House):
    approve_all(demonstration)
    assert banner(demonstration) == ""
    changed = house(demonstration.store, demonstration.clock)
    other = [each for each in changed.pathways if each.name != "variant_apl"]
    mended = load(TEXT.replace('status = "not clinically approved"', 'status = "not clinically approved "'))
    renewed = House(changed.store, changed.engine, changed.clock, (mended, *other))
    assert banner(renewed) == SAID


def test_a_withdrawal_brings_the_banner_back_while_open_cases_go_by_it(demonstration: House):
    approve_all(demonstration)
    digest = demonstration.engine.case("c1").bundle
    command = WithdrawDefinition(
        id="w1", by=DOCTOR, digest=digest, reason="wrong line", migrate_within="72 h", second="doctor B"
    )
    assert demonstration.engine.handle(command).status == "accepted"
    assert SAID in page(demonstration, "/")


def test_a_case_says_who_signed_for_its_definition(demonstration: House):
    assert demonstration.engine.picture("c1").status == "not clinically approved"
    approve_all(demonstration)
    assert demonstration.engine.picture("c1").status == "approved here by doctor A and doctor B"


def test_a_notice_says_it_too_and_keeps_its_key(demonstration: House, tmp_path: Path):
    heard = io.StringIO()
    deliver = Marked(post(tmp_path / "w.db", heard, "demonstration", {}), lambda: banner(demonstration))
    tick(demonstration.engine, demonstration.store, demonstration.clock, deliver, worker="w", jitter=unshaken)
    lines = heard.getvalue().splitlines()
    assert lines
    assert all(line.endswith("[not clinically approved]") for line in lines)
    assert len(set((tmp_path / "notices.jsonl").read_text("utf-8").splitlines())) == len(lines)


def test_a_live_store_refuses_what_nobody_approved_and_names_it(live: House):
    with pytest.raises(NotHere, match=r"variant_apl version 1 \([0-9a-f]{12}\), unmatched_report version 1"):
        refuse_unsigned(live)
    approve(live, live.pathways[0].digest)
    with pytest.raises(NotHere, match="nobody approved: unmatched_report"):
        refuse_unsigned(live)
    approve(live, live.pathways[1].digest)
    refuse_unsigned(live)


def test_a_demonstration_runs_without_a_signature(demonstration: House):
    refuse_unsigned(demonstration)
    assert banner(demonstration) == SAID


def test_a_definition_that_was_withdrawn_and_that_nobody_goes_by_needs_no_signature():
    made = house(memory_store("live"), FixedClock(NOW))
    first, *others = made.pathways
    for each in others:
        approve(made, each.digest)
    withdrawn = WithdrawDefinition(
        id="w1", by=DOCTOR, digest=first.digest, reason="not used here", migrate_within="1 h", second="doctor B"
    )
    assert made.engine.handle(withdrawn).status == "accepted"
    refuse_unsigned(made)


def test_running_a_live_store_ends_before_anything_starts(tmp_path: Path):
    path = tmp_path / "live.db"
    create_store(path, "live").close()
    said: list[str] = []
    # A ward that ran all the same would run for ever; being asked to stop it ends without an error, and the test fails.
    guard = Timer(PATIENCE_S, signal.raise_signal, [signal.SIGINT])
    guard.start()
    try:
        with pytest.raises(NotHere, match="nobody approved"):
            run_ward(path, port=0, speed=None, out=io.StringIO(), note_to=said.append)
    finally:
        guard.cancel()
    assert said == []
    store = open_store(path)
    assert dict(store.beats()) == {}
    store.close()
