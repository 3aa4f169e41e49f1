"""Channels: the ways that notices go out, what each is believed to be, and a trial of them."""

from typing import Literal, cast

import msgspec
from fastapi import FastAPI
from fastapi.responses import HTMLResponse, Response

from pathway.site.accounts.grant import ADMINISTRATOR
from scheduler.outage import failing
from ward.errors import NotUnderstood
from ward.trial import TRIAL, Reach, try_channels
from ward.web.admin.office import Office, Told, attempt, id_of
from ward.web.header import plainly
from ward.web.moment import length_text
from ward.web.pages import Pages
from ward.web.reads import Reads
from ward.web.visit import Checked, Visit, Visitor

AT = "/admin/channels"
#: How a notice reaches people, in words.
REACH: dict[Reach, str] = {"page": "At once", "inbox": "Into the inbox", "second": "The second way"}
STATES = {"closed": "Works", "open": "Left alone", "half_open": "Being tried"}
SECOND_US = 1_000_000


class Seen(msgspec.Struct, frozen=True):
    """A way in words. `state`: as the process that rings believes; `since`: when a failure of it was noted."""

    name: str
    takes: tuple[str, ...]
    state: Literal["Works", "Left alone", "Being tried", "Unknown here"]
    since: str
    carried: str


def add_channels(app: FastAPI, reads: Reads, pages: Pages) -> None:
    """Add the page of the channels."""
    del reads
    office = Office(app, pages)

    def shown(visitor: Visit, told: Told | None = None, done: str = "") -> Response:
        visitor.look("health")
        notices = office.house.store.notices()
        states = ("waiting", "sending", "sent", "undeliverable", "expired")
        tried = [(each, state) for each, state in notices if each.kind == TRIAL]
        return office.show(
            "channels.html",
            visitor,
            told,
            done,
            ways=ways(office),
            routes=office.site.routes,
            counts=[(each, sum(state == each for _, state in notices)) for each in states],
            tried=sorted(tried, key=lambda each: -each[0].created_at)[:10],
            reach=tuple(REACH.items()),
            may=office.may(visitor, "TryChannels"),
            roles=[(each, plainly(each)) for each in sorted(office.door.policy.pathway | {ADMINISTRATOR})],
            administrator=ADMINISTRATOR,
        )

    @app.get(AT, response_class=HTMLResponse)
    def show_channels(visitor: Visitor, done: str = "") -> Response:
        """The ways out, the notices by their state, and the last trials."""
        return shown(visitor, None, "The trial waits to go out: see below." if done else "")

    @app.post(AT)
    def try_them(visitor: Visitor, form: Checked) -> Response:
        """Send a trial to a role."""

        def again(told: Told) -> Response:
            return shown(visitor, told)

        def do() -> None:
            office.allowed(visitor, "TryChannels")
            role, reach = form.get("role", ""), form.get("reach", "")
            if role not in office.door.policy.pathway | {ADMINISTRATOR} or reach not in REACH:
                raise NotUnderstood("the trial names no role or no way", "both", "choose one of each")
            try_channels(office.house.store, office.house.clock, role, reach, id_of(form))

        return attempt(do, again, f"{AT}?done=tried")


def ways(office: Office) -> list[Seen]:
    """The ways of this process, and those that another noted to fail."""
    down = failing(office.house.store.beats())
    found = []
    for way in office.site.ways:
        ago = way.carried_ago_s
        carried = "" if ago is None else f"{length_text(int(ago * SECOND_US))} ago"
        word = cast("Literal['Works']", STATES[way.state.value])
        since = office.moment(down[way.name]) if way.name in down else ""
        found.append(Seen(way.name, tuple(sorted(way.takes)), word, since, carried))
    here = {way.name for way in office.site.ways}
    found += [Seen(name, (), "Unknown here", office.moment(at), "") for name, at in down.items() if name not in here]
    return found
