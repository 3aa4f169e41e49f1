"""Loading a pathway file: text in, a checked `Pathway` out, or every fault at once."""

from collections.abc import Mapping
from hashlib import sha256
from importlib.resources import files

import msgspec

from pathway.clinical.computed import COMPUTED, TABLES, Computed
from pathway.definition.checker import Site, examine
from pathway.definition.errors import DefinitionError, Fault
from pathway.definition.form import PathwayForm
from pathway.definition.pathway import Pathway

FORMAT = 1


def shipped(
    pathway: str, version: int, computed: Mapping[str, Computed] = COMPUTED, overrides: str | Site | None = None
) -> Pathway:
    """A pathway that comes with the product, by name and version; FileNotFoundError for another."""
    file = files("pathway.definitions").joinpath(pathway, f"v{version}.toml")
    return load(file.read_text("utf-8"), f"{pathway}/v{version}.toml", computed, overrides)


def load(
    text: str,
    file: str = "pathway.toml",
    computed: Mapping[str, Computed] = COMPUTED,
    overrides: str | Site | None = None,
) -> Pathway:
    """The pathway written in a text. Raises DefinitionError with every fault; warnings alone do not keep it out.

    `computed`: the functions that its computed facts may name, by `name@version`; those of the product when left out.
    `overrides`: a site's own values for its settings, as a text or with the name of its file; the pathway is checked
    with them, and its digest tells.
    """
    site = Site(overrides) if isinstance(overrides, str) else overrides
    found = examine(text, file, computed, site)
    form = found.form
    if form is None or any(each.severity == "error" for each in found.faults):
        raise DefinitionError(found.faults)
    pinned = bundle(text, form, None if site is None else site.text)
    return Pathway(
        form=form,
        digest=sha256(pinned).hexdigest(),
        bundle=pinned,
        names=found.names,
        settings=found.settings,
        rules=found.rules,
        moments=found.moments,
        reminders={each.id: each for each in form.reminders},
        computed={each.computed: computed[each.computed] for each in form.facts.values() if each.computed},
    )


def load_pinned(pinned: bytes, computed: Mapping[str, Computed] = COMPUTED) -> Pathway:
    """The pathway of a bundle that a case keeps, as it was when the case began.

    Raises DefinitionError where this release cannot decide it: another format, other data tables, a computed fact that
    is not here, a text that its checker no longer takes.
    """
    try:
        found = msgspec.json.decode(pinned, type=Bundle)
    except msgspec.DecodeError as error:
        fault = unfit("bundle_form", "a kept bundle cannot be read", "a bundle of this format")
        raise DefinitionError((fault,)) from error
    faults = []
    if found.format != FORMAT:
        faults.append(unfit("bundle_format", f"a kept bundle has format {found.format}", f"format {FORMAT}"))
    for name, kept in sorted(found.tables.items()):
        if TABLES.get(name) != kept:
            faults.append(unfit("bundle_table", f"the data table {name} is another here", "the table it was kept with"))
    for name in sorted(set(found.computed) - computed.keys()):
        faults += [unfit("bundle_computed", f"the computed fact {name} is not here", "each that it was kept with")]
    if faults:
        raise DefinitionError(tuple(faults))
    # A table that came later is none of its own, so that its bytes stay the ones that were kept.
    site = None if found.overrides is None else Site(found.overrides, "kept overrides")
    pathway = load(found.text, "kept bundle", computed, site)
    return msgspec.structs.replace(pathway, bundle=pinned, digest=sha256(pinned).hexdigest())


class Bundle(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What a case keeps: format, text, a site's overrides, hash of each data table, version of each computed fact."""

    format: int
    text: str
    tables: dict[str, str]
    computed: tuple[str, ...]
    overrides: str | None = None


def bundle(text: str, form: PathwayForm, overrides: str | None = None) -> bytes:
    """The bytes that a case keeps; their hash is the digest of the pathway."""
    computed = sorted({fact.computed for fact in form.facts.values() if fact.computed})
    return msgspec.json.encode(Bundle(FORMAT, text, dict(TABLES), tuple(computed), overrides), order="sorted")


def unfit(code: str, happened: str, expected: str) -> Fault:
    """Why a kept bundle cannot be loaded here."""
    return Fault(code, "kept bundle", 1, 1, happened, expected, "run the release that kept it, or amend its cases", "")
