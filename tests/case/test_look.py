"""What a look asks: what is due, and every part of the pathway anew where that was a quarter of an hour ago."""

import pytest

from tests.case.story import t
from tests.case.ward import CASE, Ward


@pytest.fixture
def mistaken():
    """A ward that looked at 09:20 and then remembers, wrongly, that time alone changes nothing any more."""
    ward = Ward()
    ward.look("1 09:20")
    kept = ward.engine._kept[CASE]
    assert kept.memory is not None
    for part in kept.memory.wakes:
        kept.memory.wakes[part] = None
    return ward


def rungs(ward):
    return sum(each.type == "RungReached" for each in ward.engine.timeline(CASE))


def test_a_look_trusts_what_was_remembered_within_the_quarter_of_an_hour(mistaken):
    sound = Ward().look("1 09:20")
    assert rungs(mistaken.look("1 09:34")) < rungs(sound.look("1 09:34"))


def test_a_look_asks_every_part_again_a_quarter_of_an_hour_after_they_all_were(mistaken):
    sound = Ward().look("1 09:20")
    assert rungs(mistaken.look("1 09:35")) == rungs(sound.look("1 09:35"))


def test_a_look_asks_every_part_again_where_the_clock_was_set_back():
    ward = Ward().look("1 09:15")
    assert ward.store.head(CASE).recorded_at <= t("1 09:05")
    assert ward.look("1 09:05").store.head(CASE).looked_at == t("1 09:05")


def test_the_row_says_when_every_part_was_last_asked_so_that_no_command_puts_the_sweep_off():
    ward = Ward()
    assert ward.store.head(CASE).looked_at == t("1 09:00")
    ward.at("1 09:10").therapy("held")
    ward.look("1 09:14")
    assert ward.store.head(CASE).looked_at == t("1 09:00")
    assert ward.store.unlooked_cases(t("1 09:01"), 10) == [CASE]
    ward.look("1 09:15")
    assert ward.store.head(CASE).looked_at == t("1 09:15")


def test_the_row_is_the_same_whether_or_not_the_engine_remembers_the_case():
    ward = Ward()
    ward.engine._kept.clear()
    assert ward.look("1 09:05").store.head(CASE).looked_at == t("1 09:00")
