"""One turn: events written one after the other on a draft of the case, each seen by the next."""

from pathway.case.envelope import CLOCK, ENGINE, By, Event
from pathway.case.events import AnyBody
from pathway.case.evolve import apply, draft
from pathway.case.facts import View
from pathway.case.rules import Rules
from pathway.case.state import Case
from pathway.clinical.instant import Instant


class Turn:
    """The work of one command or one look. `recorded`: the clock's now; `at`: the instant that is being decided.

    `events` is what came of it, `case` the draft after it, `wake` the next instant at which time alone may matter.
    """

    def __init__(self, rules: Rules, case: Case, recorded: Instant, command: str = "") -> None:
        self.rules, self.pathway = rules, rules.pathway
        self.case = draft(case)
        self.recorded, self.at = recorded, recorded
        self.command = command
        self.cause: int | None = None
        self.events: list[Event] = []
        self.wake: int | None = None
        self._view: View | None = None

    @property
    def view(self) -> View:
        """The facts as they are after the last event."""
        if self._view is None:
            self._view = View(self.pathway, self.case, self.at)
        return self._view

    def emit(self, body: AnyBody, by: By | None = None, at: Instant | None = None) -> Event:
        """Write one event. Without `by` it is an effect: of time (clock, no command) or of the command's own event."""
        effect = by is None
        event = Event(
            case=self.case.id,
            position=self.case.position + 1,
            occurred_at=self.at if at is None else at,
            recorded_at=self.recorded,
            by=by or (ENGINE if self.command else CLOCK),
            bundle=self.pathway.digest,
            body=body,
            command=self.command,
            cause=self.cause if effect else None,
        )
        apply(self.case, event)
        self.events.append(event)
        self._view = None
        if not effect and self.cause is None:
            self.cause = event.position
        return event

    def go_to(self, at: Instant) -> None:
        """Decide at another instant from now on."""
        self.at = at
        self._view = None

    def note(self, at: int | None) -> None:
        """Take a coming instant into account."""
        if at is not None and at > self.at and (self.wake is None or at < self.wake):
            self.wake = at

    def ask(self, text: str) -> int:
        """A guard's answer at this instant, its next change noted."""
        answer, wake = self.view.ask(text)
        self.note(wake)
        return answer
