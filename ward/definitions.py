"""Definitions: pathway files that a site hands in beside the shipped ones."""

from pathlib import Path

from pathway.definition.load import load
from pathway.definition.pathway import Pathway
from ward.errors import NotFound, NotUnderstood
from ward.plugins import computed_facts

#: Fifty times the longest pathway there is.
FILE_LIMIT = 2_000_000


def read_pathway(file: Path) -> Pathway:
    """The pathway in a file. Raises NotFound, NotUnderstood, DefinitionError."""
    return load(read_text(file), file.name, computed_facts())


def read_text(file: Path) -> str:
    """The text of a pathway file. Raises NotFound, NotUnderstood."""
    try:
        text = file.read_bytes()
    except OSError as error:
        raise NotFound(f"{file} cannot be read ({error.strerror})", "a pathway file", "check the path") from error
    if len(text) > FILE_LIMIT:
        raise NotUnderstood(f"{file} has over {FILE_LIMIT} bytes", "a pathway file", "check the path")
    try:
        return text.decode()
    except UnicodeDecodeError as error:
        raise NotUnderstood(f"{file} is not UTF-8", "a text in UTF-8", "convert it") from error
