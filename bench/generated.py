"""A generated pathway of 32 transitions, 50 reminders and 60 facts: no medicine, only size, always the same."""

from collections.abc import Iterator
from functools import cache

from bench.patient import DOCTOR, FEED, HOUR, START
from pathway.case.commands import AnyCommand, Enrol, RecordFinding, RecordResult
from pathway.clinical.instant import Instant
from pathway.clinical.quantity import ANALYTES
from pathway.definition.load import load
from pathway.definition.pathway import Pathway
from pathway.engine import Engine
from ward.clock import FixedClock

LABS, FINDINGS, FLAGS = 10, 40, 10
#: One region of so many phases in a row, each with a way on and a way back.
PHASES = 17
REMINDERS = 50
#: What every threshold is, and a value on either side of it.
LINE, ABOVE, BELOW = "10", "11", "9"
ANALYTE = tuple(ANALYTES)[:LABS]
CASE = "large"

HEAD = """\
format = 1
pathway = "generated"
version = 1
title = "Generated"
status = "generated for benches, never for patients"
roles = ["nurse", "charge_nurse", "physician", "haematologist", "laboratory", "duty_manager"]
clinicians = ["nurse", "charge_nurse", "physician", "haematologist"]

[enrol]
id = "T0"
by = ["haematologist"]
identifiers = 2
source = ["generated"]

[lines]
line = "line"

[reviews]
urgent_drugs = []
fresh_for = "valid"
by = ["physician"]
source = ["generated"]

[failures]
tells = ["charge_nurse", "duty_manager"]
source = ["generated"]

[settings]
acknowledged_for = { value = "60 min", bounds = ["10 min", "60 min"], safe = "down", source = ["generated"] }
future_tolerance = { value = "5 min", bounds = ["0 min", "5 min"], safe = "down", source = ["generated"] }
usual_turnaround = { value = "45 min", bounds = ["30 min", "90 min"], safe = "up", source = ["generated"] }
quiet_hours = { rounds = ["22:00", "06:00"], source = ["generated"] }
valid = { value = "36 h", bounds = ["12 h", "48 h"], safe = "down", source = ["generated"] }
soon = { value = "30 min", bounds = ["10 min", "60 min"], safe = "down", source = ["generated"] }
later = { value = "2 h", bounds = ["1 h", "6 h"], safe = "down", source = ["generated"] }
"""


@cache
def pathway() -> Pathway:
    """The generated pathway, read and checked as any other is."""
    made = load(text(), "generated.toml")
    form = made.form
    assert (len(form.transitions), len(form.reminders), len(form.facts)) == (2 * (PHASES - 1), REMINDERS, 60)
    return made


def text() -> str:
    """Its file."""
    return "\n".join([HEAD, *settings(), *facts(), *titles(), *region(), *transitions(), *reminders()])


def settings() -> Iterator[str]:
    """A threshold for each analyte, in its unit."""
    for number, name in enumerate(ANALYTE):
        amount = [f'"{value} {ANALYTES[name].unit}"' for value in (LINE, BELOW, ABOVE)]
        yield (
            f"line_{number} = {{ value = {amount[0]}, bounds = [{amount[1]}, {amount[2]}], "
            f'safe = "up", source = ["generated"] }}'
        )


def facts() -> Iterator[str]:
    """Laboratory values, findings and flags."""
    for number, name in enumerate(ANALYTE):
        unit = ANALYTES[name].unit
        yield f'[facts.lab_{number}]\ntitle = "Lab {number}"\nlab = "{name}"\nunit = "{unit}"\nvalid_for = "valid"\n'
    for number in range(FINDINGS):
        yield f'[facts.finding_{number}]\ntitle = "Finding {number}"\nfinding = ["no", "yes"]\nunsaid = "no"\n'
    for number in range(FLAGS):
        yield f'[facts.flag_{number}]\ntitle = "Flag {number}"\nflag = true\n'


def titles() -> Iterator[str]:
    """What pages call the phases."""
    yield "[titles]"
    yield from (f'phase_{number} = "Phase {number}"' for number in range(PHASES))


def region() -> Iterator[str]:
    """The phases in a row."""
    phases = ", ".join(f'"phase_{number}"' for number in range(PHASES))
    yield f'[regions.treatment]\ninitial = "phase_0"\nphases = [{phases}]\n'


def transitions() -> Iterator[str]:
    """On when the next finding says yes, back when the last one does no more: never both."""
    for number in range(PHASES - 1):
        before = f"finding_{number - 1} is yes and " if number else ""
        yield move(f"on_{number}", number, number + 1, f"{before}finding_{number} is yes")
        yield move(f"back_{number}", number + 1, number, f"finding_{number} is no")


def move(name: str, begin: int, end: int, when: str) -> str:
    """One automatic transition."""
    return (
        f'[[transitions]]\nid = "{name}"\nname = "{name}"\nfrom = ["phase_{begin}"]\nto = "phase_{end}"\n'
        f'when = "{when}"\nsource = ["generated"]\n'
    )


def reminders() -> Iterator[str]:
    """Five reminders on each analyte, each with a finding of its own that keeps it away."""
    for number in range(REMINDERS):
        lab, finding, phase = number % LABS, PHASES + number % (FINDINGS - PHASES), 1 + number % (PHASES - 1)
        yield f"""\
[[reminders]]
id = "R{number}"
name = "reminder_{number}"
title = "Reminder {number}"
line = "line"
when = "lab_{lab} < line_{lab} and finding_{finding} is no and treatment is not phase_{phase}"
due = "lab_{lab}.collected + later"
done_when = "lab_{lab} >= line_{lab}"
wordings = [
  {{ name = "both", when = "finding_{phase} is yes", text = "{{lab_{lab}}}, and the finding too" }},
  {{ name = "one", text = "{{lab_{lab}}}" }},
]
ladder = [
  {{ at = "opened", to = ["nurse by inbox"] }},
  {{ at = "due", to = ["physician by page"] }},
  {{ at = "due + soon", to = ["haematologist by page"] }},
]
source = ["generated"]
"""


def play(engine: Engine, clock: FixedClock) -> Instant:
    """A case in its second phase, half of its values below their lines. The instant at which it ends."""
    clock.set(START)
    enrol = Enrol(
        id="large enrol",
        case=CASE,
        by=DOCTOR,
        pathway="generated",
        presented_at=Instant(START - HOUR),
        identifiers={"name": "invented", "number": "0"},
        zone="Europe/Berlin",
        ward="H1",
        bed="3",
        patient="invented",
        origin="invented",
    )
    said: list[AnyCommand] = [enrol, finding(0)]
    said += [result(number, BELOW if number % 2 else ABOVE, START) for number in range(LABS)]
    for each in said:
        answer = engine.handle(each)
        assert answer.status == "accepted", answer
    return clock.advance(HOUR)


def finding(number: int) -> RecordFinding:
    """A finding said to be there."""
    return RecordFinding(id=f"large finding {number}", case=CASE, by=DOCTOR, finding=f"finding_{number}", value="yes")


def result(number: int, value: str, collected_at: Instant) -> RecordResult:
    """A value of an analyte."""
    analyte = ANALYTES[ANALYTE[number]]
    return RecordResult(
        id=f"large result {number} {collected_at}",
        case=CASE,
        by=FEED,
        loinc=analyte.codes[0].loinc,
        value=value,
        unit=analyte.unit,
        collected_at=collected_at,
        specimen=f"large {number} {collected_at}",
    )
