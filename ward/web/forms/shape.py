"""Shape: the form of a command about one thing, as fields with their labels, units and allowed words.

It is made of the fields of the command, as the engine has them, and of the words that the case's own pathway takes.
"""

from collections.abc import Mapping
from typing import Any, get_args, get_origin
from zoneinfo import ZoneInfo

import msgspec

from pathway.case.turn import Turn
from ward.entry import COMMANDS, hints, instants
from ward.web.forms.field import YES_NO, Field, Part
from ward.web.forms.named import EMPTY, LABELS, NOW, TWO_CASES, UNASKED
from ward.web.forms.options import answers, options_of, proposed
from ward.web.forms.patients import beside_case
from ward.web.forms.signing import of_move, signatures
from ward.web.forms.things import Offer, move_of
from ward.web.forms.when import shown
from ward.web.visit import Visit

#: Fields that the page itself fills in, or has a part of their own for.
OWN = frozenset(
    {
        "id", "case", "by", "reason", "at", "second", "second_by", "verbal_from", "verbal_by", "override",
        "seen_version", "identifiers", "history", "reasons",
    }
)  # fmt: skip

PAIRS = {
    "choose": "Only where the two stand in different phases. One a line: region = phase, as the refusal names them"
}
HINTS = {
    "to": "Their account, such as nurse.anna",
    "other": "Its token, or begin with the bed or the name and choose",
}


def parts(visit: Visit, turn: Turn, offer: Offer, typed: Mapping[str, str]) -> tuple[Part, ...]:
    """The form of an offer, with what was typed into it before."""
    zone = ZoneInfo(turn.case.zone)
    fields = [each for name in asked(offer) for each in fields_of(visit, turn, offer, name)]
    if offer.command not in NOW and "at" not in UNASKED.get(offer.command, frozenset()):
        fields.append(Field("at", LABELS["at"], "time", hint=f"{turn.case.zone}, 24-hour clock; empty means now"))
    fields.append(Field("reason", LABELS["reason"], "area", needed=offer.command in reasoned(turn, offer)))
    found = [Part("what", "", tuple(fields)), *signatures(visit, turn, offer)]
    return tuple(
        msgspec.structs.replace(part, fields=tuple(filled(each, typed, zone) for each in part.fields)) for part in found
    )


def summary(every: tuple[Part, ...]) -> tuple[tuple[str, str], ...]:
    """What was typed into a form, label by label, as it is read back before it is confirmed; no password."""
    found = []
    for field in (field for part in every for field in part.fields):
        words = dict(field.options)
        text = ", ".join(words[each] for each, _ in field.options if each in field.ticked)
        if field.kind != "ticks":
            text = words.get(field.value, field.value)
        if text.strip() and field.kind != "password":
            found.append((field.label, text))
    return tuple(found)


def asked(offer: Offer) -> list[str]:
    """The fields of a command that a person fills in."""
    never = OWN | UNASKED.get(offer.command, frozenset()) | set(offer.fixed)
    return [name for name in hints(COMMANDS[offer.command]) if name not in never]


def reasoned(turn: Turn, offer: Offer) -> frozenset[str]:
    """Commands that are refused without a reason, whatever the case."""
    always = {
        "Decide", "Snooze", "ReportRule", "SettleReview", "ReviewOverride", "ReleaseLatch", "ResumeMoves", "HandOver",
        "HandBack", "DeclineHandOver", "Reopen", "AmendDefinition", *TWO_CASES,
    }  # fmt: skip
    free = (move := move_of(turn, offer)) is not None and move.course is not None and move.course.free
    return frozenset(always | ({"Transition"} if free else set()))


def filled(field: Field, typed: Mapping[str, str], zone: ZoneInfo) -> Field:
    """A field with what was typed before."""
    if field.kind == "ticks":
        ticked = frozenset(each for each, _ in field.options if typed.get(f"{field.name}.{each}") == "yes")
        return msgspec.structs.replace(field, ticked=ticked)
    if field.name not in typed or field.kind == "password":
        return field
    text = typed[field.name]
    return msgspec.structs.replace(field, value=shown(text, zone) if field.kind == "time" else text)


def fields_of(visit: Visit, turn: Turn, offer: Offer, name: str) -> list[Field]:
    """The fields of a form for one field of a command; none where it is beside the point of this one."""
    kind = COMMANDS[offer.command]
    hint, label = hints(kind)[name], LABELS[name]
    if offer.command == "Transition":
        return of_move(turn, offer, name, label)
    if offer.command == "Decide" and name == "choice":
        mine, others = answers(visit, turn, offer)
        return [Field(name, label, "choice", options=mine, shut=others, needed=True)]
    required = next(each for each in msgspec.structs.fields(kind) if each.name == name).required
    needed = required and (offer.command, name) not in EMPTY
    if name in instants(kind):
        return [Field(name, label, "time", needed=needed, hint=turn.case.zone)]
    if options := options_of(visit, turn, offer, name, hint):
        if get_origin(hint) in (tuple, dict):
            return [Field(name, label, "ticks", options=options)]
        return [Field(name, label, "choice", str(default(kind, name)), options=options, needed=needed)]
    if get_origin(hint) is dict:
        return [Field(name, label, "area", hint=PAIRS.get(name, "One a line: name = value"))] if name != "ticks" else []
    if get_origin(hint) is tuple:
        return []
    if hint is bool or bool in get_args(hint):
        return [Field(name, label, "choice", {True: "yes", False: "no"}.get(default(kind, name), ""), options=YES_NO)]
    if int in get_args(hint) or hint is int:
        return [Field(name, label, "number", needed=needed)]
    beside = proposed(visit, turn, offer, name)
    first = beside[0] if name == "form" and beside else str(default(kind, name))
    named = beside_case(visit, turn.case.id) if name == "other" else ()
    return [Field(name, label, "text", first, needed=needed, offers=beside, named=named, hint=hint_of(offer, name))]


def default(kind: type[msgspec.Struct], name: str) -> Any:
    """What a field is where nobody says; empty for none."""
    found = next(each for each in msgspec.structs.fields(kind) if each.name == name).default
    return "" if found is msgspec.NODEFAULT or found is None else found


def hint_of(offer: Offer, name: str) -> str:
    """What helps to fill in a text."""
    if offer.command == "RecordResult" and name == "value":
        return "As the laboratory wrote it; it may begin with < or >"
    return HINTS.get(name, "")
