"""Signing: the parts of a form in which somebody answers for an act: a move and its course, reasons, signatures."""

from pathway.case.commands import Request
from pathway.case.turn import Turn
from pathway.definition.form import TransitionForm
from pathway.definition.guard import NO
from ward.entry import COMMANDS
from ward.web.forms.field import YES_NO, Field, Part
from ward.web.forms.named import LABELS, TWO_CASES, capital
from ward.web.forms.offers import override_of
from ward.web.forms.options import said
from ward.web.forms.things import Offer, drug_of, move_of
from ward.web.visit import Visit


def of_move(turn: Turn, offer: Offer, name: str, label: str) -> list[Field]:
    """The fields of a move: those that this one asks for."""
    move = move_of(turn, offer)
    if move is None:
        return []
    free = move.course is not None and move.course.free
    match name:
        case "doses" if free:
            return [Field(name, label, "area", needed=True, hint="One a line, such as azacitidine = 75 mg/m2/d")]
        case "doses" if move.course is not None:
            return doses(turn, move)
        case "regimen" if free:
            return [Field(name, label, "text", needed=True)]
        case "intensive" if free:
            return [Field(name, label, "choice", options=YES_NO, needed=True)]
        case "died_at" if move.died_at:
            return [Field(name, label, "time", needed=True, hint=turn.case.zone)]
        case "receiver" if move.receiver:
            return [Field(name, label, "text", needed=True)]
        case "accepted_at" if move.receiver:
            return [Field(name, label, "time", needed=True, hint=turn.case.zone)]
        case "linked" if move.links:
            return [Field(name, label, "text", needed=True, hint="The token of the other case")]
    return []


def doses(turn: Turn, move: TransitionForm) -> list[Field]:
    """The drugs of a course with the range of each dose, and a reason for one outside it."""
    course, found = move.course, []
    for drug, (low, high) in course.doses.items() if course else ():
        title, unit = drug_of(turn, drug), low.partition(" ")[2]
        one = " One of these drugs alone." if course and drug in course.one_of else ""
        hint = f"{low} to {high}" if low != high else low
        needed = course is not None and drug in course.needs
        found.append(Field(f"doses.{drug}", f"Dose of {title} ({unit})", "text", needed=needed, hint=f"{hint}.{one}"))
    why = {f"reasons.dose_{drug}": drug_of(turn, drug) for drug in (course.doses if course else ())}
    return [*found, *(Field(name, f"Why another dose of {drug}, if so", "text") for name, drug in why.items())]


def signatures(visit: Visit, turn: Turn, offer: Offer) -> list[Part]:
    """The parts in which somebody answers for an act: reasons, an order by voice, an override, a second person."""
    found = []
    if (move := move_of(turn, offer)) is not None and (fields := reasons(turn, move)):
        found.append(Part("reasons", LABELS["reasons"], fields))
    if offer.state == "voice" and (voice := turn.pathway.form.verbal_orders) is not None:
        who = Field("verbal_by", LABELS["verbal_by"], "text", needed=True)
        role = Field("verbal_from", LABELS["verbal_from"], "choice", options=said(voice.givers), needed=True)
        found.append(Part("voice", "On a spoken order", (who, role), capital(offer.why)))
    if offer.state == "override":
        sign = Field("override", LABELS["override"], "ticks", options=(("yes", "I sign for it all the same"),))
        found.append(Part("override", "This is refused", (sign,), capital(offer.why), offer.reasons))
    if needs := second(turn, offer):
        found.append(Part("second", "Second signature", signer(visit), needs))
    return found


def reasons(turn: Turn, move: TransitionForm) -> tuple[Field, ...]:
    """A reason for each guard of the move that is no certain no; of the coming course nobody knows yet."""
    return tuple(
        Field(f"reasons.{each.name}", capital(each.text), "area", needed=not each.with_course)
        for each in move.reasons
        if each.with_course or turn.view.ask(each.when)[0] != NO
    )


def second(turn: Turn, offer: Offer) -> str:
    """Why a second person signs, or may have to; empty where nobody does."""
    if not issubclass(COMMANDS[offer.command], Request) or offer.state == "voice":
        return ""
    form, move = turn.pathway.form, move_of(turn, offer)
    always = (
        (move is not None and move.second)
        or offer.command in TWO_CASES
        or (offer.command == "AmendDefinition" and form.amend and form.amend.second)
    )
    rule = override_of(turn, offer.fixed) if offer.state == "override" else None
    reminder = turn.pathway.reminders.get(offer.fixed.get("reminder", "")) if offer.command == "Decide" else None
    perhaps = (
        (move is not None and any(each.second for each in move.reasons))
        or offer.command == "ReviewOverride"
        or (reminder is not None and any(each.second for each in reminder.answers.values()))
    )
    if always or (rule is not None and rule.second):
        return "Another person signs with you."
    return "Where it is asked for, another person signs with you." if perhaps else ""


def signer(visit: Visit) -> tuple[Field, ...]:
    """Who signs: at a demonstration another of its people, else an account with its password."""
    label, house = LABELS["second"], visit.door.house
    if house.store.origin != "demonstration":
        return (Field("second", label, "text"), Field("second_password", LABELS["second_password"], "password"))
    held = house.engine.sites.accounts().held.values()
    people = [each for each in held if each.kind == "person" and each.closed_at is None]
    others = tuple((each.account, each.name) for each in people if each.account != visit.who.account)
    return (Field("second", label, "choice", options=(("", "Nobody"), *others)),)
