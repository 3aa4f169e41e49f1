"""No text breaks the reader or makes it slow, nothing vanishes, and no written-out break is lost in what is near."""

import sys
import time
from types import FrameType

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pathway.clinical.karyotype import KARYOTYPE_LIMIT, Certainty, Karyotype, Outcome, read_karyotype

PIECES = (
    *(
        "46,XX",
        "45,X,-Y",
        "47,xy",
        "t(15;17)(q22;q21)",
        "t(11;17)(q23;q12~21)",
        "der(17)",
        "ider(17)(q10)",
        "i(17)(q10)",
    ),
    *("del(5)(q13q33)", "ins(10;11)(p13;q23q13)", "+8", "-7", "+1~3mar", "idem", "sl", "sdl1x2", "inc", "?", "c", "or"),
    *(
        "[20]",
        "[cp3]",
        "[",
        "]",
        "(",
        ")",
        "/",
        "//",
        ",",
        ";",
        ":",
        ".",
        " ",
        "\n",
        "\u2013",
        "\u00a0",
        "x2",
        "->",
        "::",
    ),
    *("nuc ish", "(PML,RARA)x2", "(PML con RARAx1)", ".ish", "FISH:", "arr", "keine Metaphasen", "nonclonal w/", "no"),
)
KARYOTYPES = st.lists(st.sampled_from(PIECES), max_size=40).map("".join)
#: What would make a careless pattern try again and again; each is repeated up to the limit.
HOSTILE = (
    *("(", "[", "/", " ", ",", "-", "?", "t(", "i(", "1,", "no ", "na ", "x2", "or", "::", "w/", "[cp", "ish(", "+1-"),
    *(
        "46,XX,",
        "46,XX/",
        "der(1)",
        "t(1;2)(q1;q1)",
        "sl,t(1;2)(q1q2)/",
        "46,XX,t(1;2)(q2;q3)/46,idem,",
        "fish 1/",
        "keine ",
    ),
)


@st.composite
def mutated(draw: st.DrawFn) -> str:
    """A karyotype with letters lost, doubled, exchanged and put in."""
    text = draw(KARYOTYPES)
    for _ in range(draw(st.integers(0, 6))):
        place = draw(st.integers(0, len(text)))
        text = text[:place] + draw(st.sampled_from(("", ";", "(", "7", "q", "\u2212", "X", " "))) + text[place + 1 :]
    return text


def accounted(found: Karyotype) -> set[int]:
    """The places of the text that some part of the answer covers."""
    parts = (*found.clones, *found.sections, *found.no_results, *found.remarks, *found.residue)
    return {place for each in parts for place in range(each.start, each.end)}


@given(st.one_of(st.text(max_size=300), KARYOTYPES, mutated()))
@example("\u0130\ufb03\u1e9e\ud800")
@example("46,XX,t(15;17)(q22;q21")
def test_any_text_has_an_answer_whose_places_are_true(text: str) -> None:
    found = read_karyotype(text)
    assert found.outcome in Outcome
    assert all(text[each.start : each.end] == each.text for each in (*found.residue, *found.clones, *found.no_results))
    assert all(text[each.start : each.end] == each.text for each in (*found.changes, *found.remarks))
    assert all(text[each.start : each.end] == each.was for each in found.repairs)
    assert (found.outcome is Outcome.READ) <= (found.residue == ())


@given(st.one_of(KARYOTYPES, mutated()))
def test_no_letter_and_no_figure_vanishes(text: str) -> None:
    found = read_karyotype(text)
    covered = accounted(found)
    assert [(place, sign) for place, sign in enumerate(text) if sign.isalnum() and place not in covered] == []


@given(st.one_of(st.text(max_size=120), KARYOTYPES), st.one_of(st.text(max_size=120), KARYOTYPES))
def test_a_translocation_that_is_written_out_is_listed_whatever_stands_around_it(before: str, after: str) -> None:
    found = read_karyotype(f"{before}, t(11;17)(q23;q21), {after}")
    events = [each for each in found.events if {at.chromosome + at.band for at in each.receptor} == {"17q21"}]
    assert any("ZBTB16" in {candidate.word for candidate in each.candidates} for each in events)


@given(KARYOTYPES)
def test_a_text_that_takes_something_back_has_no_certain_event(text: str) -> None:
    found = read_karyotype(f"{text} not confirmed")
    assert {each.certainty for each in found.events} <= {Certainty.TAKEN_BACK}


def calls(text: str) -> int:
    """How many calls of Python functions reading a text takes: a count of the work that no clock disturbs."""
    count = 0

    def counted(frame: FrameType, event: str, argument: object) -> None:
        nonlocal count
        count += event in {"call", "c_call"}

    sys.setprofile(counted)
    try:
        read_karyotype(text)
    finally:
        sys.setprofile(None)
    return count


@pytest.mark.parametrize("unit", HOSTILE)
def test_the_work_grows_with_the_length_and_no_faster(unit: str) -> None:
    half, whole = (calls((unit * KARYOTYPE_LIMIT)[:length]) for length in (KARYOTYPE_LIMIT // 2, KARYOTYPE_LIMIT))
    assert whole < 2.6 * half + 2_000
    assert whole < 150 * KARYOTYPE_LIMIT


@pytest.mark.parametrize("unit", HOSTILE)
def test_no_pattern_tries_again_and_again(unit: str) -> None:
    # A regular expression that backtracks takes minutes here; reading takes a tenth of a second of processor time.
    begun = time.process_time()
    read_karyotype((unit * KARYOTYPE_LIMIT)[:KARYOTYPE_LIMIT])
    assert time.process_time() - begun < 3
