"""The rota: shifts by the local times of the site, files of shifts, and a demonstration that is staffed."""

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pathway.case.envelope import By
from pathway.clinical.instant import SECOND, Instant, instant, iso, utc
from pathway.site.duty.commands import KeepRoster, NameShift
from pathway.site.duty.events import ShiftNamed
from pathway.site.duty.plan import times
from pathway.site.duty.state import Duty, on_duty
from ward.clock import FixedClock
from ward.demonstration.people import invite
from ward.demonstration.rota import begin, changes, rota
from ward.demonstration.story import opens, story
from ward.demonstration.voices import Voices
from ward.errors import NotFound, NotUnderstood
from ward.rota import planned, standing
from ward.wiring import House, house, memory_store

ADMIN = By("admin", "administrator")
SHIFTS = {"early": ("06:00", "14:00"), "late": ("14:00", "22:00"), "night": ("22:00", "06:00")}


def named(**shifts: tuple[str, str]) -> Duty:
    """Rosters of a site in Berlin whose shifts have names."""
    return Duty(names={name: ShiftNamed(name, *each, "Europe/Berlin") for name, each in shifts.items()})


# --- summer time -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "on, shift, begins, ends, hours",
    [
        ("2026-03-28", "night", "2026-03-28T22:00+01:00", "2026-03-29T06:00+02:00", 7),
        ("2026-10-24", "night", "2026-10-24T22:00+02:00", "2026-10-25T06:00+01:00", 9),
        ("2026-03-05", "night", "2026-03-05T22:00+01:00", "2026-03-06T06:00+01:00", 8),
        ("2026-03-29", "early", "2026-03-29T06:00+02:00", "2026-03-29T14:00+02:00", 8),
    ],
)
def test_a_night_shift_is_shorter_in_spring_and_longer_in_autumn(
    on: str, shift: str, begins: str, ends: str, hours: int
):
    found = times(named(**SHIFTS), shift, date.fromisoformat(on))
    assert found == (instant(begins), instant(ends))
    assert found[1] - found[0] == hours * 3600 * SECOND


def test_shifts_that_change_in_the_skipped_or_doubled_hour_leave_nobody_out():
    duty = named(first=("22:00", "02:30"), second=("02:30", "06:00"))
    for night, changed in (("2026-03-28", "2026-03-29T03:00+02:00"), ("2026-10-24", "2026-10-25T02:30+02:00")):
        first = times(duty, "first", date.fromisoformat(night))
        second = times(duty, "second", date.fromordinal(date.fromisoformat(night).toordinal() + 1))
        assert first[1] == second[0] == instant(changed)


@given(st.dates(date(2025, 1, 1), date(2030, 12, 31)))
def test_three_shifts_cover_every_day_of_every_year_without_gap_or_overlap(on: date):
    duty = named(**SHIFTS)
    early, late, night = (times(duty, name, on) for name in SHIFTS)
    following = times(duty, "early", date.fromordinal(on.toordinal() + 1))
    assert early[1] == late[0]
    assert late[1] == night[0]
    assert night[1] == following[0]


# --- files -----------------------------------------------------------------------------------------------------------


def site() -> tuple[House, FixedClock]:
    """An empty demonstration with named shifts, on the eve of summer time."""
    clock = FixedClock(instant("2026-03-28T09:00+01:00"))
    made = house(memory_store(), clock)
    for name, (begins, ends) in SHIFTS.items():
        command = NameShift(id=f"n{name}", by=ADMIN, name=name, begins=begins, ends=ends, zone="Europe/Berlin")
        assert made.engine.handle(command).status == "accepted"
    return made, clock


def written(folder: Path, *lines: str, head: str = "date,shift,role,ward,account") -> Path:
    """A rota file."""
    file = folder / "rota.csv"
    file.write_text("\n".join((head, *lines)) + "\n", "utf-8")
    return file


