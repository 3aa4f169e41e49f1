"""Gaps: a critical reminder never stays silent because something is missing, unless another one asks for it (H04)."""

import re

import msgspec

from pathway.definition.checker.cells import MISSING, Cells, Ground
from pathway.definition.checker.formula import CANNOT_SAY_BIT, YES_BIT, NotProved
from pathway.definition.checker.phases import critical
from pathway.definition.checker.prover import Prover
from pathway.definition.form import ReminderForm
from pathway.definition.guard import Guard
from pathway.definition.guard.tree import Known
from pathway.definition.place import Path

COVERED = re.compile(r"covered by (\S+)")
CERTAIN = "always certain"


def gaps(prover: Prover) -> None:
    """Every critical reminder says what each gap does that could keep it from opening."""
    for index, reminder in enumerate(prover.form.reminders):
        path: Path = ("reminders", index)
        when = prover.tree((*path, "when"), reminder.when)
        if when is None:
            continue
        read: set[str] = set()
        for ground in prover.grounds(reminder):
            said = {ground.stem(name) for name in (*reminder.opens_when_unknown, *reminder.gaps)}
            read |= {name for names in Cells(ground, [when]).reads.values() for name in names}
            if critical(reminder):
                silences(prover, path, reminder, when, ground, said)
            words_hold(prover, path, reminder, ground)
        aliases = {alias for ground in prover.grounds(reminder) for alias in ground.aliases}
        for name in reminder.gaps:
            if name not in read and name not in aliases:
                happened = f"reminder {reminder.id} speaks of a gap of {name}, which its reason does not read"
                prover.faults.add("gap", (*path, "gaps", name), happened, "a name of its reason", "take it out")


def silences(prover: Prover, path: Path, reminder: ReminderForm, when: Guard, ground: Ground, said: set[str]) -> None:
    """Tells every name whose gap, alone or with others, makes the reason cannot-say, and of which nothing is said."""
    if any(name not in ground.kinds for name in said):
        return
    wrong = {*prover.form.conditions} - {*prover.conditions}
    certain = ground.certain | prover.never_missing | said | wrong
    while True:
        cells = Cells(msgspec.structs.replace(ground, certain=certain), [when])
        try:
            cell = cells.cell([(when, CANNOT_SAY_BIT)])
        except NotProved as found:
            happened = f"reminder {reminder.id} is not proved to miss no gap ({found})"
            prover.faults.add("not_proved", (*path, "when"), happened, "a reason with fewer facts", "give parts a name")
            return
        if cell is None:
            return
        missing = [name for name, words in cell.items() if words.endswith(MISSING)] or list(cell)
        named = sorted({name for variable in missing for name in cells.reads[variable]} - certain)
        if prover.faults.doubts(named):
            return
        for name in named:
            happened = f"critical reminder {reminder.id} stays silent while {name} cannot be said"
            mend = f'add it to opens_when_unknown, or gaps = {{ {name} = "covered by ..." }}'
            prover.faults.add("silent_gap", (*path, "when"), happened, "what its gap does", mend)
        if not named:
            return
        certain |= set(named)


def words_hold(prover: Prover, path: Path, reminder: ReminderForm, ground: Ground) -> None:
    """What is said about gaps is so: a certain name has none, a reminder that covers one can be open beside it."""
    for name, words in reminder.gaps.items():
        place = (*path, "gaps", name)
        covered = COVERED.fullmatch(words)
        if words == CERTAIN:
            if ground.stem(name) not in prover.never_missing:
                happened, mend = f"{name} is not always certain", "say which reminder covers its gap"
                prover.faults.add("gap", place, happened, "a fact with a word for everything", mend)
        elif covered is None:
            expected, mend = f"`covered by` a reminder, or `{CERTAIN}`", "say which reminder asks for it"
            prover.faults.add("gap", place, f"a gap of {name} is {words!r}", expected, mend)
        elif covered[1] not in {each.id for each in prover.form.reminders if each is not reminder}:
            known = [each.id for each in prover.form.reminders if each is not reminder]
            if not prover.faults.any_misshapen("reminders"):
                prover.faults.unknown(place, "reminder", covered[1], known)
        elif not covers(prover, covered[1], ground.stem(name)):
            happened, mend = f"{covered[1]} is never open while {name} is missing", "name the one that asks for it"
            prover.faults.add("gap", place, happened, "a reminder that covers the gap", mend)


def covers(prover: Prover, reminder: str, name: str) -> bool:
    """Whether a reminder can be open while a name is missing."""
    index, form = next((at, each) for at, each in enumerate(prover.form.reminders) if each.id == reminder)
    path: Path = ("reminders", index, "when")
    when = prover.tree(path, form.when)
    if when is None or name in prover.never_missing:
        return True
    gap = Known(name, negated=True)
    return any(prover.possible([(when, YES_BIT), (gap, YES_BIT)], ground, path) for ground in prover.grounds(form))
