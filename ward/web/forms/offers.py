"""Offers: everything that may be asked of one case, and of each whether this visitor may ask for it now, or why not.

The policy says who may ask at all; the case itself is asked what would become of the barest command, so that every
reason is the engine's own word. Facts are never refused (P1), so a report is only ever denied by the policy.
"""

from collections.abc import Iterable, Iterator, Mapping

import msgspec

from pathway.case.commands import Command, MergeCases, Refusal, Report, Request, RequestTherapy, UnmergeCases
from pathway.case.decide import carry_out
from pathway.case.envelope import By
from pathway.case.grounds import not_your_role
from pathway.case.turn import Turn
from pathway.case.why.move import move
from pathway.definition.form import OverrideForm
from ward.door import PERSON
from ward.entry import COMMANDS, entered, hints
from ward.errors import Denied
from ward.web.forms.named import GROUPS, TITLES, TWO_CASES, spoken
from ward.web.forms.things import Offer, move_of, things
from ward.web.visit import Visit

#: Codes of a refusal that a filled-in form answers; any other says that it is not possible now.
ANSWERED_BY_THE_FORM = frozenset(
    {
        "reason_needed", "second", "identifiers", "died_at", "receiver", "accepted_at", "linked", "one_of", "dose",
        "drug_missing", "course", "review_at", "unknown_role", "unknown_person", "unknown_bundle",
    }
)  # fmt: skip
PROBE = "probe"


class Shut(msgspec.Struct, frozen=True):
    """What is not possible now for one reason: its command, the reason, and everything that it is said of."""

    title: str
    why: str
    reasons: tuple[str, ...]
    mend: str
    of: tuple[str, ...]


class Group(msgspec.Struct, frozen=True):
    """The offers of a heading: the usable ones by what they are about, and those that are not, by why."""

    name: str
    title: str
    rows: tuple[tuple[str, tuple[Offer, ...]], ...]
    shut: tuple[Shut, ...]


def groups(visit: Visit, turn: Turn, only: str = "", *, seen: bool = True) -> tuple[Group, ...]:
    """The offers of a case for a visitor by group; `only`: of one command. `seen`: with those that tell of the case."""
    found = []
    for name, title, commands in GROUPS:
        each = [one for command in commands if only in {"", command} for one in offers(visit, turn, command)]
        told = [one for one in each if seen or "act" not in one.fixed]
        if told:
            found.append(Group(name, title, rows(one for one in told if one.usable), shut(told)))
    return tuple(found)


def rows(usable: Iterable[Offer]) -> tuple[tuple[str, tuple[Offer, ...]], ...]:
    """Offers by the reminder that they are about, else by their command, in the order in which each comes first."""
    found: dict[str, list[Offer]] = {}
    for each in usable:
        found.setdefault(each.about or TITLES[each.command], []).append(each)
    return tuple((about, tuple(each)) for about, each in found.items())


def shut(every: Iterable[Offer]) -> tuple[Shut, ...]:
    """What is not possible, each reason once."""
    found: dict[tuple[str, str, tuple[str, ...], str], list[str]] = {}
    for each in every:
        if not each.usable:
            found.setdefault((TITLES[each.command], each.why, each.reasons, each.mend), []).append(
                each.about or each.title
            )
    return tuple(Shut(*why, tuple(dict.fromkeys(of))) for why, of in found.items())


def offers(visit: Visit, turn: Turn, command: str) -> Iterator[Offer]:
    """Every offer of a command, judged."""
    return (judged(visit, turn, each) for each in things(visit.door.house.engine, turn, command))


# --- what is possible ------------------------------------------------------------------------------------------------


def judged(visit: Visit, turn: Turn, offer: Offer) -> Offer:
    """An offer with what the policy and the case say of it."""
    kind, allowed = COMMANDS[offer.command], visit.may(offer.command, turn.case.id)
    if isinstance(allowed, Denied):
        mend = f"ask: {allowed.expected.removeprefix('the role ')}"
        return msgspec.structs.replace(offer, state="denied", why=allowed.happened, mend=mend)
    if issubclass(kind, Report):
        return offer
    refusals = [probe(turn, offer, by_of(visit), more) for more in variants(turn, offer)]
    if any(usable(each) for each in refusals):
        return offer
    refused = next(each for each in refusals if each is not None)
    state = "shut"
    if signable(visit, turn, offer):
        state = "override"
    elif (heard := spoken_order(visit, turn, offer)) and refused.code == "role":
        state, refused = "voice", heard
    elif refused.code in {"phase", "guard"} and (form := move_of(turn, offer)) is not None:
        refused = Refusal(refused.code, move(turn, form).sentence)
    return msgspec.structs.replace(offer, state=state, why=refused.message, reasons=refused.reasons, mend=refused.mend)


