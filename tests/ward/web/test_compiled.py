"""Compiled templates are kept for the next start: in the user's cache folder, and only where nobody else may write."""

from pathlib import Path

import pytest

from ward.web.compiled import kept_ready
from ward.web.pages import environment

MODULE = Path(__file__)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache folder of this user."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    return tmp_path


def kept(home: Path) -> list[Path]:
    return sorted(each for each in home.rglob("*") if each.is_file())


def test_a_start_writes_compiled_templates_into_the_cache_folder_and_the_next_takes_them(home: Path):
    environment.__wrapped__()
    first = {each: each.stat().st_mtime_ns for each in kept(home)}
    assert len(first) > 20
    assert {each.parent.parent.name for each in first} == {"wardpath"}
    environment.__wrapped__()
    assert {each: each.stat().st_mtime_ns for each in kept(home)} == first


def test_what_was_kept_of_another_text_is_not_taken(home: Path):
    made = environment.__wrapped__()
    for each in kept(home):
        each.write_bytes(b"something else")
    again = environment.__wrapped__()
    assert again.get_template("error.html").render(status=404, stamp=None, header=None, glass=None) == (
        made.get_template("error.html").render(status=404, stamp=None, header=None, glass=None)
    )


def test_the_folder_belongs_to_its_user_alone(home: Path):
    found = kept_ready(MODULE)
    assert found is not None
    assert Path(found.directory).stat().st_mode & 0o077 == 0


def test_a_folder_into_which_others_may_write_is_not_used(home: Path):
    found = kept_ready(MODULE)
    assert found is not None
    Path(found.directory).chmod(0o777)
    assert kept_ready(MODULE) is None


def test_without_such_a_folder_pages_are_compiled_all_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    file = tmp_path / "file"
    file.write_text("no folder")
    monkeypatch.setenv("XDG_CACHE_HOME", str(file))
    assert kept_ready(MODULE) is None
    assert environment.__wrapped__().get_template("about.html")
