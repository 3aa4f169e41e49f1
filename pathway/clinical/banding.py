"""Banding: the partners a reported karyotype makes likely. A suspicion, never a confirmation."""

import re

from pathway.clinical.fusion import FUSIONS, TABLE, Region

#: The longest karyotype read; the longest of 2,132 real ones is far below.
KARYOTYPE_LIMIT = 4000
CHROMOSOME = r"(\d{1,2}|[XY])"
BAND = r"([pq]\d{1,2}(?:\.\d{1,2})?(?:[~-][pq]?\d{1,2}(?:\.\d{1,2})?)?)"
#: A `c` behind the brackets means the patient was born with it.
TWO_WAY = re.compile(rf"(?<![A-Za-z])t\({CHROMOSOME};{CHROMOSOME}\)\({BAND}[;:]{BAND}\)(?!c(?![a-z]))", re.ASCII)
DASHES = dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2014\u2015\u2212"), "-")

Span = tuple[str, int, int]


def suspected_partners(karyotype: str) -> tuple[str, ...]:
    """The words of the fusions (see `Fusion.word`) that two-way translocations in this text make likely, sorted.

    Reads `t(11;17)(q23;q21)` in either order and anywhere in the text. Without bands there is no suspicion: t(11;17)
    means opposite things by band. A text that takes something back (`no`, `negative`) is left to people. Source:
    clinical.md R8-R10, A10, 2; interop.md 3.3.
    """
    found: set[str] = set()
    if not _readable(karyotype):
        return ()
    for one, other, one_band, other_band in TWO_WAY.findall(_tidy(karyotype)):
        ends = (_span(one, one_band), _span(other, other_band))
        for partner, receptor in (ends, ends[::-1]):
            found.update(_partners_at(partner, receptor))
    return tuple(sorted(found))


def implausible_with_fusion(karyotype: str) -> bool:
    """Whether the text holds a rearrangement that practically never goes with a receptor fusion: t(8;21), inv(16)."""
    if not _readable(karyotype):
        return False
    text = _tidy(karyotype)
    return any(
        re.search(rf"(?<![A-Za-z]){each.event}\({';'.join(each.chromosomes)}\)", text) for each in TABLE.implausible
    )


def _partners_at(partner: Span | None, receptor: Span | None) -> set[str]:
    if partner is None or receptor is None:
        return set()
    found: set[str] = set()
    for row in TABLE.translocations:
        inside, touched = _region(row.partner_at), _region(row.receptor_at)
        if (
            inside[0] == partner[0]
            and inside[1] <= partner[1]
            and partner[2] <= inside[2]
            and touched[0] == receptor[0]
            and touched[1] <= receptor[2]
            and receptor[1] <= touched[2]
        ):
            found.update(
                word for word in FUSIONS if FUSIONS[word].symbol in row.partners and FUSIONS[word].gene == row.gene
            )
    return found


def _region(region: Region) -> Span:
    arm = region.first[0]
    return f"{region.chromosome}{arm}", _edges(region.first[1:])[0], _edges(region.last[1:])[1]


def _span(chromosome: str, band: str) -> Span | None:
    """A band or a range of bands as chromosome arm with first and last position; None for a range over both arms."""
    first, _, last = band.replace("~", "-").partition("-")
    if last and last[0] in "pq" and last[0] != first[0]:
        return None
    low, high = sorted((_edges(first[1:]), _edges(last.lstrip("pq") or first[1:])))
    return f"{chromosome}{band[0]}", low[0], high[1]


def _edges(band: str) -> tuple[int, int]:
    """First and last position of a band on a scale of region, band and two figures of sub-band: 23 is 2300 to 2399."""
    whole, _, part = band.partition(".")
    figures = whole + part if len(whole) == 2 else whole
    return int(figures.ljust(4, "0")), int(figures.ljust(4, "9"))


def _tidy(karyotype: str) -> str:
    return re.sub(r"\s+", "", karyotype.translate(DASHES))


def _readable(karyotype: str) -> bool:
    words = re.findall(r"[a-z]+", karyotype.casefold())
    return len(karyotype) <= KARYOTYPE_LIMIT and not set(words) & set(TABLE.negations)
