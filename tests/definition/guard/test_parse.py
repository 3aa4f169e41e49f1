"""The text of a guard becomes the tree it says, and the tree its text."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pathway.clinical.instant import SPAN_UNITS
from pathway.definition.guard import RESERVED, Guard, GuardSyntaxError, When, parse_guard, parse_instant, show
from pathway.definition.guard.parse import MAX_DEPTH, MAX_TEXT
from pathway.definition.guard.tree import (
    After,
    AllOf,
    Among,
    AnyOf,
    Before,
    Compare,
    Earliest,
    FirstInstant,
    FirstKnown,
    Holds,
    Known,
    Lapse,
    LaterThan,
    Latest,
    Minus,
    Named,
    NextRound,
    Not,
    OlderThan,
    Plus,
    Quantity,
    Reached,
    Since,
)
from tests.definition.guard.worlds import guards, whens

A, B, C = Holds("a"), Holds("b"), Holds("c")
X, Y = Named("x"), Named("y.z")


@pytest.mark.parametrize(
    "text, tree",
    [
        ("a", A),
        ("not a", Not(A)),
        ("not not a", Not(Not(A))),
        ("a and b and c", AllOf((A, B, C))),
        ("a or b and c", AnyOf((A, AllOf((B, C))))),
        ("(a or b) and c", AllOf((AnyOf((A, B)), C))),
        ("not a and b", AllOf((Not(A), B))),
        ("not (a and b)", Not(AllOf((A, B)))),
        ("(a and b) and c", AllOf((AllOf((A, B)), C))),
        ("x is sensitive", Among("x", ("sensitive",))),
        ("x is not sensitive", Among("x", ("sensitive",), negated=True)),
        ("x is one of p, q", Among("x", ("p", "q"))),
        ("x in (p, q)", Among("x", ("p", "q"))),
        ("x in (p)", Among("x", ("p",))),
        ("x not in (p, q.r)", Among("x", ("p", "q.r"), negated=True)),
        ("x is induction.seven_plus_three", Among("x", ("induction.seven_plus_three",))),
        ("x is known", Known("x")),
        ("x is missing", Known("x", negated=True)),
        ("x < 150 mg/dL", Compare(X, "<", Quantity(Decimal(150), "mg/dL"))),
        ("30 10*9/L >= x", Compare(Quantity(Decimal(30), "10*9/L"), ">=", X)),
        ("x > 1.5 {INR}", Compare(X, ">", Quantity(Decimal("1.5"), "{INR}"))),
        ("x<=5", Compare(X, "<=", Quantity(Decimal(5)))),
        ("x < y.z", Compare(X, "<", Y)),
        ("x < 5 and a", AllOf((Compare(X, "<", Quantity(Decimal(5))), A))),
        ("x < 5 or a", AnyOf((Compare(X, "<", Quantity(Decimal(5))), A))),
        ("x < 5 %", Compare(X, "<", Quantity(Decimal(5), "%"))),
        ("x < 5 android", Compare(X, "<", Quantity(Decimal(5), "android"))),
        ("x after y.z", After(X, Y)),
        ("x before y.z", Before(X, Y)),
        ("x reached", Reached(X)),
        ("x + 6 h reached", Reached(Plus(X, Lapse(6, "h")))),
        ("x + 6 h - grace reached", Reached(Minus(Plus(X, Lapse(6, "h")), Named("grace")))),
        ("x older than 36 h", OlderThan("x", Lapse(36, "h"))),
        ("x older than grace", OlderThan("x", Named("grace"))),
        ("3 d since y.z", Since(Lapse(3, "d"), Y)),
        ("30min since y.z", Since(Lapse(30, "min"), Y)),
        ("grace since y.z - 5 s", Since(Named("grace"), Minus(Y, Lapse(5, "s")))),
        ("first_known(a, b)", FirstKnown((A, B))),
        ("first_known(a, x after y.z, not b)", FirstKnown((A, After(X, Y), Not(B)))),
        ("first_known(x, y.z) reached", Reached(FirstInstant((X, Y)))),
        ("first_known(first_known(x), y.z) reached", Reached(FirstInstant((FirstInstant((X,)), Y)))),
        ("first_known(first_known(a, b), c)", FirstKnown((FirstKnown((A, B)), C))),
        ("first_known(first_known(x, y.z) reached, c)", FirstKnown((Reached(FirstInstant((X, Y))), C))),
        (
            "first_known(first_known(x + 6 h), first_known(y.z)) reached",
            Reached(FirstInstant((FirstInstant((Plus(X, Lapse(6, "h")),)), FirstInstant((Y,))))),
        ),
        ("first_known(first_known(a) and b, c)", FirstKnown((AllOf((FirstKnown((A,)), B)), C))),
        ("first_known((first_known(a, b)), c)", FirstKnown((FirstKnown((A, B)), C))),
        ("a and\n  (b\n or c)", AllOf((A, AnyOf((B, C))))),
        ("order", Holds("order")),
        ("is_known", Holds("is_known")),
        ("in.x", Holds("in.x")),
    ],
)
def test_a_guard_reads_as_it_says(text: str, tree: Guard):
    assert parse_guard(text) == tree


@pytest.mark.parametrize(
    "text, tree",
    [
        ("x", X),
        ("earliest(x, y.z)", Earliest((X, Y))),
        ("latest(x)", Latest((X,))),
        ("first_known(x, y.z)", FirstInstant((X, Y))),
        ("first_known(x, y.z + 6 h)", FirstInstant((X, Plus(Y, Lapse(6, "h"))))),
        ("earliest(first_known(x, y.z), x)", Earliest((FirstInstant((X, Y)), X))),
        ("later_than(x, y.z)", LaterThan(X, Y)),
        ("next_round(rounds, x) + 1 h", Plus(NextRound("rounds", X), Lapse(1, "h"))),
        ("next_round(rounds, later_than(x, y.z))", NextRound("rounds", LaterThan(X, Y))),
    ],
)
def test_an_instant_reads_as_it_says(text: str, tree: When):
    assert parse_instant(text) == tree


@given(guards())
def test_showing_and_parsing_a_guard_gives_the_same_tree(guard: Guard):
    assert parse_guard(show(guard)) == guard


@given(whens())
def test_showing_and_parsing_an_instant_gives_the_same_tree(when: When):
    assert parse_instant(show(when)) == when


def test_equal_trees_have_one_text():
    one, other = parse_guard("x < 1.50 {INR} or y in (p)"), parse_guard("x<1.5 {INR} or\ty is p")
    assert one == other
    assert show(one) == show(other) == "x < 1.5 {INR} or y is p"


@given(st.text(alphabet="ab(),<=> +-5hd.mg/{}*%\n", max_size=40) | st.text(max_size=40))
def test_any_text_is_a_tree_or_a_syntax_error_with_a_place_in_it(text: str):
    found = attempt(text)
    if isinstance(found, GuardSyntaxError):
        lines = text.split("\n")
        assert 1 <= found.line <= len(lines)
        assert 1 <= found.column <= len(lines[found.line - 1]) + 1
        assert found.code == "guard_syntax"
    else:
        assert parse_guard(show(found)) == found


@given(st.lists(st.sampled_from([*sorted(RESERVED), "a", "b", "5 mg/dL", "6 h", "(", ")", ",", "<", "+"]), max_size=12))
def test_any_row_of_words_is_a_tree_or_a_syntax_error(words: list[str]):
    found = attempt(" ".join(words))
    if isinstance(found, GuardSyntaxError):
        assert found.message.count(";") >= 2
    else:
        assert parse_guard(show(found)) == found


def attempt(text: str) -> Guard | GuardSyntaxError:
    try:
        return parse_guard(text)
    except GuardSyntaxError as error:
        return error


@pytest.mark.parametrize(
    "text, line, column, words",
    [
        ("", 1, 1, ["the text is empty", "expected a name"]),
        ("a and", 1, 6, ["ends too early", "`not`", "`first_known`"]),
        ("a and\n  or b", 2, 3, ["`or` cannot stand here", "a word of the language", "a name"]),
        ("fibrinogen collected", 1, 12, ["`collected`", "`older`", "`after`"]),
        ("x is", 1, 5, ["`known`", "`missing`", "a name"]),
        ("x older than 5 mg/dL", 1, 14, ["`5 mg/dL` cannot stand here", "a span such as `6 h`"]),
        ("x is 5 h", 1, 6, ["`5 h`", "a name"]),
        ("Severe", 1, 1, ["`S`", "small letters"]),
        ("a & b", 1, 3, ["`&`", "expected names"]),
        ("x = 5", 1, 3, ["`=`", "< <= > >="]),
        ("5 and a", 1, 3, ["`and`", "`<`"]),
        ("first_known(a, b + 3 d)", 1, 1, ["mixes instants with conditions", "reached"]),
        ("a and first_known(not b, c) reached", 1, 7, ["mixes instants with conditions"]),
        ("a and first_known(b, first_known(c, d + 3 h))", 1, 22, ["mixes instants with conditions"]),
        ("first_known(a, first_known(not b)) reached", 1, 16, ["mixes instants with conditions"]),
        ("(a", 1, 3, ["ends too early", "`)`"]),
    ],
)
def test_a_syntax_error_names_the_place_and_what_may_stand_there(text: str, line: int, column: int, words: list[str]):
    with pytest.raises(GuardSyntaxError) as caught:
        parse_guard(text)
    assert (caught.value.line, caught.value.column) == (line, column)
    assert [word for word in words if word not in caught.value.message] == []


def test_a_condition_is_no_instant():
    with pytest.raises(GuardSyntaxError, match="mend the instant"):
        parse_instant("a and b")


@pytest.mark.parametrize("word", sorted(RESERVED))
def test_a_word_of_the_language_is_no_name(word: str):
    with pytest.raises(GuardSyntaxError):
        parse_guard(word)
    with pytest.raises(GuardSyntaxError):
        parse_guard(f"x is not {word}")


def test_the_reserved_words_are_those_of_the_language():
    joining = {"or", "and", "not", "is", "one", "of", "in", "known", "missing"}
    timed = {"after", "before", "reached", "older", "than", "since"}
    calls = {"first_known", "earliest", "latest", "later_than", "next_round"}
    assert joining | timed | calls == RESERVED


@pytest.mark.parametrize("unit", sorted(SPAN_UNITS))
def test_every_unit_of_a_span_can_be_written(unit: str):
    assert parse_guard(f"2 {unit} since x") == Since(Lapse(2, unit), X)
    assert Lapse(2, unit).length == 2 * SPAN_UNITS[unit]


@pytest.mark.parametrize(
    "text",
    [
        "not " * MAX_DEPTH + "a",
        "first_known(" * 500 + "a" + ")" * 500 + " reached",
        "earliest(" * 500 + "a" + ")" * 500 + " reached",
    ],
)
def test_a_text_that_nests_too_deeply_is_refused(text: str):
    with pytest.raises(GuardSyntaxError, match="nests too deeply"):
        parse_guard(text)


def test_the_deepest_text_allowed_is_read():
    text = "not " * (MAX_DEPTH - 1) + "a"
    assert show(parse_guard(text)) == text


def test_an_overlong_text_is_refused():
    with pytest.raises(GuardSyntaxError, match="at most"):
        parse_guard("a or " * MAX_TEXT + "a")
