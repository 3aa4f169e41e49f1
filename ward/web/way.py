"""The way of a case over its pathway: the drawing with its path, the stages it was in, and every move explained."""

import msgspec
from markupsafe import Markup

from pathway.case.why import Inquiry, Why, brief
from ward.diagram import OVERVIEW, draw_path, steps_of
from ward.web.seen import plain

#: What the answer to a move says, and the shape beside it.
ANSWERS = {
    "yes": ("fine", "Possible now"),
    "cannot say": ("gap", "Possible only with a signed reason"),
    "no": ("never", "Not possible now"),
}
#: The same for a move that nobody makes.
FOLLOWS = {
    "yes": ("fine", "Follows by itself"),
    "cannot say": ("gap", "Not made: cannot be said"),
    "no": ("never", "Does not follow now"),
}


class Move(msgspec.Struct, frozen=True):
    """The moves of one id. `here`: one of them begins where the case stands; `by`: the roles that make it."""

    id: str
    title: str
    look: str
    word: str
    by: str
    here: bool
    trees: tuple[Why, ...]


class Stop(msgspec.Struct, frozen=True):
    """One stage on the way, numbered as in the drawing. `now`: a region stands there."""

    number: int
    title: str
    when: str
    now: bool


class Way(msgspec.Struct, frozen=True):
    """The drawing of one part, and what it shows in words. `parts`: word in the address and name of each part."""

    svg: Markup
    part: str
    parts: tuple[tuple[str, str], ...]
    stops: tuple[Stop, ...]
    moves: tuple[Move, ...]


def way(asked: Inquiry, part: str) -> Way:
    """The way of a case at the moment it is asked. `part`: overview, a region, or whole; any other is the overview."""
    pathway, case = asked.turn.pathway, asked.turn.case
    regions = tuple((region, region.replace("_", " ").capitalize()) for region in pathway.form.regions)
    parts = ((OVERVIEW, "Overview"), *(regions if len(regions) > 1 else ()), ("whole", "Everything"))
    part = part if part in dict(parts) else OVERVIEW
    shown = "" if part == "whole" else part
    here = {place.leaf for place in case.regions.values()}
    steps = steps_of(pathway, asked.events)
    last = {each.region: each.number for each in steps}
    return Way(
        svg=Markup(draw_path(pathway, asked.events, shown, linked=True)),  # noqa: S704 - drawn here, every word escaped
        part=part,
        parts=parts,
        stops=tuple(
            Stop(
                each.number,
                pathway.title(each.leaf),
                each.when,
                each.leaf in here and last[each.region] == each.number,
            )
            for each in steps
        ),
        moves=moves(asked),
    )


def moves(asked: Inquiry) -> tuple[Move, ...]:
    """Every move of the pathway by its id, those that begin where the case stands first."""
    found: dict[str, list[Why]] = {}
    for form in {each.id: each for each in asked.turn.pathway.form.transitions}.values():
        found[form.id] = [brief(each) for each in asked.named(form.id) if each.kind == "transition"]
    made = [move(asked, name, trees) for name, trees in found.items() if trees]
    return tuple(sorted(made, key=lambda each: not each.here))


def move(asked: Inquiry, name: str, trees: list[Why]) -> Move:
    """The moves of one id under the best of their answers; those that begin here before the others."""
    trees = sorted(trees, key=lambda each: not begins(each))
    own = [each for each in trees if begins(each)]
    answer = next((word for word in ANSWERS if any(each.answer == word for each in own or trees)), "no")
    roles = next(each.by for each in asked.turn.pathway.form.transitions if each.id == name)
    look, word = (ANSWERS if roles else FOLLOWS)[answer]
    titles = dict.fromkeys(plain(each.title) for each in trees)
    by = ", ".join(role.replace("_", " ") for role in roles)
    return Move(name, "; ".join(titles), look, word, by, bool(own), tuple(trees))


def begins(tree: Why) -> bool:
    """Whether a move begins where the case stands."""
    return any(part.kind == "stage" and part.answer == "yes" for part in tree.parts)
