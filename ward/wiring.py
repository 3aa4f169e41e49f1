"""The wiring: the one module that names every concrete class and puts them together. Nothing is wired at import."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal, TextIO

from pathway.definition.load import shipped
from pathway.definition.pathway import Pathway
from pathway.engine import Engine
from pathway.engine.ports import Clock, Store
from persistence import open as stores
from persistence.memory import MemoryStore
from scheduler.channels.console import Console
from scheduler.channels.file import File
from scheduler.post import Post
from ward.clock import SystemClock
from ward.definitions import read_pathway
from ward.demonstration.pace import clock_of
from ward.errors import NotFound, NotUnderstood
from ward.place import Place, beside
from ward.plugins import channels, computed_facts
from ward.settings import settings

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


def pathways() -> tuple[Pathway, ...]:
    """The shipped pathways and the site's own, with the computed facts of every plug-in.

    Raises PluginRefused; for the site's files NotFound, DefinitionError, and NotUnderstood for a name and version that
    another has.
    """
    return read_once(settings().pathways)


@cache
def read_once(own: tuple[Path, ...]) -> tuple[Pathway, ...]:
    """The shipped pathways and those in files, read once in a process."""
    registry = computed_facts()
    found = {each: shipped(*each, registry) for each in SHIPPED}
    for file in own:
        pathway = read_pathway(file)
        key = (pathway.name, pathway.form.version)
        if key in found:
            raise NotUnderstood(
                f"{file} is {key[0]} version {key[1]}, which is there already",
                "a name and version of its own",
                "give it another name, or the next version",
            )
        found[key] = pathway
    return tuple(found.values())


def create_store(place: Place, origin: Literal["live", "demonstration"], label: str = "") -> Store:
    """A new store in a file, or in the database of a server. Raises StoreRefused when there is one already."""
    return stores.create_store(place, origin, label)


def open_store(place: Place) -> Store:
    """The store in a file, or in the database of a server. Raises StoreRefused."""
    return stores.open_store(place)


def memory_store(origin: Literal["live", "demonstration"] = "demonstration") -> Store:
    """A store that lasts as long as the process."""
    return MemoryStore(origin)


def house(store: Store, clock: Clock | None = None) -> House:
    """The engine over a store, by the clock given or by the store's own: the world's, or a demonstration's."""
    own = clock or clock_of(store, SystemClock())
    return House(store, Engine(store, pathways(), own), own, pathways())


def open_house(place: Place) -> House:
    """The store at a place with the engine over it. Raises StoreRefused."""
    return house(open_store(place))


def notices_file(place: Place) -> Path:
    """Where the notices of a store are written: `notices.jsonl` beside it."""
    return beside(place, "notices.jsonl")


def post(place: Place, stream: TextIO, origin: str, wanted: Mapping[str, Mapping[str, str]]) -> Post:
    """Notices go to a terminal, to a file beside the store, and through the channels that the settings name.

    `origin`: of the store. Raises NotFound, NotHere for a real channel over a demonstration, PluginRefused.
    """
    return Post([*channels(origin, wanted), Console(stream), File(notices_file(place))])
