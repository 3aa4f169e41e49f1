"""What the engine says of a moment: the record up to it, under the definition of that day."""

import pytest

from pathway.engine import Engine
from tests.case.test_amend import HIGHER, SHIPPED, amend, ward_of
from tests.case.ward import CASE, t


def test_a_moment_is_asked_under_the_definition_of_that_day():
    ward = ward_of(HIGHER).at("2 12:00")
    assert amend(ward, HIGHER).status == "accepted"
    before, after = ward.engine.replayed(CASE, t("2 11:59")), ward.engine.replayed(CASE, t("2 12:00"))
    assert (before.turn.pathway.digest, after.turn.pathway.digest) == (SHIPPED.digest, HIGHER.digest)


def test_the_record_ends_with_the_event_asked_for_though_others_are_of_the_same_instant():
    ward = ward_of()
    found = ward.engine.replayed(CASE, ward.clock.now(), 2)
    assert [each.position for each in found.events] == [1, 2]
    assert found.turn.case.position == 2


def test_of_a_moment_before_the_first_event_nothing_is_known():
    ward = ward_of()
    with pytest.raises(KeyError):
        ward.engine.replayed(CASE, t("1 08:59"))


def test_a_picture_is_the_one_that_the_page_showed_then():
    ward = ward_of().at("2 12:00")
    ward.lab("fibrinogen", "92", "2 11:00")
    shown = ward.engine.picture(CASE)
    ward.at("3 12:00").lab("fibrinogen", "200", "3 11:00")
    again = Engine(ward.store, [SHIPPED], ward.clock)
    assert again.picture_replayed(again.replayed(CASE, t("2 12:00"))) == shown
