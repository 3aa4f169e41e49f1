"""Every guard and instant that is written in a pathway file, with its place and the names it may use."""

from collections.abc import Iterator

from pathway.definition.form import PathwayForm, ReminderForm
from pathway.definition.guard import Kind, Schema
from pathway.definition.names import it_names, own_names

Path = tuple[str | int, ...]


def guards(form: PathwayForm, names: dict[str, Kind]) -> Iterator[tuple[Path, str, str, Schema]]:
    """Every guard and instant of a form with its path, its sort (`rule`, `moment`) and the names it may use."""
    plain = Schema(names=names)
    for name, text in form.conditions.items():
        yield ("conditions", name), "rule", text, plain
    for name, latch in form.latches.items():
        yield ("latches", name, "when"), "rule", latch.when, plain
        if latch.release_when:
            yield ("latches", name, "release_when"), "rule", latch.release_when, plain
    for name, choice in form.choices.items():
        texts = [row.when for row in choice.rows if row.when] + ([choice.loosens.when] if choice.loosens else [])
        for text in texts:
            yield ("choices", name), "rule", text, plain
    for part, index, text in acts(form):
        yield (part, index), "rule", text, plain
    for index, never in enumerate(form.never):
        yield ("never", index), "rule", never.when, plain
        yield ("never", index), "moment", never.no_later_than, plain
    for index, reminder in enumerate(form.reminders):
        for it in it_names(reminder.for_each, names):
            schema = Schema(names=names | own_names(reminder) | it)
            for where, text in reminder_guards(reminder):
                yield ("reminders", index), where, text, schema


def acts(form: PathwayForm) -> Iterator[tuple[str, int, str]]:
    """The guards of transitions, requests and proposals: part, index, text."""
    for index, move in enumerate(form.transitions):
        yield from (("transitions", index, text) for text in (move.when, *(each.when for each in move.reasons)) if text)
    for index, asked in enumerate(form.requests):
        texts = (asked.refuse_when, asked.allow_only_when, *(door.when for door in asked.doors))
        yield from (("requests", index, text) for text in texts if text)
    yield from (("proposals", index, each.when) for index, each in enumerate(form.proposals))


def reminder_guards(reminder: ReminderForm) -> Iterator[tuple[str, str]]:
    """The guards and instants of one reminder."""
    yield "rule", reminder.when
    yield "rule", reminder.done_when
    moments = [
        reminder.due,
        reminder.anchor,
        reminder.trigger,
        reminder.not_before,
        reminder.deadline,
        reminder.expires,
    ]
    moments += [level.due for level in reminder.levels] + [each.until for each in reminder.acknowledge]
    ladders = [reminder.ladder, *(level.ladder for level in reminder.levels)]
    moments += [rung.at for ladder in ladders for rung in ladder]
    rules: list[str | None] = [each.when for each in reminder.levels] + [each.when for each in reminder.wordings]
    rules += [text for ladder in ladders for rung in ladder for text in (rung.when, rung.quiet_when)]
    rules += [each.not_when for each in (reminder.snooze, reminder.not_possible) if each]
    yield from (("moment", text) for text in moments if text)
    yield from (("rule", text) for text in rules if text)
