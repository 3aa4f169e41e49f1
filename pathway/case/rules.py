"""A pathway with its state machines: what a case is decided by."""

from collections.abc import Mapping

import msgspec

from pathway.case.attention import Attention, attention
from pathway.case.machine import Regional, machines
from pathway.case.subjects import Subject, fact_subject
from pathway.definition.pathway import Pathway


class Rules(msgspec.Struct, frozen=True):
    """A loaded pathway, one machine per region, what each of its parts rests on, and the subjects that are facts.

    `subjects`: (reminder, fact) to its one subject. `readers`: stem to the parts that read it.
    """

    pathway: Pathway
    machines: dict[str, Regional]
    attention: Attention
    subjects: Mapping[tuple[str, str], tuple[Subject, ...]]
    readers: Mapping[str, tuple[str, ...]]


def rules_of(pathway: Pathway) -> Rules:
    """The rules of a pathway; built once and shared by all its cases."""
    subjects = {
        (reminder.id, row["it"]): (fact_subject(pathway, row),)
        for reminder in pathway.form.reminders
        if reminder.for_each
        for row in reminder.for_each.fact
    }
    found = attention(pathway)
    readers: dict[str, list[str]] = {}
    for part, stems in found.parts.items():
        for stem in stems:
            readers.setdefault(stem, []).append(part)
    return Rules(pathway, machines(pathway), found, subjects, {stem: tuple(each) for stem, each in readers.items()})
