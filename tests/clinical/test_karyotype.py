"""The reader of karyotypes: clones, items, repairs, residue, and what is no result."""

import pytest

from pathway.clinical.karyotype import KARYOTYPE_LIMIT, Evidence, Mend, Outcome, Why, read_karyotype
from pathway.clinical.karyotype.words import TABLE


def kinds(text: str) -> list[list[str]]:
    return [[change.kind for change in clone.changes] for clone in read_karyotype(text).clones]


def mends(text: str) -> list[Mend]:
    return [each.name for each in read_karyotype(text).repairs]


def test_a_clone_has_a_count_a_sex_items_and_cells() -> None:
    (clone,) = read_karyotype("45~47,XY,+8,del(5)(q13q33),-7,+mar,dmin,inc[cp9]").clones
    assert (clone.low, clone.high, clone.sex, clone.cells) == (45, 47, "XY", 9)
    assert [each.kind for each in clone.changes] == ["whole", "del", "whole", "small", "small", "inc"]
    assert [each.sign for each in clone.changes] == ["+", "", "-", "+", "", ""]
    assert clone.composite
    assert clone.incomplete


@pytest.mark.parametrize(
    "text",
    [
        "46,XX",
        "46,XX[20]",
        "45,Xc[19]",
        "92,XXYY",
        "47,XY,+8[3]/46,XY[17]",
        "45,XX,-7[3]/45,idem,del(5)(q31q35)[17]",
        "46,XY,t(9;22)(q34;q11.2)[5]/46,sl,+8,-9[4]/46,sdl1,i(17)(q10)[3]",
        "47,XY,+12[6]/86-88,slx2[cp5]",
        "43~48,XX,-5,+1~3mar,+2mar1,+r,dmin,inc",
        "46,XX,t(4;11;9)(q27;q23;p22)",
        "46,XX,der(1)t(1;3)(p36;q21)add(3)(q27)",
        "46,XY,der(15)t(15;17)(q22;q21),ider(17)(q10)t(15;17)(q22;q21)",
        "45,XX,dic(7;14)(q11;p11),der dic(1;20)(q32;q13.3)ins(1;?)(q32;?)",
        "44,XY,psu dic(15;3)(q26;p13),idic(21)(q10)x4",
        "46,XX,inv(9)(p11q13)c,inv(5)(p13q13)?c",
        "46,XX,add(9)(p?24),der(?)t(?;3)(?;q24),add(11)(q2?3)",
        "46,XX,t(12;21)(q22~23;q22),del(7)(q22orq31)",
        "46,XX,der(7)(3qter->3q21::7q36->7q11.1::7p21->7qter)",
        "46,XY,ins(10;11)(p13;q23q13),r(7),rea(2),fra(16)(q22)",
        "46,XX,del(5q),add(17p),9ph,9qh+",
        "46,XX,dup(17)(q12q21),trp(1)(q21q32),iso(17)(q10),hsr(11)(q23)",
        "46,XX // 46,XY[20]",
        "46,X,?",
        "mos 45,X[5]/46,XX[15]",
        "46,XX[20].nuc ish(PML,RARA)x3(PML con RARAx2)[190/200]",
        "46,XX[20].ish t(15;17)(q24;q21)(PML+,RARA+;RARA+,PML+)",
        "46,XX.nuc ish 17q21(RARAx2)(5'RARA sep 3'RARAx1)[180/200]",
    ],
)
def test_what_the_notation_has_is_read_without_residue(text: str) -> None:
    found = read_karyotype(text)
    assert (found.outcome, found.residue) == (Outcome.READ, ())


