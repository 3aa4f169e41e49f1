"""Run in the peers' environment: procrastinate on the empty database in PEER_DATABASE, a thousand jobs pending.

Prints microseconds of what is named: `idle`, a fetch that finds nothing due, beside one indexed question of the driver;
or `fire`, one due job of nothing, beside the driver rewriting one row in a transaction of its own.
"""

import asyncio
import json
import logging
import os
import sys
from importlib.metadata import version
from statistics import median
from time import perf_counter_ns

import psycopg
from procrastinate import App, PsycopgConnector

PENDING, DUE, ROUNDS, WARM = 1_000, 100, 300, 30
SEED = """INSERT INTO procrastinate_jobs (queue_name, task_name, args, scheduled_at)
SELECT 'default', 'nothing', '{}', now() + interval '1 year' + number * interval '1 second'
FROM generate_series(1, %s) AS number"""
NOW_DUE = """INSERT INTO procrastinate_jobs (queue_name, task_name, args, scheduled_at)
SELECT 'default', 'nothing', '{}', now() - interval '1 minute' FROM generate_series(1, %s)"""
BESIDE = (
    "CREATE TABLE beside (id bigint PRIMARY KEY, at timestamptz NOT NULL, state text NOT NULL)",
    "CREATE INDEX beside_at ON beside (at) WHERE state = 'todo'",
    "INSERT INTO beside SELECT id, now() + id * interval '1 hour', 'todo' FROM generate_series(1, 1000) AS id",
    "ANALYZE",
)
ASK = "SELECT id FROM beside WHERE state = 'todo' AND at <= now() ORDER BY at LIMIT 100"
WRITE = "UPDATE beside SET state = 'done' WHERE id = %s"
DONE = "SELECT count(*) FROM procrastinate_jobs WHERE status = 'succeeded'"
Raw = psycopg.AsyncConnection[tuple[object, ...]]


async def idle(app: App, raw: Raw) -> tuple[float, float]:
    """Fetches and questions in turn."""
    worker = await app.job_manager.register_worker()
    ours, limit = [], []
    for _ in range(ROUNDS):
        began = perf_counter_ns()
        assert await app.job_manager.fetch_job(queues=None, worker_id=worker) is None
        between = perf_counter_ns()
        await (await raw.execute(ASK)).fetchall()
        ours.append((between - began) / 1000)
        limit.append((perf_counter_ns() - between) / 1000)
    return median(ours[WARM:]), median(limit[WARM:])


async def fire(app: App, raw: Raw) -> tuple[float, float]:
    """A worker that does all that is due, one job after the other; then as many rows one by one."""
    await raw.execute(NOW_DUE, (DUE,))
    began = perf_counter_ns()
    await app.run_worker_async(wait=False, concurrency=1, install_signal_handlers=False, listen_notify=False)
    ours = (perf_counter_ns() - began) / 1000 / DUE
    limit = []
    for number in range(1, DUE + 1):
        began = perf_counter_ns()
        await raw.execute(WRITE, (number,))
        limit.append((perf_counter_ns() - began) / 1000)
    assert await (await raw.execute(DONE)).fetchone() == (DUE,)
    return ours, median(limit)


async def measured(url: str, what: str) -> dict[str, object]:
    """One of the two."""
    app = App(connector=PsycopgConnector(conninfo=url))

    @app.task(name="nothing")
    def nothing() -> None:
        """The job."""

    async with app.open_async():
        await app.schema_manager.apply_schema_async()
        raw = await psycopg.AsyncConnection.connect(url, autocommit=True, prepare_threshold=0)
        await raw.execute(SEED, (PENDING,))
        for statement in BESIDE:
            await raw.execute(statement)
        ours, limit = await (idle(app, raw) if what == "idle" else fire(app, raw))
        await raw.close()
    said = f"procrastinate {version('procrastinate')} on PostgreSQL"
    return {"ours": ours, "limit": limit, "note": f"{said}, {PENDING} jobs pending, {DUE} of nothing due at most"}


if __name__ == "__main__":
    logging.disable(logging.CRITICAL)
    print(json.dumps(asyncio.run(measured(os.environ["PEER_DATABASE"], sys.argv[1]))))
