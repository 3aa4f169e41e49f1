"""The tick and the sweep: whatever is due happens, and nothing that fails is silent or stops the rest."""

import pytest

from pathway.clinical.instant import SECOND, Instant
from persistence.memory import MemoryStore
from scheduler.post import Post
from scheduler.tick import CASES_AT_ONCE, UNLOOKED_S, Failure, sweep, tick
from tests.scheduler.scene import HOUR, START, Killed, Looking, Wire, broken_wire, head, notice, put, states


@pytest.fixture
def ring(engine, store, clock, wire):
    return lambda: tick(engine, store, clock, Post([wire]), worker="w1")


def test_a_tick_looks_at_what_is_due_and_at_nothing_else(ring, engine, store):
    put(store, head("due"))
    put(store, head("later", next_look=Instant(START + 1)))
    put(store, head("closed", closed=True, next_look=None))
    assert ring().cases.looked == 1
    assert engine.looks == ["due"]


class OneQuestion(MemoryStore):
    """A store that answers nothing but whether anything stirs, so that a second question is an error."""

    due_cases = claim = unlooked_cases = next_look = None

    def stirring(self, now, wall):
        return False


def test_an_idle_tick_asks_one_question_and_beats_at_its_beginning_and_end(clock):
    store = OneQuestion("demonstration")
    idle = tick(Looking(store, clock), store, clock, Post([Wire()]), worker="w1")
    assert (idle.cases.looked, idle.post.sent, idle.post.again_at) == (0, 0, None)
    assert store.beats() == {"tick": START, "tick_done": START}


def test_cases_are_looked_at_in_the_order_in_which_they_fell_due(ring, engine, store):
    for case, ago_s in (("young", 1), ("oldest", 60), ("old", 30)):
        put(store, head(case, next_look=Instant(START - ago_s * SECOND)))
    ring()
    assert engine.looks == ["oldest", "old", "young"]


def test_a_case_is_looked_at_once_a_tick_and_a_second_tick_finds_nothing(ring, engine, store):
    put(store, head("due"))
    assert (ring().cases.looked, ring().cases.looked) == (1, 0)
    assert engine.looks == ["due"]


def test_more_cases_than_one_question_names_are_all_looked_at(ring, engine, store):
    cases = [f"case-{number:03}" for number in range(2 * CASES_AT_ONCE + 7)]
    for case in cases:
        put(store, head(case))
    assert ring().cases.looked == len(cases)
    assert sorted(engine.looks) == cases


def test_a_case_that_fails_is_told_by_token_and_error_class_and_stops_no_other(ring, engine, store):
    for case in ("a", "b", "c"):
        put(store, head(case))
    engine.broken["b"] = KeyError("Karin Example, born 1957")
    ticked = ring()
    assert ticked.failed == (Failure("b", "KeyError"),)
    assert (ticked.cases.looked, engine.looks) == (2, ["a", "b", "c"])


def test_a_whole_batch_of_failing_cases_does_not_hide_those_behind_it(ring, engine, store):
    for number in range(CASES_AT_ONCE + 1):
        case = f"broken-{number:03}"
        put(store, head(case, next_look=Instant(START - HOUR)))
        engine.broken[case] = RuntimeError()
    put(store, head("sound"))
    ticked = ring()
    assert "sound" in engine.looks
    assert (ticked.cases.looked, len(ticked.failed)) == (1, CASES_AT_ONCE + 1)


def test_a_failing_case_is_tried_again_by_the_next_tick(ring, engine, store):
    put(store, head("a"))
    engine.broken["a"] = RuntimeError()
    ring()
    del engine.broken["a"]
    assert ring().cases.looked == 1


def test_an_error_of_ours_is_told_by_its_code(ring, engine, store):
    put(store, head("a"))
    engine.broken["a"] = broken_wire()
    assert ring().failed == (Failure("a", "channel_failed"),)


def test_notices_that_a_look_leaves_behind_go_out_in_the_same_tick(store, clock, wire):
    put(store, head("a"))
    engine = Looking(store, clock, says=lambda case: (notice(f"{case}:M3:1:0", case=case),))
    ticked = tick(engine, store, clock, Post([wire]), worker="w1")
    assert (ticked.cases.wrote, ticked.post.sent, wire.carried) == (1, 1, ["a:M3:1:0"])


