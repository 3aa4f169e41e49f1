"""`python -m bench.scale NAME ...`: one JSON object a line for each figure; without a name, every run."""

import sys
from collections.abc import Callable, Iterable

import msgspec

from bench.scale import days, partitions, replica, sites, volume, watching, writers
from bench.scale.taken import Taken

RUNS: dict[str, Callable[[], Iterable[Taken]]] = {
    "writers_sqlite": writers.in_files,
    "writers_pg": writers.on_server,
    "days": days.measured,
    "keeping": days.kept,
    "volume": volume.measured,
    "volume_pg": volume.on_server,
    "boards": watching.measured,
    "memory": watching.memory,
    "replica": replica.measured,
    "partitions": partitions.measured,
    "sites": sites.measured,
}


def main(names: list[str]) -> int:
    """Take the runs that are named. Exit 2 for a name that is none."""
    if unknown := [name for name in names if name not in RUNS]:
        print(f"no such run: {', '.join(unknown)}; expected some of: {', '.join(RUNS)}", file=sys.stderr)
        return 2
    for name in names or list(RUNS):
        for figure in RUNS[name]():
            print(msgspec.json.encode(figure).decode(), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
