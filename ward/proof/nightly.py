"""The nightly verification: once a night of the site the whole record is held to its proof, beside everything else.

What it found is kept in the store, for whoever asks after its health; the watchdog alarms when nobody verified for
longer than a night, or when something was wrong.
"""

from threading import Event
from zoneinfo import ZoneInfo

import msgspec
import structlog

from pathway.case.facts import zone_of
from pathway.clinical.instant import SECOND, Instant, next_round
from pathway.engine.errors import WardpathError
from scheduler.post import error_name
from ward.place import Place
from ward.proof.verify import RESULT, Verified, last_result, verify
from ward.wiring import House

#: The heartbeat of the end of a verification.
BEAT = "verified"
DAY_US = 86_400 * SECOND
#: How long after it began the last verification goes for the record of now: a night, and two hours to do it in.
STALE_US = 26 * 3600 * SECOND
#: How often is asked whether it is time; a ward that has just begun is left alone for as long.
LOOK_S = 60.0
#: After each slice of events others get their turn: a quarter of the machine at most.
PAUSE_S = 0.06
#: Findings that are kept in the store.
KEPT = 20
LOG = structlog.get_logger()


class Stopped(Exception):
    """The ward stops: what was verified goes for nothing."""


def due(last: Verified | None, now: Instant, at: str, zone: ZoneInfo) -> bool:
    """Whether the last of the nightly times, `at` such as 03:30, has passed without a verification since."""
    return last is None or next_round((at,), last.at, zone) <= now


def keep_verifying(house: House, place: Place, at: str, stopping: Event, look_s: float = LOOK_S) -> None:
    """Verify each night until asked to stop; at once where the last night went by without."""
    while not stopping.wait(look_s):
        try:
            zone = zone_of(house.engine.sites.duty().zone)
            if due(last_result(house.store), house.wall.now(), at, zone):
                verify_and_note(house, place, stopping)
        except Stopped:
            return
        except WardpathError as error:
            LOG.error("the record could not be verified", why=error.happened, mend=error.mend)  # noqa: TRY400 - our own words
        except Exception as error:  # noqa: BLE001 - the next minute tries again, and the watchdog alarms after a night
            LOG.error("the record could not be verified", error=error_name(error))  # noqa: TRY400 - names only


def verify_and_note(house: House, place: Place, stopping: Event) -> Verified:
    """Verify in slices, and keep what was found. Raises Stopped, and what `verify` raises."""

    def rest(_events: int) -> None:
        if stopping.wait(PAUSE_S):
            raise Stopped

    found = verify(house, place, house.wall.now(), progress=rest)
    kept = msgspec.structs.replace(found, findings=found.findings[:KEPT])
    house.store.set_property(RESULT, msgspec.json.encode(kept).decode())
    house.store.beat(BEAT, house.wall.now())
    if found.findings:
        first = found.findings[0]
        LOG.error("the record is damaged", findings=found.wrong, first=first.kind, case=first.case, at=first.position)
    return found
