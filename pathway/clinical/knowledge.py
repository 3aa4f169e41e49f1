"""Knowledge: what the genetic reports of a case amount to, each fact a reading with the reports it rests on.

Every function takes the standing reports (neither retracted nor superseded) in the order they were recorded. The
answers are always known; `recorded` is when the first of the standing reports made the present answer, so a second
report that says the same does not move it.
"""

from collections.abc import Callable, Iterable

import msgspec

from pathway.clinical.banding import implausible_with_fusion, suspected_partners
from pathway.clinical.fusion import FUSIONS, Fusion, class_of, partner_named, partner_of, power_of
from pathway.clinical.reading import Reading
from pathway.clinical.report import PmlRaraResult, RarPartnerResult, Report, ReportStatus, WorkUpTest

Reports = tuple[Report, ...]


class Finding(msgspec.Struct, frozen=True):
    """An answer, the reports it rests on, and its wording."""

    value: str | bool
    on: Reports = ()
    shown: str = ""


def pml_rara_state(reports: Reports) -> Reading:
    """not_tested, pending, negative_single_method, negative_two_methods, positive or conflicting.

    Two negatives are two methods, not two reports. A clean positive beside a clean negative is conflicting; a failed
    or atypical result takes nothing from a positive. A preliminary positive keeps the question open. Source:
    clinical.md 3.2, A12; safety.md C6, D23.
    """
    return _reading(reports, _pml_rara)


def partner_class(reports: Reports) -> Reading:
    """unnamed, sensitive, resistant or unclassified, by confirmed partners alone.

    Of two confirmed partners of different classes the more cautious one counts. Source: safety.md 2.1; R11, R16, R17,
    A11.
    """
    return _reading(reports, _partner_class)


def confirmed_partner(reports: Reports) -> Reading:
    """The word of the confirmed fusion (`ZBTB16`, `NPM1_RARG`), `none`, `other` when not in the table, or `several`."""
    return _reading(reports, _confirmed_partner)


def suspected_class(reports: Reports) -> Reading:
    """none, sensitive, resistant or unclassified, by what the reports that cannot confirm say.

    These are karyotypes and preliminary or verbal molecular reports (A8); the more cautious of several counts.
    """
    return _reading(reports, _suspected_class)


def suspicion_basis(reports: Reports) -> Reading:
    """none, banding or molecular: what the suspicion rests on, the stronger of the two."""
    return _reading(reports, _suspicion_basis)


def rearrangement_state(reports: Reports) -> Reading:
    """not_tested, pending, rearranged, identified or none_found: what is known of a rearrangement besides PML::RARA.

    `rearranged`: a break is seen and its partner is not named. `none_found`: a method that can exclude one found none,
    and so did a method of another family. Source: clinical.md 1.1, 3.2, D13, D14.
    """
    return _reading(reports, _rearrangement)


def knowledge_conflict(reports: Reports) -> Reading:
    """Whether the reports contradict each other, as a bool. Source: safety.md 2.1, C6, D17; clinical.md 5.6.

    So they do when PML::RARA is conflicting, or positive beside a confirmed partner; when two partners are confirmed;
    when one report confirms a partner and another adequate one finds no rearrangement; and when a confirmed partner
    stands beside a rearrangement that practically never goes with one.
    """
    return _reading(reports, _conflict)


def partner_note(reports: Reports) -> Reading:
    """none, or noted with what the literature says of each confirmed partner: for people, never a class (R35, D12)."""
    return _reading(reports, _partner_note)


def _reading(reports: Reports, judge: Callable[[Reports], Finding]) -> Reading:
    """The judgement as a reading, recorded with the standing report that made it what it is, in the order they came.

    It is true since the report that made it so in the order of their own times, however late that one came.
    """
    present = judge(reports)
    in_time = tuple(sorted(reports, key=lambda each: (each.true_at, each.position)))
    made_by = _made_by(reports, judge, present)
    made_true_by = made_by if in_time == reports else _made_by(in_time, judge, present)
    return Reading(
        known=True,
        value=present.value,
        at=made_true_by.true_at if made_true_by else None,
        recorded=made_by.recorded_at if made_by else None,
        events=tuple(sorted({report.position for report in present.on})),
        shown=present.shown,
    )


def _made_by(reports: Reports, judge: Callable[[Reports], Finding], present: Finding) -> Report | None:
    """The first report, in the order given, after which the judgement was what it is now; None if it always was."""
    first = len(reports)
    while first and judge(reports[: first - 1]).value == present.value:
        first -= 1
    return reports[first - 1] if first else None


