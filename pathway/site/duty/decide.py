"""Decide: from the rosters and a command to an event, or why not; and what time alone does to a roster. Pure."""

from collections.abc import Callable
from hashlib import sha256
from typing import NamedTuple

from pathway.case.commands import Refusal
from pathway.clinical.instant import SECOND, Instant, Span
from pathway.site.accounts.grant import ADMINISTRATOR
from pathway.site.duty.commands import (
    AcceptDuty,
    AnswerTest,
    AnyDutyCommand,
    CancelShift,
    KeepRoster,
    LeaveDuty,
    NameDayUnit,
    NameShift,
    NameSubstitute,
    PlanShift,
)
from pathway.site.duty.events import (
    AnyDutyBody,
    DutyBegun,
    DutyLapsed,
    DutyLeft,
    DutyOffered,
    RosterEmptied,
    RosterStaffed,
    ShiftCancelled,
)
from pathway.site.duty.plan import cancel, day_unit, keep, name_shift, plan, planned_until
from pathway.site.duty.state import Duty, Post, Stint, empties, evolve, next_change, on_duty

#: Nobody is on duty for longer without saying so anew; a rota of a month is accepted month by month.
LONGEST_DUTY = Span(31 * 24 * 3600 * SECOND)
#: How long a test may wait where no roster says it: the usual of KeepRoster.
ANSWER_WITHIN = Span(10 * 60 * SECOND)
#: Six figures: short enough to be read over a telephone, too many to be guessed.
LOWEST_TEST, TESTS = 100_000, 900_000

#: Whether an account has a role on a ward.
Has = Callable[[str, str, str], bool]


class Dated(NamedTuple):
    """What happened, and when."""

    body: AnyDutyBody
    at: Instant


def decide(state: Duty, command: AnyDutyCommand, now: Instant, has: Has, critical: bool) -> AnyDutyBody | Refusal:
    """What comes of a command, on a state that `advance` has brought to now.

    `critical`: whether the roster that a KeepRoster speaks of is critical by the pathways in use.
    """
    match command:
        case KeepRoster():
            return keep(command, critical)
        case NameShift():
            return name_shift(command)
        case NameDayUnit():
            return day_unit(command)
        case PlanShift():
            return plan(state, command, now, LONGEST_DUTY, has)
        case CancelShift():
            return cancel(state, command)
        case AcceptDuty():
            return accept(state, command, now)
        case AnswerTest():
            return answer(state, command)
        case LeaveDuty():
            return leave(state, command, now, has)
        case NameSubstitute():
            return substitute(state, command, now, has)


def advance(state: Duty, now: Instant) -> tuple[Duty, tuple[Dated, ...]]:
    """What time alone has done by now: each thing at its own instant, and the state after them."""
    found: list[Dated] = []
    while (due := next_change(state)) is not None and due <= now:
        passed = lapsed(state, due) or settled(state, due)
        assert passed  # something changes at `due`, or it would not be the next change
        found += [Dated(each, due) for each in passed]
        for each in passed:
            state = evolve(state, each, due, state.position + 1)
    return state, tuple(found)


def dismissed(state: Duty, now: Instant, has: Has) -> list[AnyDutyBody]:
    """What an account that has its role no more leaves at once: duty, tests that wait, and shifts that are planned."""
    gone = tuple(
        each.number
        for each in state.stints.values()
        if (each.begun_at is None or each.holds(now)) and not has(each.account, each.role, each.ward)
    )
    shifts = [
        each.number for each in state.shifts.values() if each.ends > now and not has(each.account, each.role, each.ward)
    ]
    left: list[AnyDutyBody] = [DutyLeft(gone, "not_entitled")] if gone else []
    return left + [ShiftCancelled(each) for each in shifts]


def lapsed(state: Duty, at: Instant) -> list[AnyDutyBody]:
    """The tests that nobody answered by an instant."""
    return [
        DutyLapsed(each.number, told(state, (each.role, each.ward), at))
        for each in state.stints.values()
        if each.begun_at is None and each.answer_by <= at
    ]


def settled(state: Duty, at: Instant) -> list[AnyDutyBody]:
    """The rosters that are empty at an instant and were not, and those that were and are not."""
    found: list[AnyDutyBody] = [
        RosterEmptied(*post, roster.critical, told(state, post, at))
        for post, roster in state.kept.items()
        if post not in state.empty and empties(state, post) <= at
    ]
    for post, empty in state.empty.items():
        if post not in state.kept or on_duty(state, *post, at):
            found.append(RosterStaffed(*post, "staffed" if post in state.kept else "dropped", empty.told))
    return found


def told(state: Duty, post: Post, at: Instant) -> tuple[str, ...]:
    """Who hears of an empty roster: the administrator, and the next roster of the ward in which somebody is."""
    role, ward = post
    ward_roles = [each for each, on in state.kept if on == ward]
    here = ward_roles.index(role) + 1 if role in ward_roles else 0
    others = [*ward_roles[here:], *ward_roles[:here]]
    following = [each for each in others if each not in (role, ADMINISTRATOR) and on_duty(state, each, ward, at)]
    return (ADMINISTRATOR, *following[:1])


