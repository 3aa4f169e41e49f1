"""The one namespace of a pathway: every name a guard may use, with its kind."""

from collections.abc import Mapping

from pathway.clinical.computed import COMPUTED, Computed
from pathway.clinical.instant import span
from pathway.definition.form import ChoiceForm, EachForm, FactForm, PathwayForm, ReminderForm, SettingForm
from pathway.definition.guard import Kind

EXPOSURES = ("never", "ordered", "running", "held", "stopped")
INSTANT = Kind(type="instant")
BOOL = Kind(type="bool")
COUNT = Kind(type="number", unit="")
UNANSWERED = "unanswered"
#: Names that stand for the reminder that asks.
OWN = frozenset({"opened", "due", "anchor", "acknowledged", "answered", "answer", "answer.review"})


def names_of(form: PathwayForm, computed: Mapping[str, Computed] = COMPUTED) -> dict[str, Kind]:
    """Every name of the pathway's namespace outside its reminders. `computed`: the functions it may ask for."""
    names = {"enrolled": INSTANT, "presented": INSTANT, "opened": INSTANT}
    for name, setting in form.settings.items():
        names[name] = setting_kind(setting)
    for name, fact in form.facts.items():
        names |= fact_kinds(name, fact, computed)
    names |= dict.fromkeys(form.conditions, BOOL)
    for name in form.latches:
        names |= {name: BOOL, f"{name}.at": INSTANT, f"{name}.eased": INSTANT}
    for name, choice in form.choices.items():
        names |= choice_kinds(name, choice)
    for name, region in form.regions.items():
        names |= {name: Kind(type="enum", values=region.phases), f"{name}.entered": INSTANT, f"{name}.entry": COUNT}
    return names


def setting_kind(setting: SettingForm) -> Kind:
    """Rounds, a span, or a number with its unit."""
    if setting.rounds:
        return Kind(type="rounds")
    try:
        if (text := setting.value or "")[-2:] != " s":
            span(text)
            return Kind(type="span")
    except ValueError:
        pass
    return Kind(type="number", unit=(setting.value or "").partition(" ")[2])


def fact_kinds(name: str, fact: FactForm, computed: Mapping[str, Computed]) -> dict[str, Kind]:
    """A fact's own name and the instants and flags that hang on it."""
    instants = {f"{name}.at": INSTANT, f"{name}.recorded": INSTANT}
    more: tuple[str, ...]
    if fact.lab:
        more = ("collected", "collected_sure", "unusable", "unusable_collected", "questioned")
        return instants | {name: Kind(type="number", unit=fact.unit)} | {f"{name}.{each}": INSTANT for each in more}
    if fact.difference:
        return instants | {name: Kind(type="number", unit=fact.unit)}
    if fact.flag:
        return instants | {name: BOOL}
    if fact.finding:
        return instants | {name: Kind(type="enum", values=fact.finding)}
    if fact.exposure:
        more = ("next_dose", "first_dose", "last_dose", "stopped", "started")
        flags = {f"{name}.{each}": BOOL for each in ("given_after_stop", "stop_confirmed", "overridden")}
        return (
            instants
            | {name: Kind(type="enum", values=EXPOSURES)}
            | {f"{name}.{each}": INSTANT for each in more}
            | flags
        )
    if fact.products:
        return (
            instants
            | {name: Kind(type="enum", values=("none", "given"))}
            | {f"{name}.{each}": INSTANT for each in ("started", "ended")}
        )
    if fact.elapsed:
        return {name: Kind(type="elapsed")}
    if fact.course:
        counts = {f"{name}.number": COUNT, f"{name}.intensive": COUNT}
        return instants | counts | {name: Kind(type="enum", values=("none", "begun")), f"{name}.day1": INSTANT}
    function = computed.get(fact.computed or "")
    if function is None:
        return instants
    # A setting without a unit is written as a bare number, as is the dimensionless `1` of a function.
    unit = "" if function.unit == "1" else function.unit
    return instants | {name: Kind(type=function.type, values=function.values, unit=unit)}


def since(form: PathwayForm, elapsed: str) -> str:
    """The instant, as a text, since which an elapsed fact counts: a fact's own, or the one that is written."""
    return f"{elapsed}.at" if elapsed in form.facts else elapsed


def choice_kinds(name: str, choice: ChoiceForm) -> dict[str, Kind]:
    """A choice with rows is a word; one that takes settings by another's row is a span."""
    if choice.by:
        return {name: Kind(type="span")}
    return {name: Kind(type="enum", values=tuple(row.name for row in choice.rows)), f"{name}.tightened": INSTANT}


def own_names(reminder: ReminderForm) -> dict[str, Kind]:
    """The names that only this reminder's guards may use, apart from `it`."""
    names = dict.fromkeys(("opened", "due", "anchor", "acknowledged"), INSTANT) | {"answered": BOOL}
    if reminder.answers:
        names |= {"answer": Kind(type="enum", values=(UNANSWERED, *reminder.answers)), "answer.review": INSTANT}
    return names


def it_names(each: EachForm | None, names: dict[str, Kind]) -> list[dict[str, Kind]]:
    """The names under `it`, once per row of `for_each`, since `it` may stand for facts of different units."""
    if each is None:
        return [{}]
    if each.review:
        return [{"it": Kind(type="enum", values=()), "it.opened": INSTANT, "it.settled": BOOL, "it.urgent": BOOL}]
    if each.override:
        own = {"it.opened": INSTANT, "it.due": INSTANT, "it.reviewed": BOOL}
        return [{"it": Kind(type="enum", values=())} | own]
    if each.verbal:
        return [{"it": Kind(type="enum", values=()), "it.opened": INSTANT, "it.signed": BOOL}]
    if each.sample:
        return [{"it": Kind(type="enum", values=()), "it.collected": INSTANT, "it.resulted": BOOL}]
    if each.report:
        own = {"it": Kind(type="enum", values=()), "it.ordered": INSTANT, "it.failed": INSTANT, "it.resulted": BOOL}
        return [own | under("it.within", row.within, names) for row in each.report]
    if each.episode:
        own = {"it.ended": INSTANT, "it.first_ended": INSTANT}
        return [
            own | under("it.fact", row.fact, names) | under("it.from", row.from_, names) | under("it.to", row.to, names)
            for row in each.episode
        ]
    return [
        {alias: kind for short, name in aliases.items() for alias, kind in under(short, name, names).items()}
        for aliases in aliases_of(each)
    ]


def aliases_of(each: EachForm | None) -> list[dict[str, str]]:
    """What `it` and the names below it stand for, once per row of `for_each` as `it_names` gives them."""
    if each is None or not (each.fact or each.episode or each.report):
        return [{}]
    if each.report:
        return [{"it.within": row.within} for row in each.report]
    if each.episode:
        return [{"it.fact": row.fact, "it.from": row.from_, "it.to": row.to} for row in each.episode]
    return [{("it" if key == "it" else f"it.{key}"): name for key, name in row.items()} for row in each.fact]


def under(alias: str, name: str, names: dict[str, Kind]) -> dict[str, Kind]:
    """The kinds of a name and of all that hangs on it, under an alias."""
    return {
        alias + full[len(name) :]: kind for full, kind in names.items() if full == name or full.startswith(name + ".")
    }
