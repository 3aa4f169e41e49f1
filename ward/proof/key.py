"""The key of the checkpoints: Ed25519, in a file of its own, which a person who cannot write the store may keep.

Whoever has the store and the key of the site still cannot sign a checkpoint. What checkpoints call a stream is salted:
they do not say who is on the ward.
"""

import hmac
import os
import secrets
from base64 import b64encode
from hashlib import sha256
from pathlib import Path

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from pathway.engine.ports import Store
from persistence.copy import flush
from ward.errors import NotHere, NotUnderstood
from ward.place import Place, beside, is_server
from ward.proof.verify_export import ED25519, SIGNED, key_id
from ward.settings import settings

FILE_MARK = "wardpath-checkpoint-key-1"
#: Properties of a store: the salt of its tokens, and the public key that signs over it.
SALT, PUBLIC = "checkpoint_salt", "checkpoint_key"
SECRET_BYTES = 32
#: Of a name: enough to tell the stores of one hospital apart.
NAME_DIGITS = 16
MEND = "name the key file in WARDPATH_CHECKPOINT_KEY"


class CheckpointKey(msgspec.Struct, frozen=True):
    """The key of a keeper, under the name that its checkpoints bear."""

    name: str
    secret: bytes

    @property
    def public(self) -> str:
        """The public key as C2SP writes one: name, id and key. It may be shown, and should be kept in many places."""
        key = self._own().public_key().public_bytes_raw()
        return f"{self.name}+{key_id(self.name, key).hex()}+{b64encode(ED25519 + key).decode()}"

    def sign(self, body: bytes) -> str:
        """A signed note: the body, a blank line, and the line of the signature."""
        own = self._own()
        named = key_id(self.name, own.public_key().public_bytes_raw())
        return f"{body.decode()}\n{SIGNED}{self.name} {b64encode(named + own.sign(body)).decode()}\n"

    def _own(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(self.secret)

    def __repr__(self) -> str:
        """Never the secret."""
        return f"CheckpointKey({self.name})"


def key_place(place: Place) -> Path:
    """Where the key lies: as WARDPATH_CHECKPOINT_KEY says; else beside the store, for a server here."""
    if (said := settings().checkpoint_key) is not None:
        return said
    return Path("wardpath.checkpoint.key") if is_server(place) else beside(place, f"{Path(place).name}.checkpoint.key")


def found_key(store: Store, file: Path) -> CheckpointKey:
    """A store's own key, made and named in it where it has none yet: its owner alone can read the file.

    A key that is there is never overwritten. Raises NotUnderstood for a file that is none or cannot be made, NotHere
    where the store names another key.
    """
    salt = store.property(SALT)
    if salt is None:
        salt = secrets.token_hex(SECRET_BYTES)
        store.set_property(SALT, salt)
    key = read_key(file) or written(file, CheckpointKey(name_of(salt), secrets.token_bytes(SECRET_BYTES)))
    named = store.property(PUBLIC)
    if named not in (None, key.public) or key.name != name_of(salt):
        raise NotHere("the store names another key than this file holds", "the key of this store's checkpoints", MEND)
    if named is None:
        store.set_property(PUBLIC, key.public)
    return key


def read_key(file: Path) -> CheckpointKey | None:
    """The key in a file; None where there is none. Raises NotUnderstood for a file that is none."""
    try:
        mark, name, digits = file.read_text("ascii").split()
        key = CheckpointKey(name, bytes.fromhex(digits))
    except FileNotFoundError:
        return None
    except (OSError, ValueError):
        key = None
        mark = ""
    if key is None or mark != FILE_MARK or len(key.secret) != SECRET_BYTES:
        raise NotUnderstood(
            f"{file} cannot be read as a key of checkpoints", "one that `wardpath audit key` made", MEND
        )
    return key


def written(file: Path, key: CheckpointKey) -> CheckpointKey:
    """Write a new key for its owner alone, on disk before it is used. Raises NotUnderstood."""
    try:
        handle = os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        with os.fdopen(handle, "w", encoding="ascii") as opened:
            opened.write(f"{FILE_MARK} {key.name} {key.secret.hex()}\n")
            opened.flush()
            os.fsync(opened.fileno())
        flush(file.parent)
    except OSError as error:
        raise NotUnderstood(
            f"{file} cannot be made ({error.strerror})", "a folder that can be written", MEND
        ) from error
    return key


def salt_of(store: Store) -> str | None:
    """The salt of the tokens as the store names it; None for none, and for what is none."""
    salt = store.property(SALT)
    try:
        return salt if salt and bytes.fromhex(salt) else None
    except ValueError:
        return None


def name_of(salt: str) -> str:
    """What the checkpoints of a store are called: by the digest of its salt."""
    return f"wardpath-{sha256(bytes.fromhex(salt)).hexdigest()[:NAME_DIGITS]}"


def token(salt: bytes, case: str) -> bytes:
    """What checkpoints call a stream."""
    return hmac.digest(salt, case.encode(), "sha256")
