"""Verify a record of Wardpath: `python verify_export.py [FOLDER]` on an export, on any machine with Python 3.11.

One file and the standard library alone, so that it can be read and run without the product, which checks its own store
by the same lines. Signatures need the package `cryptography`; without it everything else is checked, and that is said.
Ends with 0 where nothing is wrong, with 4 where something is, with 2 for a folder that is no export.
"""

import base64
import hashlib
import hmac
import json
import sys
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from typing import Any, Generic, Protocol, TypeVar

DOMAIN, FIRST, HASH_BYTES = b"wardpath-event-v1", bytes(32), 32
#: Leaves and nodes of a Merkle tree begin differently (RFC 6962, 2.1), so that none can be taken for the other.
LEAF, NODE = b"\x00", b"\x01"
#: Of the C2SP signed note: what a signature line begins with, and the kind of an Ed25519 key.
SIGNED, ED25519 = "— ", b"\x01"
ID_BYTES = 4
DAMAGED, NOT_READ = 4, 2
#: Findings of one stream that are told; what follows the first is mostly its consequence.
TOLD = 5
#: Leaves that are hashed at most to check the roots of all checkpoints: some seconds.
LEAVES = 2_000_000
NOTE, HEADS, PUBLIC, MANIFEST = ".note", ".heads", "key.pub", "manifest.json"


class Row(Protocol):
    """An event as it lies in a store or an export."""

    @property
    def case(self) -> str: ...
    @property
    def position(self) -> int: ...
    @property
    def canonical(self) -> bytes: ...
    @property
    def previous(self) -> bytes: ...
    @property
    def hash(self) -> bytes: ...
    @property
    def mac(self) -> bytes: ...


@dataclass(frozen=True)
class Finding:
    """What is wrong. `case` is a token, or what a checkpoint calls it by; `position` 0 is none.

    `seen_by`: content, chain, key, checkpoint or row. `after`, `before`: the checkpoints between which it must have
    been written, 0 where none says so.
    """

    kind: str
    case: str
    position: int
    what: str
    seen_by: str
    after: int = 0
    before: int = 0

    def line(self) -> str:
        """In one line that nothing in it can hide."""
        where = f" [{self.case}{f' position {self.position}' if self.position else ''}]" if self.case else ""
        between = f" (checkpoints {self.after} to {self.before})" if self.before else ""
        return printable(f"{self.kind}{where}: {self.what}{between}; seen by {self.seen_by}")


@dataclass(frozen=True)
class Checkpoint:
    """A signed note over all heads. `body`: the bytes that are signed; `signatures`: key id and signature."""

    origin: str
    streams: int
    root: bytes
    number: int
    events: int
    previous: bytes
    at: str
    body: bytes
    signatures: tuple[tuple[bytes, bytes], ...] = ()

    @property
    def hash(self) -> bytes:
        """By what the next one names it."""
        return hashlib.sha256(self.body).digest()


@dataclass
class Claims:
    """What checkpoints say of one stream: the hash of each event in turn, and up to where each of them reaches."""

    hashes: bytearray = field(default_factory=bytearray)
    reach: list[int] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)

    @property
    def position(self) -> int:
        """The last position that is claimed."""
        return len(self.hashes) // HASH_BYTES

    def add(self, number: int, hashes: bytes) -> None:
        """Claim more events."""
        self.hashes += hashes
        self.reach.append(self.position)
        self.numbers.append(number)

    def between(self, position: int) -> tuple[int, int]:
        """The last checkpoint before a position and the first that claims it; 0 where there is none."""
        at = bisect_left(self.reach, position)
        return (self.numbers[at - 1] if at else 0), (self.numbers[at] if at < len(self.numbers) else 0)


# --- checkpoints -----------------------------------------------------------------------------------------------------


