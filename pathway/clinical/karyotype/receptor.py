"""Breaks where a receptor gene lies: which fusions the bands allow, and how far each may be believed."""

from collections.abc import Iterable

import msgspec

from pathway.clinical.fusion import Region, partner_named
from pathway.clinical.karyotype.band import touches
from pathway.clinical.karyotype.carry import Held, carriers
from pathway.clinical.karyotype.form import (
    Break,
    Candidate,
    Certainty,
    Change,
    Clone,
    Evidence,
    Rearrangement,
    ReceptorEvent,
    Section,
)
from pathway.clinical.karyotype.suspicion import ALWAYS, RECEPTORS, candidates, fits

#: Kinds that put two places side by side so that a fusion is meant; others break there for many reasons.
JOINING = frozenset({"t", "ins", "dir ins", "inv ins", "rcp"})
#: A rearrangement as later parts of the report name it: symbol and chromosomes.
Short = tuple[str, tuple[str, ...]]


def receptor_events(
    clones: tuple[Clone, ...], sections: tuple[Section, ...], taken_back: bool
) -> tuple[ReceptorEvent, ...]:
    """Every break at a receptor, each once, with the cells of all clones that carry it."""
    found: list[tuple[ReceptorEvent, Held]] = []
    written = _written(change for clone in clones for change in clone.changes)
    for change, held in carriers(clones):
        certainty = _certainty(change, taken_back)
        for part in change.parts:
            events = _events(change, _resolved(part, written), Evidence.BANDING, certainty)
            found += ((event, held) for event in events)
    for section in sections:
        for change in section.changes:
            certainty = _certainty(change, taken_back) if section.formal or taken_back else Certainty.TOLD
            for part in change.parts:
                # What FISH was done on is named again, mostly short: that is no second event.
                known = written.get((part.kind, part.chromosomes))
                if not (section.formal and known is not None and _resolved(part, written) == known):
                    found += ((event, {}) for event in _events(change, part, section.evidence, certainty))
        found += ((event, {}) for event in _probed(section, taken_back))
    return _once(found, sum(clone.cells for clone in clones if clone.cells is not None))


def _written(changes: Iterable[Change]) -> dict[Short, Rearrangement]:
    """The first full writing of each rearrangement, which later short ones (`dic(17;18)`) stand for."""
    found: dict[Short, Rearrangement] = {}
    for change in changes:
        for part in change.parts:
            if any(at.band for at in part.breaks):
                found.setdefault((part.kind, part.chromosomes), part)
    return found


def _resolved(part: Rearrangement, written: dict[Short, Rearrangement]) -> Rearrangement:
    if any(at.band for at in part.breaks):
        return part
    return written.get((part.kind, part.chromosomes), part)


def _certainty(change: Change, taken_back: bool) -> Certainty:
    """The certainty of a change by what stands about it; a break without a band comes later."""
    if taken_back:
        return Certainty.TAKEN_BACK
    if change.constitutional:
        return Certainty.CONSTITUTIONAL
    if change.doubtful:
        return Certainty.DOUBTFUL
    return Certainty.REPAIRED if change.repaired else Certainty.AS_WRITTEN


def _events(change: Change, part: Rearrangement, evidence: Evidence, certainty: Certainty) -> list[ReceptorEvent]:
    """The events of one rearrangement: as written, or with its two bands swapped when only that fits a fusion."""
    if part.kind in {"der", "ider"} and not any(at.band for at in part.breaks):
        return []
    found = [gene for gene, region in RECEPTORS.items() if _listed(gene, part.breaks, region)]
    if found:
        return [_event(gene, part.breaks, change, part, evidence, certainty) for gene in found]
    swapped = _swapped(part)
    doubtful = Certainty.DOUBTFUL if certainty in {Certainty.AS_WRITTEN, Certainty.REPAIRED} else certainty
    return [
        msgspec.structs.replace(_event(gene, swapped, change, part, evidence, doubtful), swapped=True)
        for gene in RECEPTORS
        if fits(gene, swapped)
    ]


