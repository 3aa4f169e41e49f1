"""What every command to the site is."""

from pathway.case.commands import Command
from pathway.case.envelope import By


class SiteCommand(Command, frozen=True, kw_only=True):
    """Asks something of the site and not of a case. `second`: who signed beside the one who speaks.

    `second_by`: how that was proven, set by who has the proof.
    """

    second: str = ""
    second_by: By | None = None
