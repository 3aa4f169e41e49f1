"""Read: what somebody typed into a form, as the command that it means."""

import re
from collections.abc import Mapping
from typing import Any, get_args, get_origin
from zoneinfo import ZoneInfo

import msgspec

from pathway.case.commands import AnyCommand, Request
from pathway.case.turn import Turn
from pathway.clinical.instant import Instant
from ward.entry import COMMANDS, entered, hints, instants
from ward.errors import NotUnderstood
from ward.web.forms.identity import typed
from ward.web.forms.named import EMPTY, LABELS, spoken
from ward.web.forms.offers import by_of, required
from ward.web.forms.shape import asked
from ward.web.forms.things import Offer, move_of
from ward.web.forms.when import said
from ward.web.visit import Visit

#: Fields of a form that are settled by what the form is about.
FIXED = "fixed."
#: Fields that every request may carry beside its own.
SIGNED = ("second", "verbal_by", "verbal_from")
NUMBER = re.compile(r"\d+(?:\.\d+)?", re.ASCII)
WHOLE = re.compile(r"\d{1,15}", re.ASCII)


def fixed_of(command: str, form: Mapping[str, str]) -> dict[str, str]:
    """What a form is about, as it carries it."""
    known = hints(COMMANDS[command])
    found = {key.removeprefix(FIXED): text for key, text in form.items() if key.startswith(FIXED)}
    return {key: text for key, text in found.items() if key in known}


def command_of(visit: Visit, turn: Turn, offer: Offer, form: Mapping[str, str], now: Instant) -> AnyCommand:
    """The command that a form means. Raises NotUnderstood, which names the field and never what stood in it."""
    kind, zone = COMMANDS[offer.command], ZoneInfo(turn.case.zone)
    raw: dict[str, Any] = {"type": offer.command, "id": form.get("id", ""), "case": turn.case.id}
    if not raw["id"]:
        raise NotUnderstood("the form has no number of its own", "the form of the page", "open the form again")
    raw["by"] = msgspec.to_builtins(by_of(visit))
    for name, text in offer.fixed.items():
        raw[name] = whole(name, text) if int in kinds(hints(kind)[name]) else text
    for name in (*asked(offer), "at", "reason"):
        found = value(turn, offer, name, form, now, zone)
        if found not in (None, "", (), {}) or (offer.command, name) in EMPTY:
            raw[name] = found
        elif name in required(kind):
            raise NotUnderstood(f"“{LABELS[name]}” is empty", "what the form asks for", "fill it in")
    if issubclass(kind, Request):
        raw |= {name: form[name].strip() for name in SIGNED if form.get(name, "").strip()}
        raw |= {"override": True} if form.get("override.yes") == "yes" else {}
        if form.get("seen_version"):
            raw["seen_version"] = whole("seen_version", form["seen_version"])
    if "identifiers" in hints(kind) and typed(form):
        raw["identifiers"] = typed(form)
    if "reasons" in hints(kind):
        raw["reasons"] = {key: text for key, text in dotted("reasons", form).items() if text.strip()}
    return entered(raw, lax=True)


def value(turn: Turn, offer: Offer, name: str, form: Mapping[str, str], now: Instant, zone: ZoneInfo) -> Any:
    """One field as the command has it; empty where nobody said anything. Raises NotUnderstood."""
    kind = COMMANDS[offer.command]
    hint, text = hints(kind)[name], form.get(name, "")
    if name in instants(kind):
        return said(text, zone, now, LABELS[name])
    if get_origin(hint) is dict:
        return pairs(turn, offer, name, form)
    if get_origin(hint) is tuple:
        return tuple(key for key, word in dotted(name, form).items() if word == "yes")
    if bool in kinds(hint):
        return {"yes": True, "no": False}.get(text)
    if int in kinds(hint):
        return whole(name, text) if text.strip() else None
    return text.strip()


def pairs(turn: Turn, offer: Offer, name: str, form: Mapping[str, str]) -> dict[str, Any]:
    """Names with what is said of each: ticks, doses with a unit, or lines of `name = value`. Raises NotUnderstood."""
    each = dotted(name, form)
    if name == "ticks":
        return {key: True for key, word in each.items() if word == "yes"}
    found = {key: text.strip() for key, text in each.items() if text.strip()}
    for line in filter(str.strip, form.get(name, "").splitlines()):
        key, sign, text = line.partition("=")
        if not sign or not key.strip() or not text.strip():
            raise NotUnderstood(f"a line in “{LABELS[name]}” cannot be read", "name = value", "write one a line so")
        found[key.strip()] = text.strip()
    if name == "doses":
        move = move_of(turn, offer)
        ranges = move.course.doses if move is not None and move.course is not None else {}
        found = {drug: with_unit(text, ranges.get(drug, ("", ""))[0]) for drug, text in found.items()}
    return found


def with_unit(text: str, like: str) -> str:
    """A dose as a command has it: a figure alone is in the unit that its field names."""
    unit = like.partition(" ")[2]
    return f"{text} {unit}" if unit and NUMBER.fullmatch(text) else text


def dotted(name: str, form: Mapping[str, str]) -> dict[str, str]:
    """The fields of a form for the parts of one field, by part."""
    return {key.removeprefix(f"{name}."): text for key, text in form.items() if key.startswith(f"{name}.")}


def kinds(hint: Any) -> tuple[Any, ...]:
    """The types that a field may be of."""
    return get_args(hint) if get_args(hint) and get_origin(hint) not in (dict, tuple) else (hint,)


def whole(name: str, text: str) -> int:
    """A whole number. Raises NotUnderstood."""
    if not WHOLE.fullmatch(text.strip()):
        label = LABELS.get(name, spoken(name))
        raise NotUnderstood(f"“{label}” cannot be read", "a whole number", "write it in digits")
    return int(text)


def carried(offer: Offer, command: AnyCommand, form: Mapping[str, str]) -> dict[str, str]:
    """The fields that a checked form sends again: what was typed, with its times as they were read; no password."""
    kept = {name: text for name, text in form.items() if name not in {"csrf", "step", "second_password"}}
    exact = {name: getattr(command, name) for name in instants(COMMANDS[offer.command]) if kept.get(name, "").strip()}
    return kept | {name: str(int(at)) for name, at in exact.items() if at is not None}
