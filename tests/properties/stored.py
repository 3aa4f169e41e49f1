"""What releases have stored: whole histories with the case they are, and one specimen of every event type and version.

Nothing in `histories` is ever changed or taken out: an old event decodes for ever. To add to it:
`python -m tests.properties.stored` writes the specimens that are missing, and with scenario files their histories.
"""

import sys
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

import msgspec

from pathway.case.envelope import ENCODER, FIRST_HASH, VERSIONS, By, Event, decode, digest
from pathway.case.events import AnyBody
from pathway.case.evolve import evolve
from pathway.case.state import Case
from pathway.site import streams
from pathway.site.events import AnySiteBody
from pathway.site.streams import SiteEvent
from ward.scenario.run import Run

HISTORIES = Path(__file__).resolve().parent / "histories"
SPECIMENS = HISTORIES / "specimens.jsonl"
#: The definitions that the histories went by, each under its digest.
BUNDLES = HISTORIES / "bundles"
#: Every type of event of this release.
KINDS: tuple[type[msgspec.Struct], ...] = (*get_args(AnyBody), *get_args(AnySiteBody))


def plain(value: Any) -> Any:
    """A value as JSON: structs as objects without what is as by default, mappings as pairs, decimals as digits."""
    match value:
        case msgspec.Struct():
            pairs = ((each, getattr(value, each.name)) for each in msgspec.structs.fields(value))
            return {each.name: plain(found) for each, found in pairs if found != default(each)}
        case dict():
            return [[plain(key), plain(value[key])] for key in sorted(value)]
        case tuple():
            return [plain(each) for each in value]
        case Decimal():
            return format(value, "f")
    return value


def default(field: msgspec.structs.FieldInfo) -> Any:
    """What a field is when it is left out."""
    return field.default_factory() if field.default_factory is not msgspec.NODEFAULT else field.default


def folded(lines: list[bytes]) -> dict[str, Any]:
    """The case that these canonical bytes are, and the hash that their chain ends in."""
    last = FIRST_HASH
    for line in lines:
        last = digest(last, line)
    events = [decode(line) for line in lines]
    return {"case": plain(evolve(Case(id=events[0].case), events)), "hash": last.hex()}


def histories() -> Iterator[tuple[str, list[bytes], dict[str, Any]]]:
    """Every stored history: its name, its canonical bytes, the case and the hash that it was when it was stored."""
    for path in sorted(HISTORIES.glob("*.history.jsonl")):
        kept = path.with_name(path.name.replace(".history.jsonl", ".case.json"))
        yield path.name, path.read_bytes().splitlines(), msgspec.json.decode(kept.read_bytes())


def kept_bundles() -> dict[str, bytes]:
    """The definitions that were kept with histories, by their digests."""
    return {path.stem: path.read_bytes() for path in sorted(BUNDLES.glob("*.json"))}


def specimens() -> list[bytes]:
    """The canonical bytes of every specimen."""
    return SPECIMENS.read_bytes().splitlines() if SPECIMENS.exists() else []


def read(raw: bytes) -> Event | SiteEvent:
    """The event of a specimen, of a case or of the site."""
    return streams.decode(raw) if streams.is_site(msgspec.json.decode(raw)["case"]) else decode(raw)


def kind_of(raw: bytes) -> tuple[str, int]:
    """The type and version that bytes say they are."""
    found = msgspec.json.decode(raw)
    return found["body"]["type"], found.get("version", 1)


# --- adding ----------------------------------------------------------------------------------------------------------


def specimen(kind: type[msgspec.Struct]) -> bytes:
    """An event of a type with something in every field."""
    by = By("dr p", "physician", "person", "password")
    version = VERSIONS.get(kind.__name__, 1)
    given: dict[str, Any] = {"position": 7, "occurred_at": 1, "recorded_at": 2, "by": by, "version": version}
    given |= {"command": "k1", "cause": 6}
    if kind in get_args(AnySiteBody):
        return ENCODER.encode(SiteEvent(case="site:x", body=filled(kind), **given))
    return ENCODER.encode(Event(case="c1", bundle="b" * 64, body=filled(kind), **given))


def filled(kind: Any) -> Any:
    """A value of a type, as full as may be."""
    inside = get_args(kind)
    match get_origin(kind) or kind:
        case origin if origin is Literal:
            return inside[-1]
        case origin if origin in {Union, UnionType}:
            return filled(next(each for each in inside if each is not NoneType))
        case origin if origin is tuple:
            return tuple(filled(each) for each in inside if each is not ...)
        case origin if origin is dict:
            return {filled(inside[0]): filled(inside[1])}
        case origin if isinstance(origin, type) and issubclass(origin, msgspec.Struct):
            hints = get_type_hints(origin)
            return origin(**{name: filled(hints[name]) for name in origin.__struct_fields__})
    plainest = getattr(kind, "__supertype__", kind)
    return {str: "x", int: 3, bool: True}[plainest]


def add_specimens() -> None:
    """Write the specimens that are missing behind those that are there."""
    there = set(map(kind_of, specimens()))
    made = [each for each in map(specimen, KINDS) if kind_of(each) not in there]
    with SPECIMENS.open("ab") as file:
        file.writelines(each + b"\n" for each in made)


def add_history(scenario: Path) -> None:
    """Run a scenario and write what is stored of its case, beside what the case then is and the definition of it."""
    with Run(scenario) as run:
        for _ in run.steps():
            pass
        lines = [each.canonical for each in run.store.stream(run.case)]
        bundles = {decode(line).bundle for line in lines}
        texts = {digest: run.store.bundle(digest) for digest in bundles}
    path = HISTORIES / f"{scenario.stem}.history.jsonl"
    if path.exists():
        raise FileExistsError(f"{path.name} is there already and is never changed")
    BUNDLES.mkdir(exist_ok=True)
    for bundle, text in texts.items():
        if text is not None:
            (BUNDLES / f"{bundle}.json").write_bytes(text)
    path.write_bytes(b"".join(line + b"\n" for line in lines))
    kept = msgspec.json.format(msgspec.json.encode(folded(lines), order="sorted"), indent=1)
    path.with_name(f"{scenario.stem}.case.json").write_bytes(kept + b"\n")


if __name__ == "__main__":
    HISTORIES.mkdir(exist_ok=True)
    add_specimens()
    for argument in sys.argv[1:]:
        add_history(Path(argument))
