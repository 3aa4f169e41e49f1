"""Faults of the machine: a process dies, or is told of an error, at a call of the operating system that it makes.

A filter of Linux (seccomp) is put on in the child that is to be hit, and on nobody else. It needs no rights, no tracer,
and no library in between. A call is told by its number and, where it writes at a place in a file, by that place.
"""

import ctypes
import errno
import os
import platform
import struct
import sys
from enum import Enum

#: The numbers of the calls that put something on disk, by machine.
CALLS = {
    "x86_64": {"pwrite64": 18, "fsync": 74, "fdatasync": 75, "ftruncate": 77},
    "aarch64": {"pwrite64": 68, "fsync": 82, "fdatasync": 83, "ftruncate": 46},
}
SYNCS = ("fsync", "fdatasync")
NO_NEW_RIGHTS, FILTER_ON, FILTER = 38, 22, 2
#: Operations of a filter: load a word, compare, answer (linux/bpf_common.h).
LOAD, EQUAL, AT_LEAST, ANSWER = 0x20, 0x15, 0x35, 0x06
LET, DIE, FAIL = 0x7FFF0000, 0x80000000, 0x00050000
#: Where the number and the fourth argument's lower half stand in what a filter is shown (linux/seccomp.h).
NUMBER, PLACE = 0, 16 + 3 * 8


class Fault(Enum):
    """What happens at a call."""

    DEATH = DIE
    FAILED = FAIL | errno.EIO
    FULL = FAIL | errno.ENOSPC


class Program(ctypes.Structure):
    """A filter as the kernel is given it."""

    _fields_ = (("length", ctypes.c_ushort), ("steps", ctypes.c_void_p))


def can() -> bool:
    """Whether this machine can do it."""
    return sys.platform == "linux" and platform.machine() in CALLS and sys.byteorder == "little"


def hit(names: tuple[str, ...], fault: Fault, place: int = 0) -> None:
    """From now on, for ever, this process meets a fault at these calls; at writes only from a place in the file on."""
    numbers = CALLS[platform.machine()]
    steps = []
    for name in names:
        if name == "pwrite64":
            steps += [step(LOAD, NUMBER), step(EQUAL, numbers[name], 0, 3), step(LOAD, PLACE)]
            steps += [step(AT_LEAST, place, 0, 1), step(ANSWER, fault.value)]
        else:
            steps += [step(LOAD, NUMBER), step(EQUAL, numbers[name], 0, 1), step(ANSWER, fault.value)]
    steps.append(step(ANSWER, LET))
    kept = ctypes.create_string_buffer(b"".join(steps))
    program = Program(len(steps), ctypes.cast(kept, ctypes.c_void_p))
    libc = ctypes.CDLL(None, use_errno=True)
    told = libc.prctl(NO_NEW_RIGHTS, 1, 0, 0, 0) or libc.prctl(FILTER_ON, FILTER, ctypes.byref(program), 0, 0)
    if told:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


def step(code: int, value: int, yes: int = 0, no: int = 0) -> bytes:
    """One step of a filter."""
    return struct.pack("HBBI", code, yes, no, value)
