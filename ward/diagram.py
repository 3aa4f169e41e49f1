"""The drawings of the shipped pathways, as files. `python -m ward.diagram` redraws `diagrams/`."""

from importlib.resources import files
from pathlib import Path

from pathway.definition.draw import to_mermaid, to_svg
from pathway.definition.load import shipped
from pathway.definition.pathway import Pathway

#: Where the committed drawings stand in a checkout.
DIAGRAMS = Path(__file__).resolve().parent.parent / "diagrams"
REDRAW = "python -m ward.diagram"


def draw(pathway: Pathway) -> dict[str, str]:
    """File name to text: the Mermaid text and the SVG of one pathway. The same definition gives the same bytes."""
    name = f"{pathway.form.pathway}_v{pathway.form.version}"
    return {f"{name}.mmd": to_mermaid(pathway), f"{name}.svg": to_svg(pathway)}


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
