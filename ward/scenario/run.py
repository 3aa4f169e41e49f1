"""Running a scenario: a fresh store, a clock in our hand, one step after the other."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import Any, Literal, Self

from pathway.case.commands import AnyCommand, Refusal
from pathway.clinical.instant import SECOND, Instant
from pathway.definition.pathway import Pathway
from pathway.engine import Engine
from pathway.engine.errors import WardpathError
from pathway.engine.ports import Store
from ward.clock import FixedClock
from ward.place import Place
from ward.scenario.check import check
from ward.scenario.expectation import misses
from ward.scenario.form import Scenario, ScenarioWrong, Step, line_of, read
from ward.scenario.moment import Calendar
from ward.scenario.seen import see, shown
from ward.scenario.steps import Writer
from ward.wiring import create_store, memory_store, open_store, pathways

#: A span of the story that is walked more finely: from, to (as the file writes moments), seconds between two looks.
Fine = tuple[str, str, int]
Kind = Literal["memory", "sqlite", "postgresql"]


def run_scenario(
    path: Path,
    *,
    store: Kind = "memory",
    url: str = "",
    cadence_s: int | None = None,
    zone: str | None = None,
    own: Sequence[Pathway] = (),
) -> Iterator[dict[str, Any]]:
    """Run a scenario file on a fresh store; one object of plain values for each step, `failed` among its keys.

    `url`: of a database with nothing in it, for the store `postgresql`. `cadence_s`: seconds between two looks of the
    clock between steps; None looks only at steps. `zone`: the ward's
    clock runs in this zone instead of the file's. `own`: pathways beside the known ones. Raises ScenarioWrong.
    """
    with Run(path, store=store, url=url, cadence_s=cadence_s, zone=zone, own=own) as run:
        yield from run.steps()


class Run:
    """One run of a scenario, with its store and engine open to whoever wants to see more than its steps.

    `fine`: spans with another cadence. `reopen`: moments at which the store is closed and opened again.
    """

    def __init__(
        self,
        path: Path,
        *,
        store: Kind = "memory",
        url: str = "",
        cadence_s: int | None = None,
        zone: str | None = None,
        fine: Sequence[Fine] = (),
        reopen: Sequence[str] = (),
        own: Sequence[Pathway] = (),
    ) -> None:
        self.pathways = (*own, *pathways())
        self.path, self.scenario = path, read(path)
        self.calendar = calendar_of(path, self.scenario, zone)
        self.writer = Writer(self.scenario, self.calendar)
        self.moments = check(path, self.scenario, self.calendar, self.pathways)
        self.cadence_s = cadence_s
        moment = self.calendar.moment
        self.fine = [(moment(begin), moment(end), seconds) for begin, end, seconds in fine]
        self.reopen = sorted(moment(each) for each in reopen)
        self.clock = FixedClock(self.moments[0])
        self.down = False
        self._stack = ExitStack()
        self._place: Place | None = None
        if store == "sqlite":
            self._place = Path(self._stack.enter_context(TemporaryDirectory())) / "scenario.db"
        elif store == "postgresql":
            self._place = url
        self.store: Store = memory_store() if self._place is None else create_store(self._place, "demonstration")
        self.engine = Engine(self.store, self.pathways, self.clock)

    def __enter__(self) -> Self:
        """The run itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the store and remove its file."""
        self.store.close()
        self._stack.close()

    @property
    def case(self) -> str:
        """The token of the scenario's case."""
        return self.scenario.name

    def steps(self) -> Iterator[dict[str, Any]]:
        """Walk through the story; what is seen after each step."""
        since = (0, 0)
        for number, (step, at) in enumerate(zip(self.scenario.steps, self.moments, strict=True), 1):
            self.walk(at)
            self.clock.set(at)
            answered = self.act(number, step)
            try:
                seen = see(self.engine, self.store, self.case, answered, since)
            except KeyError as error:
                raise self.wrong(number, "the patient was not enrolled") from error
            failed = misses(step.expects, seen, self.calendar, lambda: self.engine.timeline(self.case))
            since = (seen.case.position, len(seen.notices))
            yield shown(number, step.label, seen, failed)

    def act(self, number: int, step: Step) -> list[tuple[AnyCommand, Refusal | None]]:
        """Do what a step says; its commands with what was refused."""
        if step.system is not None:
            self.down = step.system == "stops"
            if not self.down:
                self.restart()
        if not step.does:
            if not self.down:
                self.engine.look(self.case)
            return []
        answered = []
        try:
            for label, command in self.writer.commands(number, step):
                answer = self.engine.handle(command)
                if answer.positions:
                    self.writer.positions[label] = answer.positions[0]
                answered.append((command, answer.refusal))
        except (WardpathError, ValueError) as error:
            raise self.wrong(number, str(error)) from error
        return answered

    def walk(self, until: Instant) -> None:
        """Let the clock run up to a step, looking at the case at the cadence."""
        stops = dict.fromkeys(self.looks(until), False)
        while self.reopen and self.reopen[0] <= until:
            stops[self.reopen.pop(0)] = True
        for at in sorted(stops):
            self.clock.set(at)
            if stops[at]:
                self.restart()
            if not self.down:
                self.engine.look(self.case)

    def looks(self, until: Instant) -> Iterator[Instant]:
        """The instants between now and a step at which the clock looks by itself."""
        now = self.clock.now()
        spans = [(now, until, self.cadence_s), *self.fine]
        for begin, end, seconds in spans:
            if seconds is None:
                continue
            every = seconds * SECOND
            first = max(begin, Instant(now + 1))
            at = Instant(-(-first // every) * every)
            while at <= min(end, until):
                yield at
                at = Instant(at + every)

    def restart(self) -> None:
        """Close the store and open it again; what the engine kept in memory is gone."""
        if self._place is not None:
            self.store.close()
            self.store = open_store(self._place)
        self.engine = Engine(self.store, self.pathways, self.clock)

    def wrong(self, number: int, problem: str) -> ScenarioWrong:
        """An error with the place of its step."""
        line = line_of(self.path.read_text(encoding="utf-8"), number - 1)
        return ScenarioWrong(
            f"{self.path}, line {line}, step {number}: {problem}", "a step that can be done", "mend the step"
        )


def calendar_of(path: Path, scenario: Scenario, zone: str | None) -> Calendar:
    """The days of a scenario. Raises ScenarioWrong for a start or a zone that cannot be read."""
    try:
        return Calendar(scenario.start, zone or scenario.zone)
    except (ValueError, KeyError) as error:
        raise ScenarioWrong(
            f"{path}: {error}", "a zone such as Europe/Berlin and a start such as 2026-01-12 09:00", "mend the header"
        ) from error
