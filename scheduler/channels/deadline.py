"""A deadline for a whole conversation over a socket: a time-out of its own has every read, however many there are."""

import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from threading import Timer

#: What one conversation with a receiver may take in all. One that needs more gets another attempt under the same key.
CONVERSATION_S = 3.0


@contextmanager
def deadline(at_work: Callable[[], socket.socket | None]) -> Iterator[None]:
    """Shut down the socket that is at work after CONVERSATION_S; who reads from it then meets its end."""

    def end() -> None:
        sock = at_work()
        if sock is not None:
            with suppress(OSError):
                # Not the method of a TLS socket: that one takes its state away from under the thread that reads.
                socket.socket.shutdown(sock, socket.SHUT_RDWR)

    timer = Timer(CONVERSATION_S, end)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