def _event(
    gene: str,
    points: tuple[Break, ...],
    change: Change,
    part: Rearrangement,
    evidence: Evidence,
    certainty: Certainty,
) -> ReceptorEvent:
    receptor = tuple(at for at in points if touches(at, RECEPTORS[gene]))
    banded = any(sign.isdigit() for at in receptor for sign in at.band)
    weak = {Certainty.TAKEN_BACK, Certainty.CONSTITUTIONAL, Certainty.TOLD}
    return ReceptorEvent(
        gene=gene,
        text=change.text,
        start=change.start,
        end=change.end,
        kind=part.kind,
        evidence=evidence,
        receptor=receptor,
        partners=tuple(at for at in points if at not in receptor),
        candidates=candidates(gene, points),
        certainty=certainty if banded or certainty in weak else Certainty.NO_BAND,
        joins=part.kind in JOINING,
    )


def _listed(gene: str, points: tuple[Break, ...], region: Region) -> bool:
    return any(touches(at, region) for at in points) and (gene == ALWAYS or fits(gene, points))


def _swapped(part: Rearrangement) -> tuple[Break, ...]:
    """The two breaks of `t(15;17)(q21;q22)` with the bands in the other order; empty when there are not two."""
    if part.kind != "t" or len(part.breaks) != 2:
        return ()
    one, other = part.breaks
    return (Break(one.chromosome, other.band, doubtful=True), Break(other.chromosome, one.band, doubtful=True))


def _probed(section: Section, taken_back: bool) -> list[ReceptorEvent]:
    """What the probes of a FISH part say of the receptor: together with another gene, or parted."""
    found: list[ReceptorEvent] = []
    for text in section.probes:
        words = text.replace("(", " ").replace(")", " ").replace(",", " , ").replace(";", " ; ").split()
        for number, word in enumerate(words):
            before, after = words[number - 1 : number], words[number + 1 : number + 2]
            names = {each.split("x")[0].strip("+-").removeprefix("5'").removeprefix("3'") for each in (*before, *after)}
            if word not in {"con", "sep"} or ALWAYS not in names or any(each.endswith("x0") for each in after):
                continue
            fusion = partner_named(next(iter(names - {ALWAYS}), ALWAYS)) if word == "con" else None
            named = (
                (Candidate(fusion.name, fusion.word, True, "Named by a probe.", "interop.md 3.3"),) if fusion else ()
            )
            found.append(
                ReceptorEvent(
                    gene=ALWAYS,
                    text=text,
                    start=section.start,
                    end=section.end,
                    kind=word,
                    evidence=Evidence.FISH,
                    receptor=(),
                    partners=(),
                    candidates=named,
                    certainty=Certainty.TAKEN_BACK if taken_back else Certainty.AS_WRITTEN,
                    joins=False,
                )
            )
    return found


def _once(events: list[tuple[ReceptorEvent, Held]], counted: int) -> tuple[ReceptorEvent, ...]:
    """Each event once: the derivatives of one translocation and its copies in other clones are the same breaks."""
    found: dict[tuple[object, ...], ReceptorEvent] = {}
    holders: dict[tuple[object, ...], Held] = {}
    for event, held in events:
        breaks = frozenset((*event.receptor, *event.partners)) or event.text
        key = (event.gene, event.evidence, event.kind, breaks, event.certainty)
        found.setdefault(key, event)
        holders[key] = {**holders.get(key, {}), **held}
    return tuple(_with_cells(event, holders[key], counted) for key, event in found.items())


def _with_cells(event: ReceptorEvent, held: Held, counted: int) -> ReceptorEvent:
    cells = [each for each in held.values() if each is not None]
    return msgspec.structs.replace(event, cells=sum(cells), of_cells=counted) if cells else event
