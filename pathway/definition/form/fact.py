"""Settings and facts, and the judgements made of them: latches and choices."""

from typing import Literal

import msgspec

from pathway.definition.form.part import Form, Sources


class SettingForm(Form, frozen=True):
    """A number or span with bounds and its safe direction, or daily local rounds."""

    source: Sources
    value: str | None = None
    rounds: tuple[str, ...] = ()
    bounds: tuple[str, str] | None = None
    safe: Literal["up", "down"] | None = None


class FactForm(Form, frozen=True):
    """A fact; exactly one of its kinds is given. `unsaid` is what it is before anything was said.

    `on_death`: the value that a finding takes when a death is reported. `valid_for`: how long what is known holds.
    `score`: the lowest and the highest whole number that a computed fact may be. `elapsed`: the fact or instant since
    which time is counted.
    """

    title: str
    lab: str | None = None
    unit: str = ""
    valid_for: str | None = None
    lines: tuple[str, ...] = ()
    finding: tuple[str, ...] = ()
    flag: bool = False
    unsaid: str | None = None
    on_death: str | None = None
    computed: str | None = None
    from_: dict[str, str] = msgspec.field(name="from", default_factory=dict)
    reports: tuple[str, ...] = ()
    exposure: str | None = None
    forms: tuple[str, ...] = ()
    products: tuple[str, ...] = ()
    course: bool = False
    difference: tuple[str, str] | None = None
    score: tuple[int, int] | None = None
    elapsed: str | None = None


class LatchForm(Form, frozen=True):
    """A condition that once true stays true until one of `released_by` ends it, on a certain yes of `release_when`."""

    title: str
    when: str
    released_by: tuple[str, ...]
    source: Sources
    release_when: str | None = None


class RowForm(Form, frozen=True):
    """One row of a choice, the strictest first; the last has no `when`."""

    name: str
    when: str | None = None


class LoosensForm(Form, frozen=True):
    """When a choice may move to a looser row: two panels so far apart, and a guard."""

    panel: tuple[str, ...]
    apart: str
    when: str


class ChoiceForm(Form, frozen=True):
    """A choice by case: rows of its own, or settings taken by the row of another choice."""

    title: str
    source: Sources
    rows: tuple[RowForm, ...] = ()
    loosens: LoosensForm | None = None
    by: str | None = None
    take: dict[str, str] = {}
