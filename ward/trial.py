"""A trial: a notice of no case that shows whether notices arrive. It goes the way that others of its role go."""

from typing import Literal, get_args

from pathway.engine.ports import Change, Clock, Notice, Store
from scheduler.outage import CHANNELS, PAGE, empty

#: How a notice reaches whom it is for.
Reach = Literal["page", "inbox", "second"]
REACHES: tuple[str, ...] = get_args(Reach)
TRIAL = "channel_test"


def try_channels(store: Store, clock: Clock, role: str, reach: Reach, trial: str) -> bool:
    """Put a trial for a role into the outbox; False where it was there before under this id."""
    key, now = f"{CHANNELS}:trial:{trial}", clock.now()
    if any(found.key == key for found, _ in store.notices(CHANNELS)):
        return False
    notice = Notice(
        key=key,
        case=CHANNELS,
        ward="",
        role=role,
        channel=reach,
        kind=TRIAL,
        severity=PAGE,
        text="TEST: an administrator tries the channels; nothing is to be done",
        created_at=now,
        late=False,
        reminders=(),
    )
    with store.write(CHANNELS) as unit:
        unit.append(Change(unit.head() or empty(store, now), notices=(notice,)))
    return True
