"""The vault: the key of the site in a file that lies in no store, and what is sealed under the keys of the cases.

AES-SIV (RFC 5297) with 512-bit keys: the same text under the same key is the same ciphertext, so that the same events
are the same bytes on every store, and no number used once can be used twice. What a ciphertext is for (its key's name,
its purpose) is sealed along with it: moved to another case it does not open.
"""

import hmac
import os
import secrets
from collections.abc import Callable
from contextlib import suppress
from hashlib import sha256, sha512
from pathlib import Path

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

from pathway.engine.ports import CaseKey, Store
from persistence.copy import flush
from ward.errors import NotUnderstood
from ward.place import Place, beside, is_server
from ward.settings import settings

SCHEME = "aes-siv"
#: Of a key, for AES-256 in this mode.
KEY_BYTES = 64
#: How a key file begins; then the key's id, for people, and the key in hexadecimal digits.
FILE_MARK = "wardpath-site-key-1"
#: The property of a store that names the key of its site: a store without it seals nothing.
PROPERTY = "site_key"
#: Of an id: enough to tell the keys of one hospital apart, and nothing that helps to find one.
ID_DIGITS = 16
#: What a wrapped key is sealed for.
WRAPPED = b"case key"
#: What the key for the codes of events is derived from the site's own for: one key serves one purpose.
EVENT_MAC = b"event mac 1"
#: Of SHA-256.
BLOCK_BYTES = 64
MISSING, WRONG = "key missing", "the key is of another site"

#: A new key for a name.
Draw = Callable[[str], bytes]


class SiteKey(msgspec.Struct, frozen=True):
    """The key of a site. `id` stands in its stores and may be shown."""

    secret: bytes

    @property
    def id(self) -> str:
        """The key by the digest of its digest."""
        return sha256(b"wardpath site key id" + sha256(self.secret).digest()).hexdigest()[:ID_DIGITS]

    def __repr__(self) -> str:
        """Never the secret."""
        return f"SiteKey({self.id})"


def chance(_name: str) -> bytes:
    """A key that nobody can guess."""
    return secrets.token_bytes(KEY_BYTES)


def drawn_by(seed: int) -> Draw:
    """Keys that follow from a seed: for invented patients, whose events are the same bytes each time."""
    return lambda name: sha512(f"demonstration/{seed}/{name}".encode()).digest()


class SiteVault:
    """`pathway.engine.ports.Vault` under the key of a site; or without it, and then `why` says so."""

    scheme = SCHEME

    def __init__(self, key: SiteKey | None, why: str = "", draw: Draw = chance) -> None:
        self.why = why or ("" if key else MISSING)
        self._site = None if key is None else AESSIV(key.secret)
        self._pads = None if key is None else pads(mac_key(key.secret))
        self._draw = draw

    def make(self, key: str) -> bytes | None:
        """A new key, wrapped; None where the key of the site is not here."""
        return None if self._site is None else self._site.encrypt(self._draw(key), [WRAPPED, key.encode()])

    def seal(self, kept: CaseKey, purpose: str, clear: bytes) -> bytes | None:
        """Seal bytes, at least one; None where the key is destroyed, or cannot be unwrapped here."""
        found = self._unwrapped(kept)
        return None if found is None else found.encrypt(clear, [kept.key.encode(), purpose.encode()])

    def unseal(self, kept: CaseKey, purpose: str, sealed: bytes) -> bytes | None:
        """What was sealed; None where it was not made by this key for this purpose, or was changed."""
        found = self._unwrapped(kept)
        with suppress(InvalidTag):
            return None if found is None else found.decrypt(sealed, [kept.key.encode(), purpose.encode()])
        return None

    def mac(self, of: bytes) -> bytes:
        """HMAC-SHA-256 of an event's hash, 32 bytes; empty where the key of the site is not here."""
        return b"" if self._pads is None else keyed(self._pads, of)

    def _unwrapped(self, kept: CaseKey) -> AESSIV | None:
        """The cipher of a case, where its key is there and was wrapped by this site."""
        if self._site is None or kept.wrapped is None:
            return None
        with suppress(InvalidTag):
            return AESSIV(self._site.decrypt(kept.wrapped, [WRAPPED, kept.key.encode()]))
        return None


def mac_key(secret: bytes) -> bytes:
    """The key for the codes of events: HMAC-SHA-256 of their purpose under the key of the site."""
    return hmac.digest(secret, EVENT_MAC, "sha256")


def pads(key: bytes) -> tuple[bytes, bytes]:
    """Both blocks that a key of at most one block is to HMAC-SHA-256 (RFC 2104, 2)."""
    block = key.ljust(BLOCK_BYTES, b"\0")
    return bytes(each ^ 0x36 for each in block), bytes(each ^ 0x5C for each in block)


def keyed(pads: tuple[bytes, bytes], of: bytes) -> bytes:
    """HMAC-SHA-256 by its definition: half the time of `hmac.digest`, which prepares the key anew for each event."""
    inner, outer = pads
    return sha256(outer + sha256(inner + of).digest()).digest()


# --- the key of the site ---------------------------------------------------------------------------------------------


def vault_of(store: Store, draw: Draw = chance) -> SiteVault | None:
    """The vault of a store; None for one that seals nothing. Raises NotUnderstood for a key file that is none."""
    wanted = store.property(PROPERTY)
    if wanted is None:
        return None
    # A store in a file says where that lies; one on a server or in memory does not.
    key = read_key(key_file(getattr(store, "path", "")))
    if key is not None and key.id != wanted:
        return SiteVault(None, WRONG)
    return SiteVault(key, draw=draw)


def key_file(place: Place) -> Path:
    """Where the key of a store's site lies: as WARDPATH_KEY_FILE says; else beside the store, for a server here."""
    if (said := settings().key_file) is not None:
        return said
    named = place and not is_server(place)
    return beside(place, f"{Path(place).name}.key") if named else Path("wardpath.key")


def read_key(file: Path) -> SiteKey | None:
    """The key in a file; None where there is none. Raises NotUnderstood for a file that is none."""
    try:
        found = key_in(file.read_text("ascii"))
    except FileNotFoundError:
        return None
    except (OSError, ValueError):
        found = None
    if found is None:
        happened = f"{file} cannot be read as the key of a site"
        mend = "put the file back as it was made, or name another in WARDPATH_KEY_FILE"
        raise NotUnderstood(happened, "a key file that `wardpath init` made", mend)
    return found


def key_in(text: str) -> SiteKey | None:
    """The key that the text of a key file holds; None where it holds none. Raises ValueError for other digits."""
    mark, *rest = text.split() or [""]
    if mark != FILE_MARK or len(rest) != len(("id", "digits")):
        return None
    key = SiteKey(bytes.fromhex(rest[1]))
    return key if (key.id, len(key.secret)) == (rest[0], KEY_BYTES) else None


def make_key(file: Path) -> SiteKey:
    """The key in a file, made where there is none: its owner alone can read it, and it is on disk before it is used.

    A key that is there is never overwritten: other stores may rest on it. Raises NotUnderstood.
    """
    if (there := read_key(file)) is not None:
        return there
    key = SiteKey(chance(""))
    try:
        handle = os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        with os.fdopen(handle, "w", encoding="ascii") as opened:
            opened.write(f"{FILE_MARK} {key.id} {key.secret.hex()}\n")
            opened.flush()
            os.fsync(opened.fileno())
        flush(file.parent)
    except OSError as error:
        happened = f"{file} cannot be made ({error.strerror})"
        raise NotUnderstood(happened, "a folder that can be written", "name a file in WARDPATH_KEY_FILE") from error
    return key
