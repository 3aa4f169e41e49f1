"""The command line: `wardpath`.

Data goes to standard output, notes and progress to standard error; `--json` prints stable keys.

Exit codes: 0 done; 1 refused, or a scenario that does not hold; 2 not understood; 3 not found; 4 the record, the
definition or a plug-in is damaged; 5 the store cannot be opened, or not for this; 6 the watchdog's
alarm stands.
"""

from ward.cli import (
    act,
    audit,
    beds,
    book,
    channels,
    definitions,
    do,
    downtime,
    duty,
    enrol,
    health,
    karyotype,
    labs,
    operate,
    pathways,
    people,
    quarantine,
    read,
    retention,
    roster,
    serve,
    sign_in,
    watchdog,
    who,
    why,
)
from ward.cli.app import app

__all__ = [
    "act",
    "app",
    "audit",
    "beds",
    "book",
    "channels",
    "definitions",
    "do",
    "downtime",
    "duty",
    "enrol",
    "health",
    "karyotype",
    "labs",
    "main",
    "operate",
    "pathways",
    "people",
    "quarantine",
    "read",
    "retention",
    "roster",
    "serve",
    "sign_in",
    "watchdog",
    "who",
    "why",
]


def main() -> None:
    """Run the command line."""
    app()
