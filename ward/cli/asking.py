"""Asking: what a new store is to be, one question after the other, for whoever sits at a terminal."""

import sys
from collections.abc import Callable
from contextlib import suppress
from typing import Literal, NamedTuple

import typer

from pathway.case.facts import is_zone
from pathway.site.accounts.decide import can_be_named
from ward.errors import NotUnderstood
from ward.place import Place, place_of

Origin = Literal["live", "demonstration"]
ORIGINS: dict[str, Origin] = {"live": "live", "demonstration": "demonstration"}
#: What the first administrator's account is called where nobody says.
ADMIN = "admin"
#: A name on a page fits on a line.
TEXT_LIMIT = 80


class Wanted(NamedTuple):
    """What a new store is to be: where, of what kind, its label, and the zone and ward that enrolments begin with.

    `administrator`: of a live one, the account of the first.
    """

    place: Place
    origin: Origin
    label: str
    zone: str
    ward: str
    administrator: str = ADMIN


def somebody_is_there() -> bool:
    """Whether questions reach a person, and their answers us."""
    return sys.stdin.isatty() and sys.stderr.isatty()


def ask(place: Place | None) -> Wanted:
    """Ask for everything; `place` where that is said already.

    Questions go to standard error. An empty line takes what is offered, and what cannot be is asked again.
    """
    tell("A new store. Enter takes what stands in brackets; Ctrl-C makes nothing.")
    where = place_of(question("Where: a file, or the URL of a server", "ward.db", is_place)) if place is None else place
    tell("Live holds real patients and reaches people, a demonstration invented ones. It cannot be changed later.")
    origin = question("Live or demonstration", "demonstration", ORIGINS.__contains__)
    label = question("What the pages call it", "", any_text)
    tell("What an enrolment begins with where it says nothing else:")
    zone = question("Time zone of the ward, such as Europe/Berlin", "", is_zone)
    ward = question("Ward", "", any_text)
    if origin == "demonstration":
        return Wanted(where, ORIGINS[origin], label, zone, ward)
    administrator = question("Account of its administrator", ADMIN, can_be_named)
    return Wanted(where, ORIGINS[origin], label, zone, ward, administrator)


def question(text: str, offered: str, fits: Callable[[str], bool]) -> str:
    """Ask until the answer fits. Raises typer.Abort at the end of what is said, or at Ctrl-C."""
    while True:
        typer.echo(f"{text}{f' [{offered}]' if offered else ''}: ", nl=False, err=True)
        line = sys.stdin.readline()
        if not line:
            raise typer.Abort
        if fits(said := line.strip() or offered):
            return said
        tell("That cannot be. Once more:")


def tell(text: str) -> None:
    """Say something beside the questions."""
    typer.echo(text, err=True)


def is_place(text: str) -> bool:
    """Whether a store can be named so."""
    with suppress(NotUnderstood):
        return bool(text and place_of(text))
    return False


def any_text(text: str) -> bool:
    """Whatever is said."""
    return len(text) <= TEXT_LIMIT
