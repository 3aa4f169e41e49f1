"""The story: the demonstration ward and its invented patients, as ward.toml and the files of patients/ tell it."""

import tomllib
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import Any

import msgspec

from pathway.clinical.instant import Instant, instant


class Patient(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One invented patient and what happens to them, in the order it is recorded.

    `moves_min`: by how many minutes at most a seed moves all their hours, earlier. `published`: what a report says of
    the case that is re-enacted; `made_up`: what it does not say. Neither is varied by a seed.
    """

    case: str
    bed: str
    name: str
    presented: datetime
    steps: tuple[dict[str, Any], ...]
    moves_min: int = 0
    published: str = ""
    made_up: str = ""

    @property
    def number(self) -> int:
        """The patient's number on the ward: demo-03 is 3."""
        return int(self.case.rpartition("-")[2])


class Story(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The ward: when its demonstration opens, where it is, its beds, empty ones too, and who lies or lay there."""

    opens: datetime
    zone: str
    ward: str
    beds: tuple[str, ...]
    label: str
    patients: tuple[Patient, ...]


@cache
def story() -> Story:
    """The demonstration ward that comes with the product."""
    here = files("ward.demonstration")
    told = sorted(here.joinpath("patients").iterdir(), key=lambda file: file.name)
    patients = [tomllib.loads(each.read_text("utf-8")) for each in told if each.name.endswith(".toml")]
    ward = tomllib.loads(here.joinpath("ward.toml").read_text("utf-8"))
    return msgspec.convert({**ward, "patients": patients}, type=Story)


def opens() -> Instant:
    """The demonstration's time when it is begun."""
    return instant(story().opens)
