"""Signing in: by an own password, for a shift at most, and ended in the store; guessing gets slower and slower."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from pathway.clinical.instant import SECOND, instant
from pathway.engine.ports import Store
from pathway.site.accounts.grant import Grant
from pathway.site.streams import ACCOUNTS
from persistence.memory import MemoryStore
from ward.clock import FixedClock
from ward.door import Door
from ward.errors import NotHere, NotUnderstood, SignInRefused
from ward.listed import account_row
from ward.people import secret
from ward.people.administer import Administering, Given, first
from ward.people.secret import AT_ONCE, draw_password, draw_service_token, fits, hashed, refuse_weak
from ward.people.signing_in import (
    change_password,
    demonstrated,
    proven,
    revoke,
    sign_in,
    sign_ins,
    sign_out,
    signed_in,
    stand_as,
)
from ward.wiring import House, house

MINUTE = 60 * SECOND
OWN = "three green horses"
START = instant("2026-03-05T08:00Z")


class Ward:
    """A live store with an administrator `admin` and the nurse `nurse.anna`, both with passwords of their own."""

    def __init__(self, store: Store | None = None) -> None:
        self.clock = FixedClock(START)
        self.house: House = house(store or MemoryStore("live"), self.clock)
        self.settle("admin", first(self.house, "admin", "Ada Admin"))
        self.admin = Administering(Door(self.house), proven(self.house, "admin", OWN))
        self.settle("nurse.anna", self.admin.open_person("nurse.anna", "Anna A.", (Grant("nurse", "H1"),)))

    def settle(self, account: str, given: Given) -> None:
        """Take a one-time password, and change it as its owner must."""
        assert given.answer.status == "accepted"
        change_password(self.house, account, given.secret, OWN)

    def sign_in(self, account: str = "nurse.anna", password: str = OWN) -> str:
        """A new sign-in; its token."""
        return sign_in(self.house, account, password, "web", "10.0.0.7")[0]

    def refused(self, account: str, password: str, address: str = "10.0.0.7") -> SignInRefused:
        """How somebody is refused."""
        with pytest.raises(SignInRefused) as caught:
            sign_in(self.house, account, password, "web", address)
        return caught.value


@pytest.fixture
def ward() -> Ward:
    """A staffed ward."""
    return Ward()


# --- a password for one use ------------------------------------------------------------------------------------------


def test_a_password_for_one_use_expires_and_whoever_has_it_is_told_so(ward: Ward):
    given = ward.admin.open_person("nurse.ben", "Ben B.", (Grant("nurse", "H1"),))
    ward.clock.advance(72 * 60 * MINUTE - 1)
    assert sign_in(ward.house, "nurse.ben", given.secret, "web")[1].must_change
    ward.clock.advance(1)
    told = ward.refused("nurse.ben", given.secret)
    assert (told.happened, told.expected) == ("the password for one use has expired", "its use within 72 h")
    assert "administrator" in told.mend
    assert "expired" not in ward.refused("nurse.ben", "another password").happened
    with pytest.raises(SignInRefused):
        change_password(ward.house, "nurse.ben", given.secret, OWN)


def test_another_password_for_one_use_opens_again_and_ones_own_never_expires(ward: Ward):
    ward.admin.open_person("nurse.ben", "Ben B.", (Grant("nurse", "H1"),))
    ward.clock.advance(24 * 100 * 60 * MINUTE)
    assert ward.sign_in("nurse.anna")
    again = ward.admin.reset("nurse.ben")
    assert sign_in(ward.house, "nurse.ben", again.secret, "web")[1].must_change


def test_the_site_says_how_long_a_password_for_one_use_may_lie_about(ward: Ward, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("WARDPATH_ONE_TIME_HOURS", "1")
    given = ward.admin.open_person("nurse.ben", "Ben B.", (Grant("nurse", "H1"),))
    ward.clock.advance(60 * MINUTE)
    assert ward.refused("nurse.ben", given.secret).expected == "its use within 1 h"


def test_an_administrator_sees_that_a_password_for_one_use_has_expired(ward: Ward):
    ward.admin.open_person("nurse.ben", "Ben B.", (Grant("nurse", "H1"),))
    held = ward.house.engine.sites.accounts().held["nurse.ben"]
    said = account_row(ward.house, held)
    assert said["secret"] == "one-time"  # noqa: S105  # what kind there is, and no secret
    ward.clock.advance(72 * 60 * MINUTE)
    said = account_row(ward.house, held)
    assert said["secret"] == "expired"  # noqa: S105  # as above


# --- in and out ------------------------------------------------------------------------------------------------------


def test_a_password_makes_a_sign_in_and_the_sign_in_makes_the_person(ward: Ward):
    token, who = sign_in(ward.house, "nurse.anna", OWN, "web", "10.0.0.7")
    assert (who.account, who.authenticated, who.must_change) == ("nurse.anna", "password", False)
    found = signed_in(ward.house, token)
    assert found is not None
    assert (found.account, found.kind, found.grants, found.authenticated) == (
        "nurse.anna",
        "person",
        (Grant("nurse", "H1"),),
        "sign-in",
    )
    assert signed_in(ward.house, token + "x") is None
    assert signed_in(ward.house, "") is None


def test_neither_password_nor_token_is_kept_as_it_is(ward: Ward):
    token = ward.sign_in()
    kept = repr((ward.house.store.credentials(), ward.house.store.sign_ins()))
    stream = b"".join(each.canonical for each in ward.house.store.stream(ACCOUNTS)).decode()
    assert OWN not in kept + stream
    assert token not in kept + stream
    assert token.removeprefix("ws_") not in kept + stream


@pytest.mark.parametrize("account, password", [("nurse.anna", "wrong"), ("nobody", OWN), ("", ""), ("nurse.anna", "")])
def test_a_wrong_name_and_a_wrong_password_are_told_in_the_same_words(ward: Ward, account: str, password: str):
    assert str(ward.refused(account, password)) == str(ward.refused("nurse.anna", "wrong too"))


def test_an_account_that_is_not_there_costs_a_hash_as_well(ward: Ward, monkeypatch: pytest.MonkeyPatch):
    counted = count_hashes(monkeypatch)
    ward.refused("nobody", OWN)
    ward.refused("nurse.anna", "wrong")
    assert counted() == 2


def test_a_sign_in_ends_when_it_is_signed_out(ward: Ward):
    token, other = ward.sign_in(), ward.sign_in()
    assert sign_out(ward.house, token)
    assert signed_in(ward.house, token) is None
    assert signed_in(ward.house, other) is not None
    assert not sign_out(ward.house, token)


def test_a_sign_in_ends_after_a_quarter_of_an_hour_without_use(ward: Ward):
    token = ward.sign_in()
    ward.clock.advance(15 * MINUTE - 1)
    assert signed_in(ward.house, token) is not None
    ward.clock.advance(15 * MINUTE - 1)
    assert signed_in(ward.house, token) is not None
    ward.clock.advance(15 * MINUTE)
    assert signed_in(ward.house, token) is None


def test_a_sign_in_ends_after_twelve_hours_however_much_it_is_used(ward: Ward):
    token = ward.sign_in()
    for _ in range(71):
        ward.clock.advance(10 * MINUTE)
        assert signed_in(ward.house, token) is not None
    ward.clock.advance(10 * MINUTE)
    assert signed_in(ward.house, token) is None


def test_sign_ins_are_listed_and_revoked_for_one_account_alone(ward: Ward):
    anna, admin = ward.sign_in(), ward.sign_in("admin")
    assert [each.account for each in sign_ins(ward.house, "nurse.anna")] == ["nurse.anna"]
    assert revoke(ward.house, "nurse.anna") == 1
    assert (signed_in(ward.house, anna), sign_ins(ward.house, "nurse.anna")) == (None, ())
    assert signed_in(ward.house, admin) is not None


def test_another_role_takes_another_token_that_ends_when_the_first_would_have(ward: Ward):
    token = ward.sign_in()
    assert [(each.role, each.ward) for each in sign_ins(ward.house, "nurse.anna")] == [("nurse", "H1")]
    until = sign_ins(ward.house, "nurse.anna")[0].until
    ward.clock.advance(MINUTE)
    anew = stand_as(ward.house, token, "nurse", "H2")
    assert anew is not None
    assert signed_in(ward.house, token) is None
    assert signed_in(ward.house, anew) is not None
    (kept,) = sign_ins(ward.house, "nurse.anna")
    assert (kept.role, kept.ward, kept.until) == ("nurse", "H2", until)
    sign_out(ward.house, anew)
    assert stand_as(ward.house, anew, "nurse", "H1") is None


def test_a_closed_account_is_out_at_once_and_comes_in_no_more(ward: Ward):
    token = ward.sign_in()
    assert ward.admin.close("nurse.anna").status == "accepted"
    assert signed_in(ward.house, token) is None
    ward.refused("nurse.anna", OWN)


def test_a_role_that_is_taken_is_gone_from_a_sign_in_that_lives(ward: Ward):
    from pathway.site.accounts.commands import RevokeRole
    from ward.people.administer import UNSAID

    token = ward.sign_in()
    ward.admin.say(RevokeRole(id="r1", by=UNSAID, account="nurse.anna", role="nurse", ward="H1"))
    found = signed_in(ward.house, token)
    assert found is not None
    assert found.grants == ()


# --- secrets ---------------------------------------------------------------------------------------------------------


def test_a_one_time_password_opens_nothing_but_its_own_change(ward: Ward):
    token = ward.sign_in()
    given = ward.admin.reset("nurse.anna")
    assert signed_in(ward.house, token) is None
    ward.refused("nurse.anna", OWN)
    assert proven(ward.house, "nurse.anna", given.secret).must_change
    once = ward.sign_in(password=given.secret)
    found = signed_in(ward.house, once)
    assert found is not None
    assert found.must_change
    change_password(ward.house, "nurse.anna", given.secret, "four blue horses")
    assert signed_in(ward.house, once) is None
    ward.refused("nurse.anna", given.secret)
    assert not proven(ward.house, "nurse.anna", "four blue horses").must_change


def test_a_changed_password_ends_every_sign_in_and_is_not_the_one_before(ward: Ward):
    token = ward.sign_in()
    with pytest.raises(NotUnderstood, match="the one before"):
        change_password(ward.house, "nurse.anna", OWN, OWN)
    assert signed_in(ward.house, token) is not None
    assert change_password(ward.house, "nurse.anna", OWN, "four blue horses").status == "accepted"
    assert signed_in(ward.house, token) is None
    (event,) = [each for each in ward.house.store.stream(ACCOUNTS) if b'"how":"password"' in each.canonical][-1:]
    assert b'"actor":"nurse.anna","authenticated":"password"' in event.canonical


def test_a_revoked_password_ends_the_sign_ins_and_lets_nobody_in(ward: Ward):
    token = ward.sign_in()
    assert ward.admin.revoke_secret("nurse.anna").status == "accepted"
    assert signed_in(ward.house, token) is None
    ward.refused("nurse.anna", OWN)
    ward.refused("nurse.anna", "")


@pytest.mark.parametrize(
    "password",
    [
        *("short 7", "x" * 129, "nurse.anna", "Nurse-Anna1", "wardpath", "WardPath2026"),
        *("12345678", "abcdefgh", "aaaaaaaa", "abababab", "hgfedcba", "aabbccdd", "horsehorse"),
    ],
)
def test_a_password_that_is_short_or_a_name_or_a_run_is_refused(password: str):
    with pytest.raises(NotUnderstood) as caught:
        refuse_weak(password, "nurse.anna")
    assert password not in str(caught.value)


@pytest.mark.parametrize(
    "password", [OWN, "wardpath has green horses", "nurse.anna has a horse", "ぱすわーどをひみつに", "x9!k" * 2 + "z"]
)
def test_no_rule_of_composition_stands_in_the_way_of_a_long_password(password: str):
    refuse_weak(password, "nurse.anna")
    refuse_weak(draw_password(), "nurse.anna")


def test_a_password_is_the_same_however_its_accents_are_typed():
    assert fits(hashed("caf\u00e9 au lait"), "cafe\u0301 au lait")


def test_a_hash_is_argon2id_with_nineteen_mebibytes_and_two_passes():
    assert hashed(OWN).startswith("$argon2id$v=19$m=19456,t=2,p=1$")


def test_no_more_than_two_hashes_are_made_at_once_and_who_waits_too_long_is_told_so(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(secret, "WAIT_S", 0.01)
    with held_turns(), pytest.raises(SignInRefused, match="too many people") as caught:
        hashed(OWN)
    assert caught.value.wait_s == 1
    assert fits(hashed(OWN), OWN)


# --- services --------------------------------------------------------------------------------------------------------


def test_a_service_comes_in_by_a_token_until_that_one_is_revoked(ward: Ward):
    ward.admin.open_service("lab.feed", "Laboratory", (Grant("laboratory", "*"),), ("RecordResult",))
    one, two = (ward.admin.make_token("lab.feed").secret for _ in "ab")
    found = signed_in(ward.house, one)
    assert found is not None
    assert (found.account, found.kind, found.scopes, found.authenticated) == (
        "lab.feed",
        "service",
        ("RecordResult",),
        "token",
    )
    label = one.split("_")[1]
    assert signed_in(ward.house, f"wp_{label}_{two.split('_', 2)[2]}") is None
    assert ward.admin.revoke_secret("lab.feed", label).status == "accepted"
    assert signed_in(ward.house, one) is None
    assert signed_in(ward.house, two) is not None
    ward.admin.close("lab.feed")
    assert signed_in(ward.house, two) is None


def test_a_service_has_no_password_and_a_token_nobody_gave_opens_nothing(ward: Ward):
    ward.admin.open_service("lab.feed", "Laboratory", (), ("RecordResult",))
    assert ward.admin.reset("lab.feed").secret == ""
    ward.refused("lab.feed", "")
    assert signed_in(ward.house, draw_service_token()[1]) is None
    assert signed_in(ward.house, "wp_") is None


# --- guessing --------------------------------------------------------------------------------------------------------


def test_guessing_waits_twice_as_long_each_time_and_a_right_password_in_that_time_too(ward: Ward):
    for _ in range(3):
        assert ward.refused("nurse.anna", "wrong").wait_s == 0
    waits = []
    for _ in range(4):
        waits.append(ward.refused("nurse.anna", OWN).wait_s)
        ward.clock.advance(waits[-1] * SECOND)
        assert ward.refused("nurse.anna", "wrong").wait_s == 0
    assert waits == [1, 2, 4, 8]
    ward.clock.advance(16 * SECOND)
    ward.sign_in()
    assert ward.refused("nurse.anna", "wrong").wait_s == 0


def test_whoever_guesses_elsewhere_holds_the_owner_up_for_half_a_minute_at_most(ward: Ward):
    for number in range(60):
        ward.clock.advance(30 * SECOND)
        assert ward.refused("nurse.anna", "wrong", f"10.1.0.{number}").wait_s == 0
    assert ward.refused("nurse.anna", OWN).wait_s == 30
    ward.clock.advance(30 * SECOND)
    ward.sign_in()


def test_one_address_that_tries_many_names_waits_and_another_does_not(ward: Ward):
    for number in range(20):
        ward.refused(f"nobody{number}", "wrong", "10.9.9.9")
    assert ward.refused("nurse.anna", OWN, "10.9.9.9").wait_s > 0
    ward.sign_in()


def test_an_hour_without_a_wrong_password_is_forgiven(ward: Ward):
    for _ in range(9):
        ward.clock.advance(900 * SECOND)
        ward.refused("nurse.anna", "wrong")
    ward.clock.advance(3600 * SECOND + 1)
    for _ in range(3):
        assert ward.refused("nurse.anna", "wrong").wait_s == 0


# --- the first -------------------------------------------------------------------------------------------------------


def test_there_is_one_first_administrator(ward: Ward):
    assert ward.house.engine.sites.accounts().administrators() == ("admin",)
    with pytest.raises(NotHere, match="accounts in this store"):
        first(ward.house, "other", "Other")


def test_what_was_given_shows_no_secret_in_a_traceback(ward: Ward):
    given = ward.admin.reset("nurse.anna")
    assert given.secret not in repr(given)


def test_only_a_demonstration_takes_somebody_at_their_word(ward: Ward):
    assert demonstrated(ward.house, "nurse.anna") is None
    played = Ward(MemoryStore("demonstration"))
    found = demonstrated(played.house, "nurse.anna")
    assert found is not None
    assert (found.authenticated, found.grants) == ("demonstration", (Grant("nurse", "H1"),))
    assert demonstrated(played.house, "nobody") is None


# --- small builders --------------------------------------------------------------------------------------------------


def count_hashes(monkeypatch: pytest.MonkeyPatch) -> Callable[[], int]:
    """How many turns at hashing were taken from now on."""
    taken: list[int] = []
    turn = secret.turn

    @contextmanager
    def counted() -> Iterator[None]:
        taken.append(1)
        with turn():
            yield

    monkeypatch.setattr(secret, "turn", counted)
    return lambda: len(taken)


@contextmanager
def held_turns() -> Iterator[None]:
    """Every place for hashing is taken by other threads."""
    taken, leave = threading.Barrier(AT_ONCE + 1), threading.Event()

    def hash_long() -> None:
        with secret.turn():
            taken.wait()
            leave.wait()

    threads = [threading.Thread(target=hash_long) for _ in range(AT_ONCE)]
    for each in threads:
        each.start()
    taken.wait()
    try:
        yield
    finally:
        leave.set()
        for each in threads:
            each.join()
