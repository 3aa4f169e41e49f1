"""Packages with entry points, as an installer leaves them: modules beside a folder of metadata, on the path."""

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest


class Packages:
    """Installs packages into a folder that stands on `sys.path` for one test."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.modules: list[str] = []

    def install(self, name: str, module: str, entries: Mapping[str, Mapping[str, str]], version: str = "1.2") -> None:
        """A package `name` of one module of the same name, with entry points: group to name to object."""
        (self.folder / f"{name}.py").write_text(module, "utf-8")
        about = self.folder / f"{name}-{version}.dist-info"
        about.mkdir()
        (about / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n", "utf-8")
        lines = [
            line
            for group, each in entries.items()
            for line in (f"[{group}]", *(f"{key} = {value}" for key, value in each.items()))
        ]
        (about / "entry_points.txt").write_text("\n".join(lines) + "\n", "utf-8")
        self.modules.append(name)


@pytest.fixture
def packages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Packages]:
    """An empty folder of packages; what was imported from it is forgotten afterwards."""
    monkeypatch.syspath_prepend(str(tmp_path))
    made = Packages(tmp_path)
    yield made
    for name in made.modules:
        sys.modules.pop(name, None)
