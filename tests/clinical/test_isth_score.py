"""The ISTH score: published vectors, edges, and an interval wherever something is missing."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pathway.clinical.computed import COMPUTED, ReadingRefused
from pathway.clinical.instant import Instant
from pathway.clinical.isth import ISTH, MarkerUnknown, isth_dic
from pathway.clinical.reading import NEVER_RECORDED, Interval, Reading, exactly

OVERT = ISTH.overt_from


def at(number: str | int) -> Interval:
    return exactly(Decimal(number))


def points(platelets: object, marker: str | None, pt: object, fibrinogen_g_l: object) -> tuple[int, int]:
    """Lowest and highest score; fibrinogen in g/L as the source prints it."""
    score = isth_dic(
        None if platelets is None else at(str(platelets)),
        marker,
        None if pt is None else at(str(pt)),
        None if fibrinogen_g_l is None else exactly(Decimal(str(fibrinogen_g_l)) * 100),
    )
    assert score.low is not None
    assert score.high is not None
    return int(score.low), int(score.high)


@pytest.mark.parametrize(
    "platelets, marker, pt, fibrinogen, expected",
    [(40, "strong", 4, 0.8, 7), (120, "moderate", 2, 2.5, 2), (60, "strong", 2, 1.8, 4), (60, "strong", 3, 1.8, 5)],
)
def test_the_published_vectors_score_as_published(
    platelets: int, marker: str, pt: int, fibrinogen: float, expected: int
) -> None:
    assert points(platelets, marker, pt, fibrinogen) == (expected, expected)


def test_overt_begins_at_five() -> None:
    assert OVERT == 5


def test_a_missing_prothrombin_time_leaves_the_score_open_by_its_whole_range() -> None:
    assert points(60, "strong", None, 1.8) == (4, 6)


def test_with_nothing_known_every_score_is_possible() -> None:
    assert points(None, None, None, None) == (0, 8)


@pytest.mark.parametrize("platelets, expected", [("100.1", 0), (100, 1), (50, 1), ("49.9", 2), (0, 2)])
def test_platelets_on_an_edge_score_the_class_the_table_names(platelets: object, expected: int) -> None:
    assert points(platelets, "none", 0, 3) == (expected, expected)


@pytest.mark.parametrize("pt, expected", [(-2, 0), ("2.9", 0), (3, 1), ("5.9", 1), (6, 2), (60, 2)])
def test_prolongation_on_an_edge_scores_the_worse_class(pt: object, expected: int) -> None:
    assert points(200, "none", pt, 3) == (expected, expected)


@pytest.mark.parametrize("fibrinogen, expected", [("1.01", 0), ("1.0", 1), ("0.2", 1)])
def test_fibrinogen_on_the_edge_scores_the_worse_class(fibrinogen: object, expected: int) -> None:
    assert points(200, "none", 0, fibrinogen) == (expected, expected)


def test_a_comparator_that_crosses_an_edge_leaves_both_classes_open() -> None:
    below = Interval(Decimal(0), Decimal(120), high_open=True)
    assert isth_dic(at(200), "none", at(0), below) == Interval(Decimal(0), Decimal(1))


def test_a_comparator_open_at_an_edge_does_not_reach_across_it() -> None:
    assert isth_dic(Interval(Decimal(0), Decimal(50), high_open=True), "none", at(0), at(300)) == at(2)
    assert isth_dic(Interval(Decimal(100), None, low_open=True), "none", at(0), at(300)) == at(0)


def test_a_marker_word_that_scores_nothing_is_refused() -> None:
    with pytest.raises(MarkerUnknown):
        isth_dic(None, "raised", None, None)


numbers = st.decimals(min_value=-5, max_value=500, places=1)
markers = st.sampled_from(sorted(ISTH.marker))


@given(numbers, markers, numbers, numbers, st.sets(st.sampled_from(["platelets", "marker", "pt", "fibrinogen"])))
def test_the_open_score_contains_the_true_one_however_the_gaps_are_filled(
    platelets: Decimal, marker: str, pt: Decimal, fibrinogen: Decimal, missing: set[str]
) -> None:
    true = isth_dic(exactly(platelets), marker, exactly(pt), exactly(fibrinogen))
    known = isth_dic(
        None if "platelets" in missing else exactly(platelets),
        None if "marker" in missing else marker,
        None if "pt" in missing else exactly(pt),
        None if "fibrinogen" in missing else exactly(fibrinogen),
    )
    assert true.low == true.high
    assert known.low is not None
    assert known.high is not None
    assert true.low is not None
    assert known.low <= true.low <= known.high


@given(numbers)
def test_every_number_falls_into_exactly_one_band_of_each_item(number: Decimal) -> None:
    for item in ISTH.items.values():
        assert sum(band.meets(exactly(number)) for band in item.bands) == 1


def lab(value: Interval | str, hour: int, *, until: int | None = None) -> Reading:
    return Reading(
        known=True,
        value=value,
        at=Instant(hour),
        recorded=Instant(hour + 1),
        until=None if until is None else Instant(until),
        events=(hour,),
    )


def test_the_computed_score_is_known_though_incomplete_and_says_what_is_missing() -> None:
    score = COMPUTED["isth_dic@1"].function(
        {
            "platelets": lab(at(60), 1, until=40),
            "marker": lab("strong", 3, until=50),
            "pt_prolongation": NEVER_RECORDED,
            "fibrinogen": lab(at(180), 2),
        }
    )
    assert score.known
    assert score.value == Interval(Decimal(4), Decimal(6))
    assert (score.at, score.recorded, score.until, score.events) == (3, 4, 40, (1, 2, 3))
    assert score.shown == "ISTH score 4 to 6 (without pt prolongation)"


def test_the_computed_score_of_nothing_is_the_whole_range() -> None:
    score = COMPUTED["isth_dic@1"].function({})
    assert score.known
    assert score.value == Interval(Decimal(0), Decimal(8))
    assert score.at is None


@pytest.mark.parametrize("wrong", [{"platelets": Reading(known=True, value="low")}, {"marker": lab(at(3), 1)}])
def test_a_reading_of_another_kind_is_refused(wrong: dict[str, Reading]) -> None:
    with pytest.raises(ReadingRefused):
        COMPUTED["isth_dic@1"].function(wrong)
