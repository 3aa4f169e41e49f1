"""An explanation says what decided, with figures, times and events."""

from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from pathway.clinical.instant import Instant, instant
from pathway.clinical.reading import Interval, Reading, exactly
from pathway.definition.guard import (
    CANNOT_SAY,
    NO,
    YES,
    Explanation,
    Guard,
    decisive_names,
    explain,
    names_read,
    parse_guard,
    sentence,
    show,
    show_interval,
    show_moment,
    show_reading,
    tree,
    undecided_names,
)
from tests.definition.guard.worlds import BERLIN, HOUR, START, World, ask, flag, grid, guards, worlds

STARTED = instant("2026-03-01T10:00+01:00")
REPORTED = instant("2026-03-05T03:10+01:00")
NOW = instant("2026-03-05T06:00+01:00")

WARD = World(
    {
        "tretinoin": Reading(known=True, value="running", at=STARTED, events=(4,)),
        "class": Reading(
            known=True, value="resistant", at=STARTED, recorded=REPORTED, shown="ZBTB16::RARA", events=(9, 7)
        ),
        "fibrinogen": Reading(
            known=True,
            value=exactly(Decimal(92)),
            at=instant("2026-03-05T02:40+01:00"),
            recorded=REPORTED,
            shown="92 mg/dL",
            events=(11,),
        ),
        "platelets": Reading(known=True, value=Interval(Decimal(0), Decimal(35), high_open=True), events=(12,)),
        "inr": Reading(known=False, why="older than 36 h", events=(3,)),
        "ddimer": Reading(known=False),
        "severe": Reading(known=True, value=True, events=(20,)),
        "resolved": flag(False),
        "opened": Reading(known=True, value=STARTED, events=(1,)),
        "recheck_every": Reading(known=True, value=Instant(6 * HOUR)),
        "limit": Reading(known=True, value=exactly(Decimal(100)), shown="100 mg/dL"),
    }
)


def explained(text: str) -> Explanation:
    return explain(parse_guard(text), WARD, NOW)


def test_a_sentence_names_what_decided_with_its_times():
    assert sentence(explained("class is resistant and tretinoin not in (never, stopped)")) == (
        "ZBTB16::RARA (as of 01-Mar-2026 10:00, recorded 05-Mar-2026 03:10), "
        "tretinoin is running (as of 01-Mar-2026 10:00)"
    )


@pytest.mark.parametrize(
    "text, said",
    [
        ("tretinoin is stopped", "tretinoin is running (as of 01-Mar-2026 10:00)"),
        ("severe", "severe is yes"),
        ("not severe", "severe is yes"),
        ("resolved", "resolved is no"),
        (
            "fibrinogen < 100 mg/dL",
            "fibrinogen 92 mg/dL (as of 05-Mar-2026 02:40, recorded 03:10) is < 100 mg/dL",
        ),
        (
            "fibrinogen >= limit",
            "fibrinogen 92 mg/dL (as of 05-Mar-2026 02:40, recorded 03:10) is not >= limit 100 mg/dL",
        ),
        ("platelets < 50 10*9/L", "platelets 0 to <35 10*9/L is < 50 10*9/L"),
        ("platelets < 30 10*9/L", "platelets 0 to <35 10*9/L cannot be said to be < 30 10*9/L or not"),
        ("inr > 1.5 {INR}", "inr cannot be said: older than 36 h"),
        ("ddimer > inr", "ddimer cannot be said; inr cannot be said: older than 36 h"),
        ("inr is missing", "inr is missing: older than 36 h"),
        ("ddimer is known", "ddimer is missing"),
        ("fibrinogen is known", "fibrinogen is known (92 mg/dL, as of 05-Mar-2026 02:40, recorded 03:10)"),
        ("tretinoin older than 3 d", "tretinoin is older than 3 d (as of 01-Mar-2026 10:00)"),
        ("tretinoin older than 9 d", "tretinoin is not older than 9 d (as of 01-Mar-2026 10:00)"),
        ("recheck_every since opened", "recheck every (6 h) have passed since opened (01-Mar-2026 10:00)"),
        ("9 d since opened", "9 d have not passed since opened (01-Mar-2026 10:00)"),
        ("opened + 6 h reached", "opened + 6 h (01-Mar-2026 16:00) is reached"),
        ("opened + 9 d reached", "opened + 9 d (10-Mar-2026 10:00) is not yet reached"),
        ("opened after opened - 1 h", "opened (01-Mar-2026 10:00) is after opened - 1 h (01-Mar-2026 09:00)"),
        ("opened before opened", "opened (01-Mar-2026 10:00) is not before opened (01-Mar-2026 10:00)"),
        (
            "later_than(opened, opened) reached",
            "later_than(opened, opened) reached cannot be said: an instant it needs is missing",
        ),
    ],
)
def test_a_leaf_says_what_it_found(text: str, said: str):
    assert sentence(explained(text)) == said


