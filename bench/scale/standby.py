"""A standby of a server: a copy made by pg_basebackup, which follows by streaming and answers questions meanwhile."""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from tests.persistence.server import START_S, OwnServer, free_port


class Standby:
    """The standby of a server that was started here, run by the same user."""

    def __init__(self, first: OwnServer) -> None:
        self.first = first
        self.folder = Path(tempfile.mkdtemp(prefix="wardpath-standby-"))
        if first.user is not None:
            shutil.chown(self.folder, first.user)
        self.data, self.port = self.folder / "data", free_port()
        parts = urlsplit(first.url)
        # The password goes by the environment, never by a line.
        said = [f"--host={parts.hostname}", f"--port={parts.port}", f"--username={parts.username}", "--checkpoint=fast"]
        self._call("pg_basebackup", *said, "--write-recovery-conf", "--wal-method=stream", f"--pgdata={self.data}")
        settings = f"-c listen_addresses=127.0.0.1 -c port={self.port} -c unix_socket_directories="
        self._call("pg_ctl", "start", "--wait", *self._there(), f"--log={self.folder / 'log'}", f"--options={settings}")

    def of(self, database: str) -> str:
        """The URL of a database of the standby."""
        parts = urlsplit(self.first.of(database))
        place = parts.netloc.rpartition(":")[0]
        return urlunsplit(parts._replace(netloc=f"{place}:{self.port}"))

    def promote(self) -> None:
        """Make it a server in its own right, as when the first is gone."""
        self._call("pg_ctl", "promote", "--wait", *self._there())

    def stop(self) -> None:
        """Leave nothing behind."""
        self._call("pg_ctl", "stop", "--wait", "--mode=immediate", *self._there())
        shutil.rmtree(self.folder)

    def _there(self) -> list[str]:
        return [f"--pgdata={self.data}"]

    def _call(self, program: str, *arguments: str) -> None:
        log = self.folder / f"{program}.log"
        with log.open("wb") as file:
            outcome = subprocess.run(
                [str(self.first.programs / program), *arguments],
                user=self.first.user,
                cwd=self.folder,
                env=os.environ | {"PGPASSWORD": urlsplit(self.first.url).password or ""},
                stdout=file,
                stderr=file,
                timeout=START_S,
                check=False,
            )
        assert outcome.returncode == 0, f"{program} failed: {log.read_text()}"
