"""Identity: two identifiers before an act with a drug (P10), compared with those that are kept of the patient.

They are typed from the patient's wristband and never shown on the form. Where none is kept, nothing can be compared,
and what is typed goes with the act where the command takes it.
"""

import re
from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

import msgspec

from pathway.case.turn import Turn
from pathway.engine.errors import WardpathError
from ward.entry import COMMANDS, hints
from ward.errors import Denied
from ward.web.forms.things import Offer, move_of
from ward.web.moment import MONTHS
from ward.web.patient import BORN, FAMILY, GIVEN, NOT_KNOWN, PREFERRED, SEX, TITLE, WHOLE, Patient, label_of
from ward.web.visit import Visit

#: How many identifiers tell a person (P10).
ENOUGH = 2
#: What a form calls them.
PREFIX = "who."
FREE = ("first", "second")
DAYS = (re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})"), re.compile(r"(\d{1,2})[-./ ](\d{1,2}|[A-Za-z]{3})[-./ ](\d{4})"))
#: Fields by which an act with a drug or a product is known, and those that ask for identifiers themselves.
ACTS = frozenset({"drug", "product", "regimen", "identifiers"})
AT_THE_BEDSIDE = "On the wristband"


class WrongPatient(WardpathError):
    """The identifiers that were typed are not the patient's, or too few. The message says none of them."""

    code = "identity"


class Asked(NamedTuple):
    """An identifier that is asked for: the name of its field, and its label."""

    name: str
    label: str


def asked(kept: Mapping[str, str] | None) -> tuple[Asked, ...]:
    """What is asked for: of what is kept of the person, birth and numbers first, names where these are not enough."""
    known = told(kept)
    names = {*FAMILY, *GIVEN, *WHOLE}
    hard = [each for each in known if each not in names]
    found = hard if len(hard) >= ENOUGH else [*hard, *(each for each in known if each in names)]
    if len(found) < ENOUGH:
        return tuple(Asked(f"{PREFIX}{each}", f"{each.capitalize()} identifier, such as a number") for each in FREE)
    return tuple(Asked(f"{PREFIX}{each}", "Date of birth" if each in BORN else label_of(each)) for each in found)


def compared(kept: Mapping[str, str] | None) -> bool:
    """Whether enough is kept of the person to compare with."""
    return len(told(kept)) >= ENOUGH


def typed(form: Mapping[str, str]) -> dict[str, str]:
    """What was typed of the person, by the names of what is kept."""
    return {key.removeprefix(PREFIX): text for key, text in form.items() if key.startswith(PREFIX) and text.strip()}


def fits(kept: Mapping[str, str] | None, form: Mapping[str, str]) -> bool:
    """Whether two identifiers or more were typed and each of them is the patient's; whatever, where none is kept."""
    said, known = typed(form), told(kept)
    if not compared(kept):
        return len(said) >= ENOUGH
    return len(said) >= ENOUGH and all(name in known and same(name, known[name], text) for name, text in said.items())


def prove(visit: Visit, case: str, act: str, kept: Mapping[str, str] | None, form: Mapping[str, str]) -> None:
    """That the patient of an act was told by two identifiers, of a form or of a body. Raises WrongPatient.

    Wrong ones enter the access log, without what was typed.
    """
    if fits(kept, form):
        return
    if len(typed(form)) < ENOUGH:
        raise WrongPatient("the patient is not told by two identifiers", "two of those asked for", "type two of them")
    wrong = Denied("the identifiers that were typed are not this patient's", "this patient's", "check the patient")
    visit.door.logged(visit.who, visit.role, act, (case,), wrong)
    raise WrongPatient(
        wrong.happened,
        "two identifiers from the wristband of the patient of this page",
        "stop: check whose page and whose bed this is, then type them again",
    )


def told(kept: Mapping[str, str] | None) -> dict[str, str]:
    """What tells a person of what is kept: neither title nor sex, nor what they like to be called."""
    never = {*TITLE, *PREFERRED, *SEX}
    return {key.lower(): text for key, text in (kept or {}).items() if text.strip() and key.lower() not in never}


def same(name: str, kept: str, text: str) -> bool:
    """Whether what was typed is what is kept, however it is spaced and capitalised; a day however it is written."""
    if name in BORN and (day := day_of(kept)) is not None:
        return day_of(text) == day
    return plain(kept) == plain(text)


def plain(text: str) -> str:
    """Letters and digits alone, all of them small."""
    return "".join(each for each in text.casefold() if each.isalnum())


def day_of(text: str) -> date | None:
    """A day as people write it: 14-Jul-1981, 14.07.1981, 1981-07-14. None for what is none."""
    written = text.strip()
    try:
        if found := DAYS[0].fullmatch(written):
            return date(int(found[1]), int(found[2]), int(found[3]))
        if found := DAYS[1].fullmatch(written):
            month = int(found[2]) if found[2].isdecimal() else MONTHS.index(found[2].title()) + 1
            return date(int(found[3]), month, int(found[1]))
    except ValueError:
        return None
    return None


def identified(turn: Turn, offer: Offer) -> bool:
    """Whether an act asks who the patient is: it is about a drug or a product, begins a course, or says so itself."""
    if offer.command == "Transition":
        move = move_of(turn, offer)
        return move is not None and (move.course is not None or move.identifiers > 0)
    return bool(ACTS & set(hints(COMMANDS[offer.command])))


def covered(patient: Patient) -> Patient:
    """The patient of a banner without what the form asks for, so that it is read at the bedside and not from here."""
    marks = tuple((label, AT_THE_BEDSIDE) for label, _ in patient.identifiers)
    born = patient.born if patient.born == NOT_KNOWN else AT_THE_BEDSIDE
    return msgspec.structs.replace(patient, born=born, age="", identifiers=marks)
