"""Mentions: every name a form gives outside its guards, and what it must be: a name that is nowhere fails a case."""

from collections.abc import Collection, Iterable, Iterator, Mapping

import msgspec

from pathway.clinical.computed import COMPUTED, Computed
from pathway.clinical.quantity import ANALYTES
from pathway.clinical.report import Method, WorkUpTest
from pathway.definition.form import EachForm, ExitForm, PathwayForm, ReminderForm, RungForm
from pathway.definition.guard import Kind
from pathway.definition.names import it_names, own_names
from pathway.definition.pathway import PLACEHOLDER, target
from pathway.definition.place import Path

#: Who takes over outside the house: the person who accepts the patient at an exit.
RECEIVER = "receiver"
#: What an exit hands over beside reminders by their id.
RESULTS, REMINDERS = "results", "reminders"
CHANNELS = ("inbox", "page", "second")
ACTS = ("order", "start", "resume")


class Mention(msgspec.Struct, frozen=True):
    """A name at a place: what it must be, and the names that would do."""

    path: Path
    what: str
    name: str
    known: Collection[str]


class Known(msgspec.Struct, frozen=True):
    """What there is to name in a pathway."""

    spans: frozenset[str]
    numbers: frozenset[str]
    facts: frozenset[str]
    roles: frozenset[str]
    drugs: frozenset[str]
    products: frozenset[str]
    reminders: frozenset[str]
    leaves: frozenset[str]


def mentions(
    form: PathwayForm, names: Mapping[str, Kind], computed: Mapping[str, Computed] = COMPUTED
) -> Iterator[Mention]:
    """Everything that is named outside guards: settings, facts, roles, phases, drugs, lines, channels and so on."""
    known = Known(
        spans=frozenset(name for name, kind in names.items() if kind.type == "span"),
        numbers=frozenset(name for name, kind in names.items() if kind.type == "number"),
        facts=frozenset(form.facts),
        roles=frozenset(form.roles),
        drugs=frozenset(fact.exposure for fact in form.facts.values() if fact.exposure),
        products=frozenset(product for fact in form.facts.values() for product in fact.products),
        reminders=frozenset(each.id for each in form.reminders),
        leaves=frozenset(leaf for region in form.regions.values() for leaf in region.phases),
    )
    yield from listed(("enrol", "by"), "role", form.enrol.by, known.roles)
    yield from listed(("clinicians",), "role", form.clinicians, known.roles)
    if form.amend:
        yield from listed(("amend", "by"), "role", form.amend.by, known.roles)
    if form.screen:
        yield from one(("screen", "role"), "role", form.screen.role, known.roles)
        yield from one(("screen", "settled"), "fact", form.screen.settled, known.facts)
        yield from one(("screen", "leave"), "transition", form.screen.leave, [each.name for each in form.transitions])
    if form.arrivals:
        yield from listed(("arrivals", "tells"), "role", form.arrivals.tells, known.roles)
    yield from of_facts(form, known, computed)
    yield from of_choices(form, known)
    yield from of_phases(form, known)
    yield from of_requests(form, known)
    for index, reminder in enumerate(form.reminders):
        yield from of_reminder(("reminders", index), reminder, form, known, names)
    for index, never in enumerate(form.never):
        yield from listed(("never", index, "tells"), "role", never.tells, known.roles)
    if form.verbal_orders:
        yield from listed(("verbal_orders", "takers"), "role", form.verbal_orders.takers, known.roles)
        yield from listed(("verbal_orders", "givers"), "role", form.verbal_orders.givers, known.roles)
    yield from of_watch(form, known, names)
    yield from one(("reviews", "fresh_for"), "span", form.reviews.fresh_for, known.spans)
    yield from listed(("reviews", "by"), "role", form.reviews.by, known.roles)
    yield from listed(("failures", "tells"), "role", form.failures.tells, known.roles)
    yield from listed(("reviews", "urgent_drugs"), "drug", form.reviews.urgent_drugs, known.drugs)
    titled = entitled(form)
    yield from (Mention(("titles", name), "name", name, titled) for name in form.titles)
    for name, text in form.titles.items():
        yield from listed(("titles", name), "setting", tuple(PLACEHOLDER.findall(text)), form.settings)


