"""Options: the words that a field of a form takes on this case, and what is proposed beside a free text."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from pathway.case.answers import PUT_OFFS, put_off_rule
from pathway.case.turn import Turn
from pathway.case.words import describe
from pathway.clinical.analyte import ANALYTES, SPECIMEN_PROBLEMS, analyte_of
from pathway.clinical.instant import show_span
from pathway.clinical.report import Method, PmlRaraResult, RarPartnerResult, ReportStatus, WorkUpTest
from ward.beds import beds
from ward.entry import words_of
from ward.web.forms.field import YES_NO, Options
from ward.web.forms.named import capital, spoken
from ward.web.forms.things import Offer
from ward.web.inbox.colleagues import colleagues
from ward.web.visit import Visit

RESULTS = {str(WorkUpTest.PML_RARA): PmlRaraResult, str(WorkUpTest.RAR_PARTNER): RarPartnerResult}
#: So many facts are listed to choose from; a longer list would weigh more than the whole page.
LISTED = 400
Fixed = Mapping[str, str]


def options_of(visit: Visit, turn: Turn, offer: Offer, name: str, hint: Any) -> Options:
    """The words that a field takes here; none for a free text."""
    known = KNOWN.get((offer.command, name))
    if known is not None:
        return known(turn, offer.fixed)
    if (offer.command, name) == ("Retract", "target"):
        return recorded(visit, turn)
    return said(words_of(hint))


def values(turn: Turn, fixed: Fixed) -> Options:
    """The values of a finding or flag."""
    fact = turn.pathway.form.facts.get(fixed.get("finding", ""))
    return () if fact is None else YES_NO if fact.flag else said(fact.finding)


def units(_turn: Turn, fixed: Fixed) -> Options:
    """The units in which an analyte may come. None is chosen beforehand: a unit in doubt reads as no value (H17)."""
    analyte = analyte_of(fixed.get("loinc", ""))
    return () if analyte is None else tuple((each.unit, each.unit) for each in ANALYTES[analyte].units)


def problems(_turn: Turn, fixed: Fixed) -> Options:
    """What can be wrong with a specimen of an analyte."""
    analyte = analyte_of(fixed.get("loinc", ""))
    found = () if analyte is None else ANALYTES[analyte].unusable_when
    return tuple((each, capital(SPECIMEN_PROBLEMS[each])) for each in found)


def analytes(turn: Turn, _fixed: Fixed) -> Options:
    """Every value that the pathway asks of a laboratory."""
    return tuple((fact.lab, fact.title) for fact in turn.pathway.form.facts.values() if fact.lab)


def results(_turn: Turn, fixed: Fixed) -> Options:
    """The results of a test of the work-up."""
    known = RESULTS.get(fixed.get("test", ""))
    return () if known is None else (("", "None yet"), *said(known))


def products(turn: Turn, _fixed: Fixed) -> Options:
    """Every product that the pathway follows."""
    return said(dict.fromkeys(each for fact in turn.pathway.form.facts.values() for each in fact.products))


def ticks(turn: Turn, fixed: Fixed) -> Options:
    """What is confirmed when a drug is stopped."""
    return said(next((each.ticks for each in turn.pathway.form.stops if each.drug == fixed.get("drug")), ()))


def put_offs(turn: Turn, fixed: Fixed) -> Options:
    """The ways in which a reminder can be put off."""
    rule = turn.pathway.reminders.get(fixed.get("reminder", ""))
    return said(each for each in PUT_OFFS if rule is not None and put_off_rule(rule, each) is not None)


#: Where the words of a field come from: of the pathway, or of the tables of the laboratory.
KNOWN: dict[tuple[str, str], Callable[[Turn, Fixed], Options]] = {
    ("RecordFinding", "value"): values,
    ("RecordResult", "unit"): units,
    ("RecordResult", "problems"): problems,
    ("RecordSample", "analytes"): analytes,
    ("RecordReport", "method"): lambda _turn, _fixed: said(Method),
    ("RecordReport", "status"): lambda _turn, _fixed: said(ReportStatus),
    ("RecordReport", "result"): results,
    ("RecordProduct", "product"): products,
    ("StopTherapy", "ticks"): ticks,
    ("Snooze", "kind"): put_offs,
    ("HandOver", "to_role"): lambda turn, _fixed: said(turn.pathway.form.roles),
}


def said(words: Iterable[str]) -> Options:
    """Words with how people read them."""
    return tuple((str(each), capital(spoken(str(each)))) for each in words)


def recorded(visit: Visit, turn: Turn) -> Options:
    """What may be taken back: every fact by its event, the newest first; none of too many, which are said by number."""
    facts = [each for each in sorted(turn.case.facts_at, reverse=True) if each not in turn.case.retracted]
    if len(facts) > LISTED:
        return ()
    events = {each.position: each for each in visit.door.house.engine.timeline(turn.case.id)}
    return tuple((str(each), f"{each}: {describe(events[each], turn.pathway, turn.case.zone)}") for each in facts)


def answers(visit: Visit, turn: Turn, offer: Offer) -> tuple[Options, Options]:
    """The answers to a reminder's question that this role may give, and the others with whom to ask."""
    form = turn.pathway.reminders.get(offer.fixed.get("reminder", ""))
    mine, others = [], []
    givers = turn.pathway.form.verbal_orders
    for name, each in form.answers.items() if form else ():
        words = capital(spoken(name))
        if each.second:
            words += ", with a second signature"
        if each.review is not None:
            words += f", for {show_span(turn.pathway.span(each.review))} at most"
        by_voice = offer.state == "voice" and givers is not None and set(givers.givers) & set(each.by)
        if visit.role in each.by or by_voice:
            mine.append((name, words))
        else:
            others.append((name, f"{words} (ask: {spoken(', '.join(each.by))})"))
    return tuple(mine), tuple(others)


def proposed(visit: Visit, turn: Turn, offer: Offer, name: str) -> tuple[str, ...]:
    """What is proposed beside a free text."""
    match name:
        case "form":
            facts = turn.pathway.form.facts.values()
            return tuple(
                dict.fromkeys(f for fact in facts if fact.exposure == offer.fixed.get("drug") for f in fact.forms)
            )
        case "to":
            return tuple(each.account for each in colleagues(visit, turn.case.ward))
        case "ward":
            return tuple(beds(visit.door.house.store))
        case "bed":
            return beds(visit.door.house.store).get(turn.case.ward, ())
    return ()
