"""Kept: the sign-ins of this command line, in a file of the user's own that nobody else can read.

A token finds its store by itself, so that the file names no store: each is tried, the latest first.
"""

import json
import os
from contextlib import suppress
from pathlib import Path

#: Sign-ins of one user on one machine; the oldest is forgotten.
MOST = 8


def kept_tokens() -> tuple[str, ...]:
    """The tokens that are kept, the latest first; none where the file is not there or not ours to read."""
    with suppress(OSError, ValueError):
        found = json.loads(file().read_text("utf-8"))
        return tuple(each for each in found if isinstance(each, str)) if isinstance(found, list) else ()
    return ()


def keep_token(token: str) -> Path:
    """Keep a token before the others; where. Raises OSError."""
    return write((token, *(each for each in kept_tokens() if each != token))[:MOST])


def forget_token(token: str) -> None:
    """Forget a token. Raises OSError."""
    if token in (kept := kept_tokens()):
        write(tuple(each for each in kept if each != token))


def write(tokens: tuple[str, ...]) -> Path:
    """Write the file anew, readable by its owner alone from its first byte on."""
    target = file()
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    building = target.with_name(f"{target.name}.building-{os.getpid()}")
    building.unlink(missing_ok=True)
    handle = os.open(building, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as opened:
        json.dump(list(tokens), opened)
    building.replace(target)
    return target


def file() -> Path:
    """Where they are kept: `wardpath/sign-ins.json` under XDG_STATE_HOME, else ~/.local/state."""
    said = os.environ.get("XDG_STATE_HOME", "")
    return (Path(said) if said else Path.home() / ".local" / "state") / "wardpath" / "sign-ins.json"
