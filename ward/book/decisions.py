"""The decision table: what follows from what is known, row by row, the first row of an act that holds deciding it."""

from collections.abc import Iterator

from pathway.definition.draw.moves import who
from pathway.definition.form import RequestForm
from pathway.definition.pathway import Pathway
from pathway.definition.say import rule, spaced
from ward.book.chapter import Chapter, Item, Words, rows
from ward.book.life import capital


def decisions(pathway: Pathway) -> Chapter:
    """Acts, automatic moves and proposals as rows of if and then."""
    form, found = pathway.form, []
    for request in form.requests:
        act = f"{capital(' or '.join(request.acts))} {spaced(request.drug)}"
        for number, (given, then) in enumerate(answers(pathway, request), 1):
            said = rows(("If", given), ("Then", then))
            found.append(Item(f"{request.id}/{number}", act, said, request.source))
    for each in form.transitions:
        if not each.by and each.when:
            to = "noted, the phase stays" if each.to == "same" else f"to {pathway.title(each.to)}"
            said = rows(("If", rule(pathway, each.when)), ("Then", f"{each.id}, by itself: {to}"))
            found.append(Item(f"move/{each.id}/{each.name}", "Phase", said, each.source))
    for proposal in form.proposals:
        said = rows(("If", rule(pathway, proposal.when)), ("Then", f"proposed: {proposal.text}"))
        found.append(Item(f"proposal/{proposal.name}", "Proposal", said, proposal.source))
    lead = (
        "Of an act the first row that holds decides. What cannot be said refuses what needs a certain yes, and no "
        "other act."
    )
    return Chapter("decisions", "Decision table", lead, tuple(found), table=True)


def answers(pathway: Pathway, form: RequestForm) -> Iterator[tuple[Words, str]]:
    """The rows of one request: if, then."""
    signed = form.override
    override = f"; {who(signed.by)} may sign for it" if signed else "; nobody may sign for it"
    if form.refuse_when:
        yield rule(pathway, form.refuse_when), f"refused: {form.refuse_text}{override}"
    if form.allow_only_when:
        yield rule(pathway, form.allow_only_when), f"allowed to {who(form.by)}"
        yield "anything else, and while nobody can say", f"refused: {form.refuse_text}{override}"
    for door in form.doors:
        yield rule(pathway, door.when), f"allowed to {who(form.by)} ({spaced(door.name)})"
    if form.doors:
        yield "nobody can say whether one of these holds", "allowed with a signed reason that names the gap"
        yield "none of these", f"{form.closed_text}{override}"
