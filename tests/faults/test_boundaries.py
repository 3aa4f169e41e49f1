"""Workers are hit at boundaries, alone and in crowds, on both databases: nothing is lost, doubled or out of order."""

from collections.abc import Iterator

import pytest

from tests.faults.campaign import FEW, MANY, Part, crowds, jumps, kills, receivers, restarts, stops
from tests.faults.trials import Places, Tally, Trials
from tests.persistence.server import OwnServer

SEED = 20261122


@pytest.fixture(scope="module")
def on_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trials]:
    """Trials on files, with one nursery for the whole module."""
    with Trials(Places(tmp_path_factory.mktemp("faults"))) as trials:
        yield trials


@pytest.fixture(params=["sqlite", "postgresql"])
def trials(request: pytest.FixtureRequest, tmp_path) -> Iterator[Trials]:
    """Trials on each kind of store."""
    if request.param == "sqlite":
        yield request.getfixturevalue("on_sqlite")
        return
    with Trials(Places(tmp_path, request.getfixturevalue("server"))) as made:
        yield made


@pytest.fixture
def crashing(server) -> OwnServer:
    """The server of this run, where it is one that can be made to crash."""
    if not isinstance(server, OwnServer):
        pytest.skip("PostgreSQL: only a server that is started here can be made to crash")
    return server


def sound(tally: Tally, *, at_least: int, of: str = "killed") -> None:
    """Nothing was found, and enough happened to have found it."""
    assert tally.found == []
    assert tally.faults[of] >= at_least
    assert tally.keys >= tally.trials


@pytest.mark.faults
def test_a_worker_killed_again_and_again_loses_and_doubles_nothing(trials):
    sound(kills(trials, FEW, SEED), at_least=2 * FEW.kills)


@pytest.mark.faults
def test_a_receiver_that_keeps_and_says_no_or_hangs_up_is_sent_nothing_but_repeats_under_one_key(trials):
    tally = receivers(trials, FEW, SEED)
    sound(tally, at_least=FEW.receivers)
    assert tally.faults["receiver"] >= FEW.receivers
    assert tally.repeats


@pytest.mark.faults
def test_a_worker_that_stood_still_past_its_lease_changes_nothing_that_another_has_done(trials):
    sound(stops(trials, FEW, SEED), at_least=FEW.stops // 2, of="stopped")


@pytest.mark.faults
def test_a_stopped_worker_whose_notice_was_sent_by_another_is_refused_by_the_fence(on_sqlite):
    tally = Tally("stops")
    on_sqlite.stops(tally, range(5, on_sqlite.length(), 29))
    sound(tally, at_least=5, of="stopped")
    assert tally.outrun
    assert tally.repeats


@pytest.mark.faults
def test_a_crowd_of_workers_with_a_failing_receiver_loses_and_doubles_nothing(trials):
    sound(crowds(trials, FEW, SEED), at_least=FEW.deaths)


@pytest.mark.faults
def test_a_clock_that_jumps_both_ways_loses_and_doubles_nothing_and_rings_nothing_early(trials):
    tally = jumps(trials, FEW, SEED)
    sound(tally, at_least=FEW.deaths)
    assert tally.faults["jumps"] >= FEW.deaths


@pytest.mark.faults
def test_a_database_that_crashes_under_a_worker_loses_and_doubles_nothing(tmp_path, crashing):
    with Trials(Places(tmp_path, crashing)) as trials:
        sound(restarts(trials, FEW, SEED), at_least=FEW.restarts, of="restarts")


@pytest.mark.faults
@pytest.mark.slow
@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("part", [kills, receivers, stops, crowds, jumps])
def test_no_fault_in_great_number_loses_or_doubles_anything(trials, part: Part, seed: int):
    tally = part(trials, MANY, seed)
    assert tally.found == []
    assert tally.faults["killed"] + tally.faults["stopped"] >= MANY.stops // 2


@pytest.mark.faults
@pytest.mark.slow
def test_a_database_that_crashes_again_and_again_loses_and_doubles_nothing(tmp_path, crashing):
    with Trials(Places(tmp_path, crashing)) as trials:
        sound(restarts(trials, MANY, SEED), at_least=MANY.restarts // 2, of="restarts")


@pytest.mark.faults
@pytest.mark.slow
@pytest.mark.parametrize("at", range(40, 240, 40))
def test_a_worker_that_stops_inside_a_transaction_makes_others_wait_and_loses_nothing(trials, at: int):
    tally = Tally("stops inside")
    trials.stops(tally, [at], inside=True)
    sound(tally, at_least=1, of="stopped")
