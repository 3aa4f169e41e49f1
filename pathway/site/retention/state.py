"""What the events of retention add up to: the rules, the holds, and what was erased."""

import msgspec

from pathway.case.envelope import By
from pathway.clinical.instant import Instant, utc
from pathway.site.retention.events import (
    AnyRetentionBody,
    CaseErased,
    CaseHeld,
    HoldReleased,
    ReportErased,
    RetentionSet,
)
from pathway.site.retention.kinds import kinds, years_after


class Rule(msgspec.Struct, frozen=True):
    """How long a kind is kept here, since when, and by whose word."""

    body: RetentionSet
    at: Instant
    by: By


class Hold(msgspec.Struct, frozen=True):
    """A legal hold that stands."""

    body: CaseHeld
    at: Instant
    by: By


class Erased(msgspec.Struct, frozen=True):
    """What was erased, by whom; `position`: of its event."""

    body: CaseErased | ReportErased
    at: Instant
    by: By
    position: int

    @property
    def words(self) -> str:
        """When and by whom, in words."""
        stone = self.body.tombstone
        return f"erased on {day(self.at)} by {stone.by} and {stone.second} ({stone.ground})"


class Retention(msgspec.Struct, frozen=True):
    """The rules by kind, the holds by case, and what was erased by the names of its keys."""

    position: int = 0
    rules: dict[str, Rule] = {}
    holds: dict[str, Hold] = {}
    erased: dict[str, Erased] = {}

    def keep_years(self, kind: str) -> int:
        """For how many years after its last entry a kind is kept here."""
        rule = self.rules.get(kind)
        return kinds()[kind].keep_years if rule is None else rule.body.keep_years

    def until(self, kind: str, last: Instant) -> Instant:
        """Until when something is kept whose last entry was at `last`."""
        return years_after(last, self.keep_years(kind))

    def stones(self) -> tuple[Erased, ...]:
        """Everything that was erased, each once, in its order."""
        return tuple({each.position: each for each in self.erased.values()}.values())


def apply(fields: dict[str, dict[str, object]], body: AnyRetentionBody, at: Instant, by: By, position: int) -> None:
    """Bring the mappings forward by one event, in place."""
    match body:
        case RetentionSet():
            fields["rules"][body.kind] = Rule(body, at, by)
        case CaseHeld():
            fields["holds"][body.patient_case] = Hold(body, at, by)
        case HoldReleased():
            fields["holds"].pop(body.patient_case)
        case CaseErased() | ReportErased():
            found = Erased(body, at, by, position)
            fields["erased"] |= dict.fromkeys(body.tombstone.keys, found)


def day(at: Instant) -> str:
    """The day of an instant in UTC, for people."""
    return utc(at).strftime("%d-%b-%Y")
