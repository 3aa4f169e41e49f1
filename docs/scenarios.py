"""The pages of the cases K1 to K7b: `python docs/scenarios.py` writes them, the build of the docs too.

Each is told from its scenario file and a run of it in memory; tests/docs/test_scenarios.py runs them again and
compares.
The drawings of the patients' paths are made at the build and are not kept.
"""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from pathway.case.envelope import Event
from pathway.case.events import PhaseEntered, ReminderClosed, ReminderOpened, ReminderRescheduled, RungReached
from pathway.case.words import day, describe
from pathway.clinical.instant import iso
from pathway.definition.pathway import Pathway
from ward.diagram import draw_path
from ward.scenario import Run
from ward.scenario.form import Scenario, Step

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "docs" / "scenarios"
STORIES = ROOT / "tests" / "acceptance" / "scenarios"
CASES = ("k1", "k2", "k3", "k4", "k5", "k6", "k7a", "k7b")
MADE = "% Made by docs/scenarios.py from a run. Do not edit.\n"
#: What is told of reminders: the kind of event, and the word before the list of them.
TOLD = ((ReminderOpened, "Opened"), (RungReached, "Rang"), (ReminderClosed, "Closed"))


def pages() -> dict[str, str]:
    """File name to text: an index and a page for each case, with its drawing."""
    made: dict[str, str] = {}
    titles = []
    for name in CASES:
        with Run(STORIES / f"{name}.toml") as run:
            made[f"{name}.md"], made[f"{name}.svg"] = page(run)
            titles.append((name, run.scenario.title))
    made["index.md"] = index(titles)
    return made


def index(titles: Iterable[tuple[str, str]]) -> str:
    """The page that leads to the others."""
    lines = [f"- [{name.upper()}]({name}.md): {title}" for name, title in titles]
    return "\n".join([MADE, "# Cases", "", *INTRODUCTION, "", *lines, "", *CONTENTS, ""])


def page(run: Run) -> tuple[str, str]:
    """A case as a page, and the drawing of its path."""
    scenario, told = run.scenario, []
    before: dict[str, tuple[str, ...]] = {}
    position = 0
    for step, seen in zip(scenario.steps, run.steps(), strict=True):
        events = run.engine.timeline(run.case)
        pathway = run.engine.pathway(run.case)
        told += [*step_told(run, pathway, step, seen, events[position:], before), ""]
        before = shut(seen)
        position = len(events)
    events, pathway = run.engine.timeline(run.case), run.engine.pathway(run.case)
    lines = [
        MADE,
        f"# {scenario.name.upper()}: {scenario.title}",
        "",
        *source(scenario),
        "",
        "## The path",
        "",
        f"```{{image}} {scenario.name}.svg",
        ":alt: The phases of the pathway with the path of this patient; the table says the same",
        "```",
        "",
        *path(pathway, events, scenario.zone),
        "",
        "## Step by step",
        "",
        f"Day 0 is {scenario.start[:10]}; the ward's clock runs in {scenario.zone}.",
        "",
        *told,
        "## How it ends",
        "",
        *ending(run),
        "",
    ]
    return "\n".join(lines), draw_path(pathway, events)


def source(scenario: Scenario) -> Iterator[str]:
    """Where the story comes from, and what of it nobody ever reported."""
    if scenario.published:
        yield f"**Published:** {scenario.published}"
        yield ""
    if scenario.synthetic:
        yield f"**Made up:** {scenario.made_up}"
        yield ""
    yield f"**Sources:** {', '.join(scenario.sources)}. The file: `tests/acceptance/scenarios/{scenario.name}.toml`."


def path(pathway: Pathway, events: Sequence[Event], zone: str) -> Iterator[str]:
    """Every phase that was entered, as a table."""
    yield "| Entered | Phase | By |"
    yield "| --- | --- | --- |"
    moves = {each.name: each.id for each in pathway.form.transitions}
    for event in events:
        if isinstance(event.body, PhaseEntered):
            body = event.body
            move = moves.get(body.transition, body.transition)
            number = f", {body.entry}. time" if body.entry > 1 else ""
            yield f"| {day(event.occurred_at, zone)} | {pathway.title(body.leaf)}{number} | {move} |"


