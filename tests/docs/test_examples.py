"""Every example of the documentation runs: the blocks of a page in their order, in one empty folder.

A comment before a block says what it is for: `<!-- file: name -->` is written to a file, `<!-- append: name -->` is
added to one, `<!-- scenario -->` is run as one, `<!-- not run: reason -->` is not run. A `text` block right behind a
block that runs is what that prints.
"""

import contextlib
import io
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from ward.scenario import run_scenario

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
PAGES = sorted(path for path in DOCS.rglob("*.md") if not {"_build", "adr"} & set(path.relative_to(DOCS).parts))
RUNS = ("python", "sh", "toml")
BLOCK = re.compile(
    r"(?:^<!-- (?P<mark>[^\n]*) -->\n)?^```(?P<kind>\w*)[^\n]*\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL
)
#: Longer than the slowest example by far, and short enough that one which waits for somebody is found.
TIMEOUT_S = 60


class Block(NamedTuple):
    """One fenced block: its language, its text, its mark, its line, and what it is said to print."""

    kind: str
    text: str
    mark: str
    line: int
    prints: str | None

    @property
    def verb(self) -> str:
        """The first word of the mark: file, append, scenario, not run; empty without one."""
        return self.mark.partition(":")[0].strip()

    @property
    def rest(self) -> str:
        """What stands behind the colon of the mark."""
        return self.mark.partition(":")[2].strip()


def blocks(page: Path) -> list[Block]:
    """The blocks of a page."""
    text = page.read_text("utf-8")
    found = list(BLOCK.finditer(text))
    made = []
    for number, each in enumerate(found, start=1):
        after = found[number] if number < len(found) else None
        prints = None
        if after is not None and after["kind"] == "text" and not text[each.end() : after.start()].strip():
            prints = after["text"]
        line = text.count("\n", 0, each.start("text"))
        made.append(Block(each["kind"], each["text"], each["mark"] or "", line, prints))
    return made


@contextlib.contextmanager
def folder(path: Path) -> Iterator[dict[str, str]]:
    """A folder where the product's command and its own files are at hand; gives the environment of a shell."""
    for name in ("tests", "pathway"):
        (path / name).symlink_to(ROOT / name)
    programs = path / ".bin"
    programs.mkdir()
    command = programs / "wardpath"
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -c "from ward.cli import main; main()" "$@"\n', "utf-8")
    command.chmod(0o755)
    kept = {name: each for name, each in os.environ.items() if not name.startswith("WARDPATH_")}
    before = set(sys.modules)
    try:
        kept["XDG_STATE_HOME"] = str(path / "state")
        yield {**kept, "PATH": f"{programs}{os.pathsep}{kept.get('PATH', '')}", "PYTHONPATH": str(ROOT)}
    finally:
        for name in set(sys.modules) - before:
            if str(getattr(sys.modules[name], "__file__", "")).startswith(str(path)):
                del sys.modules[name]


def run(block: Block, page: Path, names: dict[str, object], environment: dict[str, str]) -> str:
    """Run a block in the present folder; what it printed."""
    where = f"{page.relative_to(ROOT)}:{block.line}"
    if block.verb in ("file", "append"):
        with Path(block.rest).open("a" if block.verb == "append" else "w", encoding="utf-8") as file:
            file.write(block.text + "\n")
    elif block.kind == "toml":
        tomllib.loads(block.text)
        if block.verb == "scenario":
            Path("scenario.toml").write_text(block.text, "utf-8")
            assert [each["failed"] for each in run_scenario(Path("scenario.toml")) if each["failed"]] == [], where
    elif block.kind == "sh":
        done = subprocess.run(
            ["sh", "-eu"],
            input=block.text,
            text=True,
            capture_output=True,
            timeout=TIMEOUT_S,
            env=environment,
            check=False,
        )
        assert done.returncode == 0, f"{where} ends with {done.returncode}:\n{done.stdout}{done.stderr}"
        # A reader stays in one shell: what a block exports holds for the blocks after it.
        environment |= dict(re.findall(r"^export (\w+)=(\S+)$", block.text, re.MULTILINE))
        return done.stdout
    else:
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            # Lines of the page, so that a traceback points at it.
            exec(compile("\n" * block.line + block.text, str(page), "exec"), names)  # noqa: S102 - the page's own example
        return printed.getvalue()
    return ""


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(DOCS)))
def test_the_examples_of_a_page_run_and_print_what_it_says(
    page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    names: dict[str, object] = {"__name__": "example"}
    with folder(tmp_path) as environment:
        for block in blocks(page):
            if block.kind not in RUNS or block.verb == "not run":
                continue
            printed = run(block, page, names, environment)
            if block.prints is not None:
                assert printed == block.prints, f"{page.relative_to(ROOT)}:{block.line}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(DOCS)))
def test_every_mark_of_a_block_is_one_that_is_understood(page: Path) -> None:
    marks = [each for each in blocks(page) if each.mark]
    assert [each.mark for each in marks if each.verb not in ("file", "append", "scenario", "not run")] == []
    assert [each.mark for each in marks if each.verb != "scenario" and len(each.rest) < 3] == []


def test_the_pages_hold_examples_of_every_kind() -> None:
    found = [each.kind for page in PAGES for each in blocks(page)]
    assert {kind: found.count(kind) > 2 for kind in RUNS} == dict.fromkeys(RUNS, True)
