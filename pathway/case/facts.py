"""What is known of a case at one moment: every name of the pathway's namespace as a `Reading`."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from msgspec.structs import replace

from pathway.case.exposure import exposure_readings
from pathway.case.state import DEATH, Case, Finding, Result
from pathway.clinical.instant import Instant, show_span
from pathway.clinical.quantity import show
from pathway.clinical.reading import NEVER_RECORDED, Interval, Reading, Value
from pathway.definition.form import ChoiceForm, FactForm
from pathway.definition.guard import Facts, Guard, Wake, decisive_events, decisive_names, explain
from pathway.definition.names import OWN
from pathway.definition.pathway import Pathway

MISSING = Reading(known=False, why="not recorded")


class View:
    """The facts of a case as known to the system, at `now`. Remembers what it read; lives for one moment.

    A computed fact that raises is cannot-say and is listed in `failures` by name and error class.
    """

    __slots__ = ("_zone", "case", "failures", "memo", "now", "pathway")

    def __init__(self, pathway: Pathway, case: Case, now: Instant, memo: dict[str, Reading] | None = None) -> None:
        self.pathway, self.case, self.now = pathway, case, now
        self.memo: dict[str, Reading] = {} if memo is None else memo
        self.failures: dict[str, str] = {}
        self._zone = zone_of(case.zone)

    def zone(self) -> ZoneInfo:
        """The site's zone."""
        return self._zone

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
        explained = explain(tree, facts, self.now)
        found = set(decisive_events(explained))
        for name in decisive_names(explained):
            latch = None if name in self.case.latches else self.pathway.form.latches.get(name)
            text = self.pathway.form.conditions.get(name) if latch is None else latch.when
            if text is not None:
                found.update(self.grounds(self.pathway.rules[text].tree, self))
        return tuple(sorted(found))

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
        elif form.products:
            self.products(name, form)
        elif form.course:
            self.course(name)
        elif form.difference is not None:
            self.keep(name, self.difference(form, *form.difference))
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

    def said(self, name: str, form: FactForm) -> Reading:
        """The last finding or flag; before anything was said, what the definition says it is."""
        now, later = self.now, None
        for each in reversed(self.findings(name, form)):
            if each.at <= now:
                value: Value = each.value == "yes" if form.flag else each.value
                shown = f"{form.title}: {each.value.replace('_', ' ')}"
                return Reading(
                    known=True,
                    value=value,
                    at=each.at,
                    recorded=each.recorded_at,
                    until=later,
                    events=(each.position,),
                    shown=shown,
                )
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
                return computed.read(tuple(found))
            return computed.read({given: self.read(fact) for given, fact in form.from_.items()})
        except Exception as error:  # noqa: BLE001  # recording never depends on rules: the failure is an event, told to people
            self.failures[name] = type(error).__name__
            return Reading(known=False, why="its computation failed")

    def difference(self, form: FactForm, minuend: str, subtrahend: str) -> Reading:
        """One number over another."""
        left, right = self.read(minuend), self.read(subtrahend)
        if not (left.known and isinstance(left.value, Interval) and isinstance(right.value, Interval)):
            return Reading(known=False, why=left.why, until=left.until)
        by = right.value.low or Decimal(0)
        value = Interval(
            None if left.value.low is None else left.value.low - by,
            None if left.value.high is None else left.value.high - by,
            left.value.low_open,
            left.value.high_open,
        )
        return Reading(
            known=True,
            value=value,
            at=left.at,
            recorded=left.recorded,
            until=left.until,
            events=left.events,
            shown=f"{form.title} {show(value, form.unit)}",
        )

    def products(self, name: str, form: FactForm) -> None:
        """The last product of these kinds; `at` is its end, or its start while no end is known."""
        given = [each for each in self.case.products if each.product in form.products]
        times = [at for each in given for at in (each.started_at, each.ended_at) if at is not None]
        coming = min((at for at in times if at > self.now), default=None)
        last = max((at for at in times if at <= self.now), default=None)
        ended = [each.ended_at for each in given if each.ended_at is not None and each.ended_at <= self.now]
        begun = [each.ended_at if each.started_at is None else each.started_at for each in given]
        started = max((at for at in begun if at is not None and at <= self.now), default=None)
        events = tuple(each.position for each in given)
        shown = f"{form.title}: {'given' if given else 'none'}"
        word = "given" if given else "none"
        self.keep(name, Reading(known=True, value=word, at=last, until=coming, events=events, shown=shown))
        self.memo[f"{name}.started"] = moment(started, events, coming)
        self.memo[f"{name}.ended"] = moment(max(ended, default=None), events, coming)

    def course(self, name: str) -> None:
        """Whether a course was begun, and its first day."""
        last = self.case.courses[-1] if self.case.courses else None
        events = (last.position,) if last else ()
        shown = f"course {last.number}, {last.regimen}" if last else "no course begun"
        self.keep(
            name,
            Reading(
                known=True,
                value="begun" if last else "none",
                at=last.day1 if last else None,
                recorded=last.recorded_at if last else None,
                events=events,
                shown=shown,
            ),
        )
        self.memo[f"{name}.day1"] = moment(last.day1 if last else None)

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


def moment(at: Instant | None, events: tuple[int, ...] = (), until: Instant | None = None) -> Reading:
    """An instant as a reading; None is missing."""
    if at is None:
        return MISSING if until is None else Reading(known=False, why=MISSING.why, until=until)
    return Reading(known=True, value=at, at=at, until=until, events=events)


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
