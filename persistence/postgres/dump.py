"""Copies of a PostgreSQL store by the server's own programs. The password goes by the environment, never by a line."""

import os
import shutil
import subprocess
from pathlib import Path

import psycopg
from psycopg.conninfo import make_conninfo

from pathway.engine.errors import StoreRefused
from persistence.postgres.refusal import refusal
from persistence.postgres.session import SCHEMA, connect, read_url

DUMP, RESTORE = "pg_dump", "pg_restore"


def dump(url: str, target: Path) -> None:
    """Dump the store into a new file in custom format. Raises StoreRefused when it exists, or the program fails."""
    if target.exists():
        raise StoreRefused(f"{target} exists", "a new file: nothing is overwritten", "choose another name")
    building = target.with_name(f"{target.name}.building-{os.getpid()}")
    try:
        os.close(os.open(building, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
        call(url, DUMP, "--format=custom", f"--schema={SCHEMA}", f"--file={building}")
        with building.open("rb") as file:
            os.fsync(file.fileno())
        os.link(building, target)
    except FileExistsError:
        raise StoreRefused(f"{target} exists", "a new file: nothing is overwritten", "choose another name") from None
    except OSError as error:
        told = f"{target} cannot be made ({error.strerror})"
        raise StoreRefused(told, "a folder that can be written", "choose another") from error
    finally:
        building.unlink(missing_ok=True)


def restore(source: Path, url: str) -> None:
    """Restore a dump into a database without a store, whole or not at all; the role of the URL owns it then.

    Raises StoreRefused when the database holds a store, or the program fails.
    """
    try:
        with connect(url) as raw:
            there = raw.execute(b"SELECT 1 FROM pg_namespace WHERE nspname = %s", (SCHEMA,)).fetchone()
    except psycopg.Error as error:
        raise refusal(error) or error from None
    if there:
        raise StoreRefused(
            f"the database holds a schema {SCHEMA} already", "a database without a store", "use another database"
        )
    call(url, RESTORE, "--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges", str(source))


def at_hand(program: str) -> bool:
    """Whether one of the server's programs is on the path."""
    return shutil.which(program) is not None


def command_line(url: str, target: Path) -> str:
    """The dump as a person types it: host and database alone, in the role and with the password that they have."""
    said = read_url(url)
    where = [f"--{name}={said[key]}" for name, key in (("host", "host"), ("port", "port")) if said.get(key)]
    return " ".join(
        [DUMP, "--format=custom", f"--schema={SCHEMA}", f"--file={target}", *where, str(said.get("dbname") or "")]
    ).strip()


def call(url: str, program: str, *words: str) -> None:
    """Run one of the server's programs on a database. Raises StoreRefused when it fails; its last line tells why."""
    found = shutil.which(program)
    if found is None:
        raise StoreRefused(f"{program} is not on the path", "the server's client programs", "install postgresql-client")
    said = read_url(url)
    password = said.pop("password", None)
    environment = dict(os.environ) | ({"PGPASSWORD": str(password)} if password else {})
    done = subprocess.run(  # noqa: S603  # the program is one of two, its words are made here
        [found, "--no-password", f"--dbname={make_conninfo(**said)}", *words],
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        lines = done.stderr.strip().splitlines() or ["no word of why"]
        raise StoreRefused(
            f"{program} failed ({lines[0]})", "a dump of the whole store", "do it in the role that owns the store"
        )
