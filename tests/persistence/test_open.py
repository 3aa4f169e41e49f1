"""One address, one store: the same calls over a file and over a server."""

import subprocess
import sys
from pathlib import Path

import pytest

from pathway.engine.errors import StoreRefused
from persistence.open import create_store, is_server, open_store
from persistence.sqlite import SqliteStore
from tests.persistence.changes import command, enrol, everything, write

ROOT = Path(__file__).resolve().parents[2]


def test_a_path_is_a_file(tmp_path: Path):
    made = create_store(tmp_path / "ward.db", "live", "Ward W1")
    made.close()
    opened = open_store(str(tmp_path / "ward.db"))
    assert isinstance(opened, SqliteStore)
    assert (opened.origin, opened.property("label")) == ("live", "Ward W1")
    opened.close()


def test_a_url_is_a_server(bare_database: str):
    from persistence.postgres.store import PostgresStore

    made = create_store(bare_database, "live", "Ward W1")
    made.close()
    opened = open_store(bare_database)
    assert isinstance(opened, PostgresStore)
    assert (opened.origin, opened.property("label")) == ("live", "Ward W1")
    opened.close()


def test_the_same_changes_give_the_same_answers_on_every_store(tmp_path: Path, database: str):
    stores = [create_store(tmp_path / "ward.db", "demonstration"), open_store(database)]
    for store in stores:
        before = enrol(store, "c1", ward="a")
        enrol(store, "c2", ward="B")
        write(store, command(before, "k1"))
    first, second = (everything(store, ("c1", "c2")) for store in stores)
    assert first == second
    for store in stores:
        store.close()


@pytest.mark.parametrize("place", ["ward.db", "/var/postgresql", "postgresql", Path("postgresql:/x")])
def test_what_only_looks_like_a_server_is_a_file(place):
    assert not is_server(place)


def test_a_url_that_cannot_be_read_is_refused_without_its_password():
    pytest.importorskip("psycopg")
    with pytest.raises(StoreRefused, match="URL") as refused:
        open_store("postgresql://role:secret@[host/ward")
    assert "secret" not in str(refused.value)


def test_a_file_is_kept_without_loading_the_server_driver_or_alembic(tmp_path: Path):
    program = (
        "import sys; from persistence.open import create_store, open_store\n"
        f"create_store({str(tmp_path / 'ward.db')!r}, 'live').close()\n"
        f"open_store({str(tmp_path / 'ward.db')!r}).close()\n"
        "sys.exit(bool({'psycopg', 'alembic'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=False).returncode == 0
