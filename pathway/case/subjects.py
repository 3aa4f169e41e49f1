"""For what a reminder exists once each: facts, product episodes, samples, reviews; and what `it` then means."""

from collections.abc import Iterator, Mapping

import msgspec

from pathway.case.facts import View
from pathway.case.made import moment
from pathway.case.signatures import reviews_owed, verbal_orders
from pathway.case.state import Case, Product, Sample
from pathway.clinical.instant import Instant, iso
from pathway.clinical.reading import Reading
from pathway.definition.form import AwaitedForm, EachForm, EpisodeForm
from pathway.definition.names import fact_kinds
from pathway.definition.pathway import Pathway

#: A sample awaits its results for this long at most; older ones were overtaken by rechecks long ago.
SAMPLES_KEPT = 20


class Subject(msgspec.Struct, frozen=True):
    """One subject: its key (never patient data), what `it` stands for, and its own readings."""

    key: str
    aliases: Mapping[str, str] = {}
    own: dict[str, Reading] = {}


ONE = (Subject(""),)


def subjects(view: View, each: EachForm | None) -> tuple[Subject, ...]:
    """The subjects of a reminder now, in a fixed order."""
    if each is None:
        return ONE
    if each.fact:
        return tuple(fact_subject(view.pathway, row) for row in each.fact)
    if each.episode:
        return tuple(numbered(episodes(view, each)))
    if each.sample:
        return tuple(samples(view.case, each.sample))
    if each.report:
        return tuple(question(view, row) for row in each.report)
    if each.override:
        return tuple(Subject(key, {}, own) for key, own in reviews_owed(view.case))
    if each.verbal:
        return tuple(Subject(key, {}, own) for key, own in verbal_orders(view.case))
    return tuple(reviews(view.case))


def fact_subject(pathway: Pathway, row: dict[str, str]) -> Subject:
    """A fact as a subject: `it`, `it.target` and all that hangs on them as names of the pathway."""
    named = {("it" if key == "it" else f"it.{key}"): name for key, name in row.items()}
    return Subject(
        row["it"], {alias: full for short, name in named.items() for alias, full in spelt(pathway, short, name)}
    )


def spelt(pathway: Pathway, alias: str, name: str) -> Iterator[tuple[str, str]]:
    """An alias and the pathway's name, for a name and everything under it."""
    fact = pathway.form.facts.get(name)
    # Nothing hangs on a setting, and most aliases of an episode are settings.
    for full in (name,) if fact is None else fact_kinds(name, fact, pathway.computed):
        yield alias + full[len(name) :], full


def episodes(view: View, each: EachForm) -> Iterator[Subject]:
    """Runs of products that call for one recheck: a product joins while it begins within a span of the first end."""
    within, usual = view.pathway.span(each.within or ""), view.pathway.span(each.usual or "")
    for row in each.episode:
        aliases = episode_aliases(view.pathway, row)
        run: list[tuple[Product, Instant]] = []
        given = [item for item in view.case.products if item.product in row.products]
        ends = sorted(((item, end_of(item, usual)) for item in given), key=lambda pair: (pair[1], pair[0].unit_no))
        for item, end in ends:
            if run and (item.started_at or end) > run[0][1] + within:
                yield episode(row, aliases, run)
                run = []
            run.append((item, end))
        if run:
            yield episode(row, aliases, run)


def numbered(found: Iterator[Subject]) -> Iterator[Subject]:
    """Two products may carry one unit number: the second run of a key has its own."""
    seen: dict[str, int] = {}
    for subject in found:
        seen[subject.key] = seen.get(subject.key, 0) + 1
        number = seen[subject.key]
        yield subject if number == 1 else msgspec.structs.replace(subject, key=f"{subject.key}#{number}")


def end_of(product: Product, usual: int) -> Instant:
    """When a product ended; without a recorded end, its start and the usual duration."""
    if product.ended_at is not None:
        return product.ended_at
    return Instant((product.started_at or 0) + usual)


