"""The rota: who is on duty and who is planned, as a page or a table shows it, and shifts that are read from a file."""

import csv
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from hashlib import sha256
from io import StringIO
from pathlib import Path

import msgspec

from pathway.case.commands import Answer, Refusal
from pathway.case.envelope import By
from pathway.clinical.instant import Instant
from pathway.site.duty.commands import PlanShift
from pathway.site.duty.plan import times
from pathway.site.duty.state import Duty, Post, Stint, stands_empty
from ward.errors import NotFound, NotUnderstood
from ward.wiring import House

COLUMNS = ("date", "shift", "role", "ward", "account")
#: A year of a large hospital is more than one plan; so much is read at once.
LINES_LIMIT = 10_000


class There(msgspec.Struct, frozen=True):
    """Somebody on duty, and until when."""

    account: str
    until: Instant


class Standing(msgspec.Struct, frozen=True):
    """A role on a ward: who is on duty, who was asked and has not answered, who comes next.

    `kept`: whether the site keeps a roster of it; `empty_since`: nobody is on duty although it does.
    """

    role: str
    ward: str
    kept: bool
    critical: bool
    on_duty: tuple[There, ...]
    asked: tuple[There, ...]
    following: tuple[There, ...]
    empty_since: Instant | None


def standing(house: House, ward: str | None = None) -> tuple[Standing, ...]:
    """Every roster that is kept, in the order in which help is called, and whoever is on duty elsewhere."""
    duty, now = house.engine.sites.duty(), house.clock.now()
    lasting = (each for each in duty.stints.values() if each.until > now)
    posts = dict.fromkeys((*duty.kept, *((each.role, each.ward) for each in lasting)))
    return tuple(stands(duty, post, now) for post in posts if ward in (None, post[1]))


def stands(duty: Duty, post: Post, now: Instant) -> Standing:
    """One roster as it is now."""
    role, ward = post
    mine = [each for each in duty.stints.values() if (each.role, each.ward) == post]
    on = [each for each in mine if each.holds(now)]
    shifts = [each for each in duty.shifts.values() if (each.role, each.ward) == post and each.begins > now]
    next_at = min((each.begins for each in shifts), default=None)
    roster, empty = duty.kept.get(post), duty.empty.get(post)
    return Standing(
        role=role,
        ward=ward,
        kept=roster is not None,
        critical=roster is not None and roster.critical,
        on_duty=last_of(on),
        asked=last_of([each for each in mine if each.begun_at is None and each.answer_by > now]),
        following=tuple(There(each.account, each.begins) for each in shifts if each.begins == next_at),
        empty_since=empty.since if empty else ends_of(mine) if stands_empty(duty, role, ward, now) else None,
    )


def last_of(stints: list[Stint]) -> tuple[There, ...]:
    """Each account once, with the last of its ends."""
    ends: dict[str, Instant] = {}
    for each in stints:
        ends[each.account] = max(each.until, ends.get(each.account, each.until))
    return tuple(There(account, until) for account, until in ends.items())


def ends_of(stints: list[Stint]) -> Instant:
    """When the last of some stints ended: nobody has looked since."""
    return max(each.until for each in stints if each.begun_at is not None)


class Planned(msgspec.Struct, frozen=True):
    """What came of a rota: how many shifts were planned, were known before, and the lines that were refused."""

    planned: int
    known: int
    refused: tuple[tuple[int, Refusal], ...]


def plan_all(commands: Iterable[PlanShift], handle: Callable[[PlanShift], Answer]) -> Planned:
    """Plan the shifts of a rota, one by one; the heading was its first line."""
    answers = [handle(each) for each in commands]
    refused = [(line, each.refusal) for line, each in enumerate(answers, start=2) if each.refusal is not None]
    known = sum(each.repeated for each in answers if each.refusal is None)
    return Planned(len(answers) - known - len(refused), known, tuple(refused))


def planned(house: House, file: Path, by: By) -> tuple[PlanShift, ...]:
    """The shifts of a CSV file with the columns date, shift, role, ward, account, as commands.

    Local times of a shift are those that it was named with. The same line again is the same command. Raises NotFound
    for a file that is not there; NotUnderstood, with the number of the line, before anything is planned.
    """
    try:
        text = file.read_text("utf-8-sig")
    except FileNotFoundError as error:
        raise NotFound(f"there is no file {file}", "a rota as CSV", "check its name") from error
    except (OSError, UnicodeDecodeError) as error:
        raise NotUnderstood(f"{file} cannot be read", "a CSV file in UTF-8", "export it so") from error
    return planned_in(house, text, by, str(file))


def planned_in(house: House, text: str, by: By, file: str = "the rota") -> tuple[PlanShift, ...]:
    """The shifts of the text of such a file. Raises as `planned`."""
    duty = house.engine.sites.duty()
    try:
        return tuple(shift(duty, number, row, by) for number, row in lines(text, file))
    except csv.Error as error:
        raise NotUnderstood(f"{file} is no CSV", ", ".join(COLUMNS), "export it so") from error


def lines(text: str, file: str) -> Iterator[tuple[int, dict[str, str]]]:
    """The lines of a rota with their numbers, the heading being the first."""
    rows = csv.DictReader(StringIO(text), strict=True)
    if sorted(each.strip() for each in rows.fieldnames or ()) != sorted(COLUMNS):
        raise NotUnderstood(f"{file} has other columns", ", ".join(COLUMNS), "name them so in the first line")
    for number, row in enumerate(rows, start=2):
        if number > LINES_LIMIT:
            raise NotUnderstood(f"{file} has more than {LINES_LIMIT} lines", "a plan", "part it")
        if None in row or None in row.values():
            raise NotUnderstood(f"line {number} has not {len(COLUMNS)} fields", ", ".join(COLUMNS), "mend that line")
        yield number, {name.strip(): (value or "").strip() for name, value in row.items()}


def shift(duty: Duty, number: int, row: dict[str, str], by: By) -> PlanShift:
    """The command of one line. Raises NotUnderstood."""
    try:
        begins, ends = times(duty, row["shift"], date.fromisoformat(row["date"]))
    except KeyError as error:
        known = ", ".join(duty.names) or "none yet"
        mend = f"known are {known}; name it with `wardpath roster shift`"
        raise NotUnderstood(f"line {number} has a shift that nobody named", "a named shift", mend) from error
    except ValueError as error:
        raise NotUnderstood(f"line {number} has no date", "such as 2026-03-05", "mend that line") from error
    said = "/".join((by.actor, *(row[name] for name in COLUMNS), str(begins), str(ends)))
    return PlanShift(
        id=f"rota/{sha256(said.encode()).hexdigest()}",
        by=by,
        account=row["account"],
        role=row["role"],
        ward=row["ward"],
        begins=begins,
        ends=ends,
    )
