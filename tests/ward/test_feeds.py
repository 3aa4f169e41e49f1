"""A feed that is silent for longer than is usual is named with the time of its last word. safety.md H38."""

from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from pathway.clinical.instant import SECOND, Instant, instant, span
from tests.ward.cli.conftest import wardpath
from tests.ward.test_watchdog import HOUR, Ward
from ward.demonstration.people import invite
from ward.errors import NotUnderstood
from ward.feeds import Silence, feeds
from ward.reading import HouseReads

__all__ = ["wardpath"]
BERLIN = ZoneInfo("Europe/Berlin")
EACH = feeds({"lab": "6 h", "imaging": "2 d"})


@pytest.fixture
def ward(tmp_path: Path):
    made = Ward(tmp_path / "ward.db")
    made.enrol()
    made.result(1)
    yield made
    made.store.close()


def silent(reads: HouseReads) -> tuple[Silence, ...]:
    return reads.store_facts().silent


def test_a_feed_is_named_once_it_is_silent_for_longer_than_is_usual_and_no_more_after_its_next_word(ward: Ward):
    reads, heard = HouseReads(ward.made, EACH), ward.clock.now()
    ward.stand(6 * HOUR)
    assert silent(reads) == ()
    ward.stand(SECOND)
    assert silent(reads) == (Silence("lab", heard, span("6 h")),)
    ward.result(2)
    assert silent(reads) == ()


def test_a_feed_that_was_never_heard_counts_from_the_first_record(ward: Ward):
    reads = HouseReads(ward.made, EACH)
    ward.stand(48 * HOUR)
    ward.result(2)
    assert silent(reads) == ()
    ward.stand(SECOND)
    assert silent(reads) == (Silence("imaging", None, span("2 d")),)


def test_without_feeds_nobody_is_silent(ward: Ward):
    ward.stand(1000 * HOUR)
    assert silent(HouseReads(ward.made)) == ()


@pytest.mark.parametrize(
    "since, words",
    [
        ("2026-03-05T13:05Z", "no laboratory results since 14:05"),
        ("2026-03-04T13:05Z", "no laboratory results since 14:05 on 04-Mar-2026"),
        (None, "no laboratory results yet"),
    ],
)
def test_it_says_what_was_not_received_and_not_what_was_not_done(since, words):
    at = None if since is None else instant(since)
    assert Silence("laboratory", at, span("6 h")).words(BERLIN, instant("2026-03-05T21:00Z")) == words


def test_the_lists_of_the_command_line_say_it_above_their_tables(wardpath, ward: Ward, monkeypatch):
    monkeypatch.setenv("WARDPATH_FEEDS", '{"lab": "6 h"}')
    invite(ward.made)
    asked = ("--by", "nurse.anna", "--db", ward.path)
    ward.stand(7 * HOUR)
    for command in ("cases", "due"):
        assert "NOT HEARD: no lab results since" in wardpath(command, *asked).stdout
    ward.result(2)
    heard = wardpath("due", *asked)
    assert (heard.exit_code, "NOT HEARD" in heard.stdout) == (0, False)


def test_a_silence_that_cannot_be_read_is_refused():
    with pytest.raises(NotUnderstood):
        feeds({"lab": "soon"})
    assert feeds({"lab": "6 h"}) == {"lab": Instant(6 * HOUR)}
