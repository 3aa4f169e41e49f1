"""The drawings of the shipped pathways, as files. `python -m ward.diagram` redraws `diagrams/`."""

from collections.abc import Iterable
from importlib.resources import files
from pathlib import Path

from msgspec.structs import replace

from pathway.case.envelope import Event
from pathway.case.events import CaseEnrolled, PhaseEntered
from pathway.case.facts import zone_of
from pathway.definition.draw import Step, overview, to_mermaid, to_svg, travelled
from pathway.definition.draw.overview import folded
from pathway.definition.guard import show_moment
from pathway.definition.load import shipped
from pathway.definition.pathway import Pathway

#: Where the committed drawings stand in a checkout.
DIAGRAMS = Path(__file__).resolve().parent.parent / "diagrams"
REDRAW = "python -m ward.diagram"
#: The part of a drawing that shows parents for their phases.
OVERVIEW = "overview"


def draw(pathway: Pathway) -> dict[str, str]:
    """File name to text: Mermaid, the whole as SVG, an overview, and each region by itself.

    The same definition gives the same bytes.
    """
    name = f"{pathway.form.pathway}_v{pathway.form.version}"
    regions = pathway.form.regions if len(pathway.form.regions) > 1 else ()
    return {
        f"{name}.mmd": to_mermaid(pathway),
        f"{name}.svg": to_svg(pathway),
        f"{name}_overview.svg": to_svg(overview(pathway)),
        **{f"{name}_{region}.svg": to_svg(pathway, (region,)) for region in regions},
    }


def draw_path(pathway: Pathway, events: Iterable[Event], part: str = "", *, linked: bool = False) -> str:
    """The SVG of a pathway with the path of one case over it: phases and moves numbered, where it stands marked.

    `part`: OVERVIEW, a region, or all of it. `linked`: each move leads to the fragment of its id.
    """
    steps = steps_of(pathway, events)
    if part != OVERVIEW:
        shown = (part,) if part else ()
        own = tuple(each for each in steps if not part or each.region == part)
        return to_svg(pathway, shown, travelled(own, titles_of(pathway)), linked=linked)
    regions = pathway.form.regions
    whole = (replace(each, leaf=folded(regions[each.region], each.leaf)) for each in steps)
    seen = overview(pathway)
    return to_svg(seen, path=travelled(whole, titles_of(seen)), linked=linked)


def titles_of(pathway: Pathway) -> dict[str, str]:
    """What the leaves of a pathway are called."""
    return {leaf: pathway.title(leaf) for region in pathway.form.regions.values() for leaf in region.phases}


def steps_of(pathway: Pathway, events: Iterable[Event]) -> tuple[Step, ...]:
    """The entries of a case into its phases, numbered, in the zone of the case."""
    moves, zone = {each.name: each.id for each in pathway.form.transitions}, "UTC"
    steps: list[Step] = []
    for event in events:
        if isinstance(event.body, CaseEnrolled):
            zone = event.body.zone
        elif isinstance(event.body, PhaseEntered):
            body, when = event.body, show_moment(event.occurred_at, zone_of(zone))
            move = moves.get(body.transition, body.transition)
            steps.append(Step(len(steps) + 1, body.region, body.leaf, move, when))
    return tuple(steps)


def drawings() -> dict[str, str]:
    """File name to text for every shipped pathway, in the order of their names."""
    return {name: text for pathway in every_shipped() for name, text in draw(pathway).items()}


def write(folder: Path = DIAGRAMS) -> tuple[Path, ...]:
    """Writes every drawing into the folder, which is made where it is missing; returns the files written."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name, text in drawings().items():
        path = folder / name
        path.write_text(text, encoding="utf-8", newline="\n")
        written.append(path)
    return tuple(written)


def every_shipped() -> tuple[Pathway, ...]:
    """Every pathway and version that comes with the product."""
    found = [
        (folder.name, int(file.name[1 : -len(".toml")]))
        for folder in files("pathway.definitions").iterdir()
        if folder.is_dir()
        for file in folder.iterdir()
        if file.name.startswith("v") and file.name.endswith(".toml")
    ]
    return tuple(shipped(name, version) for name, version in sorted(found))


if __name__ == "__main__":
    for path in write():
        print(path)
