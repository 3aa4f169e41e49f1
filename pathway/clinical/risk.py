"""AML genetic risk by edition of the ELN table: a class with the findings that decided it, or cannot say."""

from collections.abc import Mapping

import msgspec

from pathway.clinical.given import Readings, bound, concluded, undecided, word
from pathway.clinical.reading import Reading
from pathway.clinical.table import read_table


class Group(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A finding and its words, of which one holds; a `broad` word leaves several of them open."""

    text: str
    words: tuple[str, ...]
    broad: dict[str, tuple[str, ...]] = {}


class Rule(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"risk": "class"}):
    """The class of a patient in whom every group has one of the words."""

    risk: str
    when: dict[str, tuple[str, ...]]
    source: str


class _Table(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    table: str
    date: str
    version: int
    source: str
    unsaid: tuple[str, ...]
    otherwise: str
    labels: dict[str, str]
    groups: dict[str, Group]
    editions: dict[str, tuple[Rule, ...]]


RISK = read_table("aml_risk", _Table)
RISK_CLASSES = ("favorable", "intermediate", "adverse")
RISK_INPUTS = tuple((name, "") for name in RISK.groups)
EDITIONS: Mapping[str, tuple[Rule, ...]] = RISK.editions

Findings = Mapping[str, frozenset[str]]


def risk_classes(edition: str, findings: Findings) -> tuple[tuple[str, str], ...]:
    """Every class that agrees with the findings, each with what decides it, in the order of the table's rules.

    `edition` is a key of EDITIONS, `findings` group to the words it may be; a group that is left out may be any.
    Source: clinical.md 5.6.
    """
    found: list[tuple[str, str]] = []
    for rule in EDITIONS[edition]:
        holds = [_holds(findings.get(name), words) for name, words in rule.when.items()]
        if False in holds:
            continue
        found.append((rule.risk, _because(rule, findings)))
        if None not in holds:
            return tuple(found)
    return (*found, (RISK.otherwise, "nothing that classes it otherwise"))


def aml_risk_2022(readings: Readings) -> Reading:
    """favorable, intermediate or adverse by ELN 2022; cannot say while untested findings leave several classes open."""
    return _risk("2022", readings)


def aml_risk_2017(readings: Readings) -> Reading:
    """favorable, intermediate or adverse by ELN 2017; cannot say while untested findings leave several classes open."""
    return _risk("2017", readings)


def _risk(edition: str, readings: Readings) -> Reading:
    given = bound(readings, RISK_INPUTS)
    findings = {name: _said(readings, name, group) for name, group in RISK.groups.items()}
    classes = risk_classes(edition, findings)
    possible = list(dict.fromkeys(risk for risk, _ in classes))
    if len(possible) > 1:
        asked = {name for rule in EDITIONS[edition] for name in rule.when}
        open_ones = [RISK.groups[name].text for name, words in findings.items() if name in asked and len(words) > 1]
        return undecided(f"{' or '.join(possible)} by ELN {edition}: not settled {', '.join(open_ones)}", given)
    return concluded(possible[0], given, f"{possible[0]} by ELN {edition}: {classes[-1][1]}")


def _said(readings: Readings, name: str, group: Group) -> frozenset[str]:
    said = word(readings, name, (*group.words, *group.broad), RISK.unsaid)
    if said is None:
        return frozenset(group.words)
    return frozenset(group.broad.get(said, (said,)))


def _holds(found: frozenset[str] | None, words: tuple[str, ...]) -> bool | None:
    if found is None:
        return None
    if found <= set(words):
        return True
    return None if found & set(words) else False


def _because(rule: Rule, findings: Findings) -> str:
    """What decided, in words: each group with what is known of it."""
    parts = []
    for name, words in rule.when.items():
        met = sorted(findings.get(name, frozenset(words)) & set(words))
        parts.append(f"{RISK.groups[name].text} {' or '.join(RISK.labels.get(each, each) for each in met)}")
    return ", ".join(parts)
