"""`python -m bench`: one JSON object a line for each bench; NAMES="decide_result wake_flat" picks some.

The peers are other libraries in an environment of their own, which is made when NAMES names one of them, and only then.
"""

import os
import sys
from collections.abc import Callable
from functools import partial

import msgspec

from bench import (
    as_of,
    boards,
    cohort,
    command_pg,
    command_sqlite,
    decide,
    lateness,
    live,
    memory_idle_case,
    overdue,
    p99,
    pack,
    patient_page,
    peer,
    record,
    replay_evolve,
    wake_flat,
    wake_idle,
)
from bench.figure import Figure

BENCHES: dict[str, Callable[[], Figure]] = {
    "decide_result": decide.measure_result,
    "decide_transition": decide.measure_transition,
    "decide_result_large": decide.measure_result_large,
    "decide_transition_large": decide.measure_transition_large,
    "command_sqlite": command_sqlite.measure,
    "command_pg_1": command_pg.measure_1,
    "command_pg_8": command_pg.measure_8,
    "p99_sqlite_8": p99.measure_sqlite,
    "p99_pg_8": p99.measure_pg,
    "replay_evolve": replay_evolve.measure,
    "replay_verified": record.measure_replay,
    "verify_per_s": record.measure_verify,
    "as_of_1000": as_of.measure,
    "wake_idle": wake_idle.measure,
    "wake_flat": wake_flat.measure,
    "fire_each": overdue.measure_each,
    "catch_up_10000": overdue.measure_catch_up,
    "lateness_p99": lateness.measure,
    "memory_idle_case": memory_idle_case.measure,
    "patient_2000": patient_page.measure,
    "pack_s": pack.measure,
    "cohort_1e6": cohort.measure,
    "board_30": boards.measure_30,
    "board_100k": boards.measure_100k,
    "live_500": live.measure_live,
    "first_row": live.measure_first_row,
    "page_weight": boards.measure_weight,
}
PEERS: dict[str, Callable[[], Figure]] = {
    "peer_eventsourcing_append": peer.measure_append,
    "peer_statemachine_transition": peer.measure_transition,
    "peer_apscheduler_idle": partial(peer.measure_apscheduler, "idle"),
    "peer_apscheduler_fire": partial(peer.measure_apscheduler, "fire"),
    "peer_procrastinate_idle": partial(peer.measure_procrastinate, "idle"),
    "peer_procrastinate_fire": partial(peer.measure_procrastinate, "fire"),
}


def main() -> int:
    """Measure what NAMES names, or all but the peers. Exit 2 for a name that is none; else 0, a missed goal or not."""
    known = BENCHES | PEERS
    names = os.environ.get("NAMES", "").split() or list(BENCHES)
    if unknown := [name for name in names if name not in known]:
        print(f"no such bench: {', '.join(unknown)}; expected some of: {', '.join(known)}", file=sys.stderr)
        return 2
    for name in names:
        print(msgspec.json.encode(known[name]()).decode(), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
