"""What is drawn: the open phases in blocks, and the transitions gathered into moves, notes and exits.

A move is one label in the drawing. Transitions of one id share a label where they begin at the same phases and the same
roles make them, or where each leads from all siblings to another one: one label, with an arrow to each end.
"""

from itertools import groupby

import msgspec

from pathway.definition.form import PathwayForm, RegionForm, TransitionForm
from pathway.definition.pathway import Pathway

#: What `to` says when knowledge is noted and the phase stays.
SAME = "same"


class Block(msgspec.Struct, frozen=True):
    """A phase of its own, or a parent with its open leaves, in the order of the file."""

    name: str
    leaves: tuple[str, ...]

    @property
    def parent(self) -> bool:
        """Whether the block is drawn as a container."""
        return self.leaves != (self.name,)


class Move(msgspec.Struct, frozen=True):
    """One label: where it begins (leaves or whole blocks), where it leads, and the transitions behind it."""

    id: str
    name: str
    by: tuple[str, ...]
    starts: tuple[str, ...]
    ends: tuple[str, ...]
    transitions: tuple[TransitionForm, ...]

    @property
    def automatic(self) -> bool:
        """Whether nobody makes this move: it follows what is known."""
        return not self.by


def blocks_of(region: RegionForm) -> tuple[Block, ...]:
    """The open phases of a region in the order of the file, leaves of one parent together."""
    leaves: dict[str, list[str]] = {}
    for leaf in region.phases:
        if leaf not in region.closed:
            leaves.setdefault(leaf.split(".")[0], []).append(leaf)
    return tuple(Block(name, tuple(each)) for name, each in leaves.items())


def moves_of(form: PathwayForm, region: str) -> tuple[Move, ...]:
    """Every move between open phases of a region, in the order of the file."""
    shape = form.regions[region]
    blocks = blocks_of(shape)
    moving = [each for each in drawn(form, region) if each.to != SAME and not is_exit(shape, each)]
    found: list[Move] = []
    for _, same_id in groupby(moving, key=lambda each: (each.id, each.by)):
        alike = tuple(same_id)
        if among_siblings(blocks, alike):
            found.append(gathered(blocks, alike))
            continue
        beginnings: dict[tuple[str, ...], list[TransitionForm]] = {}
        for each in alike:
            beginnings.setdefault(each.from_, []).append(each)
        found.extend(gathered(blocks, tuple(each)) for each in beginnings.values())
    return tuple(found)


def notes_of(form: PathwayForm, region: str) -> tuple[TransitionForm, ...]:
    """The transitions of a region that note knowledge and keep the phase."""
    return tuple(each for each in drawn(form, region) if each.to == SAME)


def exits_of(form: PathwayForm) -> tuple[tuple[str, TransitionForm], ...]:
    """Region and transition of every move into or out of a closed phase: the legend of exits."""
    return tuple(
        (region, each) for region, shape in form.regions.items() for each in drawn(form, region) if is_exit(shape, each)
    )


def origin(pathway: Pathway, region: str, transition: TransitionForm) -> str:
    """Where an exit may be taken, in words: `Any open phase`, or the phases named."""
    shape = pathway.form.regions[region]
    if set(leaves_under(shape.phases, transition.from_)) >= set(shape.phases) - set(shape.closed):
        return "Any open phase"
    return " or ".join(titled(pathway, each) for each in transition.from_)


def who(by: tuple[str, ...]) -> str:
    """`automatic`, or the roles in words: `physician, physician or consultant`."""
    roles = [each.replace("_", " ") for each in by]
    if not roles:
        return "automatic"
    return " or ".join([", ".join(roles[:-1]), roles[-1]] if len(roles) > 1 else roles)


def titled(pathway: Pathway, name: str) -> str:
    """The title of a phase, parent or move, with a capital letter."""
    title = pathway.title(name)
    if name not in pathway.form.titles:
        title = title.replace(".", ", ")
    return title[:1].upper() + title[1:]


def named(pathway: Pathway, name: str) -> str:
    """The words for a transition: its title where the file gives one, else its name."""
    return pathway.form.titles.get(name, name.replace("_", " "))


def in_words(pathway: Pathway, transition: TransitionForm) -> str:
    """One transition as sentences: id and name, who, from where to where, when, and its sources."""
    starts = " or ".join(titled(pathway, each) for each in transition.from_)
    end = "phase unchanged" if transition.to == SAME else f"to {titled(pathway, transition.to)}"
    said = f"{transition.id} {named(pathway, transition.name)}, {who(transition.by)}. From {starts}, {end}."
    if transition.when:
        said += f" When: {' '.join(transition.when.split())}."
    for reason in transition.reasons:
        said += f" A reason is asked when {' '.join(reason.when.split())}: {reason.text}."
    if transition.identifiers:
        said += f" {transition.identifiers} patient identifiers."
    return f"{said} Source: {', '.join(transition.source)}."


def leaves_under(phases: tuple[str, ...], names: tuple[str, ...]) -> tuple[str, ...]:
    """The leaves that the names mean: themselves, or all leaves below a parent."""
    return tuple(leaf for leaf in phases if any(leaf == each or leaf.startswith(f"{each}.") for each in names))


def boxes_of(blocks: tuple[Block, ...], names: tuple[str, ...]) -> tuple[str, ...]:
    """The boxes that the names of a `from` mean: whole blocks, and leaves where something narrower is named."""
    leaves = tuple(leaf for block in blocks for leaf in block.leaves)
    found: dict[str, None] = {}
    for name in names:
        whole = any(block.name == name for block in blocks)
        found.update(dict.fromkeys((name,) if whole else leaves_under(leaves, (name,))))
    return tuple(found)


def drawn(form: PathwayForm, region: str) -> tuple[TransitionForm, ...]:
    """The transitions of one region."""
    return tuple(each for each in form.transitions if each.region == region)


def is_exit(shape: RegionForm, transition: TransitionForm) -> bool:
    """Whether a transition leads into a closed phase, or only begins at closed ones."""
    starts = leaves_under(shape.phases, transition.from_)
    return transition.to in shape.closed or (bool(starts) and set(starts) <= set(shape.closed))


def among_siblings(blocks: tuple[Block, ...], alike: tuple[TransitionForm, ...]) -> bool:
    """Whether the transitions together lead from each of some siblings to each other one."""
    ends = {each.to for each in alike}
    siblings = any(ends <= set(block.leaves) for block in blocks)
    return len(ends) > 1 and siblings and all(set(each.from_) == ends - {each.to} for each in alike)


def gathered(blocks: tuple[Block, ...], alike: tuple[TransitionForm, ...]) -> Move:
    """One move for transitions that share a label."""
    first = alike[0]
    starts = boxes_of(blocks, tuple(name for each in alike for name in each.from_))
    ends = tuple(dict.fromkeys(each.to for each in alike))
    return Move(first.id, shared_name([each.name for each in alike]), first.by, starts, ends, alike)


def shared_name(names: list[str]) -> str:
    """The words that all names begin with; all names where they share none."""
    words = [name.split("_") for name in names]
    shared: list[str] = []
    for column in zip(*words, strict=False):
        if len(set(column)) > 1:
            break
        shared.append(column[0])
    return " ".join(shared) or ", ".join(name.replace("_", " ") for name in names)
