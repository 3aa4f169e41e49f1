"""The model: what one node carries, from a few measured costs. Its formulas stand in `docs/explanation/scale.md`.

One process decides, looks and shows with one interpreter, so that a second of it has at most a second of processor:

    load(n) = watched n row / beat + n keep / 3600 + n commands command / 86400 + readers page

`n`: open cases; each term is the share of one core that one duty takes. A node is full where they come to `SHARE`.
"""

from collections.abc import Mapping

import msgspec

#: Of one core, what may be used on average: the rest is for the hours in which everything comes at once.
SHARE = 0.5
DAY_S, HOUR_S, YEAR_DAYS = 86_400, 3_600, 365
DUTIES = ("boards", "keeping", "commands", "pages")


class Costs(msgspec.Struct, frozen=True):
    """What was measured, in milliseconds of processor where nothing else is said.

    `row_ms`: a row of a board read anew; `keep_ms`: a case for an hour in which only time passes, its looks, sweeps,
    rungs and notices; `command_ms`: a command from its validation to its commit; `page_ms`: a page of a board whose
    rows are kept. `beat_s`: the seconds between two readings of all rows of a board that is open somewhere.
    """

    row_ms: float
    keep_ms: float
    command_ms: float
    page_ms: float
    beat_s: float
    event_bytes: float
    verified_per_s: float


class Ward(msgspec.Struct, frozen=True):
    """What is asked. `watched`: the part of the cases that lie on a ward whose board is open. `readers`: pages a second
    beside the open boards, for each case. `commands`, `events`: of a case in a day.
    """

    watched: float
    readers: float
    commands: float
    events: float


#: As they were taken on a machine that was busy with other things; docs/explanation/scale.md names the runs.
SEEN = Costs(row_ms=5.9, keep_ms=18.6, command_ms=3.1, page_ms=14, beat_s=4, event_bytes=870, verified_per_s=81_000)
#: A ward where everybody is in the days before and after the diagnosis, and all boards are open; and patients over
#: their whole course, of whom one in four lies on a ward. A page a minute for each of ten people on a ward of thirty.
WARDS = {
    "acute": Ward(watched=1, readers=0.0056, commands=21, events=60),
    "whole course": Ward(watched=0.25, readers=0.0014, commands=3.2, events=11.5),
}


def shares(costs: Costs, ward: Ward, cases: float) -> dict[str, float]:
    """The part of one core that each duty takes."""
    return {
        "boards": ward.watched * cases * costs.row_ms / 1000 / costs.beat_s,
        "keeping": cases * costs.keep_ms / 1000 / HOUR_S,
        "commands": cases * ward.commands * costs.command_ms / 1000 / DAY_S,
        "pages": cases * ward.readers * costs.page_ms / 1000,
    }


def carries(costs: Costs, ward: Ward, elsewhere: frozenset[str] = frozenset()) -> int:
    """How many open cases fill one process up to `SHARE`. `elsewhere`: duties that other processes have."""
    one = sum(share for duty, share in shares(costs, ward, 1.0).items() if duty not in elsewhere)
    return int(SHARE / one)


def first(costs: Costs, ward: Ward, elsewhere: frozenset[str] = frozenset()) -> str:
    """The duty that takes most where the process is full."""
    left: Mapping[str, float] = {
        duty: share for duty, share in shares(costs, ward, 1.0).items() if duty not in elsewhere
    }
    return max(left, key=lambda duty: left[duty])


def full_at(costs: Costs, ward: Ward) -> dict[str, int]:
    """How many cases each duty alone would fill a process with."""
    return {duty: int(SHARE / share) for duty, share in shares(costs, ward, 1.0).items() if share}


def year_gb(costs: Costs, ward: Ward, cases: int) -> float:
    """What a year of so many open cases adds to the store, in gigabytes."""
    return cases * ward.events * YEAR_DAYS * costs.event_bytes / 1e9


def night_h(costs: Costs, ward: Ward, cases: int, years: float) -> float:
    """Hours that the nightly verification takes after some years."""
    return cases * ward.events * YEAR_DAYS * years / costs.verified_per_s / HOUR_S
