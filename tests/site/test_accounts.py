"""Accounts: opened and given roles by others, never without an administrator; glass is broken for one, and reviewed."""

from typing import Any

import msgspec
import pytest

from pathway.case.commands import TEXT_LIMIT
from pathway.case.envelope import By
from pathway.engine import Engine
from pathway.engine.ports import Credential
from pathway.site.accounts.commands import (
    AccountCommand,
    BreakGlass,
    ChangeSecret,
    CloseAccount,
    GrantRole,
    OpenAccount,
    ReviewBreakGlass,
    RevokeRole,
)
from pathway.site.accounts.events import GlassBroken
from pathway.site.accounts.grant import Grant
from pathway.site.streams import ACCOUNTS
from tests.case.ward import CASE, refused, t
from tests.site.site import Site

ADMIN = By("admin", "administrator", "person", "password")
ANNA = By("nurse.anna", "nurse", "person", "password")
EVERYWHERE = Grant("administrator", "*")


def staffed(**fields: Any) -> Site:
    """A site with an administrator and a nurse of ward H1."""
    site = Site(**fields)
    site.do(OpenAccount, ADMIN, account="admin", name="Ada Admin", grants=(EVERYWHERE,))
    site.do(OpenAccount, ADMIN, account="nurse.anna", name="Anna A.", grants=(Grant("nurse", "H1"),))
    return site


def said(site: Site, kind: type[AccountCommand], who: By = ADMIN, /, **fields: Any) -> str:
    """The code of a refusal; empty where it was accepted. What is said of a secret comes with one."""
    site.count += 1
    command = kind(id=f"s{site.count}", by=who, **fields)
    answer = site.engine.handle(command, (secret_of(command),) if isinstance(command, ChangeSecret) else ())
    return "" if answer.refusal is None else answer.refusal.code


def secret_of(command: ChangeSecret) -> Credential:
    """A secret as a command says of it."""
    kind = "token" if command.label or command.how == "token" else "password"
    opens = "" if command.how == "revoked" else "$hash"
    return Credential(command.account, kind, command.label, opens, t("1 09:00"), command.how == "one_time")


# --- accounts --------------------------------------------------------------------------------------------------------


def test_an_account_is_opened_given_a_role_relieved_of_it_and_closed_and_all_of_it_is_chained():
    site = staffed()
    for kind, fields in (
        (GrantRole, {"role": "nurse", "ward": "H2"}),
        (RevokeRole, {"role": "nurse", "ward": "H1"}),
    ):
        assert said(site, kind, account="nurse.anna", **fields) == ""
    assert site.engine.sites.accounts().held["nurse.anna"].grants == (Grant("nurse", "H2"),)
    assert said(site, CloseAccount, account="nurse.anna") == ""
    found = site.engine.sites.accounts()
    assert found.find("nurse.anna") is None
    assert found.held["nurse.anna"].closed_at == t("1 09:00")
    assert site.engine.verify(ACCOUNTS) == []
    assert Engine(site.store, [], site.clock).sites.accounts() == found


@pytest.mark.parametrize("name, said", [("", "nobody says whose"), ("   ", "nobody says whose"), ("x" * 81, "81 char")])
def test_a_name_that_is_missing_and_one_that_is_too_long_are_told_apart(name: str, said: str):
    site = staffed()
    answer = site.engine.handle(OpenAccount(id="n", by=ADMIN, account="nurse.zoe", name=name))
    assert answer.refusal is not None
    assert (answer.refusal.code, said in answer.refusal.message) == ("name", True)


@pytest.mark.parametrize(
    "fields, code",
    [
        ({"account": "nurse.anna"}, "taken"),
        ({"account": "Nurse Anna"}, "account"),
        ({"account": "engine"}, "account"),
        ({"account": "a" * 41}, "account"),
        ({"name": "  "}, "name"),
        ({"grants": (Grant("plumber", "H1"),)}, "role"),
        ({"grants": (Grant("engine", "*"),)}, "role"),
        ({"grants": (Grant("nurse", " "),)}, "ward"),
        ({"grants": (Grant("nurse", "H1"),) * 2}, "granted"),
        ({"grants": (Grant("service", "*"),)}, "role"),
        ({"scopes": ("RecordResult",)}, "scopes"),
        ({"kind": "service"}, "scopes"),
        ({"kind": "service", "scopes": ("RecordResult",), "one_time": True}, "secret"),
        ({"kind": "service", "scopes": ("RecordResult",), "grants": (EVERYWHERE,)}, "role"),
    ],
)
def test_an_account_is_not_opened_under_a_name_a_role_or_scopes_that_cannot_be(fields: dict[str, Any], code: str):
    site = staffed()
    before = site.engine.sites.accounts()
    assert said(site, OpenAccount, **({"account": "nurse.ben", "name": "Ben B."} | fields)) == code
    assert site.engine.sites.accounts() == before


