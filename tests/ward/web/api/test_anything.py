"""Anything: whatever is sent to any address is answered, with a problem where it is none; never by a fault of ours."""

import re
from itertools import count
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from tests.ward.web.api.conftest import Site
from ward.demonstration.opening import played
from ward.entry import COMMANDS
from ward.web.api.limits import Rates
from ward.web.api.schema import examples
from ward.wiring import memory_store

#: Words that are something here, and times and numbers at the end of what can be said.
WORDS = (
    "demo-01", "demo-03", "demo-25", "site:accounts", "M1", "M3", "T07", "T26", "tretinoin", "fibrinogen", "bleeding",
    "nurse.anna", "nurse", "consultant", "Haematology 4", "*", "", " ", "3255-7", "mg/dL", "<5", "1e9999", "NaN", "-0",
    "Europe/Berlin", "Nowhere/Else", "9999-12-31T23:59:59.999999Z", "0001-01-01T00:00:00Z", "2026-03-05T02:00:00+01:00",
    "2026-02-30T00:00Z", "25:00", "72 h", "99999999999999 d", "1/0", "\u202e", "\U0001f600", "a" * 4001,
)  # fmt: skip
NUMBERS = (0, 1, -1, 2**31, 2**53, 2**63, 2**64, -(2**63), 10**30, 253402300799999999, 1.5, -0.0, 1e308)
LEAVES = st.one_of(st.none(), st.booleans(), st.sampled_from(NUMBERS), st.sampled_from(WORDS), st.text(max_size=20))
WORD = st.sampled_from(WORDS) | st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
NAMES = st.sampled_from(WORDS) | st.text(max_size=5)
ANY = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=8,
)
#: Beside the addresses that the schema names: none, and those of commands.
OTHER_PLACES = (("get", "/openapi.json"), ("get", "/{}"), ("get", "/commands/{}"))
#: A stream does not end, and whoever has signed out is told nothing more.
LEFT_OUT = {("get", "/events"), ("delete", "/sign-in")}
#: Fields that some commands have, and some that none takes from its sender.
OTHERS = ("second", "by", "verbal_by", "verbal_from", "override", "history", "identifiers", "doses", "subject", "case")
#: What would make another address of it.
PARTING = str.maketrans("", "", "/.\n\r")
HEADERS = ("Idempotency-Key", "If-Match", "If-None-Match", "Wardpath-Role", "Wardpath-Second")
#: What may stand in a header at all; whatever else is sent never comes so far.
HEADER_TEXT = st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), max_size=30)
ASKERS = ("haematologist.greta", "consultant.ida", "admin", "auditor", "duty.nils")

WIDELY = settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture(scope="module")
def programs() -> list[TestClient]:
    """Programs of people of many roles, at a ward that keeps what they do to it."""
    store = memory_store("demonstration")
    played(store, lambda number, of: None)
    site = Site(store)
    now = count()
    site.api.state.rates = Rates(lambda: float(next(now)))
    return [site.person(each) for each in ASKERS]


def alike(value: Any) -> st.SearchStrategy[Any]:
    """Anything of the kind of a value, so that it is read and the engine has to say something of it."""
    if isinstance(value, str):
        return WORD
    if isinstance(value, bool):
        return st.booleans()
    if isinstance(value, int):
        return st.sampled_from(NUMBERS) | st.integers()
    if isinstance(value, list):
        return st.lists(st.one_of([WORD, *map(alike, value)]), max_size=4)
    if isinstance(value, dict):
        values = {name: alike(each) for name, each in value.items()}
        return st.fixed_dictionaries({}, optional=values) | st.dictionaries(WORD, WORD, max_size=3)
    return ANY


def answered(answer: Any) -> None:
    """That it was answered, by what the API says that it answers with."""
    assert answer.status_code < 500, answer.text
    kind = answer.headers.get("content-type", "")
    assert kind == ("application/problem+json" if answer.status_code >= 400 else "application/json"), answer.text
    assert "Traceback" not in answer.text


