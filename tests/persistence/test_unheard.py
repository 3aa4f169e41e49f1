"""The connection ends while the server keeps a command: the id says what became of it, or nobody claims to know."""

from collections.abc import Callable, Iterator
from contextlib import closing

import pytest

from pathway.engine.errors import CommitUnknown, StoreRefused
from persistence.open import open_store
from tests.faults.disk import engine, story
from tests.persistence.between import Between

psycopg = pytest.importorskip("psycopg", reason="PSYCOPG IS MISSING: the PostgreSQL store was not tested")

#: A trigger that fails as a server with a bad disk does.
FAILS = """CREATE FUNCTION wardpath.fails() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'no space on Xylophonia' USING ERRCODE = '%s'; END $$"""
ON = "CREATE TRIGGER a_fails BEFORE INSERT OR UPDATE ON wardpath.%s FOR EACH ROW EXECUTE FUNCTION wardpath.fails()"


@pytest.fixture
def between(database: str) -> Iterator[Callable[..., Between]]:
    """Somebody in between who hangs up, over a store in which a patient is enrolled."""
    with closing(open_store(database)) as store:
        assert engine(store).handle(story()[0]).refusal is None
    made: list[Between] = []

    def begin(*how: object) -> Between:
        made.append(Between(database, *how))
        return made[-1]

    yield begin
    for each in made:
        each.close()


def test_what_was_committed_and_not_heard_is_answered_by_its_id(between, database: str):
    broken = between("server")
    with closing(open_store(broken.url)) as store:
        answer = engine(store).handle(story()[1])
    assert broken.hung_up == 1
    assert (answer.status, answer.repeated, answer.command) == ("accepted", False, "k1")
    with closing(open_store(database)) as store:
        again = engine(store).handle(story()[1])
    assert (again.positions, again.repeated) == (answer.positions, True)


def test_what_the_server_never_heard_is_unknown_and_is_kept_when_it_is_sent_again(between, database: str):
    broken = between("store")
    with closing(open_store(broken.url)) as store:
        made = engine(store)
        with pytest.raises(CommitUnknown, match="send the same command again"):
            made.handle(story()[1])
        assert broken.hung_up == 1
        assert store.head("c1") is not None
        assert not made.handle(story()[1]).repeated


def test_where_the_server_does_not_come_back_nobody_claims_to_know(between, database: str):
    broken = between("server", True)
    with closing(open_store(broken.url)) as store:
        made = engine(store)
        with pytest.raises(CommitUnknown):
            made.handle(story()[1])
        with pytest.raises(StoreRefused):
            made.handle(story()[1])
    with closing(open_store(database)) as store:
        assert engine(store).handle(story()[1]).repeated


@pytest.mark.parametrize(
    "state, told", [("53100", "disk of the database is full"), ("58030", "disk of the database f")]
)
def test_an_error_of_the_servers_disk_is_told_as_one_and_keeps_nothing(between, database: str, state: str, told: str):
    with psycopg.connect(database, autocommit=True) as raw:
        raw.execute(FAILS % state)
        raw.execute(ON % "event")
    with closing(open_store(database)) as store:
        made = engine(store)
        with pytest.raises(StoreRefused, match=told) as error:
            made.handle(story()[1])
        assert error.value.code == "store_refused"
        assert state in error.value.happened
        assert "Xylophonia" not in str(error.value)
        assert len(made.timeline("c1")) == store.head("c1").position
    with psycopg.connect(database, autocommit=True) as raw:
        raw.execute("DROP TRIGGER a_fails ON wardpath.event")
    with closing(open_store(database)) as store:
        assert not engine(store).handle(story()[1]).repeated
