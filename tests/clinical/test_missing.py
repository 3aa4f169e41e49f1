"""What is missing or less exact never makes an answer safer: it stays, gets wider, or cannot be said any more."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given as example
from hypothesis import strategies as st
from msgspec.structs import replace

from pathway.clinical.computed import COMPUTED
from pathway.clinical.given import Given
from pathway.clinical.reading import NEVER_RECORDED, Interval, Reading
from tests.clinical.vectors import given, load

NAMES = sorted(name for name, fact in COMPUTED.items() if fact.inputs)
#: Every vector of every fact that is bound to others, apart from those whose inputs contradict each other.
VECTORS = [
    (name, index) for name in NAMES for index, each in enumerate(load(name)) if not each.get("contradiction", False)
]


def readings_of(what: Any) -> dict[str, Reading]:
    return what.readings if isinstance(what, Given) else what


def with_readings(what: Any, readings: dict[str, Reading]) -> Any:
    return replace(what, readings=readings) if isinstance(what, Given) else readings


def covers(less: Reading, more: Reading) -> bool:
    """Whether an answer from less leaves possible what an answer from more says."""
    if not less.known:
        return True
    if isinstance(less.value, Interval) and isinstance(more.value, Interval):
        low = less.value.low is None or (more.value.low is not None and less.value.low <= more.value.low)
        return low and (less.value.high is None or (more.value.high is not None and less.value.high >= more.value.high))
    return more.known and less.value == more.value


def wider(reading: Reading, by: Decimal) -> Reading:
    if not isinstance(reading.value, Interval):
        return reading
    low, high = reading.value.low, reading.value.high
    spread = Interval(None if low is None else max(low - by, Decimal(0)), None if high is None else high + by)
    return replace(reading, value=spread)


@pytest.mark.parametrize("name, index", VECTORS)
def test_an_answer_without_an_input_leaves_the_answer_with_it_possible(name: str, index: int) -> None:
    fact, what = COMPUTED[name], given(COMPUTED[name], load(name)[index])
    full = fact.read(what)
    for missing in readings_of(what):
        for gone in (None, NEVER_RECORDED):
            left = {key: each for key, each in readings_of(what).items() if key != missing}
            kept = left if gone is None else {**left, missing: gone}
            assert covers(fact.read(with_readings(what, kept)), full), f"without {missing}"


@example(st.sampled_from(VECTORS), st.data())
def test_an_answer_without_several_inputs_leaves_the_answer_with_them_possible(
    vector: tuple[str, int], data: st.DataObject
) -> None:
    fact, what = COMPUTED[vector[0]], given(COMPUTED[vector[0]], load(vector[0])[vector[1]])
    readings = readings_of(what)
    kept = data.draw(st.sets(st.sampled_from(sorted(readings)))) if readings else set()
    less = with_readings(what, {name: each for name, each in readings.items() if name in kept})
    assert covers(fact.read(less), fact.read(what))


@example(st.sampled_from(VECTORS), st.decimals(min_value=0, max_value=200, places=2), st.data())
def test_a_number_that_is_less_exact_leaves_the_exact_answer_possible(
    vector: tuple[str, int], by: Decimal, data: st.DataObject
) -> None:
    fact, what = COMPUTED[vector[0]], given(COMPUTED[vector[0]], load(vector[0])[vector[1]])
    readings = readings_of(what)
    vague = data.draw(st.sets(st.sampled_from(sorted(readings)))) if readings else set()
    less = {name: wider(each, by) if name in vague else each for name, each in readings.items()}
    assert covers(fact.read(with_readings(what, less)), fact.read(what))
