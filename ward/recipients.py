"""Recipients: who of a role is on duty when a notice goes out, so that a channel can call people and not roles."""

from msgspec.structs import replace

from pathway.engine.alarms import TEST
from pathway.engine.ports import Notice
from pathway.site.duty.state import on_duty
from pathway.site.streams import is_site
from scheduler.post import Deliver, Posted
from ward.wiring import House


class Addressed:
    """A delivery whose notices name the accounts on duty; where nobody is, or no duty is known, the role alone."""

    def __init__(self, deliver: Deliver, house: House) -> None:
        self._deliver, self._house = deliver, house

    def send(self, notice: Notice, attempt: int) -> Posted:
        """Send the notice on with the accounts beside its role; its key stays the same."""
        accounts = recipients(self._house, notice)
        return self._deliver.send(replace(notice, accounts=accounts) if accounts else notice, attempt)


def recipients(house: House, notice: Notice) -> tuple[str, ...]:
    """Who is to get a notice now: those on duty where the patient is now, whichever ward it was written for.

    The test of a duty goes to the account that it tests, and to nobody else.
    """
    if notice.kind == TEST:
        return tuple(account for _, account, _ in notice.reminders)
    duty = house.engine.sites.duty()
    return on_duty(duty, notice.role, ward_now(house, notice), house.clock.now())


def ward_now(house: House, notice: Notice) -> str:
    """The ward of the patient a notice is about; one at home is looked after by the ward that it names."""
    at_home = notice.ward in house.engine.sites.duty().day_units.values()
    head = None if is_site(notice.case) or at_home else house.store.head(notice.case)
    return notice.ward if head is None else head.ward
