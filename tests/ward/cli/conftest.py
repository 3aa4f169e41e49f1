"""A command line in a folder of its own, and one demonstration for every test that only reads."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from pathway.site.accounts.grant import Grant
from ward.cli import app
from ward.demonstration.opening import open_demonstration
from ward.door import Door
from ward.people.administer import Administering, first
from ward.people.person import SignedIn
from ward.people.signing_in import change_password, sign_in
from ward.place import Place, place_of
from ward.vault import key_file
from ward.wiring import open_house

Run = Callable[..., Result]
PASSWORD = "correct horse battery"  # noqa: S105  # of accounts that tests open


@pytest.fixture
def wardpath(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """`wardpath(...)` in an empty folder, with no settings of this machine."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    for name in ("DB", "BY", "ROLE", "LOG", "TOKEN", "SECOND_TOKEN"):
        monkeypatch.delenv(f"WARDPATH_{name}", raising=False)
    runner = CliRunner()
    return lambda *words, **options: runner.invoke(app, [str(word) for word in words], **options)


@pytest.fixture(scope="session")
def opened_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("demonstration") / "demo.db"
    open_demonstration(path, lambda number, of: None)
    return path


@pytest.fixture
def demonstration(opened_once: Path, tmp_path: Path) -> Path:
    """A demonstration at its opening hour, its time standing, to be read and written."""
    path = tmp_path / "demo.db"
    shutil.copy(opened_once, path)
    shutil.copy(key_file(opened_once), key_file(path))
    return path


def data(result: Result) -> Any:
    """What a command printed as JSON, on standard output alone."""
    assert result.exit_code == 0, result.stderr
    return json.loads(result.stdout)


def sign_in_as(path: Place, account: str, *roles: str, ward: str = "*") -> str:
    """The token of a sign-in at a live store; the account is opened by the administrator, with these roles."""
    made = open_house(path)
    if not made.engine.sites.accounts().held:
        first(made, "admin", "Administrator")
    admin = SignedIn("admin", "Administrator", "person", (Grant("administrator", "*"),), (), "password")
    grants = tuple(Grant(role, ward) for role in roles)
    given = Administering(Door(made), admin).open_person(account, account, grants)
    assert given.answer.refusal is None
    change_password(made, account, given.secret, PASSWORD)
    token, _ = sign_in(made, account, PASSWORD, "test")
    made.close()
    return token


def approve_all(wardpath: Run, db: Path | str) -> None:
    """Sign for every definition that is here, as two people of a site would."""
    if demonstrated(db):
        speaks, signs, proofs = "haematologist.greta", "haematologist.hugo", {}
    else:
        speaks, signs = "approver.a", "approver.b"
        tokens = [sign_in_as(place_of(str(db)), name, "haematologist") for name in (speaks, signs)]
        proofs = dict(zip(("WARDPATH_TOKEN", "WARDPATH_SECOND_TOKEN"), tokens, strict=True))
    signed = ("--by", speaks, "--role", "haematologist", "--second", signs, "--db", db)
    for each in data(wardpath("definitions", "--json", "--by", speaks, "--db", db, env=proofs))["definitions"]:
        made = wardpath("approve", each["digest"], *signed, env=proofs)
        assert made.exit_code == 0, made.stdout + made.stderr


def demonstrated(db: Path | str) -> bool:
    """Whether a store is a demonstration."""
    made = open_house(place_of(str(db)))
    made.close()
    return made.store.origin == "demonstration"
