"""What the pages ask, answered by the house: the engine, the store and its clock."""

from collections.abc import Mapping
from decimal import Decimal

import msgspec

from pathway.case.picture import Picture
from pathway.case.why import Inquiry
from pathway.case.words import describe
from pathway.clinical.instant import Instant, Span
from pathway.engine.ports import Head
from pathway.site.streams import is_site
from ward.approval import banner
from ward.beds import beds
from ward.clock import DemonstrationClock
from ward.feeds import Hearing, silences
from ward.reconcile import reconciling
from ward.web.reads import Replayed, StoreFacts, TimelineEntry
from ward.wiring import House


class HouseReads:
    """`ward.web.reads.Reads` over a house. `feeds`: how long each feed may be silent, by its actor."""

    def __init__(self, house: House, feeds: Mapping[str, Span] | None = None) -> None:
        self.house, self.hearing = house, Hearing(house.store, feeds or {})

    def heads(self, ward: str = "") -> list[Head]:
        """The cases that people look after: open ones, and closed ones on which a late result waits for somebody."""
        return looked_after(self.house, ward)

    def picture(self, case: str) -> Picture | None:
        """A case as it is now."""
        return self.house.engine.picture(case) if self.known(case) else None

    def timeline(self, case: str, asked: Inquiry | None = None, worded: int | None = None) -> list[TimelineEntry]:
        """Every event of a case, oldest first; where only some have words, the newest."""
        if not self.known(case):
            return []
        zone = self.house.engine.case(case).zone
        events = self.house.engine.timeline(case) if asked is None else asked.events
        since = 0 if worded is None else len(events) - worded
        return [
            TimelineEntry(each, describe(each, self.house.pathway(each.bundle), zone) if number >= since else "")
            for number, each in enumerate(events)
        ]

    def as_of(self, case: str, occurred: Instant | None, recorded: Instant | None) -> Picture | None:
        """The facts as of two clocks."""
        return self.house.engine.picture_as_of(case, occurred, recorded) if self.known(case) else None

    def replayed(self, case: str, at: Instant, position: int | None = None) -> Replayed | None:
        """A case as its record stood at an instant, or right after one of its events."""
        engine = self.house.engine
        try:
            asked = engine.replayed(case, at, position)
        except KeyError:
            return None
        return Replayed(engine.picture_replayed(asked), asked)

    def inquiry_as_of(self, case: str, at: Instant, recorded: Instant) -> Inquiry | None:
        """The facts that had happened by `at`, as known by the later `recorded`, to be asked why."""
        try:
            return self.house.engine.inquiry(case, at, recorded)
        except KeyError:
            return None

    def every_head(self) -> list[Head]:
        """The heads of every case, closed ones too."""
        return self.house.engine.heads(closed=True)

    def inquiry(self, case: str) -> Inquiry | None:
        """The case as it is now, to be asked why."""
        return self.house.engine.inquiry(case) if self.known(case) else None

    def identity(self, case: str) -> dict[str, str] | None:
        """Who the patient is; where that cannot be read, why not stands in the place of the name."""
        kept = self.house.engine.identity(case)
        if kept is None or kept.why:
            return None if kept is None else {"name": kept.text}
        return msgspec.json.decode(kept.content, type=dict[str, str])

    def beds(self) -> dict[str, tuple[str, ...]]:
        """The beds of the site by ward."""
        return beds(self.house.store)

    def store_facts(self) -> StoreFacts:
        """The store's label, origin, clock and the scheduler's heartbeat."""
        store, clock = self.house.store, self.house.clock
        speed = Decimal(clock.speed) if isinstance(clock, DemonstrationClock) else Decimal(1)
        heartbeat = store.beats().get("tick_done")
        label = store.property("label") or ""
        now = clock.now()
        return StoreFacts(
            label=label,
            origin=store.origin,
            now=now,
            heartbeat=heartbeat,
            speed=speed,
            unapproved=banner(self.house),
            reconciling=reconciling(store),
            silent=silences(self.hearing, now),
            failed=store.failed,
            unrecorded=self.house.aside.lost,
        )

    def known(self, case: str) -> bool:
        """Whether there is such a case."""
        return not is_site(case) and self.house.store.head(case) is not None


def looked_after(house: House, ward: str = "") -> list[Head]:
    """The open cases, and the closed ones on which a reminder is open still; of one ward and of none, or of every one.

    Of no ward are reports without a patient: they are kept where their pathway says.
    """
    nowhere = [each.form.screen.ward for each in house.pathways if each.form.screen is not None]
    wards = dict.fromkeys((ward, *nowhere)) if ward else (None,)
    found = [head for each in wards for head in house.engine.heads(each, closed=True)]
    return [
        head for head in found if not head.closed or (head.next_look is not None and house.store.reminders(head.case))
    ]
