"""Causes: what the watchdog may find, each under a stable code, and the book that says when one becomes an alarm."""

from collections.abc import Iterable

import msgspec


class Cause(msgspec.Struct, frozen=True):
    """One thing that is wrong, without patient data. `about`: a case token, a key, a name; empty for the whole store.

    It becomes an alarm when it has been seen for `patience_s` real seconds without a break. `note`: it is told and is
    no alarm, all is well besides.
    """

    code: str
    about: str
    happened: str
    expected: str
    mend: str
    patience_s: float = 0
    note: bool = False

    @property
    def key(self) -> tuple[str, str]:
        """By what a cause is the same as one seen before."""
        return self.code, self.about

    def line(self) -> str:
        """In one line, as an error says it."""
        about = f" [{self.about}]" if self.about else ""
        return f"{self.code}{about}: {self.happened}; expected {self.expected}; {self.mend}"


class Told(msgspec.Struct, frozen=True):
    """What changed with one look: causes that became alarms, and alarms whose cause is gone."""

    raised: tuple[Cause, ...] = ()
    cleared: tuple[Cause, ...] = ()


class Book:
    """The causes that are seen, since when, and which of them were raised: each once until it clears.

    Instants are seconds of a monotonic clock, so that neither a jump of the time of day nor the fast time of a
    demonstration makes an alarm early or late.
    """

    def __init__(self) -> None:
        self._since: dict[tuple[str, str], float] = {}
        self.open: dict[tuple[str, str], Cause] = {}

    def meet(self, causes: Iterable[Cause], now_s: float) -> Told:
        """Take in all that is seen at `now_s`."""
        seen = {each.key: each for each in causes}
        self._since = {key: self._since.get(key, now_s) for key in seen}
        raised = tuple(
            each for key, each in seen.items() if key not in self.open and now_s - self._since[key] >= each.patience_s
        )
        cleared = tuple(each for key, each in self.open.items() if key not in seen)
        for each in cleared:
            del self.open[each.key]
        self.open.update((each.key, each) for each in raised)
        return Told(raised, cleared)

    def undecided(self) -> bool:
        """Whether a cause is seen that may yet become an alarm."""
        return any(key not in self.open for key in self._since)
