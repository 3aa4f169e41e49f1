"""What is wrong with a pathway file, with its place."""


class DefinitionError(Exception):
    """A pathway file that cannot be used. `line` counts from 1; the message says what is wrong and how to mend it."""

    def __init__(self, code: str, file: str, line: int, happened: str, expected: str, mend: str) -> None:
        super().__init__(f"{file}:{line}: {happened}; expected {expected}; {mend}")
        self.code, self.file, self.line = code, file, line
        self.happened, self.expected, self.mend = happened, expected, mend
