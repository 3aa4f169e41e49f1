"""The file: every notice is one JSON line, on the disk before it counts as sent."""

import os
from collections.abc import Callable
from pathlib import Path
from threading import Lock
from typing import BinaryIO

import msgspec

from pathway.engine.ports import Notice
from scheduler.channels import EVERY_CHANNEL, ChannelFailed

Act = Callable[[BinaryIO], object]
ENCODER = msgspec.json.Encoder(order="sorted")


class Line(msgspec.Struct):
    """As much of a line as is read back."""

    key: str


class File:
    """Appends notices to `path`, which is made when missing; its directory must exist.

    The keys already there are read on opening and, for what other processes add, before every line: a key stands on one
    line only, whoever sends it how often. A last line torn by a crash stays as it is, and a new line begins after it.
    A file that was moved away or emptied begins anew, and so do its keys.
    Raises ChannelFailed where what is there cannot be read.
    """

    def __init__(self, path: Path, *, takes: frozenset[str] = EVERY_CHANNEL, name: str = "file") -> None:
        self.name, self.takes, self._path = name, takes, path
        self._keys: set[str] = set()
        self._read_to, self._inode = 0, 0
        self._turn = Lock()
        if path.exists():
            self._with_file(self._read_on)

    def send(self, notice: Notice, attempt: int) -> None:
        """Append the notice and wait for the disk; a known key adds nothing. Raises ChannelFailed."""
        with self._turn:
            self._with_file(lambda file: self._append(file, notice, attempt))

    def _with_file(self, act: Act) -> None:
        try:
            with self._path.open("a+b") as file:
                act(file)
        except OSError as error:
            raise ChannelFailed(
                f"the notice file could not be written ({type(error).__name__}, errno {error.errno})",
                "a writable file on a disk with room",
                "see that its directory exists, belongs to this account and has room left",
            ) from error

    def _append(self, file: BinaryIO, notice: Notice, attempt: int) -> None:
        torn = self._read_on(file)
        added = b"\n" if torn else b""
        if notice.key not in self._keys:
            added += ENCODER.encode({**msgspec.structs.asdict(notice), "attempt": attempt}) + b"\n"
        file.write(added)
        file.flush()
        # Also for a known key: the line may come from an attempt that failed just here.
        os.fsync(file.fileno())

    def _read_on(self, file: BinaryIO) -> bytes:
        """Learn the keys of the whole lines not yet read; returns the torn rest, empty where there is none."""
        status = os.fstat(file.fileno())
        if status.st_ino != self._inode or status.st_size < self._read_to:
            self._keys, self._read_to, self._inode = set(), 0, status.st_ino
        file.seek(self._read_to)
        for found in file:
            self._learn(found)
            if not found.endswith(b"\n"):
                return found
            self._read_to += len(found)
        return b""

    def _learn(self, found: bytes) -> None:
        try:
            self._keys.add(msgspec.json.decode(found, type=Line).key)
        except msgspec.DecodeError:
            # A torn line is no notice: its sender was not told that it arrived, and will send it again.
            return
