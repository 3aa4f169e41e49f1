"""Between a store and its server: passes on what both say, until one of them says the word at which it hangs up."""

import socket
from contextlib import suppress
from threading import Thread
from urllib.parse import urlsplit, urlunsplit

COMMITTED = b"COMMIT\x00"
CHUNK = 65536


class Between:
    """Listens on a port of its own. `hang_up`: from whom (`store` or `server`) the word is not passed on any more."""

    def __init__(self, url: str, hang_up: str, shut: bool = False) -> None:
        parts = urlsplit(url)
        self._server = (str(parts.hostname), int(parts.port or 5432))
        self._hang_up, self._shut = hang_up, shut
        self.hung_up = 0
        self._listener = socket.create_server(("127.0.0.1", 0))
        place = f"{parts.netloc.rpartition('@')[0]}@127.0.0.1:{self._listener.getsockname()[1]}"
        self.url = urlunsplit(parts._replace(netloc=place))
        Thread(target=self._listen, daemon=True).start()

    def close(self) -> None:
        """Listen no more."""
        self._listener.close()

    def _listen(self) -> None:
        with suppress(OSError):
            while True:
                store, _ = self._listener.accept()
                if self._shut and self.hung_up:
                    store.close()
                    continue
                server = socket.create_connection(self._server)
                for name, this, that in (("store", store, server), ("server", server, store)):
                    Thread(target=self._pass_on, args=(name, this, that), daemon=True).start()

    def _pass_on(self, name: str, this: socket.socket, that: socket.socket) -> None:
        with suppress(OSError):
            while said := this.recv(CHUNK):
                if name == self._hang_up and not self.hung_up and COMMITTED in said:
                    self.hung_up += 1
                    break
                that.sendall(said)
        for each in (this, that):
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()
