"""`wardpath why`: why something is so, or is not, as one sentence and as a tree with figures, times and sources."""

from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.tree import Tree

from pathway.case.commands import (
    Acknowledge,
    AnyCommand,
    Decide,
    ReleaseLatch,
    RequestTherapy,
    Snooze,
    StopTherapy,
    Transition,
)
from pathway.case.why import TELLING, NameUnknown, Why, brief
from ward.asking import answers
from ward.cli.app import WIDE, AsJson, Case, Db, Speaker, app, opened
from ward.cli.read import known, looked, read_time
from ward.cli.shape import print_json
from ward.errors import NotFound
from ward.listed import shown_at
from ward.wiring import House

Name = Annotated[
    list[str] | None,
    typer.Argument(
        help="A reminder (M3), transition (T07), request ('tretinoin start'), proposal, invariant, fact, setting or "
        "event (its number); without it all that is so now.",
        show_default=False,
    ),
]
Absent = Annotated[
    bool,
    typer.Option("--not", help="What stands in the way: without a name, everything that is not possible or open now."),
]
At = Annotated[str | None, typer.Option(help="At this time instead of now, such as 2026-03-03T12:00+01:00.")]
Recorded = Annotated[str | None, typer.Option("--recorded-as-of", help="As it was known at this time.")]
#: What stands before a node on which the answer rests, and before any other.
DECIDES, BESIDE = "●", "○"


@app.command()
def why(
    ctx: typer.Context,
    case: Case,
    name: Name = None,
    absent: Absent = False,
    subject: Annotated[str, typer.Option(help="The subject of a reminder that has several.")] = "",
    at: At = None,
    recorded: Recorded = None,
    by: Speaker = None,
    db: Db = None,
    json: AsJson = False,
) -> None:
    """Say why something is so, or why not: the rule, the values that decided, their times, thresholds and sources."""
    house = opened(ctx, db)
    head = known(house, case)
    looked(house, "why", [head], by)
    moment, then = read_time("--at", at), read_time("--recorded-as-of", recorded)
    try:
        asked = house.engine.inquiry(case, shown_at(house, head) if moment is None else moment, then)
    except KeyError as error:
        raise NotFound("nothing was known of this case then", "a later time", "ask for a later time") from error
    found = answers(asked, " ".join(name or ()), subject, absent=absent)
    if json:
        print_json(found if len(found) != 1 or not name else found[0])
        return
    show(found, absent=absent and bool(name))


def show(found: tuple[Why, ...], *, absent: bool = False) -> None:
    """Print trees for people. `absent`: only what is a no or cannot be said."""
    console = Console()
    if not console.is_terminal:
        console = Console(width=WIDE)
    if not found:
        console.print("Nothing.")
    for each in found:
        console.print(tree(brief(each), absent=absent))
        console.print()
    if found:
        console.print(f"{DECIDES} the answer rests on this   {BESIDE} it does not", style="dim")


def tree(why: Why, *, absent: bool = False) -> Tree:
    """A tree for people: the sentence first, then what it rests on."""
    source = f"  [{why.rule}; source {', '.join(why.source)}]" if why.source else f"  [{why.rule}]" if why.rule else ""
    made = Tree(f"[bold]{escape(why.sentence)}[/bold]{escape(source)}", guide_style="dim")
    grow(made, why, absent=absent)
    return made


def grow(made: Tree, why: Why, *, absent: bool) -> None:
    """The nodes below a node."""
    for part in why.parts:
        if not absent or part.answer != "yes":
            grow(made.add(escape(label(part))), part, absent=absent)


def label(why: Why) -> str:
    """One node on one line: whether the answer rests on it, what it says, and the events it came from."""
    words = why.says or f"{why.title}: {why.sentence}"
    events = sorted(
        {each for leaf in why.leaves for each in leaf.events} | (set(why.events) if why.kind == "event" else set())
    )
    origin = f"  (event{'s' if len(events) > 1 else ''} {', '.join(map(str, events))})" if events else ""
    if why.kind in TELLING:
        return f"{words}{origin}"
    return f"{DECIDES if why.decided else BESIDE} {why.answer}  {words}{origin}"


def about(command: AnyCommand) -> tuple[str, str] | None:
    """What of the pathway a request was about: name and subject; None for one that no rule decides."""
    match command:
        case RequestTherapy(drug=drug, act=act):
            return f"{drug} {act}", ""
        case StopTherapy(drug=drug):
            return f"{drug} stop", ""
        case Transition(transition=name):
            return name, ""
        case Decide(reminder=name, subject=subject) | Acknowledge(reminder=name, subject=subject):
            return name, subject
        case Snooze(reminder=name, subject=subject):
            return name, subject
        case ReleaseLatch(latch=name):
            return name, ""
    return None


def of_refusal(house: House, command: AnyCommand) -> Why | None:
    """Why the rule stands as it does that a refused request was about; None where there is no such rule."""
    named = about(command)
    if named is None:
        return None
    try:
        return house.engine.why(command.case, *named)
    except (NameUnknown, KeyError):
        return None
