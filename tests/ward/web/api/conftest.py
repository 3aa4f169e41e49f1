"""Programs at the API of the demonstration ward, each signed in as somebody who works there."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.responses import Response
from starlette.testclient import TestClient

from pathway.engine.ports import Store
from pathway.site.accounts.grant import Grant
from ward.clock import FixedClock
from ward.demonstration.opening import open_demonstration, opens
from ward.door import Door
from ward.people.administer import Administering
from ward.people.person import SignedIn
from ward.people.signing_in import demonstrated
from ward.reading import HouseReads
from ward.web.api.mount import PLACE, add_api, by_face
from ward.web.gate import Gate
from ward.web.looks import Looks
from ward.wiring import House, house, open_store

ADDRESS = "http://127.0.0.1:8000"
WARD = "Haematology 4"


class Site:
    """The demonstration ward with its API; `clock` stands until it is moved."""

    def __init__(self, store: Store) -> None:
        self.clock = FixedClock(opens())
        self.house: House = house(store, self.clock)
        self.door = Door(self.house)
        self.app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
        self.app.state.door, self.app.state.looks = self.door, Looks()
        add_api(self.app, HouseReads(self.house))
        self.app.add_middleware(Gate, page=by_face(lambda status: Response(f"a page of status {status}")))

    @property
    def api(self) -> FastAPI:
        """The app of the API itself."""
        return next(route.app for route in self.app.routes if getattr(route, "path", "") == PLACE)

    def nobody(self) -> TestClient:
        """A program before which nobody has signed in; what breaks in the server is answered, not raised."""
        base = ADDRESS + PLACE
        return TestClient(self.app, base_url=base, client=("127.0.0.1", 50000), raise_server_exceptions=False)

    def person(self, account: str, role: str = "") -> TestClient:
        """A program that signed somebody in."""
        client = self.nobody()
        answer = client.post("/sign-in", auth=(account, ""))
        assert answer.status_code == 200, answer.text
        client.headers["Authorization"] = f"Bearer {answer.json()['token']}"
        if role:
            client.headers["Wardpath-Role"] = role
        return client

    def service(self, account: str, grants: tuple[Grant, ...], scopes: tuple[str, ...]) -> TestClient:
        """A service with a token of its own, as an administrator makes one."""
        admin = Administering(self.door, self.who("admin"))
        assert admin.open_service(account, account, grants, scopes).refusal is None
        client = self.nobody()
        client.headers["Authorization"] = f"Bearer {admin.make_token(account).secret}"
        return client

    def who(self, account: str) -> SignedIn:
        """An account of the demonstration."""
        found = demonstrated(self.house, account)
        assert found is not None
        return found


@pytest.fixture(scope="session")
def demonstration(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of a demonstration at its opening, to be copied."""
    path = tmp_path_factory.mktemp("api") / "demo.db"
    open_demonstration(path, lambda number, of: None)
    return path


@pytest.fixture
def site(demonstration: Path, tmp_path: Path) -> Iterator[Site]:
    """The demonstration ward, for one test."""
    for file in demonstration.parent.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    store = open_store(str(tmp_path / demonstration.name))
    yield Site(store)
    store.close()


@pytest.fixture
def nurse(site: Site) -> TestClient:
    """The program of a nurse of the ward."""
    return site.person("nurse.anna")


@pytest.fixture
def doctor(site: Site) -> TestClient:
    """The program of a haematologist of the ward."""
    return site.person("haematologist.greta")


def problem(answer: Any) -> str:
    """The code of a problem, which has all its parts."""
    assert answer.headers["content-type"] == "application/problem+json", answer.text
    said = answer.json()
    assert said["status"] == answer.status_code
    assert said["type"] == f"urn:wardpath:problem:{said['code']}"
    assert said["title"]
    assert said["detail"]
    return str(said["code"])
