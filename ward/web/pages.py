"""Pages from templates: everything that is not markup is escaped, and a name that a template gets wrong is an error."""

from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import HTMLResponse

from pathway.case.why import GUARDS, TELLING
from pathway.clinical.instant import utc
from pathway.engine.ports import Clock
from ward.web.assets import Asset
from ward.web.moment import clock_text, day_text
from ward.web.reads import SILENT_AFTER_S, Reads, StoreFacts
from ward.web.seen import plain

TEMPLATES = Path(__file__).resolve().parent / "templates"
#: Seconds between two looks of an open page; SILENT_AFTER_S allows for one that fails.
REFRESH_S = 5
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


class Pages:
    """Renders templates. `wall` tells real time, which in a demonstration is not the store's."""

    def __init__(self, reads: Reads, wall: Clock, assets: dict[str, Asset]) -> None:
        self.reads, self.wall = reads, wall
        self.environment = Environment(
            loader=FileSystemLoader(TEMPLATES),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
        )
        self.environment.filters["plain"] = plain
        self.environment.globals.update(guards=GUARDS, telling=TELLING)
        self.environment.globals.update(assets=assets, refresh_s=REFRESH_S, silent_after_s=SILENT_AFTER_S)

        for name in self.environment.list_templates():
            self.environment.get_template(name)  # now, so that pages and code of one release stay together

    def page(self, template: str, zone: ZoneInfo = UTC_ZONE, status: int = 200, **values: object) -> HTMLResponse:
        """A page that shows data: with its age, and the scheduler's heartbeat."""
        stamp = self.stamp(self.reads.store_facts(), zone)
        return HTMLResponse(self.environment.get_template(template).render(stamp=stamp, **values), status)

    def error(self, status: int) -> HTMLResponse:
        """A page that says what went wrong in general, and reads nothing: the store may be what broke."""
        return HTMLResponse(self.environment.get_template("error.html").render(status=status, stamp=None), status)

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
