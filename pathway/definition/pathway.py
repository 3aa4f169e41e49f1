"""A pathway ready for use: its form, every guard compiled once, its settings read, its hash."""

import re
from collections.abc import Callable

import msgspec

from pathway.clinical.computed import Computed
from pathway.clinical.instant import Instant
from pathway.clinical.reading import Reading
from pathway.definition.form import ChoiceForm, FactForm, PathwayForm, ReminderForm, TransitionForm
from pathway.definition.guard import Facts, Guard, Kind, Wake, When

#: What stands for another thing in a title or wording: its name in braces.
PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
Ask = Callable[[Facts, Instant, Wake], int]
Find = Callable[[Facts, Instant, Wake], Instant | None]


class Rule(msgspec.Struct, frozen=True):
    """A guard: its text, its tree, and the compiled question. `ask` answers 0 no, 1 cannot say, 2 yes."""

    text: str
    tree: Guard
    ask: Ask


class Moment(msgspec.Struct, frozen=True):
    """An instant in words: its text, its tree, and the compiled search; None is missing."""

    text: str
    tree: When
    find: Find


class Target(msgspec.Struct, frozen=True):
    """Whom a rung tells and how: page, inbox or second channel."""

    role: str
    channel: str


class Pathway(msgspec.Struct, frozen=True):
    """A loaded definition. `rules` and `moments` are keyed by guard text; `digest` pins text, tables, computed.

    `computed`: the functions its facts need, by `name@version`.
    """

    form: PathwayForm
    digest: str
    bundle: bytes
    names: dict[str, Kind]
    settings: dict[str, Reading]
    rules: dict[str, Rule]
    moments: dict[str, Moment]
    reminders: dict[str, ReminderForm]
    computed: dict[str, Computed]

    @property
    def name(self) -> str:
        """The pathway's name, as the file says it."""
        return self.form.pathway

    def transitions_from(self, region: str, leaf: str) -> tuple[TransitionForm, ...]:
        """The transitions of a region that begin at a leaf; a parent in `from` means all its leaves."""
        return tuple(
            each
            for each in self.form.transitions
            if each.region == region and any(leaf == start or leaf.startswith(start + ".") for start in each.from_)
        )

    def fact(self, name: str) -> FactForm:
        """A fact's form."""
        return self.form.facts[name]

    def choice(self, name: str) -> ChoiceForm:
        """A choice's form."""
        return self.form.choices[name]

    def title(self, name: str) -> str:
        """The words people read for a phase, row, fact or reminder; the name itself where none are given.

        `{setting}` in a title is that setting's figure, so that a site's own number is the one that is read.
        """
        form = self.form
        if name in form.titles:
            text = form.titles[name]
            return PLACEHOLDER.sub(lambda found: form.settings[found[1]].value or "", text) if "{" in text else text
        if name in form.facts:
            return form.facts[name].title
        return self.reminders[name].title if name in self.reminders else name.replace("_", " ")

    def ceiling(self, line: str) -> bool:
        """Whether a line of a value is one to stay under: the lower such a setting, the safer."""
        return self.form.settings[line].safe == "down"

    def span(self, name: str) -> int:
        """A setting that is a span, in microseconds."""
        value = self.settings[name].value
        assert isinstance(value, int), name
        return value


def target(text: str) -> Target:
    """`physician by page` as a target."""
    role, _, channel = text.partition(" by ")
    return Target(role, channel or "inbox")
