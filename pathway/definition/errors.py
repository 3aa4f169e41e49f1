"""What is wrong with a pathway file, each fault with its place."""

from typing import Literal

import msgspec

Severity = Literal["error", "warning"]


class Fault(msgspec.Struct, frozen=True):
    """One thing wrong with a pathway file. An error keeps the file from being used; a warning does not.

    `line` and `column` count from 1. `near`: the nearest name that would do, where a name is not known.
    """

    code: str
    file: str
    line: int
    column: int
    happened: str
    expected: str
    mend: str
    near: str = ""
    severity: Severity = "error"

    def __str__(self) -> str:
        warning = "warning: " if self.severity == "warning" else ""
        place = f"{self.file}:{self.line}:{self.column}"
        return f"{place}: {warning}{self.happened}; expected {self.expected}; {self.mend}"


class DefinitionError(Exception):
    """A pathway file that cannot be used. Speaks of its first error; `faults` are all, warnings too, in file order."""

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        errors = [each for each in faults if each.severity == "error"]
        first, more = errors[0], len(errors) - 1
        super().__init__(f"{first} (and {more} more)" if more else str(first))
        self.faults = faults
        self.code, self.file, self.line, self.column = first.code, first.file, first.line, first.column
        self.happened, self.expected, self.mend = first.happened, first.expected, first.mend
