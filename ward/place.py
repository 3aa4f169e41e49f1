"""Where a store is: the path of a file, or the URL of a PostgreSQL database. Whoever shows one says `shown(place)`."""

from contextlib import suppress
from pathlib import Path

from pathway.engine.errors import StoreRefused
from persistence.open import SERVERS, is_server, shown
from ward.errors import NotUnderstood

__all__ = ["Place", "beside", "is_server", "place_of", "shown", "there"]

Place = Path | str


def place_of(text: str) -> Place:
    """The place that an option or a setting names. Raises NotUnderstood for a URL that is none of a server.

    What was written is not repeated in the error: it may hold a password.
    """
    if "://" not in text:
        return Path(text)
    with suppress(StoreRefused):
        if text.startswith(SERVERS) and shown(text):
            return text
    raise NotUnderstood(
        "the address of the store cannot be read",
        f"the path of a file, or {SERVERS[0]}role:password@host/database",
        "mend --db or WARDPATH_DB",
    )


def there(place: Place) -> bool:
    """Whether something lies there. Of a server one learns that by opening the store."""
    return is_server(place) or Path(place).exists()


def beside(place: Place, name: str) -> Path:
    """A file beside the store; beside a server's, or one in memory, in this folder."""
    return Path(name) if not place or is_server(place) else Path(place).with_name(name)
