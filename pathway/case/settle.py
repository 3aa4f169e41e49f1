"""Settle: everything that follows, without anybody asking, from what is known at one instant."""

from pathway.case.events import (
    ChoiceMoved,
    LatchEased,
    LatchSet,
    PhaseEntered,
    RulesFailed,
    TransitionNoted,
    ViolationBegan,
    ViolationBroken,
    ViolationEnded,
)
from pathway.case.exits import closed, lives_on
from pathway.case.facts import Bound, View
from pathway.case.machine import SAME, fire
from pathway.case.made import moment
from pathway.case.obligations import close, reconcile
from pathway.case.turn import Turn
from pathway.clinical.instant import Instant
from pathway.definition.form import ChoiceForm, LoosensForm, TransitionForm
from pathway.definition.guard import NO, YES, Wake

#: Automatic moves follow knowledge or exposure, one step an event; a longer chain is a fault of the definition.
MOVES_LIMIT = 4
#: Passes until nothing more follows. Each pass that changes something writes an event, so a circle is a fault.
PASSES_LIMIT = 12


def settle(turn: Turn) -> None:
    """Write every effect at `turn.at`, until nothing more follows; then `turn.wake` is the next instant to look."""
    moves = 0
    for _ in range(PASSES_LIMIT):
        before = turn.case.position
        if closed(turn):
            after_exit(turn)
            return
        for name in turn.parts("latch"):
            latch(turn, name)
        for name in turn.parts("choice"):
            choice(turn, name)
        if not turn.case.failed:
            moves += sum(move_on(turn, region) for region in turn.parts("region"))
        for name in turn.parts("never"):
            invariant(turn, name)
        for name in turn.parts("reminder"):
            reconcile(turn, *name.partition("|")[::2])
        failures(turn)
        if moves > MOVES_LIMIT and not turn.case.failed:
            turn.emit(RulesFailed("automatic moves", "MovesLimit"))
        if turn.case.position == before:
            turn.wake = turn.next_wake()
            return
    if "effects" not in turn.case.failed:
        turn.emit(RulesFailed("effects", "PassesLimit"))
    turn.wake = turn.next_wake()


def after_exit(turn: Turn) -> None:
    """End every obligation that does not live on after the exit, and bring the others in line."""
    reminders, attention = turn.pathway.reminders, turn.rules.attention
    living = {name for name, form in reminders.items() if lives_on(turn, form)}
    for held in list(turn.case.open.values()):
        if held.reminder not in living:
            close(turn, held, "withdrawn", by_exit=True)
    parts = {part for part, name in attention.kinds["reminder"] if name.partition("|")[0] in living}
    # What no longer lives is asked no more, and wakes nobody.
    for part in turn.memory.wakes.keys() - parts:
        del turn.memory.wakes[part]
    for part, name in attention.kinds["reminder"]:
        if part in parts and turn.due(part):
            turn.wake = None
            reconcile(turn, *name.partition("|")[::2])
            turn.memory.wakes[part] = turn.wake
    turn.wake = turn.next_wake()


def because(turn: Turn, text: str) -> tuple[int, ...]:
    """The events that a guard's answer rests on."""
    return turn.view.grounds(turn.pathway.rules[text].tree, turn.view)


def latch(turn: Turn, name: str) -> None:
    """Set a latch whose condition is a certain yes; while it is held, keep when the condition ceased."""
    form = turn.pathway.form.latches[name]
    answer = turn.ask(form.when)
    if name not in turn.case.latches:
        if answer == YES:
            turn.emit(LatchSet(name, because(turn, form.when)))
    elif answer == NO and name not in turn.case.eased:
        turn.emit(LatchEased(name, turn.at))
    elif answer != NO and name in turn.case.eased:
        turn.emit(LatchEased(name))


def choice(turn: Turn, name: str) -> None:
    """Move a choice with a memory: tighter at once, looser slowly."""
    form = turn.pathway.form.choices[name]
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
    order = [each.name for each in form.rows]
    if since is None:
        turn.emit(ChoiceMoved(name, held.row, easing_to=row, easing_since=panel))
    elif order.index(row) < order.index(held.easing_to):
        # Both panels lie in the stricter of their rows, so that is as far as they loosen.
        turn.emit(ChoiceMoved(name, held.row, easing_to=row, easing_since=since))
    elif panel >= since + turn.pathway.span(loosens.apart) and turn.ask(loosens.when) == YES:
        turn.emit(ChoiceMoved(name, held.easing_to))
    elif panel >= since + turn.pathway.span(loosens.apart):
        turn.ask(loosens.when)


def panel_collected(view: View, loosens: LoosensForm) -> Instant | None:
    """The oldest of the newest collections of a panel's analytes; None while one of them cannot be said."""
    times = [reading.at for reading in map(view.read, loosens.panel) if reading.known and reading.at is not None]
    return min(times) if len(times) == len(loosens.panel) else None


def move_on(turn: Turn, region: str) -> int:
    """Make the first automatic move of a region whose guard is a certain yes; the number of moves made."""
    leaf = turn.case.regions[region].leaf
    for each in turn.rules.automatic.get((region, leaf), ()):
        if turn.ask(each.when or "") == YES:
            return move(turn, each, leaf)
    return 0


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


def invariant(turn: Turn, name: str) -> None:
    """Begin, break and end a violation. Not determinable is not kept and not broken: it changes nothing."""
    never = next(each for each in turn.pathway.form.never if each.id == name)
    answer, held = turn.ask(never.when), turn.case.violations.get(name)
    if answer == YES and held is None:
        bound = Bound(turn.view, {}, {"opened": moment(turn.at)})
        found = turn.pathway.moments[never.no_later_than].find(bound, turn.at, Wake())
        turn.emit(ViolationBegan(name, Instant(max(turn.at, turn.at if found is None else found))))
        held = turn.case.violations[name]
    elif answer == NO and held is not None:
        turn.emit(ViolationEnded(name))
        return
    if held is not None and not held.broken:
        if held.deadline <= turn.at:
            turn.emit(ViolationBroken(name, never.tells))
        turn.note(held.deadline)


def failures(turn: Turn) -> None:
    """Record each computed fact that failed, once: automatic moves stop until people have looked."""
    for name, error in turn.view.failures.items():
        if name not in turn.case.failed:
            turn.emit(RulesFailed(name, error))
