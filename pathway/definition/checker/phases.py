"""Phases: each can be reached and left, and every exit says who takes over."""

from pathway.definition.checker.faults import Faults
from pathway.definition.form import ExitForm, PathwayForm, ReminderForm, TransitionForm
from pathway.definition.mentions import REMINDERS, RESULTS, parents
from pathway.definition.place import Path


def phases(form: PathwayForm, faults: Faults) -> None:
    """Every leaf is reached from the first and has a way out unless it is an exit; every exit has heirs."""
    for name, region in form.regions.items():
        for index, leaf in enumerate(region.closed):
            heirs(form, leaf, ("regions", name, "closed", index), faults)
        if name in faults.doubtful or not all(goes(move, form) for move in form.transitions):
            continue
        moves = [(leaf, move.to) for leaf in region.phases for move in leaving(form, name, leaf)]
        reached = [region.initial]
        for leaf in reached:
            reached.extend(to for start, to in moves if start == leaf and to not in reached)
        for index, leaf in enumerate(region.phases):
            path: Path = ("regions", name, "phases", index)
            if leaf not in reached and region.initial in region.phases:
                happened, mend = f"phase {leaf} is never reached", "write the move, or take the phase out"
                faults.add("unreachable", path, happened, f"a move from {region.initial} on", mend)
            if leaf not in region.closed and not any(start == leaf for start, _ in moves) and len(region.phases) > 1:
                happened, mend = f"phase {leaf} has no way out and is no exit", "write the move, or name it in `closed`"
                faults.add("no_way_out", path, happened, "a move that leaves it", mend)


def goes(move: TransitionForm, form: PathwayForm) -> bool:
    """Whether a move names its region and phases rightly; while one does not, nothing is said about ways."""
    leaves = form.regions[move.region].phases if move.region in form.regions else ()
    starts = {start for leaf in leaves for start in (leaf, *parents(leaf))}
    return move.to in (*leaves, "same") and starts.issuperset(move.from_)


def leaving(form: PathwayForm, region: str, leaf: str) -> list[TransitionForm]:
    """The moves that leave a leaf, by people or automatic."""
    return [
        move
        for move in form.transitions
        if move.region == region and move.to not in ("same", leaf) and begins(move, leaf)
    ]


def begins(move: TransitionForm, leaf: str) -> bool:
    """Whether a move begins at a leaf; a parent in `from` means all its leaves."""
    return any(leaf == start or leaf.startswith(start + ".") for start in move.from_)


def heirs(form: PathwayForm, leaf: str, path: Path, faults: Faults) -> None:
    """An exit names who takes its pending results and its open critical reminders, or why nobody need."""
    left = form.exits.get(leaf)
    if left is None:
        mend = f"write [exits.{leaf!r}] with heirs, or with no_heirs and the reason".replace("'", '"')
        faults.add("heirs", path, f"exit {leaf} has no heirs", "who takes what is still open", mend)
        return
    path = ("exits", leaf)
    if left.no_heirs is not None:
        if left.heirs or not left.no_heirs.strip():
            expected, mend = "heirs, or the reason why there are none", "keep one of them"
            faults.add("heirs", path, f"exit {leaf} has heirs and none, or no reason", expected, mend)
        return
    for what in missing(form, left):
        happened, mend = f"exit {leaf} leaves {what} to nobody", f"add {what} to its heirs"
        faults.add("heirs", path, happened, "an heir for results and for every critical reminder", mend)


def missing(form: PathwayForm, left: ExitForm) -> list[str]:
    """What an exit leaves to nobody."""
    found = [] if RESULTS in left.heirs else [RESULTS]
    if REMINDERS not in left.heirs:
        found += [each.id for each in form.reminders if critical(each) and each.id not in left.heirs]
    return found


def critical(reminder: ReminderForm) -> bool:
    """Whether a reminder is critical, as a whole, at a level or on a rung."""
    ladders = (reminder.ladder, *(level.ladder for level in reminder.levels))
    return (
        reminder.critical
        or any(level.critical for level in reminder.levels)
        or any(rung.critical for ladder in ladders for rung in ladder)
    )
