"""The file of indicators: what is counted or timed, over which patients, and what is published about it.

A pattern names an event by its type and the words that its fields may hold. Limits are settings of the definition, or
written with their unit.
"""

from typing import Literal

from pathway.definition.form.part import Form, Sources


class PatternForm(Form, frozen=True):
    """Events of one type whose fields hold one of some words each; of a list, where one of its entries does.

    `at`: the field with its instant, `recorded` for when it was learned, empty for when it occurred; an event whose
    field is empty counts when it occurred. `below`: a setting that a usable result certainly lies under.
    """

    event: str
    where: dict[str, tuple[str, ...]] = {}
    at: str = ""
    below: str = ""


class DuringForm(Form, frozen=True):
    """What must hold at the start: the latest event of a pattern has one of some words in a field of it.

    `otherwise`: the reason under which the others are counted as excluded.
    """

    event: str
    latest: dict[str, tuple[str, ...]]
    otherwise: str
    where: dict[str, tuple[str, ...]] = {}
    at: str = ""


class ExcludeForm(Form, frozen=True):
    """Cases with such an event are left out, and counted under the reason."""

    reason: str
    event: str
    where: dict[str, tuple[str, ...]] = {}


class GroupForm(Form, frozen=True):
    """A way to divide the figures: by a field of the start, of the stop, or of the latest event of a pattern.

    Exactly one of `start`, `stop` and `event` is given; `field` goes with `event`. `latest` is that before the start,
    or with `ever` the last that there is.
    """

    title: str
    start: str = ""
    stop: str = ""
    event: str = ""
    where: dict[str, tuple[str, ...]] = {}
    field: str = ""
    ever: bool = False


class PublishedForm(Form, frozen=True):
    """A figure from the literature, as a text for comparison, and where it stands."""

    text: str
    source: str


class IndicatorForm(Form, frozen=True):
    """One indicator. The texts `numerator` and `denominator` are what people read.

    `interval`: from a start to a stop; the numerator is what came within the window, or at all where there is none.
    `count`: cases with at least one such event (`start`). `range`: of the time from start to stop, that in which a
    laboratory fact was at least a setting; where no value was in force nobody knows.

    `each`: the first start of a case, every one, or every one that no earlier one is still waiting for. `window`:
    lower and upper limit after the start, empty for none. `due`: the field of the start with the instant by which it is
    due, `moved` the events that move it. `join`: field of the stop to field of the start that must hold the same;
    `position` is that of the start. `same`: fields that `moved` and `void` share with the start, and `not_done` as
    far as it has them. `after`: the stop is later than the start, never at it. `before`: what a stop
    before the start is: no matter, a reason to leave it out, or in time. `population`: only cases with one of these.
    `announced`: what says that a start is to come, told from others by the fields `announced_by`; without a start it is
    left out under the reason `unstarted` once the case has ended, and open until then. `void`: a start that such an
    event took back before it was due is left out under the reason `voided`. `not_done`: events by which somebody
    said that it is not to be; with `may_come` that is final only once the case has ended. `silence`: what it means that
    nothing was said by the end of the window or of the case. `after_exit`: the end of the case ends nothing.
    `everyone`: the exclusions of the file do not apply. `never`: it must be none.
    """

    id: str
    question: str
    title: str
    kind: Literal["interval", "count", "range"]
    start: tuple[PatternForm, ...]
    numerator: str
    denominator: str
    source: Sources
    unit: Literal["min", "h", "d", "%"] = "h"
    stop: tuple[PatternForm, ...] = ()
    each: Literal["case", "start", "episode"] = "case"
    window: tuple[str, ...] = ()
    due: str = ""
    moved: tuple[PatternForm, ...] = ()
    join: dict[str, str] = {}
    same: tuple[str, ...] = ()
    after: bool = False
    before: Literal["ignored", "excluded", "counts"] = "ignored"
    during: tuple[DuringForm, ...] = ()
    population: tuple[PatternForm, ...] = ()
    announced: tuple[PatternForm, ...] = ()
    announced_by: tuple[str, ...] = ()
    unstarted: str = ""
    void: tuple[PatternForm, ...] = ()
    voided: str = ""
    not_done: tuple[PatternForm, ...] = ()
    may_come: bool = False
    silence: Literal["not_documented", "not_done"] = "not_documented"
    after_exit: bool = False
    everyone: bool = False
    never: bool = False
    fact: str = ""
    at_least: str = ""
    by: tuple[GroupForm, ...] = ()
    published: tuple[PublishedForm, ...] = ()
    note: str = ""


class IndicatorsForm(Form, frozen=True):
    """A whole file of indicators of format 1, for one version of a pathway. `exclude` holds for every indicator."""

    format: Literal[1]
    pathway: str
    version: int
    indicators: tuple[IndicatorForm, ...]
    exclude: tuple[ExcludeForm, ...] = ()
