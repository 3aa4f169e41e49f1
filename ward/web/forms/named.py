"""Named: what the forms call commands and their fields, and in which group each is listed.

Every command about one patient stands in GROUPS; a test compares them with the union.
"""

import re

#: Group by group, in the order of the page: its key, its heading, its commands.
GROUPS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    (
        "drug",
        "Drugs",
        ("RecordTherapy", "StopTherapy", "RequestTherapy"),
    ),
    (
        "decide",
        "Reminders and decisions",
        (
            "Decide",
            "Acknowledge",
            "Snooze",
            "ReportRule",
            "WriteNote",
            "SettleReview",
            "ReviewOverride",
            "Cosign",
            "ReleaseLatch",
            "ResumeMoves",
        ),
    ),
    (
        "people",
        "Who answers for a reminder",
        ("TakeOver", "AcceptHandOver", "DeclineHandOver", "HandOver", "HandBack"),
    ),
    (
        "record",
        "Record what happened",
        (
            "RecordFinding",
            "RecordResult",
            "RecordReport",
            "RecordSample",
            "RecordProduct",
            "RecordMove",
            "RecordCourse",
            "RecordDeath",
            "Retract",
        ),
    ),
    ("move", "Move on the pathway", ("Transition", "Reopen", "AmendDefinition", "MergeCases", "UnmergeCases")),
)
#: Commands about two cases: each asks for another person, and none is taken on a spoken order.
TWO_CASES = frozenset({"MergeCases", "UnmergeCases"})
#: A command begins a case, so it stands on no case's page.
ELSEWHERE = frozenset({"Enrol"})

TITLES = {
    "RecordTherapy": "Record what happened with a drug",
    "StopTherapy": "Stop for good",
    "RequestTherapy": "Ask for a drug",
    "Decide": "Decide",
    "Acknowledge": "Acknowledge",
    "Snooze": "Put off",
    "ReportRule": "Report the rule as wrong",
    "WriteNote": "Leave a note to the team",
    "SettleReview": "Settle a review",
    "ReviewOverride": "Review an override",
    "Cosign": "Sign for a spoken order",
    "ReleaseLatch": "End a lasting condition",
    "ResumeMoves": "Let the case move by itself again",
    "TakeOver": "Take over",
    "AcceptHandOver": "Accept",
    "DeclineHandOver": "Decline",
    "HandOver": "Hand over",
    "HandBack": "Hand back",
    "RecordFinding": "Record a finding",
    "RecordResult": "Record a laboratory result",
    "RecordReport": "Record a report of the work-up",
    "RecordSample": "Record a sample",
    "RecordProduct": "Record a blood product",
    "RecordMove": "Record a move to another bed",
    "RecordCourse": "Record a course of treatment",
    "RecordDeath": "Record a death",
    "Retract": "Take back what was recorded",
    "Transition": "Make a move",
    "Reopen": "Reopen the case",
    "AmendDefinition": "Bring the case to another version",
    "MergeCases": "Merge with another case of this person",
    "UnmergeCases": "Part two cases that were merged",
}
#: What a command does not do, said on its form.
NOTES = {
    "Acknowledge": "An acknowledged reminder is not done: it is quiet for a time and then rings again.",
    "Snooze": "It moves the due time once, as far as its rule allows.",
    "ReportRule": "The reminder goes on. Those who look after the rules are told.",
    "WriteNote": "It stands on the board in place of the one before; an empty one takes that away. No rule reads it.",
    "HandOver": "It stays with whoever has it until the other person accepts.",
    "RecordDeath": "The pathway ends by a move of its own, with two identifiers; this records what was told.",
    "Retract": "Nothing is deleted: the record says that it was not true of this patient, and why.",
    "StopTherapy": "Whoever may not stop a drug can hold it now.",
}

LABELS = {
    "at": "When it was so",
    "reason": "Reason",
    "drug": "Drug",
    "act": "What happened",
    "form": "Form",
    "next_dose_at": "Next dose due",
    "ticks": "Confirm",
    "doses": "Doses",
    "reasons": "Reasons that are asked for",
    "died_at": "Time of death",
    "regimen": "Regimen",
    "intensive": "Intensive",
    "receiver": "Who takes the patient",
    "accepted_at": "When they accepted",
    "linked": "The other case of this person",
    "choice": "Answer",
    "review_at": "To be looked at again",
    "kind": "How",
    "to": "To",
    "to_role": "In the role",
    "value": "Value",
    "unit": "Unit",
    "status": "Status",
    "collected_at": "Collected",
    "specimen": "Specimen number",
    "problems": "Problems of the specimen",
    "replaces": "Corrects event number",
    "analytes": "Taken for",
    "method": "Method",
    "result": "Result",
    "partner": "Partner gene",
    "truncated": "Ligand-binding domain reported lost",
    "karyotype": "Karyotype",
    "report_no": "Report number",
    "laboratory": "Laboratory",
    "authorised_at": "Authorised",
    "verbal": "Told by voice",
    "written": "Confirmed in writing",
    "target": "Which event",
    "text": "Note",
    "product": "Product",
    "unit_no": "Unit number",
    "day1": "First day",
    "ward": "Ward",
    "bed": "Bed",
    "other": "The other case",
    "choose": "Phase to go on in, by region",
    "second": "Who signs as the second person",
    "second_password": "Their password",
    "verbal_by": "Who gave the order: their account",
    "verbal_from": "In the role",
    "override": "Sign for it against the refusal",
}
#: Fields that a form never asks for, by command: what has another field of its own, or a reader of files alone knows.
UNASKED = {
    "RecordResult": frozenset({"at", "decimal_sign"}),
    "RecordReport": frozenset({"at"}),
    "RecordDeath": frozenset({"at"}),
    "RecordCourse": frozenset({"at"}),
    "Retract": frozenset({"at"}),
}
#: Texts that may be empty although the command has them.
EMPTY = frozenset({("WriteNote", "text")})
#: Commands whose own time is now: what is said of a reminder or a decision is said when it is said.
NOW = frozenset({*GROUPS[1][2], *GROUPS[2][2], "AmendDefinition", "MergeCases", "UnmergeCases", "Reopen"})


#: Short words that people write in capitals.
SHORT = {"rt pcr": "RT-PCR", "rna": "RNA", "dna": "DNA", "fish": "FISH", "rar": "RAR"}
SHORT_WORDS = re.compile(rf"\b({'|'.join(SHORT)})\b")


def spoken(name: str) -> str:
    """A name of the pathway or a word of a command as people read it."""
    return SHORT_WORDS.sub(lambda found: SHORT[found[0]], name.replace("_", " "))


def capital(text: str) -> str:
    """A text that begins with a capital."""
    return text[:1].upper() + text[1:]
