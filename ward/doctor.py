"""The doctor: looks a store over from its pages to its chains and says what is wrong, and how to mend it."""

import platform
import shutil
from collections.abc import Callable, Iterator
from contextlib import closing
from importlib.metadata import version
from pathlib import Path
from typing import Literal

import msgspec

from pathway.clinical.instant import SECOND, Instant, iso, show_span
from pathway.engine.errors import StoreRefused
from persistence.health import Health, health
from scheduler.outage import failing, is_alarm
from ward.clock import SystemClock
from ward.errors import NotUnderstood, PluginRefused
from ward.migration import migrations
from ward.place import Place, is_server
from ward.plugins import plugins
from ward.proof.state import proof_of, words_of
from ward.reconcile import downtimes
from ward.record import Progress, check_record
from ward.rota import standing
from ward.sealing import keys_of
from ward.wiring import House, house, open_store

Severity = Literal["ok", "warning", "fault"]
GRAVEST: tuple[Severity, ...] = ("fault", "warning", "ok")
#: Clocks this far apart are remarked on; this far, and due times and leases can no longer be trusted.
SKEW_US, WRONG_US = 2 * SECOND, 30 * SECOND
#: Ticks come every few seconds; after so long nobody ticks.
SILENT_US = 60 * SECOND
#: A log of writes and a backup beside the store must fit; below the second nothing does.
ROOM_BYTES, LITTLE_BYTES = 512 * 2**20, 32 * 2**20
#: Of a file's mode.
READ_BY_OTHERS = 0o077
#: Where a kind of record is damaged.
RESTORE = "stop the ward, keep this file apart, and restore the last sound backup"


class Finding(msgspec.Struct, frozen=True):
    """One thing that was looked at. `expected` and `mend` are empty where it is well. No patient data."""

    severity: Severity
    about: str
    what: str
    expected: str = ""
    mend: str = ""
    case: str = ""


class Examined(msgspec.Struct, frozen=True):
    """The store under examination."""

    place: Place
    house: House
    health: Health
    now: Instant
    quick: bool
    progress: Progress


def examine(place: Place, *, quick: bool, progress: Progress) -> list[Finding]:
    """Look a store over, gravest finding first. What cannot be looked at is a fault, never an exception.

    `quick` leaves out the chains and the folds. `progress` is told the cases done and how many there are.
    """
    found = [
        Finding("ok", "wardpath", version("wardpath")),
        Finding("ok", "python", f"{platform.python_version()} on {platform.system()}"),
    ]
    try:
        with closing(open_store(place)) as store:
            made = house(store)
            examined = Examined(place, made, health(place, quick), made.clock.now(), quick, progress)
            for about, look in LOOKS:
                found += looked(about, look, examined)
    except (StoreRefused, NotUnderstood) as error:
        found.append(Finding("fault", "store", error.happened, error.expected, error.mend))
    return sorted(found, key=lambda each: GRAVEST.index(each.severity))


def worst(findings: list[Finding]) -> Severity:
    """The gravest severity among findings."""
    return min((each.severity for each in findings), key=GRAVEST.index, default="ok")


def looked(about: str, look: Callable[[Examined], Iterator[Finding]], store: Examined) -> list[Finding]:
    """What one look finds; where it finds nothing to remark on, that it is well."""
    try:
        return list(look(store)) or [Finding("ok", about, "nothing wrong")]
    except StoreRefused as error:
        return [Finding("fault", about, f"could not be looked at: {error.happened}", error.expected, error.mend)]


# --- what is looked at -----------------------------------------------------------------------------------------------


def versions(store: Examined) -> Iterator[Finding]:
    """The database and its driver, the schema, what kind of store it is."""
    for name, said in store.health.versions.items():
        yield Finding("ok", name, said)
    yield Finding("ok", "origin", store.house.store.origin)


