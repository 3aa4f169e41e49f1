"""Deviations, broken invariants, reviews, signatures, failed rules."""

from collections.abc import Callable, Mapping
from typing import Any

import msgspec
from msgspec.structs import force_setattr, replace

from pathway.case.envelope import Event
from pathway.case.events import (
    CaseJoined,
    DeviationRecorded,
    MovesResumed,
    OverrideReviewed,
    OverrideSigned,
    ReviewOpened,
    ReviewSettled,
    RulesFailed,
    VerbalOrderSigned,
    ViolationBegan,
    ViolationBroken,
    ViolationEnded,
)
from pathway.case.state import Case, Deviation, Overridden, Review, Violation

Handler = Callable[[Case, Event, Any], None]


def _deviation(case: Case, event: Event, body: DeviationRecorded) -> None:
    force_setattr(case, "deviations", (*case.deviations, Deviation(body.rule, body.target, event.occurred_at)))


def _violation_began(case: Case, event: Event, body: ViolationBegan) -> None:
    case.violations[body.invariant] = Violation(event.occurred_at, body.deadline, broken=False)


def _violation_broken(case: Case, event: Event, body: ViolationBroken) -> None:
    case.violations[body.invariant] = replace(case.violations[body.invariant], broken=True)


def _violation_ended(case: Case, event: Event, body: ViolationEnded) -> None:
    case.violations.pop(body.invariant)


def _review(case: Case, event: Event, body: ReviewOpened) -> None:
    case.reviews[body.review] = Review(
        body.review, body.decision, body.changed, body.urgent, body.about, event.occurred_at
    )


def _review_settled(case: Case, event: Event, body: ReviewSettled) -> None:
    case.reviews[body.review] = replace(case.reviews[body.review], settled=body.choice)


def _overridden(case: Case, event: Event, body: OverrideSigned) -> None:
    case.overrides[event.position] = Overridden(event.position, body.request, event.recorded_at, body.review_at)


def _override_reviewed(case: Case, event: Event, body: OverrideReviewed) -> None:
    before = case.overrides[body.override]
    if body.choice == "ended":
        case.overrides[body.override] = replace(before, ended=True)
        return
    reviewed = (*before.reviewed, (before.signed_at, before.review_at))
    case.overrides[body.override] = replace(
        before, signed_at=event.recorded_at, review_at=body.review_at, reviewed=reviewed
    )


def _cosigned(case: Case, event: Event, body: VerbalOrderSigned) -> None:
    case.verbal[body.order] = replace(case.verbal[body.order], signed=body.choice)


def _nothing(case: Case, event: Event, body: msgspec.Struct) -> None:
    """An override, or that cases were joined, is part of the record and changes no fact by itself."""


def _failed(case: Case, event: Event, body: RulesFailed) -> None:
    force_setattr(case, "failed", (*case.failed, body.what))


def _resumed(case: Case, event: Event, body: MovesResumed) -> None:
    force_setattr(case, "failed", ())


HANDLERS: Mapping[type, Handler] = {
    CaseJoined: _nothing,
    DeviationRecorded: _deviation,
    ViolationBegan: _violation_began,
    ViolationBroken: _violation_broken,
    ViolationEnded: _violation_ended,
    ReviewOpened: _review,
    ReviewSettled: _review_settled,
    OverrideSigned: _overridden,
    OverrideReviewed: _override_reviewed,
    VerbalOrderSigned: _cosigned,
    RulesFailed: _failed,
    MovesResumed: _resumed,
}
