"""Plug-ins: what other installed packages add. Found by their entry points here, handed in by the wiring.

The group `wardpath.computed` names `pathway.clinical.computed.Computed` values, or tuples of them; the group
`wardpath.channels` names `scheduler.channels.ChannelKind` values. A plug-in that cannot be used stops the start: what
a site has installed it counts on.
"""

import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

from pathway.clinical.computed import COMPUTED, Computed
from pathway.clinical.unit import ucum_of
from scheduler.channels import EVERY_CHANNEL, ChannelFailed, ChannelKind
from scheduler.post import error_name
from scheduler.way import Way
from ward.errors import NotFound, NotHere, PluginRefused

COMPUTED_GROUP = "wardpath.computed"
CHANNEL_GROUP = "wardpath.channels"
NAME = re.compile(r"[a-z][a-z0-9_]*", re.ASCII)
#: Names of channels that every ward has; no plug-in may take them.
WIRED_CHANNELS = frozenset({"console", "file", "email", "webhook"})
#: Settings that may stand in a file of their own, which the same name with `_file` behind it names.
SECRETS = frozenset({"password", "secret", "token"})


def computed_facts() -> Mapping[str, Computed]:
    """The computed facts of the product and of every plug-in, by `name@version`. Raises PluginRefused."""
    found = dict(COMPUTED)
    givers = dict.fromkeys(COMPUTED, "wardpath itself")
    for entry, each in every(COMPUTED_GROUP):
        if not isinstance(each, Computed):
            raise refused(entry, f"gives a {type(each).__name__}", "a Computed, or a tuple of them")
        if wrong := fault_of(each):
            raise refused(entry, f"gives a computed fact {wrong}", "a computed fact as its description says")
        key = f"{each.name}@{each.version}"
        if key in found:
            raise refused(entry, f"gives {key}, which {givers[key]} gives too", "a name and version of its own")
        found[key], givers[key] = each, told(entry)
    return MappingProxyType(found)


def channel_kinds() -> Mapping[str, ChannelKind]:
    """The kinds of channel of every plug-in, by name. Raises PluginRefused."""
    found: dict[str, ChannelKind] = {}
    givers = dict.fromkeys(WIRED_CHANNELS, "wardpath itself")
    for entry, each in every(CHANNEL_GROUP):
        if not isinstance(each, ChannelKind):
            raise refused(entry, f"gives a {type(each).__name__}", "a ChannelKind")
        real: object = each.real
        if not (named(each.name, each.version) and isinstance(real, bool) and callable(each.make)):
            raise refused(entry, "gives a kind of channel that lacks something", "name, version, real and make")
        if each.name in givers:
            raise refused(entry, f"gives the channel {each.name}, which {givers[each.name]} gives too", "its own name")
        found[each.name], givers[each.name] = each, told(entry)
    return MappingProxyType(found)


def channels(
    origin: str,
    wanted: Mapping[str, Mapping[str, str]],
    own: Sequence[ChannelKind] = (),
    now_s: Callable[[], float] = time.monotonic,
) -> tuple[Way, ...]:
    """The channels that a site's settings name, made from them, in their order. `own`: the kinds of the product.

    A channel is of the kind of its name, or of the one that its setting `kind` names. Its setting `takes` narrows what
    it stands for; `password_file`, `secret_file` and `token_file` name the file in which the value stands. `now_s`:
    seconds that no clock change moves. Raises NotFound for a kind that nobody gives, NotHere for a real one over a
    demonstration (H55), PluginRefused for one that cannot be made.
    """
    kinds = {**{each.name: each for each in own}, **channel_kinds()} if wanted else {}
    made = []
    for name, settings in wanted.items():
        kind = kinds.get(settings.get("kind", name))
        if kind is None or not NAME.fullmatch(name):
            raise NotFound(
                f"no plug-in gives the channel {name}", one_of(kinds), "install its package, or leave it out"
            )
        if kind.real and origin != "live":
            raise NotHere(
                f"the channel {name} reaches people and the store is a {origin}",
                "channels that stay in the house",
                "leave it out, or use a live store",
            )
        try:
            made.append(way(name, kind, settings, now_s))
        except Exception as error:
            # Of a package's error only the name: its message may hold what the settings keep secret.
            says = error if kind in own and isinstance(error, ChannelFailed) else None
            why = says.happened if says else error_name(error)
            raise PluginRefused(
                f"the channel {name} could not be made from its settings ({why})",
                says.expected if says else "settings that it takes",
                says.mend if says else "see what its package says of them",
            ) from error
    return tuple(made)


