"""The pulse: whether the scheduler's heartbeats change, by a clock of one's own.

No heartbeat is read as a time. A beat that stays as it was, that is silence: in a demonstration too, whose time runs
fast or stands, and while a clock jumps.
"""

from collections.abc import Iterator, Mapping

from pathway.clinical.instant import Instant
from ward.watchdog.cause import Cause

#: How long the newest beat of a tick may stay the same. The alarm ticks each PULSE_S (scheduler/alarm.py), half of it:
#: a tick that is late once is no alarm, and a kill is one within four seconds.
SILENT_S = 3.0
#: How long a tick may take in all: it sends up to 200 notices one after the other.
UNFINISHED_S = 60.0
#: Three rounds of the sweep.
UNSWEPT_S = 180.0
RESTART = "start `wardpath run`, or restart it; until then ring from the board and the paper sheets"


class Pulse:
    """Watches beats by name. `now_s`: seconds of a monotonic clock, at which the watch begins."""

    def __init__(self, now_s: float, silent_s: float = SILENT_S) -> None:
        self._limits = {"tick": silent_s, "tick_done": max(UNFINISHED_S, silent_s), "sweep_done": UNSWEPT_S}
        self._seen: dict[str, tuple[Instant | None, float]] = dict.fromkeys(self._limits, (None, now_s))

    def look(self, beats: Mapping[str, Instant], now_s: float) -> Iterator[Cause]:
        """What is silent now, where the store says `beats`."""
        for name, (last, _) in self._seen.items():
            beat = beats.get(name)
            if beat is not None and beat != last:
                self._seen[name] = (beat, now_s)
        silent = {name for name, limit_s in self._limits.items() if now_s - self._seen[name][1] > limit_s}
        if "tick" in silent:
            limit_s = self._limits["tick"]
            yield Cause(
                "scheduler_silent",
                "",
                f"no sign of life of the scheduler for more than {limit_s:g} s: nobody rings",
                "a heartbeat every second or two",
                RESTART,
            )
            return
        for name in sorted(silent):
            yield Cause(
                "scheduler_unfinished",
                name.removesuffix("_done"),
                f"the scheduler begins, but has come to no end for more than {self._limits[name]:g} s",
                "a round that ends",
                "see the log of `wardpath run` and `wardpath doctor`, then restart it",
            )
