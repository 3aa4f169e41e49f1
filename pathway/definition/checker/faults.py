"""The faults of one file while it is read."""

from collections.abc import Iterable
from difflib import get_close_matches
from functools import cached_property

from pathway.definition.errors import Fault, Severity
from pathway.definition.place import Path, Place, Places


class Faults:
    """Collects faults, each once. An entry whose form is wrong has that fault alone: the rest would follow from it."""

    def __init__(self, file: str, text: str) -> None:
        self.file, self.text = file, text
        self.found: dict[Fault, None] = {}
        self.misshapen: set[Path] = set()
        #: Settings, facts and regions of which too little is known to judge what names them.
        self.doubtful: set[str] = set()
        #: Whether all declarations of a kind are missing, so that no name can be judged.
        self.lost = False

    @cached_property
    def places(self) -> Places:
        """Where everything stands; read when the first fault asks for it."""
        return Places(self.text)

    def add(
        self,
        code: str,
        path: Path,
        happened: str,
        expected: str,
        mend: str,
        *,
        near: str = "",
        severity: Severity = "error",
        at: Place | None = None,
    ) -> None:
        """One fault at a path, or at a place within it."""
        if any(path[:length] in self.misshapen for length in range(1, len(path) + 1)):
            return
        line, column = at or self.places.of(path)
        self.found[Fault(code, self.file, line, column, happened, expected, mend, near, severity)] = None

    def unknown(self, path: Path, what: str, name: str, known: Iterable[str]) -> None:
        """A name that is nowhere, with the nearest that is somewhere."""
        near = nearest(name, known)
        mend = f"did you mean {near}?" if near else "add it"
        self.add("unknown", path, f"{what} {name!r} is not known", f"a known {what}", mend, near=near)

    def doubts(self, names: Iterable[str]) -> bool:
        """Whether one of some names, dotted or not, hangs on a declaration that is wrong itself."""
        return self.lost or any(name.partition(".")[0] in self.doubtful for name in names)

    def any_misshapen(self, part: str) -> bool:
        """Whether an entry of a part (`reminders`) has no form, so that its name may be missing."""
        return any(path[0] == part for path in self.misshapen)

    def sorted(self) -> tuple[Fault, ...]:
        """All faults in the order of the file."""
        return tuple(sorted(self.found, key=lambda each: (each.line, each.column, each.code, each.happened)))


def nearest(name: str, known: Iterable[str]) -> str:
    """The known name that looks most like a name; empty where none comes near."""
    return next(iter(get_close_matches(name, list(known), n=1)), "")
