"""`python -m bench`: one JSON object a line for each bench; NAMES="decide_result wake_flat" picks some."""

import os
import sys
from collections.abc import Callable

import msgspec

from bench import command_sqlite, decide_result, replay_evolve, wake_flat
from bench.figure import Figure

BENCHES: dict[str, Callable[[], Figure]] = {
    "decide_result": decide_result.measure,
    "command_sqlite": command_sqlite.measure,
    "replay_evolve": replay_evolve.measure,
    "wake_flat": wake_flat.measure,
}


def main() -> int:
    """Measure what NAMES names, or everything. Exit 2 for a name that is none; else 0, also where a goal is missed."""
    names = os.environ.get("NAMES", "").split() or list(BENCHES)
    if unknown := [name for name in names if name not in BENCHES]:
        print(f"no such bench: {', '.join(unknown)}; expected some of: {', '.join(BENCHES)}", file=sys.stderr)
        return 2
    for name in names:
        print(msgspec.json.encode(BENCHES[name]()).decode(), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
