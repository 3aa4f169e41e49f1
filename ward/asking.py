"""Asking: what of a case somebody asks about by name, and what is said where there is nothing of that name."""

from pathway.case.why import Inquiry, NameUnknown, Why
from ward.errors import NotFound


def answers(asked: Inquiry, name: str, subject: str, *, absent: bool) -> tuple[Why, ...]:
    """What was asked for. Raises NotFound for a name that is nothing here."""
    if not name.strip():
        return asked.absent() if absent else asked.now()
    try:
        return (asked.why(name, subject),)
    except NameUnknown as error:
        raise NotFound(
            "there is nothing of that name to explain",
            f"a rule, fact or event of this case{' such as ' + ', '.join(error.near) if error.near else ''}",
            "ask without a name to see what there is",
        ) from error