def step_told(
    run: Run,
    pathway: Pathway,
    step: Step,
    seen: dict[str, Any],
    events: Sequence[Event],
    before: dict[str, tuple[str, ...]],
) -> Iterator[str]:
    """One step: when, who, what happened, what came of it."""
    yield f"### {step.at[0].upper()}{step.at[1:]}{spoken(step)}"
    yield ""
    if step.note:
        yield step.note
        yield ""
    quiet = (ReminderRescheduled, *(kind for kind, _ in TOLD))
    for event in events:
        if not isinstance(event.body, quiet):
            yield f"- {escaped(describe(event, pathway, run.scenario.zone))}"
    for kind, word in TOLD:
        found = [each for each in events if isinstance(each.body, kind)]
        if found:
            yield f"- *{word}:* {escaped('; '.join(of_reminder(each, pathway, run, seen['at']) for each in found))}"
    if seen["answer"] not in (None, "accepted"):
        act, reasons = next((each["act"], each["reasons"]) for each in seen["refused"])
        yield f"- **Refused** ({seen['answer']}): {escaped(', '.join((act, *reasons)))}"
    for act, reasons in shut(seen).items():
        if act not in before:
            yield f"- *From now on refused:* {escaped(act.replace('_', ' '))}: {escaped('; '.join(reasons))}"
    for act in [each for each in before if each not in shut(seen)]:
        yield f"- *No longer refused:* {escaped(act.replace('_', ' '))}"


def spoken(step: Step) -> str:
    """Who does something at a step."""
    if step.system:
        return f", the program {step.system}"
    if not step.does:
        return ", only time has passed"
    return f", {step.speaker.role.replace('_', ' ')}"


def shut(seen: dict[str, Any]) -> dict[str, tuple[str, ...]]:
    """What would be refused now, apart from the step's own command."""
    own = seen["answer"] not in (None, "accepted")
    return {each["act"]: tuple(each["reasons"]) for each in seen["refused"][1 if own else 0 :]}


def of_reminder(event: Event, pathway: Pathway, run: Run, now: str) -> str:
    """What a reminder did, without the words that the list has said; with its time where that is not the step's."""
    zone = run.scenario.zone
    said = describe(event, pathway, zone).replace(": opened, due", ", due").replace(": rung ", ", rung ")
    return said if iso(event.occurred_at) == now else f"{said}, at {day(event.occurred_at, zone)}"


def ending(run: Run) -> Iterator[str]:
    """The picture after the last step."""
    seen = run.engine.picture(run.case)
    yield f"- Phases: {', '.join(each.title for each in seen.phases)}"
    taken = [f"{each.title} {each.value}" for each in seen.exposures if each.value != "never"]
    yield f"- Drugs: {', '.join(taken) or 'none'}"
    open_now = [f"{each.reminder} {each.title}" for each in seen.reminders]
    yield f"- Open: {escaped('; '.join(open_now)) or 'nothing'}"
    yield f"- Proposed: {escaped('; '.join(each.text for each in seen.proposals)) or 'nothing'}"
    flags = [f"{each.kind}: {each.text}{'' if each.open else ' (settled)'}" for each in seen.flagged]
    yield f"- Stands out: {escaped('; '.join(flags)) or 'nothing'}"


def escaped(text: str) -> str:
    """Text without what Markdown would take for markup."""
    return text.replace("*", "\\*").replace("|", "\\|").replace("_", "\\_").replace("[", "(").replace("]", ")")


def write() -> None:
    """Write every page and drawing."""
    FOLDER.mkdir(exist_ok=True)
    for name, text in pages().items():
        (FOLDER / name).write_text(text, encoding="utf-8", newline="\n")


INTRODUCTION = (
    "Six published cases, and one that is invented and told in two ways, as the pathway would have gone along with",
    "them. Nobody of them was treated by it. Each page says what a report states and what was made up, every step in",
    "the order of time with what it opened, rang, closed and refused, and how it ends. The same files run in the tests",
    "on every store.",
)
CONTENTS = ("```{toctree}", ":hidden:", "", *CASES, "```")

if __name__ == "__main__":
    write()