def read_note(text: str) -> Checkpoint:
    """A checkpoint from its signed note. Raises ValueError for anything else."""
    body, blank, signed = text.partition("\n\n")
    lines = body.split("\n")
    names = ("number", "events", "previous", "at")
    if (
        not blank
        or len(lines) != 3 + len(names)
        or any(not line.startswith(f"{name} ") for name, line in zip(names, lines[3:], strict=True))
    ):
        raise ValueError("no checkpoint")
    number, events, previous, at = (line.split(" ", 1)[1] for line in lines[3:])
    found = [base64.b64decode(line.split(" ")[2]) for line in signed.splitlines() if line.startswith(SIGNED)]
    keyed = tuple((each[:ID_BYTES], each[ID_BYTES:]) for each in found)
    root, before = base64.b64decode(lines[2]), base64.b64decode(previous)
    return Checkpoint(lines[0], int(lines[1]), root, int(number), int(events), before, at, f"{body}\n".encode(), keyed)


def read_public(text: str) -> tuple[str, bytes]:
    """The name and the bytes of a public key: `name+id+base64`, as C2SP writes them. Raises ValueError."""
    name, named, coded = text.strip().split("+", 2)
    kind = base64.b64decode(coded)
    if kind[:1] != ED25519 or len(kind) != 1 + HASH_BYTES or named != key_id(name, kind[1:]).hex():
        raise ValueError("no Ed25519 key")
    return name, kind[1:]


def key_id(name: str, public: bytes) -> bytes:
    """What a signature line names its key by."""
    return hashlib.sha256(name.encode() + b"\n" + ED25519 + public).digest()[:ID_BYTES]


def signed_by(checkpoint: Checkpoint, name: str, public: bytes) -> bool | None:
    """Whether a checkpoint bears the signature of a key; None where nothing here can tell."""
    try:
        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    except ImportError:
        return None
    for named, signature in checkpoint.signatures:
        if named == key_id(name, public) and checkpoint.origin == name:
            try:
                Ed25519PublicKey.from_public_bytes(public).verify(signature, checkpoint.body)
            except InvalidSignature:
                continue
            return True
    return False


def leaf(token: bytes, position: int, head: bytes) -> bytes:
    """The leaf of a stream."""
    return hashlib.sha256(LEAF + token + position.to_bytes(8, "big") + head).digest()


def root_of(leaves: list[bytes]) -> bytes:
    """The Merkle tree hash of leaves (RFC 6962, 2.1)."""
    level = leaves
    while len(level) > 1:
        paired = [hashlib.sha256(NODE + level[at] + level[at + 1]).digest() for at in range(0, len(level) - 1, 2)]
        level = paired + level[len(level) - len(level) % 2 :]
    return level[0] if level else hashlib.sha256(b"").digest()


