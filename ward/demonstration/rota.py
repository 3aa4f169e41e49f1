"""The rota of the demonstration: its rosters are kept, and somebody is on duty around the clock."""

import tomllib
from collections.abc import Iterator
from datetime import timedelta
from functools import cache
from importlib.resources import files

import msgspec

from pathway.case.envelope import By
from pathway.clinical.instant import Instant, span, utc
from pathway.site.accounts.grant import ADMINISTRATOR
from pathway.site.duty.commands import AcceptDuty, AnswerTest, AnyDutyCommand, KeepRoster, NameShift, PlanShift
from pathway.site.duty.decide import drawn
from pathway.site.duty.events import ShiftNamed
from pathway.site.duty.plan import times
from pathway.site.duty.state import Duty
from ward.demonstration.people import UNPROVEN
from ward.demonstration.steps import Scheduled
from ward.demonstration.story import opens, story
from ward.wiring import House


class Rota(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Shifts by name with their local times, and by role who has which of them.

    Who comes on duty accepts it, and answers the test, so long `before` their shift: however fast a demonstration runs,
    they are there when it begins.
    """

    days: int
    before: str
    shifts: dict[str, tuple[str, str]]
    rosters: dict[str, dict[str, str]]


class Turn(msgspec.Struct, frozen=True):
    """One shift of somebody on one day; `key` names it."""

    key: str
    account: str
    role: str
    begins: Instant
    ends: Instant


@cache
def rota() -> Rota:
    """The rota that comes with the product."""
    return msgspec.convert(
        tomllib.loads(files("ward.demonstration").joinpath("rota.toml").read_text("utf-8")), type=Rota
    )


def begin(house: House) -> None:
    """Bring the rosters to the opening hour, which the clock must show: whoever has this shift is on duty."""
    now = opens()
    for each in founding():
        accepted(house, each)
    for turn in turns():
        if turn.ends > now:
            accepted(house, planned(turn))
        if turn.begins <= now < turn.ends:
            for each in taken(turn):
                accepted(house, each)
    for role in rota().rosters:
        # Kept only now that somebody is there: an alarm at the opening would tell of nothing.
        accepted(house, KeepRoster(id=f"demo/rota/{role}", by=administrator(), role=role, ward=story().ward))


def changes() -> list[Scheduled]:
    """What the people on the rota say while the demonstration runs, in order."""
    said = [
        Scheduled(Instant(turn.begins - span(rota().before)), each)
        for turn in turns()
        if turn.begins > opens()
        for each in taken(turn)
    ]
    return sorted(said, key=lambda each: (each.at, each.command.id))


def founding() -> Iterator[AnyDutyCommand]:
    """The names of the shifts."""
    for name, (begins, ends) in rota().shifts.items():
        key = f"demo/rota/shift/{name}"
        yield NameShift(id=key, by=administrator(), name=name, begins=begins, ends=ends, zone=story().zone)


def turns() -> Iterator[Turn]:
    """Every shift of everybody, from the night before the opening."""
    named = Duty(names={each: ShiftNamed(each, *rota().shifts[each], story().zone) for each in rota().shifts})
    first = utc(opens()).date() - timedelta(days=1)
    for day in range(rota().days + 1):
        on = first + timedelta(days=day)
        for role, mine in rota().rosters.items():
            for shift, account in mine.items():
                yield Turn(f"demo/rota/{role}/{shift}/{on}", account, role, *times(named, shift, on))


def planned(turn: Turn) -> PlanShift:
    """The planning of a turn."""
    return PlanShift(
        id=f"{turn.key}/plan",
        by=administrator(),
        account=turn.account,
        role=turn.role,
        ward=story().ward,
        begins=turn.begins,
        ends=turn.ends,
    )


def taken(turn: Turn) -> tuple[AnyDutyCommand, AnyDutyCommand]:
    """Accepting a turn, and answering its test, as one who has read the notice."""
    who, accept = By(turn.account, turn.role, UNPROVEN, UNPROVEN), f"{turn.key}/accept"
    return (
        AcceptDuty(id=accept, by=who, role=turn.role, ward=story().ward, until=turn.ends),
        AnswerTest(id=f"{turn.key}/answer", by=who, number=drawn(accept, 0)),
    )


def administrator() -> By:
    """Who plans."""
    return By("admin", ADMINISTRATOR, UNPROVEN, UNPROVEN)


def accepted(house: House, command: AnyDutyCommand) -> None:
    """Carry out a command of the rota's own."""
    answer = house.engine.handle(command)
    assert answer.refusal is None, answer.refusal  # noqa: S101  # the file is ours, and everybody in it works there
