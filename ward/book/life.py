"""The case as a whole: how it begins, is mended, joined, taken back; whose voice counts; who is told of faults."""

from pathway.definition.draw.moves import who
from pathway.definition.pathway import Pathway
from pathway.definition.say import quantity, rule, spaced
from ward.book.chapter import Chapter, Item, rows


def life(pathway: Pathway) -> Chapter:
    """Everything that is said of a case and not of a phase, a drug or a reminder."""
    lead = "What may become of a case beside its moves. Everything here is signed by the role that does it."
    return Chapter("life", "The case as a whole", lead, tuple(begun(pathway) + changed(pathway) + told(pathway)))


def begun(pathway: Pathway) -> list[Item]:
    """Enrolment, and orders by voice."""
    form = pathway.form
    asked = (("Who", capital(who(form.enrol.by))), ("Identifiers", f"{form.enrol.identifiers} of the patient"))
    items = [Item("enrol", f"{form.enrol.id} Enrol", rows(*asked), form.enrol.source)]
    if form.verbal_orders:
        voice = form.verbal_orders
        said = rows(("Taken by", capital(who(voice.takers))), ("Given and signed for by", capital(who(voice.givers))))
        items.append(Item("verbal_orders", "Orders by voice", said, voice.source))
    return items


def changed(pathway: Pathway) -> list[Item]:
    """Taking back an exit, joining cases, another version of the pathway, reports that belong to nobody."""
    form, items = pathway.form, []
    if form.reopen:
        by_exit = tuple(
            f"from {pathway.title(leaf)}: {', '.join(map(spaced, roles))}"
            for leaf, roles in form.reopen.by_exit.items()
        )
        said = rows(
            ("Who", capital(who(form.reopen.by))),
            ("By exit", by_exit),
            ("Identifiers", f"{form.reopen.identifiers} of the patient"),
        )
        items.append(Item("reopen", f"{form.reopen.id} Take back an exit", said, form.reopen.source))
    if form.merge:
        said = rows(("Who", capital(who(form.merge.by))))
        items.append(
            Item("merge", f"{form.merge.id} Join two cases of one person, and part them", said, form.merge.source)
        )
    if form.amend:
        second = "yes" if form.amend.second else "no"
        said = rows(("Who", capital(who(form.amend.by))), ("Second signature", second))
        items.append(Item("amend", "Go on by another version of this pathway", said, form.amend.source))
    if form.screen:
        said = rows(("A case is opened unless this is a certain no", rule(pathway, form.screen.when)))
        items.append(Item("screen", "A report that can be given to no case", said, form.screen.source))
    return items


def told(pathway: Pathway) -> list[Item]:
    """Reviews of decisions whose basis changed, and failed rules."""
    form = pathway.form
    fresh = quantity(form.settings[form.reviews.fresh_for].value or "")
    reviews = rows(
        ("Settled by", capital(who(form.reviews.by))),
        ("Urgent at any age for", ", ".join(map(spaced, form.reviews.urgent_drugs))),
        ("Other drugs and products are urgent for", fresh),
    )
    failures = rows(("Told", ", ".join(map(spaced, form.failures.tells))))
    return [
        Item("reviews", "Decisions whose basis has changed", reviews, form.reviews.source),
        Item("failures", "A rule that fails", failures, form.failures.source),
        *watched(pathway),
    ]


def watched(pathway: Pathway) -> list[Item]:
    """Handing over, the budget of a day, and who looks after the rules."""
    form, items = pathway.form, []
    if form.hand_over:
        within = quantity(form.settings[form.hand_over.within].value or "")
        said = rows(("Who", capital(who(form.clinicians))), ("Accepted by the person named within", within))
        items.append(Item("hand_over", "Handing over a reminder", said, form.hand_over.source))
    if form.budget:
        settings = form.settings
        lines, pages = settings[form.budget.lines].value or "", settings[form.budget.pages].value or ""
        said = rows(("Needs in an inbox", lines), ("Pages outside the critical class", pages))
        items.append(Item("budget", "What a day of one patient may tell", said, form.budget.source))
    if form.rules:
        said = rows(("Told", ", ".join(map(spaced, form.rules.tells))))
        items.append(Item("rules", "A rule reported as wrong, a day over its budget", said, form.rules.source))
    return items


def capital(text: str) -> str:
    """Text with a capital letter."""
    return text[:1].upper() + text[1:]