def usable(refusal: Refusal | None) -> bool:
    """Whether a form can be sent all the same."""
    return refusal is None or refusal.code in ANSWERED_BY_THE_FORM


def by_of(visit: Visit) -> By:
    """The visitor as the speaker of a command; the door proves it once more."""
    return By(visit.who.account, visit.role, PERSON, visit.who.authenticated)


def variants(turn: Turn, offer: Offer) -> tuple[dict[str, str], ...]:
    """What a command can be asked with where the role depends on it: any one that is possible makes the offer so."""
    match offer.command:
        case "Decide":
            form = turn.pathway.reminders.get(offer.fixed.get("reminder", ""))
            return tuple({"choice": each} for each in form.answers) if form and form.answers else ({"choice": ""},)
        case "Snooze":
            return ({"kind": "snoozed"}, {"kind": "not_possible"})
        case "SettleReview" | "ReviewOverride":
            return ({"choice": "confirmed"},)
        case "Cosign":
            return ({"choice": "signed"}, {"choice": "disowned"})
        case "HandOver":
            return ({"to_role": turn.pathway.form.roles[0]},)
    return ({},)


def probe(turn: Turn, offer: Offer, by: By, more: Mapping[str, str]) -> Refusal | None:
    """What the case says of the barest such command now. Nothing is written, and the turn stays as it is."""
    # With every text and a reason, so that what these do not mend is said before they are asked for.
    kind = COMMANDS[offer.command]
    texts = {name: PROBE for name, hint in hints(kind).items() if hint is str and name in {"reason", *required(kind)}}
    raw = {**texts, "type": offer.command, "id": PROBE, "case": turn.case.id, "by": msgspec.to_builtins(by)}
    command: Command = entered({**raw, **offer.fixed, **more}, lax=True)
    if isinstance(command, MergeCases | UnmergeCases):
        form = turn.pathway.form.merge
        return not_your_role(command, () if form is None else form.by)
    trial = Turn(turn.rules, turn.case, turn.at)
    return carry_out(trial, command, None)  # type: ignore[arg-type]  # a command about a case, by the union above


def required(kind: type[msgspec.Struct]) -> frozenset[str]:
    """The fields that a command cannot do without."""
    return frozenset(each.name for each in msgspec.structs.fields(kind) if each.required)


def signable(visit: Visit, turn: Turn, offer: Offer) -> bool:
    """Whether the visitor's role may sign for a request that is refused."""
    rule = override_of(turn, offer.fixed)
    return offer.command == RequestTherapy.__name__ and rule is not None and visit.role in rule.by


def override_of(turn: Turn, fixed: Mapping[str, str]) -> OverrideForm | None:
    """Who may sign for a refused request with a drug; None where nobody may."""
    asked = (each for each in turn.pathway.form.requests if each.drug == fixed.get("drug"))
    return next((each.override for each in asked if fixed.get("act") in each.acts), None)


def spoken_order(visit: Visit, turn: Turn, offer: Offer) -> Refusal | None:
    """That a visitor may do it on somebody's spoken order, with whose; None where they may not."""
    form = turn.pathway.form.verbal_orders
    if (
        offer.command in TWO_CASES
        or form is None
        or visit.role not in form.takers
        or not issubclass(COMMANDS[offer.command], Request)
    ):
        return None
    givers = [
        role
        for role in form.givers
        if any(
            usable(probe(turn, offer, by_of(visit), {"verbal_from": role, "verbal_by": PROBE, **more}))
            for more in variants(turn, offer)
        )
    ]
    if not givers:
        return None
    return Refusal(
        "voice", f"on the spoken order of: {spoken(', '.join(givers))}", (), "who gave it signs for it later"
    )
