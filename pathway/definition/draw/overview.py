"""The overview: every parent is one box, moves inside a parent are left out, so that the whole is seen at a glance."""

import msgspec

from pathway.definition.draw.moves import SAME, shared_name
from pathway.definition.form import PathwayForm, RegionForm, TransitionForm
from pathway.definition.pathway import Pathway


def overview(pathway: Pathway) -> Pathway:
    """The pathway with parents for leaves: fit for drawing and for nothing else."""
    form = pathway.form
    regions = {name: folded_region(region) for name, region in form.regions.items()}
    titles = {**form.titles, **{parent: parent_title(form, parent) for parent in parents(form)}}
    folded = msgspec.structs.replace(form, regions=regions, transitions=folded_moves(form), titles=titles)
    return msgspec.structs.replace(pathway, form=folded)


def parents(form: PathwayForm) -> tuple[str, ...]:
    """The parents of open leaves."""
    open_ = (leaf for region in form.regions.values() for leaf in region.phases if leaf not in region.closed)
    return tuple(dict.fromkeys(leaf.split(".")[0] for leaf in open_ if "." in leaf))


def parent_title(form: PathwayForm, parent: str) -> str:
    """What a parent is called: as the file says, else its name."""
    return form.titles.get(parent, parent.replace("_", " "))


def folded(region: RegionForm, leaf: str) -> str:
    """A leaf's parent; a closed leaf stays itself."""
    return leaf if leaf in region.closed else leaf.split(".", maxsplit=1)[0]


def folded_region(region: RegionForm) -> RegionForm:
    """A region with parents for leaves, in the order of the file."""
    return msgspec.structs.replace(
        region,
        initial=folded(region, region.initial),
        phases=tuple(dict.fromkeys(folded(region, leaf) for leaf in region.phases)),
    )


def folded_moves(form: PathwayForm) -> tuple[TransitionForm, ...]:
    """The moves between parents, one for each id, beginning, end and role; notes and inner moves are left out."""
    found: dict[tuple[object, ...], list[TransitionForm]] = {}
    for each in form.transitions:
        region = form.regions[each.region]
        to = each.to if each.to == SAME else folded(region, each.to)
        starts = tuple(dict.fromkeys(folded(region, start) for start in each.from_ if folded(region, start) != to))
        if to != SAME and starts:
            move = msgspec.structs.replace(each, from_=starts, to=to)
            found.setdefault((each.id, starts, to, each.by), []).append(move)
    return tuple(as_one(alike) for alike in found.values())


def as_one(alike: list[TransitionForm]) -> TransitionForm:
    """Moves that are one in the overview, under the words that their names share."""
    if len(alike) == 1:
        return alike[0]
    return msgspec.structs.replace(alike[0], name=shared_name([each.name for each in alike]))