def settings(store: Examined) -> Iterator[Finding]:
    """Settings on which it depends whether what was acknowledged is kept."""
    for each in store.health.settings:
        if each.found == each.wanted:
            yield Finding("ok", each.name, each.found)
        else:
            grave = each.loses and store.house.store.origin == "live"
            yield Finding("fault" if grave else "warning", each.name, each.found, each.wanted, each.mend)


def plug_ins(store: Examined) -> Iterator[Finding]:
    """What other installed packages add."""
    del store
    try:
        found = plugins()
    except PluginRefused as error:
        # A channel that no setting names may be broken without harm.
        yield Finding("warning", "plug-ins", error.happened, error.expected, error.mend)
        return
    if not found:
        yield Finding("ok", "plug-ins", "none")
    for each in found:
        yield Finding("ok", "plug-ins", f"{each.kind} {each.name}, version {each.version}: {each.entry}")


def integrity(store: Examined) -> Iterator[Finding]:
    """Pages, indexes and references, as the database itself checks them."""
    for each in store.health.damage:
        yield Finding("fault", "integrity", each, "a whole database", RESTORE)


def guards(store: Examined) -> Iterator[Finding]:
    """The triggers that keep rows from being changed."""
    for name in store.health.unguarded:
        mend = "find out who took it away, then restore a backup or run `wardpath upgrade`"
        yield Finding("fault", "guards", f"the trigger {name} is missing or turned off", "it to be there", mend)


def record(store: Examined) -> Iterator[Finding]:
    """The chain of every case, and its rows against the fold of its events."""
    for case in store.health.headless:
        yield Finding("fault", "record", "events without a head row", "a row on the boards", RESTORE, case)
    if store.quick:
        yield Finding("ok", "record", "left out by --quick")
        return
    found = check_record(store.house, store.progress)
    for each in found.problems:
        yield Finding("fault", "record", each.what, "events and rows as they were written", RESTORE, each.case)
    until = "nothing yet" if found.until is None else f"until {iso(found.until)}"
    yield Finding("ok", "record", f"{found.cases} cases, {found.events} events, {until}")


def undecidable(store: Examined) -> Iterator[Finding]:
    """Open cases whose definition this release does not have: nothing rings for them."""
    for head in store.house.store.heads():
        if not store.house.engine.knows(head.bundle):
            why = store.house.engine.unfit.get(head.bundle, "the store does not keep it either")
            what = f"pinned to a definition that is not here ({head.pathway}, {head.bundle[:12]}): {why}"
            mend = "run the release it was enrolled with, or name its file in WARDPATH_PATHWAYS"
            yield Finding("fault", "undecidable", what, "its definition: it is not looked at", mend, head.case)


def withdrawn(store: Examined) -> Iterator[Finding]:
    """Open cases on a definition that was withdrawn for safety."""
    for each in migrations(store.house):
        late = each.overdue(store.now)
        what = f"its definition was withdrawn for safety; to move by {iso(whole_instant(each.due_at))}"
        mend = "see `wardpath definitions`, and move it with `wardpath amend`"
        yield Finding("fault" if late else "warning", "withdrawn", what, "another definition", mend, each.head.case)


def clocks(store: Examined) -> Iterator[Finding]:
    """Recorded instants that lie ahead of the clock, and the server's clock beside this machine's."""
    heads = [head for head in store.house.store.heads(closed=True) if head.origin != "deidentified"]
    ahead = max((head.recorded_at - store.now for head in heads), default=0)
    if ahead > SKEW_US:
        what = f"the last event was recorded {show_span(whole(ahead))} ahead of this clock"
        yield apart(ahead, what, "a clock that never goes back")
    if store.health.clock_us is not None:
        skew = abs(store.health.clock_us - SystemClock().now())
        if skew > SKEW_US:
            yield apart(skew, f"the server's clock is {show_span(whole(skew))} off this machine's", "one time")


def apart(skew_us: int, what: str, expected: str) -> Finding:
    """Two clocks that differ."""
    return Finding("fault" if skew_us > WRONG_US else "warning", "clocks", what, expected, "set the clocks by NTP")