class Book:
    """What the checkpoints of a folder, and of its copy, say together; what is wrong with them is in `findings`.

    `notes` by number. `bare`: those without their file of heads, of which the root alone is known. `signatures`: None
    where nothing here can check one.
    """

    def __init__(self, folders: Iterable[Path], public: str = "") -> None:
        self.notes: dict[int, Checkpoint] = {}
        self.claims: dict[bytes, Claims] = {}
        self.findings: list[Finding] = []
        self.bare: list[int] = []
        self.signatures: bool | None = True
        self.key = read_public(public) if public else None
        self._files: dict[int, Path] = {}
        self._leaves: dict[bytes, bytes] = {}
        self.folders = [each for each in folders if each.is_dir()]
        for each in self.folders:
            self._collect(each)
        # Every root holds all that came before it: of very many, some are computed, and the last.
        self._stride = 1 + sum(each.streams for each in self.notes.values()) // LEAVES
        for number in sorted(self.notes):
            self._follow(self.notes[number])
        self._gaps()

    @property
    def newest(self) -> Checkpoint | None:
        """The last one."""
        return self.notes[max(self.notes)] if self.notes else None

    def wrong(self, kind: str, number: int, what: str) -> None:
        """Note what is wrong with a checkpoint."""
        self.findings.append(Finding(kind, "", 0, f"checkpoint {number} {what}", "checkpoint", number - 1, number))

    def _collect(self, folder: Path) -> None:
        """Read the notes of one place. One that is not signed by the key is told of and goes for nothing."""
        for file in sorted(folder.glob(f"*{NOTE}")):
            number = int(file.stem) if file.stem.isdecimal() else 0
            try:
                note = read_note(file.read_text("utf-8"))
            except (ValueError, IndexError, OSError):
                self.wrong("checkpoint_unreadable", number, f"cannot be read in {folder.name}")
                continue
            good = None if self.key is None else signed_by(note, *self.key)
            self.signatures = self.signatures if good is not None else None
            if good is False or note.number != number:
                self.wrong("checkpoint_forged", number, f"in {folder.name} is not what the key signed under this name")
            elif self.notes.setdefault(number, note).body != note.body:
                self.wrong("checkpoint_diverging", number, f"says one thing here and another in {folder.name}")
            elif number not in self._files and file.with_suffix(HEADS).exists():
                self._files[number] = file.with_suffix(HEADS)

    def _follow(self, note: Checkpoint) -> None:
        """Hold a checkpoint to the one before it, and take in what it claims."""
        before = self.notes.get(note.number - 1)
        if before is not None and (note.previous != before.hash or note.at < before.at):
            self.wrong("checkpoint_diverging", note.number, "does not go on from the one before it")
        if note.number not in self._files or self.bare:
            self.bare.append(note.number)
            return
        try:
            self._take(note)
        except (ValueError, OSError):
            self.wrong("heads_changed", note.number, "has a file of heads that cannot be read")
            return
        if note.number % self._stride and note is not self.newest:
            return
        leaves = [self._leaves[token] for token in sorted(self._leaves)]
        events = sum(each.position for each in self.claims.values())
        if (len(leaves), events) != (note.streams, note.events) or root_of(leaves) != note.root:
            self.wrong("heads_changed", note.number, "has a file of heads that is not what was signed")

    def _take(self, note: Checkpoint) -> None:
        """What one file of heads claims: each line a stream, its first position, and the hashes from there on."""
        for line in self._files[note.number].read_text("ascii").splitlines():
            token, first, hashes = line.split(" ")
            claims = self.claims.setdefault(bytes.fromhex(token), Claims())
            if int(first) != claims.position + 1:
                raise ValueError("an event is claimed twice, or left out")
            claims.add(note.number, bytes.fromhex(hashes))
            self._leaves[bytes.fromhex(token)] = leaf(
                bytes.fromhex(token), claims.position, bytes(claims.hashes[-HASH_BYTES:])
            )

    def _gaps(self) -> None:
        """Checkpoints that are gone, here or in one of two places."""
        for number in range(1, max(self.notes, default=0)):
            if number not in self.notes:
                self.wrong("checkpoint_missing", number, "is gone")
        for folder in self.folders if len(self.folders) > 1 else []:
            gone = [number for number in self.notes if not (folder / f"{number:08}{NOTE}").exists()]
            if gone:
                self.wrong("checkpoint_missing", gone[0], f"is gone from {folder.name}, and {len(gone) - 1} more")


# --- events ----------------------------------------------------------------------------------------------------------

#: What is wrong with an event, why that is so, and what tells it.
Wrong = tuple[str, str, str]
#: An event of whatever kind a record has.
AnyRow = TypeVar("AnyRow", bound=Row)
#: The fields of an event's bytes; None where they are none, or not in the one form in which they are written.
Parse = Callable[[AnyRow], Mapping[str, Any] | None]


