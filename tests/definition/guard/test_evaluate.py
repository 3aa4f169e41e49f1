"""Three-valued answers, and the next instant at which time alone may change them."""

from decimal import Decimal
from itertools import product

import pytest
from hypothesis import example, given

from pathway.clinical.instant import Instant, instant
from pathway.clinical.reading import NEVER_RECORDED, Interval, Reading, Value, exactly
from pathway.definition.guard import (
    CANNOT_SAY,
    NO,
    YES,
    Guard,
    Wake,
    compile_guard,
    compile_when,
    names_read,
    parse_guard,
    parse_instant,
)
from pathway.definition.guard.compare import at_most, below
from tests.definition.guard.worlds import (
    FLAGS,
    GRID_HOURS,
    HOUR,
    NUMBERS,
    START,
    WORDS,
    Story,
    World,
    ask,
    flag,
    grid,
    guards,
    hour,
    intervals,
    knowledge_leaves,
    stories,
    timed_leaves,
    timeless_leaves,
    worlds,
)

SAID = {NO: flag(False), CANNOT_SAY: NEVER_RECORDED, YES: flag(True)}
ANSWERS = (NO, CANNOT_SAY, YES)


def word(value: str) -> Reading:
    return Reading(known=True, value=value)


def number(value: Interval | str) -> Reading:
    return Reading(known=True, value=value if isinstance(value, Interval) else exactly(Decimal(value)))


def at(value: int, **more: Instant) -> Reading:
    return Reading(known=True, value=Instant(value), **more)


def moment(text: str, **known: Reading) -> int | None:
    return compile_when(parse_instant(text))(World(known), START, Wake())


def answered(text: str, now: int = START, **known: Reading) -> int:
    return ask(parse_guard(text), World(known), now)


def wakes(text: str, now: int = START, **known: Reading) -> int | None:
    wake = Wake()
    compile_guard(parse_guard(text))(World(known), Instant(now), wake)
    return wake.at


# ------------------------------------------------------------------------------------------------------- three values


@pytest.mark.parametrize("left, right", list(product(ANSWERS, ANSWERS)))
def test_and_is_the_least_or_the_greatest_and_first_known_the_first_certain_answer(left: int, right: int):
    known = {"a": SAID[left], "b": SAID[right]}
    assert answered("a and b", **known) == min(left, right)
    assert answered("a or b", **known) == max(left, right)
    assert answered("first_known(a, b)", **known) == (right if left == CANNOT_SAY else left)


@pytest.mark.parametrize("said, opposite", [(NO, YES), (CANNOT_SAY, CANNOT_SAY), (YES, NO)])
def test_not_turns_yes_and_no_and_leaves_a_gap(said: int, opposite: int):
    assert answered("not a", a=SAID[said]) == opposite


def test_first_known_of_three_gaps_cannot_be_said():
    assert answered("first_known(a, b, c)") == CANNOT_SAY


@given(guards(timeless_leaves() | timed_leaves()))
def test_where_nothing_is_known_nothing_is_certain(guard: Guard):
    assert ask(guard, World()) == CANNOT_SAY


@given(guards(timeless_leaves(), with_first_known=False), worlds(), worlds())
def test_learning_a_missing_fact_never_turns_a_certain_answer(guard: Guard, before: World, more: World):
    later = World(before.readings | {name: more.read(name) for name, had in before.readings.items() if not had.known})
    answer = ask(guard, before)
    assert answer == CANNOT_SAY or ask(guard, later) == answer


@given(guards(knowledge_leaves()), worlds())
def test_known_and_missing_are_always_certain(guard: Guard, world: World):
    assert ask(guard, world) != CANNOT_SAY


def test_known_and_missing_tell_a_gap():
    assert (answered("x is known"), answered("x is missing")) == (NO, YES)
    assert (answered("x is known", x=word("none")), answered("x is missing", x=word("none"))) == (YES, NO)


# ---------------------------------------------------------------------------------------------------------- the leaves


@pytest.mark.parametrize(
    "text, answer",
    [
        ("phase is induction.seven_plus_three", YES),
        ("phase is induction", YES),
        ("phase is ind", NO),
        ("phase is induction.seven", NO),
        ("phase is not induction", NO),
        ("phase in (diagnosis, induction)", YES),
        ("phase not in (diagnosis, induction)", NO),
        ("phase not in (diagnosis, exit)", YES),
        ("phase is one of diagnosis, exit", NO),
        ("phase is induction.seven_plus_three.day", NO),
    ],
)
def test_a_parent_word_stands_for_every_leaf_below_it(text: str, answer: int):
    assert answered(text, phase=word("induction.seven_plus_three")) == answer


@pytest.mark.parametrize("text", ["phase is induction", "phase is not induction", "phase not in (a, b)"])
def test_an_enumeration_that_is_not_known_cannot_be_said_either_way(text: str):
    assert answered(text) == CANNOT_SAY