def of_watch(form: PathwayForm, known: Known, names: Mapping[str, Kind]) -> Iterator[Mention]:
    """What handing over, the budget of a day and those who look after the rules name."""
    if form.hand_over:
        yield from one(("hand_over", "within"), "span", form.hand_over.within, known.spans)
    if form.rules:
        yield from listed(("rules", "tells"), "role", form.rules.tells, known.roles)
    if form.budget:
        numbers = [name for name in form.settings if names[name] == Kind(type="number", unit="")]
        yield from one(("budget", "lines"), "number", form.budget.lines, numbers)
        yield from one(("budget", "pages"), "number", form.budget.pages, numbers)
    values = frozenset(name for name, fact in form.facts.items() if fact.lab)
    yield from (Mention(("panels", name), "laboratory fact", name, values) for name in form.panels)


def of_facts(form: PathwayForm, known: Known, computed: Mapping[str, Computed]) -> Iterator[Mention]:
    """What facts and latches name."""
    for name, fact in form.facts.items():
        path = ("facts", name)
        yield from one((*path, "valid_for"), "span", fact.valid_for, known.spans)
        yield from listed((*path, "lines"), "number", fact.lines, known.numbers)
        yield from listed((*path, "difference"), "number", fact.difference or (), known.numbers)
        yield from listed((*path, "reports"), "report", fact.reports, frozenset(WorkUpTest))
        function = computed.get(fact.computed or "")
        given = [each for each, _ in function.inputs] if function else []
        for key, value in fact.from_.items():
            yield from one((*path, "from", key), "input", key if function else None, given)
            yield from one((*path, "from", key), "fact", value, known.facts)
    for name, latch in form.latches.items():
        yield from listed(("latches", name, "released_by"), "role", latch.released_by, known.roles)


def of_choices(form: PathwayForm, known: Known) -> Iterator[Mention]:
    """What choices name."""
    for name, choice in form.choices.items():
        path = ("choices", name)
        rows = form.choices[choice.by].rows if choice.by in form.choices else ()
        yield from one((*path, "by"), "choice", choice.by, [other for other, each in form.choices.items() if each.rows])
        for row, span in choice.take.items():
            yield from one((*path, "take", row), "row", row, [each.name for each in rows])
            yield from one((*path, "take", row), "span", span, known.spans)
        if choice.loosens:
            yield from one((*path, "loosens", "apart"), "span", choice.loosens.apart, known.spans)
            yield from listed((*path, "loosens", "panel"), "fact", choice.loosens.panel, known.facts)


def of_phases(form: PathwayForm, known: Known) -> Iterator[Mention]:
    """What regions, moves and exits name."""
    for name, region in form.regions.items():
        yield from one(("regions", name, "initial"), "phase", region.initial, region.phases)
        yield from listed(("regions", name, "closed"), "phase", region.closed, region.phases)
    for index, move in enumerate(form.transitions):
        path = ("transitions", index)
        yield from listed((*path, "by"), "role", move.by, known.roles)
        yield from one((*path, "region"), "region", move.region or None, form.regions)
        for other in move.excludes_because:
            others = [each.name for each in form.transitions if each.name != move.name]
            yield from one((*path, "excludes_because", other), "move", other, others)
        if move.region in form.regions:
            leaves = form.regions[move.region].phases
            starts = frozenset(leaves) | {parent for leaf in leaves for parent in parents(leaf)}
            yield from listed((*path, "from"), "phase", move.from_, starts)
            yield from one((*path, "to"), "phase", move.to, [*leaves, "same"])
        if move.course:
            wanted = dict.fromkeys((*move.course.needs, *move.course.one_of))
            yield from (Mention((*path, "course", "doses", drug), "drug", drug, wanted) for drug in move.course.doses)
            only = enumerate(move.course.only)
            yield from (Mention((*path, "course", "only", at, "drug"), "drug", each.drug, wanted) for at, each in only)
    for name, left in form.exits.items():
        yield from of_exit(name, left, form, known)
    exits = exits_of(form)
    if form.reopen:
        yield from listed(("reopen", "by"), "role", form.reopen.by, known.roles)
        for leaf, roles in form.reopen.by_exit.items():
            yield from one(("reopen", "by_exit", leaf), "exit", leaf, exits)
            yield from listed(("reopen", "by_exit", leaf), "role", roles, known.roles)
    if form.merge:
        yield from listed(("merge", "by"), "role", form.merge.by, known.roles)


