"""Absence: a rung whose role has a roster in which nobody is on duty is skipped at once, and says so."""

from msgspec.structs import replace

from pathway.case.envelope import Event
from pathway.case.state import Case
from pathway.clinical.instant import Instant
from pathway.definition.form import RungForm
from pathway.definition.pathway import Pathway, target
from pathway.engine.misfire import Ringing, key_of, ringing, together
from pathway.engine.notices import PAGE, back_late, channel_of, clock, ladder_of, notice, severest
from pathway.engine.ports import Notice
from pathway.site.accounts.grant import ADMINISTRATOR
from pathway.site.duty.state import Duty, stands_empty


def skipped(pathway: Pathway, case: Case, events: tuple[Event, ...], duty: Duty) -> tuple[Notice, ...]:
    """What is told in the place of rungs that nobody would hear: the next rung's roles at once, and an administrator.

    Whether somebody is on duty is asked as of when the notice is written, since it goes out then, however late. The
    rung's own notice stands all the same: whoever comes on duty finds it. Where no roster is kept nothing is skipped.
    """
    if not duty.kept:
        return ()
    groups = [each for each in together(pathway, ringing(pathway, events)) if each[0].kind == "rung"]
    told = {(key_of(each.body), role) for group in groups for each in group for role in each.to}
    made: list[Notice] = []
    skipping: list[tuple[list[Ringing], tuple[str, ...]]] = []
    for group in groups:
        nobody = absent(duty, case.ward, group[0].to, group[0].event.recorded_at)
        if nobody:
            mine = {role for key, role in told if key in {key_of(each.body) for each in group}}
            made += in_their_place(pathway, case, group, duty, nobody, mine)
            skipping.append((group, nobody))
    return (*made, *alarm(pathway, case, skipping))


def absent(duty: Duty, ward: str, roles: tuple[str, ...], at: Instant) -> tuple[str, ...]:
    """Those of some roles whose roster is kept and has nobody on duty."""
    return tuple(role for role in roles if stands_empty(duty, role, ward, at))


def in_their_place(
    pathway: Pathway, case: Case, group: list[Ringing], duty: Duty, nobody: tuple[str, ...], told: set[str]
) -> list[Notice]:
    """The notices to the roles of the next rung on which somebody is there."""
    first = group[0]
    form = pathway.reminders[first.body.reminder]
    rungs, level = ladder_of(form, first.body.level)
    later, roles = following(rungs, first.body.rung, told, duty, case.ward, first.event.recorded_at)
    keys = tuple(key_of(each.body) for each in group)
    due = clock(case, first.body.due_at, first.event.recorded_at)
    what = f"{form.id} {pathway.form.lines.get(form.line, form.line)}, due {due}"
    words = f"{what}, rung skipped, nobody on duty as {' or '.join(nobody)}"
    made = []
    for role in roles:
        channel = channel_of(later, role)
        rung = rungs[first.body.rung] if first.body.rung < len(rungs) else None
        severity = severest(form, level, rungs, rung, channel)
        made.append(notice(case, first.event, role, channel, "rung", severity, words, keys, back_late(case, keys)))
    return made


def following(
    rungs: tuple[RungForm, ...], rung: int, told: set[str], duty: Duty, ward: str, at: Instant
) -> tuple[tuple[RungForm, ...], list[str]]:
    """The first rung behind one on which somebody is there who is not told anyhow, and these roles; else none.

    What that rung says of when and how quietly it rings is left aside: nobody is there whom it would spare.
    """
    for later in rungs[rung + 1 :]:
        roles = dict.fromkeys(target(to).role for to in later.to)
        if there := [role for role in roles if role not in told and not stands_empty(duty, role, ward, at)]:
            return (later,), there
    return (), []


def alarm(pathway: Pathway, case: Case, skipping: list[tuple[list[Ringing], tuple[str, ...]]]) -> tuple[Notice, ...]:
    """One word to an administrator about all the rungs of a decision that nobody would hear."""
    if not skipping:
        return ()
    severity, ids, roles = PAGE, dict[str, None](), dict[str, None]()
    for (first, *_), nobody in skipping:
        form = pathway.reminders[first.body.reminder]
        rungs, level = ladder_of(form, first.body.level)
        rung = rungs[first.body.rung] if first.body.rung < len(rungs) else None
        severity = min(severity, severest(form, level, rungs, rung, "page"))
        ids[form.id] = None
        roles |= dict.fromkeys(nobody)
    words = f"{', '.join(ids)}, nobody on duty as {', '.join(roles)}"
    event = skipping[0][0][0].event
    made = notice(case, event, ADMINISTRATOR, "page", "empty_roster", severity, words, ())
    return (replace(made, key=f"{made.key}:absent"),)