@pytest.mark.parametrize("text", ["x", "x is a", "x < 5", "x reached", "5 h since x", "x older than y", "x after x"])
def test_a_value_of_another_type_cannot_be_said(text: str):
    strange = Reading(known=True, value=None, at=START)
    assert answered(text, x=strange, y=strange) == CANNOT_SAY


@pytest.mark.parametrize(
    "text, value",
    [
        ("x", True),
        ("not x", False),
        ("x is a", "a"),
        ("x is not b", "a"),
        ("x < 5", exactly(Decimal(4))),
        ("x reached", START),
        ("6 h since x", hour(-9)),
        ("x older than 6 h", "a"),
    ],
)
def test_the_last_value_of_an_expired_reading_is_not_used(text: str, value: Value):
    assert answered(text, x=Reading(known=True, value=value, at=hour(-9))) == YES
    assert answered(text, x=Reading(known=False, value=value, at=hour(-9), why="older than 8 h")) == CANNOT_SAY


def test_true_as_a_word_is_no_flag():
    assert answered("x", x=word("yes")) == CANNOT_SAY


@given(intervals(), intervals())
@example(Interval(None, Decimal(1), False, True), exactly(Decimal(1)))
@example(exactly(Decimal(1)), Interval(Decimal(1), None, True, False))
def test_a_comparison_answers_when_all_members_agree(left: Interval, right: Interval):
    pairs = list(product(_members(left), _members(right)))
    assert below(left, right) == _agreed([x < y for x, y in pairs])
    assert at_most(left, right) == _agreed([x <= y for x, y in pairs])
    known = {"x": number(left), "y": number(right)}
    assert answered("x > y", **known) == _agreed([x > y for x, y in pairs])
    assert answered("x >= y", **known) == _agreed([x >= y for x, y in pairs])
    assert answered("x < y", **known) == _agreed([x < y for x, y in pairs])
    assert answered("x <= y", **known) == _agreed([x <= y for x, y in pairs])


def _agreed(found: list[bool]) -> int:
    return YES if all(found) else NO if not any(found) else CANNOT_SAY


def _members(interval: Interval) -> list[Decimal]:
    # Bounds are whole and within -3 to 3: quarters show every overlap, and 10 is as good as no bound.
    low = Decimal(-10) if interval.low is None else interval.low
    high = Decimal(10) if interval.high is None else interval.high
    steps = [low + Decimal(quarter) / 4 for quarter in range(int((high - low) * 4) + 1)]
    return [
        step
        for step in steps
        if not (interval.low_open and step == interval.low) and not (interval.high_open and step == interval.high)
    ]


@pytest.mark.parametrize(
    "text, answer",
    [
        ("x < 35 mg/dL", YES),
        ("x <= 35 mg/dL", YES),
        ("x < 30 mg/dL", CANNOT_SAY),
        ("x >= 35 mg/dL", NO),
        ("x > 40 mg/dL", NO),
        ("30 mg/dL > x", CANNOT_SAY),
    ],
)
def test_below_the_limit_of_detection_answers_only_what_it_can(text: str, answer: int):
    assert answered(text, x=number(Interval(Decimal(0), Decimal(35), high_open=True))) == answer


def test_a_number_setting_is_a_threshold_like_any_other():
    assert answered("x < limit", x=number("99"), limit=number("100")) == YES
    assert answered("x < limit", x=number("99")) == CANNOT_SAY


def test_after_and_before_are_strict():
    assert [answered("x after y", x=at(hour(n)), y=at(hour(1))) for n in range(3)] == [NO, NO, YES]
    assert [answered("x before y", x=at(hour(n)), y=at(hour(1))) for n in range(3)] == [YES, NO, NO]


@pytest.mark.parametrize("text", ["x reached", "6 h since x - 6 h", "wait since x - wait", "f older than wait"])
def test_a_span_holds_from_exactly_its_end_on(text: str):
    end = hour(5)
    known = {
        "x": at(end),
        "wait": Reading(known=True, value=Instant(3 * HOUR)),
        "f": Reading(known=True, value=True, at=Instant(end - 3 * HOUR)),
    }
    assert [answered(text, now, **known) for now in (end - 1, end, end + 1)] == [NO, YES, YES]
    assert wakes(text, end - 1, **known) == end
    assert wakes(text, end, **known) is None


def test_a_fact_without_a_time_of_its_own_has_no_age():
    assert answered("f older than 6 h", f=flag(True)) == CANNOT_SAY


def test_an_expired_fact_is_of_no_age():
    assert answered("f older than 6 h", f=Reading(known=False, at=START, why="older than 36 h")) == CANNOT_SAY


# --------------------------------------------------------------------------------------------------------- instants


