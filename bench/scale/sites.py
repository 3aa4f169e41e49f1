"""A database for each site: two wards on one server, each with its store, its chain and its programs.

Against both in one database, on the same server and with as many programs: what one waits for the other.
"""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.scale.taken import TAKES, Taken, taken
from bench.scale.writers import written
from persistence.postgres.dump import dump, restore
from persistence.postgres.store import PostgresStore
from tests.persistence.server import running

SITES = 2


def measured() -> Iterator[Taken]:
    """Commands a second of two programs: on a database each, and on one together; then one site is moved."""
    with running() as server:
        urls = [server.make() for _ in range(SITES)]
        for url in urls:
            PostgresStore.create(url, "demonstration").close()
        both, each = [], []
        for take in range(TAKES):
            each.append(sum(written(urls, f"apart {take}")))
            both.append(sum(written([urls[0]] * SITES, f"together {take}")))
        yield taken("two sites, a database each", "commands/s", each)
        yield taken("two sites, one database", "commands/s", both)
        yield taken("one site alone", "commands/s", [sum(written(urls[:1], f"alone {take}")) for take in range(TAKES)])
        with TemporaryDirectory(prefix="wardpath-bench-") as folder:
            moved = server.make()
            dump(urls[1], Path(folder) / "site.dump")
            restore(Path(folder) / "site.dump", moved)
        stores = [PostgresStore.open(url) for url in (urls[1], moved)]
        before, after = ([(each.case, each.hash) for each in store.scan()] for store in stores)
        for store in stores:
            store.close()
        assert before == after
        assert before
        yield taken("a site moved to another database", "events", [float(len(after))], "the same chains")
