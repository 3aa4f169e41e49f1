"""Commands to the site: each goes to the stream that its `case` names, once, under an id of its sender's choice."""

from typing import Literal

from pathway.clinical.instant import Instant
from pathway.site.accounts.commands import AnyAccountCommand
from pathway.site.command import SiteCommand
from pathway.site.duty.commands import AnyDutyCommand
from pathway.site.retention.commands import AnyRetentionCommand

__all__ = ["AnySiteCommand", "ApproveDefinition", "SettleQuarantined", "SiteCommand", "WithdrawDefinition"]


class ApproveDefinition(SiteCommand, frozen=True, kw_only=True, tag=True):
    """Let a definition be used here, by the digest of its bundle; two people sign. Its text is kept from then on."""

    digest: str
    case: Literal["site:definitions"] = "site:definitions"


class WithdrawDefinition(SiteCommand, frozen=True, kw_only=True, tag=True):
    """Withdraw a definition for safety, with a reason; two people sign.

    Its open cases go on under another by an instant (`migrate_by`), or within a span (`migrate_within`: `72 h`).
    """

    digest: str
    migrate_by: Instant | None = None
    migrate_within: str = ""
    case: Literal["site:definitions"] = "site:definitions"


class SettleQuarantined(SiteCommand, frozen=True, kw_only=True, tag=True):
    """Say whose a quarantined report is (`matched`, `to` a case, which gets it) or that it is nobody's (`rejected`)."""

    number: int
    how: Literal["matched", "rejected"]
    to: str = ""
    case: Literal["site:quarantine"] = "site:quarantine"


AnySiteCommand = (
    ApproveDefinition
    | WithdrawDefinition
    | SettleQuarantined
    | AnyAccountCommand
    | AnyDutyCommand
    | AnyRetentionCommand
)
