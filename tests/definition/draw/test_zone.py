"""Lines that change their height between two columns stay apart."""

from itertools import pairwise

from pathway.definition.draw.zone import NARROWEST, TRACK, Pass, zone_of


def test_a_line_turns_off_before_another_one_that_enters_where_it_leaves():
    leaves, enters = Pass(0, left=50, right=10), Pass(1, left=10, right=80)
    tracks = zone_of([leaves, enters]).tracks
    assert tracks[1] < tracks[0]


def test_every_turning_line_has_a_track_of_its_own_inside_the_strip():
    zone = zone_of([Pass(key, left=20 * key, right=20 * key + 100) for key in range(9)])
    tracks = sorted(zone.tracks.values())
    assert [after - before for before, after in pairwise(tracks)] == [TRACK] * 8
    assert tracks[0] > 0
    assert tracks[-1] < zone.width


def test_a_straight_line_needs_no_track():
    zone = zone_of([Pass(0, left=30, right=30)])
    assert zone.tracks == {}
    assert zone.width == NARROWEST


def test_lines_that_rise_together_do_not_cross():
    upper, lower = zone_of([Pass(0, left=10, right=-50), Pass(1, left=24, right=-36)]).tracks.values()
    assert upper < lower
