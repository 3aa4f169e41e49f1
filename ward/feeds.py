"""Feeds: how long each may be silent, as the site says it, and which of them are. Silence is no calm ward (H38)."""

from collections.abc import Mapping
from zoneinfo import ZoneInfo

import msgspec

from pathway.case.envelope import decode
from pathway.clinical.instant import Instant, Span, span, utc
from pathway.engine.ports import Head, Store
from ward.errors import NotUnderstood


class Silence(msgspec.Struct, frozen=True):
    """A feed of which nothing was recorded for longer than is usual; `since`: the last time, None for never."""

    name: str
    since: Instant | None
    longest: Span

    def words(self, zone: ZoneInfo, now: Instant) -> str:
        """What a board says: nothing of what people did or did not do."""
        if self.since is None:
            return f"no {self.name} results yet"
        at, today = utc(self.since).astimezone(zone), utc(now).astimezone(zone).date()
        return f"no {self.name} results since {at:%H:%M}" + ("" if at.date() == today else f" on {at:%d-%b-%Y}")


def feeds(said: Mapping[str, str]) -> dict[str, Span]:
    """The actor of each feed and its longest usual silence, from text such as `6 h`. Raises NotUnderstood."""
    try:
        return {name: span(longest) for name, longest in said.items()}
    except ValueError as error:
        raise NotUnderstood(
            "the silence of a feed in WARDPATH_FEEDS cannot be read", 'a span: {"laboratory": "6 h"}', "write it so"
        ) from error


class Hearing:
    """When each feed was last heard of, read from the record as it grows. `feeds`: actor to its longest silence.

    One of which nothing was ever recorded counts from `began`, the beginning of the watch; None is the first record.
    """

    def __init__(self, store: Store, feeds: Mapping[str, Span], began: Instant | None = None) -> None:
        self.store, self.feeds, self.began = store, feeds, began
        self._known: dict[str, int] = {}
        self._heard: dict[str, Instant] = {}
        self._first: Instant | None = None

    def hear(self, head: Head) -> None:
        """Note when each feed was last heard of in a case, from where it was read last."""
        after = self._known.get(head.case, 0)
        if self.feeds and head.position > after:
            for each in self.store.stream(head.case, after):
                event = decode(each.canonical)
                self._first = event.recorded_at if self._first is None else min(self._first, event.recorded_at)
                if (name := event.by.actor) in self.feeds:
                    self._heard[name] = max(self._heard.get(name, event.recorded_at), event.recorded_at)
        self._known[head.case] = head.position

    def silent(self, now: Instant) -> tuple[Silence, ...]:
        """The feeds that are silent for longer than is usual."""
        found = []
        for name, longest in self.feeds.items():
            last = self._heard.get(name)
            since = next((each for each in (last, self.began, self._first) if each is not None), now)
            if now - since > longest:
                found.append(Silence(name, last, longest))
        return tuple(found)


def silences(hearing: Hearing, now: Instant) -> tuple[Silence, ...]:
    """The silent feeds, once every case was heard up to now; no reading at all where no feed is named."""
    if hearing.feeds:
        for head in hearing.store.heads(closed=True):
            hearing.hear(head)
    return hearing.silent(now)
