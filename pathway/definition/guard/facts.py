"""What a guard is evaluated against: the facts of one case at one moment, the answers, and the next wake-up."""

from typing import Final, Literal, Protocol, TypeAlias
from zoneinfo import ZoneInfo

from pathway.clinical.reading import Reading

Answer: TypeAlias = Literal[0, 1, 2]

NO: Final = 0
CANNOT_SAY: Final = 1
YES: Final = 2

#: The word for each answer, by its number.
ANSWER_WORDS: Final = ("no", "cannot say", "yes")


class Facts(Protocol):
    """The facts of one case as known at one moment.

    A setting, choice, condition or phase is read as any fact is. `Reading.value` is a bool for a condition or flag, a
    word for an enumeration, an Interval in the fact's unit for a number, microseconds for an instant or a span, and
    text such as `08:00,20:00` for rounds.
    """

    def read(self, name: str, /) -> Reading:
        """The reading of a name that passed the check; never raises, may remember what it answered."""
        ...

    def zone(self) -> ZoneInfo:
        """The zone of the site, for rounds and for display."""
        ...


class Wake:
    """Collects the earliest instant after now at which time alone may change an answer; None when there is none."""

    __slots__ = ("at",)

    def __init__(self) -> None:
        self.at: int | None = None

    def note(self, at: int, now: int) -> None:
        """Take an instant into account if it lies after now."""
        if at > now and (self.at is None or at < self.at):
            self.at = at
