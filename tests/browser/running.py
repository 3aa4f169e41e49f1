"""A demonstration ward in a process of its own, as `wardpath run --demo` makes it, to be frozen and started anew."""

import os
import signal
import subprocess
import sys
from http.client import HTTPConnection
from pathlib import Path
from threading import Event, Thread

from tests.house.tree import ROOT

PATIENCE_S = 60.0
COMMAND = [sys.executable, "-c", "from ward.cli import main; main()"]
ENVIRONMENT = {"PYTHONPATH": str(ROOT), "PATH": os.environ["PATH"]}


class Running:
    """The process. Its time runs as fast as the world's, so that little moves by itself. `address` stays the same."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.address = ""
        self.process: subprocess.Popen[str] | None = None

    def start(self) -> None:
        """Start it, on the port it had before if it had one, and wait until it has said where it is."""
        port = self.address.rpartition(":")[2] or "0"
        self.process = subprocess.Popen(
            [*COMMAND, "run", "--demo", "--db", str(self.path), "--speed", "1", "--port", port],
            cwd=self.path.parent,
            env=ENVIRONMENT,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        told, said = Event(), list[str]()
        Thread(target=self.hear, args=(self.process, told, said), daemon=True).start()
        assert told.wait(PATIENCE_S), f"the ward did not say where it is, but: {''.join(said[-5:])}"
        assert self.address, "".join(said[-5:])

    def hear(self, process: subprocess.Popen[str], told: Event, said: list[str]) -> None:
        """Read what it says for as long as it lives, so that it never waits for a reader."""
        assert process.stderr is not None
        for line in process.stderr:
            said.append(line)
            if line.startswith("board "):
                self.address = line.split()[1].rstrip("/")
                told.set()
        told.set()

    def freeze(self) -> None:
        """Stop the process where it is: its sockets stay open, and nothing answers."""
        assert self.process is not None
        self.process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it go on."""
        assert self.process is not None
        self.process.send_signal(signal.SIGCONT)

    def stop(self) -> None:
        """End it, whatever its state."""
        if self.process is not None:
            self.process.send_signal(signal.SIGCONT)
            self.process.terminate()
            self.process.communicate(timeout=PATIENCE_S)
            self.process = None

    def revive(self) -> None:
        """See to it that it lives, whatever a test before did to it."""
        if self.process is not None and self.process.poll() is None:
            self.thaw()
        else:
            self.start()

    def answers(self) -> int:
        """The status of its health."""
        connection = HTTPConnection(self.address.removeprefix("http://"), timeout=PATIENCE_S)
        connection.request("GET", "/healthz")
        status = connection.getresponse().status
        connection.close()
        return status
