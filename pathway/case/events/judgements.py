"""What stands out: deviations, broken invariants, reviews, signatures, failed rules."""

from typing import Literal

from pathway.case.events.body import Body, Sealed
from pathway.clinical.instant import Instant


class DeviationRecorded(Body, frozen=True, tag=True):
    """A prohibited or unplanned act happened all the same (the event at `target`)."""

    rule: str
    target: int
    tells: tuple[str, ...]


class ViolationBegan(Body, frozen=True, tag=True):
    """An invariant's forbidden condition holds since now; it is broken if it lasts to `deadline`."""

    invariant: str
    deadline: Instant


class ViolationBroken(Body, frozen=True, tag=True):
    """An invariant's forbidden condition lasted to its deadline."""

    invariant: str
    tells: tuple[str, ...]


class ViolationEnded(Body, frozen=True, tag=True):
    """An invariant's forbidden condition holds no more."""

    invariant: str


class ReviewOpened(Body, frozen=True, tag=True):
    """The decision at `decision` rested on the fact at `changed`, which was corrected or retracted."""

    review: int
    decision: int
    changed: int
    urgent: bool
    about: str


class ReviewSettled(Body, frozen=True, tag=True):
    """A person confirmed or replaced the decision under review, signed."""

    review: int
    choice: str
    reason: Sealed | None = None


class OverrideSigned(Body, frozen=True, tag=True):
    """A refused request was signed for all the same, with a reason and where asked a second person."""

    request: str
    reason: Sealed
    second: str = ""
    review_at: Instant | None = None


class OverrideReviewed(Body, frozen=True, tag=True):
    """The override signed at `override` was looked at again: it stands until `review_at`, or it was ended."""

    override: int
    choice: Literal["confirmed", "ended"]
    reason: Sealed
    second: str = ""
    review_at: Instant | None = None


class VerbalOrderSigned(Body, frozen=True, tag=True):
    """The person named as giver of the verbal order carried out at `order` signed for it, or disowned it."""

    order: int
    choice: Literal["signed", "disowned"]
    reason: Sealed | None = None


class RulesFailed(Body, frozen=True, tag=True):
    """A computed fact or the bound of automatic moves failed; recording went on, automatic moves stop."""

    what: str
    error: str


class MovesResumed(Body, frozen=True, tag=True):
    """People have looked and no rule fails any more: the case moves by itself again."""

    reason: Sealed
