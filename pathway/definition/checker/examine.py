"""Examining a pathway file: everything that can be said about it at once."""

from collections.abc import Mapping
from typing import NamedTuple

import msgspec

from pathway.clinical.computed import COMPUTED, Computed
from pathway.clinical.reading import Reading
from pathway.definition.checker import duplicates, guards, shape
from pathway.definition.checker.cycles import cycles
from pathway.definition.checker.facts import facts, panels, units
from pathway.definition.checker.faults import Faults
from pathway.definition.checker.gaps import gaps
from pathway.definition.checker.holding import holding
from pathway.definition.checker.moves import exclusive
from pathway.definition.checker.overrides import overridden
from pathway.definition.checker.phases import phases
from pathway.definition.checker.prover import Prover, never_missing
from pathway.definition.checker.references import references
from pathway.definition.checker.settings import settings
from pathway.definition.errors import Fault
from pathway.definition.form import PathwayForm
from pathway.definition.guard import Kind
from pathway.definition.names import names_of
from pathway.definition.pathway import Moment, Rule


class Examined(msgspec.Struct, frozen=True):
    """A file as far as it could be read, with its faults in the order of their lines. `form` is None for no TOML."""

    faults: tuple[Fault, ...]
    form: PathwayForm | None = None
    names: dict[str, Kind] = {}
    settings: dict[str, Reading] = {}
    rules: dict[str, Rule] = {}
    moments: dict[str, Moment] = {}


class Site(NamedTuple):
    """The text of a site's overrides, and what its file is called."""

    text: str
    file: str = "overrides.toml"


def check(
    text: str,
    file: str = "pathway.toml",
    computed: Mapping[str, Computed] = COMPUTED,
    site: Site | None = None,
) -> tuple[Fault, ...]:
    """Every fault of a pathway file and of a site's overrides, in the order of their lines; empty when there is none.

    `computed`: the functions that its computed facts may name, by `name@version`; those of the product when left out.
    """
    return examine(text, file, computed, site).faults


def examine(text: str, file: str, computed: Mapping[str, Computed], site: Site | None = None) -> Examined:
    """A file read and checked, with a site's settings in place of its own.

    The proofs take about as long as the reading, so that nothing is loaded without them.
    """
    faults = Faults(file, text)
    form = shape.read(text, faults)
    if form is None:
        return Examined(faults.sorted())
    if site is None:
        return examined(form, faults, computed, ())
    told = Faults(site.file, site.text)
    return examined(overridden(form, site.text, told), faults, computed, told.sorted())


def examined(form: PathwayForm, faults: Faults, computed: Mapping[str, Computed], more: tuple[Fault, ...]) -> Examined:
    """A form, checked. `more`: faults of the site's overrides."""
    facts(form, faults, computed)
    readings = settings(form, faults)
    names = names_of(form, computed)
    duplicates.duplicates(form, faults)
    references(form, names, computed, faults)
    units(form, names, faults, computed)
    panels(form, faults)
    read = guards.read(form, names, faults)
    circular = cycles(form, read.rules, read.moments, faults)
    phases(form, faults)
    sound = {
        name: read.rules[text].tree
        for name, text in form.conditions.items()
        if ("conditions", name) not in read.unsound and name not in circular and not faults.doubts([name])
    }
    certain = never_missing(form, computed)
    prover = Prover(form, names, readings, read.rules, sound, certain, read.unsound, faults)
    holding(prover)
    exclusive(prover)
    gaps(prover)
    return Examined((*faults.sorted(), *more), form, names, readings, read.rules, read.moments)
