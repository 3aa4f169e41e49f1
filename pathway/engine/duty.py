"""Duty: runs the rosters of a site. What becomes empty tells somebody in the transaction that records it."""

from collections.abc import Callable, Iterable

from pathway.case.commands import ENCODER, Answer, Refusal
from pathway.clinical.instant import Instant
from pathway.definition.pathway import Pathway, target
from pathway.engine.alarms import owed
from pathway.engine.sites import Dated, Outcome, Sites
from pathway.site.duty.commands import AnyDutyCommand, KeepRoster
from pathway.site.duty.decide import Has, advance, decide, dismissed, settled
from pathway.site.duty.events import AnyDutyBody
from pathway.site.duty.state import Duty, evolve, next_change
from pathway.site.streams import DUTY


class Rostering:
    """The rosters of an engine: carries out commands about duty, and sees to what time alone does to it.

    `pathways`: those in use.
    """

    def __init__(self, sites: Sites, pathways: Callable[[], Iterable[Pathway]]) -> None:
        self.sites, self.pathways = sites, pathways

    def handle(self, command: AnyDutyCommand) -> Answer:
        """Carry out a command about duty, once for its id."""
        watched, has = self.watched(), self.has()

        def decided(state: Duty, now: Instant) -> Outcome:
            return self.outcome(state, command, now, watched, has)

        return self.sites.write(DUTY, command, ENCODER.encode(command), decided)

    def look(self, always: bool = False) -> bool:
        """Bring the rosters to the clock's now; true if that wrote events.

        Whoever has the role of their duty no more leaves it. `always`: also where time alone changes nothing, since an
        account was closed or lost a role.
        """
        watched, has = self.watched(), self.has()

        def decided(state: Duty, now: Instant) -> Outcome:
            then, before = advance(state, now)
            following: list[tuple[AnyDutyBody, Instant]] = []
            for each in dismissed(then, now, has):
                then = evolve(then, each, now, then.position + 1)
                following.append((each, now))
            for each in settled(then, now):
                then = evolve(then, each, now, then.position + 1)
                following.append((each, now))
            return outcome_of(None, state, before, following, then, watched)

        return self.sites.look(DUTY, decided, always)

    def rehearse(self, command: AnyDutyCommand) -> Answer:
        """What would be said of a command. Writes nothing."""
        found = self.outcome(self.sites.duty(), command, self.sites.clock.now(), frozenset(), self.has()).found
        refusal = found if isinstance(found, Refusal) else None
        return Answer(command.id, command.case, "accepted" if refusal is None else "refused", (), refusal)

    def outcome(self, state: Duty, command: AnyDutyCommand, now: Instant, watched: frozenset[str], has: Has) -> Outcome:
        """What comes of a command: what time had done before it, its event, and what follows."""
        then, before = advance(state, now)
        grave = isinstance(command, KeepRoster) and command.role in critical_roles(self.pathways())
        found = decide(then, command, now, has, grave)
        if isinstance(found, Refusal):
            return outcome_of(found, state, before, (), then, watched)
        then = evolve(then, found, now, then.position + 1)
        following = tuple((each, now) for each in settled(then, now))
        for each, at in following:
            then = evolve(then, each, at, then.position + 1)
        return outcome_of(found, state, before, following, then, watched)

    def watched(self) -> frozenset[str]:
        """The wards on which somebody lies whose case is open: there an empty roster is what it is made for."""
        return frozenset(head.ward for head in self.sites.store.heads())

    def has(self) -> Has:
        """Whether an account has a role on a ward, as the accounts stand now. Where there are none, nobody is asked."""
        accounts = self.sites.accounts()
        if not accounts.held:
            return lambda _account, _role, _ward: True

        def has(account: str, role: str, ward: str) -> bool:
            found = accounts.find(account)
            return found is not None and any(grant.covers(role, ward) for grant in found.grants)

        return has


def outcome_of(
    found: AnyDutyBody | Refusal | None,
    state: Duty,
    before: Iterable[tuple[AnyDutyBody, Instant]],
    following: Iterable[tuple[AnyDutyBody, Instant]],
    after: Duty,
    watched: frozenset[str],
) -> Outcome:
    """An outcome with what it owes. `state` is before all of it, `after` behind it."""
    return Outcome(
        found,
        before=tuple(Dated(*each) for each in before),
        after=tuple(Dated(*each) for each in following),
        owed=lambda events: owed(state, events, watched),
        next_look=next_change(after),
    )


def critical_roles(pathways: Iterable[Pathway]) -> frozenset[str]:
    """The roles that a critical rung of a pathway tells: an empty roster of theirs is critical."""
    found: set[str] = set()
    for form in (each for pathway in pathways for each in pathway.form.reminders):
        rungs = [(rung, form.critical or rung.critical) for rung in form.ladder]
        for level in form.levels:
            rungs += [(rung, bool(form.critical or level.critical or rung.critical)) for rung in level.ladder]
            rungs += [(rung, True) for rung in form.ladder if level.critical and not level.ladder]
        found.update(target(to).role for rung, critical in rungs if critical for to in rung.to)
    return frozenset(found)
