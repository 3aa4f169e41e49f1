"""What every test may ask for: the shared data, and one Hypothesis profile for machines and one for people."""

import os
from pathlib import Path

import pytest
from hypothesis import settings

ROOT = Path(__file__).resolve().parent.parent

# Machines get the same examples on every run, people get new ones. No deadline: a busy machine is no fault.
settings.register_profile("machine", derandomize=True, deadline=None)
settings.register_profile("person", deadline=None)
settings.load_profile("machine" if os.environ.get("CI") else "person")


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of shared reference data: `WARDPATH_SHARED`, or `shared` beside the checkout; skips without it."""
    folder = Path(os.environ.get("WARDPATH_SHARED") or ROOT.parent / "shared")
    if not folder.is_dir():
        pytest.skip(f"shared data absent: no folder {folder}; name it in WARDPATH_SHARED to run this test")
    return folder
