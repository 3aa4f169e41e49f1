"""Settings as readings: a number or span inside its bounds, or daily rounds."""

import re
from decimal import Decimal

from pathway.clinical.instant import Instant, span
from pathway.clinical.reading import Reading, exactly
from pathway.definition.checker.faults import Faults
from pathway.definition.form import PathwayForm, SettingForm
from pathway.definition.names import setting_kind
from pathway.definition.place import Path

NUMBER_UNIT = re.compile(r"(\d+(?:\.\d+)?)(?: (\S+))?", re.ASCII)
ROUND = re.compile(r"(?:[01]\d|2[0-3]):[0-5]\d", re.ASCII)


def settings(form: PathwayForm, faults: Faults) -> dict[str, Reading]:
    """Every setting that can be read; one that cannot be is doubtful."""
    found = {}
    for name, each in form.settings.items():
        reading = rounds(name, each, faults) if each.rounds else amount(name, each, faults)
        if reading is None:
            faults.doubtful.add(name)
        else:
            found[name] = reading
    return found


def rounds(name: str, form: SettingForm, faults: Faults) -> Reading | None:
    """Daily local times."""
    path: Path = ("settings", name, "rounds")
    odd = [(index, each) for index, each in enumerate(form.rounds) if not ROUND.fullmatch(each)]
    for index, each in odd:
        faults.add(
            "setting", (*path, index), f"setting {name} says {each!r}", "a local time", "write for instance 08:00"
        )
    if form.value is not None:
        faults.add("setting", path, f"setting {name} has rounds and a value", "one of them", "keep one of them")
    sound = not odd and form.value is None
    return Reading(known=True, value=",".join(form.rounds), shown=", ".join(form.rounds)) if sound else None


def amount(name: str, form: SettingForm, faults: Faults) -> Reading | None:
    """A number or span, inside its bounds and in their unit."""
    path: Path = ("settings", name)
    if form.value is None or form.bounds is None or form.safe is None:
        wanted = "value, bounds and safe direction"
        faults.add("setting", path, f"setting {name} is incomplete", wanted, "add them")
        return None
    read = [quantity(text) for text in (form.value, *form.bounds)]
    places = ((*path, "value"), (*path, "bounds", 0), (*path, "bounds", 1))
    for text, each, place in zip((form.value, *form.bounds), read, places, strict=True):
        if each is None:
            expected, mend = "a number with its unit, or a span", "write for instance 1.5 mmol/L or 6 h"
            faults.add("setting", place, f"setting {name} says {text!r}", expected, mend)
    numbers = [each for each in read if each is not None]
    if len(numbers) < len(read):
        return None
    units = sorted({unit or "no unit" for _, unit in numbers})
    if len(units) > 1:
        mend = "write the bounds in the unit of the value"
        faults.add("setting", path, f"setting {name} mixes units {units}", "one unit", mend)
        return None
    value, low, high = (number for number, _ in numbers)
    if low > high:
        mend = "write the lower one first"
        faults.add("setting", places[1], f"the bounds of {name} are crossed", "the lower bound, then the upper", mend)
        return None
    if not low <= value <= high:
        expected = f"{form.bounds[0]} to {form.bounds[1]}"
        happened, mend = f"setting {name} is {form.value}", "choose a value inside its bounds"
        faults.add("bounds", places[0], happened, expected, mend)
    if numbers[0][1] == "span":
        return Reading(known=True, value=Instant(int(value)), shown=form.value)
    return Reading(known=True, value=exactly(value), shown=form.value)


def quantity(text: str) -> tuple[Decimal, str] | None:
    """A number with its unit; a span is microseconds with the unit `span`; None for what is neither."""
    if setting_kind(SettingForm(source=(), value=text)).type == "span":
        return Decimal(span(text)), "span"
    found = NUMBER_UNIT.fullmatch(text)
    return (Decimal(found[1]), found[2] or "") if found else None
