"""The console: every notice is one plain line on a text stream."""

from threading import Lock
from typing import TextIO

from pathway.clinical.instant import iso
from pathway.engine.ports import Notice
from scheduler.channels import EVERY_CHANNEL, ChannelFailed, addressed, grade, plain

#: Repeats come within minutes of a crash; ten thousand keys are days of a full house and about a megabyte.
KEYS_REMEMBERED = 10_000


class Console:
    """Prints notices to a stream. A key it printed before is marked `(again)`: what is printed cannot be taken back."""

    def __init__(self, stream: TextIO, *, takes: frozenset[str] = EVERY_CHANNEL, name: str = "console") -> None:
        self.name, self.takes, self._stream = name, takes, stream
        self._printed: dict[str, None] = {}
        self._turn = Lock()

    def send(self, notice: Notice, attempt: int) -> None:  # noqa: ARG002 - the attempt is for channels that pass it on
        """Print the notice and flush. Raises ChannelFailed where the stream is closed or cannot be written."""
        with self._turn:
            again = notice.key in self._printed
            try:
                self._stream.write(self._printable(line(notice, again)) + "\n")
                self._stream.flush()
            except (OSError, ValueError) as error:
                raise ChannelFailed(
                    f"the {self.name} could not be written ({type(error).__name__})",
                    "an open text stream",
                    "see whether the terminal or the pipe behind it is gone, and start again with another",
                ) from error
            self._remember(notice.key)

    def _printable(self, text: str) -> str:
        # A terminal that knows only ASCII still gets the notice.
        encoding = self._stream.encoding or "utf-8"
        return text.encode(encoding, "backslashreplace").decode(encoding)

    def _remember(self, key: str) -> None:
        self._printed[key] = None
        if len(self._printed) > KEYS_REMEMBERED:
            del self._printed[next(iter(self._printed))]


def line(notice: Notice, again: bool = False) -> str:
    """One line: time (UTC), class, kind, role and channel, ward, case token, text, LATE, (again). Never a bed.

    Control characters become spaces, so that a text neither breaks the line nor steers the terminal.
    """
    parts = [
        iso(notice.created_at),
        f"{grade(notice)} {notice.kind}",
        f"{notice.channel} to {addressed(notice)}",
        f"ward {notice.ward}",
        f"case {notice.case}",
        notice.text,
    ]
    marks = (" LATE" if notice.late else "") + (" (again)" if again else "")
    return plain(" | ".join(parts)) + marks
