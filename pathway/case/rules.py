"""A pathway with its state machines: what a case is decided by."""

from collections.abc import Mapping

import msgspec

from pathway.case.attention import Attention, attention
from pathway.case.machine import Regional, machines
from pathway.case.subjects import Subject, fact_subject
from pathway.definition.form import TransitionForm
from pathway.definition.pathway import Pathway


class Rules(msgspec.Struct, frozen=True):
    """A loaded pathway, one machine per region, what each of its parts rests on, and the subjects that are facts.

    `subjects`: (reminder, fact) to its one subject. `reach`: stem to the names and the parts that change with it.
    `automatic`: (region, phase) to the moves that begin there by themselves.
    """

    pathway: Pathway
    machines: dict[str, Regional]
    attention: Attention
    subjects: Mapping[tuple[str, str], tuple[Subject, ...]]
    reach: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]]
    automatic: Mapping[tuple[str, str], tuple[TransitionForm, ...]]


def rules_of(pathway: Pathway) -> Rules:
    """The rules of a pathway; built once and shared by all its cases."""
    subjects = {
        (reminder.id, row["it"]): (fact_subject(pathway, row),)
        for reminder in pathway.form.reminders
        if reminder.for_each
        for row in reminder.for_each.fact
    }
    automatic = {
        (name, leaf): tuple(
            each for each in pathway.transitions_from(name, leaf) if each.when is not None and not each.by
        )
        for name, region in pathway.form.regions.items()
        for leaf in region.phases
    }
    found = attention(pathway)
    return Rules(pathway, machines(pathway), found, subjects, reach(found), automatic)


def reach(found: Attention) -> dict[str, tuple[tuple[str, ...], tuple[str, ...]]]:
    """Stem to the names under it and under all that rests on it, and to the parts that read any of these stems."""
    readers: dict[str, list[str]] = {}
    for part, stems in found.parts.items():
        for stem in stems:
            readers.setdefault(stem, []).append(part)
    reached = {}
    for stem in {*found.rests_on, *found.names, *readers}:
        above = found.rests_on.get(stem, (stem,))
        names = tuple(name for each in above for name in found.names.get(each, ()))
        reached[stem] = names, tuple({part for each in above for part in readers.get(each, ())})
    return reached
