"""Steps: what happens to an invented patient, as the commands that people and feeds would have sent."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

import msgspec

from pathway.case.commands import AnyCommand
from pathway.clinical.instant import Instant, instant
from pathway.clinical.quantity import ANALYTES
from pathway.site.commands import AnySiteCommand
from ward.demonstration.chance import SEED, Chance
from ward.demonstration.people import FEED, staff
from ward.demonstration.story import Patient, story
from ward.entry import entered

#: Which role does what where a step does not say; everything else is a physician's.
ROLES = {
    "RecordProduct": "nurse",
    "RecordReport": "laboratory",
    "RecordSample": "nurse",
    "RecordTherapy": "nurse",
    "Retract": "laboratory",
}
#: What a step says about itself and not to the engine.
OWN = frozenset({"do", "by", "at", "identified", "label", "refused"})
#: Fields that hold the position of an event; a step writes the label of the step that brought it.
POSITIONS = frozenset({"replaces", "target"})


class Scheduled(msgspec.Struct, frozen=True):
    """A command, and the instant at which the demonstration sends it.

    `about`: fields that want the position of an event, with the id of the command that brought it. `refused`: the code
    of the refusal that belongs to the story; empty where the command is to be accepted.
    """

    at: Instant
    command: AnyCommand | AnySiteCommand
    about: Mapping[str, str] = {}
    refused: str = ""


def scheduled(patient: Patient, seed: int = SEED) -> tuple[Scheduled, ...]:
    """What the demonstration sends about a patient, in order. Ids are made of case and place, so none is sent twice."""
    return tuple(Telling(patient, Chance(seed)).scheduled())


class Telling:
    """One patient's steps, with the hours and values that a seed gives them."""

    def __init__(self, patient: Patient, chance: Chance) -> None:
        self.patient, self.chance = patient, chance
        self.earlier = timedelta(minutes=chance.number(f"{patient.case}/hours", 0, patient.moves_min))
        self.labels: dict[str, str] = {}

    def scheduled(self) -> Iterator[Scheduled]:
        """The commands of every step."""
        for number, step in enumerate(self.moved(self.patient.steps)):
            key = f"demo/{self.patient.case}/{number}"
            about = {name: self.labels[step[name]] for name in POSITIONS & step.keys()}
            for said in self.spelt(key, {**step, **dict.fromkeys(about, 0)}):
                self.labels |= self.label(step, said)
                yield Scheduled(instant(step["at"]), entered(said), about, step.get("refused", ""))

    def label(self, step: Mapping[str, Any], said: Mapping[str, Any]) -> dict[str, str]:
        """The label of a step with the id of its command; a panel's has one for each analyte, as `label/analyte`."""
        if "label" not in step:
            return {}
        parts = "labs" in step or "findings" in step
        return {f"{step['label']}/{said['id'].rpartition('/')[2]}" if parts else step["label"]: said["id"]}

    def moved(self, told: Any) -> Any:
        """Steps with every hour of them moved."""
        match told:
            case datetime():
                return told - self.earlier
            case Mapping():
                return {name: self.moved(each) for name, each in told.items()}
            case list() | tuple():
                return [self.moved(each) for each in told]
        return told

    def spelt(self, key: str, step: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
        """The commands of one step as mappings: one, or one for each result of a panel or finding of a list."""
        if "labs" in step:
            for analyte, text in step["labs"].items():
                value = self.chance.value(f"{key}/{analyte}", text)
                yield self.result(f"{key}/{analyte}", step, analyte, value)
            return
        if "findings" in step:
            for finding, value in step["findings"].items():
                yield self.said(f"{key}/{finding}", "RecordFinding", step, finding=finding, value=value)
            return
        fields = {name: value for name, value in step.items() if name not in OWN}
        if step["do"] == "Enrol":
            fields = self.enrolment() | fields | {"history": list(self.history(key, step.get("history", ())))}
        if step.get("identified"):
            fields["identifiers"] = self.identifiers()
        yield self.said(key, step["do"], step, **fields)

    def said(self, key: str, kind: str, step: Mapping[str, Any], **fields: Any) -> dict[str, Any]:
        """One command by an invented person in the role of the step."""
        role = step.get("by") or ROLES.get(kind) or "physician"
        actor = {"actor": staff().in_role(role), "authenticated": "demonstration"}
        by = {**actor, "role": role, "source": "demonstration"}
        return {"type": kind, "id": key, "case": self.patient.case, "by": by, **fields}

    def result(self, key: str, step: Mapping[str, Any], analyte: str, text: str) -> dict[str, Any]:
        """One result of a panel, `92 mg/dL`, `1.7 -` for one without its unit, or a word such as `clotted`."""
        value, _, unit = text.partition(" ")
        rest = {name: step[name] for name in ("specimen", "status", "replaces") if name in step}
        return {
            "type": "RecordResult",
            "id": key,
            "case": self.patient.case,
            "by": {"actor": FEED, "role": "laboratory", "source": "feed", "authenticated": "demonstration"},
            "loinc": ANALYTES[analyte].codes[0].loinc,
            "value": value,
            "unit": None if unit == "-" else unit or ANALYTES[analyte].unit,
            "collected_at": step["collected"],
            **rest,
        }

    def history(self, key: str, told: Any) -> Iterator[dict[str, Any]]:
        """What an enrolment tells of the time before: steps of the same form, each with its own time."""
        for number, step in enumerate(told):
            for said in self.spelt(f"{key}/{number}", step):
                yield said if "labs" in step or "day1" in said else {**said, "at": step["at"]}

    def enrolment(self) -> dict[str, Any]:
        """What an enrolment says beside its patient."""
        patient = self.patient
        return {
            "pathway": "variant_apl",
            "presented_at": patient.presented - self.earlier,
            "identifiers": self.identifiers(),
            "zone": story().zone,
            "ward": story().ward,
            "bed": patient.bed,
            "patient": f"invented-{patient.case}",
            "origin": "invented",
        }

    def identifiers(self) -> dict[str, str]:
        """A name and a number, both plainly invented."""
        family, _, given = self.patient.name.partition(", ")
        return {"family_name": family, "given_name": given, "number": f"INVENTED-{self.patient.number}"}
