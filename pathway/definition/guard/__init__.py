"""The guard language: small, typed and total. One tree serves to evaluate, explain, check, show and draw."""

from pathway.definition.guard.check import Kind, Problem, Schema, check
from pathway.definition.guard.decisive import decisive_names, undecided_names
from pathway.definition.guard.evaluate import compile_guard
from pathway.definition.guard.explain import (
    Because,
    Explanation,
    explain,
    sentence,
)
from pathway.definition.guard.facts import ANSWER_WORDS, CANNOT_SAY, NO, YES, Answer, Facts, Wake
from pathway.definition.guard.moment import compile_duration, compile_when
from pathway.definition.guard.parse import RESERVED, GuardSyntaxError, parse_guard, parse_instant
from pathway.definition.guard.phrase import show_interval, show_moment, show_reading
from pathway.definition.guard.show import show
from pathway.definition.guard.tree import Guard, When, names_read

__all__ = [
    "ANSWER_WORDS",
    "CANNOT_SAY",
    "NO",
    "RESERVED",
    "YES",
    "Answer",
    "Because",
    "Explanation",
    "Facts",
    "Guard",
    "GuardSyntaxError",
    "Kind",
    "Problem",
    "Schema",
    "Wake",
    "When",
    "check",
    "compile_duration",
    "compile_guard",
    "compile_when",
    "decisive_names",
    "explain",
    "names_read",
    "parse_guard",
    "parse_instant",
    "sentence",
    "show",
    "show_interval",
    "show_moment",
    "show_reading",
    "undecided_names",
]
