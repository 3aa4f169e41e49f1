"""Chapters of the protocol book, made from the definition alone: every rule in words, none left out."""

from collections.abc import Iterator

from pathway.definition.draw.moves import who
from pathway.definition.form import CourseForm, ExitForm, LoosensForm, ReasonForm, RequestForm, TransitionForm
from pathway.definition.pathway import Pathway
from pathway.definition.say import line, quantity, rule, spaced, titled
from ward.book.chapter import Chapter, Item, rows
from ward.book.decisions import decisions
from ward.book.duties import duties
from ward.book.life import capital, life
from ward.book.numbers import numbers


def chapters(pathway: Pathway) -> tuple[Chapter, ...]:
    """Every chapter with something in it, in the order in which people read."""
    found = (
        decisions(pathway),
        phases(pathway),
        moves(pathway),
        exits(pathway),
        life(pathway),
        acts(pathway),
        judgements(pathway),
        *duties(pathway),
        *numbers(pathway),
    )
    return tuple(each for each in found if each.items)


def phases(pathway: Pathway) -> Chapter:
    """Where a patient can stand, region by region."""
    form = pathway.form
    items = []
    for name, region in form.regions.items():
        for leaf in region.phases:
            ways = [each for each in form.transitions if each.region == name and each.to == leaf]
            out = dict.fromkeys(each.id for each in pathway.transitions_from(name, leaf) if each.to != "same")
            begins = "A case begins here" if leaf == region.initial else ""
            ended = "The case has left the pathway" if leaf in region.closed else ""
            items.append(
                Item(
                    f"{name}/{leaf}",
                    capital(pathway.title(leaf)),
                    rows(
                        ("Region", spaced(name)),
                        ("Note", begins or ended),
                        ("Entered by", ", ".join(dict.fromkeys(each.id for each in ways))),
                        ("Left by", ", ".join(out)),
                    ),
                )
            )
    lead = "Regions run side by side: a patient stands in one phase of each at any time."
    return Chapter("phases", "Phases", lead, tuple(items), table=True)


def moves(pathway: Pathway) -> Chapter:
    """Every transition."""
    items = tuple(move(pathway, each) for each in pathway.form.transitions)
    lead = (
        "A move without a role is automatic: it follows what is known or given, on a certain yes alone. A move by a "
        "role that cannot be decided needs a signed reason that names the gap."
    )
    return Chapter("moves", "Moves", lead, items)


def move(pathway: Pathway, form: TransitionForm) -> Item:
    """One transition in words."""
    start = " or ".join(capital(pathway.title(each)) for each in form.from_)
    end = "phase unchanged, knowledge noted" if form.to == "same" else capital(pathway.title(form.to))
    return Item(
        f"{form.id}/{form.name}",
        f"{form.id} {pathway.title(form.name)}",
        rows(
            ("From", start),
            ("To", end),
            ("Who", capital(who(form.by))),
            ("When", rule(pathway, form.when) if form.when else None),
            ("A reason is asked for", tuple(reason(pathway, each) for each in form.reasons)),
            ("Asked for besides", tuple(besides(form))),
            ("Course", course(pathway, form.course) if form.course else None),
        ),
        form.source,
    )


def reason(pathway: Pathway, form: ReasonForm) -> str:
    """A reason that a move needs."""
    stands = ", and the move is a deviation" if form.deviation else ""
    asked = " with the course of the move" if form.with_course else ""
    both = "; where it is a certain yes, a second person signs" if form.second else ""
    return f"{form.text}, unless this is a certain no{asked}: {one(pathway, form.when)}{stands}{both}"


def besides(form: TransitionForm) -> Iterator[str]:
    """What else whoever makes a move must say."""
    if form.identifiers:
        yield f"{form.identifiers} identifiers of the patient"
    if form.second:
        yield "a second person"
    if form.receiver:
        yield "who takes the patient, and when they accepted"
    if form.links:
        yield "the other case of this person, where there is one"
    if form.died_at:
        yield "the time of death"


def course(pathway: Pathway, form: CourseForm) -> tuple[str, ...]:
    """The course that a move declares, and its doses."""
    said = [f"{form.regimen}{', intensive' if form.intensive else ''}"]
    if form.free:
        said.append("outside this file: regimen, drugs and intensity are said by whoever begins it; a deviation")
    said += [
        f"{spaced(drug)}: {quantity(low)} to {quantity(high)}{share(form, drug)}"
        for drug, (low, high) in form.doses.items()
    ]
    said += [
        f"{spaced(each.drug)}: only {quantity(each.dose[0])} to {quantity(each.dose[1])} while "
        f"{one(pathway, each.when)}"
        for each in form.only
    ]
    if form.starts:
        said.append(f"begins with the course where it has not begun yet: {', '.join(map(spaced, form.starts))}")
    return tuple(said)


