"""Outages of the ways out: noted in the store for everybody who asks after its health, and told to an administrator.

An alarm about the channels is a notice of no case. It is never told of in its turn: an alarm that cannot be delivered
is red health (`wardpath doctor`), since another notice would go the way of the first.
"""

from collections.abc import Mapping

from pathway.case.envelope import FIRST_HASH
from pathway.clinical.instant import SECOND, Instant, utc
from pathway.engine.errors import Conflict
from pathway.engine.ports import Change, Head, Notice, Store

#: The stream that alarms about the channels are kept under; it has no events.
CHANNELS = "site:channels"
ADMINISTRATOR = "administrator"
#: An alarm rings as pages do, behind everything critical.
PAGE = 1
#: One word an hour about notices that did not get out, however many they are.
HOUR = 3600 * SECOND


def is_alarm(notice: Notice) -> bool:
    """Whether a notice is about the channels themselves."""
    return notice.case == CHANNELS


def channel_down(store: Store, name: str, error: str, now: Instant, wall: Instant) -> None:
    """Note that a channel fails, and tell it once: not again until it has worked in between.

    `error`: its code or class. `now`: by the store's clock. `wall`: of the machine.
    """
    if name in failing(store.beats()):
        return
    what = f"the channel {name} fails ({error}) since {clock(now)} UTC"
    tell(store, f"{CHANNELS}:{name}:{wall}", what, now)
    store.beat(f"{name} down", wall)


def channel_up(store: Store, name: str, wall: Instant) -> None:
    """Note that a channel works, where it was noted to fail."""
    if name in failing(store.beats()):
        store.beat(f"{name} up", wall)


def undelivered(store: Store, notice: Notice, now: Instant) -> None:
    """Tell that a notice did not get out: given up, or critical and still tried. Once an hour for all of them."""
    if is_alarm(notice):
        return
    key = f"{CHANNELS}:undelivered:{now // HOUR}"
    tell(store, key, f"notices could not be delivered since {clock(now)} UTC", now)


def failing(beats: Mapping[str, Instant]) -> dict[str, Instant]:
    """The channels that are noted to fail, and since when by the wall. `beats`: the store's."""
    downs = {name.removesuffix(" down"): at for name, at in beats.items() if name.endswith(" down")}
    return {name: at for name, at in downs.items() if beats.get(f"{name} up", Instant(-1)) < at}


def tell(store: Store, key: str, what: str, now: Instant) -> None:
    """Put an alarm into the outbox, once for its key."""
    if any(found.key == key for found, _ in store.notices(CHANNELS)):
        return
    alarm = Notice(
        key=key,
        case=CHANNELS,
        ward="",
        role=ADMINISTRATOR,
        channel="page",
        kind="failure",
        severity=PAGE,
        text=f"TASK, {what}: see `wardpath doctor`",
        created_at=now,
        late=False,
        reminders=(),
    )
    try:
        with store.write(CHANNELS) as unit:
            unit.append(Change(unit.head() or empty(store, now), notices=(alarm,)))
    except Conflict:
        # Another process told it between the question and the answer.
        return


def empty(store: Store, now: Instant) -> Head:
    """The head of a stream without events: it leaves no row."""
    return Head(
        case=CHANNELS,
        patient="",
        origin=store.origin,
        ward="",
        bed="",
        pathway="",
        bundle="",
        position=0,
        hash=FIRST_HASH,
        recorded_at=now,
        clinical_version=0,
        phases={},
        closed=True,
        next_look=None,
        looked_at=now,
    )


def clock(at: Instant) -> str:
    """Hours and minutes in UTC: the site's zone is a matter of its cases."""
    return utc(at).strftime("%H:%M")
