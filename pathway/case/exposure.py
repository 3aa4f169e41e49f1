"""Exposure to a drug, from what was done with it: never, ordered, running, held, stopped, or cannot say.

Held is not stopped, ordered is not given, and a dose after a stop is running again (safety.md P3, P5, M3).
"""

from collections.abc import Iterable, Iterator

from msgspec.structs import replace

from pathway.case.state import Act
from pathway.clinical.instant import Instant
from pathway.clinical.reading import Reading
from pathway.definition.form import FactForm

GIVEN = ("dose", "started", "resumed")
MISSING = Reading(known=False, why="not recorded")


def exposure_readings(
    form: FactForm, acts: tuple[Act, ...], ticks: tuple[str, ...], now: Instant
) -> dict[str, Reading]:
    """The readings of an exposure fact by suffix (`` for the word itself, `.next_dose` and so on).

    Acts count once effective; those of another form than the fact's (a cream) never do. `ticks` are the confirmations
    that make a stop complete.
    """
    counted = [act for act in acts if act.form in form.forms and act.at <= now]
    coming = min((act.at for act in acts if act.form in form.forms and act.at > now), default=None)
    status, since = fold(counted)
    events = tuple(act.position for act in counted)
    stop = next((act for act in reversed(counted) if act.act == "stopped"), None)
    dose = next((act for act in reversed(counted) if act.act in ("dose", "started")), None)
    start = next((act for act in reversed(counted) if act.act in GIVEN), None)
    first = next((act for act in counted if act.act in GIVEN), None)
    after_stop = given_after_stop(counted)
    said = status if status is not None else form.unsaid if not counted else None
    if said is None:
        why = "said to be unknown" if counted else "never said"
        word = Reading(known=False, why=why, until=coming, events=events)
    else:
        at = since.at if since else None
        recorded = since.recorded_at if since else None
        word = Reading(
            True, said, at, recorded, coming, events=(since.position,) if since else (), shown=f"{form.title} {said}"
        )
    readings = {
        "": word,
        ".at": instant_reading(since),
        ".recorded": recorded_reading(since),
        ".stopped": instant_reading(stop),
        ".first_dose": instant_reading(first),
        ".last_dose": instant_reading(dose),
        ".started": instant_reading(start),
        ".next_dose": next_dose(counted, status),
        ".given_after_stop": Reading(True, after_stop, events=events),
        ".stop_confirmed": Reading(True, confirmed(counted, ticks), events=events),
    }
    # Whatever hangs on the drug may change when the next act becomes effective.
    return {suffix: replace(each, until=coming) for suffix, each in readings.items()} if coming else readings


def fold(acts: list[Act]) -> tuple[str | None, Act | None]:
    """The exposure word after acts in effective order, and the act that brought it; None is cannot say."""
    status: str | None = None
    since: Act | None = None
    for status, since in stretches(acts):  # noqa: B007 - the last one is wanted
        pass
    return status, since


def stretches(acts: Iterable[Act]) -> Iterator[tuple[str | None, Act]]:
    """The exposure words one after the other, each with the act that brought it; None is cannot say."""
    status: str | None = None
    since: Act | None = None
    for act in acts:
        match act.act:
            case "dose" | "started" | "resumed":
                after: str | None = "running"
            case "ordered":
                unclear = since is not None and since.act == "unknown"
                after = status if status in ("running", "held") or unclear else "ordered"
            case "held" | "stopped" | "never":
                after = act.act
            case _:
                after = None
        if after != status or since is None:
            status, since = after, act
            yield status, since


def given_after_stop(acts: list[Act]) -> bool:
    """A dose later than the last stop, without a start or resumption in between."""
    stopped = after = False
    for act in acts:
        if act.act == "stopped":
            stopped, after = True, False
        elif act.act in ("started", "resumed"):
            stopped = after = False
        elif act.act == "dose" and stopped:
            after = True
    return after


def next_dose(acts: list[Act], status: str | None) -> Reading:
    """The next dose as last stated, while it is still to come after the last one given. Held and stopped have none."""
    if status in ("held", "stopped", "never"):
        return MISSING
    stated = max((act for act in acts if act.next_dose_at is not None), key=lambda act: act.position, default=None)
    if stated is None or stated.next_dose_at is None:
        return MISSING
    if any(act.act == "dose" and act.at >= stated.next_dose_at for act in acts):
        return MISSING
    return Reading(True, stated.next_dose_at, stated.next_dose_at, events=(stated.position,))


def confirmed(acts: list[Act], ticks: tuple[str, ...]) -> bool:
    """Every confirmation of the stop was given, taken over all records of the last stop."""
    given: dict[str, bool] = {}
    for act in acts:
        if act.act == "stopped":
            given |= act.ticks
        elif act.act in GIVEN:
            given = {}
    return all(given.get(tick, False) for tick in ticks)


def recorded_reading(act: Act | None) -> Reading:
    """When an act became known."""
    return MISSING if act is None else Reading(True, act.recorded_at, act.recorded_at, events=(act.position,))


def instant_reading(act: Act | None) -> Reading:
    """The effective time of an act."""
    return MISSING if act is None else Reading(True, act.at, act.at, act.recorded_at, events=(act.position,))
