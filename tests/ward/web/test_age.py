"""How old a page is, and that a silent scheduler is named within twelve seconds."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from freezegun import freeze_time
from starlette.testclient import TestClient

from pathway.clinical.instant import SECOND, Instant, Span, instant
from tests.ward.web.conftest import browser_of, sign_in, words
from tests.ward.web.samples import NOW, Ward
from tests.ward.web.signing.conftest import Two
from ward.clock import DemonstrationClock, SystemClock
from ward.feeds import Silence
from ward.reading import HouseReads

NIGHT = datetime(2026, 3, 5, 2, 22, 10, tzinfo=UTC)
BANNER = "NOT LIVE Scheduler heard"


def at_the_edge(ward: Ward) -> TestClient:
    """A browser over a ward whose clocks are the machine's. It looked once before time is frozen."""
    return sign_in(browser_of(ward, ward.house))


@pytest.mark.parametrize("path", ["/", "/case/k7a", "/about"])
def test_not_live_is_shown_once_the_heartbeat_is_older_than_twelve_seconds(path):
    browser = at_the_edge(Ward(clock=SystemClock(), heartbeat=instant(NIGHT)))
    with freeze_time(NIGHT) as frozen:
        frozen.tick(timedelta(seconds=12))
        assert BANNER not in words(browser.get(path).text)
        frozen.tick(timedelta(seconds=0.1))
        assert BANNER in words(browser.get(path).text)


def test_the_twelve_seconds_are_real_ones_however_fast_a_demonstration_runs():
    clock = DemonstrationClock(NOW, instant(NIGHT), 60, SystemClock())
    browser = at_the_edge(Ward(clock=clock, heartbeat=NOW, speed=Decimal(60)))
    with freeze_time(NIGHT) as frozen:
        frozen.tick(timedelta(seconds=12))
        assert BANNER not in words(browser.get("/").text)
        assert "Scheduler heard 12 s ago" in words(browser.get("/").text)
        frozen.tick(timedelta(seconds=1))
        assert BANNER in words(browser.get("/").text)


@pytest.mark.parametrize("heartbeat", [None, Instant(NOW + SECOND)])
def test_a_heartbeat_that_never_was_or_lies_ahead_is_not_live(browse, heartbeat):
    ward = Ward(heartbeat=heartbeat)
    assert "NOT LIVE" in words(browse(ward).get("/").text)
    health = browse(ward).get("/healthz")
    assert health.status_code == 503
    assert health.json()["live"] is False


def test_health_says_alive_heartbeat_and_origin(client):
    answer = client.get("/healthz")
    assert answer.status_code == 200
    assert answer.json() == {"alive": True, "live": True, "heartbeat_age_s": 2.0, "origin": "demonstration"}


def test_the_board_says_when_it_was_rendered_and_as_of_when(client):
    said = words(client.get("/").text)
    assert "Rendered at 03:22:10 Data as of 05-Mar-2026 03:22:10 Europe/Berlin Scheduler heard 2 s ago" in said


@pytest.mark.parametrize("path", ["/", "/case/k7a", "/case/k7a/replay", "/about", "/case/nobody"])
def test_every_page_says_that_it_is_not_approved_and_answers_this_machine_only(client, path):
    said = words(client.get(path).text)
    assert "Not clinically approved" in said
    assert "Answers this machine only" in said


@pytest.mark.parametrize("path", ["/", "/case/k7a", "/case/k7a/replay", "/about"])
def test_a_demonstration_says_so_with_its_time_and_speed_on_every_page(browse, path):
    said = words(browse(Ward(speed=Decimal(60))).get(path).text)
    assert "DEMONSTRATION Demonstration time 05-Mar-2026" in said
    assert "running 60 times as fast as real time" in said


def test_a_live_store_shows_no_demonstration_banner(browse):
    assert "DEMONSTRATION" not in words(browse(Ward(origin="live")).get("/").text)


def test_a_store_of_an_unheard_of_origin_is_not_taken_for_a_ward(browse):
    assert "DEMONSTRATION" in words(browse(Ward(origin="rehearsal")).get("/").text)


def test_about_says_that_it_never_replaces_judgement(client):
    assert "supports clinical judgement and never replaces it" in words(client.get("/about").text)


def test_print_says_until_when_it_is_valid(client):
    assert "Printed list: valid until 05-Mar-2026 03:40 Europe/Berlin" in words(client.get("/").text)
    assert "Printed page: valid until 05-Mar-2026 03:40 Europe/Berlin" in words(client.get("/case/k7a").text)


@pytest.mark.parametrize("path", ["/", "/?form=wall", "/case/k7a"])
def test_a_feed_that_has_gone_silent_is_named_above_the_patients(browse, path):
    quiet = Silence("laboratory", Instant(NOW - 7 * 3600 * SECOND), Span(6 * 3600 * SECOND))
    said = words(browse(Ward(silent=(quiet,))).get(path).text)
    assert "NOT HEARD no laboratory results since 20:22 on 04-Mar-2026 What is not here may have happened" in said
    assert "NOT HEARD" not in words(browse(Ward()).get(path).text)


def test_a_store_whose_disk_failed_says_so_on_the_pages_that_are_open():
    two = Two()
    browser = sign_in(browser_of(HouseReads(two.house), two.house))
    assert "READ ONLY" not in words(browser.get("/").text)
    two.house.store.failed = True
    assert "READ ONLY The disk has failed" in words(browser.get("/").text)