def share(form: CourseForm, drug: str) -> str:
    """Whether a drug is needed, or one of several."""
    if drug in form.one_of:
        return " (at most one of these)" if form.optional else " (exactly one of these)"
    return " (needed)" if drug in form.needs else ""


def exits(pathway: Pathway) -> Chapter:
    """What each exit leaves behind."""
    items = tuple(left(pathway, leaf, form) for leaf, form in pathway.form.exits.items())
    return Chapter("exits", "Exits", "No exit without heirs: whatever is still owed names who takes it.", items)


def left(pathway: Pathway, leaf: str, form: ExitForm) -> Item:
    """One exit in words."""
    heirs = tuple(f"{spaced(what)}: {spaced(heir)}" for what, heir in form.heirs.items())
    handed = ", ".join(titled(pathway, each) for each in form.hand_over)
    return Item(
        leaf,
        capital(pathway.title(leaf)),
        rows(("Heirs", heirs), ("Handed over", handed), ("Nobody takes over", form.no_heirs)),
        form.source,
    )


def acts(pathway: Pathway) -> Chapter:
    """What may be asked with each drug, and when it is refused: the decision table of acts."""
    form = pathway.form
    asked = [act(pathway, each) for each in form.requests]
    stopped = [
        Item(
            f"stop/{each.drug}",
            f"Stop {spaced(each.drug)}",
            rows(("Who", capital(who(each.by))), ("To be confirmed", tuple(spaced(tick) for tick in each.ticks))),
            each.source,
        )
        for each in form.stops
    ]
    lead = (
        "Requests may be refused; what was given all the same is recorded, stands out and rings. Holding a drug, "
        "raising a flag and asking for an earlier recheck are open to every clinician, always."
    )
    return Chapter("acts", "Acts with drugs", lead, tuple(asked + stopped))


def act(pathway: Pathway, form: RequestForm) -> Item:
    """One request in words."""
    signed = form.override
    override = (
        None
        if signed is None
        else f"{capital(who(signed.by))}, with a reason{', and a second person' if signed.second else ''}; "
        f"reviewed after {quantity(pathway.form.settings[signed.review_after].value or '')}"
    )
    doors = tuple(f"{capital(spaced(door.name))}: {one(pathway, door.when)}" for door in form.doors)
    return Item(
        form.id,
        f"{capital(' or '.join(form.acts))} {spaced(form.drug)}",
        rows(
            ("Who", capital(who(form.by))),
            ("Refused when", rule(pathway, form.refuse_when) if form.refuse_when else None),
            ("Refused unless", rule(pathway, form.allow_only_when) if form.allow_only_when else None),
            ("Words of the refusal", form.refuse_text),
            ("Allowed through any of", doors),
            ("No door open", form.closed_text),
            ("Override", override or "none on this pathway"),
            ("If it happens all the same, told", ", ".join(spaced(each) for each in form.tells)),
        ),
        form.source,
    )


def judgements(pathway: Pathway) -> Chapter:
    """Conditions, latches, choices and proposals."""
    form = pathway.form
    items = [
        Item(name, titled(pathway, name), rows(("Holds when", rule(pathway, text))))
        for name, text in form.conditions.items()
    ]
    for name, latch in form.latches.items():
        ends = rule(pathway, latch.release_when) if latch.release_when else None
        said = rows(
            ("Set by", rule(pathway, latch.when)),
            ("Stays until ended by", capital(who(latch.released_by))),
            ("May be ended when", ends),
        )
        items.append(Item(name, latch.title, said, latch.source))
    for name, choice in form.choices.items():
        steps = tuple(
            f"{capital(pathway.title(row.name))}: {one(pathway, row.when) if row.when else 'otherwise'}"
            for row in choice.rows
        )
        taken = tuple(
            f"{capital(pathway.title(row))}: {quantity(form.settings[setting].value or '')}"
            for row, setting in choice.take.items()
        )
        loosens = looser(pathway, choice.loosens) if choice.loosens else None
        said = rows(("The first of these that is not excluded", steps), ("Takes", taken), ("Loosens after", loosens))
        items.append(Item(name, choice.title, said, choice.source))
    for each in form.proposals:
        said = rows(("Proposed when", rule(pathway, each.when)))
        items.append(Item(f"proposal/{each.name}", f"Proposal: {each.text}", said, each.source))
    lead = (
        "A condition that cannot be said is neither yes nor no. A latch stays; a choice takes the strictest row that "
        "is not excluded."
    )
    return Chapter("judgements", "Judgements", lead, tuple(items))


def looser(pathway: Pathway, form: LoosensForm) -> str:
    """When a choice may loosen."""
    panel = ", ".join(titled(pathway, each) for each in form.panel)
    apart = quantity(pathway.form.settings[form.apart].value or "")
    return f"two panels ({panel}) at least {apart} apart, and: {one(pathway, form.when)}"


def one(pathway: Pathway, text: str) -> str:
    """A guard on one line."""
    return line(rule(pathway, text))
