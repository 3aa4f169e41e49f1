"""An export for an inspector: every event as it is stored, with what proves it and what checks it, in one folder."""

import json
from base64 import b64encode
from importlib.resources import files
from pathlib import Path

import msgspec

from pathway.clinical.instant import Instant, iso
from pathway.engine.ports import Stored
from ward.errors import NotHere
from ward.place import Place
from ward.proof.key import PUBLIC as NAMED
from ward.proof.key import salt_of, token
from ward.proof.places import folders, public_key
from ward.proof.verify_export import HEADS, NOTE, PUBLIC
from ward.wiring import House

VERIFIER = "verify_export.py"
README = """\
This folder is a copy of a record of Wardpath, made at {at}.

events.jsonl   the events as stored, one a line: canonical bytes, hash of the event before, own hash, keyed hash
about.json     what is in this copy, where each stream ends, and what the checkpoints call it
checkpoints/   signed notes over all streams, and which events each of them added
key.pub        the public key that signed them: compare it with the one that you were given elsewhere
{verifier}   checks all this with Python 3.11 alone; signatures need the package `cryptography` too

    python -I {verifier}

hash = SHA-256("wardpath-event-v1" + previous hash + canonical bytes); the first previous hash is 32 zero bytes.
Names of patients and free text are not readable here: they are sealed under keys that are not in this copy.
"""


class Exported(msgspec.Struct, frozen=True):
    """What an export holds."""

    folder: str
    streams: int
    events: int
    checkpoints: int


def export(house: House, place: Place, target: Path, now: Instant, cases: tuple[str, ...] | None = None) -> Exported:
    """Write an export into a new folder; `cases`: of these alone. Raises NotHere where the folder is there or cannot be
    made."""
    try:
        (target / "checkpoints").mkdir(parents=True)
    except FileExistsError as error:
        raise NotHere(f"{target} is there", "a new folder: nothing is overwritten", "name another") from error
    except OSError as error:
        happened = f"{target} cannot be made ({error.strerror})"
        raise NotHere(happened, "a folder that can be written", "name another") from error
    store, salt = house.store, salt_of(house.store)
    notes = copied(folders(place), target / "checkpoints")
    key = public_key(folders(place)) or store.property(NAMED)
    if key:
        (target / PUBLIC).write_text(f"{key}\n", "ascii")
    ends: dict[str, tuple[int, str]] = {}
    rows = store.scan() if cases is None else (each for case in sorted(cases) for each in store.stream(case))
    count = 0
    with (target / "events.jsonl").open("w", encoding="utf-8") as file:
        for count, row in enumerate(rows, 1):  # noqa: B007  # how many there were
            file.write(f"{line(row)}\n")
            ends[row.case] = (row.position, row.hash.hex())
    tokens = {case: token(bytes.fromhex(salt), case).hex() for case in ends} if salt else {}
    about = {"format": 1, "at": iso(now), "whole": cases is None, "tokens": tokens, "heads": ends}
    (target / "about.json").write_text(f"{json.dumps(about, indent=1, sort_keys=True)}\n", "utf-8")
    (target / VERIFIER).write_bytes(files("ward.proof").joinpath(VERIFIER).read_bytes())
    (target / "README.txt").write_text(README.format(at=iso(now), verifier=VERIFIER), "utf-8")
    return Exported(str(target), len(ends), count, notes)


def copied(places: list[Path], target: Path) -> int:
    """Copy the checkpoints of the first place that has any; how many."""
    source = next((each for each in places if any(each.glob(f"*{NOTE}"))), None)
    if source is None:
        return 0
    for file in [*source.glob(f"*{NOTE}"), *source.glob(f"*{HEADS}")]:
        if file.is_file():
            (target / file.name).write_bytes(file.read_bytes())
    return sum(1 for _ in target.glob(f"*{NOTE}"))


def line(row: Stored) -> str:
    """An event as a line; its bytes as text where they are text."""
    try:
        said = {"canonical": row.canonical.decode()}
    except UnicodeDecodeError:
        said = {"canonical_base64": b64encode(row.canonical).decode()}
    hashes = {"previous": row.previous.hex(), "hash": row.hash.hex(), "mac": row.mac.hex()}
    return json.dumps({"case": row.case, "position": row.position, **said, **hashes}, ensure_ascii=False)
