"""After an erasure every face goes on: it says when and by whom, tells nothing of it, and the chain verifies."""

from pathlib import Path

import pytest
from starlette.testclient import TestClient
from typer.testing import CliRunner

from tests.ward.retention.conftest import NAMES, WRITTEN, at, erasure, said
from tests.ward.web.conftest import browser_of, sign_in, words
from ward.cli import app
from ward.pack.content import content
from ward.reading import HouseReads
from ward.wiring import House

BY = ("--by", "auditor")
WHO = "by admin and auditor"
PAGES = (
    "/audit/case/c1", "/audit/case/c1/pack", "/audit/cases", "/audit/cases?case=c1", "/audit/redecide?case=c1",
    "/audit/looks?case=c1", "/audit/deviations", "/audit/indicators", "/audit/proof", "/case/c1/replay",
    "/case/c1/pathway", "/admin/retention",
)  # fmt: skip
API = (
    "cases", "cases/c1/timeline", "cases/c1/replay", "cases/c1/pathway", "retention", "audit/pack/c1",
    "audit/replay/c1", "audit/redecide/c1", "audit/looks?case=c1", "audit/deviations", "audit/verification",
)  # fmt: skip


@pytest.fixture
def erased(place: Path) -> Path:
    """The store after `c1` was erased."""
    with at(place) as made:
        said(made, erasure())
    return place


def before(made: House, account: str, role: str) -> TestClient:
    """A browser before which somebody has signed in."""
    return sign_in(browser_of(HouseReads(made), made), account, role, "*")


def clean(text: str) -> bool:
    """Whether nothing that was erased is told."""
    return not any(each in text for each in (*NAMES.values(), WRITTEN, "Xylophonia", "Ermintrude"))


def test_every_page_opens_and_tells_nothing_that_was_erased(erased: Path):
    with at(erased) as made:
        auditor, physician = before(made, "auditor", "auditor"), before(made, "physician.emil", "physician")
        for browser, pages in ((auditor, PAGES), (physician, ("/case/c1", "/case/c1/replay"))):
            for page in pages:
                answer = browser.get(page)
                assert answer.status_code == 200, (page, words(answer.text)[:300])
                assert clean(answer.text), page
        for page in ("/audit/case/c1", "/audit/case/c1/pack"):
            assert "erased on" in (told := words(auditor.get(page).text)), told[:300]
            assert WHO in told, page


def test_the_api_answers_and_tells_nothing_that_was_erased(erased: Path):
    with at(erased) as made:
        browser = before(made, "auditor", "auditor")
        for name in API:
            answer = browser.get(f"/api/v1/{name}")
            assert answer.status_code == 200, (name, answer.text[:300])
            assert clean(answer.text), name
        assert WHO in browser.get("/api/v1/audit/pack/c1").text


@pytest.mark.parametrize("identified", [True, False])
def test_the_pack_says_when_and_by_whom_it_was_erased(erased: Path, identified: bool):
    with at(erased) as made:
        pack = content(made, "c1", identified=identified)
        told = str((pack.heading, pack.sections, pack.events))
        assert clean(told)
        assert f"erased on 05-Mar-2057 {WHO}" in told
        assert ("erased on" in dict(pack.heading)["Patient"]) == identified


def test_every_command_goes_on_and_the_record_verifies(erased: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    for name in ("DB", "BY", "ROLE", "LOG", "TOKEN", "SECOND_TOKEN"):
        monkeypatch.delenv(f"WARDPATH_{name}", raising=False)
    runner, out = CliRunner(), tmp_path / "out"
    out.mkdir()
    asked = (
        ("audit", "pack", "c1", "--identified", "-o", str(out / "pack")), ("audit", "replay", "--case", "c1", "--json"),
        ("audit", "redecide", "--all"), ("audit", "xes", "--case", "c1", "--values", "-o", str(out / "log.xes")),
        ("audit", "export", str(out / "export")), ("audit", "looks", "--case", "c1"), ("timeline", "c1"),
        ("cases", "--closed"), ("audit", "checkpoint"), ("audit", "verify"),
    )  # fmt: skip
    for each in asked:
        done = runner.invoke(app, [*each, *(() if each[1] in {"verify", "checkpoint"} else BY), "--db", str(erased)])
        assert done.exit_code == 0, (each, done.output)
        assert clean(done.output), each
    files = [each for each in out.rglob("*") if each.is_file()]
    assert len(files) > 5
    assert all(clean(each.read_bytes().decode("utf-8", "replace")) for each in files)
    assert any(WHO in each.read_text("utf-8", "replace") for each in files)
