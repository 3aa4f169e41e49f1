"""The log: one JSON line an event on standard error, with nothing in it but keys known to hold no patient data."""

import sys
from typing import TextIO

import structlog
from structlog.typing import EventDict, WrappedLogger

#: A case is named by its token alone; `why` and `mend` are an error's own words, which hold nothing of a patient.
#: Whatever else somebody hands to a log line is left out and counted.
ALLOWED = frozenset(
    {
        "account",
        "address",
        "at",
        "case",
        "cases",
        "channel",
        "code",
        "command",
        "count",
        "error",
        "event",
        "findings",
        "first",
        "late",
        "level",
        "mend",
        "of",
        "origin",
        "port",
        "refused",
        "role",
        "seconds",
        "speed",
        "status",
        "timestamp",
        "what",
        "why",
    }
)
LEVELS = {"debug": 10, "info": 20, "warning": 30, "error": 40}


def log_to(stream: TextIO | None = None, level: str = "warning") -> None:
    """Send the log of this process to a stream, standard error unless said otherwise, from `level` on."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            only_allowed,
            structlog.processors.JSONRenderer(sort_keys=True),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(LEVELS[level]),
        # Standard error as it is when the line is written: whoever redirects it later gets the lines.
        logger_factory=lambda *_: structlog.WriteLogger(stream or sys.stderr),
        cache_logger_on_first_use=False,
    )


def only_allowed(logger: WrappedLogger, method: str, line: EventDict) -> EventDict:  # noqa: ARG001 - structlog's form
    """The line without the keys that are not ALLOWED; `left_out` counts them."""
    kept = {key: value for key, value in line.items() if key in ALLOWED}
    if len(kept) < len(line):
        kept["left_out"] = len(line) - len(kept)
    return kept
