"""One turn: events written one after the other on a draft of the case, each seen by the next."""

from collections.abc import Iterator

from pathway.case.attention import Memory, Stems, changed
from pathway.case.commands import Refusal
from pathway.case.envelope import CLOCK, ENGINE, By, Event, Verbal
from pathway.case.events import AnyBody, Seal, in_the_clear
from pathway.case.evolve import apply, draft
from pathway.case.facts import View
from pathway.case.rules import Rules
from pathway.case.state import Case
from pathway.clinical.instant import Instant
from pathway.definition.guard import Wake

#: The wake-up of a part that was not asked yet: the beginning of time.
UNASKED = 0


class Turn:
    """The work of one command or one look. `recorded`: the clock's now; `at`: the instant that is being decided.

    `events` is what came of it, `case` the draft after it, `wake` the next instant at which time alone may matter;
    `target` the rules that a command asks to go on by, or why they may not be gone by; `seal` puts free text under the
    key of the case, and leaves it in the clear where nobody has a key.
    """

    def __init__(
        self, rules: Rules, case: Case, recorded: Instant, memory: Memory | None = None, seal: Seal | None = None
    ) -> None:
        self.rules, self.pathway = rules, rules.pathway
        self.seal = seal or in_the_clear(case.id)
        self.target: Rules | Refusal | None = None
        self.case = draft(case)
        self.recorded, self.at = recorded, recorded
        self.command = ""
        self.cause: int | None = None
        self.verbal: Verbal | None = None
        self.second_by: By | None = None
        self.events: list[Event] = []
        self.waking = Wake()
        self.memory = memory or Memory()
        self.view = View(self.pathway, self.case, self.at, self.memory.readings)

    @property
    def wake(self) -> int | None:
        """The next instant at which time alone may matter to what was asked."""
        return self.waking.at

    @wake.setter
    def wake(self, at: int | None) -> None:
        self.waking.at = at

    def emit(
        self, body: AnyBody, by: By | None = None, at: Instant | None = None, origin: tuple[str, int] | None = None
    ) -> Event:
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
            verbal=self.verbal if not effect and self.cause is None else None,
            origin=origin,
            second_by=None if effect else self.second_by,
        )
        apply(self.case, event)
        self.events.append(event)
        self.forget(changed(self.pathway, event))
        if not effect and self.cause is None:
            self.cause = event.position
        return event

    def go_to(self, at: Instant) -> None:
        """Decide at another instant from now on."""
        self.at = at
        self.view.go_to(at)

    def go_by(self, rules: Rules) -> None:
        """Decide by other rules from now on: nothing that was read or asked before counts."""
        self.rules, self.pathway = rules, rules.pathway
        self.memory = Memory()
        self.view = View(self.pathway, self.case, self.at, self.memory.readings)

    def forget(self, stems: Stems | None) -> None:
        """Forget what was read of these stems and of what rests on them, and ask the parts that read them again."""
        if stems is None:
            self.view.memo = {}
            self.memory.readings = self.view.memo
            self.memory.wakes.clear()
            return
        memo, wakes, reach = self.view.memo, self.memory.wakes, self.rules.reach
        for stem in stems:
            names, parts = reach.get(stem, ((), ()))
            for name in names:
                memo.pop(name, None)
            for part in parts:
                wakes.pop(part, None)

    def parts(self, kind: str) -> Iterator[str]:
        """The names of the parts of a kind that must be asked now, each with its wake-up noted when it has been."""
        wakes = self.memory.wakes
        for part, name in self.rules.attention.kinds[kind]:
            # As `due` has it, without a call: nearly all of the parts are passed over each time.
            wake = wakes.get(part, UNASKED)
            if wake is None or wake > self.at:
                continue
            self.wake = None
            position = self.case.position
            yield name
            # A reminder is brought in line in one go, and its events touch nothing but itself.
            if self.case.position == position or kind == "reminder":
                wakes[part] = self.wake

    def due(self, part: str) -> bool:
        """Whether a part must be asked at this instant."""
        wake = self.memory.wakes.get(part, UNASKED)
        return wake is not None and wake <= self.at

    def next_wake(self) -> int | None:
        """The earliest instant at which time alone may matter to any part."""
        return min((wake for wake in self.memory.wakes.values() if wake is not None), default=None)

    def note(self, at: int | None) -> None:
        """Take a coming instant into account."""
        if at is not None:
            self.waking.note(at, self.at)

    def ask(self, text: str) -> int:
        """A guard's answer at this instant, its next change noted."""
        answer, wake = self.view.ask(text)
        self.note(wake)
        return answer