def room(store: Examined) -> Iterator[Finding]:
    """Space on the disk of the store."""
    if is_server(store.place):
        yield Finding("ok", "disk", "the server's own; not seen from here")
        return
    path = Path(store.place).resolve()
    free, size = shutil.disk_usage(path.parent).free, path.stat().st_size
    wanted = max(ROOM_BYTES, 2 * size)
    told = f"{free // 2**20} MiB free, the store has {size // 2**20} MiB"
    if free >= wanted:
        yield Finding("ok", "disk", told)
    else:
        severity: Severity = "fault" if free < LITTLE_BYTES else "warning"
        yield Finding(
            severity, "disk", told, f"{wanted // 2**20} MiB", "make room, or move the store by backup and restore"
        )


def keys(store: Examined) -> Iterator[Finding]:
    """Whether the key of the site is here, and opens what it should."""
    try:
        found = keys_of(store.house, store.place, quick=store.quick)
    except StoreRefused:
        if not is_server(store.place):
            raise
        yield Finding("ok", "keys", "the server's other roles see them; they are not opened from here")
        return
    if not found.sealed:
        severity: Severity = "warning" if store.house.store.origin == "live" else "ok"
        mend = "stop the ward and run `wardpath upgrade`"
        yield Finding(severity, "keys", "nothing is sealed: who the patients are lies in the clear", "keys", mend)
        return
    if found.why:
        mend = "put the key file back, or name it in WARDPATH_KEY_FILE; names and free text cannot be read until then"
        yield Finding("fault", "keys", f"{found.why}: {found.file}", "the key of this site", mend)
        return
    for case in found.changed:
        what = "who the case is, or what the report says, does not open with its key"
        yield Finding("fault", "keys", what, "what was sealed", RESTORE, case)
    open_to_others = bool(found.file.stat().st_mode & READ_BY_OTHERS)
    if open_to_others:
        yield Finding("warning", "keys", f"others may read {found.file}", "its owner alone", f"chmod 600 {found.file}")
    if found.clear:
        mend = "stop the ward and run `wardpath upgrade`"
        yield Finding("warning", "keys", f"{found.clear} identities lie in the clear", "none", mend)
    if not (found.changed or found.clear or open_to_others):
        gone = f"; {found.destroyed} keys are destroyed" if found.destroyed else ""
        yield Finding("ok", "keys", f"{found.file} is here; it is in no backup of the store{gone}")


def broken_glass(store: Examined) -> Iterator[Finding]:
    """Glass that was broken and that nobody has reviewed."""
    for each in store.house.engine.sites.accounts().unreviewed():
        late = each.overdue(store.now)
        what = f"glass {each.body.number} is not reviewed{', and that is late' if late else ''}"
        expected = f"a review by {iso(each.body.review_by)}"
        mend = "have another person review it: wardpath break-glass list"
        yield Finding("fault" if late else "warning", "glass", what, expected, mend, each.body.patient_case)


def quarantine(store: Examined) -> Iterator[Finding]:
    """Reports that could be given to no case."""
    count = len(store.house.engine.sites.quarantine().waiting())
    if count:
        mend = "look at each: a report of a patient lies where nobody acts on it"
        yield Finding("warning", "quarantine", f"{count} reports wait", "none", mend)


def notices(store: Examined) -> Iterator[Finding]:
    """Notices that were given up. Of one to the administrator nobody else was told: that is a fault."""
    given_up = [notice for notice, state in store.house.store.notices() if state == "undeliverable"]
    mend = "mend the channel; what they spoke of is still on the board"
    if count := sum(not is_alarm(each) for each in given_up):
        yield Finding("warning", "notices", f"{count} could not be delivered", "none", mend)
    if count := sum(is_alarm(each) for each in given_up):
        yield Finding("fault", "notices", f"{count} to the administrator could not be delivered", "none", mend)


