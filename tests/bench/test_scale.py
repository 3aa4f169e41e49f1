"""What one node carries: the formulas of the model, and that the page says what they say of the measured costs."""

from pathlib import Path

import pytest
from msgspec.structs import replace

from bench.scale.model import (
    DUTIES,
    SEEN,
    SHARE,
    WARDS,
    Ward,
    carries,
    first,
    full_at,
    night_h,
    shares,
    year_gb,
)

PAGE = Path(__file__).resolve().parents[2] / "docs" / "explanation" / "scale.md"
BOARDS = frozenset({"boards", "pages"})
ACUTE = WARDS["acute"]


def told(number: float) -> str:
    """A number as the page has it: two figures."""
    rounded = float(f"{number:.2g}")
    return f"{rounded:,.0f}".replace(",", " ") if rounded >= 10 else f"{rounded:g}"


@pytest.mark.parametrize("ward", WARDS.values(), ids=WARDS)
def test_what_a_node_carries_fills_its_share_and_one_case_more_is_too_many(ward: Ward):
    most = carries(SEEN, ward)
    assert sum(shares(SEEN, ward, most).values()) <= SHARE < sum(shares(SEEN, ward, most + 1).values())


def test_each_duty_takes_what_its_costs_say():
    ward = Ward(watched=0.5, readers=0.01, commands=24, events=100)
    costs = replace(SEEN, row_ms=4, beat_s=4, keep_ms=36, command_ms=1, page_ms=10)
    assert shares(costs, ward, 1000) == pytest.approx(
        {"boards": 0.5, "keeping": 0.01, "commands": 1000 * 24 / 86_400_000, "pages": 0.1}
    )


def test_what_breaks_first_is_the_duty_that_is_full_with_the_fewest_cases():
    alone = full_at(SEEN, ACUTE)
    assert first(SEEN, ACUTE) == min(alone, key=lambda duty: alone[duty]) == "boards"


def test_without_boards_a_node_carries_more_and_something_else_breaks_first():
    assert carries(SEEN, ACUTE, BOARDS) > 10 * carries(SEEN, ACUTE)
    assert first(SEEN, ACUTE, BOARDS) == "keeping"


def test_a_board_that_is_nowhere_open_costs_nothing():
    assert "boards" not in full_at(SEEN, replace(ACUTE, watched=0.0))


def test_a_year_and_a_night_grow_with_the_cases():
    assert year_gb(SEEN, ACUTE, 2000) == pytest.approx(2 * year_gb(SEEN, ACUTE, 1000))
    assert night_h(SEEN, ACUTE, 1000, years=2) == pytest.approx(2 * night_h(SEEN, ACUTE, 1000, years=1))


@pytest.mark.parametrize("name", WARDS)
def test_the_page_says_what_the_model_says(name: str):
    ward = WARDS[name]
    alone, most = full_at(SEEN, ward), carries(SEEN, ward)
    row = [f"{name}", *(told(alone[duty]) for duty in DUTIES), told(most), told(carries(SEEN, ward, BOARDS))]
    assert f"| {' | '.join(row)} |" in PAGE.read_text()


def test_the_page_names_the_costs_that_the_model_was_given():
    text = PAGE.read_text()
    for name in SEEN.__struct_fields__:
        assert f"| `{name}` | {getattr(SEEN, name):g} |" in text, name
