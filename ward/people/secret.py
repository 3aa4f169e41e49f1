"""Secrets: how a password is checked and kept, what a good one is, and how the product draws its own.

A password is kept as argon2id with 19 MiB, two passes and one lane (OWASP, Password Storage Cheat Sheet); a token,
which nobody can guess, as SHA-256. At most two hashes are made at once: a crowd at the door does not stop the ward.
"""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from hashlib import sha256
from hmac import compare_digest
from itertools import pairwise
from threading import BoundedSemaphore
from unicodedata import normalize

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

from ward.errors import NotUnderstood, SignInRefused

HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1, hash_len=32, salt_len=16)
#: Hashes at once in a process, and how long another waits for its turn: 80 ms each on a small machine.
AT_ONCE, WAIT_S = 2, 5.0
TURNS = BoundedSemaphore(AT_ONCE)
#: Code points of a password; a longer one is a file. No rules of composition (NIST SP 800-63B, 5.1.1.2).
SHORTEST, LONGEST = 8, 128
#: Letters that no neighbour in the alphabet foretells: `12345678` has one, `aaaaaaaa` too.
FRESH = 5
PRODUCT = "wardpath"
#: Letters and digits that are not taken for each other, five groups of four: 99 bits.
ALPHABET, GROUPS, GROUP = "abcdefghjkmnpqrstuvwxyz23456789", 5, 4
TOKEN_BYTES, LABEL_BYTES = 32, 6
SIGN_IN, SERVICE = "ws_", "wp_"


def hashed(password: str) -> str:
    """The text that a password is kept as. Raises SignInRefused where too many wait."""
    with turn():
        return HASHER.hash(normalize("NFC", password))


def fits(kept: str, password: str) -> bool:
    """Whether a password is the one that was kept; against nothing (`kept` empty) it takes as long, and is not.

    Raises SignInRefused where too many wait.
    """
    with turn():
        try:
            HASHER.verify(kept or nobody(), normalize("NFC", password[: LONGEST + 1]))
        except (VerifyMismatchError, InvalidHashError):
            return False
    return bool(kept)


@contextmanager
def turn() -> Iterator[None]:
    """One of the places for hashing. Raises SignInRefused where none becomes free."""
    if not TURNS.acquire(timeout=WAIT_S):
        raise SignInRefused("too many people sign in at this moment", "a free place", "try again in a moment", wait_s=1)
    try:
        yield
    finally:
        TURNS.release()


@cache
def nobody() -> str:
    """A hash that no password fits, made once: what an account that is not there is checked against."""
    return HASHER.hash(secrets.token_urlsafe(TOKEN_BYTES))


def refuse_weak(password: str, account: str) -> None:
    """Raises NotUnderstood for a password that is short, long, near the account's or the product's name, or a run."""
    text = normalize("NFC", password)
    if not SHORTEST <= len(text) <= LONGEST:
        raise NotUnderstood(
            "the password is too short or too long", f"{SHORTEST} to {LONGEST} characters", "three words will do"
        )
    plain = letters(text)
    left = plain.replace(PRODUCT, "").replace(letters(account) or PRODUCT, "")
    if left != plain and len(left) < SHORTEST:
        raise NotUnderstood("the password is a name that everybody knows", "one that nobody guesses", "add more words")
    fresh = sum(abs(ord(one) - ord(next_)) > 1 for one, next_ in pairwise(text)) + 1
    if fresh < FRESH or text in (text + text)[1:-1]:
        raise NotUnderstood("the password is a run or a repetition", "one that nobody guesses", "three words will do")


def letters(text: str) -> str:
    """The letters and digits of a text, all of them small."""
    return "".join(each for each in text.casefold() if each.isalnum())


def draw_password() -> str:
    """A new password for one use, to be read out and typed."""
    return "-".join("".join(secrets.choice(ALPHABET) for _ in range(GROUP)) for _ in range(GROUPS))


def draw_token() -> str:
    """A new token of a sign-in, of 256 bits."""
    return SIGN_IN + secrets.token_urlsafe(TOKEN_BYTES)


def draw_service_token() -> tuple[str, str]:
    """The label and the whole of a new token of a service, `wp_<label>_<secret>`."""
    label = secrets.token_hex(LABEL_BYTES)
    return label, f"{SERVICE}{label}_{secrets.token_urlsafe(TOKEN_BYTES)}"


def label_of(token: str) -> str:
    """The label in a token of a service."""
    return token.removeprefix(SERVICE).partition("_")[0]


def fingerprint(token: str) -> str:
    """What is kept of a token."""
    return sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def same(one: str, other: str) -> bool:
    """Whether two fingerprints are the same, in a time that tells nothing."""
    return compare_digest(one, other)
