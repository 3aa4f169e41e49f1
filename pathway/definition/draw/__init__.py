"""Drawing a pathway: its Mermaid text and its picture, both made from the definition alone."""

from pathway.definition.draw.mermaid import to_mermaid
from pathway.definition.draw.svg import to_svg

__all__ = ["to_mermaid", "to_svg"]
