"""The ISTH score of overt disseminated intravascular coagulation, as an interval when something is missing."""

from decimal import Decimal

import msgspec

from pathway.clinical.reading import Interval
from pathway.clinical.table import read_table


class Band(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Points for values between two bounds in the item's unit; a bound that is not given is no bound."""

    points: int
    low: Decimal | None = None
    high: Decimal | None = None
    low_open: bool = False
    high_open: bool = False

    def meets(self, value: Interval) -> bool:
        """Whether some number lies both in the band and in the value."""
        return _below(self.low, self.low_open, value.high, value.high_open) and _below(
            value.low, value.low_open, self.high, self.high_open
        )


class Item(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One measured item of the score: the UCUM unit its bands are in, and bands that cover every number."""

    unit: str
    bands: tuple[Band, ...]


class _Table(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    table: str
    date: str
    version: int
    source: str
    overt_from: int
    items: dict[str, Item]
    marker: dict[str, int]


ISTH = read_table("isth_dic", _Table)


class MarkerUnknown(Exception):
    """The fibrin marker is none of the words of the table."""

    code = "isth_marker_unknown"


def isth_dic(
    platelets: Interval | None,
    marker: str | None,
    pt_prolongation_s: Interval | None,
    fibrinogen_mg_dl: Interval | None,
) -> Interval:
    """The score, 0 to 8, as the closed interval of all scores that agree with what is known.

    `platelets` in 10*9/L, `marker` none, moderate or strong, `pt_prolongation_s` seconds over the normal time
    (negative when shorter), `fibrinogen_mg_dl` in mg/dL. A missing item counts with its whole range, never as 0.
    Overt from 5 on. Raises MarkerUnknown for another marker word. Source: clinical.md 4.2.
    """
    points = (
        _points(ISTH.items["platelets"], platelets),
        _marker_points(marker),
        _points(ISTH.items["pt_prolongation"], pt_prolongation_s),
        _points(ISTH.items["fibrinogen"], fibrinogen_mg_dl),
    )
    return Interval(Decimal(sum(low for low, _ in points)), Decimal(sum(high for _, high in points)))


def _points(item: Item, value: Interval | None) -> tuple[int, int]:
    found = [band.points for band in item.bands if value is None or band.meets(value)]
    return min(found), max(found)


def _marker_points(marker: str | None) -> tuple[int, int]:
    if marker is None:
        return min(ISTH.marker.values()), max(ISTH.marker.values())
    if marker not in ISTH.marker:
        raise MarkerUnknown(
            "The fibrin marker carries a word that scores nothing. "
            f"Expected one of {', '.join(ISTH.marker)}. Class the D-dimer or FDP first, or leave the marker out."
        )
    return ISTH.marker[marker], ISTH.marker[marker]


def _below(low: Decimal | None, low_open: bool, high: Decimal | None, high_open: bool) -> bool:
    """Whether a lower bound leaves room under an upper bound."""
    if low is None or high is None:
        return True
    return low < high or (low == high and not low_open and not high_open)
