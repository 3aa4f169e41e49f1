"""From a step to the commands it sends: short ways of writing spelt out, labels replaced by positions."""

from collections.abc import Iterator, Mapping
from typing import Any

from pathway.case.commands import AnyCommand
from pathway.clinical.quantity import ANALYTES
from ward.entry import COMMANDS, entered, instants
from ward.scenario.form import Scenario, Step
from ward.scenario.moment import Calendar

#: Fields that hold the position of an event; a scenario writes the label of the step that brought it.
POSITIONS = ("replaces", "target")


class Writer:
    """Writes the commands of a scenario's steps. `positions`: label, or `label/analyte`, to the event it brought."""

    def __init__(self, scenario: Scenario, calendar: Calendar) -> None:
        self.scenario, self.calendar = scenario, calendar
        self.positions: dict[str, int] = {}

    def commands(self, number: int, step: Step) -> Iterator[tuple[str, AnyCommand]]:
        """Each command of a step with the name its event goes by. Raises ValueError or NotUnderstood."""
        does = dict(step.does)
        key = f"{self.scenario.name}/{number}"
        if "labs" in does:
            yield from self.panel(key, step, does)
            return
        yield step.label, self.command(key, step, does)

    def command(self, key: str, step: Step, does: Mapping[str, Any]) -> AnyCommand:
        """One command. Its id is made of scenario and step, so a run sends the same ids every time."""
        kind = COMMANDS.get(str(does.get("type")))
        said = {"id": key, "case": self.scenario.name, "by": self.by(step), **does}
        if does.get("type") == "Enrol":
            said = self.enrolment() | said
        if "analyte" in said:
            said["loinc"] = ANALYTES[said.pop("analyte")].codes[0].loinc
        for name in instants(kind) if kind else ():
            if isinstance(said.get(name), str):
                said[name] = self.calendar.moment(said[name])
        for name in POSITIONS:
            if isinstance(said.get(name), str):
                said[name] = self.position(said[name])
        return entered(said)

    def panel(self, key: str, step: Step, does: Mapping[str, Any]) -> Iterator[tuple[str, AnyCommand]]:
        """A result for each analyte of a panel: `92 mg/dL`, `<35 mg/dL`, or a word such as `clotted`."""
        rest = {name: value for name, value in does.items() if name != "labs"}
        for analyte, text in does["labs"].items():
            value, _, unit = text.partition(" ")
            one = rest | {"type": "RecordResult", "analyte": analyte, "value": value}
            if unit:
                one["unit"] = unit
            yield f"{step.label}/{analyte}", self.command(f"{key}/{analyte}", step, one)

    def by(self, step: Step) -> dict[str, str]:
        """Who speaks, as a command says it."""
        who = step.speaker
        return {"actor": who.name or who.role.replace("_", " "), "role": who.role, "source": who.source}

    def enrolment(self) -> dict[str, Any]:
        """What an enrolment says where the step does not."""
        scenario = self.scenario
        made_up = {"family_name": "Invented", "given_name": scenario.name, "number": f"INVENTED-{scenario.name}"}
        return {
            "pathway": scenario.pathway,
            "presented_at": self.calendar.start,
            "identifiers": scenario.identifiers or made_up,
            "zone": self.calendar.zone.key,
            "ward": scenario.ward,
            "bed": scenario.bed,
            "patient": f"scenario-{scenario.name}",
            "origin": "invented" if scenario.synthetic else "deidentified",
        }

    def position(self, label: str) -> int:
        """The event that a label stands for. Raises ValueError for one that no earlier step has."""
        found = self.positions.get(label)
        if found is None:
            raise ValueError(f"no earlier step brought {label!r}")
        return found