def test_a_closed_account_gives_its_name_to_nobody():
    site = staffed()
    said(site, CloseAccount, account="nurse.anna")
    assert said(site, OpenAccount, account="nurse.anna", name="Another") == "taken"
    assert said(site, GrantRole, account="nurse.anna", role="nurse", ward="H1") == "no_such_account"


def test_nobody_gives_themselves_a_role():
    site = staffed()
    assert said(site, GrantRole, account="admin", role="nurse", ward="H1") == "self"
    assert site.engine.sites.accounts().held["admin"].grants == (EVERYWHERE,)


@pytest.mark.parametrize(
    "kind, fields",
    [(CloseAccount, {}), (RevokeRole, {"role": "administrator", "ward": "*"})],
    ids=["closed", "revoked"],
)
def test_the_last_administrator_stays_one_and_goes_when_there_is_another(
    kind: type[AccountCommand], fields: dict[str, Any]
):
    site = staffed()
    assert said(site, kind, account="admin", **fields) == "last_administrator"
    said(site, GrantRole, account="nurse.anna", role="administrator", ward="*")
    assert said(site, kind, account="admin", **fields) == ""
    assert site.engine.sites.accounts().administrators() == ("nurse.anna",)


@pytest.mark.parametrize(
    "kind, fields, code",
    [
        (GrantRole, {"account": "nobody", "role": "nurse", "ward": "H1"}, "no_such_account"),
        (GrantRole, {"account": "nurse.anna", "role": "nurse", "ward": "H1"}, "granted"),
        (RevokeRole, {"account": "nurse.anna", "role": "nurse", "ward": "H2"}, "granted"),
        (CloseAccount, {"account": "nobody"}, "no_such_account"),
        (ChangeSecret, {"account": "nobody", "how": "one_time"}, "no_such_account"),
        (ChangeSecret, {"account": "nurse.anna", "how": "password"}, "secret"),
        (ChangeSecret, {"account": "nurse.anna", "how": "token", "label": "x"}, "secret"),
    ],
)
def test_what_does_not_fit_the_account_is_refused(kind: type[AccountCommand], fields: dict[str, Any], code: str):
    assert said(staffed(), kind, **fields) == code


# --- secrets ---------------------------------------------------------------------------------------------------------


def test_a_secret_is_kept_with_its_event_or_not_at_all_and_stands_in_no_event():
    site = staffed()
    kept = Credential("nurse.anna", "password", "", "$argon2id$hash", t("1 09:00"), True)
    given = {"by": ADMIN, "account": "nurse.anna", "how": "one_time"}
    assert site.engine.handle(ChangeSecret(id="c1", **given), (kept,)).status == "accepted"
    assert site.store.credentials("nurse.anna") == (kept,)
    assert not any(b"argon2" in each.canonical for each in site.store.stream(ACCOUNTS))
    other = msgspec.structs.replace(kept, kind="token", label="a1", hash="$other")
    asked = ChangeSecret(id="c2", **(given | {"how": "token", "label": "a1"}))
    assert refused(site.engine.handle(asked, (other,))) == "secret"
    assert site.store.credentials("nurse.anna") == (kept,)


@pytest.mark.parametrize(
    "fields",
    [None, {"account": "admin"}, {"kind": "token"}, {"label": "x"}, {"hash": ""}],
    ids=["none", "of another", "of another kind", "under another label", "that opens nothing"],
)
def test_what_is_said_of_a_secret_comes_with_that_secret_alone(fields: dict[str, Any] | None):
    site = staffed()
    command = ChangeSecret(id="c1", by=ADMIN, account="nurse.anna", how="one_time")
    given = () if fields is None else (msgspec.structs.replace(secret_of(command), **fields),)
    assert refused(site.engine.handle(command, given)) == "secret"
    assert (site.store.credentials(), len(list(site.store.stream(ACCOUNTS)))) == ((), 2)


def test_a_secret_does_not_come_in_with_a_command_about_something_else():
    site = staffed()
    smuggled = secret_of(ChangeSecret(id="c1", by=ADMIN, account="admin", how="one_time"))
    command = GrantRole(id="c2", by=ADMIN, account="nurse.anna", role="nurse", ward="H2")
    assert refused(site.engine.handle(command, (smuggled,))) == "secret"
    assert site.store.credentials() == ()


