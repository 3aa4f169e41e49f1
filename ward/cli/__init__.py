"""The command line: `wardpath`.

Data goes to standard output, notes and progress to standard error; `--json` prints stable keys.

Exit codes: 0 done; 1 refused, or a scenario that does not hold; 2 not understood; 3 not found; 4 the record, the
definition or a plug-in is damaged; 5 the store cannot be opened, or not for this.
"""

from ward.cli import act, book, do, labs, operate, pathways, read, serve
from ward.cli.app import app

__all__ = ["act", "app", "book", "do", "labs", "main", "operate", "pathways", "read", "serve"]


def main() -> None:
    """Run the command line."""
    app()
