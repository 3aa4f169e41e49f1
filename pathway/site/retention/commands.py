"""Commands about what is kept: how long, what a legal hold keeps, and what is erased."""

from typing import Literal

from pathway.site.command import SiteCommand

#: Why something may be erased: its time has run out, or a law or an authority demands it before.
Ground = Literal["retention over", "erasure order"]


class RetentionCommand(SiteCommand, frozen=True, kw_only=True):
    """Asks something of what is kept."""

    case: Literal["site:retention"] = "site:retention"


class SetRetention(RetentionCommand, frozen=True, kw_only=True, tag=True):
    """Say for how many years after the last entry a kind is kept, and by which law; two people sign.

    Never below the floor of the kind.
    """

    kind: str
    keep_years: int
    law: str


class HoldCase(RetentionCommand, frozen=True, kw_only=True, tag=True):
    """Put a case under a legal hold, with a reason: nothing of it is erased until the hold is released."""

    patient_case: str


class ReleaseHold(RetentionCommand, frozen=True, kw_only=True, tag=True):
    """Release a case from its legal hold, with a reason; two people sign."""

    patient_case: str


class EraseCase(RetentionCommand, frozen=True, kw_only=True, tag=True):
    """Erase who a closed case is and all free text of it, for ever, by destroying its keys; two offices sign.

    `ground`: its retention is over; or an erasure order, with the law or the order in `law`. Coded events stay.
    """

    patient_case: str
    ground: Ground = "retention over"
    law: str = ""


class EraseReport(RetentionCommand, frozen=True, kw_only=True, tag=True):
    """Erase what a quarantined report said that was nobody's, for ever, by destroying its key; two offices sign."""

    number: int
    ground: Ground = "retention over"
    law: str = ""


AnyRetentionCommand = SetRetention | HoldCase | ReleaseHold | EraseCase | EraseReport
