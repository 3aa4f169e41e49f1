"""A way: a channel as the post uses it, with a limit on its time and a breaker."""

import time
from collections.abc import Callable
from threading import Lock, Thread

import msgspec

from pathway.engine.ports import Notice
from scheduler.breaker import Breaker, State, Turn
from scheduler.channels import Channel, ChannelFailed, NoticeRefused

#: A channel that has not answered by then may still have carried the notice: it is sent again under the same key.
SEND_S = 4.0
#: The error of a way that is not tried, since its channel failed or asked to be left alone.
RESTING = "channel_resting"


class Tried(msgspec.Struct, frozen=True):
    """What came of trying a way: the code or class of the error, empty where the notice was carried."""

    error: str = ""
    turn: Turn = ""


class Way:
    """One channel, under a name of the site's choice and for the values of `Notice.channel` that the site says.

    A channel that hangs is left behind in a thread of its own, and takes nothing more until that thread has ended.
    """

    def __init__(
        self,
        channel: Channel,
        *,
        name: str = "",
        takes: frozenset[str] | None = None,
        now_s: Callable[[], float] = time.monotonic,
        limit_s: float = SEND_S,
    ) -> None:
        self.name, self.takes = name or channel.name, channel.takes if takes is None else takes
        self._channel, self._limit_s, self._breaker = channel, limit_s, Breaker(now_s)
        self._now_s = now_s
        self._carried_s: float | None = None
        self._hanging: set[Thread] = set()
        self._turn = Lock()

    @property
    def state(self) -> State:
        """What the channel is believed to be."""
        return self._breaker.state

    @property
    def carried_ago_s(self) -> float | None:
        """Seconds since this process last saw it carry a notice; None where it did not yet."""
        return None if self._carried_s is None else self._now_s() - self._carried_s

    def carry(self, notice: Notice, attempt: int) -> Tried:
        """Try to send the notice. Raises nothing that the channel raises; a kill goes through."""
        if not self._breaker.admits():
            return Tried(RESTING)
        try:
            self._within_limit(notice, attempt)
        except NoticeRefused as error:
            return Tried(error_name(error), self._breaker.succeeded())
        except Exception as error:  # noqa: BLE001 - a channel with a bug must not keep the others from being tried
            asked_s = error.rest_s if isinstance(error, ChannelFailed) else 0
            return Tried(error_name(error), self._breaker.failed(asked_s))
        except BaseException:
            # Whoever outlives it must not find the one try of a half open way taken for ever.
            self._breaker.failed()
            raise
        self._carried_s = self._now_s()
        return Tried("", self._breaker.succeeded())

    def _within_limit(self, notice: Notice, attempt: int) -> None:
        with self._turn:
            self._hanging = {thread for thread in self._hanging if thread.is_alive()}
            if self._hanging:
                raise ChannelFailed("the channel still hangs", "an answer to an earlier notice", "see its receiver")
        raised: list[BaseException] = []

        def send() -> None:
            try:
                self._channel.send(notice, attempt)
            except BaseException as error:  # noqa: BLE001 - handed over to the thread that waits
                raised.append(error)

        thread = Thread(target=send, name=f"wardpath-{self.name}", daemon=True)
        thread.start()
        thread.join(self._limit_s)
        if thread.is_alive():
            with self._turn:
                self._hanging.add(thread)
            raise ChannelFailed(
                f"the channel did not answer within {self._limit_s:g} s", "an answer in time", "see its receiver"
            )
        if raised:
            raise raised[0]


def error_name(error: BaseException) -> str:
    """The stable code of an error of ours, else its class. Never its message, which may hold what it choked on."""
    return str(getattr(error, "code", None) or type(error).__name__)
