"""What the events of a site stream add up to: the definitions in use, the reports in quarantine."""

from collections.abc import Iterable
from typing import TypeVar, cast

import msgspec
from msgspec.structs import replace

from pathway.case.envelope import By
from pathway.clinical.instant import Instant
from pathway.site.accounts.events import AnyAccountBody
from pathway.site.accounts.state import Accounts
from pathway.site.accounts.state import apply as on_accounts
from pathway.site.duty.events import AnyDutyBody
from pathway.site.duty.state import Duty
from pathway.site.duty.state import evolve as on_rosters
from pathway.site.events import DefinitionApproved, DefinitionWithdrawn, QuarantineSettled, ReportQuarantined
from pathway.site.retention.events import AnyRetentionBody
from pathway.site.retention.state import Retention
from pathway.site.retention.state import apply as on_retention
from pathway.site.streams import SiteEvent


class Approved(msgspec.Struct, frozen=True):
    """An approval of a definition."""

    body: DefinitionApproved
    at: Instant
    by: By


class Withdrawn(msgspec.Struct, frozen=True):
    """A withdrawal of a definition for safety; the last one counts."""

    body: DefinitionWithdrawn
    at: Instant
    by: By


class Definitions(msgspec.Struct, frozen=True):
    """The definitions of the site, by digest. `damaged`: more was decided than can be read."""

    position: int = 0
    approved: dict[str, Approved] = {}
    withdrawn: dict[str, Withdrawn] = {}
    damaged: bool = False


class Held(msgspec.Struct, frozen=True):
    """A report in quarantine; `settled` is empty while nobody has said whose it is."""

    body: ReportQuarantined
    at: Instant
    by: By
    settled: str = ""
    to: str = ""
    settled_at: Instant | None = None


class Quarantine(msgspec.Struct, frozen=True):
    """Every report that was ever quarantined, by number; numbers count from 1 without gaps."""

    position: int = 0
    held: dict[int, Held] = {}

    def waiting(self) -> tuple[Held, ...]:
        """The reports that nobody has settled, oldest first."""
        return tuple(each for each in self.held.values() if not each.settled)


AnyState = Definitions | Quarantine | Accounts | Duty | Retention
State = TypeVar("State", bound=AnyState)


def evolve(state: State, events: Iterable[SiteEvent]) -> State:
    """The state after these events, in their order. The state given stays as it is."""
    if isinstance(state, Duty):
        return cast("State", duty_after(state, events))
    if isinstance(state, Accounts):
        return cast("State", accounts_after(state, events))
    if isinstance(state, Retention):
        return cast("State", retention_after(state, events))
    fields = {name: dict(held) for name, held in msgspec.structs.asdict(state).items() if isinstance(held, dict)}
    position = state.position
    for event in events:
        position = event.position
        apply(fields, event)
    return replace(state, position=position, **fields)


def duty_after(state: Duty, events: Iterable[SiteEvent]) -> Duty:
    """The rosters after these events, each of which counts from when it occurred."""
    for event in events:
        state = on_rosters(state, cast("AnyDutyBody", event.body), event.occurred_at, event.position)
    return state


def accounts_after(state: Accounts, events: Iterable[SiteEvent]) -> Accounts:
    """The accounts after these events."""
    position, held, glass = state.position, dict(state.held), dict(state.glass)
    for event in events:
        position = event.position
        on_accounts(held, glass, cast("AnyAccountBody", event.body), event.recorded_at, event.by)
    return Accounts(position, held, glass)


def retention_after(state: Retention, events: Iterable[SiteEvent]) -> Retention:
    """What is kept, held and erased after these events."""
    fields = {"rules": dict(state.rules), "holds": dict(state.holds), "erased": dict(state.erased)}
    position = state.position
    for event in events:
        position = event.position
        body = cast("AnyRetentionBody", event.body)
        on_retention(cast("dict[str, dict[str, object]]", fields), body, event.recorded_at, event.by, position)
    return replace(state, position=position, **fields)


def apply(fields: dict[str, dict[object, object]], event: SiteEvent) -> None:
    """Bring the mappings of a state forward by one event, in place."""
    match event.body:
        case DefinitionApproved() as body:
            fields["approved"][body.digest] = Approved(body, event.recorded_at, event.by)
        case DefinitionWithdrawn() as body:
            fields["withdrawn"][body.digest] = Withdrawn(body, event.recorded_at, event.by)
        case ReportQuarantined() as body:
            fields["held"][body.number] = Held(body, event.recorded_at, event.by)
        case QuarantineSettled() as body:
            held = fields["held"][body.number]
            assert isinstance(held, Held)  # what is settled was quarantined: decide has looked
            fields["held"][body.number] = replace(held, settled=body.how, to=body.to, settled_at=event.recorded_at)
