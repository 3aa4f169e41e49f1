"""Telling: an alarm as a line, as JSON to a command, and the message that is always sent while all is well."""

import os
import shlex
import subprocess
import sys
import time
from collections import deque
from collections.abc import Callable
from pathlib import Path
from threading import Thread
from typing import Literal

import msgspec

from pathway.clinical.instant import Instant, iso
from pathway.engine.ports import Clock
from ward.errors import NotUnderstood
from ward.watchdog.cause import Cause, Told

#: How long a command may take: an alarm that hangs is none.
COMMAND_S = 30.0
#: A command that fails is tried again after this; meanwhile the outside message stays away, and that is an alarm too.
AGAIN_S = 30.0
#: How often the outside message is renewed while all is well. Whoever waits for it should allow for three.
ALIVE_S = 10.0

State = Literal["raised", "cleared"]


class Message(msgspec.Struct, frozen=True):
    """An alarm as others read it; `at` by the wall."""

    at: str
    state: State
    code: str
    about: str
    happened: str
    expected: str
    mend: str


def message(cause: Cause, state: State, at: Instant) -> Message:
    """What is said of a cause."""
    return Message(iso(at), state, cause.code, cause.about, cause.happened, cause.expected, cause.mend)


class Teller:
    """Says each alarm on a line, and to a command as one JSON object on its standard input, in the order they came.

    A note is a line alone: nobody is woken for it.
    """

    def __init__(self, wall: Clock, say: Callable[[Message, str], None], command: str = "") -> None:
        self.wall, self.say, self.command = wall, say, words(command)
        self._waiting: deque[Message] = deque()
        self._runs: Thread | None = None
        self._not_before_s = 0.0
        self.failed = False

    def tell(self, told: Told) -> None:
        """Tell what changed, and again what a command has not yet taken."""
        now = self.wall.now()
        for state, causes in (("raised", told.raised), ("cleared", told.cleared)):
            for cause in causes:
                made = message(cause, "raised" if state == "raised" else "cleared", now)
                word = "CLEARED" if state == "cleared" else "NOTE" if cause.note else "ALARM"
                self.say(made, f"{made.at} {word} {cause.line()}")
                if self.command and not cause.note:
                    self._waiting.append(made)
        busy = self._runs is not None and self._runs.is_alive()
        if self._waiting and not busy and time.monotonic() >= self._not_before_s:
            self._runs = Thread(target=self._run, daemon=True)
            self._runs.start()

    def finish(self, timeout_s: float) -> None:
        """Wait for the command that runs."""
        if self._runs is not None:
            self._runs.join(timeout_s)

    def _run(self) -> None:
        while self._waiting:
            if not ran(self.command, msgspec.json.encode(self._waiting[0])):
                if not self.failed:
                    sys.stderr.write("the alarm's command failed; expected exit code 0; mend it: it is tried again\n")
                self.failed, self._not_before_s = True, time.monotonic() + AGAIN_S
                return
            self._waiting.popleft()
            self.failed = False


class Alive:
    """The message that is always sent while all is well: its absence is the alarm.

    `file` is replaced each `every_s`: an outside switch watches its age. `command` is run as often, to reach a switch
    elsewhere.
    """

    def __init__(self, wall: Clock, file: Path | None, command: str, every_s: float = ALIVE_S) -> None:
        self.wall, self.file, self.command, self.every_s = wall, file, words(command), every_s
        self._next_s = 0.0

    def well(self) -> None:
        """All is well now."""
        now_s = time.monotonic()
        if now_s < self._next_s:
            return
        self._next_s = now_s + self.every_s
        if self.file is not None:
            write(self.file, msgspec.json.encode({"at": iso(self.wall.now()), "every_s": self.every_s}) + b"\n")
        if self.command:
            Thread(target=ran, args=(self.command, b""), daemon=True).start()


def write(file: Path, content: bytes) -> None:
    """Replace a file at once, so that nobody reads half of it."""
    building = file.with_name(f".{file.name}.{os.getpid()}")
    building.write_bytes(content)
    building.replace(file)


def ran(command: list[str], said: bytes) -> bool:
    """Whether a command took what was said on its standard input, in COMMAND_S at most."""
    try:
        done = subprocess.run(command, input=said, timeout=COMMAND_S, check=False, stdout=subprocess.DEVNULL)  # noqa: S603  # whoever starts the watchdog names the command
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


def words(command: str) -> list[str]:
    """A command line in its words; no shell reads it. Raises NotUnderstood."""
    try:
        return shlex.split(command)
    except ValueError as error:
        raise NotUnderstood("a command cannot be read", "a program and its arguments", "close its quotes") from error
