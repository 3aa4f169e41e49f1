"""Bands as places on a scale, so that ranges, sub-bands and doubtful bands compare."""

import re
from functools import lru_cache
from typing import Final

from pathway.clinical.fusion import Region
from pathway.clinical.karyotype.form import Break
from pathway.clinical.karyotype.words import TABLE

#: Chromosome, arm, first and last position: band 23 is 2300 to 2399, an arm without a band all of it.
Place = tuple[str, str, int, int]

#: Each break is held against every region of the tables.
PLACES_REMEMBERED: Final = 1_024
FIRST, LAST, CENTROMERE, END = 0, 9999, (1000, 1099), (9999, 9999)
ONE = r"\??[pq]\??(?:ter|cen|\d{1,2}(?:\?\d{1,2})?(?:\.\d{1,3}(?:\?\d{0,2})?)?)?\??"
#: A band, or a range of two: `q21.2`, `q12~21`, `q22orq31`, `p1?1`, `q?`.
BAND = re.compile(rf"(?P<one>{ONE})(?:\s?(?:~|-|or)\s?(?P<two>{ONE}|\d{{1,2}}(?:\.\d{{1,3}})?))?", re.ASCII)
#: A band whose arm was forgotten: `(q21;26)`.
ARMLESS = re.compile(r"\d{2}(?:\.\d{1,3})?(?!\d)", re.ASCII)


@lru_cache(maxsize=PLACES_REMEMBERED)
def places(point: Break) -> tuple[Place, ...]:
    """Where a break may lie: one place, two when its arm or the range is not of one arm; none without a chromosome."""
    if point.chromosome == "?":
        return ()
    found = BAND.fullmatch(point.band)
    if found is None:
        low, high = _edges(point.band) if ARMLESS.fullmatch(point.band) else (FIRST, LAST)
        return tuple((point.chromosome, arm, low, high) for arm in "pq")
    arm, low, high = _one(found["one"])
    if not found["two"]:
        return ((point.chromosome, arm, low, high),)
    armed = "p" in found["two"] or "q" in found["two"]
    other, other_low, other_high = _one(found["two"] if armed else arm + found["two"])
    if other != arm:
        # A range over the centromere: each arm from its foot to the band that is named.
        return ((point.chromosome, arm, FIRST, high), (point.chromosome, other, FIRST, other_high))
    return ((point.chromosome, arm, min(low, other_low), max(high, other_high)),)


@lru_cache(maxsize=PLACES_REMEMBERED)
def area(region: Region) -> Place:
    """The place of a region of the tables."""
    return region.chromosome, region.first[0], _edges(region.first[1:])[0], _edges(region.last[1:])[1]


def touches(point: Break, region: Region) -> bool:
    """Whether a break may lie in the region, as far as its band tells."""
    chromosome, arm, first, last = area(region)
    return any(at[0] == chromosome and at[1] == arm and at[2] <= last and first <= at[3] for at in places(point))


def inside(point: Break, region: Region) -> bool:
    """Whether a break lies in the region for certain, as far as its band tells."""
    chromosome, arm, first, last = area(region)
    found = places(point)
    return len(found) == 1 and found[0][:2] == (chromosome, arm) and first <= found[0][2] and found[0][3] <= last


def exists(point: Break) -> bool:
    """Whether the chromosome's arm reaches as far as the break."""
    arms = TABLE.arms.get(point.chromosome)
    if arms is None:
        return True
    return any(at[2] <= _edges(arms[at[1]])[1] or at[2:] == END for at in places(point))


def _one(band: str) -> tuple[str, int, int]:
    """Arm, first and last position of one band; figures behind a question mark are a guess and do not count."""
    arm = "p" if "p" in band[:2] else "q"
    rest = band.lstrip("?")[1:]
    if rest.startswith("ter"):
        return arm, *END
    if rest.startswith("cen"):
        return arm, *CENTROMERE
    figures = rest.split("?")[0].rstrip(".")
    return (arm, *_edges(figures)) if figures else (arm, FIRST, LAST)


def _edges(band: str) -> tuple[int, int]:
    """First and last position of a band on a scale of region, band and two figures of sub-band: 23 is 2300 to 2399."""
    whole, _, part = band.partition(".")
    figures = (whole + part if len(whole) == 2 else whole)[:4]
    return int(figures.ljust(4, "0")), int(figures.ljust(4, "9"))
