"""The story: the invented patients of ward.toml as the commands that people and feeds would have sent."""

from collections.abc import Iterator
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import Any

import msgspec

from pathway.case.commands import AnyCommand
from pathway.clinical.instant import Instant, instant
from pathway.clinical.quantity import ANALYTES
from ward.entry import entered

#: Which role does what where a step does not say; everything else is a physician's.
ROLES = {"RecordProduct": "nurse", "RecordReport": "laboratory", "RecordTherapy": "nurse"}


class Patient(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One invented patient and what happens to them, in the order it is recorded."""

    case: str
    bed: str
    name: str
    presented: datetime
    steps: tuple[dict[str, Any], ...]


class Story(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The ward: when its demonstration opens, where it is, and who lies there."""

    opens: datetime
    zone: str
    ward: str
    label: str
    patients: tuple[Patient, ...]


class Scheduled(msgspec.Struct, frozen=True):
    """A command, and the instant at which the demonstration sends it."""

    at: Instant
    command: AnyCommand


@cache
def story() -> Story:
    """The demonstration ward that comes with the product."""
    return msgspec.toml.decode(files("ward.demonstration").joinpath("ward.toml").read_bytes(), type=Story)


def opens() -> Instant:
    """The demonstration's time when it is begun."""
    return instant(story().opens)


def scheduled(patient: Patient) -> tuple[Scheduled, ...]:
    """What the demonstration sends about a patient, in order. Ids are made of case and place, so none is sent twice."""
    return tuple(
        Scheduled(instant(step["at"]), command)
        for number, step in enumerate(patient.steps)
        for command in commands(patient, f"demo/{patient.case}/{number}", step)
    )


def commands(patient: Patient, key: str, step: dict[str, Any]) -> Iterator[AnyCommand]:
    """The commands of one step: one, or a result for each analyte of a panel."""
    if "labs" in step:
        for analyte, text in step["labs"].items():
            yield entered(result(patient, f"{key}/{analyte}", step, analyte=analyte, text=text))
        return
    kind = step["do"]
    said = {name: value for name, value in step.items() if name not in {"do", "by", "at", "identified"}}
    if kind == "Enrol":
        said |= enrolment(patient)
    if step.get("identified"):
        said["identifiers"] = identifiers(patient)
    yield entered({"type": kind, "id": key, "case": patient.case, "by": by(step.get("by") or ROLES.get(kind)), **said})


def result(patient: Patient, key: str, step: dict[str, Any], *, analyte: str, text: str) -> dict[str, Any]:
    """One result of a panel, `92 mg/dL` or a word such as `clotted`."""
    value, _, unit = text.partition(" ")
    return {
        "type": "RecordResult",
        "id": key,
        "case": patient.case,
        "by": {"actor": "invented laboratory", "role": "laboratory", "source": "feed"},
        "loinc": ANALYTES[analyte].codes[0].loinc,
        "value": value,
        "unit": unit or ANALYTES[analyte].unit,
        "collected_at": step["collected"],
    }


def enrolment(patient: Patient) -> dict[str, Any]:
    """What an enrolment says beside its patient."""
    return {
        "pathway": "variant_apl",
        "presented_at": patient.presented,
        "identifiers": identifiers(patient),
        "zone": story().zone,
        "ward": story().ward,
        "bed": patient.bed,
        "patient": f"invented-{patient.case}",
        "origin": "invented",
    }


def identifiers(patient: Patient) -> dict[str, str]:
    """A name and a number, both plainly invented."""
    family, _, given = patient.name.partition(", ")
    return {"family_name": family, "given_name": given, "number": f"INVENTED-{patient.bed}"}


def by(role: str | None) -> dict[str, str]:
    """An invented person under a role."""
    role = role or "physician"
    return {"actor": f"invented {role.replace('_', ' ')}", "role": role, "source": "demonstration"}