def _pml_rara(reports: Reports) -> Finding:
    positive = tuple(each for each in reports if each.settled and _pml_positive(each) == "establishes")
    hints = tuple(each for each in reports if _pml_hint(each))
    negative = tuple(each for each in reports if _pml_negative(each))
    families = {power_of(each.method).family for each in negative}
    told = tuple(each for each in hints if each.settled)
    awaited = tuple(each for each in reports if each.test == WorkUpTest.PML_RARA and each.awaited)
    if (positive or told) and negative:
        by = f"positive by {_methods(positive + told)}, negative by {_methods(negative)}"
        return Finding("conflicting", positive + told + negative, f"PML::RARA conflicting: {by}")
    if positive:
        return Finding("positive", positive, f"PML::RARA positive by {_methods(positive)}")
    if hints:
        return Finding("pending", hints, f"PML::RARA pending: {_methods(hints)} points to it, not confirmed")
    if families:
        value = "negative_two_methods" if len(families) > 1 else "negative_single_method"
        return Finding(value, negative, f"PML::RARA negative by {_methods(negative)}")
    if awaited:
        return Finding("pending", awaited, f"PML::RARA pending: {_methods(awaited)}")
    failed = tuple(each for each in reports if each.test == WorkUpTest.PML_RARA and each.settled)
    return Finding("not_tested", failed, "PML::RARA not tested" + (", no usable result yet" if failed else ""))


def _pml_positive(report: Report) -> str:
    """What a report's positive PML::RARA is worth (see the table of methods); `nothing` when it is not positive.

    A report on the partner that names PML::RARA says the same.
    """
    if report.test == WorkUpTest.PML_RARA and report.result == PmlRaraResult.POSITIVE:
        return power_of(report.method).pml_rara_positive
    fusion = _named(report)
    return power_of(report.method).pml_rara_positive if fusion is not None and not fusion.variant else "nothing"


def _pml_hint(report: Report) -> bool:
    """Whether a report points to PML::RARA without establishing it: not settled, or by a method that cannot."""
    worth = _pml_positive(report)
    settled = report.settled and worth == "contradicts"
    return settled or (report.awaited and worth != "nothing")


def _pml_negative(report: Report) -> bool:
    clean = report.test == WorkUpTest.PML_RARA and report.result == PmlRaraResult.NEGATIVE
    return clean and report.settled and power_of(report.method).pml_rara_negative


def _named(report: Report) -> Fusion | None:
    """The fusion a partner report names, by symbol or by name."""
    if report.test != WorkUpTest.RAR_PARTNER or report.result != RarPartnerResult.PARTNER_IDENTIFIED:
        return None
    return partner_of(report.partner) or partner_named(report.partner)


def _confirmed(reports: Reports) -> tuple[tuple[Report, Fusion], ...]:
    found = ((each, _named(each)) for each in reports if each.settled and power_of(each.method).names_partner)
    return tuple((report, fusion) for report, fusion in found if fusion is not None and fusion.variant)


def _partner_class(reports: Reports) -> Finding:
    confirmed = _confirmed(reports)
    if not confirmed:
        return Finding("unnamed", (), "no confirmed partner")
    truncated = {fusion.name for report, fusion in confirmed if report.truncated}
    value = _cautious(class_of(fusion, fusion.name in truncated) for _, fusion in confirmed)
    lost = ", ligand-binding domain truncated" if truncated else ""
    return Finding(value, tuple(report for report, _ in confirmed), f"{_names(confirmed)} confirmed: {value}{lost}")


def _confirmed_partner(reports: Reports) -> Finding:
    confirmed = _confirmed(reports)
    if not confirmed:
        return Finding("none", (), "no confirmed partner")
    several = len({fusion.name for _, fusion in confirmed}) > 1
    value = "several" if several else confirmed[0][1].word
    by = _methods(tuple(report for report, _ in confirmed))
    return Finding(value, tuple(report for report, _ in confirmed), f"{_names(confirmed)} by {by}")


def _partner_note(reports: Reports) -> Finding:
    confirmed = _confirmed(reports)
    told = dict.fromkeys(f"{fusion.name}: {fusion.literature}" for _, fusion in confirmed if fusion.literature)
    if not told:
        return Finding("none", (), "nothing noted")
    return Finding("noted", tuple(report for report, _ in confirmed), " ".join(told))


