"""The pathway as a Mermaid state diagram, for pages that show Mermaid."""

from collections.abc import Iterator

from pathway.definition.draw.moves import (
    SAME,
    blocks_of,
    boxes_of,
    drawn,
    exits_of,
    is_exit,
    named,
    notes_of,
    origin,
    titled,
    who,
)
from pathway.definition.form import TransitionForm
from pathway.definition.pathway import Pathway


def to_mermaid(pathway: Pathway) -> str:
    """The text of a `stateDiagram-v2`, ending in a line feed. All regions begin at once; exits are a legend apart.

    Regions are no composite states of their own: Mermaid 11 fails on lines into a parent inside a parent.
    """
    lines = ["stateDiagram-v2", "  direction LR"]
    for region in pathway.form.regions:
        lines += [f"  {line}" for line in region_lines(pathway, region)]
    if exits_of(pathway.form):
        lines += ['  state "Exits" as exits {', *(f"    {line}" for line in exit_lines(pathway)), "  }"]
    return "\n".join([*lines, ""])


def region_lines(pathway: Pathway, region: str) -> Iterator[str]:
    """The phases of a region, parents as composites, then its moves and notes."""
    shape = pathway.form.regions[region]
    blocks = blocks_of(shape)
    for block in blocks:
        indent = "  " if block.parent else ""
        if block.parent:
            yield f'state "{quoted(titled(pathway, block.name))}" as {identifier(region, block.name)} {{'
        for leaf in block.leaves:
            yield f'{indent}state "{quoted(titled(pathway, leaf))}" as {identifier(region, leaf)}'
        if block.parent:
            yield "}"
    yield f"[*] --> {identifier(region, shape.initial)} : {titled(pathway, region)} begins"
    for each in drawn(pathway.form, region):
        if each.to != SAME and not is_exit(shape, each):
            for start in boxes_of(blocks, each.from_):
                yield f"{identifier(region, start)} --> {identifier(region, each.to)} : {label(pathway, each)}"
    for note in notes_of(pathway.form, region):
        for start in boxes_of(blocks, note.from_):
            yield f"note right of {identifier(region, start)} : {label(pathway, note)}, phase unchanged"


def exit_lines(pathway: Pathway) -> Iterator[str]:
    """The legend of exits: where from in words, where to."""
    origins: dict[str, str] = {}
    ends: set[str] = set()
    for region, each in exits_of(pathway.form):
        words = origin(pathway, region, each)
        if words not in origins:
            origins[words] = f"exits__from_{len(origins) + 1}"
            yield f'state "{quoted(words)}" as {origins[words]}'
        end = identifier("exits", each.to)
        if end not in ends:
            ends.add(end)
            yield f'state "{quoted(titled(pathway, each.to))}" as {end}'
        yield f"{origins[words]} --> {end} : {label(pathway, each)}"


def identifier(region: str, name: str) -> str:
    """A name that Mermaid takes: no dot, no word of its own language, no clash between regions."""
    return f"{region}__{name.replace('.', '__')}"


def label(pathway: Pathway, transition: TransitionForm) -> str:
    """Id, name and who, without the signs that end a label in Mermaid."""
    said = f"{transition.id} {named(pathway, transition.name)}, {who(transition.by)}"
    return said.replace(":", " ").replace(";", ",").replace("#", " ")


def quoted(text: str) -> str:
    """A title inside quotation marks."""
    return text.replace('"', "'").replace("#", " ")