def decided(text: str) -> list[str]:
    found, rest = [], [explained(text)]
    while rest:
        node = rest.pop(0)
        if node.decided and not node.children:
            found.append(node.text)
        rest.extend(node.children)
    return found


@pytest.mark.parametrize(
    "text, leaves",
    [
        ("severe and resolved", ["resolved"]),
        ("severe or resolved", ["severe"]),
        ("severe and not resolved", ["severe", "resolved"]),
        ("severe and inr > 1 {INR}", ["inr > 1 {INR}"]),
        ("resolved or inr > 1 {INR}", ["inr > 1 {INR}"]),
        ("resolved and inr > 1 {INR}", ["resolved"]),
        ("resolved and (severe or inr is known)", ["resolved"]),
        ("first_known(severe, resolved)", ["severe"]),
        ("first_known(inr > 1 {INR}, severe, resolved)", ["inr > 1 {INR}", "severe"]),
        ("first_known(inr > 1 {INR}, ddimer > 1 {INR})", ["inr > 1 {INR}", "ddimer > 1 {INR}"]),
    ],
)
def test_only_the_leaves_that_give_the_answer_decided_it(text: str, leaves: list[str]):
    assert decided(text) == leaves


@pytest.mark.parametrize(
    "text, names",
    [
        ("class is resistant and tretinoin is running", {"class", "tretinoin"}),
        ("severe or class is sensitive", {"severe"}),
        ("not (severe or class is sensitive)", {"severe"}),
        ("first_known(inr > 1 {INR}, severe, resolved)", {"inr", "severe"}),
    ],
)
def test_an_answer_rests_on_the_names_that_the_deciding_leaves_read(text: str, names: set[str]):
    assert decisive_names(parse_guard(text), WARD, NOW) == names


@pytest.mark.parametrize(
    "text, names",
    [
        ("inr > 1 {INR} and severe", {"inr"}),
        ("inr > 1 {INR} and resolved", set()),
        ("platelets < 30 10*9/L", {"platelets"}),
        ("fibrinogen < ddimer", {"ddimer"}),
    ],
)
def test_a_gap_is_named_by_what_is_missing_else_by_what_lies_on_both_sides(text: str, names: set[str]):
    assert undecided_names(parse_guard(text), WARD, NOW) == names


def test_a_node_holds_the_readings_and_events_below_it():
    found = explained("fibrinogen < limit or recheck_every since opened")
    assert found.events == (1, 11)
    compared, timed = found.children
    assert [(each.name, each.shown, each.events) for each in compared.because] == [
        ("fibrinogen", "92 mg/dL (as of 05-Mar-2026 02:40, recorded 03:10)", (11,)),
        ("limit", "100 mg/dL", ()),
    ]
    assert [(each.name, each.shown) for each in timed.because] == [
        ("opened", "01-Mar-2026 10:00"),
        ("recheck_every", "6 h"),
    ]
    assert compared.because[0].recorded == REPORTED


