"""References: what is named is there, and what every rule must say is said."""

from collections.abc import Iterator, Mapping

from pathway.clinical.computed import Computed
from pathway.definition.checker.faults import Faults
from pathway.definition.checker.settings import quantity
from pathway.definition.demands import unmet
from pathway.definition.form import CourseForm, PathwayForm, ReminderForm
from pathway.definition.guard import Kind
from pathway.definition.mentions import mentions
from pathway.definition.pathway import target
from pathway.definition.place import Path

#: Where names are given that a list has inside its entries.
NAMED_IN = {"reminder": "reminders", "move": "transitions"}


def references(form: PathwayForm, names: Mapping[str, Kind], computed: Mapping[str, Computed], faults: Faults) -> None:
    """Names that are nowhere, rules without source, reminders without due time or ladder, roles that are never told."""
    for index, reminder in enumerate(form.reminders):
        about(reminder, ("reminders", index), faults)
    for each in mentions(form, names, computed):
        # Without any role or phase the file is told so once, and not wherever one is named.
        lost = (each.what == "role" and not form.roles) or (each.what == "phase" and not each.known)
        lost |= each.what in NAMED_IN and faults.any_misshapen(NAMED_IN[each.what])
        if each.name not in each.known and not lost and not faults.doubts([each.name]):
            faults.unknown(each.path, each.what, each.name, each.known)
    for path, source in sourced(form):
        if not source or not all(each.strip() for each in source):
            faults.add(
                "source", (*path, "source"), "a rule without a source", "at least one source", "say where it is from"
            )
    demands(form, names, faults)
    for index, move in enumerate(form.transitions):
        if not move.region and form.regions:
            happened, mend = f"move {move.name} does not say its region", f"one of {', '.join(form.regions)}"
            faults.add("region", ("transitions", index), happened, "a region, as there are several", f"name {mend}")
        if move.course:
            doses(move.course, ("transitions", index, "course"), faults)
    for index, reminder in enumerate(form.reminders):
        complete(reminder, ("reminders", index), faults)
    told = {target(to).role for reminder in form.reminders for to in everyone(reminder)}
    told.update(form.failures.tells, *(each.tells for each in form.never), *(each.tells for each in form.requests))
    # The role under which the engine itself keeps a screened case is nobody's to ring.
    told.update({form.screen.role} if form.screen else ())
    for index, role in enumerate(form.roles):
        if role not in told:
            happened, mend = f"role {role} stands in no ladder", "tell them something, or know that nobody does"
            faults.add("untold", ("roles", index), happened, "a reminder that tells them", mend, severity="warning")


def demands(form: PathwayForm, names: Mapping[str, Kind], faults: Faults) -> None:
    """The settings that the engine itself asks for are there, each of its kind."""
    for name, kind, meaning in unmet(form, names):
        if not faults.doubts([name]):
            here = name in names
            happened = f"the engine's own setting {name} is not a {kind} here" if here else f"{name} is missing"
            path: Path = ("settings", name) if here else ("settings",)
            faults.add("engine_setting", path, happened, f"a {kind}: {meaning}", "write it in [settings]")


def sourced(form: PathwayForm) -> Iterator[tuple[Path, tuple[str, ...]]]:
    """Everything that must say where it comes from."""
    yield ("enrol",), form.enrol.source
    yield ("reviews",), form.reviews.source
    yield ("failures",), form.failures.source
    yield from (((name,), each.source) for name, each in (("reopen", form.reopen), ("merge", form.merge)) if each)
    yield from (((name,), each.source) for name, each in (("amend", form.amend), ("screen", form.screen)) if each)
    yield from ((("settings", name), each.source) for name, each in form.settings.items())
    yield from ((("latches", name), each.source) for name, each in form.latches.items())
    yield from ((("choices", name), each.source) for name, each in form.choices.items())
    yield from ((("exits", name), each.source) for name, each in form.exits.items())
    yield from ((("transitions", index), each.source) for index, each in enumerate(form.transitions))
    yield from ((("requests", index), each.source) for index, each in enumerate(form.requests))
    yield from ((("stops", index), each.source) for index, each in enumerate(form.stops))
    yield from ((("proposals", index), each.source) for index, each in enumerate(form.proposals))
    yield from ((("reminders", index), each.source) for index, each in enumerate(form.reminders))
    yield from ((("never", index), each.source) for index, each in enumerate(form.never))
    if form.verbal_orders:
        yield ("verbal_orders",), form.verbal_orders.source
    if form.hand_over:
        yield ("hand_over",), form.hand_over.source
    yield from (((name,), each.source) for name, each in (("rules", form.rules), ("budget", form.budget)) if each)
    yield from ((("panels", name), each.source) for name, each in form.panels.items())
    whereabouts = (("arrivals", form.arrivals), ("at_home", form.at_home))
    yield from (((name,), each.source) for name, each in whereabouts if each)


