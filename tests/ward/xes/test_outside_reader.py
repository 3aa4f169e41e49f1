"""An outside reader of event logs takes ours: pm4py, in an environment of its own, since its licence is another.

`WARDPATH_XES_READER` names a Python that has it: `python3 -m venv reader && reader/bin/pip install pm4py`.
"""

import json
import os
import subprocess
from pathlib import Path

import pytest

from ward.wiring import House

READ = """
import json, sys, warnings
warnings.simplefilter("ignore")
import pm4py
from pm4py.objects.log.importer.xes import importer
path = sys.argv[1]
table = pm4py.read_xes(path)
lines = importer.apply(path, variant=importer.Variants.LINE_BY_LINE)
first = table["time:timestamp"].min()
print(json.dumps({
    "version": pm4py.__version__,
    "cases": table["case:concept:name"].nunique(),
    "events": len(table),
    "by_lines": [len(lines), sum(map(len, lines))],
    "zone": str(table["time:timestamp"].dt.tz),
    "first_us": first.value // 1000,
    "ids": sorted(table["identity:id"])[:3],
    "lives": sorted(set(table["lifecycle:transition"])),
    "columns": list(table.columns),
}))
"""


@pytest.fixture(scope="module")
def reader() -> str:
    """The Python of the reader; skips where nobody named one."""
    found = os.environ.get("WARDPATH_XES_READER", "")
    if not found:
        pytest.skip("XES reader: none is named; WARDPATH_XES_READER is a Python that has pm4py")
    return found


def test_it_reads_every_case_every_event_and_every_instant(reader: str, ward: House, log: Path):
    done = subprocess.run([reader, "-c", READ, str(log)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    found = json.loads(done.stdout.splitlines()[-1])
    heads = ward.store.heads(closed=True)
    events = [event for head in heads for event in ward.engine.timeline(head.case)]
    assert (found["cases"], found["events"]) == (len(heads), len(events))
    assert found["by_lines"] == [len(heads), len(events)]
    assert (found["zone"], found["first_us"]) == ("UTC", min(event.occurred_at for event in events))
    assert found["ids"] == sorted(f"{event.case}/{event.position}" for event in events)[:3]
    assert {"org:role", "org:resource", "org:group", "concept:instance", "wardpath:value"} <= set(found["columns"])
    assert {"schedule", "start", "complete"} <= set(found["lives"])