@pytest.mark.parametrize(
    "text, mend",
    [
        ("46,XY,t(11;17)(q23\u2013q24;q21)", Mend.DASH),
        ("45,XX,\u22127", Mend.DASH),
        ("46,XX,t(\uff19;22)(q34;q11)", Mend.SIGN),
        ("46,\u0425Y,t(9;22)(q34;q11)", Mend.SIGN),
        ("46,XX,t(9;\u200b22)(q34;q11)", Mend.INVISIBLE),
        ("46,XX,\nt(9;22)(q34;q11)", Mend.LINE_BREAK),
        ("46, XX, t(9;22) (q34;q11)", Mend.BLANK),
        ("46,xx,t(9;22)(q34;q11)", Mend.CASE),
        ("46,XX,t(x;17)(p11;q21)", Mend.CASE),
        ("46,XX,T(9;22)(Q34;Q11)", Mend.CASE),
        ("47,XX+8", Mend.COMMA_MISSING),
        ("46 XX,t(9;22)(q34;q11)", Mend.COMMA_MISSING),
        ("46,XX,t(9:22)(q34;q11)", Mend.SEPARATOR),
        ("46,XX,t(9;22)(q34:q11)", Mend.SEPARATOR),
        ("46,XX,t(9;22)(q34,q11)", Mend.SEPARATOR),
        ("46,XX,t(9;22)(q34q11)", Mend.SEPARATOR),
        ("46,XX,t(9;22);(q34;q11)", Mend.SEMICOLON_MISPLACED),
        ("46,XX,t(9;22)(q34;q11", Mend.BRACKET_MISSING),
        ("46,XX,del(5(q31q33),-7", Mend.BRACKET_MISSING),
        ("46,XX,del13)(q14)", Mend.BRACKET_MISSING),
        ("46,XX,+8[4/46,XX[2]", Mend.BRACKET_MISSING),
        ("46,XX,der(2)(del(2)(p16p23)del(2)(q31q34)", Mend.BRACKET_EXTRA),
        ("47,XY,+8[3]46,XY[16]", Mend.SLASH_MISSING),
        ("47,XY,+8[14]; 46,XY[10]", Mend.SLASH_MISSING),
        ("46,XX,+mar[6]cp[9]", Mend.COUNT_BRACKET),
        ("46,XX,t(3;21)(q26;22)", Mend.ARM_MISSING),
    ],
)
def test_a_typing_fault_is_repaired_by_name_and_leaves_no_residue(text: str, mend: Mend) -> None:
    found = read_karyotype(text)
    assert mend in [each.name for each in found.repairs]
    assert found.residue == ()


def test_a_clean_karyotype_needs_no_repair() -> None:
    assert mends("46,XY,t(11;17)(q23;q21)[12]/47,idem,+8[3]/46,XY[5]") == []


def test_a_missing_arm_is_that_of_the_band_before_it_on_the_same_chromosome_or_stays_open() -> None:
    (same,) = read_karyotype("45,XY,inv(3)(q21;26)").changes
    (other,) = read_karyotype("46,XX,t(3;21)(q26;22)").changes
    assert [at.band for at in same.parts[0].breaks] == ["q21", "q26"]
    assert [at.band for at in other.parts[0].breaks] == ["q26", "22"]


def test_a_repair_tells_what_stood_where() -> None:
    (repair,) = read_karyotype("46,XX,t(15;17);(q22;q21)").repairs
    assert (repair.start, repair.end, repair.was, repair.now) == (14, 15, ";", "")


@pytest.mark.parametrize(
    "text",
    [
        "no metaphases",
        "No Metaphases.",
        "na",
        "NA",
        "-9",
        "no growth",
        "no analysis",
        "Keine analysierbaren Metaphasen",
        "kein Wachstum",
        "nicht auswertbar",
        "pas de mitose",
        "\u00c9chec de culture",
        "culture failed",
        "no metaphases / FISH: inv(16)",
    ],
)
def test_nothing_seen_is_no_result_and_no_normal_karyotype(text: str) -> None:
    found = read_karyotype(text)
    assert (found.outcome, found.clones, found.residue) == (Outcome.NO_RESULT, (), ())
    assert len(found.no_results) == 1


