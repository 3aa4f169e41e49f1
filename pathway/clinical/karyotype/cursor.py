"""A place in a tidied text that only moves on, with what was repaired and what was left behind on the way."""

import re

from pathway.clinical.karyotype.form import Mend, Repair, Residue, Why
from pathway.clinical.karyotype.tidy import Tidied
from pathway.clinical.karyotype.words import folded

BLANKS = re.compile(r"\s+")
#: Residue without a letter or a figure says nothing.
SAYS = re.compile(r"[^\W_]|\?")


class Cursor:
    """Reads `text` from `pos` to `end`. Every pattern is tried at the place where the cursor stands, never searched."""

    __slots__ = ("at", "end", "folded", "given", "pos", "repairs", "residue", "text")

    def __init__(self, given: str, tidied: Tidied) -> None:
        """Stand before the first sign of a tidied text."""
        self.given, self.text, self.at = given, tidied.signs, tidied.at
        self.folded = folded(tidied.signs)
        self.pos, self.end = 0, len(tidied.signs)
        self.repairs: list[Repair] = list(tidied.repairs)
        self.residue: list[Residue] = []

    def done(self) -> bool:
        """Whether nothing is left to read."""
        return self.pos >= self.end

    def sees(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        """The pattern at this place, without moving."""
        return pattern.match(self.text, self.pos, self.end)

    def take(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        """The pattern at this place, moving behind it."""
        found = self.sees(pattern)
        if found is not None:
            self.pos = found.end()
        return found

    def blanks(self, *, mend: bool = False) -> bool:
        """Move over blanks; whether there were any. With `mend` they are told as a repair."""
        start = self.pos
        if self.take(BLANKS) is None:
            return False
        if mend and not self.done():
            self.mend(Mend.BLANK, start, self.pos, "")
        return True

    def mend(self, name: Mend, start: int, end: int, now: str) -> None:
        """Tell a repair of the tidied text between two places."""
        first, last = self.at[start], self.at[end]
        self.repairs.append(Repair(name, first, last, self.given[first:last], now))

    def leave(self, start: int, end: int, why: Why = Why.NOT_UNDERSTOOD) -> None:
        """Tell residue of the tidied text between two places; blanks and lone punctuation are none."""
        piece = self.text[start:end]
        if SAYS.search(piece) is None:
            return
        start, end = start + len(piece) - len(piece.lstrip(" ,;/.")), start + len(piece.rstrip(" ,;/."))
        first, last = self.at[start], self.at[end]
        self.residue.append(Residue(self.given[first:last], first, last, why))

    def left(self) -> tuple[Residue, ...]:
        """The residue in its order; neighbours with nothing but punctuation between them are one piece."""
        found: list[Residue] = []
        for each in sorted(self.residue, key=lambda one: (one.start, one.end)):
            last = found[-1] if found else None
            if last and last.why == each.why and SAYS.search(self.given, last.end, each.start) is None:
                end = max(last.end, each.end)
                found[-1] = Residue(self.given[last.start : end], last.start, end, each.why)
            else:
                found.append(each)
        return tuple(found)

    def span(self, start: int, end: int) -> tuple[str, int, int]:
        """The text as given between two places of the tidied text, with its places."""
        first, last = self.at[start], self.at[end]
        return self.given[first:last], first, last
