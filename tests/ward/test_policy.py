"""The policy: every role by every act, on its own ward, on another, and behind broken glass."""

from pathlib import Path

import pytest

from pathway.site.accounts.grant import EVERY_WARD, SITE_ROLES, Grant
from ward.entry import COMMANDS
from ward.errors import Denied
from ward.people.person import SignedIn
from ward.policy.judge import Allowed, judge
from ward.policy.table import Row, policy_of
from ward.wiring import pathways

ROLES = {
    "N": "nurse",
    "CN": "charge_nurse",
    "P": "physician",
    "H": "haematologist",
    "C": "consultant",
    "Ph": "pharmacist",
    "Tx": "transplant_coordinator",
    "L": "laboratory",
    "D": "duty_manager",
    "Ad": "administrator",
    "Au": "auditor",
    "S": "service",
}
POLICY = policy_of(pathways())
HERE, ELSEWHERE, NOWHERE = "H4", "surgery 1", ""
#: Mark to what it lets: on the own ward, on another, on another behind broken glass, where there is no ward.
LETS = {
    "a": (True, True, True, True),
    "o": (True, False, False, True),
    "g": (True, False, True, True),
    ".": (False, False, False, False),
}


def written() -> dict[tuple[str, str], str]:
    """The marks of the matrix by act and role."""
    lines = [line.split() for line in (Path(__file__).parent / "policy.txt").read_text("utf-8").splitlines()]
    head, *rows = [line for line in lines if line and line[0] != "#"]
    return {(row[0], ROLES[short]): mark for row in rows for short, mark in zip(head[1:], row[1:], strict=True)}


MATRIX = written()
ACTS = tuple(dict.fromkeys(act for act, _ in MATRIX))


def somebody(role: str, ward: str = HERE, **rest: object) -> SignedIn:
    """An account with one role on one ward; a role of the site is given for every ward."""
    service = role == "service"
    grants = (Grant(role, EVERY_WARD if role in SITE_ROLES and not service else ward),)
    fields = {"kind": "service" if service else "person", "scopes": tuple(POLICY.rows) if service else ()} | rest
    return SignedIn(account="somebody", name="Some Body", grants=grants, authenticated="password", **fields)


def lets(role: str, act: str, ward: str, glass: int | None = None) -> bool:
    return isinstance(judge(POLICY, somebody(role), role, act, ward, glass=glass), Allowed)


@pytest.mark.parametrize("act", ACTS)
def test_every_role_by_every_act_and_ward_is_as_the_matrix_has_it(act: str):
    for role in ROLES.values():
        mark = MATRIX[act, role]
        own, other, glass, none = LETS[mark]
        if role in SITE_ROLES and role != "service" and mark != ".":
            other = glass = True  # given for every ward: there is no other
        found = (
            lets(role, act, HERE),
            lets(role, act, ELSEWHERE),
            lets(role, act, ELSEWHERE, 1),
            lets(role, act, NOWHERE),
        )
        assert found == (own, other, glass, none), (act, role)


def test_the_matrix_has_every_act_of_the_table_and_every_role():
    assert set(ACTS) == set(POLICY.rows), "a new act is written into tests/ward/policy.txt by hand"
    assert POLICY.roles() == set(ROLES.values())


def test_every_command_stands_in_the_table():
    assert set(COMMANDS) <= set(POLICY.rows)


@pytest.mark.parametrize("role", ROLES.values())
def test_an_act_that_stands_nowhere_is_denied_to_everybody(role: str):
    denied = judge(POLICY, somebody(role, EVERY_WARD, scopes=("Launch",) if role == "service" else ()), role, "Launch")
    assert isinstance(denied, Denied)
    assert "may not Launch" in str(denied)


@pytest.mark.parametrize("act", ["RecordTherapy", "RecordFinding"])
def test_holding_and_flagging_are_open_to_every_clinician_everywhere(act: str):
    clinicians = ("nurse", "charge_nurse", "physician", "haematologist", "consultant", "pharmacist")
    assert all(lets(role, act, ELSEWHERE) for role in clinicians)


