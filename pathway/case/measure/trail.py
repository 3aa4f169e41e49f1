"""The trail of a case: what patterns found in its events, in one pass, without what was taken back."""

from collections.abc import Iterable

from pathway.case.envelope import Event
from pathway.case.events import (
    CaseEnrolled,
    CaseMergedAway,
    FactRetracted,
    PhaseEntered,
    ReportRecorded,
    ResultRecorded,
)
from pathway.case.measure.pattern import Finder, Found, Sift, sifted
from pathway.clinical.instant import Instant

#: What every trail is told of, whatever its indicators ask about.
ALWAYS = ("CaseEnrolled", "CaseMergedAway", "FactRetracted", "PhaseEntered")


class Trail:
    """What the patterns of a finder found in one case. `ended_at`: when it left the pathway, None while it is on it."""

    def __init__(self, case: str, finder: Finder, exits: frozenset[tuple[str, str]], now: Instant) -> None:
        self.case, self.finder, self.exits, self.now = case, finder, exits, now
        self.found: list[list[Found] | None] = [None] * len(finder.patterns)
        self.ended_at: Instant | None = None
        self.enrolled_at: Instant | None = None
        self.gone: set[int] = set()
        self.told: dict[tuple[int, ...], list[Found]] = {}

    def walk(self, events: Iterable[tuple[str, bytes]], sift: Sift) -> "Trail":
        """Take in the stored events of the case, each with its type, in order; `sift` is of the finder and `ALWAYS`."""
        for kind, canonical in events:
            event = sifted(kind, canonical, sift)
            if event is not None:
                self.take(event)
        return self

    def take(self, event: Event) -> None:
        """Take in one event."""
        body = event.body
        match body:
            case ResultRecorded() | ReportRecorded():
                if body.replaces is not None:
                    self.gone.add(body.replaces)
            case PhaseEntered():
                self.entered(body, event.occurred_at)
            case FactRetracted():
                self.gone.add(body.target)
            case CaseMergedAway():
                self.ended_at = event.occurred_at
            case CaseEnrolled():
                self.enrolled_at = event.occurred_at
        for slot, pattern in self.finder.by_type.get(event.type, ()):
            if pattern.fits(event):
                held = self.found[slot]
                if held is None:
                    held = self.found[slot] = []
                held.append((pattern.instant(event), event))

    def entered(self, body: PhaseEntered, at: Instant) -> None:
        """A phase that ends the case, or that it came back to from its end."""
        if (body.region, body.leaf) in self.exits:
            self.ended_at = at
        elif (body.region, body.was) in self.exits:
            self.ended_at = None

    def of(self, slots: tuple[int, ...]) -> list[Found]:
        """What stands of some patterns, by its instant; an event that several find is there once.

        To be asked only once the last event was taken in: what was told is kept.
        """
        if not slots:
            return []
        known = self.told.get(slots)
        if known is None:
            known = self.told[slots] = self.standing(slots)
        return known

    def standing(self, slots: tuple[int, ...]) -> list[Found]:
        """The same, looked up."""
        held = [some for slot in slots if (some := self.found[slot])]
        if not held:
            return []
        once = {each[1].position: each for some in held for each in some if each[1].position not in self.gone}
        return sorted(once.values(), key=order)

    @property
    def last(self) -> Instant:
        """Up to when the case is observed: its end, or now."""
        return self.now if self.ended_at is None else self.ended_at


def order(found: Found) -> tuple[int, int]:
    """The order of what was found: by its instant, then as it came."""
    return found[0], found[1].position