def test_tokens_of_a_service_are_told_apart_by_their_labels_and_a_revoked_one_is_gone():
    site = staffed()
    said(site, OpenAccount, account="lab", name="Laboratory", kind="service", scopes=("RecordResult",))
    for label, code in (("a1", ""), ("a1", "label"), ("", "label"), ("b2", "")):
        assert said(site, ChangeSecret, account="lab", how="token", label=label) == code
    assert said(site, ChangeSecret, account="lab", how="revoked", label="a1") == ""
    assert said(site, ChangeSecret, account="lab", how="revoked", label="a1") == "label"
    assert site.engine.sites.accounts().held["lab"].labels == ("b2",)


# --- broken glass ----------------------------------------------------------------------------------------------------


def broken(**fields: Any) -> Site:
    """A patient on H1, and glass that the nurse has broken for them."""
    site = staffed(**fields)
    site.enrol(CASE)
    assert said(site, BreakGlass, ANNA, account="nurse.anna", patient_case=CASE, reason="bleeding, nobody near") == ""
    return site


def test_glass_holds_for_one_account_and_one_patient_for_an_hour():
    site = broken()
    found = site.engine.sites.accounts()
    assert found.open_glass("nurse.anna", CASE, t("1 09:59")) == 1
    assert found.open_glass("nurse.anna", CASE, t("1 10:00")) is None
    assert found.open_glass("nurse.anna", "other", t("1 09:10")) is None
    assert found.open_glass("admin", CASE, t("1 09:10")) is None


def test_who_looks_after_accounts_and_who_looks_after_the_ward_hear_of_a_glass_at_once_without_patient_data():
    site = broken()
    told = [(notice, state) for notice, state in site.store.notices() if notice.kind == "glass"]
    assert {(notice.role, notice.ward, notice.channel, state) for notice, state in told} == {
        ("administrator", "H1", "page", "waiting"),
        ("charge_nurse", "H1", "page", "waiting"),
    }
    assert {notice.text for notice, _ in told} == {
        f"NOTE, glass 1 broken by nurse.anna: ward H1, case {CASE}, 09:00, /case/{CASE}"
    }


@pytest.mark.parametrize(
    "who, fields, code",
    [
        (ANNA, {"reason": " "}, "reason_needed"),
        (ANNA, {"patient_case": "nobody"}, "no_such_case"),
        (ANNA, {"patient_case": "site:accounts"}, "no_such_case"),
        (ADMIN, {}, "account"),
        (ADMIN, {"account": "admin"}, "role"),
    ],
)
def test_glass_is_broken_for_oneself_with_a_reason_for_a_patient_by_who_looks_after_patients(
    who: By, fields: dict[str, Any], code: str
):
    site = staffed()
    site.enrol(CASE)
    given = {"account": "nurse.anna", "patient_case": CASE, "reason": "bleeding"}
    assert said(site, BreakGlass, who, **(given | fields)) == code
    assert site.engine.sites.accounts().glass == {}
    assert not [notice for notice, _ in site.store.notices() if notice.kind == "glass"]


def test_glass_that_holds_is_not_broken_again_and_after_its_hour_it_can_be():
    site = broken()
    again = {"account": "nurse.anna", "patient_case": CASE, "reason": "still"}
    assert said(site, BreakGlass, ANNA, **again) == "broken"
    assert said(site.at("1 10:00"), BreakGlass, ANNA, **again) == ""
    assert list(site.engine.sites.accounts().glass) == [1, 2]


def test_a_glass_is_reviewed_once_by_another_with_a_reason_and_late_after_three_days():
    site = broken()
    (glass,) = site.engine.sites.accounts().unreviewed()
    assert (glass.overdue(t("4 08:59")), glass.overdue(t("4 09:00"))) == (False, True)
    review = {"number": 1, "choice": "justified", "reason": "the patient bled"}
    assert said(site, ReviewBreakGlass, ANNA, **review) == "self"
    assert said(site, ReviewBreakGlass, **(review | {"number": 2})) == "no_such_glass"
    assert said(site, ReviewBreakGlass, **(review | {"reason": ""})) == "reason_needed"
    assert said(site, ReviewBreakGlass, **review) == ""
    assert said(site, ReviewBreakGlass, **review) == "reviewed"
    found = site.engine.sites.accounts()
    assert found.unreviewed() == ()
    assert (found.glass[1].reviewed_by, found.glass[1].overdue(t("9 09:00"))) == (ADMIN, False)


def test_a_rehearsed_glass_is_answered_and_not_broken():
    site = staffed()
    site.enrol(CASE)
    command = BreakGlass(id="r1", by=ANNA, account="nurse.anna", patient_case=CASE, reason="x" * TEXT_LIMIT)
    assert site.engine.rehearse(command).answer.status == "accepted"
    assert site.engine.sites.accounts().glass == {}


def test_the_reason_of_a_glass_lies_under_the_key_of_the_patient():
    (event,) = broken().engine.sites.accounts().glass.values()
    assert isinstance(event.body, GlassBroken)
    assert event.body.reason.key == CASE
