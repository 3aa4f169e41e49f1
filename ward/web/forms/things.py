"""Things: everything on a case that a command can be about, whoever may ask for it."""

import json
from collections.abc import Callable, Iterator, Mapping
from hashlib import sha256

import msgspec

from pathway.case.moves import begins_here
from pathway.case.turn import Turn
from pathway.clinical.analyte import ANALYTES, analyte_of
from pathway.definition.form import TransitionForm
from pathway.engine.engine import Engine
from ward.entry import COMMANDS
from ward.web.forms.named import TITLES, capital, spoken

#: Letters of the name of an offer in an address; it tells nothing of the patient.
KEY = 12


class Offer(msgspec.Struct, frozen=True):
    """A command about one thing, such as one reminder. `fixed`: its fields that are settled by that.

    `state`: `open`; `voice`, on a spoken order alone; `override`, against a signature; `shut`, with `why` and `mend`;
    `denied` by the policy. `about` heads the offers of one reminder.
    """

    command: str
    title: str
    fixed: dict[str, str]
    state: str = "open"
    why: str = ""
    reasons: tuple[str, ...] = ()
    mend: str = ""
    about: str = ""

    @property
    def key(self) -> str:
        """Its name in an address."""
        return key_of(self.command, self.fixed)

    @property
    def usable(self) -> bool:
        """Whether its form can be sent now."""
        return self.state in {"open", "voice", "override"}


def key_of(command: str, fixed: Mapping[str, str]) -> str:
    """The name of an offer in an address: no word of the patient's record, and the same for the same thing."""
    return sha256(json.dumps([command, dict(fixed)], sort_keys=True).encode()).hexdigest()[:KEY]


def things(engine: Engine, turn: Turn, command: str) -> Iterator[Offer]:
    """Every thing of a case that a command can be about, as an offer that nobody has judged."""
    if "reminder" in COMMANDS[command].__struct_fields__:
        return of_reminders(turn, command)
    if command == "AmendDefinition":
        return of_versions(engine, turn)
    known = ABOUT.get(command)
    return iter((Offer(command, TITLES[command], {}),)) if known is None else known(turn)


def find(engine: Engine, turn: Turn, command: str, key: str) -> Offer | None:
    """The offer of that name; None where there is no such thing on this case now."""
    return next((each for each in things(engine, turn, command) if each.key == key), None)


def of_drugs(turn: Turn) -> Iterator[Offer]:
    """What may have happened with each drug; holding comes first, as it is open to every clinician (P4)."""
    drugs = dict.fromkeys(fact.exposure for fact in turn.pathway.form.facts.values() if fact.exposure)
    for drug in drugs:
        if turn.case.therapy.get(drug):
            yield Offer("RecordTherapy", f"Hold {drug_of(turn, drug)} now", {"drug": drug, "act": "held"})
    for drug in drugs:
        yield Offer("RecordTherapy", f"Record: {drug_of(turn, drug)}", {"drug": drug})


def of_stops(turn: Turn) -> Iterator[Offer]:
    """Each drug that can be stopped for good."""
    for each in turn.pathway.form.stops:
        yield Offer("StopTherapy", f"Stop {drug_of(turn, each.drug)} for good", {"drug": each.drug})


def of_requests(turn: Turn) -> Iterator[Offer]:
    """Each act with each drug that can be asked for."""
    for each in turn.pathway.form.requests:
        for act in each.acts:
            yield Offer("RequestTherapy", f"{capital(act)} {drug_of(turn, each.drug)}", {"drug": each.drug, "act": act})


def of_findings(turn: Turn) -> Iterator[Offer]:
    """Each finding and flag."""
    for name, fact in turn.pathway.form.facts.items():
        if fact.finding or fact.flag:
            yield Offer("RecordFinding", fact.title, {"finding": name})


def of_values(turn: Turn) -> Iterator[Offer]:
    """Each laboratory value, under the code by which it comes in."""
    for fact in turn.pathway.form.facts.values():
        if fact.lab is not None and (code := code_of(fact.lab)):
            yield Offer("RecordResult", fact.title, {"loinc": code})


def of_tests(turn: Turn) -> Iterator[Offer]:
    """Each test of the work-up."""
    for test in dict.fromkeys(test for fact in turn.pathway.form.facts.values() for test in fact.reports):
        yield Offer("RecordReport", capital(spoken(turn.pathway.title(test))), {"test": test})