def test_a_clone_beside_the_remark_is_a_result() -> None:
    found = read_karyotype("46,XY/ keine metaphasen")
    assert (found.outcome, len(found.clones), [each.text for each in found.no_results]) == (
        Outcome.READ,
        1,
        ["keine metaphasen"],
    )


def test_another_sentence_with_metaphases_is_not_a_remark_of_no_result() -> None:
    found = read_karyotype("no metaphases with t(11;17)(q23;q21)")
    assert found.no_results == ()
    assert found.taken_back


def test_what_is_not_understood_is_told_with_its_place() -> None:
    text = "46,XX,foo(15;17)(q22;q21),+8"
    (left,) = read_karyotype(text).residue
    assert (left.text, text[left.start : left.end]) == ("foo(15;17)(q22;q21)", left.text)
    assert kinds(text) == [["whole"]]


@pytest.mark.parametrize(
    "text, why",
    [
        ("46,XX,t(9;22)(q99;q11)", Why.NO_SUCH_BAND),
        ("46,XX,t(23;17)(q22;q21)", Why.NO_SUCH_CHROMOSOME),
        ("46,XX,t(9;22)(q34;q11;q12)", Why.BANDS_DO_NOT_FIT),
        ("46,XX normaler Karyotyp", Why.NOT_UNDERSTOOD),
        ("Befund folgt", Why.NO_KARYOTYPE),
        ("arr[GRCh38] 17q21.2(40300000_40400000)x1", Why.NO_KARYOTYPE),
        ("46,XX" * KARYOTYPE_LIMIT, Why.TOO_LONG),
    ],
)
def test_residue_says_why(text: str, why: Why) -> None:
    found = read_karyotype(text)
    assert [each.why for each in found.residue] == [why]
    assert found.outcome is not Outcome.READ


def test_a_text_at_the_limit_is_read_and_one_above_it_is_not() -> None:
    assert read_karyotype("46,XX".ljust(KARYOTYPE_LIMIT)).outcome is Outcome.READ
    assert read_karyotype("46,XX".ljust(KARYOTYPE_LIMIT + 1)).outcome is Outcome.TOO_LONG


def test_arrays_and_sequencing_are_kept_and_are_no_error() -> None:
    found = read_karyotype("46,XX[20].sseq[GRCh38] g.[chr15:74022850::chr17:40335700]")
    assert [each.evidence for each in found.sections] == [Evidence.SEQUENCING]
    assert (found.outcome, len(found.clones)) == (Outcome.PARTLY, 1)


def test_a_part_by_another_method_ends_where_a_clone_begins_behind_a_slash() -> None:
    found = read_karyotype("46,XX,t(9;22)(q34;q11)[18].ish t(9;22)(ABL1+;BCR+)/46,XX[2]")
    assert [(each.low, each.cells) for each in found.clones] == [(46, 18), (46, 2)]
    assert [(each.text, each.formal, each.probes) for each in found.sections] == [
        ("ish t(9;22)(ABL1+;BCR+)", True, ("(ABL1+;BCR+)",))
    ]


def test_a_chromosome_that_does_not_exist_is_taken_for_an_unknown_one() -> None:
    (change,) = read_karyotype("46,XX,t(23;17)(q22;q21)").changes
    assert change.parts[0].chromosomes == ("?", "17")
    assert change.doubtful


def test_a_composite_karyotype_counts_its_items() -> None:
    (clone,) = read_karyotype("46~48,XX,del(5)(q13q32)[9],add(11)(p11)[5],+mar[6][cp9]").clones
    assert [each.cells for each in clone.changes] == [9, 5, None]


def test_behind_two_slashes_stands_the_donor() -> None:
    assert [each.donor for each in read_karyotype("43,XY,-3[3]/46,XY[2]//46,XX[20] donor").clones] == [
        False,
        False,
        True,
    ]


def test_every_arm_of_every_chromosome_has_an_end() -> None:
    assert set(TABLE.arms) == {*map(str, range(1, 23)), "X", "Y"}
    assert all(set(arms) == {"p", "q"} for arms in TABLE.arms.values())
