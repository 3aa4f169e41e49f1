"""Events of the site streams: what was decided about definitions, and about reports that could be given to no case."""

from typing import Literal

from pathway.case.events import Body, Sealed
from pathway.clinical.instant import Instant
from pathway.site.accounts.events import AnyAccountBody
from pathway.site.duty.events import AnyDutyBody
from pathway.site.retention.events import AnyRetentionBody


class DefinitionApproved(Body, frozen=True, tag=True):
    """Two people let a definition be used here."""

    digest: str
    pathway: str
    version: int
    second: str


class DefinitionWithdrawn(Body, frozen=True, tag=True):
    """A definition is not safe: nobody is enrolled on it, and its open cases go on under another by `migrate_by`."""

    digest: str
    pathway: str
    version: int
    reason: str
    migrate_by: Instant
    second: str


class ReportQuarantined(Body, frozen=True, tag=True):
    """A report could be given to no case. What it says lies apart, as identities do; `fingerprint` is its SHA-256.

    `report`: the id of its command; `kind`: the command's name. `screened`: the pathways for which it may be critical.
    """

    number: int
    report: str
    kind: str
    why: str
    fingerprint: str
    screened: tuple[str, ...] = ()


class QuarantineSettled(Body, frozen=True, tag=True):
    """A person said whose a quarantined report was, or that it was nobody's. `to`: the case that it was recorded in."""

    number: int
    how: Literal["matched", "rejected"]
    reason: Sealed
    to: str = ""


AnySiteBody = (
    DefinitionApproved
    | DefinitionWithdrawn
    | ReportQuarantined
    | QuarantineSettled
    | AnyAccountBody
    | AnyDutyBody
    | AnyRetentionBody
)
