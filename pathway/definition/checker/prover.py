"""The prover: the guards of one file on their ground, and what is asked of them."""

from collections.abc import Mapping
from typing import NamedTuple

import msgspec

from pathway.clinical.computed import Computed
from pathway.clinical.reading import Reading
from pathway.definition.checker.cells import Cells, Ground
from pathway.definition.checker.faults import Faults
from pathway.definition.checker.formula import ANY, NO_BIT, YES_BIT, NotProved
from pathway.definition.form import FactForm, PathwayForm, ReminderForm
from pathway.definition.guard import Guard, Kind
from pathway.definition.names import OWN, aliases_of, it_names, own_names
from pathway.definition.pathway import Rule
from pathway.definition.place import Path

NOT_NO = ANY & ~NO_BIT
NOT_YES = ANY & ~YES_BIT
Wants = list[tuple[Guard, int]]


class Prover(NamedTuple):
    """A file read as far as it can be. `conditions` lacks those that are wrong: whatever uses them is told nothing."""

    form: PathwayForm
    names: dict[str, Kind]
    settings: Mapping[str, Reading]
    rules: Mapping[str, Rule]
    conditions: dict[str, Guard]
    never_missing: frozenset[str]
    unsound: set[Path]
    faults: Faults

    def tree(self, path: Path, text: str | None) -> Guard | None:
        """The tree of a guard; None where there is none, or where it is wrong itself."""
        rule = self.rules.get(text) if text else None
        sound = path not in self.unsound and path[:2] not in self.faults.misshapen
        return rule.tree if rule is not None and sound else None

    def ground(self, fixed: Mapping[str, str] | None = None) -> Ground:
        """The ground of the guards of a file; `fixed` regions are in one phase."""
        entries = {f"{region}.entry" for region in self.form.regions}
        return Ground(
            self.names, self.settings, self.conditions, frozenset({*self.form.regions, *entries}), fixed or {}
        )

    def grounds(self, reminder: ReminderForm) -> list[Ground]:
        """The ground of the guards of a reminder, once for each row of facts that it is about."""
        never = frozenset() if reminder.answers else frozenset({"answered"})
        return [
            msgspec.structs.replace(
                self.ground(), kinds=self.names | own_names(reminder) | it, aliases=aliases, never=never
            )
            for it, aliases in zip(it_names(reminder.for_each, self.names), aliases_of(reminder.for_each), strict=True)
        ]

    def possible(self, wants: Wants, ground: Ground, path: Path) -> bool:
        """Whether there is a cell in which every guard answers as wanted; too many cells are a warning, and yes."""
        try:
            return Cells(ground, [tree for tree, _ in wants]).cell(wants) is not None
        except NotProved as found:
            happened = f"whether this can ever hold is not proved ({found})"
            mend = "ask less in it, or know that nobody has proved it"
            self.faults.add("not_proved", path, happened, "a guard over fewer facts", mend, severity="warning")
            return True


def never_missing(form: PathwayForm, computed: Mapping[str, Computed]) -> frozenset[str]:
    """The names that can always be said, unless a computation fails, which is told to people in its own way.

    Findings and products have a word for unsaid, a fact computed from reports answers with none; a value of the
    laboratory grows old, a flag may never be said, and an exposure can be said to be unknown.
    """
    found = {*form.settings, *form.choices, *form.regions, *OWN, "enrolled", "it.opened", "it.settled", "it.urgent"}
    found |= {"it.reviewed", "it.signed"}
    found |= {"it.collected", "it.resulted", *(f"{region}.entered" for region in form.regions)}
    found |= {f"{region}.entry" for region in form.regions}
    for name, fact in form.facts.items():
        if fact.course:
            found |= {f"{name}.number", f"{name}.intensive"}
        if fact.exposure:
            found |= {f"{name}.{each}" for each in ("given_after_stop", "stop_confirmed", "overridden")}
        if always_said(fact, computed):
            found.add(name)
    found |= {name for name, fact in form.facts.items() if fact.elapsed in found}
    return frozenset(found)


def always_said(fact: FactForm, computed: Mapping[str, Computed]) -> bool:
    """Whether a fact has a word for everything."""
    function = computed.get(fact.computed or "")
    if fact.valid_for is not None:
        return False
    if function is not None:
        return function.takes == "reports" and function.type != "number"
    return bool(fact.products or fact.course or (fact.finding and fact.unsaid in fact.finding))
