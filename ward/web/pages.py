"""Pages from templates: everything that is not markup is escaped, and a name that a template gets wrong is an error."""

from functools import cache
from pathlib import Path
from typing import Any, cast
from zoneinfo import ZoneInfo

import msgspec
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import HTMLResponse

from pathway.case.why import GUARDS, TELLING
from pathway.clinical.instant import utc
from pathway.engine.errors import CommitUnknown, StoreRefused, WardpathError
from pathway.engine.ports import Clock
from ward.web.assets import assets
from ward.web.axis import SPANS
from ward.web.compiled import kept_ready
from ward.web.header import glass_of, header_of, plainly
from ward.web.moment import clock_text, day_text
from ward.web.reads import SILENT_AFTER_S, Reads, StoreFacts
from ward.web.seen import plain
from ward.web.visit import Visit

TEMPLATES = Path(__file__).resolve().parent / "templates"
#: Seconds between two looks of an open page; SILENT_AFTER_S allows for one that fails.
REFRESH_S = 5
#: Seconds after which the page of a patient comes anew without scripts: long enough to read a reason that was opened.
UNSCRIPTED_S = 60
#: Gaps of a patient that are seen at once; the others open on demand.
GAPS_SHOWN = 6
UTC_ZONE = ZoneInfo("UTC")


class Stamp(msgspec.Struct, frozen=True):
    """How old a page is and whether the scheduler lives. `rendered` is real time, `now` the store's."""

    rendered: str
    now: str
    zone: str
    live: bool
    heartbeat: str
    label: str
    demonstration: bool
    speed: str
    unapproved: str
    reconciling: tuple[str, ...] = ()
    silent: tuple[str, ...] = ()
    failed: bool = False
    unrecorded: bool = False


@cache
def environment() -> Environment:
    """Every template of this release, compiled once in a process."""
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        bytecode_cache=kept_ready(Path(__file__)),
    )
    made.filters["plain"], made.filters["words"] = plain, plainly
    made.globals.update(guards=GUARDS, telling=TELLING)
    made.globals.update(assets=assets(), refresh_s=REFRESH_S, silent_after_s=SILENT_AFTER_S)
    made.globals.update(unscripted_s=UNSCRIPTED_S, gaps_shown=GAPS_SHOWN, spans=SPANS)
    for name in made.list_templates():
        made.get_template(name)  # now, so that pages and code of one release stay together
    return made


class Pages:
    """Renders templates. `wall` tells real time, which in a demonstration is not the store's."""

    def __init__(self, reads: Reads, wall: Clock) -> None:
        self.reads, self.wall = reads, wall
        self.environment = environment()

    def page(
        self,
        template: str,
        zone: ZoneInfo = UTC_ZONE,
        status: int = 200,
        *,
        visit: Visit | None,
        case: str = "",
        **values: object,
    ) -> HTMLResponse:
        """A page that shows data: with its age, the scheduler's heartbeat, and whom it is for.

        `visit` is None on a page that is open to everybody. `case`: whose page it is, for the banner of broken glass.
        """
        stamp = self.stamp(self.reads.store_facts(), zone)
        header = None if visit is None else header_of(visit, zone)
        glass = None if visit is None else glass_of(visit, case, zone)
        made = self.environment.get_template(template).render(
            stamp=stamp, visit=visit, header=header, glass=glass, case=case, **values
        )
        return HTMLResponse(made, status)

    def facts(self) -> StoreFacts:
        """What the store says of itself now."""
        return self.reads.store_facts()

    def frame(self, zone: ZoneInfo) -> dict[str, str]:
        """The parts around every page, by id: its age, its bands and its alarms."""
        stamp, macros = self.stamp(self.facts(), zone), cast("Any", self.environment.get_template("stamp.html").module)
        return {"age": macros.age(stamp), "bands": macros.bands(stamp), "alarms": macros.alarms(stamp)}

    def error(self, status: int) -> HTMLResponse:
        """A page that says what went wrong in general, and reads nothing: the store may be what broke."""
        made = self.environment.get_template("error.html").render(status=status, stamp=None, header=None, glass=None)
        return HTMLResponse(made, status)

    def refused(self, error: WardpathError) -> HTMLResponse:
        """A page that says why something was not done, in the three parts of an error; it reads nothing."""
        made = self.environment.get_template("refused.html").render(
            error=error, unknown=False, stamp=None, header=None, glass=None
        )
        return HTMLResponse(made, 403)

    def unwritten(self, error: StoreRefused) -> HTMLResponse:
        """A page that says that the store took nothing, or that nobody knows whether it did; it reads nothing."""
        unknown = isinstance(error, CommitUnknown)
        made = self.environment.get_template("refused.html").render(
            error=error, unknown=unknown, stamp=None, header=None, glass=None
        )
        return HTMLResponse(made, 503)

    def stamp(self, facts: StoreFacts, zone: ZoneInfo) -> Stamp:
        """The age of a page rendered now, in a zone."""
        return Stamp(
            rendered=clock_text(self.wall.now(), zone),
            now=f"{day_text(utc(facts.now).astimezone(zone))} {clock_text(facts.now, zone)}",
            zone=zone.key,
            live=facts.live,
            heartbeat=_heartbeat(facts),
            label=facts.label,
            demonstration=facts.demonstration,
            speed=f"{facts.speed.normalize():f}",
            unapproved=facts.unapproved,
            reconciling=facts.reconciling,
            silent=tuple(each.words(zone, facts.now) for each in facts.silent),
            failed=facts.failed,
            unrecorded=facts.unrecorded,
        )


def _heartbeat(facts: StoreFacts) -> str:
    age_s = facts.heartbeat_age_s
    if age_s is None:
        return "The scheduler has never been heard"
    if age_s < 0:
        return "The scheduler's last heartbeat lies ahead of the clock"
    if age_s < 60:
        return f"Scheduler heard {int(age_s)} s ago"
    return f"Scheduler last heard {int(age_s // 60)} min ago"
