"""Breaks where a receptor lies: the set of fusions they allow, how certain each is, and who carries it."""

import pytest

from pathway.clinical.banding import suspected_partners
from pathway.clinical.karyotype import Certainty, Evidence, Mend, ReceptorEvent, read_karyotype


def only(text: str) -> ReceptorEvent:
    (event,) = read_karyotype(text).events
    return event


def names(event: ReceptorEvent) -> list[str]:
    return [each.name for each in event.candidates if each.inside]


@pytest.mark.parametrize(
    "text, allowed",
    [
        ("t(15;17)(q22;q21)", ["PML::RARA"]),
        ("t(15;17)(q24.1;q21.2)", ["PML::RARA"]),
        ("t(15;17)(q26;q21)", ["ADAMTS17::RARA", "PML::RARA"]),
        ("t(11;17)(q23;q21)", ["KMT2A::MLLT6", "ZBTB16::RARA"]),
        ("t(11;17)(q23;q12)", ["KMT2A::MLLT6", "ZBTB16::RARA"]),
        ("t(11;17)(q13;q21)", ["NUMA1::RARA"]),
        ("t(11;17)(p15;q21)", ["NUP98::RARA"]),
        ("t(3;17)(q26;q21)", ["FNDC3B::RARA", "TBL1XR1::RARA"]),
        ("t(5;17)(q35;q21)", ["NPM1::RARA"]),
        ("t(11;12)(p15;q13)", ["NUP98::RARG"]),
        ("dup(17)(q12q21)", ["STAT3::RARA", "STAT5B::RARA"]),
        ("inv(17)(q21q24)", ["PRKAR1A::RARA"]),
        ("t(15;17;8;9)(q22;q21;q13;p21)", ["PML::RARA"]),
        ("t(3;14;17)(q12;q24;q21)", ["TFG::RARA"]),
        ("der(17)t(11;17)(q23;q21)", ["KMT2A::MLLT6", "ZBTB16::RARA"]),
        ("ider(17)(q10)t(15;17)(q22;q21)", ["PML::RARA"]),
        ("ins(17;15)(q21;q22q24)", ["PML::RARA"]),
        ("t(12;17)(q24;q21)", []),
        ("t(X;17)(q28;q21)", []),
        ("add(17)(q21)", []),
    ],
)
def test_the_bands_allow_a_set_of_fusions(text: str, allowed: list[str]) -> None:
    event = only(f"46,XX,{text}[20]")
    assert names(event) == allowed
    assert (event.certainty, event.cells, event.of_cells) == (Certainty.AS_WRITTEN, 20, 20)


@pytest.mark.parametrize(
    "band", ["q11.2", "q12", "q21", "q21.1", "q21.2", "q2", "q1", "q?", "q?21", "q11~21", "q12orq21"]
)
def test_every_way_of_writing_the_receptors_band_is_listed(band: str) -> None:
    assert only(f"46,XX,t(12;17)(q24;{band})").gene == "RARA"


@pytest.mark.parametrize(
    "text",
    [
        "i(17)(q10)",
        "t(3;17)(q26;q23)",
        "add(17)(qter)",
        "add(17)(p11)",
        "del(17)(p13)",
        "t(12;17)(q24;q21.3)",
        "-17",
        "t(8;21)(q22;q22)",
    ],
)
def test_breaks_elsewhere_are_not_listed(text: str) -> None:
    assert read_karyotype(f"46,XX,{text}").events == ()


@pytest.mark.parametrize(
    "text, certainty",
    [
        ("46,XX,t(11;17)(q23;q21)", Certainty.AS_WRITTEN),
        ("46, XX, t(11;17) (q23;q21)", Certainty.AS_WRITTEN),
        ("46,XX,t(11;17)(q23:q21)", Certainty.REPAIRED),
        ("46,XX,?t(11;17)(q23;q21)", Certainty.DOUBTFUL),
        ("46,XX,t(11;17)(q2?3;q21)", Certainty.DOUBTFUL),
        ("46,XX,der(17)?t(11;17)(q23;q21)", Certainty.DOUBTFUL),
        ("46,XX,t(11;17)(q23;q12~21)", Certainty.DOUBTFUL),
        ("46,XX,t(11;17)", Certainty.NO_BAND),
        ("46,XX,t(11;17)(q;q)", Certainty.NO_BAND),
        ("46,XX / FISH: t(15;17)", Certainty.TOLD),
        ("46,XX,t(11;17)(q23;q21)c", Certainty.CONSTITUTIONAL),
        ("FISH negative for t(11;17)(q23;q21)", Certainty.TAKEN_BACK),
        ("kein Nachweis einer t(15;17)(q22;q21)", Certainty.TAKEN_BACK),
        ("pas de t(15;17)(q22;q21)", Certainty.TAKEN_BACK),
    ],
)
def test_an_event_says_how_far_it_may_be_taken_as_written(text: str, certainty: Certainty) -> None:
    assert only(text).certainty is certainty


