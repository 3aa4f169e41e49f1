"""Cosign: orders taken by voice, who signs for them afterwards, and who reviews an override."""

from pathway.case.commands import Cosign, Refusal, Request, ReviewOverride
from pathway.case.envelope import Verbal
from pathway.case.events import OverrideReviewed, VerbalOrderSigned
from pathway.case.grounds import not_your_role, same_person, signed_by_two
from pathway.case.reports import sealed
from pathway.case.reviews import open_review
from pathway.case.turn import Turn
from pathway.clinical.instant import Instant


def by_voice(turn: Turn, command: Request) -> Refusal | None:
    """Take a request as the order of the person who spoke it, or say why it cannot be taken so.

    Whoever takes it may do what the giver may, except for what needs a second signature: a voice signs nothing.
    """
    if not (command.verbal_from or command.verbal_by):
        return None
    form = turn.pathway.form.verbal_orders
    if form is None or isinstance(command, Cosign):
        return Refusal("verbal", "no order is taken by voice here", (), "ask whoever may do it to sign in")
    if command.by.role not in form.takers:
        mend = f"ask: {', '.join(form.takers)}"
        return Refusal("verbal", f"the role {command.by.role or 'none'} takes no orders by voice", (), mend)
    if command.verbal_from not in form.givers:
        mend = f"an order of: {', '.join(form.givers)}"
        return Refusal("verbal", "nobody of this role gives orders by voice", (), mend)
    if not signed_by_two(command.by.actor, command.verbal_by):
        return Refusal("verbal", "it is not said who gave the order", (), "name the person, who is not yourself")
    if command.second:
        return Refusal("verbal", "a verbal order has no second signature", (), "have both sign in")
    turn.verbal = Verbal(command.verbal_by, command.verbal_from)
    return None


def signature(turn: Turn, command: Cosign | ReviewOverride) -> Refusal | None:
    """A signature that is owed."""
    return cosign(turn, command) if isinstance(command, Cosign) else review_override(turn, command)


def cosign(turn: Turn, command: Cosign) -> Refusal | None:
    """Sign for an order that one gave by voice, or disown it, which puts the act under review."""
    found = turn.case.verbal.get(command.order)
    if found is None or found.signed:
        return Refusal("not_open", "there is no unsigned verbal order here", (), "see the case")
    if not same_person(command.by.actor, found.giver):
        return Refusal("role", "only the person who is named as its giver signs for it", (), "ask them")
    verbal = turn.pathway.form.verbal_orders
    givers = (found.role, *(verbal.givers if verbal else ()))
    if command.choice == "signed" and command.by.role not in givers:
        happened = f"the role {command.by.role or 'none'} cannot have given this order"
        return Refusal("role", happened, (), f"sign as: {', '.join(dict.fromkeys(givers))}; or disown it")
    if command.choice == "disowned" and not command.reason.strip():
        return Refusal("reason_needed", "no reason was given", (), "say what was ordered, or that nothing was")
    reason = sealed(turn, command.reason) if command.reason.strip() else None
    event = turn.emit(VerbalOrderSigned(command.order, command.choice, reason), command.by)
    if command.choice == "disowned":
        basis = turn.case.bases.get(command.order)
        about = basis.about.replace("_", " ") if basis else "an act"
        open_review(turn, command.order, event.position, True, f"{about}: the verbal order for it was disowned")
    return None


def review_override(turn: Turn, command: ReviewOverride) -> Refusal | None:
    """Confirm a signed override for as long again, or end it."""
    found = turn.case.overrides.get(command.position)
    if found is None or found.ended:
        return Refusal("not_open", "there is no such override to review", (), "see the case")
    form = next((each for each in turn.pathway.form.requests if each.id == found.request), None)
    rule = form.override if form else None
    if rule is None:
        return Refusal("not_open", "the pathway has no such override any more", (), "end the drug, or ask for it anew")
    if refused := not_your_role(command, rule.by):
        return refused
    if not command.reason.strip():
        return Refusal("reason_needed", "no reason was given", (), "give a reason")
    if command.choice == "confirmed" and rule.second and not signed_by_two(command.by.actor, command.second):
        return Refusal("second", "a second person must sign", (), "name them, or end the override")
    again = Instant(turn.at + turn.pathway.span(rule.review_after)) if command.choice == "confirmed" else None
    body = OverrideReviewed(command.position, command.choice, sealed(turn, command.reason), command.second, again)
    turn.emit(body, command.by)
    return None
