"""The auditor: asks a store what the scheduler should have answered, in rounds, and keeps what each round found."""

from collections.abc import Iterator, Mapping
from contextlib import suppress

from pathway.clinical.instant import SECOND, Instant, Span, iso, show_span
from pathway.engine.errors import RecordDamaged, WardpathError
from pathway.engine.ports import Head, Store
from pathway.site.streams import DUTY
from scheduler.outage import CHANNELS, failing
from ward import standstill
from ward.clock import SystemClock
from ward.demonstration.pace import clock_of
from ward.feeds import Hearing
from ward.retention.due import count
from ward.watchdog.cause import Cause
from ward.watchdog.glass import about_glass
from ward.watchdog.proof import about_proof
from ward.watchdog.questions import DUE_S, UNSENT_S, about_case, whole
from ward.wiring import house

#: A case that did not change is folded anew this often: time alone may have made it wrong.
AGAIN_S = 60.0
#: Cases that are due and were not looked at, named at most in one round.
NAMED = 20
#: No case has this name: its lock is taken and given back, to see that others let the store be written.
PROBE = "watchdog/probe"
#: The heartbeat that is written to see that the disk takes it. Nothing else is.
BEAT = "watchdog"
#: How often it is counted what is due for erasure: that changes by the day.
ENDING_S = 3600.0
#: An alarm that nobody could be told of stands for a day; the doctor counts it for ever.
DAY_US = 86_400 * SECOND
MEND = "tell an administrator by voice; see `wardpath doctor`"


class Auditor:
    """Asks in rounds. `feeds`: the actor of each feed, and how long it may be silent (H38)."""

    def __init__(self, store: Store, feeds: Mapping[str, Span]) -> None:
        self.house = house(store)
        self.now = self._now()
        self.since = self.now if store.origin == "demonstration" else Instant(0)
        self.began = SystemClock().now()
        self._read: dict[str, tuple[bytes, float]] = {}
        self.hearing = Hearing(store, feeds, self.now)
        self._found: dict[str, list[Cause]] = {}
        self._ending = (0.0, 0)

    def round(self, now_s: float) -> list[Cause]:
        """Everything that is wrong now. `now_s`: seconds of a monotonic clock. Raises StoreRefused."""
        self.now = self._now()
        found = [*self.writable(), *self.unlooked()]
        for head in self.house.store.heads(closed=True):
            self.look_at(head, now_s)
        for causes in self._found.values():
            found += causes
        found += about_proof(self.house, self.began, SystemClock().now())
        return [*found, *self.silent_feeds(), *self.channels(), *about_glass(self.house, self.now), *self.ending(now_s)]

    def look_at(self, head: Head, now_s: float) -> None:
        """Ask about one case where it changed, or where it was asked about long ago."""
        last, at_s = self._read.get(head.case, (b"", 0.0))
        restless = not head.closed or head.next_look is not None or bool(self._found.get(head.case))
        if last == head.hash and not (restless and now_s - at_s >= AGAIN_S):
            return
        self.hearing.hear(head)
        found = about_case(self.house, head, self.now, self.since)
        if self.house.store.head(head.case) == head:
            # A case that moved on meanwhile is asked about again by the next round.
            self._read[head.case], self._found[head.case] = (head.hash, now_s), found

    def unlooked(self) -> Iterator[Cause]:
        """Cases whose next look is over: the scheduler owes them a tick."""
        for case in self.house.store.due_cases(self.now, NAMED):
            head = self.house.store.head(case)
            if head is not None and head.next_look is not None:
                what = f"it was to be looked at by {iso(whole(head.next_look))}, and nobody did"
                mend = "see the log of `wardpath run`: the case may be undecidable, or the scheduler too slow"
                yield Cause("case_unlooked", case, what, "a look at its due instant", mend, DUE_S)

    def writable(self) -> Iterator[Cause]:
        """Whether the store takes writes: from here, and from the ward that runs, which may have met another error."""
        store = self.house.store
        try:
            with store.write(PROBE) as unit:
                unit.head()
            # The lock alone writes nothing, and a disk that is full lets it be had.
            store.beat(BEAT, SystemClock().now())
        except WardpathError as error:
            yield Cause("appends_refused", "", error.happened, error.expected, error.mend)
            return
        if (said := standstill.said(store)) is not None:
            what = f"the ward that runs is refused ({said.code}): {said.happened}"
            yield Cause("appends_refused", "", what, "a store that takes its writes", said.mend)

    def silent_feeds(self) -> Iterator[Cause]:
        """Feeds of which nothing was recorded for longer than is usual: silence is no calm."""
        for each in self.hearing.silent(self.now):
            # One of which nothing was ever recorded counts from the beginning of the watch.
            last = each.since or self.hearing.began or self.now
            what = f"no result received since {iso(whole(last))}"
            mend = "see whether the interface runs; ask the laboratory by telephone until it does"
            yield Cause("feed_silent", each.name, what, f"one within {show_span(each.longest)}", mend)

    def channels(self) -> Iterator[Cause]:
        """Ways out that fail, and words to the administrator that did not get out: nobody else says so."""
        for name, since in failing(self.house.store.beats()).items():
            what = f"the channel {name} fails since {iso(whole(since))}"
            yield Cause("channel_failing", name, what, "a channel that carries", "see `wardpath doctor`")
        for notice, state in (*self.house.store.notices(CHANNELS), *self.house.store.notices(DUTY)):
            about = "the channels" if notice.case == CHANNELS else "a roster"
            if state in ("waiting", "sending"):
                what = f"an alarm about {about} is not sent"
                yield Cause("notice_unsent", notice.key, what, "it to go out within two minutes", MEND, UNSENT_S)
            elif state == "undeliverable" and self.now - notice.created_at < DAY_US:
                what = f"an alarm about {about} was given up"
                yield Cause("notice_given_up", notice.key, what, "it to reach an administrator", MEND)

    def ending(self, now_s: float) -> Iterator[Cause]:
        """What is due for erasure: a note, since nobody is hurt by it and somebody has to know."""
        at_s, due = self._ending
        if now_s >= at_s:
            with suppress(RecordDamaged):  # told by those who read the streams
                due = count(self.house)
            self._ending = (now_s + ENDING_S, due)
        if due:
            yield Cause("erasure_due", "", f"due for erasure: {due}", "none", "see `wardpath retention due`", note=True)

    def _now(self) -> Instant:
        """The store's present instant. The clock is made anew, since a demonstration notes its time as it goes."""
        return clock_of(self.house.store, SystemClock()).now()
