"""The wiring: the one module that names every concrete class and puts them together. Nothing is wired at import."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal, TextIO

from pathway.definition.load import shipped
from pathway.definition.pathway import Pathway
from pathway.engine import Engine
from pathway.engine.ports import Clock, Store
from persistence.memory import MemoryStore
from persistence.sqlite import SqliteStore
from scheduler.channels.console import Console
from scheduler.channels.file import File
from scheduler.post import Post
from ward.clock import SystemClock
from ward.demonstration.pace import clock_of
from ward.errors import NotFound

#: The pathways that come with the product: name and version.
SHIPPED = (("variant_apl", 1),)


@dataclass(frozen=True)
class House:
    """A store with the engine over it and the clock that everybody at this store goes by."""

    store: Store
    engine: Engine
    clock: Clock
    pathways: tuple[Pathway, ...]

    def pathway(self, digest: str) -> Pathway:
        """The pathway of a pinned bundle. Raises NotFound."""
        for pathway in self.pathways:
            if pathway.digest == digest:
                return pathway
        raise NotFound(
            "the case keeps a pathway that is not here",
            "one of the shipped pathways",
            "run the release it was enrolled with",
        )

    def close(self) -> None:
        """Release the store."""
        self.store.close()


@cache
def pathways() -> tuple[Pathway, ...]:
    """The shipped pathways, read once in a process."""
    return tuple(shipped(name, version) for name, version in SHIPPED)


def create_store(path: Path, origin: Literal["live", "demonstration"], label: str = "") -> Store:
    """A new store in a file. Raises StoreRefused when there is one already."""
    return SqliteStore.create(path, origin, label)


def open_store(path: Path) -> Store:
    """The store in a file. Raises StoreRefused."""
    return SqliteStore.open(path)


def memory_store(origin: Literal["live", "demonstration"] = "demonstration") -> Store:
    """A store that lasts as long as the process."""
    return MemoryStore(origin)


def house(store: Store, clock: Clock | None = None) -> House:
    """The engine over a store, by the clock given or by the store's own: the world's, or a demonstration's."""
    own = clock or clock_of(store, SystemClock())
    return House(store, Engine(store, pathways(), own), own, pathways())


def open_house(path: Path) -> House:
    """The store in a file with the engine over it. Raises StoreRefused."""
    return house(open_store(path))


def notices_file(path: Path) -> Path:
    """Where the notices of a store are written: `notices.jsonl` beside it."""
    return path.with_name("notices.jsonl")


def post(path: Path, stream: TextIO) -> Post:
    """Notices go to a terminal and to a file beside the store; there are no other channels to be wired by mistake."""
    return Post([Console(stream), File(notices_file(path))])
