"""The real command is killed at any instant, again and again on one store: nothing is lost, doubled or half done."""

from random import Random

import pytest

from tests.faults.ward import Ward, answered, check_what_is_left

#: Kills while the demonstration is made, then in turn some time after the start and some time after the greeting.
WHILE_MAKING = 3
LONGEST_S = 2.0
#: At least so many commands were answered in all that time, else the test has tested little.
SOME = 5


def killed_again_and_again(tmp_path, seed: int, kills: int) -> None:
    print(f"seed {seed}")  # noqa: T201 - pytest shows it beside a failure
    chance = Random(seed)
    db = tmp_path / "ward.db"
    acknowledged: set[str] = set()
    events = 0
    for number in range(kills):
        ward = Ward(db)
        if number >= WHILE_MAKING and number % 4:
            ward.greeted()
        ward.kill_after(chance.uniform(0.0, LONGEST_S))
        acknowledged |= answered(ward.noted)
        if db.exists():
            after = check_what_is_left(db, acknowledged)
            assert after >= events
            events = after
    goes_on(db, acknowledged, events)
    assert len(acknowledged) >= SOME


def goes_on(db, acknowledged: set[str], events: int) -> None:
    """After the last kill the ward starts as ever, rings, and stops when it is asked to."""
    ward = Ward(db)
    ward.greeted()
    ward.wait_for(lambda: len(ward.printed) >= SOME)
    assert ward.stop() == 0, "\n".join(ward.noted)
    acknowledged |= answered(ward.noted)
    assert check_what_is_left(db, acknowledged) > events


@pytest.mark.faults
def test_a_ward_killed_twenty_times_has_lost_nothing_and_goes_on(tmp_path):
    killed_again_and_again(tmp_path, seed=20261122, kills=20)


@pytest.mark.faults
@pytest.mark.slow
@pytest.mark.parametrize("seed", range(5))
def test_a_ward_killed_a_hundred_times_has_lost_nothing_and_goes_on(tmp_path, seed):
    killed_again_and_again(tmp_path, seed, kills=20)
