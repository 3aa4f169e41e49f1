"""The topics of an inspector: what can be asked of the record, each where its page is here and open to the visitor."""

from collections.abc import Iterable

import msgspec

from ward.web.visit import Visit


class Topic(msgspec.Struct, frozen=True):
    """A topic: its name, its address, the word of the policy that opens it, what it answers."""

    name: str
    at: str
    act: str
    about: str


TOPICS = (
    Topic("Cases", "/audit/cases", "pack", "Every case: its page for an inspector, its replay, its audit pack."),
    Topic("Who looked", "/audit/looks", "accesses", "Who looked at a patient, or was denied; what a person looked at."),
    Topic("Proof", "/audit/proof", "proof", "Whether somebody changed the record, and what that check cannot see."),
    Topic("Replay of a ward", "/replay", "ward_replay", "What the board of a ward showed at any moment before."),
    Topic("Decide again", "/audit/redecide", "redecide", "What the rules of that day say of each decision."),
    Topic("Deviations", "/audit/deviations", "deviations", "What was done against the pathway, or lasted too long."),
    Topic("Indicators", "/audit/indicators", "indicators", "The pathway in figures, over cases, wards and periods."),
    Topic("Event log (XES)", "/audit/xes", "xes", "The cases as an event log for process mining."),
    Topic("Retention", "/audit/retention", "retention", "What is kept for how long, what was erased, what is held."),
    Topic("Broken glass", "/admin/glass", "people", "Who reached a patient in an emergency, and the reviews."),
    Topic("People", "/admin/people", "people", "The accounts, their roles and their sign-ins."),
    Topic("Definitions", "/admin/definitions", "definitions", "The pathways, who signed for them, their books."),
    Topic("System health", "/admin/system", "system", "The store looked over, from its settings to its keys."),
)


def topics(visitor: Visit, addresses: Iterable[str]) -> tuple[tuple[Topic, ...], tuple[str, ...]]:
    """The topics whose pages are here: those open to a visitor, and the names of those that are not."""
    there = frozenset(addresses)
    here = [each for each in TOPICS if each.at in there]
    shown = tuple(each for each in here if visitor.lets(each.act))
    return shown, tuple(each.name for each in here if each not in shown)
