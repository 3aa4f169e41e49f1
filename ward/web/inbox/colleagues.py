"""Colleagues: to whom a reminder can be handed, those on duty first."""

from zoneinfo import ZoneInfo

import msgspec

from pathway.case.facts import zone_of
from pathway.case.grounds import same_person
from pathway.clinical.instant import Instant
from ward.policy.judge import holds
from ward.web.moment import near_text
from ward.web.visit import Visit


class Colleague(msgspec.Struct, frozen=True):
    """Somebody in a role on a ward. `until`: on duty till then; None for one of whom no duty is known."""

    account: str
    role: str
    name: str
    until: Instant | None

    @property
    def value(self) -> str:
        """What stands in the field of a form for them."""
        return f"{self.account}, {self.role.replace('_', ' ')}"

    def words(self, now: Instant, zone: ZoneInfo) -> str:
        """Who it is, and whether they are there."""
        until = "no duty known" if self.until is None else f"on duty until {near_text(self.until, now, zone)}"
        return f"{self.name}, {until}"


def colleagues(visit: Visit, ward: str) -> tuple[Colleague, ...]:
    """Who is on duty on a ward beside the visitor; where nobody is known to be, everybody who has a role there."""
    house = visit.door.house
    duty, now, accounts = house.engine.sites.duty(), house.clock.now(), house.engine.sites.accounts().held
    here = [each for each in duty.stints.values() if each.ward == ward and each.holds(now)]
    found: dict[tuple[str, str], Colleague] = {}
    for stint in sorted(here, key=lambda each: (each.role, each.until)):
        account = accounts.get(stint.account)
        name = stint.account if account is None else account.name
        found[stint.account, stint.role] = Colleague(stint.account, stint.role, name, stint.until)
    if not here:
        people = [each for each in accounts.values() if each.kind == "person" and each.closed_at is None]
        for each in people:
            for role in sorted(visit.door.policy.clinicians):
                if holds(each.grants, role, ward):
                    found[each.account, role] = Colleague(each.account, role, each.name, None)
    return tuple(each for each in found.values() if not same_person(each.account, visit.who.account))


def colleague(said: str, among: tuple[Colleague, ...]) -> Colleague | None:
    """The colleague that a field names: as it was offered, or by an account that has one role there; else None."""
    whole = [each for each in among if same_person(each.value, said)]
    alone = [each for each in among if same_person(each.account, said.partition(",")[0])]
    if whole:
        return whole[0]
    return alone[0] if len(alone) == 1 and "," not in said else None


def zone_of_site(visit: Visit) -> ZoneInfo:
    """The zone of the site's rosters; where no shift is named yet, the one that the store was made with."""
    house = visit.door.house
    duty = house.engine.sites.duty()
    return zone_of(duty.zone if duty.names else house.store.property("zone") or duty.zone)
