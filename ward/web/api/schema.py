"""The schema of the API: OpenAPI 3.1 with every command as the engine knows it, and an example of each.

The examples stand in examples.toml and are run by the tests.
"""

import tomllib
from collections.abc import Callable
from functools import cache
from importlib.resources import files
from typing import Any

import msgspec

from pathway.case.commands import Answer, Command
from ward.entry import COMMANDS, hints, instants
from ward.web.api.problem import MEDIA_TYPE, Problem
from ward.web.forms.identity import ACTS

#: Fields of a command that its sender does not write into the body: they are said in headers, or by the door.
OWN = frozenset({"id", "by", "second", "second_by", "seen_version", "type"})
#: Two identifiers of the patient, beside the fields of a command; a person sends them, a service does not.
IDENTIFIED = "identified"
PROVEN = frozenset(name for name, kind in COMMANDS.items() if name != "Enrol" and ACTS & set(hints(kind)))
SHOWN = {
    "type": "object",
    "additionalProperties": {"type": "string"},
    "default": {},
    "description": "Two identifiers from the wristband of the patient, by the names that POST /cases/{case}/identified "
    "asks for. A person needs them for an act with a drug or a blood product, to begin a course, for a death and to "
    "reopen a case.",
}
PLACE = "#/components/schemas/{name}"
INSTANT = {
    "anyOf": [{"type": "string", "format": "date-time"}, {"type": "integer"}],
    "description": "A time with its zone, or microseconds since 1970 in UTC.",
}
JSON = "application/json"
DESCRIPTION = """\
Everything that the pages of Wardpath can do, for programs. Whoever asks proves themselves by `Authorization: Bearer
TOKEN` and may do here what they may do anywhere: one policy decides for every face, and every look at patients enters
the access log. Not clinically approved.
"""
TAGS = (
    ("sign-in", "Tokens of people."),
    ("cases", "Patients on their pathways: how they are, how they were, and why."),
    ("commands", "What is asked of the engine and told to it; each once, under its Idempotency-Key."),
    ("ward", "What is due, who is on duty, what came in."),
    ("site", "Definitions, accounts, the access log, health."),
    ("audit", "The record, for whoever inspects it."),
    ("events", "What happens, as it happens."),
)


def described(kind: type[Command]) -> dict[str, Any]:
    """The body of a command."""
    schema = {"$ref": PLACE.format(name=kind.__name__)}
    return {"requestBody": {"required": True, "content": {JSON: {"schema": schema}}}}


def usual_answers() -> dict[int | str, dict[str, Any]]:
    """What a command may be answered with."""
    problem = {MEDIA_TYPE: {"schema": {"$ref": PLACE.format(name="Problem")}}}
    said = {
        401: "Nobody has proven who they are.",
        403: "The policy does not let this account do it.",
        409: "The pathway refuses it; `code` and `reasons` say why.",
        412: "The case has changed since it was looked at.",
        422: "The body or a header cannot be read.",
        429: "Too often; go on after Retry-After seconds.",
    }
    answer = {JSON: {"schema": {"$ref": PLACE.format(name="Answer")}}}
    found: dict[int | str, dict[str, Any]] = {
        200: {"description": "What became of the command.", "content": answer},
        202: {"description": "A report of no case: it is kept, and people look whose it is.", "content": answer},
    }
    return found | {status: {"description": text, "content": problem} for status, text in said.items()}


def schema_of(made: Callable[[], dict[str, Any]]) -> Callable[[], dict[str, Any]]:
    """What makes the whole schema, once: that of the addresses (`made`) with the commands in it."""

    @cache
    def whole() -> dict[str, Any]:
        found = made()
        found["info"]["description"] = DESCRIPTION
        found["tags"] = [{"name": name, "description": text} for name, text in TAGS]
        schemas = found.setdefault("components", {}).setdefault("schemas", {})
        for unused in ("HTTPValidationError", "ValidationError"):
            schemas.pop(unused, None)
        schemas |= commands() | parts()
        bearer = {"type": "http", "scheme": "bearer", "description": "A service's token, or that of a sign-in."}
        basic = {"type": "http", "scheme": "basic", "description": "Account and password, to sign in."}
        found["components"]["securitySchemes"] = {"bearer": bearer, "basic": basic}
        found["security"] = [{"bearer": []}]
        for name, path in found["paths"].items():
            for operation in path.values():
                if (example := examples().get(name.removeprefix("/commands/"))) is not None:
                    operation["requestBody"]["content"][JSON]["example"] = example
                fault = {MEDIA_TYPE: {"schema": {"$ref": PLACE.format(name="Problem")}}}
                answers = operation["responses"]
                answers["422"] = {"description": "What was asked cannot be read.", "content": fault}
        return found

    return whole


@cache
def commands() -> dict[str, Any]:
    """The schema of every command as it stands in a body, and of what stands in them."""
    _, found = msgspec.json.schema_components(tuple(COMMANDS.values()), ref_template=PLACE)
    made = {name: told(name, dict(each)) for name, each in found.items()}
    made.pop("By")
    return made


def told(name: str, schema: dict[str, Any]) -> dict[str, Any]:
    """One schema without what its sender does not write, and with instants as people write them."""
    kind = COMMANDS.get(name)
    if kind is None:
        return schema
    times = instants(kind)
    fields = {field: each for field, each in schema["properties"].items() if field not in OWN}
    for field in times & fields.keys():
        default = {"default": None} if "default" in fields[field] else {}
        nothing = [{"type": "null"}] if default else []
        fields[field] = {**INSTANT, "anyOf": [*INSTANT["anyOf"], *nothing], **default}
    if "history" in fields:
        fields["history"] = HISTORY
    if name in PROVEN:
        fields[IDENTIFIED] = SHOWN
    required = [field for field in schema["required"] if field not in OWN]
    return {**schema, "properties": fields, "required": required}


#: A report of a history says its `type`, which one alone in a body does not.
HISTORY = {
    "type": "array",
    "default": [],
    "items": {"type": "object", "required": ["type"], "properties": {"type": {"type": "string"}}},
    "description": "Reports of what was before, each with its `type` and the fields that its own address takes.",
}


def parts() -> dict[str, Any]:
    """The schemas of answers and problems."""
    _, found = msgspec.json.schema_components((Answer, Problem), ref_template=PLACE)
    return dict(found)


@cache
def examples() -> dict[str, dict[str, Any]]:
    """The example of each command, by its name."""
    return tomllib.loads(files("ward.web.api").joinpath("examples.toml").read_text("utf-8"))
