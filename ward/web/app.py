"""The web app: the areas of the product, each of which adds its pages."""

from fastapi import FastAPI

from pathway.engine.ports import Clock
from ward.clock import SystemClock
from ward.door import Door
from ward.web.admin.home import add_admin
from ward.web.admin.site import Site
from ward.web.api.mount import add_api, by_face
from ward.web.assets import assets
from ward.web.audit.home import add_audit
from ward.web.forms import add_enrol, add_forms
from ward.web.gate import Gate
from ward.web.inbox.pages import add_inbox
from ward.web.looks import Looks
from ward.web.packing import Packing
from ward.web.pages import Pages
from ward.web.reads import Reads
from ward.web.replay.case import add_replay
from ward.web.replay.ward import add_ward_replay
from ward.web.show.board import add_board
from ward.web.show.case import add_case, add_reasons
from ward.web.show.rest import add_rest, add_static
from ward.web.signing.account import add_account
from ward.web.signing.glass import add_glass
from ward.web.signing.refusals import add_refusals
from ward.web.signing.sign_in import add_sign_in
from ward.web.streams import PAGES, Streams


def create_app(reads: Reads, door: Door, wall: Clock | None = None, site: Site | None = None) -> FastAPI:
    """The app over what it may read, behind a door. `wall` tells real time; without one it is the machine's clock.

    `site`: what a running ward tells its pages of itself.
    """
    app = FastAPI(title="Wardpath", openapi_url=None, docs_url=None, redoc_url=None)
    app.state.door, app.state.looks, app.state.site = door, Looks(), site or Site()
    app.state.streams = Streams(PAGES)
    files = assets()
    pages = Pages(reads, wall or SystemClock())
    add_sign_in(app, reads, pages)
    add_account(app, reads, pages)
    add_glass(app, reads, pages)
    add_board(app, reads, pages)
    add_inbox(app, reads, pages)
    add_case(app, reads, pages)
    add_reasons(app, reads, pages)
    add_forms(app, reads, pages)
    add_enrol(app, reads, pages)
    add_replay(app, reads, pages)
    add_ward_replay(app, reads, pages)
    add_admin(app, reads, pages)
    add_audit(app, reads, pages)
    add_rest(app, reads, pages)
    add_static(app, files)
    add_api(app, reads)
    add_refusals(app, pages)
    app.add_middleware(Packing)
    app.add_middleware(Gate, page=by_face(pages.error))
    return app
