"""Running a ward: the alarm, the board and in a demonstration the feed, in one process, until it is asked to stop."""

import gc
import signal
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from random import SystemRandom
from threading import Event, Thread
from types import FrameType
from typing import TextIO

import structlog
import uvicorn

from pathway.clinical.instant import Instant, iso, utc
from pathway.engine.errors import WardpathError
from pathway.engine.ports import Clock, Store
from scheduler.alarm import Alarm
from scheduler.outbox import full
from scheduler.post import Post, error_name
from scheduler.tick import sweep, tick
from scheduler.way import RESTING
from ward import standstill
from ward.approval import Marked, banner, refuse_unsigned
from ward.aside import take_in
from ward.clock import DemonstrationClock, SystemClock, draw_id
from ward.demonstration.feed import Feed, coming
from ward.demonstration.opening import seed_of
from ward.demonstration.pace import go_on, note
from ward.demonstration.rota import changes
from ward.demonstration.steps import Scheduled
from ward.demonstration.story import story
from ward.demonstration.voices import Voices
from ward.door import Door
from ward.errors import NotHere
from ward.feeds import feeds
from ward.lock import sole
from ward.paper.folder import keep_writing
from ward.place import Place, beside, is_server
from ward.proof.checkpoint import keep, keeper_of
from ward.proof.nightly import keep_verifying
from ward.reading import HouseReads
from ward.recipients import Addressed
from ward.reconcile import began_again, holding
from ward.retention.finish import finish
from ward.sealing import warned
from ward.settings import settings
from ward.web.admin.site import Site
from ward.web.app import create_app
from ward.wiring import House, house, notices_file, open_store, post

#: Only this machine: what is sent is not encrypted.
HOST = "127.0.0.1"
#: A minute a second: the report of 03:10 arrives 70 seconds after the opening at 02:00.
SPEED = Decimal(60)
#: How often the feed looks and the demonstration's time is noted; together they cost two small writes a second.
STEP_S = 0.5
#: Of the five seconds a stop may take: open pages get one, the alarm gets two, the rest is for the store.
PAGES_S, ALARM_S = 1, 2.0

LOG = structlog.get_logger()


def run_ward(
    place: Place,
    *,
    port: int,
    speed: Decimal | None,
    out: TextIO,
    note_to: Callable[[str], None],
    seed: int | None = None,
) -> None:
    """Run the store at `place` until SIGINT or SIGTERM. Notices go to `out` and to a file beside the store.

    `speed`: of a demonstration's time, None for its usual one; a live store takes none. `note_to` is told what a person
    should know. `seed`: the one that the demonstration must have been made with, None for any. Raises StoreRefused;
    NotHere where it runs already, was made with another seed, is live with a speed or on a definition that nobody
    approved, or the port is taken.
    """
    with sole(place), listening(port) as listener:
        store = open_store(place)
        try:
            refuse_history(store)
            refuse_other_seed(store, seed)
            ward = Running(store, place, speed, out, note_to)
            refuse_unsigned(ward.house)
            take_in_looks(store)
            if told := warned(store, place):
                LOG.error("the key of the site is not here", why=told)
                note_to(told)
            ward.until_stopped(listener)
        finally:
            store.close()


