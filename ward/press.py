"""The press: a document as PDF/A, tagged; the same text gives the same bytes. The typesetter is known here alone."""

from typing import Literal

import typst

STANDARD: Literal["a-2a"] = "a-2a"
#: A document says what it is of; it does not say when it was printed.
NO_TIME = 0


def pressed(document: str) -> bytes:
    """A document in the typesetter's markup as PDF/A-2a. Raises typst.TypstError for text that it refuses."""
    pdf: bytes = typst.compile(
        document.encode(), format="pdf", ignore_system_fonts=True, pdf_standards=STANDARD, timestamp=NO_TIME
    )
    return pdf


def text(said: str) -> str:
    """Plain text, whatever it holds, as markup."""
    return f"#{quoted(said)}"


def quoted(said: str) -> str:
    """A string of the typesetter's language."""
    escaped = said.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\r", "")
    return f'"{escaped}"'
