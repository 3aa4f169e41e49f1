"""The reasons behind what a page of a case shows: a tree for each reminder, request, proposal and fact."""

import msgspec

from pathway.case.picture import Picture
from pathway.case.why import Inquiry, Why, brief

ReminderKey = tuple[str, str]


class Reasons(msgspec.Struct, frozen=True):
    """Trees by what they are about: (reminder, subject), request, proposal, and title of a value or drug."""

    reminders: dict[ReminderKey, Why] = {}
    requests: dict[str, Why] = {}
    proposals: dict[str, Why] = {}
    facts: dict[str, Why] = {}


class Absent(msgspec.Struct, frozen=True):
    """One kind of what is asked about, with its trees. `opened`: whether they are seen at once."""

    title: str
    trees: tuple[Why, ...]
    opened: bool = False


#: Kinds of what may be asked for and may happen, as the page of the reasons against it calls them.
KINDS = (
    ("request", "Requests that are refused, or need a signed reason"),
    ("transition", "Moves that are not made, or not possible"),
    ("proposal", "Proposals that are not shown"),
    ("reminder", "Reminders that are not open"),
)


def reasons(asked: Inquiry | None, picture: Picture) -> Reasons:
    """The trees for what a picture shows; none where nobody can be asked."""
    if asked is None:
        return Reasons()
    names = [(each.reminder, each.subject) for each in picture.reminders]
    facts = [each.name for each in picture.labs] + [each.drug for each in picture.exposures]
    return Reasons(
        reminders={(name, subject): brief(asked.why(name, subject)) for name, subject in names},
        requests={each.request: brief(asked.why(each.request)) for each in picture.refused},
        proposals={each.name: brief(asked.why(each.name)) for each in picture.proposals},
        facts={
            tree.title: brief(tree) for name in facts for tree in asked.named(name) if tree.kind in {"fact", "latch"}
        },
    )


def needed(asked: Inquiry | None, picture: Picture) -> tuple[Absent, ...]:
    """What is due now or later, with each step of its reason: the page of the patient has the sentence alone."""
    if asked is None:
        return ()
    names = dict.fromkeys((each.reminder, each.subject) for each in picture.reminders)
    trees = tuple(brief(asked.why(name, subject)) for name, subject in names)
    return (Absent("What is due, now or later", trees, opened=True),)


def findings(asked: Inquiry | None, picture: Picture) -> tuple[Absent, ...]:
    """What is found and what follows from it, with the reasons; on no page of a patient, as there are many."""
    if asked is None:
        return ()
    found = [tree for each in picture.facts for tree in asked.named(each.name) if tree.kind in {"fact", "latch"}]
    return (Absent("Findings and what follows from them", tuple(map(brief, found))),)


def absent(asked: Inquiry | None) -> tuple[Absent, ...]:
    """What is not so now and why, by kind."""
    found = () if asked is None else asked.absent()
    return tuple(Absent(title, tuple(brief(each) for each in found if each.kind == kind)) for kind, title in KINDS)
