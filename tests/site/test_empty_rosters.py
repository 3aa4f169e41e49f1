"""Over any plan and any looking: a kept roster is empty exactly while its emptiness stands on the record."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from pathway.case.envelope import By
from pathway.site.duty.commands import AcceptDuty, AnswerTest, KeepRoster, LeaveDuty
from pathway.site.duty.events import DutyBegun, DutyLeft, DutyOffered, RosterEmptied, RosterKept, RosterStaffed
from tests.case.ward import t
from tests.site.test_duty import ADMIN, Rota

MINUTE = 60_000_000
NAMES = ("anna", "ben", "carla")
ROLES = ("nurse", "physician")

who, role = st.sampled_from(NAMES), st.sampled_from(ROLES)
steps = st.lists(
    st.tuples(
        st.integers(0, 45),
        st.one_of(
            st.tuples(st.just("accept"), who, role, st.integers(1, 120)),
            st.tuples(st.just("answer"), who, role),
            st.tuples(st.just("leave"), who, role, st.sampled_from(("", *NAMES))),
            st.tuples(st.just("keep"), role, st.booleans()),
            st.tuples(st.just("look")),
        ),
    ),
    max_size=30,
)


def played(plan: list[Any], looking: bool) -> Rota:
    """A rota after a plan, looked at only at its end or whenever the plan says so."""
    site = Rota(kept=False)
    for role_kept in ROLES:
        site.do(KeepRoster, ADMIN, role=role_kept, ward="H1", critical=True)
    for minutes, (what, *rest) in plan:
        site.clock.set(site.clock.now() + minutes * MINUTE)
        act(site, what, rest, looking)
    site.clock.set(site.clock.now() + 300 * MINUTE)
    site.engine.look("site:duty")
    return site


def act(site: Rota, what: str, rest: list[Any], looking: bool) -> None:
    """One step; what is refused is part of the plan."""
    if what == "look":
        _ = looking and site.engine.look("site:duty")
    elif what == "keep":
        site.do(KeepRoster, ADMIN, role=rest[0], ward="H1", critical=True, kept=rest[1])
    elif what == "accept":
        until = site.clock.now() + rest[2] * MINUTE
        site.do(AcceptDuty, By(rest[0], rest[1]), role=rest[1], ward="H1", until=until)
    elif what == "leave":
        site.do(LeaveDuty, By(rest[0], rest[1]), role=rest[1], ward="H1", to=rest[2])
    else:
        mine = [each for each in offers(site) if (each.account, each.role) == (rest[0], rest[1])]
        site.do(AnswerTest, By(rest[0], rest[1]), number=mine[-1].test if mine else 1)


def offers(site: Rota) -> list[DutyOffered]:
    """Every offer of a stint so far."""
    return [each.body for each in site.events() if isinstance(each.body, DutyOffered)]


def on_record(site: Rota, of: str) -> list[tuple[int, int]]:
    """The stretches in which the record says that a roster is empty."""
    found, since = [], None
    for each in site.events():
        if isinstance(each.body, RosterEmptied) and each.body.role == of:
            assert since is None
            since = each.occurred_at
        if isinstance(each.body, RosterStaffed) and each.body.role == of:
            assert since is not None
            found.append((since, each.occurred_at))
            since = None
    return [*found, (since, 2**60)] if since is not None else found


def in_truth(site: Rota, of: str, at: int) -> bool:
    """Whether a roster is kept at an instant and nobody has answered a test of it whose stint still lasts."""
    kept, stints = False, {}
    for each in site.events():
        body = each.body
        if each.occurred_at > at:
            continue
        if isinstance(body, RosterKept) and body.role == of:
            kept = body.kept
        if isinstance(body, DutyOffered) and body.role == of:
            stints[body.number] = [body.until, False, body.instead_of]
        if isinstance(body, DutyBegun) and body.number in stints:
            stints[body.number][1] = True
            stints.pop(stints[body.number][2], None)
        if isinstance(body, DutyLeft):
            for number in body.numbers:
                stints.pop(number, None)
    return kept and not any(begun and at < until for until, begun, _ in stints.values())


@given(steps)
def test_a_kept_roster_is_empty_exactly_while_the_record_says_so(plan: list[Any]):
    site = played(plan, looking=True)
    moments = {each.occurred_at for each in site.events()} | {each.until for each in offers(site)}
    for of in ROLES:
        stretches = on_record(site, of)
        for at in sorted({moment + step for moment in moments for step in (-1, 0, 1)}):
            if t("1 09:00") <= at <= site.clock.now():
                assert any(since <= at < until for since, until in stretches) == in_truth(site, of, at), (of, at)


@given(steps)
def test_whoever_looks_and_however_often_it_is_empty_at_the_same_instants(plan: list[Any]):
    often, once = played(plan, looking=True), played(plan, looking=False)
    assert [on_record(often, of) for of in ROLES] == [on_record(once, of) for of in ROLES]
    assert often.said() == once.said()