def episode_aliases(pathway: Pathway, row: EpisodeForm) -> dict[str, str]:
    """What `it` stands for in every episode of a row."""
    named = {"it.fact": row.fact, "it.from": row.from_, "it.to": row.to}
    return {alias: full for short, name in named.items() for alias, full in spelt(pathway, short, name)}


def episode(row: EpisodeForm, aliases: dict[str, str], run: list[tuple[Product, Instant]]) -> Subject:
    """One episode as a subject, named by its first unit."""
    positions = tuple(item.position for item, _ in run)
    own = {"it.ended": moment(run[-1][1], positions), "it.first_ended": moment(run[0][1], positions)}
    return Subject(f"{run[0][0].unit_no}/{row.fact}", aliases, own)


def samples(case: Case, analytes: tuple[str, ...]) -> Iterator[Subject]:
    """Specimens taken for any of these analytes, with whether every such analyte has its result."""
    for key, sample in taken(case).items():
        wanted = [name for name in sample.analytes if name in analytes]
        if wanted:
            done = all(resulted(case, sample, name) for name in wanted)
            missing = ", ".join(name for name in wanted if not resulted(case, sample, name))
            yield Subject(
                key,
                {},
                {
                    "it": Reading(True, key, shown=f"sample of {iso(sample.collected_at)} for {missing}"),
                    "it.collected": moment(sample.collected_at, (sample.position,)),
                    "it.resulted": Reading(True, done, events=(sample.position,)),
                },
            )


def question(view: View, row: AwaitedForm) -> Subject:
    """A question to the laboratory, with when it was asked, whether it is answered, and when asking came to nothing."""
    standing = [each for each in view.case.reports.get(row.test, ()) if each.method in row.methods]
    answers = [each for each in standing if each.settled and each.result in row.results]
    asked = [each for each in standing if each.awaited]
    failed = [each for each in standing if each not in answers and each not in asked]
    ordered = min((each.begun_at or each.recorded_at for each in asked), default=None)
    lost = max((each.recorded_at for each in failed), default=None)
    if lost is not None and any((each.begun_at or each.recorded_at) >= lost for each in asked):
        lost = None
    events = tuple(each.position for each in standing)
    named = {"it": Reading(True, row.name, events=events, shown=view.pathway.title(row.name))}
    times = {"it.ordered": moment(ordered, events), "it.failed": moment(lost, events)}
    own = {**named, **times, "it.resulted": Reading(True, bool(answers), events=events)}
    return Subject(row.name, {"it.within": row.within}, own)


def taken(case: Case) -> dict[str, Sample]:
    """Specimen to what was taken under it: one told of twice is one, as last told, for all its analytes."""
    found: dict[str, Sample] = {}
    for sample in case.samples[-SAMPLES_KEPT:]:
        key = sample.specimen or f"#{sample.position}"
        before = found.pop(key).analytes if key in found else ()
        found[key] = msgspec.structs.replace(sample, analytes=tuple(dict.fromkeys((*before, *sample.analytes))))
    return found


def resulted(case: Case, sample: Sample, analyte: str) -> bool:
    """A result of this specimen is on record, or one of a later collection: then nobody waits for this one."""
    for each in reversed(case.labs.get(analyte, ())):
        if (sample.specimen and each.body.specimen == sample.specimen) or each.body.collected_at > sample.collected_at:
            return True
        if each.body.collected_at < sample.collected_at:
            return False
        if not (each.body.specimen and sample.specimen):
            return True
    return False


def reviews(case: Case) -> Iterator[Subject]:
    """Every review, settled ones with their answer."""
    for number, review in sorted(case.reviews.items()):
        yield Subject(
            str(number),
            {},
            {
                "it": Reading(True, str(number), events=(review.decision, review.changed), shown=review.about),
                "it.opened": moment(review.opened_at, (review.changed,)),
                "it.settled": Reading(True, bool(review.settled)),
                "it.urgent": Reading(True, review.urgent),
            },
        )
