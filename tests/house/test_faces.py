"""Faces go through the door: none carries out a command, or rehearses one, by itself."""

import ast
from pathlib import Path

import pytest

from tests.house.tree import ROOT

#: What a face may not call on an engine: whoever comes through it would not have been asked who they are.
ENGINES_OWN = {"handle", "rehearse", "keep", "settle"}
FACES = sorted(path for folder in ("ward/cli", "ward/web") for path in (ROOT / folder).rglob("*.py"))


def calls_of_engine(text: str) -> list[int]:
    """The lines that call an engine, by whatever name it is reached: `….engine.handle(…)`, `engine.handle(…)`."""
    found = []
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in ENGINES_OWN:
            reached = {each.attr for each in ast.walk(node.func.value) if isinstance(each, ast.Attribute)}
            reached |= {each.id for each in ast.walk(node.func.value) if isinstance(each, ast.Name)}
            if reached & {"engine", "quarantine", "sites"}:
                found.append(node.lineno)
    return found


@pytest.mark.parametrize("path", FACES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_face_asks_nothing_of_the_engine_but_through_the_door(path: Path):
    assert calls_of_engine(path.read_text("utf-8")) == []


@pytest.mark.parametrize(
    "text, lines",
    [
        ("house.engine.handle(command)", [1]),
        ("engine = house.engine\nengine.rehearse(command)", [2]),
        ("house.engine.quarantine.keep(c, b, a)", [1]),
        ("door.handle(who, role, command)", []),
        ("house.engine.case(token)", []),
    ],
)
def test_what_counts_as_going_past_the_door(text: str, lines: list[int]):
    assert calls_of_engine(text) == lines


def test_a_command_line_that_reads_a_case_has_it_looked_at_by_the_door():
    """Whoever reads patients on the command line imports what asks the door; these ask for figures or files alone."""
    reads = ("house.engine.", "house.store.")
    asks = ("looked(", "seen(", "send(", "door.", "Door(", "allowed_by(", "speaker(", "onlooker(")
    without = {"app.py", "exits.py", "operate.py", "serve.py", "watchdog.py"}
    texts = {path: path.read_text("utf-8") for path in FACES if "cli" in path.parts}
    wrong = [
        str(path)
        for path, text in texts.items()
        if path.name not in without and any(each in text for each in reads) and not any(each in text for each in asks)
    ]
    assert wrong == []
