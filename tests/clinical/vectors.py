"""Golden vectors: inputs of a computed fact as a file says them, and its answer as the file keeps it.

A file is a list of vectors. `readings`: input to a number (`60`, `<35`, `>5`, `2..4`), a word, true or false, null for
what cannot be said, or to both a `value` and `at`, the day it was true. `reports`: fields of a report. `courses` and
`died`: what a fact that takes the case is given besides; `day1` and `died` are days after presentation. `answer` is the
reading without what is left at its default. `contradiction` marks inputs that exclude each other. Run as a program,
this writes the answers of vectors that have none, and never changes one.
"""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec

from pathway.clinical.computed import COMPUTED, Computed
from pathway.clinical.given import Course, Given
from pathway.clinical.instant import SPAN_UNITS, Instant
from pathway.clinical.reading import Interval, Reading
from pathway.clinical.report import Report

FOLDER = Path(__file__).parent / "golden"
DAY = SPAN_UNITS["d"]
Vector = dict[str, Any]


def load(name: str) -> list[Vector]:
    """The vectors of a fact, by `name@version`; none where there is no file."""
    path = FOLDER / f"{name}.json"
    return json.loads(path.read_text("utf-8")) if path.exists() else []


def answer(name: str, vector: Vector) -> dict[str, Any]:
    """What the fact answers to a vector, as a file keeps it."""
    found = COMPUTED[name].read(given(COMPUTED[name], vector))
    plain = {key: value for key, value in msgspec.structs.asdict(found).items() if value not in (None, "", ())}
    if isinstance(found.value, Interval):
        plain["value"] = interval_text(found.value)
    elif found.known:
        plain["value"] = found.value
    kept: dict[str, Any] = json.loads(json.dumps(plain))
    return kept


def given(fact: Computed, vector: Vector) -> object:
    """What the function is given."""
    units = dict(fact.inputs)
    readings = {
        name: reading(said, units[name], position)
        for position, (name, said) in enumerate(vector.get("readings", {}).items(), start=1)
    }
    reports = tuple(report(position, said) for position, said in enumerate(vector.get("reports", ()), start=1))
    if fact.takes == "readings":
        return readings
    if fact.takes == "reports":
        return reports
    courses = tuple(
        Course(
            position,
            said["regimen"],
            said.get("intensive", True),
            day(said.get("day1", 1)),
            day(said.get("day1", 1)),
            said["doses"],
        )
        for position, said in enumerate(vector.get("courses", ()), start=101)
    )
    died = vector.get("died")
    return Given(readings, reports, courses, day(0), None if died is None else day(died))


def day(count: float) -> Instant:
    return Instant(int(count * DAY))


def reading(said: Any, unit: str, position: int) -> Reading:
    at: float = position
    if isinstance(said, dict):
        said, at = said["value"], said["at"]
    if said is None:
        return Reading(known=False, why="never recorded")
    value = interval(said) if unit else said
    return Reading(known=True, value=value, at=day(at), recorded=Instant(day(at) + 1), events=(position,))


def report(position: int, said: dict[str, Any]) -> Report:
    told = {"status": "final", "result": "", **said}
    return Report(position=position, occurred_at=day(position), recorded_at=Instant(day(position) + 1), **told)


def interval(text: str) -> Interval:
    low, between, high = text.partition("..")
    if between:
        return Interval(Decimal(low), Decimal(high))
    if text[0] == "<":
        return Interval(Decimal(0), Decimal(text[1:]), high_open=True)
    if text[0] == ">":
        return Interval(Decimal(text[1:]), None, low_open=True)
    return Interval(Decimal(text), Decimal(text))


def interval_text(value: Interval) -> str:
    low, high = ("any" if end is None else f"{end:f}" for end in (value.low, value.high))
    return f"{'(' if value.low_open else '['}{low}, {high}{')' if value.high_open else ']'}"


def write() -> None:
    """Write the answers of vectors that have none."""
    for name in COMPUTED:
        if vectors := load(name):
            filled = [each if "answer" in each else {**each, "answer": answer(name, each)} for each in vectors]
            lines = ",\n".join(json.dumps(each, ensure_ascii=False) for each in filled)
            (FOLDER / f"{name}.json").write_text(f"[\n{lines}\n]\n", "utf-8")


if __name__ == "__main__":
    write()
