"""Tables: clinical numbers and names as dated package data, read once at import and pinned by their bytes."""

import hashlib
import tomllib
from importlib.resources import files
from typing import TypeVar

import msgspec

Shape = TypeVar("Shape")


def read_table(name: str, shape: type[Shape]) -> Shape:
    """The table `name` as `shape`; decimals are written as strings, so no binary float ever stands between.

    Raises msgspec.ValidationError when the file does not fit the shape.
    """
    return msgspec.convert(tomllib.loads(table_bytes(name).decode()), shape, strict=True)


def table_hash(name: str) -> str:
    """The SHA-256 of the table's bytes in hexadecimal: what a case pins."""
    return hashlib.sha256(table_bytes(name)).hexdigest()


def table_bytes(name: str) -> bytes:
    return (files("pathway.clinical") / "tables" / f"{name}.toml").read_bytes()