def exits_of(form: PathwayForm) -> list[str]:
    """The leaves that end a case."""
    return [leaf for region in form.regions.values() for leaf in region.closed]


def of_exit(name: str, left: ExitForm, form: PathwayForm, known: Known) -> Iterator[Mention]:
    """What an exit names."""
    path = ("exits", name)
    yield from one(path, "exit", name, exits_of(form))
    yield from listed((*path, "hand_over"), "fact", left.hand_over, known.facts)
    for what, heir in left.heirs.items():
        yield from one((*path, "heirs", what), "reminder", what, {RESULTS, REMINDERS, *known.reminders})
        yield from one((*path, "heirs", what), "role", heir, known.roles | {RECEIVER})


def of_requests(form: PathwayForm, known: Known) -> Iterator[Mention]:
    """What requests and stops name."""
    for index, asked in enumerate(form.requests):
        path = ("requests", index)
        yield from one((*path, "drug"), "drug", asked.drug, known.drugs)
        yield from listed((*path, "acts"), "act", asked.acts, ACTS)
        yield from listed((*path, "by"), "role", asked.by, known.roles)
        yield from listed((*path, "tells"), "role", asked.tells, known.roles)
        if asked.override:
            yield from listed((*path, "override", "by"), "role", asked.override.by, known.roles)
            yield from one((*path, "override", "review_after"), "span", asked.override.review_after, known.spans)
    for index, stop in enumerate(form.stops):
        yield from one(("stops", index, "drug"), "drug", stop.drug, known.drugs)
        yield from listed(("stops", index, "by"), "role", stop.by, known.roles)


def of_reminder(
    path: Path, reminder: ReminderForm, form: PathwayForm, known: Known, names: Mapping[str, Kind]
) -> Iterator[Mention]:
    """What a reminder names outside its guards."""
    if form.lines:
        yield from one((*path, "line"), "line", reminder.line, form.lines)
    yield from one((*path, "repeat"), "span", reminder.repeat, known.spans)
    yield from listed((*path, "not_after"), "exit", reminder.not_after, exits_of(form))
    yield from of_ladder((*path, "ladder"), reminder.ladder, known)
    for index, level in enumerate(reminder.levels):
        yield from one((*path, "levels", index, "repeat"), "span", level.repeat, known.spans)
        yield from of_ladder((*path, "levels", index, "ladder"), level.ladder, known)
    for index, each in enumerate(reminder.acknowledge):
        yield from listed((*path, "acknowledge", index, "by"), "role", each.by, known.roles)
    for word, answer in reminder.answers.items():
        yield from listed((*path, "answers", word, "by"), "role", answer.by, known.roles)
        yield from one((*path, "answers", word, "review"), "span", answer.review, known.spans)
        exposures = [name for name, fact in form.facts.items() if fact.exposure]
        yield from one((*path, "answers", word, "overrides"), "exposure", answer.overrides, exposures)
    for key, given in (("snooze", reminder.snooze), ("not_possible", reminder.not_possible)):
        yield from one((*path, key, "of"), "span", given.of if given else None, known.spans)
        rounds = [name for name, kind in names.items() if kind.type == "rounds"]
        yield from one((*path, key, "not_past"), "rounds", given.not_past if given else None, rounds)
    yield from one((*path, "misfire_within"), "span", reminder.misfire_within, known.spans)
    if reminder.for_each:
        yield from of_each((*path, "for_each"), reminder.for_each, known, names)
    own = {name for row in it_names(reminder.for_each, dict(names)) for name in row} | set(own_names(reminder))
    said = {**names, **dict.fromkeys(own)}
    yield from listed((*path, "opens_when_unknown"), "fact", reminder.opens_when_unknown, said)
    for index, wording in enumerate(reminder.wordings):
        place = (*path, "wordings", index, "text")
        yield from (Mention(place, "fact", name, said) for name in PLACEHOLDER.findall(wording.text))


