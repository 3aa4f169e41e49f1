"""People from a terminal: accounts, secrets that are shown once, sign-ins of one's own, and broken glass."""

import re
import stat
from pathlib import Path

import pytest
from typer.testing import Result

from tests.ward.cli.conftest import Run, data
from ward.people.kept import file
from ward.wiring import open_house

OWN = "three green horses"
ONCE = re.compile(r"[a-z2-9]{4}(-[a-z2-9]{4}){4}")


def drawn(result: Result) -> str:
    """The password that a command printed."""
    assert result.exit_code == 0, result.stderr
    (found,) = [each[0] for each in re.finditer(ONCE, result.stdout)]
    return found


def enter(wardpath: Run, account: str, secret: str, new: str = OWN) -> Result:
    """Sign in with a one-time password, and change it."""
    return wardpath("sign-in", account, "--db", "live.db", input=f"{secret}\n{new}\n{new}\n")


@pytest.fixture
def live(wardpath: Run) -> Run:
    """A live store in `live.db`, with its administrator signed in."""
    made = wardpath("init", "--origin", "live", "--db", "live.db")
    assert enter(wardpath, "admin", drawn(made)).exit_code == 0
    return lambda *words, **options: wardpath(*words, "--db", "live.db", **options)


def test_a_new_live_store_has_one_administrator_with_a_password_for_one_use(wardpath: Run):
    made = wardpath("init", "--origin", "live", "--db", "live.db", "--administrator", "ada")
    secret = drawn(made)
    assert "shown this once" in made.stderr
    assert secret.encode() not in Path("live.db").read_bytes()
    house = open_house(Path("live.db"))
    assert house.engine.sites.accounts().administrators() == ("ada",)
    house.close()
    assert wardpath("sign-in", "ada", "--db", "live.db", input=f"{secret}\n12345678\n12345678\n").exit_code == 2
    assert wardpath("people", "list", "--db", "live.db").exit_code == 1
    entered = enter(wardpath, "ada", secret)
    assert (entered.exit_code, "signed in: ada" in entered.stdout) == (0, True)
    (ada,) = data(wardpath("people", "list", "--db", "live.db", "--json"))
    assert (ada["account"], ada["secret"]) == ("ada", "password")
    assert enter(wardpath, "ada", secret).exit_code == 1


def test_an_account_name_that_cannot_be_makes_no_store(wardpath: Run):
    assert wardpath("init", "--origin", "live", "--db", "live.db", "--administrator", "Dr A").exit_code == 2
    assert not Path("live.db").exists()


def test_a_sign_in_is_kept_for_its_owner_alone_and_gone_after_signing_out(live: Run):
    assert stat.S_IMODE(file().stat().st_mode) == 0o600
    assert [each["account"] for each in data(live("sign-ins", "--json"))] == ["admin"]
    assert live("sign-out").stdout == "signed out: 1\n"
    again = live("people", "list")
    assert (again.exit_code, "nobody has signed in" in again.stderr) == (1, True)


def test_a_wrong_password_signs_nobody_in_and_is_not_repeated(live: Run):
    live("sign-out")
    wrong = live("sign-in", "admin", input="not the password\n")
    assert wrong.exit_code == 1
    assert "not the password" not in wrong.stdout + wrong.stderr
    assert live("people", "list").exit_code == 1
    assert live("sign-in", "admin", input=f"{OWN}\n").exit_code == 0
    assert live("people", "list").exit_code == 0


def test_an_account_is_added_given_a_role_and_closed_and_the_last_administrator_is_not(wardpath: Run, live: Run):
    secret = drawn(live("people", "add", "nurse.anna", "--name", "Anna A.", "--grant", "nurse@H1"))
    assert live("people", "grant", "nurse.anna", "nurse", "--ward", "H2").exit_code == 0
    assert live("people", "revoke", "nurse.anna", "nurse", "--ward", "H1").exit_code == 0
    (anna,) = [each for each in data(live("people", "list", "--json")) if each["account"] == "nurse.anna"]
    assert (anna["grants"], anna["secret"]) == ([{"role": "nurse", "ward": "H2"}], "one-time")
    live("sign-out")
    assert enter(wardpath, "nurse.anna", secret, "four blue horses").exit_code == 0
    live("sign-out")
    assert live("sign-in", "admin", input=f"{OWN}\n").exit_code == 0
    assert live("people", "close", "nurse.anna").exit_code == 0
    assert live("people", "close", "admin").exit_code == 1
    assert live("sign-in", "nurse.anna", input="four blue horses\n").exit_code == 1


