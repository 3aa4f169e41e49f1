"""Loading a pathway file: text in, a checked `Pathway` out, or every fault at once."""

from collections.abc import Mapping
from hashlib import sha256
from importlib.resources import files

import msgspec

from pathway.clinical.computed import COMPUTED, TABLES, Computed
from pathway.definition.checker import examine
from pathway.definition.errors import DefinitionError
from pathway.definition.form import PathwayForm
from pathway.definition.pathway import Pathway

FORMAT = 1


def shipped(pathway: str, version: int, computed: Mapping[str, Computed] = COMPUTED) -> Pathway:
    """A pathway that comes with the product, by name and version; FileNotFoundError for another."""
    file = files("pathway.definitions").joinpath(pathway, f"v{version}.toml")
    return load(file.read_text("utf-8"), f"{pathway}/v{version}.toml", computed)


def load(text: str, file: str = "pathway.toml", computed: Mapping[str, Computed] = COMPUTED) -> Pathway:
    """The pathway written in a text. Raises DefinitionError with every fault; warnings alone do not keep it out.

    `computed`: the functions that its computed facts may name, by `name@version`; those of the product when left out.
    """
    found = examine(text, file, computed)
    form = found.form
    if form is None or any(each.severity == "error" for each in found.faults):
        raise DefinitionError(found.faults)
    pinned = bundle(text, form)
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


def bundle(text: str, form: PathwayForm) -> bytes:
    """What a case keeps: format, text, hash of each data table, version of each computed fact."""
    computed = sorted({fact.computed for fact in form.facts.values() if fact.computed})
    return msgspec.json.encode(
        {"format": FORMAT, "text": text, "tables": dict(TABLES), "computed": computed}, order="sorted"
    )
