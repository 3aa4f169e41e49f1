"""The shipped text with one thing wrong in it, and where."""

from importlib.resources import files

import pytest

from pathway.definition.errors import DefinitionError
from pathway.definition.load import load

TEXT = files("pathway.definitions").joinpath("variant_apl", "v1.toml").read_text("utf-8")


def replaced(text: str, old: str, new: str) -> str:
    """The text with the one occurrence of `old` replaced."""
    assert text.count(old) == 1, (text.count(old), old)
    return text.replace(old, new)


def line_with(text: str, fragment: str) -> int:
    """The 1-based line that holds a fragment which stands once."""
    found = [number for number, line in enumerate(text.splitlines(), start=1) if fragment in line]
    assert len(found) == 1, (found, fragment)
    return found[0]


def error_of(text: str) -> DefinitionError:
    """The error that reading a text raises."""
    with pytest.raises(DefinitionError) as caught:
        load(text, "v1.toml")
    return caught.value