def of_each(path: Path, each: EachForm, known: Known, names: Mapping[str, Kind]) -> Iterator[Mention]:
    """What a reminder exists once for."""
    yield from one((*path, "within"), "span", each.within, known.spans)
    yield from one((*path, "usual"), "span", each.usual, known.spans)
    yield from listed((*path, "sample"), "analyte", each.sample, ANALYTES)
    for index, row in enumerate(each.report):
        place = (*path, "report", index)
        yield from one((*place, "test"), "report", row.test, frozenset(WorkUpTest))
        yield from listed((*place, "methods"), "method", row.methods, frozenset(Method))
        yield from one((*place, "within"), "span", row.within, known.spans)
    for index, names_of_row in enumerate(each.fact):
        for key, name in names_of_row.items():
            what, there = ("fact", known.facts) if key == "it" else ("name", frozenset(names))
            yield from one((*path, "fact", index, key), what, name, there)
    for index, episode in enumerate(each.episode):
        place = (*path, "episode", index)
        yield from one((*place, "fact"), "fact", episode.fact, known.facts)
        yield from listed((*place, "products"), "product", episode.products, known.products)
        yield from one((*place, "from"), "span", episode.from_, known.spans)
        yield from one((*place, "to"), "span", episode.to, known.spans)


def of_ladder(path: Path, ladder: tuple[RungForm, ...], known: Known) -> Iterator[Mention]:
    """The roles and channels of a ladder."""
    for index, rung in enumerate(ladder):
        for at, to in enumerate(rung.to):
            place = (*path, index, "to", at)
            yield from one(place, "role", target(to).role, known.roles)
            yield from one(place, "channel", target(to).channel, CHANNELS)


def entitled(form: PathwayForm) -> frozenset[str]:
    """Everything that a title may be given to."""
    leaves = [leaf for region in form.regions.values() for leaf in region.phases]
    rows = [row.name for choice in form.choices.values() for row in choice.rows]
    rules = [each.name for part in (form.transitions, form.proposals, form.reminders) for each in part]
    named = (form.settings, form.facts, form.conditions, form.latches, form.choices, form.regions)
    return frozenset(
        [*leaves, *(parent for leaf in leaves for parent in parents(leaf)), *rows, *rules]
        + [each.id for each in form.reminders]
        + [row.name for each in form.reminders if each.for_each for row in each.for_each.report]
        + [name for part in named for name in part]
    )


def parents(leaf: str) -> Iterator[str]:
    """The phases that a leaf is inside of, the nearest first."""
    while "." in leaf:
        leaf = leaf.rpartition(".")[0]
        yield leaf


def one(path: Path, what: str, name: str | None, known: Collection[str]) -> Iterator[Mention]:
    """A name, where one is given."""
    if name is not None:
        yield Mention(path, what, name, known)


def listed(path: Path, what: str, names: Iterable[str], known: Collection[str]) -> Iterator[Mention]:
    """The names of a list."""
    for index, name in enumerate(names):
        yield Mention((*path, index), what, name, known)
