"""Checking a scenario before it runs: every name it uses exists, so that no expectation is met by a slip of the pen."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, get_args

from pathway.case.events import AnyBody
from pathway.clinical.instant import Instant
from pathway.clinical.quantity import ANALYTES
from pathway.definition.pathway import Pathway
from ward.entry import COMMANDS
from ward.errors import NotUnderstood
from ward.scenario.form import Expects, Scenario, ScenarioWrong, Step, Wanted, line_of
from ward.scenario.moment import Calendar
from ward.scenario.steps import POSITIONS, Writer

EVENTS = frozenset(each.__name__ for each in get_args(AnyBody))
TOLD = ("opened", "rung", "closed", "open", "not_opened", "not_rung", "not_closed", "not_open")


def check(path: Path, scenario: Scenario, calendar: Calendar, pathways: Iterable[Pathway]) -> tuple[Instant, ...]:
    """The instants of the steps. Raises ScenarioWrong with file, line and step for whatever does not exist."""
    pathway = next((each for each in pathways if each.name == scenario.pathway), None)
    if pathway is None:
        raise ScenarioWrong(
            f"{path}: no pathway {scenario.pathway}",
            "a pathway that is shipped or handed in",
            "name one, or hand its file in",
        )
    text = path.read_text(encoding="utf-8")
    moments: list[Instant] = []
    down = False
    for number, step in enumerate(scenario.steps):
        down = down if step.system is None else step.system == "stops"
        problem = timed(step, calendar, moments) or next(problems(step, scenario, calendar, pathway, down), "")
        if problem:
            raise ScenarioWrong(
                f"{path}, line {line_of(text, number)}, step {number + 1}: {problem}",
                "names that the pathway and the form of scenarios have",
                "see the reference of scenarios",
            )
    return tuple(moments)


def timed(step: Step, calendar: Calendar, moments: list[Instant]) -> str:
    """Add the step's instant; what is wrong with it."""
    try:
        at = calendar.moment(step.at)
    except ValueError:
        return f"the time {step.at!r} is neither `day 5 03:10` nor RFC 3339 with its zone"
    if moments and at < moments[-1]:
        return "it lies before the step above"
    moments.append(at)
    return ""


def problems(step: Step, scenario: Scenario, calendar: Calendar, pathway: Pathway, down: bool) -> Iterator[str]:
    """What is wrong with a step."""
    if step.speaker.role not in pathway.form.roles:
        yield f"the pathway has no role {step.speaker.role}"
    if step.does and down:
        yield "nothing can be recorded while the system is stopped"
    if step.does:
        yield from command_problems(step, scenario, calendar)
    yield from name_problems(step.expects, pathway)
    for text in times(step.expects):
        if text not in ("none", "cannot say"):
            try:
                calendar.moment(text)
            except ValueError:
                yield f"the time {text!r} cannot be read"


def command_problems(step: Step, scenario: Scenario, calendar: Calendar) -> Iterator[str]:
    """Whether the command can be written; labels of events are replaced, since no step has brought any yet."""
    does: dict[str, Any] = {name: 1 if name in POSITIONS else value for name, value in step.does.items()}
    if "labs" not in does and does.get("type") not in COMMANDS:
        yield f"no command {does.get('type')!r}; expected one of {', '.join(sorted(COMMANDS))}, or `labs`"
        return
    for analyte in does.get("labs", {}) or [does.get("analyte", "fibrinogen")]:
        if analyte not in ANALYTES:
            yield f"no analyte {analyte!r}; expected one of {', '.join(ANALYTES)}"
            return
    try:
        writer = Writer(scenario, calendar)
        for _ in writer.commands(0, Step(at=step.at, who=step.who, does=does)):
            pass
    except (ValueError, AttributeError) as error:
        yield str(error)
    except NotUnderstood as error:
        yield error.happened


def name_problems(expects: Expects, pathway: Pathway) -> Iterator[str]:
    """Names in the expectations that nothing has."""
    form = pathway.form
    reminders = {full(each) for name in TOLD for each in getattr(expects, name)}
    requests = {each.id for each in form.requests} | set(COMMANDS)
    requests |= {each.id for each in form.transitions} | {each.name for each in form.transitions}
    deviations = {reason.name for each in form.transitions for reason in each.reasons if reason.deviation}
    known = (
        ("reminder", reminders, set(pathway.reminders)),
        ("region", set(expects.phases), set(form.regions)),
        ("phase", set(expects.phases.values()), {leaf for each in form.regions.values() for leaf in each.phases}),
        ("exposure", set(expects.exposures), {each.exposure for each in form.facts.values()}),
        ("request", {each.act for each in expects.refused} | set(expects.not_refused), requests),
        ("event", {*expects.events, *expects.no_events}, set(EVENTS)),
        ("proposal", {*expects.proposals.contains, *expects.proposals.lacks}, {each.name for each in form.proposals}),
        ("invariant", set(expects.violations), {each.id for each in form.never}),
        ("deviation", set(expects.deviations or ()), requests | deviations),
        ("fact", set(expects.facts).union(*(each.facts for each in expects.as_of)), set(pathway.names)),
        ("notice's reminder", {each.reminder for each in expects.notices} - {""}, set(pathway.reminders)),
    )
    for what, used, there in known:
        for name in sorted(used - there):
            yield f"there is no {what} {name}"


def full(told: str | Wanted) -> str:
    """The id of a reminder without its subject."""
    return (told if isinstance(told, str) else told.id).partition("/")[0]


def times(expects: Expects) -> Iterator[str]:
    """Every moment written in the expectations."""
    for name in TOLD:
        for each in getattr(expects, name):
            if isinstance(each, Wanted):
                yield from filter(None, (each.due, each.at, each.acknowledged_until, each.deadline))
    for limit in expects.as_of:
        yield from filter(None, (limit.occurred, limit.recorded))
