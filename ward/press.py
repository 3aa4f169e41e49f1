"""The press: a document as PDF/A, tagged; the same text gives the same bytes. The typesetter is known here alone."""

import re
from typing import Literal

import typst

STANDARD: Literal["a-2a"] = "a-2a"
#: A document says what it is of; it does not say when it was printed.
NO_TIME = 0
#: Characters beyond those that its own fonts are sure to have: an archive may hold none that cannot be shown.
UNSURE = re.compile(
    r"[^\n -~\u00a1-\u00ac\u00ae-\u017e\u0391-\u03a1\u03a3-\u03c9\u0410-\u044f"
    r"\u2010\u2013\u2014\u2018\u2019\u201c\u201d\u201e\u2026\u2070\u2074-\u2079\u2192\u2264\u2265\u2212]"
)


def pressed(document: str) -> bytes:
    """A document in the typesetter's markup as PDF/A-2a.

    What people wrote freely may hold characters that no font of the typesetter has: they are then written as their
    numbers, such as [U+4E2D], rather than that there is no document. Raises typst.TypstError for markup that it
    refuses.
    """
    try:
        return compiled(document)
    except typst.TypstError:
        return compiled(UNSURE.sub(lambda found: f"[U+{ord(found[0]):04X}]", document))


def compiled(document: str) -> bytes:
    """A document as it is."""
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
