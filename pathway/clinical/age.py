"""Ages: the band of an age, and the band of an early death."""

from decimal import Decimal

import msgspec

from pathway.clinical.given import Given, Readings, bound, concluded, number, undecided
from pathway.clinical.instant import SPAN_UNITS
from pathway.clinical.quantity import show
from pathway.clinical.reading import Interval, Reading
from pathway.clinical.table import read_table


class Band(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"first_a": "from"}):
    """A band of age in years, from its first birthday on to the next band's."""

    name: str
    first_a: Decimal
    source: str


class DeathBand(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"first_d": "from_d"}):
    """A band of whole days between presentation and death."""

    name: str
    first_d: int
    source: str


class _Table(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    table: str
    date: str
    version: int
    source: str
    oldest_a: Decimal
    bands: tuple[Band, ...]
    deaths: tuple[DeathBand, ...]


AGES = read_table("ages", _Table)
AGE_BANDS = tuple(each.name for each in AGES.bands)
#: `alive` stands for: no death was reported.
DEATH_BANDS = ("alive", *(each.name for each in AGES.deaths))
AGE_INPUTS = (("age", "a"),)


def age_bands(age_a: Interval) -> tuple[str, ...]:
    """Every band, youngest first, that an age in years may fall into; none where some of it cannot be an age.

    Source: clinical.md A14, 5.8; safety.md H46 (no adult default).
    """
    if age_a.at_least(Decimal(0)) is not True or age_a.above(AGES.oldest_a) is not False:
        return ()
    ends = (*(each.first_a for each in AGES.bands[1:]), None)
    return tuple(
        each.name
        for each, end in zip(AGES.bands, ends, strict=True)
        if age_a.at_least(each.first_a) is not False and (end is None or age_a.at_least(end) is not True)
    )


def age_band(readings: Readings) -> Reading:
    """under_2, child or adult from `age` in years; cannot say without an age and where it lies in two bands."""
    given, age = bound(readings, AGE_INPUTS), number(readings, "age")
    if age is None:
        return undecided("the age is not known", given)
    bands = age_bands(age)
    if len(bands) != 1:
        return undecided("the age lies in several bands" if bands else "the age cannot be", given)
    return concluded(bands[0], given, f"age {show(age, 'a')}: {bands[0].replace('_', ' ')}")


def early_death_band(given: Given) -> Reading:
    """alive, day_0_2, day_3_7, day_8_30 or later: whole days of 24 h from presentation to death.

    Cannot say for a death before the presentation. Source: clinical.md 5.7, 7 Q2; safety.md T26.
    """
    if given.died_at is None:
        return concluded("alive", (), "no death reported")
    after = given.died_at - given.presented_at
    if after < 0:
        return undecided("the death is dated before the presentation", ())
    days = after // SPAN_UNITS["d"]
    band = next(each.name for each in reversed(AGES.deaths) if days >= each.first_d)
    return concluded(band, (), f"died on day {days} from presentation", at=(given.died_at,))
