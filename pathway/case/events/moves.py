"""What follows from facts: phases, latches, choices."""

from pathway.case.events.body import Body, Sealed
from pathway.clinical.instant import Instant


class PhaseEntered(Body, frozen=True, tag=True):
    """A region of the case moved. `entry` counts the entries into this leaf; `second`: who signed for it too."""

    region: str
    leaf: str
    was: str
    transition: str
    entry: int
    because: tuple[int, ...] = ()
    reason: Sealed | None = None
    second: str = ""


class TransitionNoted(Body, frozen=True, tag=True):
    """Knowledge changed in a way the pathway names, without a change of phase."""

    region: str
    leaf: str
    transition: str
    because: tuple[int, ...] = ()


class LatchSet(Body, frozen=True, tag=True):
    """A latched condition became true and stays so until released."""

    latch: str
    because: tuple[int, ...] = ()


class LatchReleased(Body, frozen=True, tag=True):
    """A person ended a latch, signed."""

    latch: str
    reason: Sealed


class LatchEased(Body, frozen=True, tag=True):
    """The condition of a held latch ceased at `since`, or holds (or may hold) again when that is None."""

    latch: str
    since: Instant | None = None


class ChoiceMoved(Body, frozen=True, tag=True):
    """A choice that tightens at once and loosens slowly has another row, or began (or stopped) to ease.

    `row` is the row in force; `easing_to` and `easing_since` tell the looser row that waits and the collection instant
    its waiting counts from.
    """

    choice: str
    row: str
    tightened: bool = False
    easing_to: str = ""
    easing_since: Instant | None = None