@pytest.mark.parametrize(
    "text, expected",
    [
        ("earliest(x, y)", hour(1)),
        ("earliest(y, gone)", hour(2)),
        ("latest(x, y, gone)", hour(2)),
        ("earliest(gone)", None),
        ("latest(gone, gone)", None),
        ("first_known(gone, y, x)", hour(2)),
        ("first_known(gone)", None),
        ("x + 1 h", hour(2)),
        ("x - 2 h", hour(-1)),
        ("x + wait", hour(4)),
        ("x + gone", None),
        ("gone + 1 h", None),
        ("later_than(x, y)", hour(2)),
        ("later_than(y, x)", None),
        ("later_than(x, x)", None),
        ("later_than(gone, y)", None),
        ("later_than(x, gone)", None),
    ],
)
def test_an_instant_is_found_or_missing(text: str, expected: int | None):
    known = {"x": at(hour(1)), "y": at(hour(2)), "wait": Reading(known=True, value=Instant(3 * HOUR))}
    assert moment(text, **known) == expected


@pytest.mark.parametrize(
    "after, expected",
    [
        ("2026-03-28T07:59+01:00", "2026-03-28T08:00+01:00"),
        ("2026-03-28T08:00+01:00", "2026-03-28T20:00+01:00"),
        ("2026-03-28T20:00+01:00", "2026-03-29T08:00+02:00"),
    ],
)
def test_the_next_round_is_the_first_local_round_strictly_after(after: str, expected: str):
    known = {"rounds": Reading(known=True, value="08:00, 20:00"), "x": at(instant(after))}
    assert moment("next_round(rounds, x)", **known) == instant(expected)


def test_there_is_no_round_beyond_the_calendar():
    known = {"rounds": Reading(known=True, value="08:00"), "x": at(START)}
    assert moment("next_round(rounds, x + 999999 d + 999999 d + 999999 d + 999999 d)", **known) is None
    assert moment("next_round(rounds, x - 999999 d)", **known) is None


def test_there_is_no_round_without_rounds_or_anchor():
    known = {"rounds": Reading(known=True, value="08:00"), "x": at(START)}
    assert moment("next_round(gone, x)", **known) is None
    assert moment("next_round(rounds, gone)", **known) is None


# --------------------------------------------------------------------------------------------------------- wake-ups


def test_every_leaf_is_asked_for_its_wake_even_where_the_answer_is_certain():
    known = {"no": flag(False), "yes": flag(True), "x": at(hour(5))}
    for text in ("no and x reached", "yes or x reached", "first_known(yes, x reached)", "not (no and x reached)"):
        assert wakes(text, **known) == hour(5)


def test_the_wake_is_the_earliest_of_all_leaves():
    assert wakes("x reached or y reached or z reached", x=at(hour(5)), y=at(hour(3)), z=at(hour(-3))) == hour(3)


@pytest.mark.parametrize(
    "text",
    [
        "x",
        "x is a",
        "x is known",
        "x < 5",
        "5 < x",
        "x after y",
        "y before x",
        "x reached",
        "3 h since x",
        "x since y",
        "x older than 3 h",
        "y older than x",
        "earliest(x, y) reached",
        "next_round(x, y) reached",
        "next_round(y, x) reached",
        "later_than(x, y) reached",
        "y + x reached",
    ],
)
@pytest.mark.parametrize("known", [True, False])
def test_the_expiry_of_every_reading_feeds_the_wake(text: str, known: bool):
    assert wakes(text, x=Reading(known=known, value=True, until=hour(2))) == hour(2)


def test_an_expiry_that_has_passed_wakes_nobody():
    assert wakes("x", x=Reading(known=True, value=True, until=START)) is None


@given(guards(), stories(), grid(-2, GRID_HOURS))
def test_no_answer_changes_before_the_wake(guard: Guard, story: Story, now: Instant):
    question = compile_guard(guard)
    wake = Wake()
    answer = question(story.at(now), now, wake)
    assert wake.at is None or wake.at > now
    end = wake.at if wake.at is not None else hour(1000)
    for later in (*(hour(count) for count in range(-2, 60)), end - 1):
        if now <= later < end:
            assert question(story.at(later), Instant(later), Wake()) == answer


@given(guards(), worlds(), grid())
def test_asking_twice_answers_the_same(guard: Guard, world: World, now: Instant):
    first, second = Wake(), Wake()
    assert compile_guard(guard)(world, now, first) == compile_guard(guard)(world, now, second)
    assert first.at == second.at


@given(guards(timeless_leaves()), worlds())
def test_a_guard_reads_no_other_names_than_it_says(guard: Guard, world: World):
    some = World({name: world.read(name) for name in names_read(guard)})
    assert ask(guard, some) == ask(guard, world)
    assert names_read(guard) <= {*FLAGS, *WORDS, *NUMBERS}
