"""What every store promises: one suite, passed by each."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event

import msgspec
import pytest

from pathway.case.envelope import FIRST_HASH, decode, digest
from pathway.engine.errors import Conflict, StoreRefused
from pathway.engine.ports import CaseKey, Change, Head, Store, Stored
from tests.persistence.changes import (
    MINUTE,
    START,
    answer,
    at,
    attempt,
    command,
    enrol,
    enrolment,
    everything,
    head,
    notice,
    reminder,
    rows_of,
    write,
)

KEY = ("recheck", "fibrinogen", 1)
OTHER = ("recheck", "platelets", 1)


# --- append ----------------------------------------------------------------------------------------------------------


def test_a_new_store_is_empty(store: Store):
    assert store.head("c1") is None
    assert store.heads(closed=True) == []
    assert list(store.stream("c1")) == []
    assert store.next_look() is None
    assert store.claim(at(0), "w", MINUTE, 10) == []
    assert store.site_heads() == []
    assert store.identity("c1") is None
    assert store.bundle("digest-1") is None


def test_bytes_read_back_are_the_bytes_written_and_their_chain_verifies(store: Store):
    first = enrolment("c1")
    second = command(first.head, "k1")
    write(store, first)
    write(store, second)
    stored = list(store.stream("c1"))
    written = first.events + second.events
    assert [(s.position, s.canonical, s.previous, s.hash) for s in stored] == [
        (c.event.position, c.canonical, c.previous, c.hash) for c in written
    ]
    last = FIRST_HASH
    for event in stored:
        assert event.case == "c1"
        assert event.previous == last
        last = digest(last, event.canonical)
        assert event.hash == last
    assert store.head("c1") == second.head
    assert second.head.hash == last


def test_a_stream_can_be_read_from_a_position(store: Store):
    before = enrol(store, "c1")
    write(store, command(before, "k1"))
    assert [stored.position for stored in store.stream("c1", after=2)] == [3, 4]
    with store.write("c1") as unit:
        assert unit.events(after=3) == [stored.canonical for stored in store.stream("c1", after=3)]
        assert len(unit.events()) == 4


def test_a_long_stream_is_read_whole_and_in_order(store: Store):
    before = enrol(store, "c1")
    with store.write("c1") as unit:
        for number in range(400):
            change = command(before, f"k{number}")
            unit.append(change)
            before = change.head
    assert [stored.position for stored in store.stream("c1")] == list(range(1, 1202))


def test_the_codes_of_events_come_back_with_them_and_without_any_they_are_empty(store: Store):
    before = enrol(store, "c1")
    change = command(before, "k1")
    codes = tuple(bytes([number]) * 32 for number in range(len(change.events)))
    write(store, msgspec.structs.replace(change, macs=codes))
    assert [stored.mac for stored in store.stream("c1")] == [b"", *codes]
    assert [stored.mac for stored in store.scan()] == [b"", *codes]


def test_more_or_fewer_codes_than_events_are_a_conflict(store: Store):
    change = command(enrol(store, "c1"), "k1")
    for codes in ((bytes(32),), (bytes(32),) * (len(change.events) + 1)):
        with pytest.raises(Conflict, match="codes came with"):
            write(store, msgspec.structs.replace(change, macs=codes))
    assert store.head("c1").position == 1


def test_a_scan_is_every_stream_by_code_points_and_goes_on_behind_a_position(store: Store):
    for case in ("é", "c2", "C10", "site:duty", "c10"):
        write(store, command(enrol(store, case), f"{case} k"))
    found = list(store.scan())
    order = sorted(("é", "c2", "C10", "site:duty", "c10"))
    assert [(each.case, each.position) for each in found] == [(case, n) for case in order for n in range(1, 5)]
    assert found == [each for case in order for each in store.stream(case)]
    for number, each in enumerate(found):
        assert list(store.scan((each.case, each.position))) == found[number + 1 :]
    assert list(store.scan(("c3", 0))) == [each for each in found if each.case > "c3"]


def test_a_filed_event_is_the_scanned_one_with_what_its_own_content_says_beside_it(store: Store):
    for case in ("c2", "c1", "site:duty"):
        write(store, command(enrol(store, case), f"{case} k"))
    found = list(store.filed())
    assert [Stored(*(getattr(each, name) for name in Stored.__struct_fields__)) for each in found] == list(store.scan())
    for each in found:
        said = decode(each.canonical)
        beside = (said.type, said.occurred_at, said.recorded_at, said.by.actor, said.by.role, said.command)
        assert (each.type, each.occurred_at, each.recorded_at, each.actor, each.role, each.command) == beside


def test_events_are_picked_by_their_types_in_the_order_of_a_scan(store: Store):
    for case in ("c2", "c1"):
        write(store, command(enrol(store, case), f"{case} k"))
    every = [(each.case, each.type, each.canonical) for each in store.filed()]
    types = sorted({kind for _, kind, _ in every})
    assert len(types) > 1
    for kind in types:
        assert list(store.picked((kind,))) == [each for each in every if each[1] == kind]
    assert list(store.picked(types)) == every
    assert list(store.picked(("NoSuchType",))) == []


def test_a_scan_sees_nothing_that_is_written_after_its_first_event_was_read(store: Store):
    before = enrol(store, "c1")
    enrol(store, "c2")
    scan = store.scan()
    seen = [next(scan)]
    write(store, command(before, "k1"))
    enrol(store, "c3")
    assert [(each.case, each.position) for each in [*seen, *scan]] == [("c1", 1), ("c2", 1)]
    assert len(list(store.scan())) == 6


def test_a_scan_that_is_not_read_to_its_end_keeps_nobody_from_writing(store: Store):
    before = enrol(store, "c1")
    scan = store.scan()
    next(scan)
    write(store, command(before, "k1"))
    scan.close()
    assert store.head("c1").position == 4


def test_everything_of_a_change_is_kept(store: Store):
    first = enrolment("c1")
    second = command(first.head, "k1")
    write(store, first)
    write(store, second)
    assert store.identity("c1") == first.identity
    assert store.bundle("digest-1") == first.bundle_text
    assert store.reminders("c1") == list(second.reminders)
    assert store.notices("c1") == [(second.notices[0], "waiting")]
    with store.write("c1") as unit:
        assert unit.remembered("k1") == second.remember


def test_an_error_inside_a_transaction_undoes_all_of_it(store: Store):
    before = enrol(store, "c1")
    seen = everything(store, ("c1",))
    with pytest.raises(ZeroDivisionError):
        append_and_fail(store, command(before, "k1"))
    assert everything(store, ("c1",)) == seen
    with store.write("c1") as unit:
        assert unit.remembered("k1") is None
    write(store, command(before, "k1"))
    assert store.head("c1").position == 4


def append_and_fail(store: Store, change: Change) -> None:
    with store.write(change.head.case) as unit:
        unit.append(change)
        raise ZeroDivisionError


def test_a_transaction_sees_its_own_appends_and_others_do_not_yet(store: Store):
    change = enrolment("c1")
    with store.write("c1") as unit:
        assert unit.head() is None
        unit.append(change)
        assert unit.head() == change.head
        assert unit.events() == [change.events[0].canonical]
        assert unit.remembered("c1-enrol") == change.remember
        assert unit.case_of_patient("token-c1", "variant_apl") == "c1"
        assert store.head("c1") is None
        assert store.heads() == []
    assert store.head("c1") == change.head


def test_a_unit_is_refused_after_its_transaction(store: Store):
    with store.write("c1") as unit:
        pass
    with pytest.raises(StoreRefused):
        unit.append(enrolment("c1"))
    with pytest.raises(StoreRefused):
        unit.head()


def gap(before: Head) -> Change:
    return command(msgspec.structs.replace(before, position=before.position + 1), "k1")


def wrong_previous(before: Head) -> Change:
    return command(msgspec.structs.replace(before, hash=bytes(31) + b"x"), "k1")


def repeated_position(before: Head) -> Change:
    return command(msgspec.structs.replace(before, position=0, hash=FIRST_HASH), "k1")


def head_elsewhere(before: Head) -> Change:
    change = command(before, "k1")
    return msgspec.structs.replace(change, head=msgspec.structs.replace(change.head, position=9))


def head_of_other_hash(before: Head) -> Change:
    change = command(before, "k1")
    return msgspec.structs.replace(change, head=msgspec.structs.replace(change.head, hash=bytes(32)))


def other_case(before: Head) -> Change:
    return command(msgspec.structs.replace(before, case="c2"), "k1")


def second_answer(before: Head) -> Change:
    return msgspec.structs.replace(command(before, "k1"), remember=answer("c1-enrol", "c1", (2,)))


def second_notice(before: Head) -> Change:
    return msgspec.structs.replace(command(before, "k1"), notices=(notice("n", "c1"), notice("n", "c1")))


def other_bundle(before: Head) -> Change:
    return msgspec.structs.replace(command(before, "k1"), bundle_text=b"another text")


@pytest.mark.parametrize(
    "wrong",
    [
        gap,
        wrong_previous,
        repeated_position,
        head_elsewhere,
        head_of_other_hash,
        other_case,
        second_answer,
        second_notice,
        other_bundle,
    ],
)
def test_a_change_that_does_not_follow_is_a_conflict_and_writes_nothing(store: Store, wrong):
    before = enrol(store, "c1")
    seen = everything(store, ("c1", "c2"))
    with pytest.raises(Conflict), store.write("c1") as unit:
        unit.append(wrong(before))
    assert everything(store, ("c1", "c2")) == seen


def test_a_key_that_a_case_used_is_a_conflict_for_another_case(store: Store):
    enrol(store, "c1")
    with pytest.raises(Conflict):
        write(store, enrolment("c2", command="c1-enrol"))
    assert store.head("c2") is None


def test_the_same_bundle_may_come_with_every_enrolment(store: Store):
    enrol(store, "c1")
    enrol(store, "c2")
    assert store.bundle("digest-1") == enrolment("c1").bundle_text


def test_two_appends_of_one_transaction_follow_each_other(store: Store):
    first = enrolment("c1")
    with store.write("c1") as unit:
        unit.append(first)
        unit.append(command(first.head, "k1"))
        with pytest.raises(Conflict):
            unit.append(command(first.head, "k2"))
    assert store.head("c1").position == 4


def test_a_look_without_events_moves_the_case_row_alone(store: Store):
    before = enrol(store, "c1")
    looked = msgspec.structs.replace(before, looked_at=at(15), next_look=at(30))
    write(store, rows_of(looked))
    assert store.head("c1") == looked
    assert len(list(store.stream("c1"))) == 1


# --- answers, refusals, identity -------------------------------------------------------------------------------------


def test_an_answer_is_remembered_for_whichever_case(store: Store):
    enrol(store, "c1")
    with store.write("c2") as unit:
        assert unit.remembered("c1-enrol") == enrolment("c1").remember
        assert unit.remembered("never sent") is None


def test_refused_requests_are_kept_in_order_and_by_case(store: Store):
    first, second = enrol(store, "c1"), enrol(store, "c2")
    write(store, rows_of(first, attempt=attempt("a1", "c1"), remember=answer("a1", "c1", ())))
    write(store, rows_of(second, attempt=attempt("a2", "c2")))
    write(store, rows_of(first, attempt=attempt("a3", "c1")))
    assert store.attempts() == [attempt("a1", "c1"), attempt("a2", "c2"), attempt("a3", "c1")]
    assert store.attempts("c1") == [attempt("a1", "c1"), attempt("a3", "c1")]


def test_a_refused_enrolment_is_kept_without_a_case(store: Store):
    nobody = head("c1", 0, FIRST_HASH)
    write(store, rows_of(nobody, attempt=attempt("a1", "c1"), remember=answer("a1", "c1", ())))
    assert store.attempts("c1") == [attempt("a1", "c1")]
    assert store.head("c1") is None
    with store.write("c1") as unit:
        assert unit.head() is None
        assert unit.remembered("a1") == answer("a1", "c1", ())
    enrol(store, "c1")
    assert store.head("c1").position == 1


def test_the_open_case_of_a_patient_is_found_and_a_closed_one_is_not(store: Store):
    before = enrol(store, "c1", patient="p1")
    enrol(store, "c2", patient="p2")
    with store.write("c3") as unit:
        assert unit.case_of_patient("p1", "variant_apl") == "c1"
        assert unit.case_of_patient("p9", "variant_apl") is None
        assert unit.case_of_patient("p1", "another pathway") is None
    write(store, rows_of(msgspec.structs.replace(before, closed=True, next_look=None)))
    with store.write("c3") as unit:
        assert unit.case_of_patient("p1", "variant_apl") is None


# --- two cases at once -----------------------------------------------------------------------------------------------


def test_two_cases_are_written_in_one_transaction(store: Store):
    first, second = enrol(store, "c1"), enrol(store, "c2")
    with store.write_both("c2", "c1") as (two, one):
        assert (two.head(), one.head()) == (second, first)
        one.append(command(first, "k1"))
        two.append(command(second, "k2"))
        assert (one.head().position, two.head().position) == (4, 4)
    assert [store.head(case).position for case in ("c1", "c2")] == [4, 4]
    with pytest.raises(StoreRefused):
        two.head()


def test_an_error_undoes_what_was_written_to_both_cases(store: Store):
    first, second = enrol(store, "c1"), enrol(store, "c2")
    seen = everything(store, ("c1", "c2"))
    with pytest.raises(Conflict):
        write_the_same(store, first, second)
    assert everything(store, ("c1", "c2")) == seen


def write_the_same(store: Store, first: Head, second: Head) -> None:
    with store.write_both(first.case, second.case) as (one, two):
        one.append(command(first, "k1"))
        two.append(command(second, "k1"))


def test_two_cases_locked_from_both_sides_wait_in_turn_and_do_not_block_each_other(store: Store):
    enrol(store, "c1")
    enrol(store, "c2")
    start = Barrier(2)

    def write_many(case: str, other: str) -> None:
        start.wait()
        for number in range(15):
            with store.write_both(case, other) as (mine, yours):
                mine.append(command(mine.head(), f"{case}-{number}"))
                yours.append(command(yours.head(), f"{case}-{number}-{other}"))

    with ThreadPoolExecutor(2) as pool:
        for done in [pool.submit(write_many, "c1", "c2"), pool.submit(write_many, "c2", "c1")]:
            done.result(timeout=60)
    assert [store.head(case).position for case in ("c1", "c2")] == [91, 91]


# --- boards and wake-ups ---------------------------------------------------------------------------------------------


def test_heads_come_by_ward_and_bed_and_closed_ones_only_when_asked_for(store: Store):
    enrol(store, "c1", ward="W2", bed="1")
    enrol(store, "c2", ward="W1", bed="2")
    enrol(store, "c3", ward="W1", bed="1")
    enrol(store, "c4", ward="W1", bed="1", closed=True, next_look=None)
    assert [found.case for found in store.heads()] == ["c3", "c2", "c1"]
    assert [found.case for found in store.heads(ward="W1")] == ["c3", "c2"]
    assert [found.case for found in store.heads(ward="W1", closed=True)] == ["c3", "c4", "c2"]


def test_the_bundles_in_use_are_those_of_open_cases_each_once(store: Store):
    assert store.bundles_in_use() == ()
    for case, bundle, closed in (("c1", "d2", 0), ("c2", "d1", 0), ("c3", "d2", 0), ("c4", "d3", 1)):
        change = enrolment(case, bundle=bundle, closed=bool(closed))
        write(store, msgspec.structs.replace(change, bundle_text=bundle.encode()))
    assert store.bundles_in_use() == ("d1", "d2")


def test_reminders_of_a_ward_are_those_of_its_cases(store: Store):
    for case, ward in (("c1", "W1"), ("c2", "W2"), ("c3", "W1")):
        write(store, command(enrol(store, case, ward=ward), f"{case} k", ward=ward))
    assert [row.case for row in store.reminders(ward="W1")] == ["c1", "c3"]
    assert [row.case for row in store.reminders(ward="W2", open_only=False)] == ["c2"]
    assert [row.case for row in store.reminders("c3", ward="W1")] == ["c3"]
    assert store.reminders("c2", ward="W1") == store.reminders(ward="W3") == []
    assert [row.case for row in store.reminders()] == ["c1", "c2", "c3"]


def test_due_cases_come_earliest_first_and_closed_ones_too_while_they_have_a_next_look(store: Store):
    enrol(store, "c1", next_look=at(20))
    enrol(store, "c2", next_look=at(10))
    enrol(store, "c3", next_look=at(21))
    enrol(store, "c4", next_look=at(5), closed=True)
    enrol(store, "c5", next_look=None)
    enrol(store, "c6", next_look=None, closed=True)
    assert store.due_cases(at(20), 10) == ["c4", "c2", "c1"]
    assert store.due_cases(at(20), 1) == ["c4"]
    assert store.due_cases(at(4), 10) == []
    assert store.next_look() == at(5)


def test_it_stirs_while_a_case_is_due_or_a_notice_may_be_claimed_and_not_before(store: Store):
    assert not store.stirring(at(90), at(90))
    before = enrol(store, "c1", next_look=at(20))
    assert not store.stirring(at(19), at(90))
    assert store.stirring(at(20), at(0))
    write(store, rows_of(before, notices=(notice("n", "c1"),)))
    assert store.stirring(at(0), at(1))
    (lease,) = store.claim(at(1), "w", MINUTE, 1)
    assert not store.stirring(at(0), at(1.9))
    assert store.stirring(at(0), at(2))
    store.settle("n", lease.fence, "waiting", at(1), at(9))
    assert not store.stirring(at(0), at(8.9))
    assert store.stirring(at(0), at(9))


def test_unlooked_cases_are_open_or_have_a_next_look_and_come_longest_ago_first(store: Store):
    enrol(store, "c1", looked_at=at(3))
    enrol(store, "c2", looked_at=at(1), next_look=None)
    enrol(store, "c3", looked_at=at(5))
    enrol(store, "c4", looked_at=at(0), closed=True, next_look=None)
    enrol(store, "c5", looked_at=at(2), closed=True)
    assert store.unlooked_cases(at(5), 10) == ["c2", "c5", "c1"]
    assert store.unlooked_cases(at(5), 1) == ["c2"]


def test_a_key_is_read_inside_the_transaction_that_makes_it_and_in_the_next(store: Store):
    made = CaseKey("c1", b"wrapped", at(0))
    with store.write("c1") as unit:
        assert unit.case_key("c1") is None
        unit.append(msgspec.structs.replace(enrolment("c1"), case_key=made))
        assert unit.case_key("c1") == made
    with store.write("c1") as unit:
        assert unit.case_key("c1") == made
        assert unit.case_key("c2") is None
    store.destroy_case_key("c1", at(1))
    with store.write("c1") as unit:
        assert unit.case_key("c1") == CaseKey("c1", None, at(0), at(1))


def test_a_reminder_row_is_rewritten_under_its_key(store: Store):
    before = enrol(store, "c1")
    write(store, rows_of(before, reminders=(reminder("c1", "b", due_at=at(40)), reminder("c1", "a", due_at=at(50)))))
    acknowledged = reminder("c1", "a", due_at=at(30), rung=2, acknowledged_until=at(45))
    closed = reminder("c1", "b", due_at=at(40), status="done", closed_at=at(41), critical=False)
    write(store, rows_of(before, reminders=(acknowledged, closed, reminder("c1", "b", ordinal=2, due_at=at(60)))))
    assert store.reminders() == [acknowledged, reminder("c1", "b", ordinal=2, due_at=at(60))]
    assert store.reminders("c1", open_only=False)[1] == closed
    assert store.reminders("c2") == []


# --- the outbox ------------------------------------------------------------------------------------------------------


def states(store: Store) -> dict[str, str]:
    return {found.key: state for found, state in store.notices()}


def post(store: Store, *keys: str, **fields: object) -> Head:
    before = enrol(store, "c1")
    return write(store, rows_of(before, notices=tuple(notice(key, "c1", (KEY,), **fields) for key in keys)))


def test_notices_come_oldest_first_with_their_state(store: Store):
    before = enrol(store, "c1")
    young, old = notice("a", "c1", created_at=at(2), late=True), notice("b", "c1", (KEY, OTHER), created_at=at(1))
    write(store, rows_of(before, notices=(young, old)))
    assert store.notices() == [(old, "waiting"), (young, "waiting")]
    assert store.notices("c2") == []


def test_claims_take_the_gravest_first_then_the_oldest(store: Store):
    before = enrol(store, "c1")
    made = [notice(key, "c1", severity=s, created_at=at(t)) for key, s, t in [("a", 2, 0), ("b", 0, 5), ("c", 0, 4)]]
    write(store, rows_of(before, notices=tuple(made)))
    assert [lease.notice.key for lease in store.claim(at(9), "w", MINUTE, 2)] == ["c", "b"]
    assert [lease.notice for lease in store.claim(at(9), "w", MINUTE, 2)] == [made[0]]
    assert states(store) == dict.fromkeys("abc", "sending")


def test_of_a_ward_that_is_held_only_the_gravest_is_claimed_and_the_rest_stays_without_an_attempt(store: Store):
    before = enrol(store, "c1")
    where = [("grave", 0, "H 3"), ("mild", 1, "H 3"), ("note", 2, "H 3"), ("elsewhere", 1, "H 33"), ("odd", 1, "%")]
    write(store, rows_of(before, notices=tuple(notice(key, "c1", severity=s, ward=w) for key, s, w in where)))
    first = store.claim(at(1), "w", MINUTE, 10, ("H_3", "H 3", "H"))
    assert {lease.notice.key for lease in first} == {"grave", "elsewhere", "odd"}
    assert store.claim(at(1), "w", MINUTE, 10, ("H 3",)) == []
    rest = store.claim(at(1), "w", MINUTE, 10)
    assert [(lease.notice.key, lease.attempts) for lease in rest] == [("mild", 1), ("note", 1)]


def test_a_lease_tells_its_fence_end_and_attempt(store: Store):
    post(store, "n")
    (lease,) = store.claim(at(1), "w", MINUTE, 10)
    assert (lease.fence, lease.until, lease.attempts) == (1, at(2), 1)
    assert lease.notice == notice("n", "c1", (KEY,))


def test_a_leased_notice_is_not_claimed_again_until_the_lease_ends(store: Store):
    post(store, "n")
    store.claim(at(1), "w1", MINUTE, 10)
    assert store.claim(at(1.9), "w2", MINUTE, 10) == []
    (second,) = store.claim(at(2), "w2", MINUTE, 10)
    assert (second.fence, second.attempts) == (2, 2)


def test_an_old_fence_is_refused_and_the_new_one_settles_once(store: Store):
    post(store, "n")
    (old,) = store.claim(at(1), "w1", MINUTE, 10)
    (new,) = store.claim(at(3), "w2", MINUTE, 10)
    assert store.settle("n", old.fence, "sent", at(3)) is False
    assert states(store) == {"n": "sending"}
    assert store.settle("n", new.fence, "sent", at(3)) is True
    assert store.settle("n", new.fence, "waiting", at(4)) is False
    assert states(store) == {"n": "sent"}
    assert store.claim(at(99), "w", MINUTE, 10) == []


def test_an_unknown_notice_cannot_be_settled(store: Store):
    assert store.settle("nothing", 1, "sent", at(1)) is False


def test_a_notice_put_off_is_claimed_from_its_instant_on(store: Store):
    post(store, "n")
    (lease,) = store.claim(at(1), "w", MINUTE, 10)
    assert store.settle("n", lease.fence, "waiting", at(1), not_before=at(5))
    assert states(store) == {"n": "waiting"}
    assert store.claim(at(4.9), "w", MINUTE, 10) == []
    (again,) = store.claim(at(5), "w", MINUTE, 10)
    assert (again.fence, again.attempts) == (2, 2)


def test_an_undeliverable_notice_is_not_claimed_again(store: Store):
    post(store, "n")
    (lease,) = store.claim(at(1), "w", MINUTE, 10)
    assert store.settle("n", lease.fence, "undeliverable", at(1))
    assert states(store) == {"n": "undeliverable"}
    assert store.claim(at(99), "w", MINUTE, 10) == []


def test_a_notice_is_withdrawn_with_the_last_reminder_it_speaks_for(store: Store):
    before = enrol(store, "c1")
    both, one, none = notice("both", "c1", (KEY, OTHER)), notice("one", "c1", (KEY,)), notice("none", "c1")
    write(store, rows_of(before, notices=(both, one, none)))
    write(store, rows_of(before, withdraw=(KEY,)))
    assert states(store) == {"both": "waiting", "one": "withdrawn", "none": "waiting"}
    write(store, rows_of(before, withdraw=(OTHER, ("recheck", "unknown", 1))))
    assert states(store) == {"both": "withdrawn", "one": "withdrawn", "none": "waiting"}
    assert store.notices()[0] == (both, "withdrawn")


def test_withdrawing_touches_neither_what_is_sent_nor_another_case(store: Store):
    before = post(store, "n")
    (lease,) = store.claim(at(1), "w", MINUTE, 10)
    store.settle("n", lease.fence, "sent", at(1))
    other = enrol(store, "c2")
    write(store, rows_of(other, notices=(notice("m", "c2", (KEY,)),)))
    write(store, rows_of(before, withdraw=(KEY,)))
    write(store, rows_of(before, withdraw_all=True))
    assert states(store) == {"n": "sent", "m": "waiting"}


def test_withdrawing_all_spares_the_notices_of_the_same_change(store: Store):
    before = post(store, "a", "b")
    write(store, rows_of(before, withdraw_all=True, notices=(notice("stand-down", "c1", kind="stand_down"),)))
    assert states(store) == {"a": "withdrawn", "b": "withdrawn", "stand-down": "waiting"}
    assert [lease.notice.key for lease in store.claim(at(1), "w", MINUTE, 10)] == ["stand-down"]


@pytest.mark.parametrize("outcome, then", [("sent", "sent"), ("waiting", "withdrawn"), ("undeliverable", "withdrawn")])
def test_a_notice_withdrawn_while_it_is_sent_says_what_became_of_it(store: Store, outcome, then):
    before = post(store, "n")
    (lease,) = store.claim(at(1), "w", MINUTE, 10)
    write(store, rows_of(before, withdraw=(KEY,)))
    assert states(store) == {"n": "withdrawn"}
    assert store.settle("n", lease.fence, outcome, at(1)) is True
    assert states(store) == {"n": then}
    assert store.claim(at(99), "w", MINUTE, 10) == []


def test_workers_at_the_same_moment_never_share_a_notice(store: Store):
    post(store, *(f"n{number}" for number in range(40)))
    start = Barrier(4)

    def work(worker: int) -> list[str]:
        start.wait()
        got = []
        while leases := store.claim(at(1), f"w{worker}", MINUTE, 3):
            got += [lease.notice.key for lease in leases if store.settle(lease.notice.key, lease.fence, "sent", at(1))]
        return got

    with ThreadPoolExecutor(4) as workers:
        sent = [key for keys in workers.map(work, range(4)) for key in keys]
    assert sorted(sent) == sorted(f"n{number}" for number in range(40))


# --- the rest --------------------------------------------------------------------------------------------------------


def test_a_stream_of_the_site_is_written_like_a_case_and_is_on_no_board(store: Store):
    enrol(store, "c1")
    kept = enrol(store, "site:quarantine", pathway="", closed=True, next_look=None)
    assert [head.case for head in store.heads(closed=True)] == ["c1"]
    assert store.site_heads() == [kept]
    assert store.head("site:quarantine") == kept
    assert len(list(store.stream("site:quarantine"))) == kept.position
    assert "site:quarantine" not in store.due_cases(at(10**6), 10) + store.unlooked_cases(at(10**6), 10)


def test_the_last_beat_of_each_name_is_kept(store: Store):
    store.beat("sweep", at(1))
    store.beat("alarm", at(2))
    store.beat("sweep", at(3))
    assert store.beats() == {"alarm": at(2), "sweep": at(3)}
    store.beat("alarm", at(4), "sweep", "tick")
    assert store.beats() == dict.fromkeys(("alarm", "sweep", "tick"), at(4))


def test_properties_may_change_except_origin_and_birth(store: Store):
    assert (store.origin, store.property("origin"), store.property("label")) == (
        "demonstration",
        "demonstration",
        "Ward W1",
    )
    assert store.property("born_at") is None
    store.set_property("demonstration_time", "1")
    store.set_property("demonstration_time", "2")
    store.set_property("born_at", str(START))
    assert store.property("demonstration_time") == "2"
    for name in ("origin", "born_at"):
        with pytest.raises(StoreRefused):
            store.set_property(name, "live")
    assert (store.property("origin"), store.property("born_at")) == ("demonstration", str(START))


def test_threads_writing_different_cases_all_succeed(store: Store):
    start = Barrier(6)

    def work(number: int) -> None:
        start.wait()
        before = enrol(store, f"c{number}")
        for step in range(10):
            before = write(store, command(before, f"c{number}-k{step}"))

    with ThreadPoolExecutor(6) as workers:
        list(workers.map(work, range(6)))
    assert [found.position for found in store.heads()] == [31] * 6


def test_threads_writing_the_same_case_take_turns_without_gap_or_conflict(store: Store):
    enrol(store, "c1")
    start = Barrier(6)

    def work(number: int) -> None:
        start.wait()
        for step in range(10):
            with store.write("c1") as unit:
                unit.append(command(unit.head(), f"{number}-{step}"))

    with ThreadPoolExecutor(6) as workers:
        list(workers.map(work, range(6)))
    last = FIRST_HASH
    for expected, stored in enumerate(store.stream("c1"), 1):
        assert (stored.position, stored.previous) == (expected, last)
        last = stored.hash
    assert (store.head("c1").position, store.head("c1").hash) == (181, last)


def test_a_second_writer_of_a_case_waits_for_the_first(store: Store):
    before = enrol(store, "c1")
    entered = Event()

    def second() -> int:
        with store.write("c1") as unit:
            entered.set()
            return unit.head().position

    with ThreadPoolExecutor(1) as workers:
        with store.write("c1") as unit:
            seen = workers.submit(second)
            assert not entered.wait(0.1)
            unit.append(command(before, "k1"))
        assert seen.result() == 4


@pytest.mark.parametrize("new", [True, False])
def test_who_waits_for_a_case_is_told_what_was_answered_meanwhile(store: Store, new: bool):
    change = enrolment("c1") if new else command(enrol(store, "c1"), "k1")
    asked = "c1-enrol" if new else "k1"

    def second() -> tuple[object, object]:
        with store.write("c1", asked) as unit:
            return unit.head(), unit.remembered(asked)

    with ThreadPoolExecutor(1) as workers:
        with store.write("c1", asked) as unit:
            assert unit.remembered(asked) is None
            seen = workers.submit(second)
            unit.append(change)
            assert unit.remembered(asked) == change.remember
            assert unit.remembered("another") is None
        assert seen.result() == (change.head, change.remember)


def test_text_of_every_language_comes_back_as_it_was(store: Store):
    before = enrol(store, "c1", ward="Hämatologie 病棟 ٣", bed="«7»")
    assert store.heads(ward="Hämatologie 病棟 ٣") == [before]
