"""The form of a pathway file as a JSON schema: editors check and complete by it while a file is written."""

from typing import Any

import msgspec

from pathway.definition.form import PathwayForm

DIALECT = "https://json-schema.org/draft/2020-12/schema"
#: What a definition of a form ends with; people read it without.
SUFFIX = "Form"


def schema() -> dict[str, Any]:
    """A JSON schema (2020-12) of the format, with a title and a description for every part.

    It knows the keys, their types and what must be there. That names exist, units agree and guards can hold is known
    to `check` alone.
    """
    found = msgspec.json.schema(PathwayForm)
    parts = found["$defs"]
    for name, part in parts.items():
        part["title"] = titled(name.removesuffix(SUFFIX))
        for key, value in part.get("properties", {}).items():
            value["title"] = key.replace("_", " ")
    plain: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(found))
    return {"$schema": DIALECT, "title": "A Wardpath pathway", **plain}


def titled(name: str) -> str:
    """`PutOff` as `Put off`."""
    words = "".join(f" {each.lower()}" if each.isupper() else each for each in name).strip()
    return words[:1].upper() + words[1:]
