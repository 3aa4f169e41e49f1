"""A server in this process, over a house that the test holds in its hand: its clock stands until it is moved."""

from threading import Thread

import uvicorn
from fastapi import FastAPI
from playwright.sync_api import StorageState

from ward.people.signing_in import sign_in_invented, stand_as
from ward.run import HOST, listening
from ward.web.visit import SIGN_IN
from ward.wiring import House

#: A machine that is busy with other tests is slow; what comes later than this does not come.
PATIENCE_S = 30.0


class Site:
    """The pages of a house behind a running server."""

    def __init__(self, app: FastAPI, house: House) -> None:
        self.house = house
        self.listener = listening(0)
        self.address = f"http://{HOST}:{self.listener.getsockname()[1]}"
        self.server = uvicorn.Server(uvicorn.Config(app, log_config=None, lifespan="off", timeout_graceful_shutdown=0))
        self.thread = Thread(target=self.server.run, kwargs={"sockets": [self.listener]}, daemon=True)
        self.thread.start()

    def signed_in(self, account: str = "demo", role: str = "physician", ward: str = "*") -> StorageState:
        """What a browser keeps once somebody of a demonstration has signed in, in a role on a ward."""
        made = sign_in_invented(self.house, account, "browser")
        assert made is not None, account
        token = stand_as(self.house, made[0], role, ward)
        assert token is not None, f"{account} {role} {ward}"
        return kept(self.address, token)

    def stop(self) -> None:
        """End the server, as a crash would: open streams end with it."""
        self.server.should_exit = True
        self.thread.join(PATIENCE_S)
        self.listener.close()


def kept(address: str, token: str) -> StorageState:
    """The cookie of a sign-in, as a browser keeps it."""
    host = address.removeprefix("http://").partition(":")[0]
    return {
        "cookies": [
            {
                "name": SIGN_IN,
                "value": token,
                "domain": host,
                "path": "/",
                "expires": -1,
                "httpOnly": True,
                "secure": False,
                "sameSite": "Lax",
            }
        ],
        "origins": [],
    }
