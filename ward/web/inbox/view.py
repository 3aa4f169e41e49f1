"""A view of the inbox: for which role, whose, how grave; all of it in the address, and no patient in it."""

from typing import Any, Literal, get_args
from urllib.parse import urlencode

import msgspec
from starlette.datastructures import QueryParams

Person = Literal["anyone", "me", "nobody"]
Show = Literal["all", "critical", "overdue"]
#: Words of roles in an address are compared with those that there are, and never shown themselves.
WORD_LIMIT = 100
#: The word for every role at once.
EVERY_ROLE = "all"
PATH = "/inbox"


class View(msgspec.Struct, frozen=True):
    """What one reader asked for. `role`: for whom it rings; empty is the reader's own, `all` is everybody's."""

    role: str = ""
    person: Person = "anyone"
    show: Show = "all"

    def address(self, path: str = PATH, **changes: str) -> str:
        """The address of this view with some of it changed; what is as usual is left out."""
        said = msgspec.structs.asdict(msgspec.structs.replace(self, **changes))
        usual = msgspec.structs.asdict(View())
        words = {name: value for name, value in said.items() if value != usual[name]}
        return f"{path}?{urlencode(words)}" if words else path

    @property
    def filtered(self) -> bool:
        """Whether something that rings for the reader's own role may be left out."""
        return self != View()


def view_of(query: QueryParams) -> View:
    """The view that an address asks for. What it says and cannot be read is as usual: then more is shown, not less."""
    return View(
        role=query.get("role", "")[:WORD_LIMIT],
        person=_one(Person, query.get("person"), "anyone"),
        show=_one(Show, query.get("show"), "all"),
    )


def _one(words: object, said: str | None, usual: str) -> Any:
    return said if said in get_args(words) else usual