def parse(row: Row) -> Mapping[str, Any] | None:
    """The fields of an event by the standard library: JSON with sorted keys and nothing between them."""
    canonical = row.canonical
    try:
        found = json.loads(canonical)
        again = json.dumps(found, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        return None
    return found if again == canonical and isinstance(found, dict) else None


class Verifier(Generic[AnyRow]):
    """Holds events to their content, their chain, their key and the checkpoints.

    `token_of`: what checkpoints call a stream. `mac_of`: the keyed hash of a hash, None without the key of the site.
    `whole`: a stream that is claimed and does not come is missing.
    """

    def __init__(
        self,
        book: Book,
        token_of: Callable[[str], bytes | None],
        *,
        parse: Parse[AnyRow] = parse,
        mac_of: Callable[[bytes], bytes] | None = None,
        whole: bool = True,
    ) -> None:
        self.book, self.token_of, self.parse, self.mac_of = book, token_of, parse, mac_of
        self.whole = whole
        self.findings: list[Finding] = []
        self.ends: dict[str, tuple[int, bytes]] = {}
        self.events = self.streams = self.tail = self.unkeyed = self.strange = 0
        self._seen: set[bytes] = set()
        self._present: set[int] = set()
        self._lost: list[tuple[int, str, int]] = []

    def check(self, rows: Iterable[AnyRow]) -> None:
        """Check streams, each whole and in order."""
        for case, stream in groupby(rows, key=attrgetter("case")):
            self.findings += self._stream(case, stream)

    def _stream(self, case: str, rows: Iterable[AnyRow]) -> list[Finding]:
        """What is wrong with one stream."""
        token = self.token_of(case)
        claims = self.book.claims.get(token) if token else None
        claims = Claims() if claims is None else claims
        found: list[Finding] = []
        position, last, recorded, keyed, forged = 0, FIRST, 0, False, False
        for row in rows:
            self.events += 1
            wrong, content = self._content(row, position, last)
            at = position + 1 if wrong is not None and wrong[0] == "removed" else row.position
            position, last = row.position, row.hash
            if content is not None:
                at_us = content.get("recorded_at")
                if type(at_us) is not int:
                    wrong = wrong or ("edited", "it does not say when it was recorded", "content")
                elif wrong is None and at_us < recorded:
                    wrong = "back_dated", "it is recorded before the event before it", "content"
                recorded = at_us if type(at_us) is int else recorded
            if not forged and (unlike := self._unlike(row, claims, keyed)) is not None:
                wrong, forged = wrong or unlike, True
            keyed = keyed or bool(row.mac)
            self.unkeyed += not row.mac
            if wrong is not None and len(found) < TOLD:
                found.append(Finding(wrong[0], case, at, wrong[1], wrong[2], *claims.between(at)))
        self.ends[case] = position, last
        self.tail += max(0, position - claims.position)
        self.streams += 1
        self.strange += not claims.position
        if token:
            self._seen.add(token)
            self._reached(case, claims, position, bool(found))
        return found

    def _content(self, row: AnyRow, position: int, last: bytes) -> tuple[Wrong | None, Mapping[str, Any] | None]:
        """What is wrong with an event by itself and after the one before it; and its fields."""
        content = self.parse(row)
        if row.position != position + 1:
            gone = f"position {position + 1} is not there" if row.position > position else "it does not follow"
            return ("removed", gone, "chain"), content
        if content is not None and (content.get("case"), content.get("position")) != (row.case, row.position):
            return ("swapped", "its content says that it is another event", "content"), content
        if hashlib.sha256(DOMAIN + row.previous + row.canonical).digest() != row.hash:
            return ("edited", "its content does not match its hash", "chain"), content
        if row.previous != last:
            return (
                "unlinked",
                "it does not continue the event before it",
                "chain",
            ), content
        if content is None:
            return ("edited", "its bytes are not in the one form in which events are written", "content"), content
        return None, content

    def _unlike(self, row: Row, claims: Claims, keyed: bool) -> Wrong | None:
        """Whether an event is another than it was: by its keyed hash, and by what a checkpoint claims."""
        at = row.position * HASH_BYTES
        if at <= len(claims.hashes) and claims.hashes[at - HASH_BYTES : at] != row.hash:
            return "rewritten", "it is not the event that stood here when the checkpoint was signed", "checkpoint"
        if self.mac_of is None:
            return None
        if row.mac:
            good = hmac.compare_digest(self.mac_of(row.hash), row.mac)
            return None if good else ("rewritten", "its keyed hash was not made with the key of the site", "key")
        # Such are from before there were any, or from hours without the key: a checkpoint vouches for them, or nobody.
        if at > len(claims.hashes) and (keyed or self.book.notes):
            return "unkeyed", "it bears no keyed hash, and no checkpoint holds it", "key"
        return None

    def _reached(self, case: str, claims: Claims, position: int, wrong: bool) -> None:
        """Note which claims a stream keeps, and whether it ends before the last of them."""
        kept = bisect_left(claims.reach, position + 1)
        self._present.update(claims.numbers[:kept])
        if position < claims.position and not wrong:
            self._lost.append((claims.numbers[kept], case, position + 1))

    def finish(self, name_of: Mapping[bytes, str] | None = None) -> list[Finding]:
        """Everything that is wrong, once every stream was checked. `name_of`: cases by their tokens."""
        lost = [number for number, _, _ in self._lost]
        for number, case, position in self._lost:
            what = "the events from here on are gone"
            self.findings.append(Finding("cut", case, position, what, "checkpoint", number - 1, number))
        for token, claims in sorted(self.book.claims.items()):
            if self.whole and token not in self._seen:
                what, number = f"a whole stream of {claims.position} events is gone", claims.numbers[0]
                named = (name_of or {}).get(token, token.hex()[:16])
                self.findings.append(Finding("missing", named, 1, what, "checkpoint", 0, number))
                lost.append(number)
        if self.book.bare and self.whole:
            self._root()
        if self.whole and lost and self._nothing_since(min(lost)):
            first = self.book.notes[min(lost)]
            what = f"the record is as it was before checkpoint {first.number} of {first.at}: an older copy of it"
            self.findings.append(Finding("rolled_back", "", 0, what, "checkpoint", first.number - 1, first.number))
        return [*self.book.findings, *self.findings]

    def _root(self) -> None:
        """Hold the whole to the newest root, where nobody has its heads and nothing came after it."""
        newest, named = self.book.newest, {self.token_of(case): end for case, end in self.ends.items()}
        leaves = [leaf(token, *named[token]) for token in sorted(token for token in named if token)]
        if newest is not None and self.events == newest.events and root_of(leaves) != newest.root:
            what = "the record is not what was signed; without its file of heads nothing tells which stream"
            self.findings.append(Finding("rewritten", "", 0, what, "checkpoint", newest.number - 1, newest.number))

    def _nothing_since(self, first: int) -> bool:
        """Whether nothing is left of what was claimed after a checkpoint; with the newest, nothing of that itself."""
        return not any(number > first or number == first == max(self.book.notes) for number in self._present)


def unseen(checked: Verifier[Any]) -> list[str]:
    """What a check cannot see, in words."""
    book, found = checked.book, []
    if (newest := book.newest) is None:
        found.append("there is no checkpoint: events changed and hashed anew, cut off or dropped are seen by no one")
    else:
        found.append(
            f"{checked.tail} events came after checkpoint {newest.number} of {newest.at}: that some of them were cut "
            "off is not seen"
        )
        found.append("that the newest checkpoints were taken away in every place is seen by a witness alone")
        if checked.strange:
            what = f"{checked.strange} streams here are in no checkpoint: whether each began later is not seen"
            found.append(what)
        if not checked.whole:
            what = f"this is a copy of {checked.streams} of {newest.streams} streams: of the others nothing is seen"
            found.append(what)
    if checked.mac_of is None:
        found.append("the key of the site is not here: events after the last checkpoint may be changed and hashed anew")
    elif checked.unkeyed:
        found.append(f"{checked.unkeyed} events bear no keyed hash: only a checkpoint holds them")
    if book.notes and book.key is None:
        found.append("no public key is said: whether the checkpoints are the keeper's is not known")
    elif book.notes and book.signatures is None:
        found.append("the package `cryptography` is not here: no signature was checked")
    if book.bare:
        what = "has no file of heads: only its order and signature were checked"
        found.append(f"checkpoint {book.bare[0]}, and {len(book.bare) - 1} after it, {what}")
    if book.notes and len(book.folders) < 2:
        found.append("one place of checkpoints was read: a second copy would show that somebody replaced them")
    what = "events alone are proved: not the access log, refused requests, secrets of accounts, names or rows of boards"
    found.append(what)
    found.append("what was untrue when it was entered, and whoever has every key, are seen by no one")
    return found


# --- an export -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Line:
    """An event of an export."""

    case: str
    position: int
    canonical: bytes
    previous: bytes
    hash: bytes
    mac: bytes = b""


def read_lines(file: Path) -> Iterator[Line]:
    """The events of an export in order. Raises ValueError and KeyError for a line that is none."""
    with file.open(encoding="utf-8") as lines:
        for line in lines:
            each = json.loads(line)
            coded = each.get("canonical_base64")
            canonical = each["canonical"].encode() if coded is None else base64.b64decode(coded)
            previous, own, mac = (bytes.fromhex(each[name]) for name in ("previous", "hash", "mac"))
            yield Line(each["case"], each["position"], canonical, previous, own, mac)


def verify(folder: Path, public: str = "") -> Verifier[Line]:
    """Check an export. `public`: the key of the keeper, where somebody has it from elsewhere than the export.

    Raises OSError, ValueError and KeyError for a folder that is none.
    """
    about = json.loads((folder / "about.json").read_text("utf-8"))
    there = folder / PUBLIC
    key = public or (there.read_text("ascii") if there.exists() else "")
    tokens = {case: bytes.fromhex(token) for case, token in about["tokens"].items()}
    checked: Verifier[Line] = Verifier(Book([folder / "checkpoints"], key), tokens.get, whole=about["whole"])
    checked.check(read_lines(folder / "events.jsonl"))
    for case, (position, head) in about["heads"].items():
        if checked.ends.get(case, (0, FIRST)) != (position, bytes.fromhex(head)):
            checked.findings.append(
                Finding("head", case, position, "its stream does not end where its head says", "row")
            )
    checked.findings += [
        Finding("head", case, 0, "no head is told of it", "row") for case in checked.ends.keys() - about["heads"]
    ]
    checked.findings += listed(folder)
    return checked


def listed(folder: Path) -> Iterator[Finding]:
    """Files that are not what the list of a pack says; an export has no such list."""
    if not (list_of := folder / MANIFEST).exists():
        return
    for name, digest in sorted(json.loads(list_of.read_text("utf-8"))["files"].items()):
        file = folder / name
        if not file.is_file() or hashlib.sha256(file.read_bytes()).hexdigest() != digest:
            yield Finding("file", "", 0, f"{name} is not the file of this pack", "list")


def beside(folder: Path, *, given: bool) -> Iterator[str]:
    """What a check of a copy cannot see of what lies beside the events. `given`: the public key came another way."""
    if not given and (folder / PUBLIC).exists():
        yield "the public key came with this copy: compare it with the one that you were given elsewhere"
    if (folder / MANIFEST).exists():
        yield "tables, paper and definitions are held to manifest.json, which nobody signs: events are what is proved"


def main(words: list[str]) -> int:
    """Check the export in a folder, or the one that this file lies in, and say what is wrong and what is not seen."""
    folder = Path(words[0]) if words else Path(__file__).resolve().parent
    try:
        checked = verify(folder, Path(words[1]).read_text("ascii") if len(words) > 1 else "")
        findings = checked.finish()
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        sys.stderr.write(f"{folder} is no export that can be read ({type(error).__name__})\n")
        return NOT_READ
    print(f"{checked.events} events, {len(checked.book.notes)} checkpoints")
    for each in findings:
        print(each.line())
    print("nothing is wrong" if not findings else f"{len(findings)} findings")
    print("what this cannot see:")
    for text in (*unseen(checked), *beside(folder, given=len(words) > 1)):
        print(f"- {text}")
    return DAMAGED if findings else 0


def printable(text: str) -> str:
    """Text without what moves a cursor or hides a line: somebody who forges a name must not write over a finding."""
    return "".join(each if each.isprintable() else "?" for each in text)


def plain(finding: Finding) -> dict[str, Any]:
    """A finding as JSON has it."""
    return asdict(finding)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
