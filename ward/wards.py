"""Wards: whether a site knows of one, so that a slip in its name is not answered as an empty ward."""

from ward.beds import beds
from ward.errors import NotFound
from ward.wiring import House


def known_ward(house: House, ward: str) -> bool:
    """Whether a site knows of a ward: by its beds, its patients of now and before, its rosters or its people."""
    if ward in beds(house.store) or house.store.heads(ward, closed=True):
        return True
    held = house.engine.sites.accounts().held.values()
    rosters = {kept for _, kept in house.engine.sites.duty().kept}
    return ward in rosters | {grant.ward for each in held if each.open for grant in each.grants}


def checked_ward(house: House, ward: str) -> str | None:
    """A ward that was named, None where none was. Raises NotFound for one that nobody here knows."""
    if ward and not known_ward(house, ward):
        raise NotFound("there is no such ward here", "a ward with beds, patients, rosters or people", "check its name")
    return ward or None
