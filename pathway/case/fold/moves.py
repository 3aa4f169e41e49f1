"""Where the case stands, what is latched, which row is in force."""

from collections.abc import Callable, Mapping
from typing import Any

from pathway.case.envelope import Event
from pathway.case.events import ChoiceMoved, LatchEased, LatchReleased, LatchSet, PhaseEntered, TransitionNoted
from pathway.case.state import Basis, Case, Chosen, Finding, Place

Handler = Callable[[Case, Event, Any], None]


def _phase(case: Case, event: Event, body: PhaseEntered) -> None:
    case.regions[body.region] = Place(body.leaf, event.occurred_at, body.entry, event.position, body.was)
    case.entries[body.leaf] = body.entry
    if body.because:
        case.bases[event.position] = Basis(f"{body.transition} to {body.leaf}", body.because, event.recorded_at)


def _noted(case: Case, event: Event, body: TransitionNoted) -> None:
    case.noted[body.transition] = body.because
    case.bases[event.position] = Basis(f"{body.transition} noted", body.because, event.recorded_at)


def _latched(case: Case, event: Event, body: LatchSet) -> None:
    case.latches[body.latch] = Finding(event.position, "set", event.occurred_at, event.recorded_at)
    case.bases[event.position] = Basis(f"{body.latch} latched", body.because, event.recorded_at)


def _unlatched(case: Case, event: Event, body: LatchReleased) -> None:
    case.latches.pop(body.latch, None)
    case.eased.pop(body.latch, None)


def _eased(case: Case, event: Event, body: LatchEased) -> None:
    if body.since is None:
        case.eased.pop(body.latch, None)
    else:
        case.eased[body.latch] = body.since


def _chosen(case: Case, event: Event, body: ChoiceMoved) -> None:
    before = case.choices.get(body.choice)
    tightened = event.occurred_at if body.tightened else before.tightened_at if before else None
    case.choices[body.choice] = Chosen(body.row, tightened, body.easing_to, body.easing_since)


HANDLERS: Mapping[type, Handler] = {
    PhaseEntered: _phase,
    TransitionNoted: _noted,
    LatchSet: _latched,
    LatchReleased: _unlatched,
    LatchEased: _eased,
    ChoiceMoved: _chosen,
}
