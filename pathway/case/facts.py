"""What is known of a case at one moment: every name of the pathway's namespace as a `Reading`."""

from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from msgspec.structs import replace

from pathway.case.bound import given
from pathway.case.exposure import exposure_readings
from pathway.case.made import MISSING, count, course_readings, difference, in_range, moment, product_readings
from pathway.case.signatures import overridden
from pathway.case.state import DEATH, Case, Finding, Result
from pathway.clinical.instant import Instant, show_span
from pathway.clinical.quantity import show
from pathway.clinical.reading import NEVER_RECORDED, Elapsed, Reading, Value
from pathway.definition.form import ChoiceForm, FactForm
from pathway.definition.guard import (
    Facts,
    Guard,
    Wake,
    decisive_names,
    names_read,
    undecided_names,
)
from pathway.definition.names import OWN, since
from pathway.definition.pathway import Pathway


class View:
    """The facts of a case as known to the system, at `now`. Remembers what it read; lives for one moment.

    A computed fact that raises is cannot-say and is listed in `failures` by name and error class.
    """

    __slots__ = ("case", "failures", "memo", "now", "pathway")

    def __init__(self, pathway: Pathway, case: Case, now: Instant, memo: dict[str, Reading] | None = None) -> None:
        self.pathway, self.case, self.now = pathway, case, now
        self.memo: dict[str, Reading] = {} if memo is None else memo
        self.failures: dict[str, str] = {}

    def zone(self) -> ZoneInfo:
        """The site's zone."""
        return zone_of(self.case.zone)

    def read(self, name: str) -> Reading:
        """The reading of a name of the pathway's namespace."""
        found = self.memo.get(name) or self.pathway.settings.get(name)
        if found is None:
            self.derive(name)
            found = self.memo.get(name, MISSING)
        return found

    def go_to(self, now: Instant) -> None:
        """Look from another instant: what time alone has changed by then is forgotten."""
        self.now = now
        for name in [name for name, each in self.memo.items() if each.until is not None and each.until <= now]:
            del self.memo[name]

    def ask(self, text: str) -> tuple[int, int | None]:
        """The answer (0, 1, 2) of a guard of the pathway, and the next instant that may change it."""
        wake = Wake()
        return self.pathway.rules[text].ask(self, self.now, wake), wake.at

    def grounds(self, tree: Guard, facts: Facts) -> tuple[int, ...]:
        """The positions of the events that a guard's answer rests on, those behind its conditions included."""
        read, found = decisive_names(tree, facts, self.now), set[int]()
        aliases = facts.aliases if isinstance(facts, Bound) else {}
        for each in read:
            found.update(facts.read(each).events)
            name = aliases.get(each, each)
            latch = None if name in self.case.latches else self.pathway.form.latches.get(name)
            text = self.pathway.form.conditions.get(name) if latch is None else latch.when
            if text is not None:
                found.update(self.grounds(self.pathway.rules[text].tree, self))
        return tuple(sorted(found))

    def gaps(self, tree: Guard, facts: Facts) -> frozenset[str]:
        """The names that keep a guard from being decided, those behind its conditions and computed facts included."""
        found: set[str] = set()
        waiting = list(undecided_names(tree, facts, self.now))
        while waiting:
            name = waiting.pop()
            if name not in found:
                found.add(name)
                waiting += self.below(name)
        return frozenset(found - self.pathway.settings.keys())

    def below(self, name: str) -> Iterable[str]:
        """The names that keep a condition, an unset latch or a made fact from being decided."""
        form = self.pathway.form
        latch = None if name in self.case.latches else form.latches.get(name)
        text = form.conditions.get(name) if latch is None else latch.when
        if text is not None:
            return undecided_names(self.pathway.rules[text].tree, self, self.now)
        fact = form.facts.get(name.partition(".")[0])
        return () if fact is None else (*fact.from_.values(), *(fact.difference or ()))

    def derive(self, name: str) -> None:
        """Put a name, and whatever is known along with it, into the memory."""
        stem = name.partition(".")[0]
        form, case = self.pathway.form, self.case
        if stem in form.facts:
            self.fact(stem, form.facts[stem])
        elif stem in form.conditions:
            self.memo[stem] = self.condition(form.conditions[stem], self.pathway.title(stem))
        elif stem in form.latches:
            self.latch(stem)
        elif stem in form.choices:
            self.choice(stem, form.choices[stem])
        elif stem in form.regions and stem in case.regions:
            place = case.regions[stem]
            self.memo[stem] = Reading(
                known=True,
                value=place.leaf,
                at=place.entered_at,
                events=(place.position,),
                shown=self.pathway.title(place.leaf),
            )
            self.memo[f"{stem}.entered"] = moment(place.entered_at)
            self.memo[f"{stem}.entry"] = count(place.entry, (place.position,))
        elif stem in form.regions:
            self.memo[stem] = Reading(known=True, value=form.regions[stem].initial)
        elif stem == "enrolled":
            self.memo[stem] = moment(case.enrolled_at)
        elif stem == "presented":
            self.memo[stem] = moment(case.presented_at)

    # --- facts -------------------------------------------------------------------------------------------------------

    def fact(self, name: str, form: FactForm) -> None:
        """One fact with all that hangs on it."""
        if form.lab is not None:
            self.lab(name, form, form.lab)
        elif form.computed is not None:
            self.keep(name, self.computed(name, form))
        elif form.exposure is not None:
            ticks = next((stop.ticks for stop in self.pathway.form.stops if stop.drug == form.exposure), ())
            acts = self.case.therapy.get(form.exposure, ())
            for suffix, reading in exposure_readings(form, acts, ticks, self.now).items():
                self.memo[name + suffix] = reading
            self.memo[f"{name}.overridden"] = overridden(self.pathway, self.case, name, self.now)
        elif form.products:
            begun = [each for each in self.case.products if each.product in form.products]
            self.memo |= {name + suffix: each for suffix, each in product_readings(form, begun, self.now).items()}
        elif form.course:
            self.memo |= {name + suffix: each for suffix, each in course_readings(self.case.courses).items()}
        elif form.elapsed is not None:
            self.memo[name] = self.elapsed(form.elapsed)
        elif form.difference is not None:
            self.keep(name, difference(form, *map(self.read, form.difference)))
        else:
            self.keep(name, self.said(name, form))

    def keep(self, name: str, reading: Reading) -> None:
        """A reading with its instants."""
        self.memo[name] = reading
        self.memo[f"{name}.at"] = moment(reading.at, reading.events, reading.until)
        self.memo[f"{name}.recorded"] = moment(reading.recorded, reading.events, reading.until)

    def lab(self, name: str, form: FactForm, analyte: str) -> None:
        """The newest usable value, unless it is too old or a unit question is open on a newer one."""
        newest: Result | None = None
        unusable: Result | None = None
        question: Result | None = None
        for each in reversed(self.case.labs.get(analyte, ())):
            if each.body.question:
                question = question or each
            elif each.body.usable:
                newest = each
                break
            elif unusable is None:
                unusable = each
        self.keep(name, self.lab_reading(form, newest, question))
        if unusable and newest and drawn(unusable) <= newest.body.collected_at:
            unusable = None
        self.memo[f"{name}.unusable"] = moment(unusable.first_recorded) if unusable else MISSING
        self.memo[f"{name}.unusable_collected"] = moment(drawn(unusable)) if unusable else MISSING
        self.memo[f"{name}.questioned"] = moment(question.first_recorded) if question else MISSING
        sure = newest if newest is None or not newest.body.collected_approx else self.sure(analyte)
        self.memo[f"{name}.collected"] = moment(newest.body.collected_at, (newest.position,)) if newest else MISSING
        self.memo[f"{name}.collected_sure"] = moment(sure.body.collected_at, (sure.position,)) if sure else MISSING
        self.memo[f"{name}.recorded"] = moment(newest.first_recorded, (newest.position,)) if newest else MISSING

    def sure(self, analyte: str) -> Result | None:
        """The newest usable value whose collection time was stated and not assumed."""
        usable = (
            each for each in reversed(self.case.labs.get(analyte, ())) if each.body.usable and not each.body.question
        )
        return next((each for each in usable if not each.body.collected_approx), None)

    def lab_reading(self, form: FactForm, newest: Result | None, question: Result | None) -> Reading:
        """The newest value as a reading."""
        if question is not None:
            events = (question.position,)
            return Reading(known=False, why=f"unit in question: {question.body.question}", events=events)
        if newest is None or newest.interval is None:
            return NEVER_RECORDED
        body, valid = newest.body, self.pathway.span(form.valid_for or "")
        until = Instant(body.collected_at + valid)
        if self.now >= until:
            why = f"older than {show_span(valid)}"
            return Reading(
                known=False, why=why, at=body.collected_at, recorded=newest.recorded_at, events=(newest.position,)
            )
        return Reading(
            known=True,
            value=newest.interval,
            at=body.collected_at,
            recorded=newest.first_recorded,
            until=until,
            events=(newest.position,),
            shown=f"{form.title} {show(newest.interval, form.unit)}",
        )

    def not_too_old(self, reading: Reading, form: FactForm) -> Reading:
        """A reading for as long as the file says that it holds; older than that nobody can say."""
        if form.valid_for is None or not reading.known or reading.at is None:
            return reading
        valid = self.pathway.span(form.valid_for)
        ends = Instant(reading.at + valid)
        if self.now < ends:
            return replace(reading, until=ends if reading.until is None else min(ends, reading.until))
        return replace(reading, known=False, value=None, why=f"older than {show_span(valid)}", shown="")

    def said(self, name: str, form: FactForm) -> Reading:
        """The last finding or flag; before anything was said, what the definition says it is."""
        now, later = self.now, None
        for each in reversed(self.findings(name, form)):
            if each.at <= now:
                value: Value = each.value == "yes" if form.flag else each.value
                shown = f"{form.title}: {each.value.replace('_', ' ')}"
                found = Reading(
                    known=True,
                    value=value,
                    at=each.at,
                    recorded=each.recorded_at,
                    until=later,
                    events=(each.position,),
                    shown=shown,
                )
                return self.not_too_old(found, form)
            later = each.at
        if form.flag or form.unsaid == "cannot say":
            return Reading(known=False, why="never said", until=later)
        return Reading(
            known=True, value=form.unsaid, until=later, shown=f"{form.title}: {(form.unsaid or '').replace('_', ' ')}"
        )

    def findings(self, name: str, form: FactForm) -> tuple[Finding, ...]:
        """What was said of a finding, by the patient's time; a death says it too, where the file gives it a word."""
        said = self.case.findings.get(name, ())
        deaths = self.case.findings.get(DEATH, ()) if form.on_death else ()
        if not deaths:
            return said
        told = (replace(each, value=form.on_death) for each in deaths)
        return tuple(sorted((*said, *told), key=lambda each: (each.at, each.position)))

    def computed(self, name: str, form: FactForm) -> Reading:
        """A computed fact; one that raises is cannot-say and a failure."""
        computed = self.pathway.computed[form.computed or ""]
        try:
            if computed.takes == "reports":
                found = [report for test in form.reports for report in self.case.reports.get(test, ())]
                if len(form.reports) > 1:
                    found.sort(key=lambda each: each.position)
                reading = computed.read(tuple(found))
            else:
                readings = {name: self.read(fact) for name, fact in form.from_.items()}
                reading = computed.read(given(self.case, form, readings) if computed.takes == "case" else readings)
        except Exception as error:  # noqa: BLE001  # recording never depends on rules: the failure is an event, told to people
            self.failures[name] = type(error).__name__
            return Reading(known=False, why="its computation failed")
        scored = reading if form.score is None else in_range(reading, form.score)
        if scored is None:
            self.failures[name] = "ScoreOutOfRange"
            return Reading(known=False, why="its computation failed")
        return self.not_too_old(scored, form)

    def elapsed(self, text: str) -> Reading:
        """The time since an instant, which the reading names; missing while there is none."""
        wake = Wake()
        at = self.pathway.moments[since(self.pathway.form, text)].find(self, self.now, wake)
        until = None if wake.at is None else Instant(wake.at)
        if at is None:
            return Reading(known=False, why="nothing to count from", until=until)
        read = [self.read(name) for name in names_read(self.pathway.moments[since(self.pathway.form, text)].tree)]
        events = tuple(sorted({position for each in read for position in each.events}))
        return Reading(known=True, value=Elapsed(at), at=at, until=until, events=events)

    # --- conditions, latches, choices --------------------------------------------------------------------------------

    def condition(self, text: str, title: str) -> Reading:
        """A condition as a reading; cannot-say stays cannot-say."""
        answer, until = self.ask(text)
        return Reading(
            known=answer != 1,
            value=answer == 2,
            until=Instant(until) if until is not None else None,
            why="cannot be decided",
            shown=f"{title}: {'yes' if answer == 2 else 'no'}",
        )

    def latch(self, name: str) -> None:
        """Yes once set; before that what its condition says."""
        held = self.case.latches.get(name)
        self.memo[f"{name}.eased"] = moment(self.case.eased.get(name))
        if held is None:
            latch = self.pathway.form.latches[name]
            self.memo[name] = self.condition(latch.when, latch.title)
            self.memo[f"{name}.at"] = MISSING
            return
        title = self.pathway.form.latches[name].title
        self.memo[name] = Reading(
            known=True,
            value=True,
            at=held.at,
            recorded=held.recorded_at,
            events=(held.position,),
            shown=f"{title} (latched)",
        )
        self.memo[f"{name}.at"] = moment(held.at, (held.position,))

    def choice(self, name: str, form: ChoiceForm) -> None:
        """The row in force, or the setting taken by another choice's row."""
        if form.by is not None:
            row = str(self.read(form.by).value)
            self.memo[name] = self.pathway.settings[form.take[row]]
            return
        held = self.case.choices.get(name)
        row, wake = (held.row, None) if held else self.row(form)
        shown = f"{form.title}: {self.pathway.title(row)}"
        until = None if wake is None else Instant(wake)
        self.memo[name] = Reading(
            known=True, value=row, at=held.tightened_at if held else None, until=until, shown=shown
        )
        self.memo[f"{name}.tightened"] = moment(held.tightened_at if held else None)

    def row(self, form: ChoiceForm) -> tuple[str, int | None]:
        """The strictest row that is not excluded now, and the next instant that may change that."""
        wake, found = Wake(), ""
        for each in form.rows:
            answer = 2 if each.when is None else self.pathway.rules[each.when].ask(self, self.now, wake)
            if answer and not found:
                found = each.name
        return found, wake.at


class Bound:
    """A view with the names that only one reminder and one subject have: `it...`, `opened`, `answer` and the like."""

    __slots__ = ("aliases", "derive", "own", "view")

    def __init__(
        self,
        view: View,
        aliases: Mapping[str, str],
        own: dict[str, Reading],
        derive: Callable[[str], Reading] | None = None,
    ) -> None:
        self.view, self.aliases, self.own, self.derive = view, aliases, own, derive

    def zone(self) -> ZoneInfo:
        """The site's zone."""
        return self.view.zone()

    def read(self, name: str) -> Reading:
        """An own name, an alias, or a name of the pathway."""
        found = self.own.get(name)
        if found is None:
            if self.derive is None or name not in OWN:
                return self.view.read(self.aliases.get(name, name))
            found = self.own[name] = self.derive(name)
        return found


def drawn(result: Result) -> Instant:
    """The latest instant at which a sample can have been taken: a time stated after its result is no time (H23)."""
    return min(result.body.collected_at, result.first_recorded)


@lru_cache(maxsize=64)
def zone_of(name: str) -> ZoneInfo:
    """The zone of a name."""
    return ZoneInfo(name)


def is_zone(name: str) -> bool:
    """Whether there is a zone of this name."""
    try:
        zone_of(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True
