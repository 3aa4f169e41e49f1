"""What a running ward tells its pages of itself: where its store is, and by which ways its notices go out."""

from typing import Literal

import msgspec

from scheduler.way import Way
from ward.place import Place
from ward.settings import RouteSetting


class Site(msgspec.Struct, frozen=True):
    """`place`: of the store, None for one in memory. `ways`, `routes`: of the process that rings. `named`: how a
    patient is named on paper."""

    place: Place | None = None
    ways: tuple[Way, ...] = ()
    routes: tuple[RouteSetting, ...] = ()
    named: Literal["token", "name"] = "token"
