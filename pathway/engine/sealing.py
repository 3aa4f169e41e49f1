"""Sealing: free text, identities and messages under the key of their case; and reading them again, or saying why not.

Where a store has no vault, all of it lies in the clear. Where it has one whose key is not here, what is new is not
written down, since it could not be kept secret, and everything that is no free text goes on as ever.
"""

from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from collections.abc import Callable, Iterable

import msgspec

from pathway.case.commands import AnyCommand, Command
from pathway.case.envelope import Chained
from pathway.case.events import Sealed
from pathway.clinical.instant import Instant
from pathway.engine.ports import CaseKey, Identity, Store, Vault

#: How a field lies in the store: as it is; or not at all, since its key was not here.
CLEAR, UNKEPT = "clear", "unkept"
#: What a ciphertext was made for: one made for a text does not open as an identity.
TEXT, CONTENT = "text", "content"
#: Why something cannot be read.
DESTROYED, CHANGED, NOT_KEPT = "key destroyed", "changed", "not kept: the key was missing"
#: The fields of commands that people write into freely.
FREE_TEXT = ("reason", "receiver")


class Opened(msgspec.Struct, frozen=True):
    """What a sealed field says; or, in `why`, why it cannot be read: it is empty where it can.

    `erased`: when and by whom its key was destroyed, where a tombstone says so.
    """

    content: bytes = b""
    why: str = ""
    erased: str = ""

    @property
    def text(self) -> str:
        """The text for people, or why there is none."""
        return self.erased or (f"sealed, {self.why}" if self.why else self.content.decode())


class Sealing:
    """Seals under one key in one transaction. `made` is the key where it was not there yet: it is stored with the rest.

    `find` says what is kept of a key, and is asked at most once, when something is sealed.
    """

    def __init__(self, vault: Vault | None, key: str, find: Callable[[str], CaseKey | None], now: Instant) -> None:
        self.vault, self.key, self.find, self.now = vault, key, find, now
        self.made: CaseKey | None = None
        self._kept: CaseKey | None = None

    def text(self, text: str) -> Sealed:
        """Free text, as it stands in an event."""
        if self.vault is None or not text:
            return Sealed(CLEAR, self.key, text)
        data = self._sealed(self.vault, TEXT, text.encode())
        return Sealed(UNKEPT, self.key, "") if data is None else Sealed(self.vault.scheme, self.key, base64(data))

    def content(self, content: bytes) -> Identity | None:
        """What lies apart from the events; None where its key is not here and it cannot be kept secret."""
        if self.vault is None:
            return Identity(self.key, CLEAR, self.key, content)
        data = self._sealed(self.vault, CONTENT, content)
        return None if data is None else Identity(self.key, self.vault.scheme, self.key, data)

    def command(self, canonical: bytes, bare: bytes) -> bytes:
        """The bytes of a refused command as the attempts log has them; `bare` of them where they cannot be sealed."""
        if self.vault is None:
            return canonical
        found = self.text(canonical.decode())
        return bare if found.scheme == UNKEPT else msgspec.json.encode(found, order="sorted")

    def _sealed(self, vault: Vault, purpose: str, clear: bytes) -> bytes | None:
        """The bytes under the key, which is made where there is none."""
        if self._kept is None:
            self._kept = self.find(self.key)
        if self._kept is None and (wrapped := vault.make(self.key)) is not None:
            self._kept = self.made = CaseKey(self.key, wrapped, self.now)
        return None if self._kept is None else vault.seal(self._kept, purpose, clear)


def opened(store: Store, vault: Vault | None, sealed: Sealed | None) -> Opened:
    """What free text of an event says. Raises StoreRefused where this process may not read keys."""
    if sealed is None or sealed.scheme == CLEAR:
        return Opened(b"" if sealed is None else sealed.data.encode())
    try:
        return read(store, vault, sealed.scheme, sealed.key, TEXT, b64decode(sealed.data, validate=True))
    except NotBase64:
        return Opened(why=CHANGED)


def content_of(store: Store, vault: Vault | None, kept: Identity) -> Opened:
    """What lies apart from the events says."""
    return read(store, vault, kept.scheme, kept.key, CONTENT, kept.sealed)


def read(store: Store, vault: Vault | None, scheme: str, key: str, purpose: str, data: bytes) -> Opened:
    """What sealed bytes say."""
    if scheme in (CLEAR, UNKEPT):
        return Opened(data) if scheme == CLEAR else Opened(why=NOT_KEPT)
    kept = store.case_key(key)
    if kept is not None and kept.wrapped is None:
        return Opened(why=DESTROYED)
    if vault is None or vault.why or vault.scheme != scheme:
        return Opened(why=vault.why if vault is not None and vault.why else "key missing")
    found = None if kept is None else vault.unseal(kept, purpose, data)
    return Opened(why=CHANGED) if found is None else Opened(found)


def macs_of(vault: Vault | None, events: Iterable[Chained]) -> tuple[bytes, ...]:
    """What the vault says of the hashes of events that are about to be written; nothing without one, or its key."""
    return () if vault is None or vault.why else tuple(vault.mac(each.hash) for each in events)


def bare(command: Command | AnyCommand) -> Command | AnyCommand:
    """A command without what people wrote freely and without identifiers, which stay by their kinds alone."""
    blank: dict[str, object] = {name: "" for name in FREE_TEXT if getattr(command, name, "")}
    for name in ("identifiers", "reasons"):
        if given := getattr(command, name, None):
            blank[name] = dict.fromkeys(given, "")
    if told := getattr(command, "history", ()):
        blank["history"] = tuple(map(bare, told))
    return msgspec.structs.replace(command, **blank)


def base64(data: bytes) -> str:
    """Bytes as text."""
    return b64encode(data).decode()
