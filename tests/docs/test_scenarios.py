"""The pages of the cases say what a run gives."""

import pytest

from docs.scenarios import CASES, FOLDER, STORIES, index, page
from ward.scenario import Run, read


@pytest.mark.parametrize("name", CASES)
def test_a_page_is_what_a_run_gives(name: str):
    with Run(STORIES / f"{name}.toml") as run:
        text, drawing = page(run)
    assert (FOLDER / f"{name}.md").read_text("utf-8") == text, "run docs/scenarios.py"
    assert drawing.startswith("<svg")


@pytest.mark.parametrize("name", CASES)
def test_a_page_says_what_a_report_states_and_what_was_made_up(name: str):
    scenario, text = read(STORIES / f"{name}.toml"), (FOLDER / f"{name}.md").read_text("utf-8")
    assert (f"**Made up:** {scenario.made_up}" in text) is scenario.synthetic
    assert (f"**Published:** {scenario.published}" in text) is bool(scenario.published)


def test_the_index_leads_to_every_page():
    titles = [(name, read(STORIES / f"{name}.toml").title) for name in CASES]
    assert (FOLDER / "index.md").read_text("utf-8") == index(titles)
