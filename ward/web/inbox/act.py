"""Acting on a line: from the fields of a form to commands, one for each of its reminders, and what became of them."""

from hashlib import sha256

import msgspec

from pathway.case.commands import Refusal
from pathway.engine.errors import WardpathError
from ward.entry import entered
from ward.web.inbox.colleagues import colleague, colleagues
from ward.web.inbox.line import PUT_OFF_WORDS, About
from ward.web.visit import Visit

#: What a page says once an act is on record; the word stands in the address, and nothing else does.
SAID = {
    "Acknowledge": "Acknowledged. It is not done: it stays here, and rings again when the acknowledgement expires.",
    "TakeOver": "Taken over: you answer for it by name. It rings on until it is done.",
    "AcceptHandOver": "Accepted: you answer for it by name. It rings on until it is done.",
    "DeclineHandOver": "Declined. Whoever offered it is told.",
    "HandOver": "Offered. Until it is accepted it stays whose it was, and rings on.",
    "HandBack": "Handed back: it is the role's again, and rings on.",
    "ReportRule": "Reported to those who look after the rules. It closes and pauses nothing.",
    "Snooze": "Put off, once. It stands under what is still to come, with its new time.",
}
#: Each way of putting off is a button of its own.
PUT_OFF = tuple(PUT_OFF_WORDS)
DECODER = msgspec.json.Decoder(About)
#: A line is about a handful of analytes at most.
REMINDERS_LIMIT = 50


class NotOnPage(WardpathError):
    """A form names an act or a line that no page of this release offers. Nothing was done."""

    code = "form_refused"


class Acted(msgspec.Struct, frozen=True):
    """What became of a form. `refusals`: one for each reminder that refused, none where all is on record."""

    about: About
    act: str
    refusals: tuple[Refusal, ...]


def act(visit: Visit, fields: dict[str, str]) -> Acted:
    """Send what a form asks for. The same form sent twice writes once.

    Raises NotOnPage, NotUnderstood for a text that is too long, and what the door raises.
    """
    about, asked = read_about(fields.get("need", "")), fields.get("act", "")
    word = "Snooze" if asked in PUT_OFF else asked
    if word not in SAID:
        raise NotOnPage("the form asks for nothing that is known here", "a button of the page", "press one of them")
    if (stale := gone(visit, about)) is not None:
        return Acted(about, word, (stale,))
    more: dict[str, object] = {"kind": asked} if asked in PUT_OFF else {}
    if word == "HandOver":
        among = colleagues(visit, visit.door.ward_of(about.case))
        if (found := colleague(fields.get("to", "").strip(), among)) is None:
            return Acted(about, word, (nobody(among),))
        more = {"to": found.account, "to_role": found.role}
    whole = {
        "type": word,
        "case": about.case,
        "by": {"actor": visit.who.account, "role": visit.role},
        "reason": fields.get("reason", "").strip(),
        **more,
    }
    refusals = []
    for number, (reminder, subject, _) in enumerate(about.reminders):
        own = {"id": f"{sent(fields, visit)}/{number}", "reminder": reminder, "subject": subject}
        answer = visit.handle(entered(whole | own))
        refusals += [answer.refusal] if answer.refusal is not None else []
    return Acted(about, word, tuple(dict.fromkeys(refusals)))


def sent(fields: dict[str, str], visit: Visit) -> str:
    """The id of a form that was sent: the same page, line, button and words give the same one."""
    said = (visit.who.account, visit.role, *(fields.get(each, "") for each in ("once", "act", "need", "reason", "to")))
    return f"inbox/{sha256(msgspec.json.encode(said)).hexdigest()[:32]}"


def read_about(text: str) -> About:
    """The line that a form is about. Raises NotOnPage."""
    try:
        about = DECODER.decode(text)
    except msgspec.MsgspecError as error:
        raise NotOnPage("the form names no line", "a line of the inbox", "send the form of the page") from error
    if not 0 < len(about.reminders) <= REMINDERS_LIMIT:
        raise NotOnPage("the form names no reminder", "a line of the inbox", "send the form of the page")
    return about


def gone(visit: Visit, about: About) -> Refusal | None:
    """That a line is another than the one that was seen: a reminder of it has ended, or began anew meanwhile."""
    try:
        held = visit.door.house.engine.case(about.case).open
    except KeyError:
        held = {}
    for reminder, subject, ordinal in about.reminders:
        found = held.get((reminder, subject))
        if found is None or found.ordinal != ordinal:
            return Refusal("not_open", "this need is not open any more", (), "see below what ended it")
    return None


def nobody(among: tuple[object, ...]) -> Refusal:
    """That the field of a hand-over names nobody who can take it."""
    mend = "choose one of those that the field offers" if among else "take it over, or ring somebody; see the duty page"
    return Refusal("unknown_person", "nobody of that name is on duty here", (), mend)