def test_a_role_is_no_other_role_that_the_account_does_not_have():
    nurse = somebody("nurse")
    assert isinstance(judge(POLICY, nurse, "physician", "RequestTherapy", HERE), Denied)
    assert isinstance(judge(POLICY, nurse, "nurse", "RequestTherapy", HERE), Allowed)


def test_an_account_with_two_roles_may_in_either_what_that_one_may():
    both = SignedIn("b", "B", "person", (Grant("nurse", HERE), Grant("auditor", EVERY_WARD)), (), "password")
    assert judge(POLICY, both, "", "accesses") == Allowed("auditor")
    assert isinstance(judge(POLICY, both, "nurse", "accesses"), Denied)
    assert judge(POLICY, both, "", "case", HERE) == Allowed("nurse")
    assert isinstance(judge(POLICY, both, "", "case", ELSEWHERE), Denied)


def test_an_administrator_of_one_ward_is_none_of_the_site():
    local = SignedIn("a", "A", "person", (Grant("administrator", HERE),), (), "password")
    assert isinstance(judge(POLICY, local, "administrator", "GrantRole", HERE), Denied)


def test_nobody_without_a_grant_may_do_anything():
    nobody = SignedIn("n", "N", "person", (), (), "password")
    assert [act for act in POLICY.rows if isinstance(judge(POLICY, nobody, "", act), Allowed)] == []


def test_glass_opens_nothing_in_a_role_that_may_not_do_it_on_its_own_ward_either():
    other = somebody("transplant_coordinator")
    assert isinstance(judge(POLICY, other, "transplant_coordinator", "RecordResult", ELSEWHERE, glass=1), Denied)


def test_what_glass_lets_says_which_glass():
    assert judge(POLICY, somebody("nurse"), "nurse", "case", ELSEWHERE, glass=7) == Allowed("nurse", 7)
    assert judge(POLICY, somebody("nurse"), "nurse", "case", HERE, glass=7) == Allowed("nurse")


def test_a_service_does_only_what_is_among_its_scopes():
    feed = somebody("laboratory", kind="service", scopes=("RecordResult",))
    assert isinstance(judge(POLICY, feed, "laboratory", "RecordResult", HERE), Allowed)
    denied = judge(POLICY, feed, "laboratory", "RecordReport", HERE)
    assert isinstance(denied, Denied)
    assert "scope RecordReport" in denied.expected


def test_a_one_time_password_lets_nothing_but_its_own_change():
    new = somebody("administrator", must_change=True)
    assert isinstance(judge(POLICY, new, "administrator", "OpenAccount"), Denied)
    assert isinstance(judge(POLICY, new, "", "ChangeSecret", about="somebody"), Allowed)


def test_everybody_may_change_the_secret_of_their_own_account_and_of_no_other():
    nurse = somebody("nurse")
    assert isinstance(judge(POLICY, nurse, "", "ChangeSecret", about="somebody"), Allowed)
    assert isinstance(judge(POLICY, nurse, "", "ChangeSecret", about="other"), Denied)


def test_a_denial_says_who_what_where_and_what_would_be_needed():
    denied = judge(POLICY, somebody("nurse"), "nurse", "case", ELSEWHERE)
    assert isinstance(denied, Denied)
    assert denied.happened == "somebody may not read `case` as nurse on ward surgery 1"
    assert "nurse" in denied.expected
    assert "surgery 1" in denied.expected
    assert "break glass" in denied.mend
    assert denied.refusal().code == "denied"


@pytest.mark.parametrize("fields", [{}, {"any": ("nurse",), "glass": True}])
def test_a_row_that_means_nothing_is_no_row(fields: dict[str, object]):
    with pytest.raises(ValueError, match=r"nobody|own ward"):
        Row(**fields)
