"""Settle: everything that follows, without anybody asking, from what is known at one instant."""

from pathway.case.events import (
    ChoiceMoved,
    LatchSet,
    PhaseEntered,
    RulesFailed,
    TransitionNoted,
    ViolationBegan,
    ViolationBroken,
    ViolationEnded,
)
from pathway.case.facts import Bound, View, moment
from pathway.case.machine import SAME, fire
from pathway.case.obligations import reconcile, withdraw_all
from pathway.case.turn import Turn
from pathway.clinical.instant import Instant
from pathway.definition.form import ChoiceForm, LoosensForm, TransitionForm
from pathway.definition.guard import NO, YES, Wake, decisive_events, explain

#: Automatic moves follow knowledge or exposure, one step an event; a longer chain is a fault of the definition.
MOVES_LIMIT = 4
#: Passes until nothing more follows. Each pass that changes something writes an event, so a circle is a fault.
PASSES_LIMIT = 12


def settle(turn: Turn) -> None:
    """Write every effect at `turn.at`, until nothing more follows; then `turn.wake` is the next instant to look."""
    moves = 0
    for _ in range(PASSES_LIMIT):
        before = turn.case.position
        turn.wake = None
        if closed(turn):
            withdraw_all(turn)
            return
        latches(turn)
        choices(turn)
        if not turn.case.failed:
            moves += transitions(turn)
        invariants(turn)
        reconcile(turn)
        failures(turn)
        if moves > MOVES_LIMIT and not turn.case.failed:
            turn.emit(RulesFailed("automatic moves", "MovesLimit"))
        if turn.case.position == before:
            return
    if not turn.case.failed:
        turn.emit(RulesFailed("effects", "PassesLimit"))


def closed(turn: Turn) -> bool:
    """Whether a region stands in a leaf that ends the case."""
    form = turn.pathway.form
    return any(place.leaf in form.regions[region].closed for region, place in turn.case.regions.items())


def because(turn: Turn, text: str) -> tuple[int, ...]:
    """The events that a guard's answer rests on."""
    return decisive_events(explain(turn.pathway.rules[text].tree, turn.view, turn.at))


def latches(turn: Turn) -> None:
    """Set every latch whose condition is a certain yes."""
    for name, latch in turn.pathway.form.latches.items():
        if name not in turn.case.latches and turn.ask(latch.when) == YES:
            turn.emit(LatchSet(name, because(turn, latch.when)))


def choices(turn: Turn) -> None:
    """Move each choice with a memory: tighter at once, looser slowly."""
    for name, form in turn.pathway.form.choices.items():
        if not form.rows:
            continue
        row, wake = turn.view.row(form)
        turn.note(wake)
        held = turn.case.choices.get(name)
        order = [each.name for each in form.rows]
        if held is None:
            turn.emit(ChoiceMoved(name, row))
        elif order.index(row) < order.index(held.row):
            turn.emit(ChoiceMoved(name, row, tightened=True))
        elif order.index(row) > order.index(held.row):
            ease(turn, name, form, row)
        elif held.easing_to:
            turn.emit(ChoiceMoved(name, row))


def ease(turn: Turn, name: str, form: ChoiceForm, row: str) -> None:
    """Begin to loosen with the first better panel; loosen with a second, far enough apart from it (H20)."""
    held, loosens = turn.case.choices[name], form.loosens
    if loosens is None:
        turn.emit(ChoiceMoved(name, row))
        return
    panel = panel_collected(turn.view, loosens)
    if panel is None:
        return
    since = held.easing_since if held.easing_to else None
    if since is None:
        turn.emit(ChoiceMoved(name, held.row, easing_to=row, easing_since=panel))
    elif panel >= since + turn.pathway.span(loosens.apart) and turn.ask(loosens.when) == YES:
        turn.emit(ChoiceMoved(name, row))
    elif panel >= since + turn.pathway.span(loosens.apart):
        turn.ask(loosens.when)


def panel_collected(view: View, loosens: LoosensForm) -> Instant | None:
    """The oldest of the newest collections of a panel's analytes; None while one of them cannot be said."""
    times = [reading.at for reading in map(view.read, loosens.panel) if reading.known and reading.at is not None]
    return min(times) if len(times) == len(loosens.panel) else None


def transitions(turn: Turn) -> int:
    """Make the automatic moves whose guard is a certain yes; the number of moves made."""
    moved = 0
    for region in turn.pathway.form.regions:
        leaf = turn.case.regions[region].leaf
        for each in turn.pathway.transitions_from(region, leaf):
            if each.by or each.when is None or turn.ask(each.when) != YES:
                continue
            moved += move(turn, each, leaf)
            break
    return moved


def move(turn: Turn, each: TransitionForm, leaf: str) -> int:
    """One automatic move, or a note of knowledge where the pathway moves nothing."""
    reasons = because(turn, each.when or "")
    if each.to == SAME:
        if turn.case.noted.get(each.name) == reasons:
            return 0
        turn.emit(TransitionNoted(each.region, leaf, each.name, reasons))
        return 1
    enter(turn, each, leaf, reasons)
    return 1


def enter(turn: Turn, each: TransitionForm, leaf: str, reasons: tuple[int, ...]) -> None:
    """Enter the leaf that the region's machine gives for this transition."""
    to = fire(turn.rules.machines[each.region], leaf, each.name)
    entry = turn.case.entries.get(to, 0) + 1
    turn.emit(PhaseEntered(each.region, to, leaf, each.name, entry, reasons))


def invariants(turn: Turn) -> None:
    """Begin, break and end violations. Not determinable is not kept and not broken: it changes nothing."""
    for never in turn.pathway.form.never:
        answer, held = turn.ask(never.when), turn.case.violations.get(never.id)
        if answer == YES and held is None:
            wake = Wake()
            bound = Bound(turn.view, {}, {"opened": moment(turn.at)})
            found = turn.pathway.moments[never.no_later_than].find(bound, turn.at, wake)
            deadline = max(turn.at, turn.at if found is None else found)
            turn.emit(ViolationBegan(never.id, Instant(deadline)))
            held = turn.case.violations[never.id]
        elif answer == NO and held is not None:
            turn.emit(ViolationEnded(never.id))
            continue
        if held is not None and not held.broken:
            if held.deadline <= turn.at:
                turn.emit(ViolationBroken(never.id, never.tells))
            else:
                turn.note(held.deadline)


def failures(turn: Turn) -> None:
    """Record a computed fact that failed, once: automatic moves stop until people have looked."""
    if not turn.case.failed:
        for name, error in turn.view.failures.items():
            turn.emit(RulesFailed(name, error))
            return