def way(name: str, kind: ChannelKind, settings: Mapping[str, str], now_s: Callable[[], float]) -> Way:
    """A channel under its name, from its settings. Raises what the kind raises, OSError and ChannelFailed."""
    takes = frozenset(settings.get("takes", "").replace(",", " ").split())
    if not takes <= EVERY_CHANNEL or name in {"console", "file"}:
        raise ChannelFailed("its name or takes cannot be used", ", ".join(sorted(EVERY_CHANNEL)), "mend them")
    found: dict[str, str] = {}
    for key, value in settings.items():
        if key.removesuffix("_file") in SECRETS - {key}:
            found[key.removesuffix("_file")] = Path(value).read_text("utf-8").strip()
        elif key not in {"kind", "takes"}:
            found[key] = value
    return Way(kind.make(found), name=name, takes=takes or None, now_s=now_s)


class Plugin(NamedTuple):
    """What a package adds: `computed fact` or `channel`, its name and version, and the entry point with its package."""

    kind: str
    name: str
    version: int
    entry: str


def plugins() -> tuple[Plugin, ...]:
    """Everything that other installed packages add. Raises PluginRefused, as whatever uses them does."""
    groups = ((COMPUTED_GROUP, "computed fact", Computed), (CHANNEL_GROUP, "channel", ChannelKind))
    return tuple(
        Plugin(kind, each.name, each.version, told(entry))
        for group, kind, wanted in groups
        for entry, each in every(group)
        if isinstance(each, wanted)
    )


def every(group: str) -> Iterator[tuple[EntryPoint, object]]:
    """Everything that the plug-ins of a group give, in the order of their packages and names."""
    for entry in sorted(entry_points(group=group), key=lambda each: (told(each), each.value)):
        try:
            found = entry.load()
        except Exception as error:
            raise refused(
                entry, f"cannot be imported ({type(error).__name__}: {error})", "a package that imports"
            ) from error
        for each in found if isinstance(found, tuple) else (found,):
            yield entry, each


def fault_of(each: Computed) -> str:
    """What is wrong with a computed fact, in words; empty where nothing is."""
    if not named(each.name, each.version):
        return "without a name in small letters or without a version from 1 on"
    takes: str = each.takes
    kind: str = each.type
    function: object = each.function
    if not callable(function) or takes not in ("reports", "readings"):
        return f"{each.name} that takes neither reports nor readings, or is no function"
    if kind not in ("enum", "number", "bool") or (kind == "enum") != bool(each.values):
        return f"{each.name} whose type is none, or whose values and type disagree"
    unknown = [unit for unit in (each.unit, *(unit for _, unit in each.inputs)) if unit and ucum_of(unit) != unit]
    return f"{each.name} in a unit that is not known ({', '.join(unknown)})" if unknown else ""


def named(name: object, version: object) -> bool:
    """Whether something has a name and a version as plug-ins write them."""
    return isinstance(name, str) and bool(NAME.fullmatch(name)) and type(version) is int and version > 0


def refused(entry: EntryPoint, happened: str, expected: str) -> PluginRefused:
    """An error that names the plug-in and where it comes from."""
    return PluginRefused(f"the plug-in {told(entry)} {happened}", expected, "mend its package, or uninstall it")


def told(entry: EntryPoint) -> str:
    """An entry point in words: `sofa of hospital-scores 1.2`."""
    package = f" of {entry.dist.name} {entry.dist.version}" if entry.dist is not None else ""
    return f"{entry.name}{package}"


def one_of(kinds: Mapping[str, ChannelKind]) -> str:
    """The names there are."""
    return f"one of {', '.join(sorted(kinds))}" if kinds else "an installed plug-in"
