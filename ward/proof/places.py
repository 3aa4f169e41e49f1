"""The places of the checkpoints: folders outside the database, into which files are written and never changed."""

import os
from contextlib import suppress
from pathlib import Path

from persistence.copy import flush
from ward.errors import NotHere
from ward.place import Place, beside, is_server
from ward.proof.verify_export import HEADS, NOTE, PUBLIC
from ward.settings import settings

#: Of a file that says which events a ward has: nobody but its owner reads it.
PRIVATE, OPEN = 0o600, 0o644


def folders(place: Place) -> list[Path]:
    """Where checkpoints are kept: WARDPATH_CHECKPOINTS, else beside the store; and WARDPATH_CHECKPOINTS_COPY."""
    said = settings()
    name = "wardpath.checkpoints" if not place or is_server(place) else f"{Path(place).name}.checkpoints"
    copy = [] if said.checkpoints_copy is None else [said.checkpoints_copy]
    return [said.checkpoints or beside(place, name), *copy]


def public_key(places: list[Path]) -> str:
    """The public key as the first place has it; empty where none does."""
    for folder in places:
        with suppress(OSError, UnicodeDecodeError):
            return (folder / PUBLIC).read_text("ascii").strip()
    return ""


def put_key(places: list[Path], public: str) -> None:
    """Write the public key into each place. Raises NotHere where another lies there."""
    for folder in places:
        folder.mkdir(parents=True, exist_ok=True)
        file = folder / PUBLIC
        if not file.exists():
            add(file, f"{public}\n".encode(), OPEN)
        elif file.read_text("ascii").strip() != public:
            raise NotHere(f"{file} is another key", "the key that signed what lies there", "name another folder")


def put(places: list[Path], number: int, note: str, heads: str) -> None:
    """Write a checkpoint into each place: its heads first, so that a note never stands without them.

    Raises NotHere where another lies under this number, or a place cannot be written.
    """
    for folder in places:
        try:
            add(folder / f"{number:08}{HEADS}", heads.encode("ascii"), PRIVATE)
            add(folder / f"{number:08}{NOTE}", note.encode(), OPEN)
        except OSError as error:
            happened = f"a checkpoint cannot be written into {folder} ({error.strerror})"
            raise NotHere(happened, "a folder that can be written", "mend it: the next minute tries again") from error


def catch_up(places: list[Path]) -> None:
    """Bring to the second place what only the first has, such as after it could not be reached. Raises NotHere."""
    first, *others = places
    for folder in others:
        for note in sorted(first.glob(f"*{NOTE}")):
            if not (folder / note.name).exists():
                heads = note.with_suffix(HEADS)
                text = heads.read_text("ascii") if heads.exists() else ""
                put([folder], int(note.stem), note.read_text("utf-8"), text)


def add(file: Path, content: bytes, mode: int) -> None:
    """Write a new file that is whole under its name or is not there, and is on disk. Raises OSError, NotHere."""
    building = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        with os.fdopen(os.open(building, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, mode), "wb") as opened:
            opened.write(content)
            opened.flush()
            os.fsync(opened.fileno())
        try:
            os.link(building, file)
        except FileExistsError:
            if file.read_bytes() != content:
                raise NotHere(
                    f"{file.name} is there and says something else", "a new name", "see who wrote it"
                ) from None
    finally:
        building.unlink(missing_ok=True)
    flush(file.parent)
