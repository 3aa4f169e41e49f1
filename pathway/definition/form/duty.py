"""Reminders: ladders, answers, putting off, and for what they exist once each."""

from typing import Literal

import msgspec

from pathway.definition.form.part import Form, Sources

#: What becomes of rungs that nobody could ring in time: each role at once, the latest alone, or, too late, a record.
Misfire = Literal["fire now", "fire latest once", "expire with a record"]


class RungForm(Form, frozen=True):
    """A step of a ladder: when, and to whom (`physician by page`)."""

    at: str
    to: tuple[str, ...]
    when: str | None = None
    critical: bool = False
    quiet_when: str | None = None


class LevelForm(Form, frozen=True):
    """A grade of urgency of a reminder, the gravest first; what it leaves out the reminder says."""

    name: str
    when: str | None = None
    due: str | None = None
    ladder: tuple[RungForm, ...] = ()
    critical: bool | None = None
    repeat: str | None = None


class WordingForm(Form, frozen=True):
    """A text for the pages, the first whose guard says yes. `{fact}` shows what is known of a fact."""

    name: str
    text: str
    when: str | None = None


class AcknowledgeForm(Form, frozen=True):
    """What an acknowledgement by these roles pauses (the ladder, or their own rung and those below), until when."""

    by: tuple[str, ...]
    pauses: Literal["ladder", "own"]
    until: str


class AnswerForm(Form, frozen=True):
    """One possible answer: who may give it, with a second or not, and the longest time to its review.

    `overrides`: the exposure that counts as overridden while the answer stands.
    """

    by: tuple[str, ...]
    second: bool = False
    review: str | None = None
    overrides: str | None = None


class PutOffForm(Form, frozen=True):
    """A putting off: once, by 1/`share` of a span, never past the next of the daily times in `not_past`."""

    once: bool
    share: int
    of: str
    not_when: str | None = None
    not_past: str | None = None


class EpisodeForm(Form, frozen=True):
    """Which products call for which recheck, in which window after their end."""

    fact: str
    products: tuple[str, ...]
    from_: str = msgspec.field(name="from")
    to: str


class AwaitedForm(Form, frozen=True):
    """A question to the laboratory: which test by which methods, in which words it is answered, and how long it takes.

    A report that says anything else (failed, cancelled) leaves the question open.
    """

    name: str
    test: str
    methods: tuple[str, ...]
    results: tuple[str, ...]
    within: str


class EachForm(Form, frozen=True):
    """For what a reminder exists once each: facts, product episodes, samples, reviews, overrides or verbal orders."""

    fact: tuple[dict[str, str], ...] = ()
    episode: tuple[EpisodeForm, ...] = ()
    sample: tuple[str, ...] = ()
    review: bool = False
    report: tuple[AwaitedForm, ...] = ()
    override: bool = False
    verbal: bool = False
    within: str | None = None
    usual: str | None = None


class ReminderForm(Form, frozen=True):
    """An obligation: when it exists, when it is due, whom it tells, what discharges it.

    `opens_when_unknown`: the names whose gap opens it. `gaps`: what else is done about a gap that could keep it from
    opening: `covered by M43` names the reminder that asks for the name, `always certain` says that there is no gap.
    `misfire`: what becomes of rungs that are written late, `misfire_within` a span after which nobody is told any more.
    """

    id: str
    name: str
    title: str
    line: str
    when: str
    done_when: str
    wordings: tuple[WordingForm, ...]
    source: Sources
    due: str | None = None
    for_each: EachForm | None = None
    together: bool = False
    opens_when_unknown: tuple[str, ...] = ()
    gaps: dict[str, str] = {}
    critical: bool = False
    trigger: str | None = None
    anchor: str = "opened"
    not_before: str | None = None
    deadline: str | None = None
    expires: str | None = None
    levels: tuple[LevelForm, ...] = ()
    ladder: tuple[RungForm, ...] = ()
    repeat: str | None = None
    acknowledge: tuple[AcknowledgeForm, ...] = ()
    answers: dict[str, AnswerForm] = {}
    snooze: PutOffForm | None = None
    not_possible: PutOffForm | None = None
    after_exit: bool = False
    not_after: tuple[str, ...] = ()
    misfire: Misfire = "fire latest once"
    misfire_within: str | None = None
