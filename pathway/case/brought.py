"""Brought: facts that came with a merged case, what they stand in for here, and how they are taken back."""

from typing import Any

from msgspec.structs import force_setattr

from pathway.case.envelope import Event
from pathway.case.events import ReportRecorded
from pathway.case.state import DEATH, Case, Product, Result
from pathway.clinical.report import Report

#: The life of a report, from its order to the last word on it.
LIFE = ("ordered", "collected", "received", "preliminary", "final", "amended", "corrected", "cancelled")


def displace(case: Case, event: Event, gone: tuple[Result, ...] | tuple[Report, ...] | tuple[Product, ...]) -> None:
    """Keep what a fact of a merged case stands in for: it comes back if the cases are parted."""
    if event.origin is not None and gone:
        case.displaced[event.position] = gone


def take_back(case: Case, target: int) -> None:
    """Take out one fact that came with a merged case, and put back what it stood in for. Nothing else goes with it."""
    back = case.displaced.pop(target, ())
    everything: tuple[dict[str, tuple[Any, ...]], ...] = (case.labs, case.reports, case.findings, case.therapy)
    for series in everything:
        for name, items in list(series.items()):
            if any(each.position == target for each in items):
                series[name] = tuple(each for each in items if each.position != target)
                if not series[name]:
                    del series[name]
    for name in ("products", "samples", "courses"):
        force_setattr(case, name, tuple(each for each in getattr(case, name) if each.position != target))
    for each in back:
        case.heirs.pop(each.position, None)
        match each:
            case Result():
                now = (*case.labs.get(each.body.analyte, ()), each)
                case.labs[each.body.analyte] = tuple(sorted(now, key=lambda one: (one.body.collected_at, one.position)))
            case Report():
                told = (*case.reports.get(each.test, ()), each)
                case.reports[each.test] = tuple(sorted(told, key=lambda one: one.position))
            case Product():
                given = (*case.products, each)
                force_setattr(case, "products", tuple(sorted(given, key=lambda one: one.position)))
    live(case)


def live(case: Case) -> None:
    """The time of death is that of the last report of one that stands."""
    deaths = case.findings.get(DEATH, ())
    force_setattr(case, "died_at", max((each.at for each in deaths), default=None))


def outlived(before: Report | ReportRecorded, after: Report | ReportRecorded) -> bool:
    """Whether a report is further in its life than another, or at the same point of it and says the same."""
    first, second = (LIFE.index(each.status) if each.status in LIFE else 0 for each in (before, after))
    return first < second or (first == second and says(before) == says(after))


def says(report: Report | ReportRecorded) -> tuple[str, str, bool, str]:
    """What a report says of the patient."""
    return (report.result, report.partner, report.truncated, report.karyotype)
