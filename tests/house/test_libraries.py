"""One room per library: who may know it, and that the libraries the product stands on are really used."""

import importlib
import re
import sys
import tomllib
from pathlib import Path

import pytest

from tests.house.tree import PACKAGES, ROOT, imports, modules, name, place

# Library -> the modules or packages that may import it. A library that stands in no line may not be imported at all.
ROOMS = {
    "alembic": ("persistence.migrations", "persistence.upgrade"),
    "apscheduler": ("scheduler.alarm",),
    "argon2": ("ward.people",),
    "cryptography": ("ward.proof", "ward.vault"),
    "fastapi": ("ward",),
    "jinja2": ("ward",),
    "lark": ("pathway.definition",),
    "markupsafe": ("ward",),
    "msgspec": ("pathway", "persistence", "scheduler", "ward"),
    "psycopg": ("persistence.postgres",),
    "pydantic": ("pathway.definition", "ward"),
    "pydantic_settings": ("ward",),
    "pysqlite3": ("persistence",),
    "rich": ("ward",),
    "sqlalchemy": ("persistence",),
    "sqlite3": ("persistence",),
    "sqlmodel": ("persistence",),
    "starlette": ("ward",),
    "structlog": ("persistence", "scheduler", "ward"),
    "transitions": ("pathway.case.machine",),
    "typer": ("ward",),
    "typst": ("ward.press",),
    "uvicorn": ("ward",),
}
# Standard library modules that have a room as well.
ROOMED_STANDARD = {"sqlite3"}


def test_every_library_stays_in_its_room():
    strayed = [
        f"{place(path, line)} imports {library}, whose room is {' and '.join(ROOMS.get(root, ())) or 'none yet'}"
        for path in modules(*PACKAGES)
        for library, line in imports(path)
        for root in [library.split(".")[0]]
        if is_library(root) and not any(within(name(path), room) for room in ROOMS.get(root, ()))
    ]
    assert strayed == [], "an import left its room; move it, or give the library a room in ROOMS and say why:\n" + (
        "\n".join(strayed)
    )


@pytest.mark.parametrize(
    "library, room",
    [
        ("transitions", "pathway/case"),
        ("sqlmodel", "persistence"),
        ("apscheduler", "scheduler"),
        ("pytest", "tests"),
        ("freezegun", "tests"),
    ],
)
def test_a_named_library_is_declared_and_imported_in_its_room(library: str, room: str):
    assert library in declared(), f"{library} is not declared in pyproject.toml"
    assert any(imported.split(".")[0] == library for path in modules(room) for imported, _ in imports(path)), (
        f"no module under {room} imports {library}"
    )


@pytest.mark.parametrize("package", PACKAGES)
def test_the_imported_package_is_the_one_of_this_checkout(package: str):
    origin = importlib.import_module(package).__file__
    assert origin is not None
    assert Path(origin).resolve() == ROOT / package / "__init__.py", (
        f"`import {package}` found {origin}, a published package of the same name; use the .venv of `make setup`"
    )


@pytest.mark.parametrize("package", PACKAGES)
def test_every_package_says_that_it_is_typed(package: str):
    assert (ROOT / package / "py.typed").is_file()


def declared() -> set[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    wanted = project["project"]["dependencies"] + project["dependency-groups"]["dev"]
    return {re.split(r"[\s<>=!~;\[]", requirement, maxsplit=1)[0].lower() for requirement in wanted}


def is_library(root: str) -> bool:
    return root not in PACKAGES and (root not in sys.stdlib_module_names or root in ROOMED_STANDARD)


def within(module: str, room: str) -> bool:
    return module == room or module.startswith(room + ".")
