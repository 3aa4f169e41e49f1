"""Alarms of the rosters: the test of a way to somebody, a test that nobody answered, a roster in which nobody is."""

from collections.abc import Iterable
from typing import cast

from pathway.case.facts import zone_of
from pathway.clinical.instant import Instant, show_span, utc
from pathway.engine.notices import CRITICAL, INBOX, LATE_US, PAGE
from pathway.engine.ports import Notice
from pathway.engine.sites import Key, Owed
from pathway.site.duty.events import (
    AnyDutyBody,
    DutyBegun,
    DutyLapsed,
    DutyLeft,
    DutyOffered,
    RosterEmptied,
    RosterStaffed,
)
from pathway.site.duty.state import Duty, Empty, Stint, evolve
from pathway.site.streams import SiteEvent

#: What the notices of the rosters speak for, in the place of reminders.
TEST, EMPTY_ROSTER = "duty_test", "empty_roster"


def owed(state: Duty, events: Iterable[SiteEvent], watched: frozenset[str]) -> Owed:
    """The notices that events of the rosters owe, and the keys of those that are needless now.

    `state` is before the events; `watched` are the wards where an empty roster can hurt somebody. A roster that was
    empty and is not in the same events tells nobody.
    """
    made: list[Notice] = []
    gone: list[Key] = []
    began = state.position
    for event in events:
        if not (isinstance(event.body, RosterStaffed) and empty_of(state, event.body).position > began):
            made += notices_of(state, event, watched)
        gone += needless(state, event)
        state = evolve(state, cast("AnyDutyBody", event.body), event.occurred_at, event.position)
    return Owed(tuple(each for each in made if not set(gone) & set(each.reminders)), tuple(gone))


def empty_of(state: Duty, body: RosterStaffed) -> Empty:
    """The emptiness that an event ends."""
    return state.empty[(body.role, body.ward)]


def notices_of(state: Duty, event: SiteEvent, watched: frozenset[str]) -> list[Notice]:
    """The notices of one event on the state before it."""
    match event.body:
        case DutyOffered() as body:
            return [test_notice(state, event, body)]
        case DutyLapsed() as body:
            return lapse_notices(state, event, body)
        case RosterEmptied() as body:
            return emptied_notices(state, event, body, watched)
        case RosterStaffed() as body:
            return stand_downs(state, event, body)
    return []


def needless(state: Duty, event: SiteEvent) -> list[Key]:
    """What no notice needs to be sent for any more after one event."""
    match event.body:
        case DutyBegun() | DutyLapsed() as body:
            return [test_key(state.stints[body.number])]
        case DutyLeft() as body:
            return [test_key(state.stints[number]) for number in body.numbers]
        case RosterStaffed() as body:
            return [empty_key(body.role, body.ward, empty_of(state, body).position)]
    return []


def test_notice(state: Duty, event: SiteEvent, body: DutyOffered) -> Notice:
    """The test of a way to somebody: its number stands here, and on no page."""
    what = (
        f"TASK, duty test {body.test}: answer it within {show_span(body.answer_by - event.occurred_at)} to be on duty "
        f"as {body.role} until {clock(state, body.until)}"
    )
    return notice(state, event, body.role, body.ward, TEST, PAGE, what, (TEST, body.account, body.number))


def lapse_notices(state: Duty, event: SiteEvent, body: DutyLapsed) -> list[Notice]:
    """A test that was not answered: notices may not reach that person."""
    stint = state.stints[body.number]
    what = f"TASK, {stint.account} has not answered the duty test as {stint.role}: see whether notices reach them"
    return [notice(state, event, role, stint.ward, "failure", PAGE, what, None) for role in body.told]


def emptied_notices(state: Duty, event: SiteEvent, body: RosterEmptied, watched: frozenset[str]) -> list[Notice]:
    """Nobody is on duty: critical where the roster is and somebody lies there."""
    severity = CRITICAL if body.critical and body.ward in watched else PAGE
    what = f"{'CRITICAL' if severity == CRITICAL else 'TASK'}, nobody is on duty as {body.role}"
    key = empty_key(body.role, body.ward, event.position)
    return [notice(state, event, role, body.ward, EMPTY_ROSTER, severity, what, key) for role in body.told]


def stand_downs(state: Duty, event: SiteEvent, body: RosterStaffed) -> list[Notice]:
    """Somebody is on duty again: those who were told otherwise hear it."""
    how = "somebody is on duty again" if body.how == "staffed" else "no roster is kept any more"
    what = f"NOTE, stand down, {how} as {body.role}"
    return [notice(state, event, role, body.ward, "stand_down", INBOX, what, None) for role in body.told]


def test_key(stint: Stint) -> Key:
    """What the test of a stint goes by; the account in it is whom the test goes to."""
    return (TEST, stint.account, stint.number)


def empty_key(role: str, ward: str, position: int) -> Key:
    """What an emptiness goes by: the roster, and the event that it began with."""
    return (EMPTY_ROSTER, f"{role} on {ward}", position)


def notice(
    state: Duty,
    event: SiteEvent,
    role: str,
    ward: str,
    kind: str,
    severity: int,
    what: str,
    about: Key | None,
) -> Notice:
    """One notice about one event of the rosters; it holds names of roles, wards and accounts alone."""
    late = event.recorded_at - event.occurred_at > LATE_US
    return Notice(
        key=f"{event.case}:{event.position}:{role}",
        case=event.case,
        ward=ward,
        role=role,
        channel="inbox" if severity == INBOX else "page",
        kind=kind,
        severity=severity,
        text=f"{what}: ward {ward}, {clock(state, event.occurred_at)}" + (" (late)" if late else ""),
        created_at=event.recorded_at,
        late=late,
        reminders=() if about is None else (about,),
    )


def clock(state: Duty, at: Instant) -> str:
    """The time of day at the site, with the day where a duty ends on another."""
    return utc(at).astimezone(zone_of(state.zone)).strftime("%d-%b %H:%M")
