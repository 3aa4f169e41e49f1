"""The access log searched: by patient, by person, by outcome, by time, a page at a time, never all of it at once."""

import pytest

from pathway.case.envelope import By
from pathway.clinical.instant import SECOND, Instant
from persistence.memory import MemoryStore
from tests.case.ward import t
from ward import looking
from ward.looking import Wanted, every, found

START, MINUTE = t("1 09:00"), 60 * SECOND
COUNT = 1300


@pytest.fixture(scope="module")
def store() -> MemoryStore:
    """A look a minute: two people in turn, three patients in turn, every tenth denied."""
    made = MemoryStore("demonstration")
    for number in range(COUNT):
        at, cases = Instant(START + number * MINUTE), (f"c{number % 3}", "c9")
        by = By(f"person.{number % 2}", "nurse")
        made.looked_by(at, by, "case", cases, "", "denied" if number % 10 == 0 else "read")
    return made


def numbers(store: MemoryStore, wanted: Wanted) -> list[int]:
    return [each.number for each in every(store, wanted)]


def after(minutes: int) -> Instant:
    return Instant(START + minutes * MINUTE)


@pytest.mark.parametrize(
    "wanted, kept",
    [
        (Wanted(), lambda at: True),
        (Wanted(case="c1"), lambda at: at % 3 == 1),
        (Wanted(account="person.1"), lambda at: at % 2 == 1),
        (Wanted(outcome="denied"), lambda at: at % 10 == 0),
        (Wanted(case="c2", account="person.0", outcome="denied"), lambda at: at % 3 == 2 and at % 10 == 0),
        (Wanted(since=after(700), until=after(1111)), lambda at: 700 <= at < 1111),
        (Wanted(case="c1", since=after(1200)), lambda at: at % 3 == 1 and at >= 1200),
        (Wanted(until=after(0)), lambda at: False),
        (Wanted(since=after(COUNT)), lambda at: False),
        (Wanted(case="nobody"), lambda at: False),
    ],
)
def test_exactly_what_was_asked_for_is_found_in_its_order(store: MemoryStore, wanted: Wanted, kept):
    assert numbers(store, wanted) == [at + 1 for at in range(COUNT) if kept(at)]


@pytest.mark.parametrize("limit", [1, 7, 500, 1300, 2000])
def test_pages_follow_each_other_without_a_gap_whatever_their_length(store: MemoryStore, limit: int):
    wanted, seen, behind = Wanted(account="person.1"), [], 0
    while True:
        page = found(store, wanted, behind, limit)
        assert len(page.looks) <= limit
        seen += [each.number for each in page.looks]
        if page.after is None:
            break
        behind = page.after
    assert seen == list(range(2, COUNT + 1, 2))


def test_a_search_that_finds_nothing_for_long_says_how_far_it_came(store: MemoryStore, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(looking, "READ_AT_MOST", 100)
    page = found(store, Wanted(outcome="break_glass"), 0, 10)
    assert (page.looks, page.after) == ((), 100)
    assert numbers(store, Wanted(outcome="denied")) == [at + 1 for at in range(0, COUNT, 10)]


def test_a_search_by_time_does_not_read_what_was_long_before(store: MemoryStore):
    asked: list[int] = []

    class Counting:
        def accesses(self, case: str = "", actor: str = "", after: int = 0, limit: int = 500):
            page = store.accesses(case=case, actor=actor, after=after, limit=limit)
            asked.append(len(page))
            return page

    found(Counting(), Wanted(since=after(1250)), 0, 10)  # type: ignore[arg-type]  # the one method that is asked
    assert sum(asked) < 200


def test_asked_of_one_patient_a_look_at_many_names_no_other(store: MemoryStore):
    assert {each.cases for each in every(store, Wanted(case="c9"))} == {("c9",)}
    assert {each.cases for each in every(store, Wanted(account="person.1"))} == {
        ("c0", "c9"),
        ("c1", "c9"),
        ("c2", "c9"),
    }


def test_a_clock_that_was_set_back_loses_no_look():
    made = MemoryStore("demonstration")
    for minutes in (0, 100, 200, 150, 160, 300):
        made.looked_by(after(minutes), By("a"), "case", ("c",))
    assert numbers(made, Wanted(since=after(155), until=after(170))) == [5]
    assert numbers(made, Wanted(since=after(180), until=after(290))) == [3]