@WIDELY
@given(name=st.sampled_from(sorted(COMMANDS)), data=st.data())
def test_whatever_is_sent_to_a_command_is_answered(programs: list[TestClient], name: str, data: Any):
    body: Any = {"reason": "because", "at": "2026-03-05T01:59:00+01:00", **examples()[name]}
    kinds = st.integers(0, 7)
    for field in data.draw(st.lists(st.sampled_from([*body]), max_size=2)):
        body[field] = data.draw(alike(body[field]) if data.draw(kinds) else ANY)
    if not data.draw(kinds):
        body |= data.draw(st.dictionaries(st.sampled_from(OTHERS), ANY, max_size=2))
    if not data.draw(kinds):
        body = data.draw(ANY)
    few = st.lists(st.sampled_from(HEADERS), max_size=0 if data.draw(kinds) else 1)
    headers = {each: data.draw(HEADER_TEXT) for each in data.draw(few)}
    program = data.draw(st.sampled_from(programs))
    rehearse = data.draw(st.booleans()) or name in {"CloseAccount", "RevokeRole", "ChangeSecret"}
    answered(program.post(f"/commands/{name}", json=body, params={"rehearse": rehearse}, headers=headers))


@pytest.fixture(scope="module")
def places(programs: list[TestClient]) -> list[tuple[str, str, list[str]]]:
    """Every address that is no command: its method, its path with a gap for each of its words, its parameters."""
    found = []
    for path, methods in programs[0].get("/openapi.json").json()["paths"].items():
        for method, said in methods.items():
            named = [each["name"] for each in said.get("parameters", ()) if each["in"] == "query"]
            if not path.startswith("/commands/") and (method, path) not in LEFT_OUT:
                found.append((method, re.sub(r"{[^}]*}", "{}", path), named))
    assert len(found) > len(LEFT_OUT)
    return found + [(method, path, []) for method, path in OTHER_PLACES]


@WIDELY
@given(data=st.data())
def test_whatever_is_asked_of_any_other_address_is_answered(
    programs: list[TestClient], places: list[tuple[str, str, list[str]]], data: Any
):
    asked_of(programs, data.draw(st.sampled_from(places)), data)


@WIDELY
@given(data=st.data())
def test_whatever_is_asked_of_the_record_is_answered(
    programs: list[TestClient], places: list[tuple[str, str, list[str]]], data: Any
):
    audit = [each for each in places if each[1].startswith("/audit/")]
    assert len(audit) > 10
    asked_of(programs, data.draw(st.sampled_from(audit)), data)


def asked_of(programs: list[TestClient], place: tuple[str, str, list[str]], data: Any) -> None:
    """Ask anything of an address."""
    method, path, named = place
    words = st.sampled_from(WORDS[:10]) | st.text(min_size=1, max_size=10)
    filled = path.format(*(data.draw(words).translate(PARTING) or "x" for _ in range(path.count("{}"))))
    asked = {each: data.draw(LEAVES) for each in data.draw(st.lists(st.sampled_from(named or ["after"]), max_size=3))}
    headers = {each: data.draw(HEADER_TEXT) for each in data.draw(st.lists(st.sampled_from(HEADERS), max_size=1))}
    program = data.draw(st.sampled_from(programs))
    address = program.base_url.join(f"/api/v1{quoted(filled)}")
    body = {} if method == "get" else {"json": data.draw(ANY)}
    answer = program.request(method, address, params=asked, headers=headers, **body)
    assert answer.status_code < 500, answer.text
    if answer.status_code >= 400:
        answered(answer)


@WIDELY
@given(body=st.binary(max_size=200), name=st.sampled_from(sorted(COMMANDS)))
def test_bytes_that_are_no_json_are_answered(programs: list[TestClient], body: bytes, name: str):
    answered(programs[0].post(f"/commands/{name}", content=body, params={"rehearse": True}))


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "POST", "OPTIONS", "HEAD"])
@pytest.mark.parametrize("path", ["/cases", "/cases/demo-01", "/me", "/events", "/commands/Enrol", "/nowhere"])
def test_a_method_that_an_address_does_not_know_is_answered(programs: list[TestClient], method: str, path: str):
    assert programs[0].request(method, path).status_code in {404, 405, 422}


def quoted(path: str) -> str:
    """A path in which anything may stand."""
    return quote(path, safe="/", errors="replace")
