"""Compiled: templates kept ready in the user's cache folder, so that the next start shows a page sooner.

What is kept is code. It is kept in a folder that only this user may write into, and is taken only for the very text
that it was made from. Where there is no such folder, the templates are compiled at each start.
"""

import os
from hashlib import sha256
from pathlib import Path

from jinja2 import FileSystemBytecodeCache
from jinja2 import __version__ as jinja

#: Only its owner reads and writes there.
OWN = 0o700


def kept_ready(made_by: Path) -> FileSystemBytecodeCache | None:
    """Where compiled templates are kept; None where nothing can be. `made_by`: the module that says how."""
    how = sha256(made_by.read_bytes() + jinja.encode()).hexdigest()[:16]
    folder = cache_folder() / "wardpath" / f"templates-{how}"
    try:
        folder.mkdir(mode=OWN, parents=True, exist_ok=True)
        safe = os.access(folder, os.W_OK) and owned(folder)
    except OSError:
        return None
    return FileSystemBytecodeCache(str(folder)) if safe else None


def owned(folder: Path) -> bool:
    """Whether nobody but this user can have put anything into a folder; where there are no owners, it is taken so."""
    if not hasattr(os, "getuid"):
        return True
    found = folder.stat()
    return found.st_uid == os.getuid() and not found.st_mode & 0o022


def cache_folder() -> Path:
    """The folder of this user for what can be made again (XDG Base Directory)."""
    named = os.environ.get("XDG_CACHE_HOME", "")
    return Path(named) if named and Path(named).is_absolute() else Path.home() / ".cache"