class Running:
    """One running ward."""

    def __init__(
        self, store: Store, place: Place, speed: Decimal | None, out: TextIO, note_to: Callable[[str], None]
    ) -> None:
        wall = SystemClock()
        self.store, self.note_to = store, note_to
        self.clock = clock_for(store, wall, speed)
        self.house = house(store, self.clock)
        self.stopping = Event()
        said, self.post = settings(), post_of(store, place, out)
        self.alarm = alarm_of(self.house, self.clock, wall, self.post, place)
        self.feed = feed_of(self.house, self.clock, self.told) if plays(store) else None
        self.place, self.notices = place, notices_file(place)
        self.paper = settings().paper or beside(place, "paper")
        self.last_told = ""
        self.server = uvicorn.Server(
            uvicorn.Config(
                create_app(
                    HouseReads(self.house, feeds(said.feeds)),
                    Door(self.house),
                    site=Site(place, self.post.ways, said.routes, said.paper_named),
                ),
                log_config=None,
                access_log=False,
                lifespan="off",
                timeout_graceful_shutdown=PAGES_S,
            )
        )

    def until_stopped(self, listener: socket.socket) -> None:
        """Start everything, say where it is, wait to be asked to stop, and stop in order: pages, feed, alarm, time."""
        pages = Thread(target=self.server.run, kwargs={"sockets": [listener]}, name="wardpath-pages", daemon=True)
        steps = Thread(target=self.step_on, name="wardpath-feed", daemon=True)
        named = settings().paper_named
        paper = Thread(target=keep_writing, args=(self.house, self.paper, named, self.stopping), daemon=True)
        nightly = (self.house, self.place, settings().verify_at, self.stopping)
        night = Thread(target=keep_verifying, args=nightly, name="wardpath-night", daemon=True)
        kept = keepers(self.store, self.place, self.stopping)
        for each in began_again(self.store, self.clock.now()):
            self.note_to(f"ward {each.ward} is reconciling: enter what is on paper, then `wardpath reconciled`")
        with asked_to_stop(self.stopping):
            # What stands from here on is not looked through again: a full collection held every page for up to seconds.
            gc.freeze()
            self.alarm.start()
            for thread in (pages, steps, paper, night, *kept, *hints(self.place, self.alarm, self.stopping)):
                thread.start()
            self.greet(listener.getsockname()[1])
            # With a time-out, so that a signal is heard at once on every system.
            while not self.stopping.wait(STEP_S) and pages.is_alive():
                continue
            self.stopping.set()
            self.server.should_exit = True
            self.alarm.stop(ALARM_S)
            for thread in (steps, pages, *kept):
                thread.join(ALARM_S / 2)
            self.rest()
        self.note_to("stopped")

    def step_on(self) -> None:
        """Send what the feed has due and note the demonstration's time, again and again."""
        while not self.stopping.wait(STEP_S):
            try:
                if self.feed is not None and self.feed.send_due():
                    self.alarm.wake()
                if isinstance(self.clock, DemonstrationClock):
                    note(self.store, self.clock.now(), self.clock.wall.now(), self.clock.speed)
            except Exception as error:  # noqa: BLE001 - the next step tries again, and the board shows what is missing
                LOG.error("the demonstration's feed failed", error=error_name(error))  # noqa: TRY400 - names only

    def rest(self) -> None:
        """Let the demonstration's time stand where it is."""
        if isinstance(self.clock, DemonstrationClock):
            note(self.store, self.clock.freeze(), self.clock.wall.now(), 0)

    def greet(self, port: int) -> None:
        """Say where the board is and what time it is there."""
        label = self.store.property("label") or self.store.origin
        self.note_to(f"board   http://{HOST}:{port}/")
        self.note_to(f"sign in {self.how_to_sign_in()}")
        self.note_to(f"store   {label}")
        self.note_to(f"notices here and in {self.notices}")
        self.note_to(f"paper   {self.paper}: a sheet of each ward, every half-hour")
        if isinstance(self.clock, DemonstrationClock):
            self.note_to(f"time    {iso(whole(self.clock.now()))}, {self.clock.speed} times as fast as the wall")
        unknown = {each for each in self.store.bundles_in_use() if not self.house.engine.knows(each)}
        undecided = [head for head in self.store.heads() if head.bundle in unknown] if unknown else []
        if undecided:
            LOG.error("cases that this release cannot decide", count=len(undecided))
            self.note_to(f"{len(undecided)} cases keep a pathway that is not here: they cannot be decided")
        self.note_to("stop with Ctrl-C")

    def how_to_sign_in(self) -> str:
        """How people sign in to the pages of this store."""
        if not self.house.engine.sites.accounts().held:
            return "nobody has an account yet: wardpath people first NAME"
        if self.store.origin == "demonstration":
            return "the page lists invented people: choose any, no password is asked for"
        return "with your account and your password; an administrator opens accounts: wardpath people add"

    def told(self, sent: Scheduled) -> None:
        """Note what the feed sent, by kind and case alone."""
        line = f"{iso(sent.at)} | demonstration feed | case {sent.command.case} | {type(sent.command).__name__}"
        if line != self.last_told:
            self.note_to(line)
        self.last_told = line


def feed_of(made: House, clock: Clock, told: Callable[[Scheduled], None]) -> Feed:
    """What the patients' stories and the rota hold for later."""
    later = sorted([*coming(seed_of(made.store)), *changes()], key=lambda each: (each.at, each.command.id))
    return Feed(Voices(made), clock, told, later)


def refuse_history(store: Store) -> None:
    """Raises NotHere for imported people: each has a time of their own, and none of it goes on."""
    if any(head.origin == "deidentified" for head in store.heads()):
        raise NotHere("imported history does not run", "a ward", "read it with `wardpath cases` and `wardpath case`")


def refuse_other_seed(store: Store, seed: int | None) -> None:
    """Raises NotHere unless the store plays the story of this seed; None is any."""
    if seed is not None and not (plays(store) and seed_of(store) == seed):
        happened = f"the store is no demonstration that was made with seed {seed}"
        raise NotHere(happened, "the seed it was made with", "leave --seed out, or make another with --demo --db")


