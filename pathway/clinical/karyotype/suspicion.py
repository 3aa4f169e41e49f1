"""Which fusions the bands of some breaks allow: a set, because banding never tells one from its neighbour."""

from collections.abc import Iterator
from typing import Literal, NamedTuple

from pathway.clinical.fusion import FUSIONS, Region
from pathway.clinical.fusion import TABLE as FUSION_TABLE
from pathway.clinical.karyotype.band import inside, touches
from pathway.clinical.karyotype.form import Break, Candidate
from pathway.clinical.karyotype.words import TABLE

#: The gene whose breaks are listed even when nothing is known beside them.
ALWAYS = "RARA"


class Suspicion(NamedTuple):
    """Two regions whose breaks together raise a suspicion. `named`: (name, word) of each; without a word no fusion."""

    gene: str
    partner_at: Region
    receptor_at: Region
    named: tuple[tuple[str, str], ...]
    note: str
    source: str


def candidates(gene: str, points: tuple[Break, ...]) -> tuple[Candidate, ...]:
    """The fusions of a gene whose bands fit two of the breaks, and what else they may be, sorted by name."""
    found: dict[str, Candidate] = {}
    for row in SUSPICIONS:
        fit = _fit(points, row.partner_at, row.receptor_at) if row.gene == gene else ""
        for name, word in row.named if fit else ():
            if name not in found or (fit == "inside" and not found[name].inside):
                found[name] = Candidate(name, word, fit == "inside", row.note, row.source)
    return tuple(found[name] for name in sorted(found))


def fits(gene: str, points: tuple[Break, ...]) -> bool:
    """Whether a fusion of the gene fits for certain, as far as the bands tell."""
    return any(each.inside for each in candidates(gene, points))


def _fit(points: tuple[Break, ...], partner_at: Region, receptor_at: Region) -> Literal["", "inside", "touches"]:
    """How well two different breaks fit a row."""
    receptors = [number for number, point in enumerate(points) if touches(point, receptor_at)]
    near = [number for number, point in enumerate(points) if receptors and touches(point, partner_at)]
    pairs = [(one, other) for one in receptors for other in near if one != other]
    if any(inside(points[partner], partner_at) for _, partner in pairs):
        return "inside"
    return "touches" if pairs else ""


def _suspicions() -> Iterator[Suspicion]:
    for row in (*FUSION_TABLE.translocations, *TABLE.translocations):
        fusions = (each for each in FUSIONS.values() if each.symbol in row.partners and each.gene == row.gene)
        named = tuple((each.name, each.word) for each in fusions)
        yield Suspicion(row.gene, row.partner_at, row.receptor_at, named, row.note, row.source)
    for other in TABLE.lookalikes:
        yield Suspicion(ALWAYS, other.partner_at, other.receptor_at, ((other.name, ""),), other.note, other.source)


SUSPICIONS = tuple(_suspicions())
#: Where each receptor gene lies.
RECEPTORS = {row.gene: row.receptor_at for row in SUSPICIONS}
