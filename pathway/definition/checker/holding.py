"""Holding: every guard can hold at all; one that cannot is a rule that nobody will ever see at work."""

from collections.abc import Iterable

from pathway.definition.checker.cells import Ground
from pathway.definition.checker.formula import NO_BIT, YES_BIT
from pathway.definition.checker.phases import begins
from pathway.definition.checker.prover import NOT_NO, NOT_YES, Prover, Wants
from pathway.definition.form import LevelForm, ReminderForm, RowForm, WordingForm
from pathway.definition.guard import Guard, names_read
from pathway.definition.place import Path
from pathway.definition.written import in_reminder


def holding(prover: Prover) -> None:
    """Tells every guard that no cell makes yes. A condition that is so is told once, not where it is used."""
    for name in in_order(prover):
        if not can_hold(prover, ("conditions", name), prover.form.conditions[name], [prover.ground()]):
            del prover.conditions[name]
    plain = [prover.ground()]
    for name, latch in prover.form.latches.items():
        can_hold(prover, ("latches", name, "when"), latch.when, plain)
        can_hold(prover, ("latches", name, "release_when"), latch.release_when, plain)
    for name, choice in prover.form.choices.items():
        in_turn(prover, ("choices", name, "rows"), choice.rows, [], plain, NOT_NO)
        can_hold(prover, ("choices", name, "loosens", "when"), choice.loosens.when if choice.loosens else None, plain)
    of_moves(prover)
    for index, asked in enumerate(prover.form.requests):
        path: Path = ("requests", index)
        can_hold(prover, (*path, "allow_only_when"), asked.allow_only_when, plain)
        if can_hold(prover, (*path, "refuse_when"), asked.refuse_when, plain):
            refused = prover.tree((*path, "refuse_when"), asked.refuse_when)
            for at, door in enumerate(asked.doors):
                place = (*path, "doors", at, "when")
                can_hold(prover, place, door.when, plain, [(refused, NOT_YES)] if refused else [])
    for index, proposal in enumerate(prover.form.proposals):
        can_hold(prover, ("proposals", index, "when"), proposal.when, plain)
    for index, never in enumerate(prover.form.never):
        can_hold(prover, ("never", index, "when"), never.when, plain)
    for index, reminder in enumerate(prover.form.reminders):
        of_reminder(prover, ("reminders", index), reminder)


def in_order(prover: Prover) -> list[str]:
    """The conditions, each after those that it uses."""
    found: dict[str, None] = {}

    def add(name: str) -> None:
        if name not in found:
            for other in sorted(names_read(prover.conditions[name]) & prover.conditions.keys()):
                add(other)
            found[name] = None

    for name in prover.conditions:
        add(name)
    return list(found)


def can_hold(
    prover: Prover,
    path: Path,
    text: str | None,
    grounds: Iterable[Ground],
    beside: Wants | None = None,
    bits: int = YES_BIT,
) -> bool:
    """Whether a guard can hold on each ground, beside other answers; where not, it is told."""
    tree = prover.tree(path, text)
    if tree is None:
        return True
    failed = [ground for ground in grounds if not prover.possible([(tree, bits), *(beside or [])], ground, path)]
    if failed:
        about = ", ".join(f"{alias} = {name}" for alias, name in failed[0].aliases.items())
        about = about or ", ".join(f"{region} = {leaf}" for region, leaf in failed[0].fixed.items())
        shown = " ".join((text or "").split())
        happened = f"`{shown}` can never hold{f' (with {about})' if about else ''}"
        happened += " while what stands around it allows it to be asked" if beside else ""
        prover.faults.add(
            "never_holds", path, happened, "a guard that some patient meets", "mend it, or take the rule out"
        )
    return not failed


def in_turn(
    prover: Prover,
    path: Path,
    rows: tuple[RowForm | LevelForm | WordingForm, ...],
    beside: Wants,
    grounds: list[Ground],
    bits: int,
) -> None:
    """Of rows of which the first that holds is taken, each has its turn. `bits`: what counts as holding."""
    before: Wants = []
    for index, row in enumerate(rows):
        place = (*path, index, "when")
        tree = prover.tree(place, row.when)
        if row.when and tree is None:
            return
        wants = [*before, *beside]
        if tree is not None:
            if can_hold(prover, place, row.when, grounds) and can_hold(prover, place, row.when, grounds, wants, bits):
                before.append((tree, NO_BIT if bits == NOT_NO else NOT_YES))
        elif not any(prover.possible(wants, ground, place) for ground in grounds):
            happened = f"{row.name} is never reached: one before it always holds"
            prover.faults.add("never_holds", (*path, index), happened, "a row that some patient meets", "take it out")
            return


def of_moves(prover: Prover) -> None:
    """A move can be made from each phase that it begins in, and each of its reasons can be asked for."""
    for index, move in enumerate(prover.form.transitions):
        region = prover.form.regions.get(move.region)
        leaves = [leaf for leaf in region.phases if begins(move, leaf)] if region else []
        grounds = [prover.ground({move.region: leaf}) for leaf in leaves]
        can_hold(prover, ("transitions", index, "when"), move.when, grounds)
        for at, reason in enumerate(move.reasons):
            can_hold(prover, ("transitions", index, "reasons", at, "when"), reason.when, [prover.ground()])


def of_reminder(prover: Prover, path: Path, reminder: ReminderForm) -> None:
    """A reminder can open, be done, and reach each of its levels, wordings and rungs while it is open."""
    grounds = prover.grounds(reminder)
    when, done = (prover.tree((*path, key), getattr(reminder, key)) for key in ("when", "done_when"))
    if when is None or done is None or not can_hold(prover, (*path, "when"), reminder.when, grounds):
        return
    if not doable(prover, path, reminder, when, done, grounds):
        return
    opened: Wants = [(when, NOT_NO), (done, NOT_YES)]
    in_turn(prover, (*path, "levels"), reminder.levels, opened, grounds, NOT_NO)
    in_turn(prover, (*path, "wordings"), reminder.wordings, opened, grounds, YES_BIT)
    for place, sort, text in in_reminder(reminder):
        # Levels and wordings have had their turn above; what is left are rungs and puttings off.
        if sort == "rule" and (place[0] in ("snooze", "not_possible") or "ladder" in place):
            can_hold(prover, (*path, *place), text, grounds, opened)


def doable(prover: Prover, path: Path, reminder: ReminderForm, when: Guard, done: Guard, grounds: list[Ground]) -> bool:
    """Whether the done rule can hold, and does not hold already whenever the reason does; else it is told."""
    faults = prover.faults
    for ground in grounds:
        if not prover.possible([(done, YES_BIT)], ground, (*path, "done_when")):
            lacks = " (it has no answers)" if not reminder.answers else ""
            happened = f"reminder {reminder.id} can never be done{lacks}"
            mend = "name what discharges it"
            faults.add("undoable", (*path, "done_when"), happened, "a done rule that some act makes true", mend)
            return False
        if not prover.possible([(when, YES_BIT), (done, NOT_YES)], ground, (*path, "done_when")):
            happened = f"reminder {reminder.id} is done whenever its reason holds: it never opens"
            mend = "name what discharges it"
            faults.add(
                "undoable", (*path, "done_when"), happened, "a done rule that can be open beside the reason", mend
            )
            return False
    return True
