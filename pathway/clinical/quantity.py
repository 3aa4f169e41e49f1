"""Quantities: a laboratory's text and unit become a usable interval, or a question, or nothing. Never a guess."""

import re
from decimal import Context, Decimal
from enum import StrEnum

import msgspec

from pathway.clinical.analyte import (
    ANALYTES,
    FINDINGS,
    NO_RESULT,
    SPECIMEN_PROBLEMS,
    Analyte,
    analyte_of,
    unusable_because,
)
from pathway.clinical.reading import Interval, exactly
from pathway.clinical.unit import show_unit, ucum_of

__all__ = [
    "ANALYTES",
    "FINDINGS",
    "SPECIMEN_PROBLEMS",
    "Analyte",
    "Measured",
    "Outcome",
    "QuantityRefused",
    "analyte_of",
    "read_quantity",
    "show",
    "unusable_because",
]

#: The longest text taken for a result; longer ones are prose.
TEXT_LIMIT = 40
#: Wide enough that nine figures before and six after the point times any factor of the tables stay exact.
EXACT = Context(prec=60)
ZERO = Decimal(0)
FIGURE = r"(?=[\d.])\d{0,9}(?:\.\d{1,6})?"
STATED = re.compile(rf"(?P<sign><=|>=|<|>)? ?(?P<minus>-)?(?P<low>{FIGURE})(?: ?- ?(?P<high>{FIGURE}))?", re.ASCII)


class Outcome(StrEnum):
    """What became of a result: a value, a question about its unit, a worthless sample, or no figure at all."""

    USABLE = "usable"
    QUESTION = "question"
    UNUSABLE = "unusable"
    UNREADABLE = "unreadable"


class Measured(msgspec.Struct, frozen=True):
    """A result as read.

    `interval` is in the canonical UCUM `unit`, and there only when the outcome is usable. `entered` is the text with
    its unit as sent, marked when it was converted. `question` says in words why there is no value and what was
    probably meant.
    """

    outcome: Outcome
    interval: Interval | None
    unit: str
    entered: str
    question: str = ""


class QuantityRefused(Exception):
    """A quantity was asked for in a way no result can mend; `code` is stable."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def read_quantity(analyte: str, text: str, unit: str | None, *, decimal_sign: str = ".") -> Measured:
    """Reads one result of `analyte` (a name of ANALYTES) as sent, in the unit as sent.

    Figures may carry `<`, `<=`, `>`, `>=`; analytes that allow it take ranges such as `160-320`. Conversion is exact.
    A missing, unknown or improbable unit is a question and never a value (safety.md H24). `decimal_sign` is `.` or
    `,`, by the feed's map; the other sign is refused. Raises QuantityRefused for an analyte or a decimal sign that
    does not exist.
    """
    about = ANALYTES.get(analyte)
    if about is None:
        raise QuantityRefused(
            "analyte_unknown",
            "A result was read for an analyte that is not in the table. Expected a name of ANALYTES. "
            "Map the code with analyte_of, or add the analyte to tables/analytes.toml.",
        )
    if decimal_sign not in (".", ","):
        raise QuantityRefused(
            "decimal_sign_unknown",
            "The feed names a decimal sign that does not exist. Expected a point or a comma. Mend the feed's map.",
        )
    sent = (unit or "").strip()
    text = text.strip()
    entered = f"{text[:TEXT_LIMIT]} {sent[:TEXT_LIMIT]}".strip()
    word = " ".join(text.casefold().split())
    if word in NO_RESULT:
        return Measured(Outcome.UNUSABLE, None, about.unit, entered, SPECIMEN_PROBLEMS[NO_RESULT[word]])
    for result in about.words:
        if word == result.text:
            return Measured(Outcome.USABLE, Interval(result.above, None, low_open=True), about.unit, entered)
    stated, fault = _stated(text, decimal_sign, about)
    if stated is None:
        return Measured(Outcome.UNREADABLE, None, about.unit, entered, fault)
    return _in_unit(about, stated, sent, entered)


def show(interval: Interval, unit: str) -> str:
    """An interval in words with its unit: `92 mg/dL`, `<35 mg/dL`, `160 to 320 ug/mL`.

    `unit` is a UCUM code, shown as people read it (`30 x10^9/L`); a dimensionless unit is left out. Figures keep the
    zeros they were entered with and always have one before the point.
    """
    low, high = interval.low, interval.high
    match low, high:
        case None, None:
            figures = "any value"
        case None, Decimal():
            figures = f"{'<' if interval.high_open else '<='}{_figure(high)}"
        case Decimal(), None:
            figures = f"{'>' if interval.low_open else '>='}{_figure(low)}"
        case Decimal(), Decimal() if low == high:
            figures = _figure(low)
        case Decimal(), Decimal() if low == ZERO and interval.high_open and not interval.low_open:
            figures = f"<{_figure(high)}"
        case _:
            above = "above " if interval.low_open else ""
            below = "below " if interval.high_open else ""
            figures = f"{above}{_figure(low)} to {below}{_figure(high)}"
    return f"{figures} {show_unit(unit)}".strip()


class _Stated(msgspec.Struct, frozen=True):
    """What a text states, in the unit as sent; `numbers` are the figures written, without a range's low end of zero."""

    interval: Interval
    numbers: tuple[Decimal, ...]