def clock_for(store: Store, wall: SystemClock, speed: Decimal | None) -> Clock:
    """The clock a store runs on: the world's for a live one, its own for a demonstration."""
    if store.origin == "demonstration":
        return go_on(store, wall, SPEED if speed is None else speed)
    if speed is not None:
        raise NotHere("a live store was to run at a speed", "the world's own time", "leave --demo and --speed out")
    return wall


def plays(store: Store) -> bool:
    """Whether the store holds the story, so that the feed has something to add to it."""
    return store.origin == "demonstration" and store.property("label") == story().label


def post_of(store: Store, place: Place, out: TextIO) -> Post:
    """The ways out that the settings name."""
    said = settings()
    return post(place, out, store.origin, said.channels, said.routes)


def alarm_of(made: House, clock: Clock, wall: SystemClock, sent: Post, place: Place) -> Alarm:
    """The alarm over a house; `sent`: by which its notices go out."""
    deliver = Marked(Addressed(sent, made), lambda: banner(made))
    worker, jitter = draw_id(), full(SystemRandom().random)
    wall_of = clock.wall_of if isinstance(clock, DemonstrationClock | SystemClock) else utc

    def failed(error: BaseException) -> None:
        LOG.error("the scheduler failed", error=error_name(error))
        standstill.say(made.store, error)

    def ticked() -> None:
        done = tick(made.engine, made.store, clock, deliver, worker=worker, jitter=jitter, wall=wall, held=held)
        for each in done.failed:
            LOG.error("a case could not be looked at", case=each.case, error=each.error)
        standstill.clear(made.store)
        for miss in done.post.missed:
            if miss.error != RESTING:
                LOG.warning("a channel did not carry a notice", channel=miss.channel, error=miss.error)

    def held(now: Instant) -> tuple[str, ...]:
        return holding(made.store, now)

    def swept() -> None:
        sweep(made.engine, made.store, clock)
        made.engine.quarantine.catch_up()
        take_in_looks(made.store)
        for each in finish(made, place):
            LOG.warning("an erasure was finished", what=each)

    def next_due() -> Instant | None:
        return made.store.next_look()

    return Alarm(
        tick=ticked,
        sweep=swept,
        next_due=next_due,
        wall_of=wall_of,
        wall=wall,
        failed=failed,
    )


def take_in_looks(store: Store) -> None:
    """Take the looks into the access log that it could not be given when they were taken."""
    try:
        if count := take_in(store):
            LOG.warning("looks that lay beside the store were taken into the access log", count=count)
    except WardpathError as error:
        LOG.error("looks lie beside the store", why=error.happened, mend=error.mend)  # noqa: TRY400 - our own words


def hints(place: Place, alarm: Alarm, stopping: Event) -> list[Thread]:
    """A thread that hears at a server when another process has appended. A file's pulse is soon enough."""
    if not is_server(place):
        return []
    from persistence.postgres.hint import listen

    return [Thread(target=listen, args=(str(place), alarm.wake, stopping), name="wardpath-listener", daemon=True)]


def keepers(store: Store, place: Place, stopping: Event) -> list[Thread]:
    """A thread that signs checkpoints, where their key is at hand; another process does it elsewhere."""
    try:
        keeper_of(store, place)
    except NotHere:
        return []
    except WardpathError as error:
        LOG.error("no checkpoint is signed", why=error.happened, mend=error.mend)  # noqa: TRY400 - our own words
    said = (lambda: keeper_of(store, place), stopping, lambda _told: None)
    return [Thread(target=keep, args=said, name="wardpath-keeper", daemon=True)]


def listening(port: int) -> socket.socket:
    """A socket on this machine's own address, opened before anything starts; port 0 picks a free one."""
    listener = socket.socket()
    if sys.platform != "win32":
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((HOST, port))
        listener.listen()
    except OSError as error:
        listener.close()
        raise NotHere(f"port {port} cannot be used ({error.strerror})", "a free port", "say --port 0") from error
    return listener


@contextmanager
def asked_to_stop(stopping: Event) -> Iterator[None]:
    """SIGINT and SIGTERM set an event for the length of the block; afterwards they mean what they meant before."""

    def hear(number: int, frame: FrameType | None) -> None:
        del number, frame
        stopping.set()

    before = {each: signal.signal(each, hear) for each in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for each, then in before.items():
            signal.signal(each, then)


def whole(at: Instant) -> Instant:
    """An instant without its fraction of a second, for people."""
    return Instant(at - at % 1_000_000)
