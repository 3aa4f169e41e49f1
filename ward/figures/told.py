"""Figures as they are told: counts with their denominators, lengths in the unit of each indicator, as JSON and CSV."""

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any

from pathway.case.measure import METHOD, IndicatorForm, Result, Spread, Tally, Unit, share
from pathway.clinical.instant import SPAN_UNITS, iso
from ward.figures.asked import Stood
from ward.spreadsheet import Cell, as_csv

#: Figures of lengths are told to so many places.
PLACES = Decimal("0.01")
COUNTS = ("denominator", "numerator", "outside", "not_done", "not_documented", "open")
SPREADS = ("count", "least", "lower", "median", "upper", "greatest")
#: What a range is told in: hours; its spread is of per cent.
RANGE_UNIT = "h"
FIGURES_HEAD = (
    *("indicator", "title", "group", "population", "denominator", "numerator", "per_cent", "outside", "not_done"),
    *("not_documented", "open", "excluded", "excluded_because", "amount", "events", "unit"),
    *(f"of_{name}" if name == "count" else name for name in SPREADS),
    *("numerator_is", "denominator_is", "published", "source"),
)
DEVIATIONS_HEAD = (
    *("case", "event", "ward", "kind", "rule", "text", "began_at", "broken_at", "due_at", "ended_at", "goes_on"),
    *("lasted_minutes", "by", "role", "second", "knew", "told", "notices", "done", "done_by"),
)


def in_unit(length_us: Decimal | int, unit: str) -> Decimal:
    """A length in a unit, to two places; a share stays what it is."""
    amount = Decimal(length_us) if unit == "%" else Decimal(length_us) / SPAN_UNITS[unit]
    return amount.quantize(PLACES)


def result_told(result: Result, *, units: bool = False) -> dict[str, Any]:
    """One indicator as JSON. `units`: with every unit, for whoever may look at the cases."""
    form = result.form
    told: dict[str, Any] = {
        "indicator": form.id,
        "question": form.question,
        "title": form.title,
        "kind": form.kind,
        "population": result.population,
        "excluded": result.excluded,
        **tally_told(form, result.total),
        "groups": [
            {"group": dict(zip(titles(form), each.group, strict=True)), **tally_told(form, each)}
            for each in result.groups
        ],
        "never": form.never,
        "numerator_is": form.numerator,
        "denominator_is": form.denominator,
        "note": form.note,
        "published": [{"text": each.text, "source": each.source} for each in form.published],
        "source": list(form.source),
        "quartiles": METHOD,
    }
    return told | ({"units": [unit_told(form, each) for each in result.units]} if units else {})


def tally_told(form: IndicatorForm, tally: Tally) -> dict[str, Any]:
    """The figures of an indicator, or of a group of it. Of time in a range the counts are hours."""
    found: dict[str, Any] = {name: amount(form, getattr(tally, name)) for name in COUNTS}
    found |= {
        "amount": amount_of(form),
        "per_cent": share(tally.numerator, tally.denominator),
        "cases": tally.cases,
        "unit": form.unit,
        "spread": spread_told(form, tally.spread),
    }
    if form.kind == "count":
        found["events"] = tally.events
    if form.kind == "range":
        found["running"] = tally.running
    return found


def amount(form: IndicatorForm, count: int) -> int | Decimal:
    """A count of units, or of time in a range the hours."""
    return in_unit(count, RANGE_UNIT) if form.kind == "range" else count


def amount_of(form: IndicatorForm) -> str:
    """What is counted."""
    return {"range": "hours", "count": "cases"}.get(form.kind, "cases" if form.each == "case" else "times")


def spread_told(form: IndicatorForm, found: Spread | None) -> dict[str, Any] | None:
    """Median and quartiles in the unit of the indicator."""
    if found is None:
        return None
    lengths = {name: in_unit(getattr(found, name), form.unit) for name in SPREADS[1:]}
    return {"count": found.count, **lengths}


