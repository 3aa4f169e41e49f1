"""The form of a scenario file, and reading one: whatever it does not know is an error with file, line and step."""

import re
from pathlib import Path
from typing import Any, Literal

import msgspec

from pathway.engine.errors import WardpathError

STEP_HEAD = re.compile(r"\s*\[\[\s*steps\s*\]\]")
STEP_PLACE = re.compile(r"\$\.steps\[(\d+)\]")


class ScenarioWrong(WardpathError):
    """A scenario file cannot be read, or asks for what does not exist."""

    code = "scenario_wrong"


class Form(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What every table of a scenario file is: closed, so that a slip of the pen is no silent pass."""


class Who(Form, frozen=True, kw_only=True):
    """Who speaks: a role, and where it matters a name of their own and a source (`person`, `feed`)."""

    role: str
    name: str = ""
    source: str = "person"


class Wanted(Form, frozen=True, kw_only=True):
    """What is said of one reminder; fields left out may be anything. `id` may hold the subject: `M1/fibrinogen`."""

    id: str
    subject: str | None = None
    level: str | None = None
    wording: str | None = None
    due: str | None = None
    at: str | None = None
    to: tuple[str, ...] | None = None
    rung: int | None = None
    count: int | None = None
    how: Literal["done", "withdrawn", "expired"] | None = None
    state: Literal["planned", "due", "overdue"] | None = None
    acknowledged_until: str | None = None
    deadline: str | None = None
    text: str | None = None
    critical: bool | None = None

    @property
    def key(self) -> tuple[str, str | None]:
        """The reminder and its subject; None is any subject."""
        reminder, slash, rest = self.id.partition("/")
        return reminder, rest if slash else self.subject


class WantedRefusal(Form, frozen=True, kw_only=True):
    """A refusal: `act` is a request of the pathway (`start_tretinoin`) or the type of the command."""

    act: str
    code: str | None = None
    reason: str | None = None


class WantedProposals(Form, frozen=True, kw_only=True):
    """Proposals by name that must be there, and that must not."""

    contains: tuple[str, ...] = ()
    lacks: tuple[str, ...] = ()


class WantedReview(Form, frozen=True, kw_only=True):
    """A review whose words contain `about`."""

    about: str = ""
    urgent: bool | None = None
    open: bool | None = None


class WantedNotice(Form, frozen=True, kw_only=True):
    """Notices of the case written since the step before; `count` how many fit, at least one where it is left out."""

    reminder: str = ""
    role: str | None = None
    channel: str | None = None
    kind: str | None = None
    state: str | None = None
    late: bool | None = None
    count: int | None = None


class WantedAsOf(Form, frozen=True, kw_only=True):
    """Facts as true at `occurred` and as known at `recorded`; one left out is no limit."""

    facts: dict[str, str]
    occurred: str | None = None
    recorded: str | None = None


Told = tuple[str | Wanted, ...]


class Expects(Form, frozen=True, kw_only=True):
    """What must hold after a step. `opened`, `rung`, `closed` speak of the time since the step before."""

    answer: str | None = None
    phases: dict[str, str] = {}
    exposures: dict[str, str] = {}
    facts: dict[str, str] = {}
    as_of: tuple[WantedAsOf, ...] = ()
    rechecks: str | None = None
    refused: tuple[WantedRefusal, ...] = ()
    not_refused: tuple[str, ...] = ()
    opened: Told = ()
    rung: Told = ()
    closed: Told = ()
    open: Told = ()
    not_opened: Told = ()
    not_rung: Told = ()
    not_closed: Told = ()
    not_open: Told = ()
    proposals: WantedProposals = WantedProposals()
    deviations: tuple[str, ...] | None = None
    violations: dict[str, Literal["running", "broken", "none"]] = {}
    reviews: tuple[WantedReview, ...] = ()
    open_reviews: int | None = None
    notices: tuple[WantedNotice, ...] = ()
    notices_waiting: int | None = None
    events: tuple[str, ...] = ()
    no_events: tuple[str, ...] = ()


class Step(Form, frozen=True, kw_only=True):
    """One moment: somebody does something, or (without `does`) only time has passed; then what must hold.

    `system` stops and starts the program: between the two nobody looks at the case and nothing is recorded.
    """

    at: str
    who: str | Who = "physician"
    does: dict[str, Any] = {}
    system: Literal["stops", "starts"] | None = None
    label: str = ""
    note: str = ""
    expects: Expects = Expects()

    @property
    def speaker(self) -> Who:
        """Who speaks, in full."""
        return Who(role=self.who) if isinstance(self.who, str) else self.who


class Scenario(Form, frozen=True, kw_only=True):
    """A scenario: whose story, where, from when, and its steps in the order of time.

    `start` is local time of day 0 in `zone`, and when the patient presented. `made_up` says what was invented;
    a synthetic scenario must say it.
    """

    name: str
    title: str
    synthetic: bool
    made_up: str
    sources: tuple[str, ...]
    zone: str
    ward: str
    bed: str
    start: str
    steps: tuple[Step, ...]
    format: Literal[1] = 1
    pathway: str = "variant_apl"
    published: str = ""
    identifiers: dict[str, str] = {}


def read(path: Path) -> Scenario:
    """The scenario in a file. Raises ScenarioWrong with file, line and step."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ScenarioWrong(f"{path} cannot be read", "a scenario file in UTF-8", "check the path") from error
    try:
        found = msgspec.toml.decode(text, type=Scenario)
    except msgspec.DecodeError as error:
        raise wrong(path, text, str(error)) from error
    if found.synthetic and not found.made_up.strip():
        raise ScenarioWrong(f"{path}: nothing is said of what was made up", "`made_up` in words", "say it")
    if not found.steps or found.steps[0].does.get("type") != "Enrol":
        raise ScenarioWrong(f"{path}: the first step is no Enrol", "a patient who is enrolled first", "begin with it")
    return found


def wrong(path: Path, text: str, problem: str) -> ScenarioWrong:
    """An error of form with its place: the step's line where it is about a step."""
    found = STEP_PLACE.search(problem)
    if found is None:
        return ScenarioWrong(f"{path}: {problem}", "the form of a scenario", "see the reference of scenarios")
    number = int(found[1])
    return ScenarioWrong(
        f"{path}, line {line_of(text, number)}, step {number + 1}: {problem}",
        "the form of a scenario",
        "see the reference of scenarios",
    )


def line_of(text: str, number: int) -> int:
    """The line on which a step (counted from 0) begins; 1 where it is not written as a table of its own."""
    heads = [line for line, each in enumerate(text.splitlines(), 1) if STEP_HEAD.match(each)]
    return heads[number] if number < len(heads) else 1
