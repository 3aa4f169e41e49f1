"""The reference pages say what the code says: they are made from it."""

import importlib.util
from pathlib import Path
from types import ModuleType
from typing import get_args

import pytest

from pathway.case.commands import AnyCommand
from pathway.case.events import AnyBody
from pathway.definition.guard import RESERVED
from pathway.engine.errors import WardpathError

DOCS = Path(__file__).resolve().parents[2] / "docs"


def generator() -> ModuleType:
    """docs/generate.py, which is a script beside the pages and no module of the product."""
    found = importlib.util.spec_from_file_location("generate", DOCS / "generate.py")
    assert found is not None
    assert found.loader is not None
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    return module


PAGES = generator().pages()


@pytest.mark.parametrize("name", sorted(PAGES))
def test_a_reference_page_is_as_the_code_is(name: str) -> None:
    assert (DOCS / "reference" / name).read_text("utf-8") == PAGES[name], "run: python docs/generate.py"


def test_every_command_and_event_has_its_heading() -> None:
    assert all(f"### {each.__name__}\n" in PAGES["commands.md"] for each in get_args(AnyCommand))
    assert all(f"### {each.__name__}\n" in PAGES["events.md"] for each in get_args(AnyBody))


def test_every_reserved_word_and_every_error_is_told() -> None:
    assert all(f"`{each}`" in PAGES["language.md"] for each in RESERVED)
    errors = {each for each in WardpathError.__subclasses__() if each.__module__.startswith("pathway.")}
    assert errors
    assert all(f"| `{each.code}` | `{each.__module__}.{each.__name__}` |" in PAGES["errors.md"] for each in errors)


@pytest.mark.parametrize("code", ["guard", "prohibited", "not_proposed", "quarantined", "no_such_case", "open_case"])
def test_a_refusal_is_told_by_its_code(code: str) -> None:
    assert f"| `{code}` | " in PAGES["errors.md"]