def _suspicions(reports: Reports) -> tuple[tuple[Report, Fusion, str], ...]:
    """Every report that raises a suspicion, with the fusion and whether it is molecular or banding."""
    found: list[tuple[Report, Fusion, str]] = []
    for report in reports:
        if report.status == ReportStatus.CANCELLED:
            continue
        found.extend((report, FUSIONS[word], "banding") for word in suspected_partners(report.karyotype))
        fusion, power = _named(report), power_of(report.method)
        confirms = report.settled and power.names_partner
        if fusion is not None and fusion.variant and power.suspects != "none" and not confirms:
            found.append((report, fusion, power.suspects))
    return tuple(found)


def _suspected_class(reports: Reports) -> Finding:
    suspicions = _suspicions(reports)
    if not suspicions:
        return Finding("none", (), "no suspected partner")
    value = _cautious(class_of(fusion, report.truncated) for report, fusion, _ in suspicions)
    named = _names((report, fusion) for report, fusion, _ in suspicions)
    return Finding(value, tuple(report for report, _, _ in suspicions), f"{named} suspected: {value}")


def _suspicion_basis(reports: Reports) -> Finding:
    suspicions = _suspicions(reports)
    for kind in ("molecular", "banding"):
        on = tuple(report for report, _, basis in suspicions if basis == kind)
        if on:
            return Finding(kind, on, f"suspected by {_methods(on)}")
    return Finding("none", (), "no suspected partner")


def _rearrangement(reports: Reports) -> Finding:
    of_partner = tuple(each for each in reports if each.test == WorkUpTest.RAR_PARTNER)
    confirmed = _confirmed(reports)
    if confirmed:
        return Finding("identified", tuple(report for report, _ in confirmed), f"{_names(confirmed)} confirmed")
    seen = tuple(each for each in of_partner if each.settled and each.result == RarPartnerResult.REARRANGED)
    if seen:
        return Finding("rearranged", seen, f"rearranged by {_methods(seen)}, partner not named")
    clean = (RarPartnerResult.NO_REARRANGEMENT, RarPartnerResult.NORMAL)
    none = tuple(each for each in of_partner if each.settled and each.result in clean)
    families = {power_of(each.method).family for each in none}
    if len(families) > 1 and any(power_of(each.method).excludes_rearrangement for each in none):
        return Finding("none_found", none, f"no rearrangement by {_methods(none)}")
    awaited = tuple(each for each in of_partner if each.awaited)
    if awaited or none:
        return Finding("pending", awaited + none, "work-up of the rearrangement is not complete")
    return Finding("not_tested", (), "no test for a rearrangement yet")


def _conflict(reports: Reports) -> Finding:
    state, confirmed = _pml_rara(reports), _confirmed(reports)
    confirming = tuple(report for report, _ in confirmed)
    against = tuple(each for each in reports if _finds_none(each))
    odd = tuple(each for each in reports if implausible_with_fusion(each.karyotype))
    reasons: list[str] = []
    on: Reports = ()
    if state.value == "conflicting":
        reasons, on = [state.shown], state.on
    if confirmed and state.value == "positive":
        reasons, on = [*reasons, f"PML::RARA positive and {_names(confirmed)} confirmed"], on + state.on + confirming
    if len({fusion.name for _, fusion in confirmed}) > 1:
        reasons, on = [*reasons, f"{_names(confirmed)} confirmed in one patient"], on + confirming
    if confirmed and against:
        no_break = f"{_names(confirmed)} confirmed, no rearrangement by {_methods(against)}"
        reasons, on = [*reasons, no_break], on + confirming + against
    if confirmed and odd:
        reasons, on = [*reasons, f"{_names(confirmed)} beside t(8;21) or inv(16)"], on + confirming + odd
    return Finding(bool(reasons), on, "; ".join(reasons) or "no contradiction")


def _finds_none(report: Report) -> bool:
    none_found = report.test == WorkUpTest.RAR_PARTNER and report.result == RarPartnerResult.NO_REARRANGEMENT
    return none_found and report.settled and power_of(report.method).excludes_rearrangement


def _cautious(classes: Iterable[str]) -> str:
    """The most cautious of some classes: resistant before unclassified before sensitive."""
    return min(classes, key=("resistant", "unclassified", "sensitive").index)


def _methods(reports: Reports) -> str:
    words = {"rt_pcr": "RT-PCR", "rna_sequencing": "RNA sequencing", "dna_sequencing": "DNA sequencing"}
    return ", ".join(
        dict.fromkeys(words.get(each.method, each.method.replace("_", " ").replace("fish", "FISH")) for each in reports)
    )


def _names(found: Iterable[tuple[Report, Fusion]]) -> str:
    return " and ".join(dict.fromkeys(fusion.name for _, fusion in found))