def test_without_bands_nothing_is_excluded_and_nothing_is_inside() -> None:
    event = only("46,XX,t(11;17)")
    assert [each.name for each in event.candidates] == ["KMT2A::MLLT6", "NUMA1::RARA", "NUP98::RARA", "ZBTB16::RARA"]
    assert names(event) == []


def test_swapped_bands_are_read_the_other_way_round_and_told() -> None:
    found = read_karyotype("46,XX,t(5;10)(q13;q26),t(15;17)(q21;q22)")
    (event,) = found.events
    assert (names(event), event.certainty) == (["PML::RARA"], Certainty.DOUBTFUL)
    assert [each.name for each in found.repairs] == [Mend.BANDS_SWAPPED]


def test_swapped_bands_alone_raise_no_suspicion() -> None:
    assert suspected_partners("46,XX,t(11;17)(q21;q23)") == ()


@pytest.mark.parametrize(
    "text, cells, of_cells",
    [
        ("46,XY,t(15;17)(q22;q21)[8]/45,X,-Y,t(15;17)(q22;q21)[3]/46,XY[2]", 11, 13),
        ("46,XY,t(15;17)(q22;q21)[8]/47,idem,+8[3]/46,XY[2]", 11, 13),
        ("46,XY,t(15;17)(q22;q21)[8]/47,sl,+8[3]/48,sdl1,+9[4]/46,XY[2]", 15, 17),
        ("46,XY,+8[4]/46,sl,t(15;17)(q22;q21)[3]/47,sdl1,+9[2]/46,XY[2]", 5, 11),
        ("46,XY,t(15;17)(q22;q21)[8]/46,sl,-t(15;17),+8[3]", 8, 11),
        ("46,XY,der(15)t(15;17)(q22;q21),der(17)t(15;17)(q22;q21)[8]/46,XY[2]", 8, 10),
        ("46,XY,t(15;17)(q22;q21)", None, None),
        ("46,XY,t(15;17)(q22;q21)/46,sl3[3]", None, None),
    ],
)
def test_the_cells_of_all_clones_that_carry_it_are_counted(text: str, cells: int | None, of_cells: int | None) -> None:
    event = only(text)
    assert (event.cells, event.of_cells) == (cells, of_cells)


def test_a_short_writing_stands_for_the_full_one_before_it() -> None:
    assert names(only("46,XY,t(5;17)(q35;q21)[3]/46,XY,t(5;17),+8[2]")) == ["NPM1::RARA"]


def test_a_probe_beside_the_receptor_names_a_candidate_and_parted_probes_none() -> None:
    together = only("46,XX.nuc ish(PML,RARA)x3(PML con RARAx2)[190/200]")
    parted = only("46,XX.nuc ish(RARAx2)(5'RARA sep 3'RARAx1)[180/200]")
    assert (names(together), together.evidence) == (["PML::RARA"], Evidence.FISH)
    assert (names(parted), parted.evidence) == ([], Evidence.FISH)
    assert read_karyotype("46,XX.nuc ish(PML,RARA)x2[200]").events == ()


def test_a_translocation_with_a_note_on_the_other_reading_carries_it() -> None:
    by_name = {each.name: each for each in only("46,XX,t(11;17)(q23;q21)").candidates}
    assert by_name["KMT2A::MLLT6"].word == ""
    assert all(each.note and each.source for each in by_name.values())


@pytest.mark.parametrize(
    "text, partners",
    [
        ("46,XX,der(17)t(11;17)(q23;q21)", ("ZBTB16",)),
        ("46,XX,t(3;14;17)(q12;q24;q21)", ("TFG",)),
        ("46,XX,T(11;17)(Q23;Q21)", ("ZBTB16",)),
        ("46,XX,t(11;17);(q23;q21)", ("ZBTB16",)),
        ("no metaphases / FISH: t(11;17)(q23;q21)", ("ZBTB16",)),
        ("46,XX,t(15;17)(q22;q21)", ()),
        ("46,XX,dup(17)(q12q21)", ()),
        ("pas de t(11;17)(q23;q21)", ()),
    ],
)
def test_the_engine_is_told_what_joins_two_places_and_only_variants(text: str, partners: tuple[str, ...]) -> None:
    assert suspected_partners(text) == partners
