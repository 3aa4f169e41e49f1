"""The wiring: the one module that names every concrete class and puts them together. Nothing is wired at import."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, partial
from pathlib import Path
from typing import Literal, TextIO

from pathway.definition.load import shipped
from pathway.definition.pathway import Pathway
from pathway.engine import Engine
from pathway.engine.errors import UnknownBundle
from pathway.engine.ports import Clock, Store, Vault
from persistence import open as stores
from persistence.memory import MemoryStore
from scheduler.channels.console import Console
from scheduler.channels.email import email_kind
from scheduler.channels.file import File
from scheduler.channels.webhook import webhook_kind
from scheduler.post import Post, Route
from ward.aside import Aside
from ward.clock import DemonstrationClock, SystemClock
from ward.definitions import read_pathway, read_sites
from ward.demonstration.pace import clock_of
from ward.errors import NotFound, NotUnderstood
from ward.people.delay import Delays
from ward.people.standby import Standby
from ward.place import Place, beside
from ward.plugins import channels, computed_facts
from ward.proof.reread import rereading
from ward.retention.signer import signer_of
from ward.settings import RouteSetting, settings
from ward.vault import PROPERTY, make_key, vault_of

#: The pathways that come with the product: name and version.
SHIPPED = (("variant_apl", 1), ("unmatched_report", 1))


@dataclass(frozen=True)
class House:
    """A store with the engine over it and the clock that everybody at this store goes by."""

    store: Store
    engine: Engine
    clock: Clock
    pathways: tuple[Pathway, ...]
    #: The world's time, by which sign-ins end; a demonstration's own may stand, or run faster.
    wall: Clock = field(default_factory=SystemClock)
    delays: Delays = field(default_factory=Delays)
    #: Where looks and sign-ins go while the store takes no writes.
    aside: Aside = field(default_factory=Aside)
    standby: Standby = field(default_factory=Standby)

    def pathway(self, digest: str) -> Pathway:
        """The pathway of a pinned bundle, as it is here or as the store keeps it. Raises NotFound."""
        try:
            return self.engine.pathway_of(digest)
        except UnknownBundle as error:
            raise NotFound(
                "the case keeps a pathway that is not here",
                "one of the shipped pathways",
                "run the release it was enrolled with",
            ) from error

    def close(self) -> None:
        """Release the store."""
        self.store.close()


def pathways() -> tuple[Pathway, ...]:
    """The shipped pathways and the site's own, with its settings and the computed facts of every plug-in.

    Raises PluginRefused; for the site's files NotFound, DefinitionError, and NotUnderstood for a name and version that
    another has, or for settings of a pathway that is not here.
    """
    return read_once(settings().pathways, settings().overrides)


@cache
def read_once(own: tuple[Path, ...], overrides: tuple[Path, ...] = ()) -> tuple[Pathway, ...]:
    """The shipped pathways and those in files, read once in a process."""
    registry, sites = computed_facts(), read_sites(overrides)
    found = {each: shipped(*each, registry, sites.pop(each, None)) for each in SHIPPED}
    for file in own:
        pathway = read_pathway(file)
        key = (pathway.name, pathway.form.version)
        if key in found:
            raise NotUnderstood(
                f"{file} is {key[0]} version {key[1]}, which is there already",
                "a name and version of its own",
                "give it another name, or the next version",
            )
        found[key] = pathway if key not in sites else read_pathway(file, sites.pop(key))
    for name, version in sites:
        happened = f"the overrides are of {name} version {version}, which is not here"
        raise NotUnderstood(happened, "a pathway that is here", "name its file in WARDPATH_PATHWAYS, or leave them out")
    return tuple(found.values())


def create_store(
    place: Place, origin: Literal["live", "demonstration"], label: str = "", key: Path | None = None
) -> Store:
    """A new store in a file, or in the database of a server. Raises StoreRefused when there is one already.

    `key`: the file with the key of the site, made where there is none; without one nothing of the store is sealed.
    Raises NotUnderstood for a file that holds none or cannot be made.
    """
    made = None if key is None else make_key(key)
    store = stores.create_store(place, origin, label)
    if made is not None:
        store.set_property(PROPERTY, made.id)
    return store


def open_store(place: Place) -> Store:
    """The store in a file, or in the database of a server. Raises StoreRefused."""
    return stores.open_store(place)


def memory_store(origin: Literal["live", "demonstration"] = "demonstration") -> Store:
    """A store that lasts as long as the process."""
    return MemoryStore(origin)


def house(store: Store, clock: Clock | None = None, vault: Vault | None = None) -> House:
    """The engine over a store, by the clock given or by the store's own: the world's, or a demonstration's.

    `vault`: what seals, where it is not the store's own. Raises NotUnderstood for a key file that is none.
    """
    own = clock or clock_of(store, SystemClock())
    wall = SystemClock() if clock is None or isinstance(clock, DemonstrationClock) else clock
    engine = Engine(rereading(store, wall), pathways(), own, computed_facts(), vault or vault_of(store))
    engine.retaining.signer = partial(signer_of, store)
    return House(store, engine, own, pathways(), wall)


def open_house(place: Place) -> House:
    """The store at a place with the engine over it. Raises StoreRefused."""
    return house(open_store(place))


def notices_file(place: Place) -> Path:
    """Where the notices of a store are written: `notices.jsonl` beside it."""
    return beside(place, "notices.jsonl")


def post(
    place: Place,
    stream: TextIO,
    origin: str,
    wanted: Mapping[str, Mapping[str, str]],
    routes: Sequence[RouteSetting] = (),
    now_s: Callable[[], float] = time.monotonic,
) -> Post:
    """Notices go out through the channels and by the routes that the settings name, beside a terminal and a file.

    `origin`: of the store. `now_s`: seconds that no clock change moves. Raises NotFound, also for a route through a
    channel that is not there, NotHere for a real channel over a demonstration, PluginRefused.
    """
    wall = SystemClock()
    ways = channels(origin, wanted, (email_kind(wall), webhook_kind(wall)), now_s)
    if strange := sorted({name for each in routes for name in each.through} - {way.name for way in ways}):
        raise NotFound(
            f"a route goes through {', '.join(strange)}", "the names of channels", "mend WARDPATH_ROUTES or _CHANNELS"
        )
    return Post(
        ways,
        witnesses=(Console(stream), File(notices_file(place))),
        routes=[Route(each.through, frozenset(each.roles), frozenset(each.by), each.critical) for each in routes],
        now_s=now_s,
    )
