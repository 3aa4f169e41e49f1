"""Signatures that stand and signatures that are owed: overrides of refused requests, and orders taken by voice."""

from collections.abc import Iterator
from typing import NamedTuple

from pathway.case.state import Case, Overridden, Verbal
from pathway.clinical.instant import Instant
from pathway.clinical.reading import Reading
from pathway.definition.pathway import Pathway


def overridden(pathway: Pathway, case: Case, name: str, now: Instant) -> Reading:
    """Whether somebody has signed for this drug against a refusal or a need to stop, and the signature still stands.

    It stands until its review is due, it is ended, or the drug is stopped. What a reminder's answer overrides stands as
    long as the answer.
    """
    found = [*signed(pathway, case, name), *answered(pathway, case, name)]
    live = [each for each in found if each.until is None or each.until > now]
    ends = [each.until for each in live if each.until is not None]
    return Reading(
        True,
        bool(live),
        at=max((each.at for each in live), default=None),
        until=max(ends) if ends and len(ends) == len(live) else None,
        events=tuple(sorted(each.position for each in live)),
        shown="overridden" if live else "not overridden",
    )


class Signed(NamedTuple):
    """A signature: its event, when it was given, and until when it stands."""

    position: int
    at: Instant
    until: Instant | None


def signed(pathway: Pathway, case: Case, name: str) -> Iterator[Signed]:
    """The overrides of requests with a drug that nobody ended and no stop has overtaken."""
    drug = pathway.form.facts[name].exposure
    requests = {each.id for each in pathway.form.requests if each.drug == drug}
    stopped = max((act.position for act in case.therapy.get(drug or "", ()) if act.act == "stopped"), default=0)
    for position, each in case.overrides.items():
        if each.request in requests and not each.ended and position > stopped:
            yield Signed(position, each.signed_at, each.review_at)


def answered(pathway: Pathway, case: Case, name: str) -> Iterator[Signed]:
    """The answers to reminders that override for this drug."""
    for (reminder, _), decided in case.decisions.items():
        form = pathway.reminders.get(reminder)
        answer = form.answers.get(decided.choice) if form else None
        if answer is not None and answer.overrides == name:
            yield Signed(decided.position, decided.at, decided.review_at)


def reviews_owed(case: Case) -> Iterator[tuple[str, dict[str, Reading]]]:
    """Every review of every signed override, done ones too: a key, and the names under `it`."""
    for position, each in case.overrides.items():
        for number, (opened, due) in enumerate((*each.reviewed, (each.signed_at, each.review_at))):
            done = number < len(each.reviewed) or each.ended
            yield f"{position}.{number + 1}", owed(each, opened, due, reviewed=done)


def owed(each: Overridden, opened: Instant, due: Instant | None, *, reviewed: bool) -> dict[str, Reading]:
    """The names under `it` of one review of an override."""
    events = (each.position,)
    what = each.request.replace("_", " ")
    due_at = Reading(False, why="no review is due") if due is None else Reading(True, due, due, events=events)
    return {
        "it": Reading(True, str(each.position), events=events, shown=f"override of {what}"),
        "it.opened": Reading(True, opened, opened, events=events),
        "it.due": due_at,
        "it.reviewed": Reading(True, reviewed, events=events),
    }


def verbal_orders(case: Case) -> Iterator[tuple[str, dict[str, Reading]]]:
    """Every order that was taken by voice, signed ones too: a key, and the names under `it`."""
    for position, each in case.verbal.items():
        yield str(position), spoken(each)


def spoken(each: Verbal) -> dict[str, Reading]:
    """The names under `it` of a verbal order."""
    events, role = (each.position,), each.role.replace("_", " ")
    return {
        "it": Reading(True, str(each.position), events=events, shown=f"verbal order of the {role}"),
        "it.opened": Reading(True, each.at, each.at, events=events),
        "it.signed": Reading(True, bool(each.signed), events=events),
    }
