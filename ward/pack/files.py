"""The files of a pack, in a folder or in one archive; the same pack gives the same bytes on every machine and day."""

import json
import re
from hashlib import sha256
from importlib.resources import files as package
from io import BytesIO
from pathlib import Path
from zipfile import ZIP_STORED, ZipFile, ZipInfo

import msgspec

from pathway.clinical.instant import iso
from ward.pack.content import Pack
from ward.pack.paper import as_pdf
from ward.pack.records import as_lines, events_csv, section_csv
from ward.proof.verify_export import PUBLIC
from ward.watchdog.telling import write

PAPER, MANIFEST, VERIFIER = "pack.pdf", "manifest.json", "verify_export.py"
README = """\
Audit pack of case {case}: events 1 to {position}, as known at {known}.

pack.pdf       everything for people: pictures, decisions, corrections, reminders, reviews, who looked, proof
events.jsonl   every event as it is stored, one a line, with its words: canonical bytes, previous hash, hash, keyed hash
*.csv          the same, and each table of the paper, for spreadsheets (UTF-8, RFC 4180, instants in UTC)
definitions/   the definitions that the case went by, each under its SHA-256
manifest.json  SHA-256 of every other file

    python -I {verifier}

checks every event with Python 3.11 alone. Put the checkpoints that were signed outside the store beside it, in a folder
`checkpoints`, and it holds the events to them too.
"""
#: The first day that an archive can name: none of them says when it was made.
NO_DAY = (1980, 1, 1, 0, 0, 0)
READABLE = 0o644 << 16


def files(pack: Pack) -> dict[str, bytes]:
    """Each file by its name: records, tables and definitions; then the paper and the list, which name their digests."""
    found = {"events.jsonl": as_lines(pack), "events.csv": events_csv(pack)}
    found |= {f"{each.key}.csv": section_csv(each) for each in pack.sections}
    found |= {f"definitions/{digest}.json": kept for digest, kept in sorted(pack.bundles.items())}
    found |= proving(pack)
    found[PAPER] = as_pdf(pack, sums(found))
    found[MANIFEST] = manifest(pack, sums(found))
    return found


def proving(pack: Pack) -> dict[str, bytes]:
    """What makes the pack an export that is checked by itself."""
    case, known, last = pack.case, iso(pack.cut.known), pack.stored[-1]
    about = {
        "format": 1,
        "at": known,
        "whole": False,
        "tokens": {case: pack.named} if pack.named else {},
        "heads": {case: (last.position, last.hash.hex())},
    }
    readme = README.format(case=case, position=last.position, known=known, verifier=VERIFIER)
    key = {PUBLIC: f"{pack.key}\n".encode()} if pack.key else {}
    return {
        "README.txt": readme.encode(),
        "about.json": f"{json.dumps(about, indent=1, sort_keys=True)}\n".encode(),
        VERIFIER: package("ward.proof").joinpath(VERIFIER).read_bytes(),
        **key,
    }


def sums(found: dict[str, bytes]) -> dict[str, str]:
    """SHA-256 of each file, by its name."""
    return {name: sha256(content).hexdigest() for name, content in found.items()}


def manifest(pack: Pack, digests: dict[str, str]) -> bytes:
    """What the pack is of, and the digest of every file of it."""
    said = {
        "case": pack.case,
        "position": pack.cut.position,
        "known_at": iso(pack.cut.known),
        "head": pack.stored[-1].hash.hex(),
        "files": digests,
    }
    return msgspec.json.format(msgspec.json.encode(said, order="sorted"), indent=2) + b"\n"


def name_of(pack: Pack) -> str:
    """A name for the pack that every system takes; where letters of the case were lost, with what tells it apart."""
    plain = re.sub(r"[^A-Za-z0-9-]+", "_", pack.case)[:60]
    lost = "" if plain == pack.case else f"_{sha256(pack.case.encode()).hexdigest()[:8]}"
    return f"pack_{plain}{lost}_{pack.cut.position}"


def as_zip(pack: Pack) -> bytes:
    """The pack as one archive. Nothing in it is compressed: what that gives differs from machine to machine."""
    file = BytesIO()
    with ZipFile(file, "w", ZIP_STORED) as archive:
        for name, content in files(pack).items():
            entry = ZipInfo(f"{name_of(pack)}/{name}", NO_DAY)
            entry.external_attr, entry.create_system = READABLE, 3
            archive.writestr(entry, content)
    return file.getvalue()


def write_folder(pack: Pack, folder: Path) -> list[Path]:
    """Write the pack into a folder, made when absent; its files, each replaced at once. Raises OSError."""
    written = []
    for name, content in files(pack).items():
        path = folder / name_of(pack) / name
        path.parent.mkdir(parents=True, exist_ok=True)
        write(path, content)
        written.append(path)
    return written