def unit_told(form: IndicatorForm, unit: Unit) -> dict[str, Any]:
    """One unit: where it begins, and what became of it."""
    return {
        "case": unit.case,
        "position": unit.position,
        "at": iso(unit.at),
        "outcome": unit.outcome.value,
        "stopped_at": None if unit.stopped_at is None else iso(unit.stopped_at),
        "lasted": None if unit.lasted_us is None else in_unit(unit.lasted_us, "h" if form.unit == "%" else form.unit),
        "group": dict(zip(titles(form), unit.groups, strict=True)),
    }


def titles(form: IndicatorForm) -> tuple[str, ...]:
    """The names of the groups of an indicator."""
    return tuple(each.title for each in form.by)


def stood_told(found: Stood) -> dict[str, Any]:
    """One deviation as JSON."""
    each = found.deviation
    return {
        "case": each.case,
        "position": each.position,
        "ward": found.ward,
        "kind": each.sort,
        "rule": each.rule,
        "text": found.text,
        "began_at": iso(each.began_at),
        "broken_at": iso(each.broken_at),
        "due_at": None if each.due_at is None else iso(each.due_at),
        "ended_at": None if each.ended_at is None else iso(each.ended_at),
        "goes_on": each.ended_at is None,
        "lasted_minutes": in_unit(found.lasted_us, "min"),
        "by": each.by,
        "role": each.role,
        "second": each.second,
        "knew": [{"actor": one.actor, "role": one.role, "at": iso(one.at), "how": one.how} for one in each.knew],
        "told": [{"at": iso(one.at), "to": list(one.to), "what": one.what} for one in each.told],
        "notices": [{"at": iso(at), "to": role, "state": state} for at, role, state in found.notices],
        "done": each.done,
        "done_by": each.done_by,
    }


# --- CSV -------------------------------------------------------------------------------------------------------------


def figures_csv(results: Iterable[Result]) -> bytes:
    """The indicators as a table for spreadsheets: a line for each, then one for each of its groups."""
    return as_csv(FIGURES_HEAD, (line for result in results for line in lines(result)))


def lines(result: Result) -> Iterator[tuple[Cell, ...]]:
    """The lines of one indicator."""
    form = result.form
    for each in (result.total, *result.groups):
        spread = spread_told(form, each.spread) or dict.fromkeys(SPREADS, "")
        whole = each is result.total
        words = zip(titles(form), each.group, strict=False)
        yield (
            form.id,
            form.title,
            "" if whole else "; ".join(f"{title}: {word}" for title, word in words),
            result.population if whole else "",
            *(cell(amount(form, getattr(each, name))) for name in COUNTS[:2]),
            cell(share(each.numerator, each.denominator)),
            *(cell(amount(form, getattr(each, name))) for name in COUNTS[2:]),
            sum(result.excluded.values()) if whole else "",
            "; ".join(f"{reason}: {count}" for reason, count in result.excluded.items()) if whole else "",
            amount_of(form),
            each.events if form.kind == "count" else "",
            form.unit,
            *(cell(spread[name]) for name in SPREADS),
            form.numerator,
            form.denominator,
            "; ".join(f"{one.text} ({one.source})" for one in form.published),
            ", ".join(form.source),
        )


def deviations_csv(found: Iterable[Stood]) -> bytes:
    """The deviations as a table for spreadsheets."""
    return as_csv(DEVIATIONS_HEAD, (stood_line(each) for each in found))


def stood_line(found: Stood) -> tuple[Cell, ...]:
    """One deviation as a line."""
    told = stood_told(found)
    told["goes_on"] = "yes" if told["goes_on"] else "no"
    told["event"] = told.pop("position")
    told["knew"] = "; ".join(f"{each['actor']} ({each['role']}) {each['at']} {each['how']}" for each in told["knew"])
    told["told"] = "; ".join(f"{each['at']} {', '.join(each['to'])}: {each['what']}" for each in told["told"])
    told["notices"] = "; ".join(f"{each['at']} {each['to']}: {each['state']}" for each in told["notices"])
    return tuple(cell(told[name]) for name in DEVIATIONS_HEAD)


def cell(value: object) -> Cell:
    """A value in a line; empty for none."""
    return "" if value is None else value if isinstance(value, int | Decimal) else str(value)
