"""Ask why: a name of a case, or everything that is so now, or everything that is not."""

import difflib
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache

import msgspec

from pathway.case.envelope import Event
from pathway.case.exits import closed
from pathway.case.rules import Rules
from pathway.case.turn import Turn
from pathway.case.why.found import Ground
from pathway.case.why.move import move
from pathway.case.why.past import event
from pathway.case.why.reminder import reminder
from pathway.case.why.request import request, stop
from pathway.case.why.rule import invariant, latch, proposal
from pathway.case.why.tree import Why, sentence
from pathway.case.why.walk import fact
from pathway.definition.form import ReminderForm


class NameUnknown(Exception):
    """What was asked about is no name of the case's pathway and no event of the case."""

    code = "why_name_unknown"

    def __init__(self, near: Sequence[str]) -> None:
        self.near = tuple(near)
        hint = f", such as {', '.join(near)}" if near else ""
        super().__init__(
            "There is nothing of that name to explain. Expected a reminder, transition, request, proposal, invariant, "
            f"fact or the position of an event{hint}. See the pathway's rules, or ask without a name."
        )


class Inquiry(msgspec.Struct, frozen=True):
    """What is asked on: the case in a turn at one instant, its events as known then, and the rules of each bundle."""

    turn: Turn
    events: tuple[Event, ...]
    rules: Callable[[str], Rules]

    def why(self, name: str, subject: str = "") -> Why:
        """Why it is so, or not: a rule, request, fact or event by its name. Raises NameUnknown."""
        found = tuple(self.named(name, subject))
        if not found:
            raise NameUnknown(difflib.get_close_matches(spelt(name), [spelt(each) for each in names(self.turn)]))
        return found[0] if len(found) == 1 else several(name, found)

    def named(self, name: str, subject: str = "") -> Iterator[Why]:
        """Everything of that name: one id may stand for several moves, one name for a rule and a fact."""
        turn, wanted = self.turn, spelt(name)
        form = turn.pathway.form
        if wanted.isdecimal():
            if any(each.position == int(wanted) for each in self.events):
                yield event(self.events, int(wanted), self.rules, turn.at)
            return
        for each in form.reminders:
            if wanted in (spelt(each.id), spelt(each.name)):
                yield from reminder(turn, each, subject) or (nothing(each.id, each.title),)
        yield from (move(turn, each) for each in form.transitions if wanted in (spelt(each.id), spelt(each.name)))
        for asked in form.requests:
            acts = {spelt(f"{asked.drug} {act}") for act in asked.acts} | {
                spelt(f"{act} {asked.drug}") for act in asked.acts
            }
            if wanted == spelt(asked.id) or wanted in acts:
                yield request(turn, asked)
        for halt in form.stops:
            if wanted in (spelt(f"{halt.drug} stop"), spelt(f"stop {halt.drug}")):
                yield stop(turn, halt)
        yield from (proposal(turn, each) for each in form.proposals if wanted == spelt(each.name))
        yield from (invariant(turn, each) for each in form.never if wanted in (spelt(each.id), spelt(each.name)))
        known = next((each for each in turn.pathway.names if spelt(each) == wanted), None)
        if known in form.latches:
            yield latch(turn, known)
        elif known is not None and known != "opened":
            yield fact(Ground(turn.view, turn.view, turn.at), known)

    def now(self) -> tuple[Why, ...]:
        """What is so now: open reminders; on an open case refused requests, proposals, invariants not kept as well."""
        turn, form = self.turn, self.turn.pathway.form
        held = [each for each in self.reminders() if each.answer == "yes"]
        if closed(turn):
            return tuple(held)
        refused = [each for each in (request(turn, one) for one in form.requests) if each.answer == "no"]
        shown = [each for each in (proposal(turn, one) for one in form.proposals) if each.answer == "yes"]
        broken = [each for each in (invariant(turn, one) for one in form.never) if each.answer != "yes"]
        return (*held, *refused, *shown, *broken)

    def absent(self) -> tuple[Why, ...]:
        """What is not so now: moves and requests that are not possible, proposals not shown, reminders not open."""
        turn, form = self.turn, self.turn.pathway.form
        asked = (
            *(move(turn, each) for each in form.transitions),
            *(request(turn, each) for each in form.requests),
            *(proposal(turn, each) for each in form.proposals),
            *(each for one in form.reminders if lasting(one) for each in reminder(turn, one)),
        )
        return tuple(each for each in asked if each.answer != "yes")

    def reminders(self) -> Iterator[Why]:
        """Every reminder about every subject."""
        for form in self.turn.pathway.form.reminders:
            yield from reminder(self.turn, form)

    def everything(self) -> Iterator[Why]:
        """Every rule and name of the pathway."""
        turn, form = self.turn, self.turn.pathway.form
        yield from self.reminders()
        yield from (move(turn, each) for each in form.transitions)
        yield from (request(turn, each) for each in form.requests)
        yield from (stop(turn, each) for each in form.stops)
        yield from (proposal(turn, each) for each in form.proposals)
        yield from (invariant(turn, each) for each in form.never)
        yield from (latch(turn, each) for each in form.latches)
        ground = Ground(turn.view, turn.view, turn.at)
        yield from (fact(ground, each) for each in turn.pathway.names if each != "opened")


def lasting(form: ReminderForm) -> bool:
    """Whether a reminder is about something that is always there; a past sample or product is history."""
    return form.for_each is None or bool(form.for_each.fact)


@lru_cache(maxsize=4096)
def spelt(name: str) -> str:
    """A name however it was written: `Begin 7plus3`, `begin-7plus3`."""
    return "_".join(name.strip().casefold().replace("-", "_").split())


def names(turn: Turn) -> Iterator[str]:
    """Every name that can be asked about."""
    form = turn.pathway.form
    yield from (name for each in form.reminders for name in (each.id, each.name))
    yield from (name for each in form.transitions for name in (each.id, each.name))
    yield from (name for each in form.never for name in (each.id, each.name))
    yield from (each.id for each in form.requests)
    yield from (each.name for each in form.proposals)
    yield from (each for each in turn.pathway.names if each != "opened")


def nothing(name: str, title: str) -> Why:
    """A reminder that has nothing to be about now."""
    return Why(
        "reminder",
        name,
        title,
        "no",
        sentence(f"{title}: not open, because there is nothing now that it could be about"),
        rule=name,
    )


def several(name: str, found: tuple[Why, ...]) -> Why:
    """Several rules of one name."""
    answer = next((word for word in ("yes", "cannot say") if any(each.answer == word for each in found)), "no")
    first = [each for each in found if each.answer == answer]
    text = " ".join(each.sentence for each in (first if answer != "no" else found))
    parts = tuple(msgspec.structs.replace(each, decided=each.answer == answer) for each in found)
    return Why("several", name, name.replace("_", " "), answer, text, parts=parts)
