"""Every guard and instant that is written in a pathway file, with its place and the names it may use."""

from collections.abc import Iterator

import msgspec

from pathway.definition.form import PathwayForm, ReminderForm, RungForm
from pathway.definition.guard import Kind, Schema
from pathway.definition.names import aliases_of, it_names, own_names, since
from pathway.definition.place import Path


class Written(msgspec.Struct, frozen=True):
    """A guard (`rule`) or an instant (`moment`) at its place, with the names it may use.

    `about`: the names that `it` and what hangs on it stand for.
    """

    path: Path
    sort: str
    text: str
    schema: Schema
    about: tuple[str, ...] = ()


def guards(form: PathwayForm, names: dict[str, Kind]) -> Iterator[Written]:
    """Every guard and instant of a form. Those of a reminder about several facts come once for each."""
    plain = Schema(names=names)
    for name, fact in form.facts.items():
        if fact.elapsed:
            yield Written(("facts", name, "elapsed"), "moment", since(form, fact.elapsed), plain)
    yield from (Written(path, "rule", text, plain) for path, text in shared(form))
    yield from (Written(path, "rule", text, plain) for path, text in acts(form))
    for index, never in enumerate(form.never):
        yield Written(("never", index, "when"), "rule", never.when, plain)
        yield Written(("never", index, "no_later_than"), "moment", never.no_later_than, plain)
    for index, reminder in enumerate(form.reminders):
        for it, aliases in zip(it_names(reminder.for_each, names), aliases_of(reminder.for_each), strict=True):
            schema = Schema(names=names | own_names(reminder) | it)
            for path, sort, text in in_reminder(reminder):
                yield Written(("reminders", index, *path), sort, text, schema, tuple(aliases.values()))


def shared(form: PathwayForm) -> Iterator[tuple[Path, str]]:
    """The guards of conditions, latches and choices."""
    yield from ((("conditions", name), text) for name, text in form.conditions.items())
    for name, latch in form.latches.items():
        yield ("latches", name, "when"), latch.when
        if latch.release_when:
            yield ("latches", name, "release_when"), latch.release_when
    for name, choice in form.choices.items():
        rows = enumerate(choice.rows)
        yield from ((("choices", name, "rows", index, "when"), row.when) for index, row in rows if row.when)
        if choice.loosens:
            yield ("choices", name, "loosens", "when"), choice.loosens.when


def acts(form: PathwayForm) -> Iterator[tuple[Path, str]]:
    """The guards of transitions, requests and proposals."""
    for index, move in enumerate(form.transitions):
        path: Path = ("transitions", index)
        if move.when:
            yield (*path, "when"), move.when
        yield from (((*path, "reasons", at, "when"), each.when) for at, each in enumerate(move.reasons))
        only = move.course.only if move.course else ()
        yield from (((*path, "course", "only", at, "when"), each.when) for at, each in enumerate(only))
    for index, asked in enumerate(form.requests):
        path = ("requests", index)
        if asked.refuse_when:
            yield (*path, "refuse_when"), asked.refuse_when
        if asked.allow_only_when:
            yield (*path, "allow_only_when"), asked.allow_only_when
        yield from (((*path, "doors", at, "when"), door.when) for at, door in enumerate(asked.doors))
    yield from ((("proposals", index, "when"), each.when) for index, each in enumerate(form.proposals))
    if form.screen:
        yield ("screen", "when"), form.screen.when
    if form.at_home:
        yield ("at_home", "when"), form.at_home.when


def reminder_guards(reminder: ReminderForm) -> Iterator[tuple[str, str]]:
    """The guards and instants of one reminder: sort and text."""
    yield from ((sort, text) for _, sort, text in in_reminder(reminder))


def in_reminder(reminder: ReminderForm) -> Iterator[tuple[Path, str, str]]:
    """The guards and instants of one reminder: path within it, sort, text."""
    yield ("when",), "rule", reminder.when
    yield ("done_when",), "rule", reminder.done_when
    for key in ("due", "anchor", "trigger", "not_before", "deadline", "expires"):
        if text := getattr(reminder, key):
            yield (key,), "moment", text
    yield from in_ladder(("ladder",), reminder.ladder)
    for index, level in enumerate(reminder.levels):
        path: Path = ("levels", index)
        if level.when:
            yield (*path, "when"), "rule", level.when
        if level.due:
            yield (*path, "due"), "moment", level.due
        yield from in_ladder((*path, "ladder"), level.ladder)
    for index, wording in enumerate(reminder.wordings):
        if wording.when:
            yield ("wordings", index, "when"), "rule", wording.when
    for index, each in enumerate(reminder.acknowledge):
        yield ("acknowledge", index, "until"), "moment", each.until
    for key, given in (("snooze", reminder.snooze), ("not_possible", reminder.not_possible)):
        if given and given.not_when:
            yield (key, "not_when"), "rule", given.not_when


def in_ladder(path: Path, ladder: tuple[RungForm, ...]) -> Iterator[tuple[Path, str, str]]:
    """The guards and instants of a ladder."""
    for index, rung in enumerate(ladder):
        yield (*path, index, "at"), "moment", rung.at
        for key, text in (("when", rung.when), ("quiet_when", rung.quiet_when)):
            if text:
                yield (*path, index, key), "rule", text
