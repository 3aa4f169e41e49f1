"""Response: the published vectors, the edges, and nothing certain while something is missing."""

from decimal import Decimal
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from pathway.clinical.reading import Interval, exactly
from pathway.clinical.response import RESPONSE, RESPONSES, Look, responses


def look(marrow: str, neutrophils: str, platelets: str, before: str | None = None, **more: object) -> Look:
    given_more = {"blood_blasts": at("0"), "extramedullary": False, "sample": "adequate", **more}
    return Look(
        marrow_blasts=at(marrow),
        neutrophils=at(neutrophils),
        platelets=at(platelets),
        before=None if before is None else at(before),
        **given_more,  # type: ignore[arg-type]  # fields of a look by name
    )


def at(number: str) -> Interval:
    return exactly(Decimal(number))


@pytest.mark.parametrize(
    "marrow, neutrophils, platelets, before, expected",
    [
        ("3", "1.2", "110", None, "cr"),
        ("3", "0.6", "60", None, "crh"),
        ("3", "0.4", "130", None, "cri"),
        ("3", "1.2", "40", None, "cri"),
        ("3", "1.2", "90", None, "crh"),
        ("3", "0.4", "60", None, "mlfs"),
        ("3", "0.2", "15", None, "mlfs"),
        ("20", "1.1", "120", "60", "pr"),
        ("5", "1.2", "110", "60", "pr"),
        ("5", "1.2", "110", "8", "no_response"),
        ("4.99", "1.0", "100", None, "cr"),
        ("3", "0.99", "100", None, "crh"),
        ("3", "1.0", "99.9", None, "crh"),
        ("3", "0.5", "50", None, "crh"),
        ("3", "0.49", "50", None, "mlfs"),
        ("25", "1.0", "100", "50", "pr"),
        ("25.1", "1.0", "100", "90", "no_response"),
        ("20", "0.9", "120", "60", "no_response"),
    ],
)
def test_the_published_responses_come_out(
    marrow: str, neutrophils: str, platelets: str, before: str | None, expected: str
) -> None:
    assert responses(look(marrow, neutrophils, platelets, before)) == (expected,)


def test_disease_outside_the_marrow_is_no_remission() -> None:
    assert responses(look("3", "1.2", "110", "60", blood_blasts=at("0.1"))) == ("no_response",)
    assert responses(look("3", "1.2", "110", "60", extramedullary=True)) == ("no_response",)


def test_an_aplastic_marrow_that_cannot_be_judged_is_not_evaluable() -> None:
    assert responses(look("3", "0.2", "15", sample="scant")) == ("not_evaluable",)
    assert responses(look("3", "1.2", "110", sample="scant")) == ("cr",)
    assert responses(look("3", "1.2", "110", sample="unreadable")) == ("not_evaluable",)


def test_nothing_known_leaves_every_category_possible() -> None:
    assert set(responses(Look())) == set(RESPONSES)


percents = st.decimals(min_value=0, max_value=100, places=1)
counts = st.decimals(min_value=0, max_value=300, places=1)
looks = st.builds(
    Look,
    marrow_blasts=percents.map(exactly),
    blood_blasts=st.sampled_from([at("0"), at("1")]),
    extramedullary=st.booleans(),
    neutrophils=st.decimals(min_value=0, max_value=3, places=1).map(exactly),
    platelets=counts.map(exactly),
    before=percents.map(exactly),
    sample=st.sampled_from(["adequate", "scant", "unreadable"]),
)


@given(looks)
def test_a_complete_assessment_has_one_category(complete: Look) -> None:
    assert len(responses(complete)) == 1


@given(looks, st.sets(st.sampled_from(sorted(Look.__struct_fields__))))
def test_an_incomplete_assessment_leaves_the_complete_one_possible(complete: Look, missing: set[str]) -> None:
    kept = {name: getattr(complete, name) for name in Look.__struct_fields__ if name not in missing}
    assert set(responses(complete)) <= set(responses(Look(**kept)))


@given(looks, st.decimals(min_value=0, max_value=50, places=1))
def test_more_blasts_or_fewer_cells_never_make_a_better_response(complete: Look, more: Decimal) -> None:
    order = ("cr", "crh", "cri", "mlfs")
    (before,) = responses(complete)
    blasts, platelets = complete.marrow_blasts, complete.platelets
    assert blasts is not None
    assert blasts.low is not None
    assert platelets is not None
    assert platelets.low is not None
    worse = (
        replace(complete, marrow_blasts=exactly(blasts.low + more)),
        replace(complete, platelets=exactly(max(platelets.low - more, Decimal(0)))),
    )
    for (after,) in map(responses, worse):
        if after in order:
            assert before in order
            # CRi beside MLFS depends on which line is short, not on how short it is.
            assert order.index(after) >= order.index(before) or {before, after} == {"crh", "cri"}


def test_every_category_has_a_wording_and_every_word_of_the_table_is_a_category() -> None:
    assert set(RESPONSE.labels) == set(RESPONSES)
    assert set(RESPONSE.remissions) | set(RESPONSE.failures) <= set(RESPONSES)
    assert not [(a, b) for a, b in product(RESPONSE.present, RESPONSE.absent) if a == b]
