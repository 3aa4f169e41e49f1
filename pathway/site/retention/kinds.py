"""Kinds: what is kept, for how long at least, and what ends it; as kinds.toml says."""

import tomllib
from functools import cache
from importlib.resources import files
from typing import Literal

import msgspec

from pathway.clinical.instant import Instant, instant, utc

CASE, REPORT = "case", "report"
#: No law asks for more, and a page can show the year.
YEARS_LIMIT = 200


class Kind(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A kind of what is kept. `ends`: `key`, erased by destroying its key; or `stays`, and `stays_because` says why.

    `floor_years` and `keep_years` count from the last entry; each has its source.
    """

    name: str
    title: str
    holds: str
    ends: Literal["key", "stays"]
    floor_years: int = 0
    keep_years: int = 0
    floor_source: str = ""
    keep_source: str = ""
    stays_because: str = ""


class Written(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The file."""

    kinds: tuple[Kind, ...]


@cache
def kinds() -> dict[str, Kind]:
    """Every kind by its name, in the order of the file."""
    text = files("pathway.site.retention").joinpath("kinds.toml").read_text("utf-8")
    return {each.name: each for each in msgspec.convert(tomllib.loads(text), type=Written).kinds}


def years_after(at: Instant, years: int) -> Instant:
    """The same day and time so many years later, in UTC; of a 29 February that is none, the first of March."""
    day = utc(at)
    try:
        return instant(day.replace(year=day.year + years))
    except ValueError:
        return instant(day.replace(year=day.year + years, month=3, day=1))
