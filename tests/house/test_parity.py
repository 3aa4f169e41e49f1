"""Everything that the pages can do, the API can do: each page and each act of a form has a twin, or a reason for none.

A page or form that is added without a row here fails. A page whose very address the API has too needs none.
"""

import ast
import re
from functools import cache

import pytest
from fastapi import FastAPI

from pathway.clinical.instant import instant
from persistence.memory import MemoryStore
from tests.house.tree import ROOT
from ward.clock import FixedClock
from ward.door import Door
from ward.reading import HouseReads
from ward.web.api.mount import PLACE
from ward.web.app import create_app
from ward.web.forms.named import TITLES
from ward.web.inbox import act as inbox_act
from ward.web.inbox import duty as inbox_duty
from ward.wiring import house

#: Pages and what a form does that is always the same, by method and address.
TWINS = {
    "POST /sign-in": "POST /sign-in",
    "POST /sign-out": "DELETE /sign-in",
    "GET /account": "GET /me",
    "POST /account/sign-ins/end": "DELETE /sign-ins/{handle}",
    "POST /account/password": "POST /password",
    "POST /case/{token}/glass": "POST /commands/BreakGlass",
    "GET /": "GET /cases",
    "GET /board/events": "GET /events",
    "GET /inbox": "GET /inbox",
    "GET /inbox/events": "GET /events",
    "GET /inbox/duty": "GET /duty",
    "GET /case/{token}": "GET /cases/{token}",
    "GET /case/{token}/pathway": "GET /cases/{token}/pathway",
    "GET /case/{token}/why-not": "GET /cases/{token}/why",
    "GET /case/{token}/why": "GET /cases/{token}/why/{name}",
    "GET /case/{token}/do": "GET /cases/{token}/acts",
    "GET /case/{token}/do/{command}": "GET /cases/{token}/acts",
    "GET /enrol": "GET /beds",
    "POST /enrol": "POST /commands/Enrol",
    "GET /case/{token}/replay": "GET /cases/{token}/replay",
    "GET /replay": "GET /replay",
    "GET /admin/people": "GET /people",
    "GET /admin/people/{account}": "GET /people/{account}",
    "POST /admin/people": "POST /commands/OpenAccount",
    "GET /admin/glass": "GET /glass",
    "POST /admin/glass": "POST /commands/ReviewBreakGlass",
    "GET /admin/rosters": "GET /rosters",
    "POST /admin/rosters/import": "POST /rosters/import",
    "GET /admin/channels": "GET /channels",
    "POST /admin/channels": "POST /channels/trial",
    "GET /admin/beds": "GET /beds",
    "POST /admin/beds": "PUT /wards/{ward}/beds",
    "GET /admin/definitions": "GET /definitions",
    "GET /admin/definitions/{digest}/book": "GET /definitions/{digest}/book",
    "GET /admin/quarantine": "GET /quarantine",
    "GET /admin/retention": "GET /retention",
    "GET /admin/quarantine/{number}": "GET /quarantine/{number}",
    "POST /admin/quarantine/{number}": "POST /commands/SettleQuarantined",
    "GET /admin/reminders": "GET /health/reminders",
    "GET /admin/system": "GET /health/system",
    "GET /admin/sheets": "GET /wards",
    "GET /admin/sheets/{ward:path}/sheet": "GET /wards/{ward}/sheet",
    "GET /admin/sheets/{ward:path}/pdf": "GET /wards/{ward}/sheet",
    "POST /admin/sheets/{ward:path}/reconciled": "POST /wards/{ward}/reconciled",
    "GET /healthz": "GET /health",
    "GET /audit/cases": "GET /cases",
    "GET /audit/case/{token}": "GET /audit/pack/{token}",
    "GET /audit/case/{token}/pack": "GET /audit/pack/{token}",
    "GET /audit/looks": "GET /audit/looks",
    "GET /audit/proof": "GET /audit/verification",
    "GET /audit/looks.csv": "GET /audit/looks",
    "GET /audit/log.xes": "GET /audit/xes",
}
#: Pages that are of a browser alone, each with why.
ALONE = {
    "GET /sign-in": "a form; a program sends account and password at once",
    "GET /account/password": "a form",
    "POST /account/stand": "a program says its role with each request, in Wardpath-Role",
    "POST /account/stay": "a program signs in anew; its token is used with each request",
    "GET /account/left": "as above",
    "GET /admin": "links to the pages of the administration",
    "GET /about": "words about the product",
    "GET /audit": "links to the pages of the record",
    "GET /admin/definitions/{digest}/book.css": "how a page looks",
    "GET /admin/sheets/sheet.css": "how a page looks",
    "GET /static/{name}": "how a page looks",
}
#: Addresses whose form says in a word what is to be done, with the twin of each word.
ACTS = {
    "POST /admin/people/{account}/{act}": {
        "grant": "POST /commands/GrantRole",
        "revoke": "POST /commands/RevokeRole",
        "close": "POST /commands/CloseAccount",
        "reset": "POST /people/{account}/password",
        "token": "POST /people/{account}/tokens",
        "end-token": "DELETE /people/{account}/tokens/{label}",
        "end-password": "DELETE /people/{account}/password",
        "end-sign-in": "DELETE /people/{account}/sign-ins",
        "end-sign-ins": "DELETE /people/{account}/sign-ins",
    },
    "POST /admin/rosters/{act}": {
        "keep": "POST /commands/KeepRoster",
        "drop": "POST /commands/KeepRoster",
        "plan": "POST /commands/PlanShift",
        "cancel": "POST /commands/CancelShift",
        "name": "POST /commands/NameShift",
        "day-unit": "POST /commands/NameDayUnit",
    },
    "POST /admin/definitions/{digest}/{act}": {
        "approve": "POST /commands/ApproveDefinition",
        "withdraw": "POST /commands/WithdrawDefinition",
    },
    "POST /admin/retention/{act}": {
        "set": "POST /commands/SetRetention",
        "hold": "POST /commands/HoldCase",
        "release": "POST /commands/ReleaseHold",
        "erase": "POST /commands/EraseCase",
    },
    "POST /inbox/act": {name: f"POST /commands/{name}" for name in inbox_act.SAID},
    "POST /inbox/duty": {name: f"POST /commands/{name}" for name in inbox_duty.SAID},
    "POST /case/{token}/do/{command}": {name: f"POST /commands/{name}" for name in TITLES},
}
#: Where the words of an address are told apart: the function that matches them, and its module.
MATCHED = {
    "POST /admin/people/{account}/{act}": ("ward/web/admin/people.py", "done_to"),
    "POST /admin/rosters/{act}": ("ward/web/admin/rosters.py", "command_of"),
    "POST /admin/retention/{act}": ("ward/web/admin/retention.py", "command_of"),
}
ACTION = re.compile(r'action="(/[^"]*)"|p\.form\("(/[^"]*)"')


