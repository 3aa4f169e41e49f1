"""The map of a laboratory file: which column holds what, which item is which code, in which zone and unit."""

from importlib.resources import files
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from pathway.clinical.instant import Span, span
from ward.errors import NotFound, NotUnderstood


class Columns(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The heads of the columns."""

    row: str
    subject: str
    item: str
    time: str
    value: str
    unit: str


class Item(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One item of the file: its LOINC, and the unit that is meant where the file leaves it empty."""

    loinc: str
    label: str = ""
    unit: str | None = None


class Mapping(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A map. `turnaround` lies between collection and result; `episode_gap` without a result begins another case.

    `rechecks`: the pathway's reminders that ask for a value again. `subjects` limits the import, empty means all.
    """

    title: str
    label: str
    pathway: str
    zone: str
    time_format: str
    turnaround: str
    episode_gap: str
    rechecks: tuple[str, ...]
    prefix: str
    ward: str
    source: str
    columns: Columns
    items: dict[str, Item]
    subjects: tuple[str, ...] = ()
    decimal_sign: Literal[".", ","] = "."

    @property
    def gap(self) -> Span:
        """The silence that ends an episode, in microseconds."""
        return span(self.episode_gap)

    @property
    def delay(self) -> Span:
        """From collection to result, in microseconds."""
        return span(self.turnaround)


def find_map(name: str) -> Mapping:
    """The map in a file, or a shipped one by its name. Raises NotFound and NotUnderstood."""
    shipped = files("ward.maps").joinpath(f"{name}.toml")
    if name.isidentifier() and shipped.is_file():
        return read_map(name, shipped.read_bytes())
    path = Path(name)
    try:
        return read_map(path.name, path.read_bytes())
    except OSError as error:
        raise NotFound(f"the map {path} cannot be read ({error.strerror})", "a TOML file", "check the path") from error


def read_map(name: str, text: bytes) -> Mapping:
    """The map written in a text. Raises NotUnderstood for one that cannot be used."""
    try:
        found = msgspec.toml.decode(text, type=Mapping)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise NotUnderstood(
            f"the map {name}: {error}", "the form of mimic3_demo.toml", "mend the map; one comes with the product"
        ) from error
    try:
        ZoneInfo(found.zone)
        span(found.turnaround), span(found.episode_gap)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise NotUnderstood(
            f"the map {name} names a zone or turnaround nobody knows", "Europe/Berlin and 45 min", "mend the map"
        ) from error
    return found
