"""The numbers and facts of a pathway: thresholds with bounds and who must sign, and what each fact means unsaid."""

from pathway.definition.form import FactForm, SettingForm
from pathway.definition.pathway import Pathway
from pathway.definition.say import quantity, spaced, unit
from ward.book.chapter import Chapter, Item, rows

SAFE = {"up": "higher is safer", "down": "lower is safer"}


def numbers(pathway: Pathway) -> tuple[Chapter, ...]:
    """Settings and facts."""
    form = pathway.form
    signers = " or ".join(map(spaced, form.reviews.by))
    settings = Chapter(
        "settings",
        "Numbers",
        f"A site may set a number inside its bounds; away from the safe side that takes a second signature. To be "
        f"signed by: {signers}. Nothing is signed while the signature is empty.",
        tuple(setting(name, each) for name, each in form.settings.items()),
        table=True,
    )
    facts = Chapter(
        "facts",
        "Facts",
        "What the rules may ask about. What was never said, is too old or is in doubt cannot be said, and never reads "
        "as normal.",
        tuple(fact(pathway, name, each) for name, each in form.facts.items()),
        table=True,
    )
    return settings, facts


def setting(name: str, form: SettingForm) -> Item:
    """One number."""
    value = ", ".join(form.rounds) if form.rounds else quantity(form.value or "")
    bounds = f"{quantity(form.bounds[0])} to {quantity(form.bounds[1])}" if form.bounds else ""
    said = rows(("Value", value), ("Bounds", bounds), ("Safe side", SAFE.get(form.safe or "")))
    return Item(name, spaced(name), said, form.source)


def fact(pathway: Pathway, name: str, form: FactForm) -> Item:
    """One fact: what kind it is, its values, and what it is before anything was said."""
    kind, values = kind_of(form)
    known = pathway.names.get(name)
    words = values or (known.values if known is not None else ())
    valid = form.valid_for and quantity(pathway.form.settings[form.valid_for].value or "")
    return Item(
        name,
        form.title,
        rows(
            ("Kind", kind),
            ("Unit or values", unit(form.unit) if form.unit else ", ".join(map(spaced, words))),
            ("Valid for", valid),
            ("Unsaid", spaced(form.unsaid) if form.unsaid else "cannot say" if form.lab or form.flag else None),
        ),
    )


def kind_of(form: FactForm) -> tuple[str, tuple[str, ...]]:
    """The kind of a fact in words, and its values where the file lists them."""
    if form.lab:
        return "laboratory value", ()
    if form.finding:
        return "finding", form.finding
    if form.flag:
        return "clinician's flag", ("yes", "no")
    if form.computed:
        least = f", {form.score[0]} to {form.score[1]}" if form.score else ""
        return f"{'score' if form.score else 'computed'} by {form.computed}{least}", ()
    if form.elapsed:
        return f"time since {spaced(form.elapsed)}", ()
    if form.exposure:
        return f"exposure ({', '.join(form.forms) or 'any form'})", ()
    if form.products:
        return "products", form.products
    return ("course" if form.course else "difference" if form.difference else "other"), ()