def test_notices_of_a_case_that_fails_still_go_out(ring, engine, store, wire):
    put(store, head("case-1"), notice("n"))
    engine.broken["case-1"] = RuntimeError()
    assert len(ring().failed) == 1
    assert wire.carried == ["n"]


def test_a_tick_leaves_two_heartbeats(ring, store):
    ring()
    assert store.beats() == {"tick": START, "tick_done": START}


def test_a_tick_that_dies_leaves_no_heartbeat_of_being_done(ring, engine, store):
    put(store, head("a"))
    engine.broken["a"] = Killed()
    with pytest.raises(Killed):
        ring()
    assert store.beats() == {"tick": START}


def test_what_was_missed_in_downtime_happens_in_the_first_tick_gravest_first_and_each_once(store, clock, wire):
    grades = {"a": 2, "b": 0, "c": 1}
    for case in grades:
        put(store, head(case))
    engine = Looking(store, clock, says=lambda case: (notice(case, case=case, severity=grades[case], late=True),))
    clock.advance(7 * HOUR)
    tick(engine, store, clock, Post([wire]), worker="w1")
    tick(engine, store, clock, Post([wire]), worker="w1")
    assert wire.carried == ["b", "c", "a"]


def test_the_sweep_finds_a_case_whose_row_names_a_wrong_far_future(engine, store, clock, ring):
    put(store, head("lost", next_look=Instant(START + 1000 * HOUR)))
    clock.advance(UNLOOKED_S * SECOND + 1)
    assert ring().cases.looked == 0
    assert sweep(engine, store, clock).looked == 1
    assert engine.looks == ["lost"]


def test_the_sweep_finds_an_open_case_whose_row_names_no_next_look(engine, store, clock):
    put(store, head("lost", next_look=None))
    clock.advance(UNLOOKED_S * SECOND + 1)
    assert sweep(engine, store, clock).looked == 1


def test_the_sweep_leaves_alone_what_was_looked_at_within_the_quarter_of_an_hour_or_is_closed(engine, store, clock):
    put(store, head("closed", closed=True, next_look=None))
    clock.advance(UNLOOKED_S * SECOND)
    put(store, head("fresh", looked_at=Instant(START + 1)))
    assert sweep(engine, store, clock).looked == 0
    assert engine.looks == []


def test_a_case_that_fails_in_the_sweep_is_told_and_stops_no_other(engine, store, clock):
    for case in ("a", "b"):
        put(store, head(case, next_look=None))
    engine.broken["a"] = RuntimeError()
    clock.advance(HOUR)
    swept = sweep(engine, store, clock)
    assert (swept.looked, swept.failed) == (1, (Failure("a", "RuntimeError"),))
    assert store.beats() == {"sweep": clock.now(), "sweep_done": clock.now()}


def test_two_workers_side_by_side_send_a_notice_once(engine, store, clock):
    put(store, head("case-1"), notice("n"))
    first, second = Wire(), Wire()
    tick(engine, store, clock, Post([first]), worker="w1")
    tick(engine, store, clock, Post([second]), worker="w2")
    assert (first.carried, second.carried, states(store)) == (["n"], [], {"n": "sent"})


def test_where_very_many_cases_are_due_the_first_notices_do_not_wait_for_the_last_look(store, clock, wire):
    cases = [f"case-{number:03}" for number in range(CASES_AT_ONCE + 5)]
    for number, case in enumerate(cases):
        put(store, head(case, next_look=Instant(START - (len(cases) - number) * SECOND)))
    carried_at_look: dict[str, int] = {}

    def says(case: str):
        carried_at_look[case] = len(wire.carried)
        return (notice(case, case=case),) if case in (cases[0], cases[-1]) else ()

    ticked = tick(Looking(store, clock, says=says), store, clock, Post([wire]), worker="w1")
    assert (carried_at_look[cases[0]], carried_at_look[cases[-1]]) == (0, 1)
    assert wire.carried == [cases[0], cases[-1]]
    assert (ticked.cases.looked, ticked.post.sent) == (len(cases), 2)
