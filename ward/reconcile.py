"""Reconciling: after a downtime the paper of a ward is entered, and until that is complete the ward says so (H37).

Kept beside the record, as a property of the store for each ward: entries themselves are ordinary commands with the time
at which they were true. What is critical rings at once; the rest waits for the entries, but not long.
"""

import msgspec

from pathway.clinical.instant import SECOND, Instant
from pathway.engine.ports import Clock, Store
from ward.errors import NotFound, NotUnderstood

#: As long as a restart or an upgrade takes: shorter, and nobody has turned to paper.
DOWNTIME_US = 5 * 60 * SECOND
#: So long after a downtime what is not critical waits for the entries that may make it needless (H37).
HOLD_US = 30 * 60 * SECOND
#: Who says that the entries of a ward are complete (H37).
RECONCILER = "charge_nurse"
PROPERTY = "reconciling"


class Downtime(msgspec.Struct, frozen=True):
    """Nobody rang from `since` to `until`. `done_at`: when `by` said that all entries of the ward were made."""

    ward: str
    since: Instant
    until: Instant
    done_at: Instant | None = None
    by: str = ""

    @property
    def open(self) -> bool:
        """Whether the ward is still reconciling."""
        return self.done_at is None


def downtimes(store: Store) -> list[Downtime]:
    """The last downtime of each ward, by name."""
    text = store.property(PROPERTY)
    return [] if text is None else msgspec.json.decode(text, type=list[Downtime])


def reconciling(store: Store) -> tuple[str, ...]:
    """The wards whose entries are not complete."""
    return tuple(each.ward for each in downtimes(store) if each.open)


def holding(store: Store, now: Instant) -> tuple[str, ...]:
    """The wards of which only what is critical goes out now: they are reconciling, and not for longer than HOLD_US."""
    return tuple(each.ward for each in downtimes(store) if each.open and now < each.until + HOLD_US)


def began_again(store: Store, now: Instant) -> list[Downtime]:
    """Note a downtime that ends now, for every ward with an open case; what it noted.

    The last round of the scheduler is its begin. A ward that was still reconciling keeps its earlier begin.
    """
    last = store.beats().get("tick_done")
    if last is None or now - last < DOWNTIME_US:
        return []
    known = {each.ward: each for each in downtimes(store)}
    noted = []
    for ward in dict.fromkeys(head.ward for head in store.heads()):
        before = known.get(ward)
        since = before.since if before is not None and before.open else last
        noted.append(Downtime(ward, since, now))
    keep(store, known | {each.ward: each for each in noted})
    return noted


def complete(store: Store, clock: Clock, ward: str, *, by: str, role: str) -> Downtime:
    """Say that all entries of a ward are made. Raises NotFound for a ward that is not reconciling, NotUnderstood."""
    known = {each.ward: each for each in downtimes(store)}
    found = known.get(ward)
    if found is None or not found.open:
        raise NotFound("this ward is not reconciling", "a ward after a downtime", "see `wardpath doctor`")
    if role != RECONCILER or not by.strip():
        raise NotUnderstood(
            f"the role {role or 'none'} may not say that entries are complete",
            f"a person in the role {RECONCILER}",
            f"say --by and --role {RECONCILER}",
        )
    done = msgspec.structs.replace(found, done_at=clock.now(), by=by.strip())
    keep(store, known | {ward: done})
    return done


def keep(store: Store, known: dict[str, Downtime]) -> None:
    """Keep the last downtime of each ward."""
    store.set_property(PROPERTY, msgspec.json.encode([known[ward] for ward in sorted(known)]).decode())
