"""Body surface and bands of age: the published figures, and nothing where a figure must be mistaken."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pathway.clinical.age import AGE_BANDS, age_bands
from pathway.clinical.body import BODY, FORMULAS, body_surface
from pathway.clinical.reading import Interval, exactly

heights = st.decimals(min_value=50, max_value=210, places=1)
#: Body mass indices of people, so that no height and weight look swapped.
indices = st.decimals(min_value=12, max_value=45, places=1)


def surface(height: str, weight: str, formula: str) -> str:
    found = body_surface(exactly(Decimal(height)), exactly(Decimal(weight)), formula)
    assert isinstance(found, Interval)
    assert found.low == found.high
    return str(found.low)


@pytest.mark.parametrize(
    "height, weight, mosteller, du_bois, haycock",
    [
        ("170", "70", "1.8181", "1.8097", "1.8257"),
        ("160", "55", "1.5635", "1.5632", "1.5655"),
        ("185", "95", "2.2095", "2.1908", "2.2249"),
        ("110", "18", "0.7416", "0.7411", "0.7401"),
        ("75", "9.5", "0.4449", "0.4279", "0.4509"),
        ("180", "150", "2.7386", "2.6078", "2.8137"),
    ],
)
def test_the_published_surfaces_come_out_to_four_places(
    height: str, weight: str, mosteller: str, du_bois: str, haycock: str
) -> None:
    assert surface(height, weight, "mosteller") == mosteller
    assert surface(height, weight, "du_bois") == du_bois
    assert surface(height, weight, "haycock") == haycock


def test_a_large_surface_is_not_capped() -> None:
    assert Decimal(surface("180", "150", "mosteller")) > 2


@pytest.mark.parametrize("height, weight", [("70", "170"), ("18", "110"), ("1.7", "70"), ("170", "0.4"), ("251", "80")])
def test_swapped_or_impossible_figures_give_no_surface(height: str, weight: str) -> None:
    found = body_surface(exactly(Decimal(height)), exactly(Decimal(weight)))
    assert isinstance(found, str)
    assert "swapped" in found


@given(heights, indices, st.sampled_from(sorted(FORMULAS)), st.decimals(min_value=0, max_value=5, places=1))
def test_a_heavier_or_taller_person_has_no_smaller_surface(
    height: Decimal, index: Decimal, formula: str, more: Decimal
) -> None:
    weight = index * height * height / 10_000
    if not BODY.limits.weight_kg[0] <= weight + more <= BODY.limits.weight_kg[1]:
        return
    found = FORMULAS[formula]
    assert found.surface(height, weight + more) >= found.surface(height, weight)
    assert found.surface(height + more, weight) >= found.surface(height, weight)


@given(heights, indices, st.decimals(min_value=0, max_value=1, places=2))
def test_the_surface_of_bounds_holds_the_surface_of_every_figure_between(
    height: Decimal, index: Decimal, spread: Decimal
) -> None:
    weight = index * height * height / 10_000
    wide = body_surface(exactly(height), Interval(weight - spread, weight + spread))
    exact = body_surface(exactly(height), exactly(weight))
    if isinstance(wide, Interval) and isinstance(exact, Interval):
        assert wide.low is not None
        assert wide.high is not None
        assert exact.low is not None
        assert wide.low <= exact.low <= wide.high


@pytest.mark.parametrize("low, high", [("131", "131"), ("129", "131"), ("-1", "1"), ("90", None)])
def test_what_may_be_no_age_has_no_band(low: str, high: str | None) -> None:
    assert age_bands(Interval(Decimal(low), None if high is None else Decimal(high))) == ()


@given(st.decimals(min_value=0, max_value=130, places=2))
def test_every_age_is_in_one_band(age: Decimal) -> None:
    assert len(age_bands(exactly(age))) == 1


@given(st.decimals(min_value=0, max_value=130, places=1), st.decimals(min_value=0, max_value=30, places=1))
def test_bands_of_a_vague_age_hold_the_band_of_every_age_in_it(age: Decimal, years: Decimal) -> None:
    vague = age_bands(Interval(max(age - years, Decimal(0)), min(age + years, Decimal(130))))
    assert set(age_bands(exactly(age))) <= set(vague)
    assert list(vague) == sorted(vague, key=AGE_BANDS.index)