def rosters(store: Examined) -> Iterator[Finding]:
    """Rosters that are kept and have nobody on duty."""
    for each in standing(store.house):
        if each.empty_since is not None:
            what = f"nobody is on duty as {each.role} on ward {each.ward} since {iso(each.empty_since)}"
            mend = "call somebody, and let them take duty: `wardpath duty accept`"
            yield Finding("fault" if each.critical else "warning", "rosters", what, "somebody on duty", mend)


def ways_out(store: Examined) -> Iterator[Finding]:
    """Channels that the running ward noted to fail."""
    for name, since in failing(store.house.store.beats()).items():
        what = f"{name} has failed since {iso(whole_instant(since))}"
        mend = "see its settings, its receiver and the log; it is tried again by itself"
        yield Finding("fault", "channels", what, "a channel that carries notices", mend)


def reconciling_wards(store: Examined) -> Iterator[Finding]:
    """Wards whose paper of a downtime is not entered yet."""
    for each in downtimes(store.house.store):
        if each.open:
            what = f"ward {each.ward} is reconciling: entries from {iso(whole_instant(each.since))} are not complete"
            mend = "enter what is on paper, each with its time, then `wardpath reconciled --ward`"
            yield Finding("warning", "reconciling", what, "complete entries", mend)


def proof(store: Examined) -> Iterator[Finding]:
    """What the last verification found, whether checkpoints are kept, and what was read again unlike it was written."""
    found, wall = proof_of(store.house.store, store.place), SystemClock().now()
    mend = "run `wardpath audit verify`: it names what was changed"
    for case in found.unlike:
        what = "other bytes were read after a commit than were written"
        yield Finding("fault", "proof", what, "what was written", f"{mend}; the disk may be failing", case)
    if found.verified is not None and not found.verified.clean:
        yield Finding("fault", "proof", words_of(found.verified), "a record as it was written", mend)
    elif found.verified is not None and found.stale(wall):
        yield Finding("warning", "proof", words_of(found.verified), "a verification each night", mend)
    elif found.verified is not None:
        yield Finding("ok", "proof", words_of(found.verified))
    if not found.public:
        what = "no checkpoints: what is changed and hashed anew is seen by the key of the site alone"
        yield Finding("ok", "proof", f"{what}; `wardpath audit key` makes their key")
    elif found.silent(wall) and store.house.store.origin == "live":
        what = "no checkpoint was signed for more than an hour"
        yield Finding("warning", "proof", what, "one a minute", "run `wardpath audit keep`")
    elif found.checkpoints:
        newest = found.checkpoints[0]
        yield Finding("ok", "proof", f"checkpoint {newest.number} of {newest.at}, code {newest.code}")


def heartbeat(store: Examined) -> Iterator[Finding]:
    """When the scheduler last finished a round."""
    last = store.house.store.beats().get("tick_done")
    silent = last is None or store.now - last > SILENT_US
    told = "no round yet" if last is None else f"last round {iso(whole_instant(last))}"
    if silent and store.house.store.origin == "live":
        mend = "start `wardpath run`, unless the ward is stopped on purpose"
        yield Finding("warning", "heartbeat", f"{told}: nobody rings", "a round every few seconds", mend)
    else:
        yield Finding("ok", "heartbeat", told)


def whole(span_us: int) -> int:
    """A span without its fraction of a second."""
    return span_us - span_us % SECOND


def whole_instant(at: Instant) -> Instant:
    """An instant without its fraction of a second."""
    return Instant(whole(at))


LOOKS: tuple[tuple[str, Callable[[Examined], Iterator[Finding]]], ...] = (
    ("versions", versions),
    ("plug-ins", plug_ins),
    ("settings", settings),
    ("integrity", integrity),
    ("guards", guards),
    ("record", record),
    ("undecidable", undecidable),
    ("withdrawn", withdrawn),
    ("clocks", clocks),
    ("disk", room),
    ("keys", keys),
    ("proof", proof),
    ("quarantine", quarantine),
    ("glass", broken_glass),
    ("rosters", rosters),
    ("notices", notices),
    ("channels", ways_out),
    ("reconciling", reconciling_wards),
    ("heartbeat", heartbeat),
)
