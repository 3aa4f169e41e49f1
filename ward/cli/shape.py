"""What `--json` prints: one document, or one a line."""

from typing import Any

import msgspec
import typer

from ward.shape import plain

__all__ = ["plain", "print_json", "print_json_line"]


def print_json(value: Any) -> None:
    """Print one JSON document, keys in order."""
    typer.echo(msgspec.json.format(msgspec.json.encode(plain(value), order="sorted"), indent=2).decode())


def print_json_line(value: Any) -> None:
    """Print one JSON document on one line."""
    typer.echo(msgspec.json.encode(plain(value), order="sorted").decode())
