"""The schema: every command with an example that runs, every answer in the form that it says, and no more."""

import json
from typing import Any

import pytest
from starlette.testclient import TestClient

from tests.ward.web.api.conftest import Site, problem
from ward.entry import COMMANDS
from ward.web.api.caller import SAFE
from ward.web.api.commands import read_command
from ward.web.api.schema import IDENTIFIED, OWN, PROVEN, examples

#: Who may ask each command at all, where it is not a haematologist.
RETENTION = {"SetRetention", "HoldCase", "ReleaseHold", "EraseCase", "EraseReport"}
ASKERS = {
    "auditor": {"ReviewBreakGlass"},
    "duty.nils": {"NameShift", "NameDayUnit", "KeepRoster", "PlanShift", "CancelShift", "NameSubstitute"},
    "admin": {"OpenAccount", "GrantRole", "RevokeRole", "CloseAccount", "ChangeSecret"} | RETENTION,
}


@pytest.fixture
def schema(nurse: TestClient) -> dict[str, Any]:
    return nurse.get("/openapi.json").json()


def resolved(schema: dict[str, Any], place: str) -> Any:
    """What stands at a place of the schema."""
    found: Any = schema
    for part in place.removeprefix("#/").split("/"):
        found = found[part]
    return found


def references(value: Any) -> list[str]:
    """Every place that is referred to."""
    if isinstance(value, dict):
        own = [value["$ref"]] if isinstance(value.get("$ref"), str) else []
        return own + [each for inner in value.values() for each in references(inner)]
    return [each for inner in value for each in references(inner)] if isinstance(value, list) else []


def test_the_schema_is_one_that_holds_together(schema: dict[str, Any]):
    assert schema["openapi"].startswith("3.1")
    for place in references(schema):
        assert resolved(schema, place), place
    ids = [each["operationId"] for path in schema["paths"].values() for each in path.values()]
    assert len(ids) == len(set(ids))
    known = {each["name"] for each in schema["tags"]}
    for path in schema["paths"].values():
        for operation in path.values():
            assert operation["summary"]
            assert set(operation["tags"]) <= known


def test_every_command_stands_in_it_with_the_fields_that_its_sender_writes(schema: dict[str, Any]):
    paths = {path.rpartition("/")[2] for path in schema["paths"] if path.startswith("/commands/")}
    assert paths == set(COMMANDS)
    for name, kind in COMMANDS.items():
        fields = schema["components"]["schemas"][name]["properties"]
        beside = {IDENTIFIED} if name in PROVEN else set()
        assert fields.keys() == (set(kind.__struct_fields__) - OWN) | beside, name


def test_every_command_has_an_example():
    assert examples().keys() == set(COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_an_example_is_a_command_and_its_fields_stand_in_the_schema(name: str):
    body = examples()[name]
    assert type(read_command(COMMANDS[name], body, "x", None)) is COMMANDS[name]


def test_every_example_runs_and_is_answered_by_the_engine(site: Site):
    statuses = {}
    for name, body in examples().items():
        account = next((each for each, names in ASKERS.items() if name in names), "haematologist.greta")
        role = "administrator" if account == "admin" else ""
        answer = site.person(account, role).post(f"/commands/{name}", json=body, params={"rehearse": True})
        statuses[name] = answer.status_code
        assert answer.status_code == 200, f"{name}: {answer.text}"
        assert answer.json()["answer"]["status"] in {"accepted", "refused"}
    assert set(statuses) == set(COMMANDS)


@pytest.mark.parametrize(
    "name, account",
    [
        ("Enrol", "haematologist.greta"),
        ("RecordResult", "nurse.anna"),
        ("RecordSample", "nurse.anna"),
        ("RecordReport", "physician.emil"),
        ("RecordFinding", "nurse.anna"),
        ("RecordTherapy", "nurse.anna"),
        ("RecordProduct", "nurse.anna"),
        ("RecordMove", "nurse.anna"),
        ("RequestTherapy", "haematologist.greta"),
        ("Acknowledge", "nurse.anna"),
        ("TakeOver", "nurse.anna"),
        ("ReportRule", "nurse.anna"),
        ("OpenAccount", "admin"),
        ("GrantRole", "admin"),
        ("BreakGlass", "haematologist.greta"),
        ("NameShift", "duty.nils"),
        ("PlanShift", "duty.nils"),
    ],
)
def test_an_example_of_what_is_done_every_day_is_accepted(site: Site, name: str, account: str):
    answer = site.person(account).post(f"/commands/{name}", json=examples()[name])
    assert answer.status_code == 200, answer.text
    assert answer.json()["status"] == "accepted"


def test_an_answer_and_a_problem_have_the_fields_that_the_schema_says(nurse: TestClient, schema: dict[str, Any]):
    answer = nurse.post("/commands/RecordFinding", json=examples()["RecordFinding"]).json()
    parts = schema["components"]["schemas"]
    assert answer.keys() == parts["Answer"]["properties"].keys()
    refused = nurse.get("/cases/nobody")
    assert problem(refused) == "not_found"
    assert refused.json().keys() == parts["Problem"]["properties"].keys()


def test_what_is_sent_needs_a_token_and_the_schema_says_so(schema: dict[str, Any]):
    assert schema["security"] == [{"bearer": []}]
    open_to_all = [
        path for path, each in schema["paths"].items() for operation in each.values() if "security" in operation
    ]
    assert open_to_all == ["/sign-in"]


def test_every_address_of_the_schema_answers_somebody_who_is_not_signed_in_with_a_problem(
    site: Site, schema: dict[str, Any]
):
    client = site.nobody()
    for path, operations in schema["paths"].items():
        for method in operations:
            if (path, method) == ("/sign-in", "post"):
                continue
            headers = {} if method.upper() in SAFE else {"Authorization": "Bearer ws_nobody"}
            asked = path.replace("{token}", "demo-01").replace("{name}", "M3")
            answer = client.request(method, asked, headers=headers, content=json.dumps({}))
            assert (answer.status_code, problem(answer)) == (401, "not_signed_in"), path
