"""The README is true: its Python runs, and its files and commands exist."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text("utf-8")


def test_the_ten_lines_of_the_readme_run_and_ring(capsys: pytest.CaptureFixture[str]) -> None:
    block = re.search(r"```python\n(.*?)```", README, re.DOTALL)
    assert block is not None
    exec(compile(block[1], "README.md", "exec"), {})  # noqa: S102  # the README's own example
    printed = capsys.readouterr().out.splitlines()
    assert any(line.startswith("M38 Act on the low value: fibrinogen") for line in printed)
    assert any(line.startswith("M1 Recheck: platelets due") for line in printed)


def test_the_readme_says_that_it_never_replaces_judgement() -> None:
    assert "never replaces it" in README
    assert "not clinically approved" in README


@pytest.mark.parametrize(
    "path",
    sorted(set(re.findall(r"`((?:pathway|diagrams|docs|tests|bench|ward|scheduler|persistence)/[\w./]*)`", README))),
)
def test_a_path_that_the_readme_names_exists(path: str) -> None:
    assert (ROOT / path).exists()


@pytest.mark.parametrize("target", sorted(set(re.findall(r"make (\w+)", README))))
def test_a_make_target_that_the_readme_names_exists(target: str) -> None:
    assert re.search(rf"^{target}:", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
