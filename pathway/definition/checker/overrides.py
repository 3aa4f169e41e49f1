"""Overrides: a site's own values for settings of a pathway, inside their bounds, signed where they are less safe."""

from decimal import Decimal
from typing import Any

from msgspec.structs import replace

from pathway.definition.checker import shape
from pathway.definition.checker.faults import Faults
from pathway.definition.checker.settings import quantity, rounds
from pathway.definition.form import PathwayForm, SettingForm, SiteForm, SiteSettingForm
from pathway.definition.place import Path


def overridden(form: PathwayForm, text: str, faults: Faults) -> PathwayForm:
    """A form with the site's settings in place of its own; one with a fault is told and left as it was."""
    raw = shape.toml(text, faults)
    if raw is None:
        return form
    site = shape.fitted(in_full(raw), SiteForm, faults)
    named = (("pathway", site.pathway, form.pathway), ("version", site.version, form.version))
    for key, said, wanted in named:
        if said != wanted and key in raw:
            happened, mend = f"these are settings of {key} {said}", f"write {key} = {wanted!r}, or hand in another file"
            faults.add("override", (key,), happened, f"{key} {wanted}", mend)
    settings = dict(form.settings)
    for name, each in site.settings.items():
        if name not in form.settings:
            faults.unknown(("settings", name), "setting", name, form.settings)
        elif ("settings", name) not in faults.misshapen:
            settings[name] = one(name, form.settings[name], each, faults)
    return replace(form, settings=settings)


def site_of(text: str) -> tuple[str, int] | None:
    """The name and version of the pathway that a site's file is about; None where it does not say."""
    raw = shape.toml(text, Faults("overrides.toml", text)) or {}
    name, version = raw.get("pathway"), raw.get("version")
    return (name, version) if isinstance(name, str) and type(version) is int else None


def in_full(raw: dict[str, Any]) -> dict[str, Any]:
    """A file in which every setting is a table: `name = "4 h"` says the value alone, a list the rounds."""
    settings = raw.get("settings")
    if not isinstance(settings, dict):
        return raw
    return {**raw, "settings": {name: in_table(each) for name, each in settings.items()}}


def in_table(said: object) -> object:
    """What a file says of one setting, as a table."""
    if isinstance(said, str):
        return {"value": said}
    return {"rounds": said} if isinstance(said, list) else said


def one(name: str, own: SettingForm, site: SiteSettingForm, faults: Faults) -> SettingForm:
    """A setting as the site wants it, or as it was."""
    path: Path = ("settings", name)
    kept = len(faults.found)
    if own.rounds:
        found = replace(own, rounds=site.rounds)
        if not site.rounds or site.value is not None:
            faults.add("override", path, f"setting {name} is no rounds here", "local times", "write a list of times")
        rounds(name, found, faults)
        safe = site.rounds == own.rounds
    else:
        found, safe = replace(own, value=site.value), amount(name, own, site, faults)
    if kept == len(faults.found) and not safe:
        signatures(name, own, site, faults)
    return found if kept == len(faults.found) else own


def amount(name: str, own: SettingForm, site: SiteSettingForm, faults: Faults) -> bool:
    """Whether an amount is as safe as the pathway's own; tells what is none, of another unit or outside the bounds."""
    path: Path = ("settings", name, "value")
    read = [quantity(text) for text in (own.value or "", *(own.bounds or ()))]
    known = [each for each in read if each is not None]
    if own.bounds is None or own.safe is None or len(known) < len(read):
        return True  # The pathway's own setting is at fault, and is told of.
    (before, unit), (low, _), (high, _) = known
    wanted = f"{own.bounds[0]} to {own.bounds[1]}"
    found = None if site.value is None else quantity(site.value)
    if found is None or site.rounds:
        said = "rounds" if site.rounds else repr(site.value)
        faults.add("override", path, f"setting {name} says {said}", wanted, f"write for instance {own.value}")
    elif found[1] != unit:
        happened = f"setting {name} is in {found[1] or 'no unit'}"
        faults.add("override", path, happened, unit or "no unit", f"write for instance {own.value}")
    elif not low <= found[0] <= high:
        faults.add("bounds", path, f"setting {name} is {site.value}", wanted, "choose a value inside its bounds")
    else:
        return is_safe(before, found[0], own.safe)
    return False


def is_safe(before: Decimal, now: Decimal, safe: str) -> bool:
    """Whether a value is the same or lies to the safe side."""
    return now >= before if safe == "up" else now <= before


def signatures(name: str, own: SettingForm, site: SiteSettingForm, faults: Faults) -> None:
    """What is not to the safe side has a reason and two people who signed."""
    path: Path = ("settings", name)
    side = f"to the unsafe side of {own.value}" if own.value else "not the pathway's own"
    happened = f"setting {name} is {side}"
    if not site.reason.strip():
        faults.add("override_reason", path, f"{happened}, without a reason", "a reason", "write reason")
    signed, second = site.signed_by.strip(), site.second.strip()
    if not (signed and second):
        lacks = "signed_by" if not signed else "second"
        faults.add("override_signature", path, f"{happened}, without {lacks}", "two signatures", f"write {lacks}")
    elif signed.casefold() == second.casefold():
        mend = "have another person sign as second"
        faults.add("override_signature", (*path, "second"), f"{signed} signed twice", "two people", mend)
