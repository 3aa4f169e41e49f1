"""Grounds of a refusal: an answer in words, and the role that is missing."""

from pathway.case.commands import Refusal, Request
from pathway.case.turn import Turn
from pathway.definition.guard import explain, sentence


def why(turn: Turn, text: str) -> str:
    """A guard's answer in one sentence."""
    return sentence(explain(turn.pathway.rules[text].tree, turn.view, turn.at))


def not_your_role(command: Request, by: tuple[str, ...]) -> Refusal | None:
    """A refusal when the role may not do this: one's own, or that of whoever ordered it by voice."""
    role = acting(command)
    if role in by:
        return None
    return Refusal("role", f"the role {role or 'none'} may not do this", (), f"ask: {', '.join(by)}")


def signed_by_two(actor: str, second: str) -> bool:
    """Whether somebody signed beside the one who speaks; neither blanks nor capitals make another person."""
    return not same_person(second, "") and not same_person(second, actor)


def same_person(one: str, other: str) -> bool:
    """Whether two names are one, however they were typed."""
    return " ".join(one.split()).casefold() == " ".join(other.split()).casefold()


def acting(command: Request) -> str:
    """The role in which a request is made; that a verbal order may be taken was looked at before."""
    return command.verbal_from or command.by.role
