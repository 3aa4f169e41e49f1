"""The breaker: what keeps failing is left alone for a while, then tried with one notice, before all go there again."""

from collections.abc import Callable
from enum import StrEnum
from threading import Lock
from typing import Literal

#: One failure is an accident and two are bad luck.
FAILURES = 3
#: The wait doubles from the first to the second: a channel that came back is found within half a minute.
FIRST_REST_S, LONGEST_REST_S = 5.0, 30.0
#: A channel that asks to be left alone is left alone, but no longer than this: its clock or its mood may be wrong.
LONGEST_ASKED_S = 60.0
#: How often a channel that works says so anew, so that a fault which another process noted is taken back.
SAY_EVERY_S = 60.0

#: What a success or a failure changed, as far as people must know.
Turn = Literal["", "up", "down"]


class State(StrEnum):
    """What a channel is believed to be. `half_open`: one notice is on its way, to see."""

    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half_open"


class Breaker:
    """The state of one channel. Safe to call from several threads.

    `now_s`: seconds that no clock change moves.
    """

    def __init__(self, now_s: Callable[[], float]) -> None:
        self.state = State.CLOSED
        self._now_s, self._turn = now_s, Lock()
        self._failures, self._rests = 0, 0
        self._until_s, self._said_up_s = now_s(), now_s() - SAY_EVERY_S

    def admits(self) -> bool:
        """Whether a notice may go there now. While half open only the one that was admitted first."""
        with self._turn:
            if self._now_s() < self._until_s or self.state == State.HALF_OPEN:
                return False
            if self.state == State.OPEN:
                self.state = State.HALF_OPEN
            return True

    def succeeded(self) -> Turn:
        """The channel answered as it should; `up` where that should be known."""
        with self._turn:
            now_s, was = self._now_s(), self.state
            self.state, self._failures, self._rests, self._until_s = State.CLOSED, 0, 0, now_s
            if was == State.CLOSED and now_s - self._said_up_s < SAY_EVERY_S:
                return ""
            self._said_up_s = now_s
            return "up"

    def failed(self, asked_s: float = 0) -> Turn:
        """The channel failed; `down` where it opens by that. `asked_s`: for how long it asked to be left alone."""
        with self._turn:
            self._failures += 1
            was, opens = self.state, self.state != State.CLOSED or self._failures >= FAILURES
            rest_s = min(asked_s, LONGEST_ASKED_S)
            if opens:
                self.state = State.OPEN
                rest_s = max(rest_s, min(FIRST_REST_S * 2**self._rests, LONGEST_REST_S))
                self._rests = min(self._rests + 1, FAILURES)
            self._until_s = self._now_s() + rest_s
            return "down" if opens and was == State.CLOSED else ""
