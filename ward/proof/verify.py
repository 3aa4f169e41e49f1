"""The record of a store held to its proof: content, chain, keyed hashes, columns, heads and checkpoints."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from time import perf_counter
from typing import Any

import msgspec

from pathway.clinical.instant import Instant
from pathway.engine.ports import Filed, Store, Vault
from pathway.site.streams import is_site
from ward.place import Place
from ward.proof.key import PUBLIC, name_of, salt_of, token
from ward.proof.places import folders, public_key
from ward.proof.verify_export import Book, Finding, Verifier, read_public, unseen
from ward.vault import WRONG
from ward.wiring import House

#: Told how many events were checked; may wait, so that others get their turn.
Progress = Callable[[int], None]
#: Events between two of these.
SLICE = 2_000
#: The property of a store that says what the last verification of a running ward found.
RESULT = "verification"
#: Findings that are kept; the rest is counted.
KEPT = 100
#: Names that are asked for the token of a stream that is gone, at most.
NAMES = 1_000_000
ENCODER, DECODER = msgspec.json.Encoder(order="sorted"), msgspec.json.Decoder()


class Verified(msgspec.Struct, frozen=True):
    """What a verification found. `at`: when it began, by the wall. `checkpoint`: the newest number, 0 for none."""

    at: Instant
    streams: int
    events: int
    checkpoint: int
    checkpoint_at: str
    checkpoints: int
    findings: tuple[Finding, ...]
    wrong: int
    unseen: tuple[str, ...]
    took_s: float

    @property
    def clean(self) -> bool:
        """Whether nothing is wrong."""
        return self.wrong == 0


def verify(
    house: House, place: Place | None, now: Instant, *, public: str = "", progress: Progress | None = None
) -> Verified:
    """Check a store while it is in use; writes nothing. `public`: the public key, where somebody has it from elsewhere.

    Raises StoreRefused, and ValueError for a public key that is none.
    """
    began_s, store = perf_counter(), house.store
    places = [] if place is None else folders(place)
    key = public or public_key(places) or store.property(PUBLIC) or ""
    salt = salt_of(store)
    book = Book(places, key if readable(key) else "")
    heads = {head.case: (head.position, head.hash) for head in [*store.heads(closed=True), *store.site_heads()]}
    salted = bytes.fromhex(salt) if salt else b""
    columns = Columns()
    checked = Verifier[Filed](
        book,
        lambda case: token(salted, case) if salted else None,
        parse=columns.parse,
        mac_of=mac_of(house.engine.vault),
    )
    checked.check(told(store.filed(), progress or nothing))
    findings = [
        *keys(store, book, key),
        *(none_kept(store, book, public) if places else ()),
        *site_key(house.engine.vault, checked),
        *checked.finish(names(store, salted, checked)),
        *ends(store, checked, heads),
    ]
    findings += [
        Finding("column", case, position, "what stands beside it is not what it says", "row")
        for case, position in columns.unlike
    ]
    newest = book.newest
    return Verified(
        now,
        len(checked.ends),
        checked.events,
        0 if newest is None else newest.number,
        "" if newest is None else newest.at,
        len(book.notes),
        tuple(findings[:KEPT]),
        len(findings),
        tuple(unseen(checked)),
        round(perf_counter() - began_s, 3),
    )


def last_result(store: Store) -> Verified | None:
    """What the last verification of a running ward found; None where there was none, or nobody can read it."""
    text = store.property(RESULT)
    with suppress(msgspec.MsgspecError):
        return None if text is None else msgspec.json.decode(text, type=Verified)
    return None


class Columns:
    """Holds what stands beside each event to its content, as that is read. `unlike`: where the two are not the same."""

    def __init__(self) -> None:
        self.unlike: list[tuple[str, int]] = []

    def parse(self, row: Filed) -> Mapping[str, Any] | None:
        """The fields of an event; None where they are none, or not in the one form in which they are written."""
        found = parse(row.canonical)
        if found is not None and misfiled(row, found):
            self.unlike.append((row.case, row.position))
        return found


def misfiled(row: Filed, said: Mapping[str, Any]) -> bool:
    """Whether the columns of an event say another thing than its content. Never of what is no event: the hash tells."""
    try:
        by, named = said["by"], said["body"]["type"]
        beside = (
            named,
            said["occurred_at"],
            said["recorded_at"],
            by["actor"],
            by.get("role", ""),
            said.get("command", ""),
        )
    except (KeyError, TypeError, AttributeError):
        return False
    there = (row.type, row.occurred_at, row.recorded_at, row.actor, row.role, row.command)
    return beside != there and list(map(type, beside)) == list(map(type, there))


def parse(canonical: bytes) -> dict[str, Any] | None:
    """The fields of canonical bytes; None where they are none, or not in the one form in which they are written."""
    try:
        found = DECODER.decode(canonical)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None
    return found if isinstance(found, dict) and ENCODER.encode(found) == canonical else None


def mac_of(vault: Vault | None) -> Callable[[bytes], bytes] | None:
    """The keyed hash, where the key of the site is here."""
    return None if vault is None or vault.why else vault.mac


def told(rows: Iterator[Filed], progress: Progress) -> Iterator[Filed]:
    """Events, and after each slice how many there were."""
    for number, row in enumerate(rows, 1):
        yield row
        if number % SLICE == 0:
            progress(number)


def nothing(_events: int) -> None:
    """Nobody is told."""


def readable(key: str) -> bool:
    """Whether this is a public key."""
    try:
        return bool(read_public(key))
    except ValueError:
        return False


def site_key(vault: Vault | None, checked: Verifier[Filed]) -> Iterator[Finding]:
    """Whether the store still names the key of the site: whoever changes that name takes the keyed hashes away."""
    if checked.unkeyed < checked.events and (vault is None or vault.why == WRONG):
        what = (
            "the store names another key of the site than its keyed hashes were made with, or the key file is another"
        )
        yield Finding("key_changed", "", 0, what, "key")


def none_kept(store: Store, book: Book, public: str) -> Iterator[Finding]:
    """Whether a key of checkpoints is known, and none of them is where they are kept."""
    if not book.notes and not book.findings and (public or store.property(PUBLIC)):
        what = "the store has a key of checkpoints, and none is there: sign the first, or find who took them away"
        yield Finding("checkpoint_missing", "", 0, what, "row")


def keys(store: Store, book: Book, key: str) -> Iterator[Finding]:
    """Whether the store still names the key and the salt of its checkpoints, and whether any it knew of are gone."""
    if key and not readable(key):
        yield Finding(
            "key_changed", "", 0, "what lies there as the public key of its checkpoints is none", "checkpoint"
        )
    newest, before = max(book.notes, default=0), last_result(store)
    if before is not None and newest < before.checkpoint:
        what = f"checkpoint {before.checkpoint} was there when the record was last verified, and is gone"
        yield Finding("checkpoint_missing", "", 0, what, "row", newest, before.checkpoint)
    if not book.notes:
        return
    salt = salt_of(store)
    names = {each.origin for each in book.notes.values()}
    if salt is None or names != {name_of(salt)}:
        yield Finding("salt_changed", "", 0, "its checkpoints are of a store with another salt", "checkpoint")
    if store.property(PUBLIC) != key:
        yield Finding("key_changed", "", 0, "the store names another public key than its checkpoints", "checkpoint")


def names(store: Store, salt: bytes, checked: Verifier[Filed]) -> dict[bytes, str]:
    """Cases by their tokens, from rows beside the events, where a stream that was signed is not there."""
    seen = {token(salt, case) for case in checked.ends} if salt else set()
    if not checked.book.claims.keys() - seen:
        return {}
    found: dict[bytes, str] = {}
    after = 0
    while len(found) < NAMES and (page := store.accesses(after=after)):
        found |= {token(salt, case): case for each in page for case in each.cases}
        after = page[-1].number
    others: Iterable[str] = (each.case for each, _ in store.notices())
    return found | {
        token(salt, case): case for case in (*others, *(row.case for row in store.reminders(open_only=False)))
    }


def ends(store: Store, checked: Verifier[Filed], heads: Mapping[str, tuple[int, bytes]]) -> Iterator[Finding]:
    """Streams that do not end where their head row says. One that moved on meanwhile is looked at again."""
    for case, (position, last) in checked.ends.items():
        if heads.get(case) == (position, last):
            continue
        now = store.head(case)
        if now is None or (now.position < position) or (now.position == position and now.hash != last):
            yield Finding("head", case, position, "its head row is not the end of its stream", "row")
        elif now.position > position and (heads.get(case) or (0, b""))[0] > position:
            yield Finding("head", case, position + 1, "its stream ends before its head row", "row")
    for case in heads.keys() - checked.ends.keys():
        yield Finding("head", case, 1, "it has a head row and no events", "row")
    for head in store.site_heads():
        if not is_site(head.case):
            what = "its head row has no pathway: it stands on no board and in no list"
            yield Finding("head", head.case, head.position, what, "row")
