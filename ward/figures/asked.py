"""What is asked of a house: indicators and deviations, of one case, of a ward, or of all, in a period."""

from collections.abc import Iterable, Iterator
from itertools import groupby
from operator import itemgetter

import msgspec
from msgspec.structs import replace

from pathway.case.measure import (
    Cohort,
    Deviation,
    Knew,
    Period,
    Result,
    deviations,
    indicators_beside,
)
from pathway.clinical.instant import Instant
from pathway.definition.pathway import Pathway
from pathway.engine.ports import ACCESSES_AT_ONCE, Head
from ward.wiring import House

#: With more cases than these, the whole store is read in one go and not case by case.
ONE_BY_ONE = 200
EVER = Period()
#: Looks at many cases that show nothing of any of them.
UNSEEING = frozenset({"indicators", "accesses", "cases"})


class Stood(msgspec.Struct, frozen=True):
    """A deviation, with the ward where its case lies, its words in the definition, and what became of the notices.

    `now`: until when what goes on has lasted.
    """

    deviation: Deviation
    ward: str
    text: str
    now: Instant
    notices: tuple[tuple[Instant, str, str], ...] = ()

    @property
    def lasted_us(self) -> int:
        """How long it lasted, in microseconds."""
        return self.deviation.lasted_us(self.now)


def figures(house: House, heads: Iterable[Head], period: Period = EVER) -> tuple[Result, ...]:
    """What some cases say of every indicator of their pathways, by the definitions that are here now."""
    chosen, now = list(heads), house.clock.now()
    found: list[Result] = []
    for pathway in house.pathways:
        indicators = indicators_beside(pathway)
        if indicators is None:
            continue
        cohort = Cohort(indicators, now, period)
        taken_in(house, [each for each in chosen if each.pathway == pathway.name], cohort)
        found += cohort.results()
    return tuple(found)


def taken_in(house: House, heads: list[Head], cohort: Cohort) -> None:
    """Tell a cohort its cases. Of many the store is read in one go, without events of types that nothing asks about."""
    if len(heads) <= ONE_BY_ONE:
        for case, canonical in streams(house, heads):
            cohort.add(case, canonical)
        return
    wanted = {head.case for head in heads}
    for case, events in groupby(house.store.picked(cohort.types), key=itemgetter(0)):
        if case in wanted:
            cohort.add_typed(case, map(itemgetter(1, 2), events))


def streams(house: House, heads: list[Head]) -> Iterator[tuple[str, Iterator[bytes]]]:
    """The stored events of some cases, one case after the other."""
    if len(heads) <= ONE_BY_ONE:
        for head in heads:
            yield head.case, (each.canonical for each in house.store.stream(head.case))
        return
    wanted = {head.case for head in heads}
    for case, events in groupby(house.store.scan(), key=lambda each: each.case):
        if case in wanted:
            yield case, (each.canonical for each in events)


def stood_out(house: House, heads: Iterable[Head], period: Period = EVER, *, lookers: bool = False) -> list[Stood]:
    """What stood out in some cases in a period, the latest first. `lookers`: with who looked at the case meanwhile."""
    by_case, now = {head.case: head for head in heads}, house.clock.now()
    found = []
    for case, canonical in streams(house, list(by_case.values())):
        pathway = house.pathway(by_case[case].bundle)
        for each in deviations(canonical, pathway):
            if period.holds(each.began_at):
                known = looked(house, each, now) if lookers else each
                text = text_of(pathway, each)
                found.append(Stood(known, by_case[case].ward, text, now, notices_of(house, each)))
    return sorted(found, key=lambda each: (-each.deviation.began_at, each.deviation.case, each.deviation.position))


def looked(house: House, found: Deviation, now: Instant) -> Deviation:
    """A deviation with those who looked at the case while it lasted, each with their first look."""
    until = found.ended_at if found.ended_at is not None else now
    until = max(until, found.broken_at)
    known, after = {each.actor for each in found.knew}, 0
    more: list[Knew] = []
    while True:
        page = house.store.accesses(case=found.case, after=after)
        for each in page:
            if each.by.actor in known or each.outcome == "denied" or each.what in UNSEEING:
                continue
            if found.began_at <= each.at <= until:
                known.add(each.by.actor)
                more.append(Knew(each.by.actor, each.by.role, each.at, f"looked ({each.what})"))
        if len(page) < ACCESSES_AT_ONCE:
            break
        after = page[-1].number
    return replace(found, knew=tuple(sorted((*found.knew, *more), key=lambda each: each.at)))


def notices_of(house: House, found: Deviation) -> tuple[tuple[Instant, str, str], ...]:
    """What became of the notices of a breach or a prohibited act: when each was written, to which role, its state."""
    if found.sort not in ("invariant", "prohibited"):
        return ()
    # The key of a notice is the place of its event and the role.
    place = f"{found.case}:{found.position}:"
    held = house.store.notices(found.case)
    return tuple((each.created_at, each.role, state) for each, state in held if each.key.startswith(place))


def text_of(pathway: Pathway, found: Deviation) -> str:
    """What the definition says of a rule, in words; its name in words where it says nothing."""
    form = pathway.form
    texts = {each.id: each.text for each in form.never}
    texts |= {each.id: each.refuse_text for each in form.requests if each.refuse_text}
    texts |= {reason.name: reason.text for each in form.transitions for reason in each.reasons}
    texts |= {each.id: each.title for each in form.reminders}
    return texts.get(found.rule, found.rule.replace("_", " "))