def doses(course: CourseForm, path: Path, faults: Faults) -> None:
    """Every drug of a course has a range of doses in one unit, the lower one first."""
    for drug in dict.fromkeys((*course.needs, *course.one_of)):
        if drug not in course.doses:
            faults.add(
                "dose", path, f"drug {drug} has no range of doses", "the lowest and the highest", "add it to doses"
            )
    ranges: list[tuple[Path, str, tuple[str, str]]] = [
        ((*path, "doses", drug), drug, texts) for drug, texts in course.doses.items()
    ]
    ranges += [((*path, "only", at, "dose"), each.drug, each.dose) for at, each in enumerate(course.only)]
    for place, drug, texts in ranges:
        low, high = (quantity(text) for text in texts)
        if low is None or high is None or low[1] != high[1] or low[0] > high[0]:
            happened, mend = (
                f"the doses of {drug} are {texts[0]} to {texts[1]}",
                "write for instance 5 mg/kg and 10 mg/kg",
            )
            faults.add("dose", place, happened, "two amounts in one unit, the lower one first", mend)


def complete(reminder: ReminderForm, path: Path, faults: Faults) -> None:
    """A reminder has a due time at every level, somebody to tell, and something to be about."""
    levels = reminder.levels
    if not (reminder.due or (levels and all(level.due for level in levels))):
        happened = f"reminder {reminder.id} has no due time"
        faults.add("due", path, happened, "due, or one at every level", "write due")
    if reminder.expires and reminder.trigger is None and reminder.anchor == "opened":
        happened = f"reminder {reminder.id} expires and would open again at once"
        mend = "write anchor: it comes again for a newer one"
        faults.add("expires", (*path, "expires"), happened, "an anchor of its own, or a trigger", mend)
    if (reminder.misfire == "expire with a record") != (reminder.misfire_within is not None):
        happened, expected = f"reminder {reminder.id} does not say when a misfire expires", "misfire_within beside it"
        if reminder.misfire_within is not None:
            happened, expected = f"misfires of reminder {reminder.id} never expire", 'misfire = "expire with a record"'
        faults.add("misfire", path, happened, expected, "write both, or neither")
    if not all([level.ladder or reminder.ladder for level in levels] or [reminder.ladder]):
        mend = "write whom it tells, and when"
        faults.add("ladder", path, f"reminder {reminder.id} tells nobody", "a ladder", mend)


def about(reminder: ReminderForm, path: Path, faults: Faults) -> None:
    """A reminder is about one kind of thing; of one that is not, nothing else can be judged."""
    each = reminder.for_each
    if each is not None:
        kinds = [bool(each.fact), bool(each.episode), bool(each.sample), bool(each.report)]
        kinds += [each.review, each.override, each.verbal]
        if sum(kinds) != 1 or any("it" not in row for row in each.fact):
            expected = "one of fact, episode, sample, report, review, override, verbal; every fact under `it`"
            mend = "mend for_each"
            happened = f"reminder {reminder.id} is about nothing certain"
            faults.add("for_each", (*path, "for_each"), happened, expected, mend)
            faults.misshapen.add(path)
    if reminder.together and not (each and each.fact):
        happened, mend = f"reminder {reminder.id} is together with nothing", "leave out `together`"
        faults.add("for_each", (*path, "together"), happened, "several facts in for_each", mend)


def everyone(reminder: ReminderForm) -> Iterator[str]:
    """Everyone in the ladders of a reminder."""
    for ladder in (reminder.ladder, *(level.ladder for level in reminder.levels)):
        yield from (to for rung in ladder for to in rung.to)
