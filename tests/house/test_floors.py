"""Imports point down, and every package stands on a floor."""

import subprocess
import sys
import tomllib

from tests.house.tree import PACKAGES, ROOT

# Folders with Python files that are not part of the product and that no product module imports.
BESIDE_THE_HOUSE = {"bench", "docs", "tests"}


def test_every_import_contract_is_kept():
    outcome = subprocess.run(
        [
            sys.executable,
            "-c",
            "from importlinter.cli import lint_imports_command; lint_imports_command()",
            "--no-cache",
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert outcome.returncode == 0, outcome.stdout + outcome.stderr


def test_every_package_at_the_top_is_on_a_floor_or_beside_the_house():
    folders = {path.parent.name for path in ROOT.glob("*/*.py")} - {".venv"}
    linted = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"][
        "root_packages"
    ]
    assert set(linted) == set(PACKAGES)
    assert folders - BESIDE_THE_HOUSE == set(PACKAGES)
