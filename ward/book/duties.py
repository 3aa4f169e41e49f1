"""What is owed: reminders with their ladders, and what must never hold."""

import re

from pathway.definition.form import EachForm, LevelForm, ReminderForm, RungForm
from pathway.definition.pathway import Pathway, target
from pathway.definition.say import called, line, quantity, rule, spaced, time, titled
from ward.book.chapter import Chapter, Item, rows

PAUSES = {"ladder": "the ladder", "own": "their own step and those below"}
CHANNELS = {"page": "by page", "second": "by a second channel", "inbox": "in the inbox"}


def duties(pathway: Pathway) -> tuple[Chapter, ...]:
    """Reminders, invariants and reviews."""
    form = pathway.form
    owed = Chapter(
        "reminders",
        "Reminders",
        "An obligation that the state of the patient creates and only the state of the patient discharges. "
        "Acknowledged is not done. It opens on a certain yes; open, it stays open while nobody can say.",
        tuple(reminder(pathway, each) for each in form.reminders),
    )
    broken = Chapter(
        "never",
        "What must never hold",
        "When one of these lasts to its limit it is an event and rings the roles named.",
        tuple(
            Item(
                each.id,
                f"{each.id} {spaced(each.name)}",
                rows(
                    ("In words", each.text),
                    ("Must not hold", rule(pathway, each.when)),
                    ("Not beyond", time(pathway, each.no_later_than)),
                    ("Told", ", ".join(map(spaced, each.tells))),
                ),
                each.source,
            )
            for each in form.never
        ),
    )
    return owed, broken


def reminder(pathway: Pathway, form: ReminderForm) -> Item:
    """One reminder in words, its whole life."""
    ladders = [("Ladder", steps(pathway, form.ladder, form.repeat))] if form.ladder else []
    ladders += [(f"Level {pathway.title(level.name)}", grade(pathway, level)) for level in form.levels]
    texts = tuple(
        filled(pathway, each.text) + (f" (when {line(rule(pathway, each.when))})" if each.when else "")
        for each in form.wordings
    )
    answers = tuple(
        f"{spaced(name)}: {', '.join(map(spaced, each.by))}"
        + (", with a second person" if each.second else "")
        + (f", review within {quantity(pathway.form.settings[each.review].value or '')}" if each.review else "")
        for name, each in form.answers.items()
    )
    pauses = tuple(
        f"{', '.join(map(spaced, each.by))}: pauses {PAUSES[each.pauses]} until {time(pathway, each.until)}"
        for each in form.acknowledge
    )
    return Item(
        form.id,
        f"{form.id} {form.title}",
        rows(
            ("Class", "critical" if form.critical else None),
            ("Says", texts),
            ("Once for each", each_of(pathway, form.for_each)),
            ("Opens when", rule(pathway, form.when)),
            ("Opens also when nobody can say", ", ".join(titled(pathway, each) for each in form.opens_when_unknown)),
            ("Other gaps", tuple(f"{spaced(name)}: {said}" for name, said in form.gaps.items())),
            ("Possible from", time(pathway, form.not_before) if form.not_before else None),
            ("Due", time(pathway, form.due) if form.due else None),
            ("At the latest", time(pathway, form.deadline) if form.deadline else None),
            *ladders,
            ("Taking note", pauses),
            ("Answers", answers),
            ("Done when", rule(pathway, form.done_when)),
            ("Ends by itself", time(pathway, form.expires) if form.expires else None),
            ("May be put off", put_off(pathway, form)),
            ("When nobody could ring in time", misfire(pathway, form)),
            ("After an exit", after_exit(pathway, form)),
        ),
        form.source,
    )


def misfire(pathway: Pathway, form: ReminderForm) -> str:
    """What becomes of rungs that are written late."""
    late = {
        "fire now": "everybody who was to be told is told once, at once, marked late",
        "fire latest once": "the latest rung rings once, marked late",
        "expire with a record": "nobody is told; what was missed is kept on record",
    }[form.misfire]
    within = form.misfire_within
    return f"{late}, within {quantity(pathway.form.settings[within].value or '')}" if within else late


def after_exit(pathway: Pathway, form: ReminderForm) -> str | None:
    """Whether a reminder lives on a case that has left."""
    if not form.after_exit:
        return None
    but = f", but not after {', '.join(map(pathway.title, form.not_after))}" if form.not_after else ""
    return f"rings on a case that has left the pathway{but}"


def each_of(pathway: Pathway, form: EachForm | None) -> tuple[str, ...]:
    """For what a reminder exists once each."""
    if form is None:
        return ()
    facts = [titled(pathway, row["it"]) for row in form.fact]
    episodes = [f"{', '.join(map(spaced, row.products))}, then {titled(pathway, row.fact)}" for row in form.episode]
    samples = [f"sample for {', '.join(titled(pathway, each) for each in form.sample)}"] if form.sample else []
    asked = [
        f"{spaced(each.name)}: {spaced(each.test)} by {', '.join(map(spaced, each.methods))}" for each in form.report
    ]
    kinds = ((form.review, "open review"), (form.override, "signed override"), (form.verbal, "order by voice"))
    return tuple(facts + episodes + samples + asked + [words for given, words in kinds if given])


def grade(pathway: Pathway, level: LevelForm) -> tuple[str, ...]:
    """A level of urgency: when it holds, when it is due, its ladder."""
    head = [f"when {line(rule(pathway, level.when))}" if level.when else "otherwise"]
    if level.critical is not None:
        head.append("critical" if level.critical else "not critical")
    if level.due:
        head.append(f"due {time(pathway, level.due)}")
    return ("; ".join(head), *steps(pathway, level.ladder, level.repeat))


def steps(pathway: Pathway, ladder: tuple[RungForm, ...], repeat: str | None) -> tuple[str, ...]:
    """The rungs of a ladder, then its repetition."""
    said = []
    for number, rung in enumerate(ladder, 1):
        told = ", ".join(f"{spaced(target(to).role)} {CHANNELS[target(to).channel]}" for to in rung.to)
        only = f", if {line(rule(pathway, rung.when))}" if rung.when else ""
        quiet = f", not in the quiet hours if {line(rule(pathway, rung.quiet_when))}" if rung.quiet_when else ""
        said.append(f"{number}. {time(pathway, rung.at)}: {told}{only}{quiet}")
    if repeat:
        said.append(f"then everybody, every {quantity(pathway.form.settings[repeat].value or '')}")
    return tuple(said)


def put_off(pathway: Pathway, form: ReminderForm) -> tuple[str, ...]:
    """Snoozing and not possible."""
    said = []
    for name, rule_ in (("snoozed", form.snooze), ("not possible now", form.not_possible)):
        if rule_ is not None:
            of = called(pathway, rule_.of)
            share = f"by {of}" if rule_.share == 1 else f"by 1/{rule_.share} of {of}"
            not_when = f", not when {line(rule(pathway, rule_.not_when))}" if rule_.not_when else ""
            past = f", not past {', '.join(pathway.form.settings[rule_.not_past].rounds)}" if rule_.not_past else ""
            said.append(f"{name}, {'once, ' if rule_.once else ''}{share}{not_when}{past}")
    return tuple(said)


def filled(pathway: Pathway, text: str) -> str:
    """A wording with what its braces show named in square brackets."""
    return BRACES.sub(lambda found: f"[{called(pathway, found[1])}]", text)


BRACES = re.compile(r"\{([\w.]+)\}", re.ASCII)
