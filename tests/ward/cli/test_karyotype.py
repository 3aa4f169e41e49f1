"""`wardpath karyotype`: a table for people, JSON for programs, and the caution in both."""

import pytest

from tests.ward.cli.conftest import Run, data


def test_people_see_clones_events_candidates_repairs_and_the_caution(wardpath: Run):
    result = wardpath("karyotype", "46,XY,t(11;17)(q23:q21)[12]/47,idem,+8[3]/46,XY[5] and more")
    assert result.exit_code == 0
    shown = result.stdout
    assert "banding never confirms" in shown
    for told in ("t(11;17)(q23:q21)", "RARA 17q21", "11q23", "KMT2A::MLLT6 or ZBTB16::RARA", "repaired", "15 of 20"):
        assert told in shown
    assert "separator" in shown
    assert "and more" in shown.split("Left over")[1]


def test_json_has_the_same_with_places_and_the_caution(wardpath: Run):
    found = data(wardpath("karyotype", "46,XY,t(15;17);(q22;q21)[12]", "--json"))
    assert (found["outcome"], found["candidates"], found["caution"]) == (
        "read",
        ["PML::RARA"],
        "banding never confirms",
    )
    assert found["repairs"] == [{"name": "separator before the bands", "start": 14, "end": 15, "was": ";", "now": ""}]
    assert found["events"][0]["certainty"] == "repaired"
    assert found["clones"][0]["cells"] == 12


def test_a_coarse_band_is_marked_and_a_donor_named(wardpath: Run):
    shown = wardpath("karyotype", "46,XX,t(11;17)//46,XY[20]").stdout
    assert "~ZBTB16::RARA" in shown
    assert "no band" in shown
    assert "2 donor" in shown


@pytest.mark.parametrize(
    "text, said",
    [
        ("no metaphases", "no result: this is not a normal karyotype"),
        ("46,XX", "A normal karyotype excludes no fusion"),
        ("", "not understood"),
        ("x" * 5000, "too long: not read"),
        ("[bold]46,XX[/bold]", "[bold]"),
    ],
)
def test_any_text_is_answered_and_none_is_an_error(wardpath: Run, text: str, said: str):
    result = wardpath("karyotype", text)
    assert result.exit_code == 0, result.stderr
    assert said in result.stdout
    assert "banding never confirms" in result.stdout