def of_moves(turn: Turn) -> Iterator[Offer]:
    """Each move that a role makes."""
    for each in {one.name: one for one in turn.pathway.form.transitions if one.by}.values():
        words = f"{capital(turn.pathway.title(each.name))} ({each.id})"
        yield Offer("Transition", words, {"transition": each.name})


def of_reviews(turn: Turn) -> Iterator[Offer]:
    """Each review that is not settled."""
    for number, review in turn.case.reviews.items():
        if not review.settled:
            yield Offer("SettleReview", f"Settle review {number}: {review.about}", {"review": str(number)})


def of_overrides(turn: Turn) -> Iterator[Offer]:
    """Each override that stands."""
    for position, signed in turn.case.overrides.items():
        if not signed.ended:
            words = f"Review the override of {spoken(signed.request)} (event {position})"
            yield Offer("ReviewOverride", words, {"position": str(position)})


def of_orders(turn: Turn) -> Iterator[Offer]:
    """Each spoken order that nobody has signed for."""
    for position, order in turn.case.verbal.items():
        if not order.signed:
            words = f"Sign for the spoken order of event {position}, or disown it"
            yield Offer("Cosign", words, {"order": str(position)})


def of_latches(turn: Turn) -> Iterator[Offer]:
    """Each lasting condition."""
    for latch in turn.case.latches:
        yield Offer("ReleaseLatch", f"End: {turn.pathway.form.latches[latch].title}", {"latch": latch})


def of_failures(turn: Turn) -> Iterator[Offer]:
    """The case whose rules have failed."""
    if turn.case.failed:
        yield Offer("ResumeMoves", TITLES["ResumeMoves"], {})


def of_versions(engine: Engine, turn: Turn) -> Iterator[Offer]:
    """Each other version of the pathway that is here."""
    for digest, rules in engine.rules.items():
        if rules.pathway.name == turn.pathway.name and digest != turn.pathway.digest:
            words = f"Bring the case to version {rules.pathway.form.version} ({digest[:12]})"
            yield Offer("AmendDefinition", words, {"to": digest})


def of_reminders(turn: Turn, command: str) -> Iterator[Offer]:
    """Each open reminder, the first due first; a decision only about one that asks a question."""
    for (reminder, subject), held in sorted(turn.case.open.items(), key=lambda each: each[1].due_at):
        form = turn.pathway.reminders.get(reminder)
        if form is not None and (form.answers or command != "Decide"):
            about = reminder_of(turn, held.reminder, subject)
            yield Offer(command, TITLES[command], {"reminder": reminder, "subject": subject}, about=about)


#: What a command can be about, by the command; one that is not here is about the case as a whole.
ABOUT: dict[str, Callable[[Turn], Iterator[Offer]]] = {
    "RecordTherapy": of_drugs,
    "StopTherapy": of_stops,
    "RequestTherapy": of_requests,
    "RecordFinding": of_findings,
    "RecordResult": of_values,
    "RecordReport": of_tests,
    "Transition": of_moves,
    "SettleReview": of_reviews,
    "ReviewOverride": of_overrides,
    "Cosign": of_orders,
    "ReleaseLatch": of_latches,
    "ResumeMoves": of_failures,
}


def move_of(turn: Turn, offer: Offer) -> TransitionForm | None:
    """The move that an offer makes, as it begins where the case stands; None for any other offer."""
    name = offer.fixed.get("transition")
    named = [each for each in turn.pathway.form.transitions if each.by and name in (each.id, each.name)]
    return next((each for each in named if begins_here(turn, each)), named[0] if named else None)


def reminder_of(turn: Turn, reminder: str, subject: str) -> str:
    """A reminder in words."""
    which = f": {turn.pathway.title(subject)}" if subject else ""
    return f"{turn.pathway.title(reminder)}{which} ({spoken(reminder)})"


def drug_of(turn: Turn, drug: str) -> str:
    """A drug by its whole name."""
    return next((fact.title for fact in turn.pathway.form.facts.values() if fact.exposure == drug), spoken(drug))


def code_of(analyte: str) -> str:
    """The code under which a value of an analyte comes in; empty where there is none that was checked."""
    return next((each.loinc for each in ANALYTES[analyte].codes if analyte_of(each.loinc) == analyte), "")