def test_a_file_is_planned_by_the_local_times_of_its_shifts_and_once(tmp_path: Path):
    made, _ = site()
    file = written(tmp_path, "2026-03-28,night,nurse,H1,nurse.anna", "2026-03-29, early ,nurse,H1,nurse.ben")
    commands = planned(made, file, ADMIN)
    assert [(each.account, iso(each.begins), iso(each.ends)) for each in commands] == [
        ("nurse.anna", "2026-03-28T21:00:00Z", "2026-03-29T04:00:00Z"),
        ("nurse.ben", "2026-03-29T04:00:00Z", "2026-03-29T12:00:00Z"),
    ]
    answers = [made.engine.handle(each) for _ in range(2) for each in planned(made, file, ADMIN)]
    assert [(each.status, each.repeated) for each in answers] == [("accepted", False)] * 2 + [("accepted", True)] * 2
    assert len(made.engine.sites.duty().shifts) == 2


@pytest.mark.parametrize(
    "lines, head, says",
    [
        (("2026-03-28,noon,nurse,H1,nurse.anna",), "date,shift,role,ward,account", "line 2 has a shift that nobody"),
        (("soon,night,nurse,H1,nurse.anna",), "date,shift,role,ward,account", "line 2 has no date"),
        (("2026-03-28,night,nurse,H1",), "date,shift,role,ward,account", "line 2 has not 5 fields"),
        (("2026-03-28,night,nurse,H1,a,b",), "date,shift,role,ward,account", "line 2 has not 5 fields"),
        ((), "day,shift,role,ward,account", "has other columns"),
    ],
)
def test_a_file_that_cannot_be_read_names_its_line_and_plans_nothing(
    tmp_path: Path, lines: tuple[str, ...], head: str, says: str
):
    made, _ = site()
    good = "2026-03-28,night,nurse,H1,nurse.anna"
    with pytest.raises(NotUnderstood, match=says):
        planned(made, written(tmp_path, *lines, good, head=head), ADMIN)
    assert made.engine.sites.duty().shifts == {}


def test_a_file_that_is_not_there_is_not_found(tmp_path: Path):
    made, _ = site()
    with pytest.raises(NotFound):
        planned(made, tmp_path / "none.csv", ADMIN)


# --- the demonstration -----------------------------------------------------------------------------------------------


@pytest.fixture
def staffed() -> tuple[House, FixedClock]:
    """The demonstration's rosters at its opening hour, without its patients."""
    clock = FixedClock(opens())
    made = house(memory_store(), clock)
    invite(made, story().ward)
    begin(made)
    return made, clock


def test_a_demonstration_is_staffed_around_the_clock(staffed: tuple[House, FixedClock]):
    made, clock = staffed
    voices, coming = Voices(made), changes()
    for hour in range(24 * rota().days):
        clock.set(Instant(opens() + hour * 3600 * SECOND))
        while coming and coming[0].at <= clock.now():
            assert voices.handle(coming.pop(0).command).status == "accepted"
        made.engine.look("site:duty")
        duty = made.engine.sites.duty()
        assert duty.empty == {}, utc(clock.now())
        assert all(on_duty(duty, role, story().ward, clock.now()) for role in rota().rosters)


def test_a_page_sees_who_is_there_who_is_asked_and_who_comes_next(staffed: tuple[House, FixedClock]):
    made, clock = staffed
    nurse = standing(made, story().ward)[0]
    assert [each.account for each in nurse.on_duty] == ["nurse.cleo"]
    assert [(each.account, iso(each.until)) for each in nurse.following] == [("nurse.anna", "2026-03-05T05:00:00Z")]
    clock.set(instant("2026-03-05T06:00+01:00"))
    assert standing(made)[0].empty_since == clock.now()
    assert standing(made, "elsewhere") == ()


def test_a_roster_that_was_kept_with_nobody_there_says_since_when_it_is_empty():
    made, clock = site()
    made.engine.handle(KeepRoster(id="k1", by=ADMIN, role="nurse", ward="H1"))
    (found,) = standing(made)
    assert (found.kept, found.on_duty, found.empty_since) == (True, (), clock.now())
