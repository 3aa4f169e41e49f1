"""Pictures of the book: the drawing of a pathway, and the same with what changed marked in it."""

from collections.abc import Iterable
from html import escape

from pathway.definition.draw import to_svg
from pathway.definition.pathway import Pathway
from ward.book.changes import Changed

#: Strokes of marked parts; their kind is also said in words beside the picture.
MARKS = {"added": "#0a6b2d", "removed": "#a3160f", "changed": "#8a4b00"}


def picture(pathway: Pathway) -> str:
    """The drawing as SVG."""
    return to_svg(pathway)


def marked(pathway: Pathway, found: Iterable[Changed], kinds: tuple[str, ...]) -> str:
    """The drawing with broad strokes around the phases and moves that changed in one of these ways."""
    rules = []
    for each in found:
        if each.kind not in kinds or each.chapter not in ("Moves", "Phases"):
            continue
        first, _, rest = each.key.partition("/")
        name, data = (rest, "data-phase") if each.chapter == "Phases" else (first, "data-transition")
        rules.append(f'g[{data}="{escape(name)}"] rect{{stroke:{MARKS[each.kind]};stroke-width:5}}')
    style = f"<style>{''.join(dict.fromkeys(rules))}</style>"
    head, _, tail = to_svg(pathway).partition("</desc>")
    return f"{head}</desc>{style}{tail}"