@cache
def app() -> FastAPI:
    """The app as it runs, over an empty store."""
    made = house(MemoryStore("demonstration"), FixedClock(instant("2026-03-01T09:00+01:00")))
    return create_app(HouseReads(made), Door(made))


def pages() -> set[str]:
    """Every address of the app with its method; the API itself is mounted apart."""
    return {
        f"{method} {route.path}"
        for route in app().routes
        if getattr(route, "methods", None)
        for method in route.methods - {"HEAD"}
    }


@cache
def operations() -> frozenset[str]:
    """Every operation of the API as its schema tells it."""
    api = next(route.app for route in app().routes if getattr(route, "path", "") == PLACE)
    return frozenset(f"{method.upper()} {path}" for path, each in api.openapi()["paths"].items() for method in each)


def test_every_page_and_form_has_a_twin_in_the_api_or_a_reason_for_none():
    known = TWINS.keys() | ALONE.keys() | ACTS.keys()
    assert sorted(pages() - known - operations()) == []


def test_no_row_speaks_of_a_page_that_is_gone():
    assert sorted((TWINS.keys() | ALONE.keys() | ACTS.keys()) - pages()) == []


def test_every_twin_is_an_operation_of_the_api():
    told = {*TWINS.values(), *(each for words in ACTS.values() for each in words.values())}
    assert sorted(told - operations()) == []


@pytest.mark.parametrize("address", MATCHED)
def test_every_word_that_a_form_can_say_has_a_twin(address: str):
    file, function = MATCHED[address]
    assert words_of((ROOT / file).read_text("utf-8"), function) == ACTS[address].keys()


def test_every_form_of_a_template_is_sent_to_an_address_that_is_there():
    wrong = []
    for template in sorted((ROOT / "ward/web/templates").rglob("*.html")):
        for found in ACTION.finditer(template.read_text("utf-8")):
            address = re.sub(r"\{\{.*?\}\}", "x", found[1] or found[2]).rstrip("/")
            if not any(fits(address, page) for page in pages()):
                wrong.append(f"{template.name}: {address}")
    assert wrong == []


def fits(address: str, page: str) -> bool:
    """Whether a form could be sent to a page; of an address that is put together only its beginning is known."""
    path = page.partition(" ")[2]
    pattern = re.sub(r"\\\{[^}]*\\\}", ".+", re.escape(path))
    return bool(re.fullmatch(pattern, address or "/")) or (path.startswith(f"{address}/") and "{" in path)


def words_of(text: str, function: str) -> set[str]:
    """The words that a function matches."""
    body = next(
        each for each in ast.walk(ast.parse(text)) if isinstance(each, ast.FunctionDef) and each.name == function
    )
    values = (each.value for each in ast.walk(body) if isinstance(each, ast.MatchValue))
    return {each.value for each in values if isinstance(each, ast.Constant)}


def test_a_page_that_has_no_row_is_found():
    @app().get("/brand-new-page")
    def nothing() -> None:
        """A page that somebody forgot."""

    try:
        assert pages() - TWINS.keys() - ALONE.keys() - ACTS.keys() - operations() == {"GET /brand-new-page"}
    finally:
        app().router.routes.pop()


def test_the_words_of_a_function_are_those_that_it_matches():
    text = "def f(x):\n    match x:\n        case 'a' | 'b':\n            pass\n        case 'c':\n            pass"
    assert words_of(text, "f") == {"a", "b", "c"}