def test_whoever_does_not_look_after_accounts_sees_and_changes_none_but_their_own(wardpath: Run, live: Run):
    secret = drawn(live("people", "add", "nurse.anna", "--name", "Anna A.", "--grant", "nurse@H1"))
    live("sign-out")
    assert enter(wardpath, "nurse.anna", secret, "four blue horses").exit_code == 0
    assert [each["account"] for each in data(live("people", "list", "--json"))] == ["nurse.anna"]
    for words in (
        ("add", "nurse.ben", "--name", "Ben"),
        ("grant", "nurse.anna", "administrator"),
        ("reset", "admin"),
        ("close", "admin"),
    ):
        refused = live("people", *words)
        assert (refused.exit_code, ONCE.search(refused.stdout)) == (1, None), words
    assert live("sign-ins", "--account", "admin", "--end").exit_code == 1
    assert live("sign-ins", "--account", "nurse.anna", "--end").stdout == "ended: 1\n"
    assert live("people", "list").exit_code == 1


def test_a_reset_password_opens_one_sign_in_more(wardpath: Run, live: Run):
    first = drawn(live("people", "add", "nurse.anna", "--name", "Anna A."))
    second = drawn(live("people", "reset", "nurse.anna"))
    live("sign-out")
    assert enter(wardpath, "nurse.anna", first).exit_code == 1
    assert enter(wardpath, "nurse.anna", second).exit_code == 0


def test_a_service_acts_by_its_token_until_that_is_revoked(live: Run, monkeypatch: pytest.MonkeyPatch):
    added = ("people", "add", "lab.feed", "--name", "Laboratory", "--service", "--grant", "laboratory@*")
    assert live(*added).exit_code == 1
    assert live(*added, "--scope", "RecordResult").exit_code == 0
    token = live("people", "token", "make", "lab.feed").stdout.splitlines()[-1]
    (label,) = [each["label"] for each in data(live("people", "token", "list", "lab.feed", "--json"))]
    assert token.startswith(f"wp_{label}_")
    result = ("do", "RecordResult", "--case", "nobody", "--loinc", "3255-7", "--value", "80", "--unit", "mg/dL")
    finding = ("--case", "nobody", "--finding", "bleeding", "--value", "minor", "--role", "laboratory")
    monkeypatch.setenv("WARDPATH_TOKEN", token)
    assert "no such case" in live(*result, "--role", "laboratory").stdout
    assert "[denied]" in live("do", "RecordFinding", *finding).stdout
    monkeypatch.delenv("WARDPATH_TOKEN")
    assert live("people", "token", "revoke", "lab.feed", label).exit_code == 0
    monkeypatch.setenv("WARDPATH_TOKEN", token)
    assert "nobody has signed in" in live(*result).stderr


def test_the_first_is_made_once_and_a_live_store_has_no_invented_people(live: Run):
    again = live("people", "first", "other")
    assert (again.exit_code, "there are accounts" in again.stderr) == (5, True)
    assert [each["account"] for each in data(live("people", "list", "--json"))] == ["admin"]


# --- in a demonstration ----------------------------------------------------------------------------------------------


def test_a_demonstration_has_somebody_invented_for_every_role_and_two_for_what_two_sign(
    wardpath: Run, demonstration: Path
):
    found = data(wardpath("people", "list", "--by", "admin", "--json", "--db", demonstration))
    roles = [grant["role"] for each in found for grant in each["grants"]]
    house = open_house(demonstration)
    wanted = {role for each in house.pathways for role in each.form.roles} - {"engine"}
    house.close()
    assert wanted <= set(roles)
    assert min(roles.count(role) for role in ("nurse", "physician", "haematologist", "consultant", "administrator")) > 1
    assert {each["secret"] for each in found} == {"none", "0 tokens"}
    assert wardpath("sign-in", "admin", "--db", demonstration).exit_code == 5


def test_a_new_demonstration_has_its_invented_people_and_no_password(wardpath: Run):
    made = wardpath("init", "--origin", "demonstration", "--db", "new.db")
    assert (made.exit_code, ONCE.search(made.stdout)) == (0, None)
    assert len(data(wardpath("people", "list", "--by", "admin", "--json", "--db", "new.db"))) > 10


def test_glass_is_broken_with_a_reason_listed_and_reviewed_by_another(wardpath: Run, demonstration: Path):
    at = ("--db", demonstration)
    nurse = ("--by", "nurse.anna", "--role", "nurse", *at)
    assert wardpath("break-glass", "demo-03", *nurse).exit_code == 1
    assert wardpath("break-glass", "demo-03", "--reason", "bleeding, nobody near", *nurse).exit_code == 0
    (glass,) = data(wardpath("break-glass", "list", "--by", "auditor", "--json", *at))
    assert (glass["account"], glass["case"], glass["reason"], glass["review"]) == (
        "nurse.anna",
        "demo-03",
        "bleeding, nobody near",
        "waiting",
    )
    review = ("break-glass", "review", "1", "--choice", "justified", "--reason", "the patient bled")
    assert wardpath("break-glass", "review", "1", *at).exit_code == 2
    assert wardpath(*review, *nurse).exit_code == 1
    assert wardpath(*review, "--by", "auditor", "--role", "auditor", *at).exit_code == 0
    assert data(wardpath("break-glass", "list", "--by", "auditor", "--json", *at))[0]["review"] == "justified"
