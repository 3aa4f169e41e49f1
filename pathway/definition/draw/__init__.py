"""Drawing a pathway: its Mermaid text and its picture, both made from the definition alone."""

from pathway.definition.draw.mermaid import to_mermaid
from pathway.definition.draw.overview import overview
from pathway.definition.draw.svg import to_svg
from pathway.definition.draw.travelled import Step, Travelled, travelled

__all__ = ["Step", "Travelled", "overview", "to_mermaid", "to_svg", "travelled"]