def accept(state: Duty, command: AcceptDuty, now: Instant) -> DutyOffered | Refusal:
    """Take duty oneself, in the role that one speaks in."""
    if command.by.role != command.role:
        return Refusal("role", "duty is taken in the role that it is of", (), "speak in that role")
    account, post = command.by.actor, (command.role, command.ward)
    until = command.until or planned_until(state, account, post, now)
    expected = "say until when, within 31 days, or have a shift planned that begins within the hour"
    if until is None or not now < until <= now + LONGEST_DUTY:
        return Refusal("until", "it is not said until when, or not sensibly", (), expected)
    mine = [each for each in state.stints.values() if each.account == account and (each.role, each.ward) == post]
    if any(each.begun_at is None for each in mine):
        return Refusal("asked", "a test waits for your answer", (), "answer the number in the test notice")
    if any(each.holds(now) and each.until >= until for each in mine):
        return Refusal("on_duty", "you are on duty until then already", (), "nothing is left to do")
    return offered(state, command, account, post, until, now)


def answer(state: Duty, command: AnswerTest) -> DutyBegun | Refusal:
    """Answer one's own test, in the role of the duty."""
    by = command.by
    for each in state.stints.values():
        if (each.test, each.account, each.role, each.begun_at) == (command.number, by.actor, by.role, None):
            return DutyBegun(each.number)
    mend = "read the number in the newest test notice; where none came, say so at once, and accept duty anew"
    return Refusal("no_such_test", "no test of this number waits for your answer in this role", (), mend)


def leave(state: Duty, command: LeaveDuty, now: Instant, has: Has) -> DutyLeft | DutyOffered | Refusal:
    """Leave duty at once, or when the substitute has answered. It is never refused because nobody else is there."""
    post = (command.role, command.ward)
    mine = stints_of(state, command.by.actor, post, now)
    if not mine:
        return Refusal("not_on_duty", "you are not on duty there", (), "see `wardpath duty`")
    if command.to:
        return instead(state, command, mine[0], command.to, now, has)
    return DutyLeft(tuple(each.number for each in mine))


def substitute(state: Duty, command: NameSubstitute, now: Instant, has: Has) -> DutyOffered | Refusal:
    """Offer somebody else the duty that an account has, or is planned for."""
    post = (command.role, command.ward)
    if held := stints_of(state, command.account, post, now):
        return instead(state, command, held[0], command.to, now, has)
    until = planned_until(state, command.account, post, now)
    if until is None:
        return Refusal("not_on_duty", "they are not on duty there, nor planned", (), "see `wardpath duty`")
    planned = Stint(0, 0, command.account, *post, until, now)
    return instead(state, command, planned, command.to, now, has)


def instead(
    state: Duty, command: AnyDutyCommand, before: Stint, to: str, now: Instant, has: Has
) -> DutyOffered | Refusal:
    """Offer a stint to somebody else; the one before goes on until they have answered."""
    post = (before.role, before.ward)
    if to == before.account:
        return Refusal("to", "a substitute is somebody else", (), "name another account")
    if not has(to, *post):
        return Refusal("to", f"{to} has not the role {before.role} on that ward", (), "name one who has")
    if any(each.begun_at is None for each in stints_of(state, to, post, now)):
        return Refusal("asked", "a test waits for their answer", (), "let them answer it")
    return offered(state, command, to, post, before.until, now, before.number)


def stints_of(state: Duty, account: str, post: Post, now: Instant) -> list[Stint]:
    """The stints that an account has or is offered now, those that count first."""
    found = [
        each
        for each in state.stints.values()
        if each.account == account and (each.role, each.ward) == post and (each.begun_at is None or each.holds(now))
    ]
    return sorted(found, key=lambda each: (each.begun_at is None, -each.until, each.number))


def offered(
    state: Duty,
    command: AnyDutyCommand,
    account: str,
    post: Post,
    until: Instant,
    now: Instant,
    instead_of: int = 0,
) -> DutyOffered:
    """The offer of a stint: its test has a number of its own among those that wait."""
    roster = state.kept.get(post)
    within = roster.answer_within if roster else ANSWER_WITHIN
    seed, taken = 0, {each.test for each in state.stints.values()}
    while (test := drawn(command.id, seed)) in taken:
        seed += 1
    answer_by = Instant(min(until, now + within))
    return DutyOffered(state.last + 1, test, account, *post, until, answer_by, instead_of)


def drawn(command: str, seed: int) -> int:
    """The number of a test: whoever reads the command's answer does not know it, whoever gets the notice does."""
    digest = sha256(f"duty test/{command}/{seed}".encode()).digest()
    return LOWEST_TEST + int.from_bytes(digest[:8], "big") % TESTS