@pytest.mark.parametrize(
    "reading, shown",
    [
        (Reading(known=False, why="never recorded"), "cannot be said: never recorded"),
        (Reading(known=False), "cannot be said"),
        (Reading(known=True, value=False), "no"),
        (Reading(known=True, value="pending", at=STARTED), "pending (as of 01-Mar-2026 10:00)"),
        (Reading(known=True, value=STARTED, at=STARTED), "01-Mar-2026 10:00 (as of 01-Mar-2026 10:00)"),
        (Reading(known=True), "known"),
    ],
)
def test_a_reading_is_shown_with_its_times(reading: Reading, shown: str):
    assert show_reading(reading, BERLIN) == shown


@pytest.mark.parametrize(
    "number, shown",
    [
        (Interval(None, None), "any number"),
        (Interval(None, Decimal(35), high_open=True), "<35"),
        (Interval(None, Decimal(35)), "<=35"),
        (Interval(Decimal("1E+1"), None), ">=10"),
        (Interval(Decimal(2), None, low_open=True), ">2"),
        (exactly(Decimal("1.50")), "1.50"),
        (Interval(Decimal(2), Decimal(5)), "2 to 5"),
        (Interval(Decimal(2), Decimal(5), low_open=True, high_open=True), ">2 to <5"),
    ],
)
def test_an_interval_is_shown_with_its_bounds(number: Interval, shown: str):
    assert show_interval(number) == shown


def test_a_time_is_shown_in_the_zone_of_the_site():
    assert show_moment(REPORTED, BERLIN) == "05-Mar-2026 03:10"
    assert show_moment(REPORTED, ZoneInfo("America/New_York")) == "04-Mar-2026 21:10"
    assert show_moment(10**18, BERLIN) == "beyond the calendar"


@given(guards(), worlds(), grid())
def test_an_explanation_answers_as_the_guard_does(guard: Guard, world: World, now: Instant):
    found = explain(guard, world, now)
    assert found.answer == ask(guard, world, now)
    assert found.text == show(guard)
    assert sentence(found) != ""
    assert {each.name for each in _readings(found)} == names_read(guard)


@given(guards(), worlds(), grid())
def test_an_answer_rests_on_what_its_explanation_marks_as_decided(guard: Guard, world: World, now: Instant):
    decided = [leaf for leaf in _leaves(explain(guard, world, now)) if leaf.decided]
    assert decisive_names(guard, world, now) == {read.name for leaf in decided for read in leaf.because}


def _leaves(found: Explanation) -> list[Explanation]:
    return [leaf for child in found.children for leaf in _leaves(child)] or [found]


def _readings(found: Explanation) -> list[object]:
    return [*found.because, *(each for child in found.children for each in _readings(child))]


LETTERS = "abcdef"
LETTER_GUARDS = guards(st.builds(tree.Holds, st.sampled_from(LETTERS)), with_first_known=False)
LETTER_FACTS = st.fixed_dictionaries(
    dict.fromkeys(LETTERS, st.sampled_from([Reading(known=False), flag(True), flag(False)]))
)


@given(LETTER_GUARDS, LETTER_FACTS, LETTER_FACTS)
def test_the_deciding_leaves_alone_hold_a_certain_answer(
    guard: Guard, first: dict[str, Reading], other: dict[str, Reading]
):
    found = explain(guard, World(first), START)
    assume(found.answer != CANNOT_SAY)
    held = {leaf for leaf in LETTERS if leaf in _decided(found)}
    changed = World({name: first[name] if name in held else other[name] for name in LETTERS})
    assert ask(guard, changed) == found.answer


def _decided(found: Explanation) -> set[str]:
    if not found.children:
        return {found.text} if found.decided else set()
    return {name for child in found.children for name in _decided(child)}


def test_an_answer_is_no_cannot_say_or_yes():
    assert [explained(text).answer for text in ("resolved", "inr is known or ddimer < 1", "severe")] == [
        NO,
        CANNOT_SAY,
        YES,
    ]