def _stated(text: str, decimal_sign: str, about: Analyte) -> tuple[_Stated | None, str]:
    """The figures in a text, or None with the reason; the pattern runs before Decimal sees a character."""
    other = "," if decimal_sign == "." else "."
    if not text:
        return None, "there is no figure"
    if len(text) > TEXT_LIMIT:
        return None, "the text is too long for a figure"
    if other in text:
        return None, f"there is a {other!r} and this feed's decimal sign is {decimal_sign!r}: ask the laboratory"
    found = STATED.fullmatch(text.replace(decimal_sign, "."))
    if not found:
        return None, "the text is not a plain figure"
    if found["minus"]:
        return None, "the figure is negative, which cannot be"
    low = Decimal(found["low"])
    if found["sign"] == "<" and not low:
        return None, "nothing lies below zero"
    if found["high"] is None:
        return _Stated(_compared(found["sign"], low), (low,)), ""
    high = Decimal(found["high"])
    if found["sign"] or not about.ranges:
        return None, f"{about.text} is not reported as a range"
    if low >= high:
        return None, "the range runs backwards"
    return _Stated(Interval(low, high), (low, high) if low else (high,)), ""


def _compared(sign: str | None, number: Decimal) -> Interval:
    match sign:
        case "<":
            return Interval(ZERO, number, high_open=True)
        case "<=":
            return Interval(ZERO, number)
        case ">":
            return Interval(number, None, low_open=True)
        case ">=":
            return Interval(number, None)
        case _:
            return exactly(number)


def _in_unit(about: Analyte, stated: _Stated, sent: str, entered: str) -> Measured:
    """The stated figures in the canonical unit, unless the unit is in doubt or the figure is impossible."""
    ucum = ucum_of(sent) if sent else None
    accepted = about.accepted(ucum) if ucum else None
    if accepted is None:
        return Measured(Outcome.QUESTION, None, about.unit, entered, _unit_doubt(about, stated, sent, ucum))
    possible = all(about.possible(EXACT.multiply(number, accepted.factor)) for number in stated.numbers)
    elsewhere = "" if possible else _unit_meant(about, stated, accepted.unit)
    for query in about.queries:
        # A unit in which the figure is impossible too cannot be the one that was meant.
        credible = possible or elsewhere or about.accepted(query.means) is None
        if credible and any(query.asks(accepted.unit, number) for number in stated.numbers):
            asked = f"{entered} is improbable for {about.text}{_probably(show_unit(query.means))}"
            return Measured(Outcome.QUESTION, None, about.unit, entered, asked)
    outside = f"{entered} is outside what is possible for {about.text}"
    if elsewhere:
        return Measured(Outcome.QUESTION, None, about.unit, entered, outside + _probably(elsewhere))
    if not possible:
        return Measured(Outcome.UNREADABLE, None, about.unit, entered, f"{outside} in every unit it is measured in")
    mark = "" if accepted.factor == 1 else f" (converted to {show_unit(about.unit)})"
    return Measured(Outcome.USABLE, _converted(stated.interval, accepted.factor), about.unit, entered + mark)


def _unit_doubt(about: Analyte, stated: _Stated, sent: str, ucum: str | None) -> str:
    """Why the unit is in doubt. A known unit of another quantity (FEU for DDU, percent for seconds) gets no guess."""
    if ucum is not None:
        return f"{about.text} is not taken in {show_unit(ucum) or 'a plain number'}{_probably('')}"
    reason = f"the unit of {about.text} is not a known one" if sent else f"{about.text} came without a unit"
    return reason + _probably(_unit_meant(about, stated, ""))


def _probably(meant: str) -> str:
    return f"; probably {meant} was meant: ask the laboratory" if meant else ": ask the laboratory"


def _unit_meant(about: Analyte, stated: _Stated, but: str) -> str:
    """The accepted unit in which the figures come nearest to usual ones, as people read it; empty when none fits."""
    largest, nearest, found = max(stated.numbers), None, ""
    for accepted in about.units:
        numbers = [EXACT.multiply(number, accepted.factor) for number in stated.numbers]
        asked = any(query.asks(accepted.unit, number) for query in about.queries for number in stated.numbers)
        if accepted.unit == but or asked or not all(about.possible(number) for number in numbers):
            continue
        away = _away(about, EXACT.multiply(largest, accepted.factor))
        if nearest is None or away < nearest:
            nearest, found = away, show_unit(accepted.unit)
    return found


def _away(about: Analyte, number: Decimal) -> Decimal:
    """How many times a number lies below or above the usual range; 1 inside it."""
    low, high = about.usual
    if number < low:
        return EXACT.divide(low, number) if number else Decimal("Infinity")
    return EXACT.divide(number, high) if number > high and high else Decimal(1)


def _converted(interval: Interval, factor: Decimal) -> Interval:
    if factor == 1:
        return interval
    low, high = (
        None if bound is None else _without_zeros(EXACT.multiply(bound, factor))
        for bound in (interval.low, interval.high)
    )
    return Interval(low, high, interval.low_open, interval.high_open)


def _without_zeros(number: Decimal) -> Decimal:
    """The same number without the zeros that multiplying wrote behind it, and without an exponent."""
    return Decimal(f"{number.normalize(EXACT):f}")


def _figure(number: Decimal | None) -> str:
    return f"{number:f}"
