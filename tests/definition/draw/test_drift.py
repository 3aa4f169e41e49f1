"""The committed drawings are those of the shipped definitions."""

from pathlib import Path

import pytest

from tests.house.tree import ROOT
from ward.diagram import REDRAW, drawings, write

DRAWINGS = drawings()


@pytest.mark.parametrize("name", sorted(DRAWINGS))
def test_a_committed_drawing_is_what_its_definition_gives(name: str):
    path = ROOT / "diagrams" / name
    committed = path.read_bytes().decode() if path.exists() else ""
    assert committed == DRAWINGS[name], f"diagrams/{name} is not what the definition gives: redraw with `{REDRAW}`"


def test_no_committed_drawing_lacks_a_definition():
    committed = {path.name for path in (ROOT / "diagrams").iterdir() if path.suffix in {".mmd", ".svg"}}
    assert committed == set(DRAWINGS), f"redraw with `{REDRAW}` and remove what is left over"


def test_writing_makes_the_folder_and_writes_every_drawing_byte_for_byte(tmp_path: Path):
    written = write(tmp_path / "new")
    assert {path.name: path.read_bytes().decode() for path in written} == DRAWINGS


def test_every_drawing_is_named_in_the_list_of_drawings():
    readme = (ROOT / "diagrams" / "README.md").read_text(encoding="utf-8")
    assert [name for name in DRAWINGS if f"`{name}`" not in readme] == []
