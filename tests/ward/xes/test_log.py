"""The event log: it passes the schema, has every event once, and tells no more than it should."""

import re
from collections import Counter
from pathlib import Path
from typing import Any, get_args
from xml.etree import ElementTree as ET

import xmlschema
from msgspec.structs import replace

from pathway.case.events import AnyBody
from pathway.clinical.instant import iso
from tests.properties.stored import filled
from ward.wiring import House
from ward.xes import Log, as_xes
from ward.xes.activity import activity
from ward.xes.element import When, attributes, element, lines, moment

SCHEMA = Path("data/xes/xes-ieee-1849-2016.xsd")
LIVES = {
    *("schedule", "assign", "reassign", "start", "suspend", "resume", "withdraw", "ate_abort", "pi_abort"),
    *("complete", "unknown"),
}


def document(made: House, **options: Any) -> str:
    heads = sorted(made.store.heads(closed=True), key=lambda head: head.case)
    return b"".join(as_xes(made, heads, **options)).decode()


def root_of(text: bytes) -> ET.Element:
    """The root of a log of our own."""
    return ET.fromstring(text)  # noqa: S314  # we wrote it ourselves


def said(found: ET.Element) -> dict[str, str]:
    """The attributes of a trace or an event, by their keys, each there once."""
    keys = [each.get("key", "") for each in found if each.tag != "event"]
    assert len(keys) == len(set(keys))
    return {each.get("key", ""): each.get("value", "") for each in found if each.tag != "event"}


def test_it_passes_the_schema_of_its_standard(log: Path, shared: Path):
    schema = xmlschema.XMLSchema(shared / SCHEMA)
    assert [str(each)[:300] for each in schema.iter_errors(log)] == []


def test_the_schema_would_find_a_wrong_log(log: Path, shared: Path, tmp_path: Path):
    schema = xmlschema.XMLSchema(shared / SCHEMA)
    text = log.read_text("utf-8")
    for number, (old, new) in enumerate(
        [('"1849.2016"', '"1849-2016"'), ('name="Activity"', 'name="an activity"'), ("<date key", "<day key")]
    ):
        wrong = tmp_path / f"{number}.xes"
        wrong.write_text(text.replace(old, new, 1), "utf-8")
        assert list(schema.iter_errors(wrong)), new


def test_every_case_is_one_trace_and_every_event_stands_in_it_once_under_its_own_id(ward: House, log: Path):
    traces = root_of(log.read_bytes()).findall("trace")
    cases = {said(trace)["concept:name"]: trace for trace in traces}
    assert cases.keys() == {head.case for head in ward.store.heads(closed=True)}
    assert len(cases) == len(traces)
    for case, trace in cases.items():
        ids = [said(event)["identity:id"] for event in trace.findall("event")]
        assert sorted(ids) == sorted(f"{case}/{each.position}" for each in ward.engine.timeline(case))


def test_an_event_says_what_when_in_utc_who_in_which_role_and_where(ward: House, log: Path):
    root = root_of(log.read_bytes())
    for trace in root.findall("trace"):
        events = {each.position: each for each in ward.engine.timeline(said(trace)["concept:name"])}
        times = []
        for found in map(said, trace.findall("event")):
            event = events[int(found["wardpath:position"])]
            times.append((found["time:timestamp"], event.position))
            assert found["time:timestamp"] == moment(event.occurred_at)
            assert found["wardpath:recorded"] == moment(event.recorded_at)
            assert (found["org:resource"], found["wardpath:type"]) == (event.by.actor, event.type)
            assert found["org:role"] == event.by.role or event.by.source
            assert found["org:group"]
            assert found["lifecycle:transition"] in LIVES
            assert found["concept:name"]
        assert times == sorted(times)
    dates = re.findall(r'<date [^>]*value="([^"]+)"', log.read_text("utf-8"))
    assert dates
    assert all(each.endswith("+00:00") for each in dates)


def test_all_of_a_reminder_is_one_instance_from_its_opening_to_its_end(log: Path):
    lives: dict[tuple[str, str], list[str]] = {}
    for trace in root_of(log.read_bytes()).findall("trace"):
        for found in map(said, trace.findall("event")):
            if found["wardpath:type"] in {"ReminderOpened", "RungReached", "ReminderClosed"}:
                key = (said(trace)["concept:name"], found["concept:instance"])
                lives.setdefault(key, []).append(found["lifecycle:transition"])
    assert len(lives) > 100
    for life in lives.values():
        assert life[0] == "schedule"
        assert life.count("schedule") == 1
        assert not {"complete", "withdraw", "ate_abort"} & set(life[:-1])


def test_every_element_stands_on_a_line_of_its_own_since_some_readers_go_by_lines(log: Path):
    for line in log.read_text("utf-8").splitlines():
        assert line.count("<") == 1 or line.startswith("<?xml"), line


def test_without_values_it_holds_no_figure_no_finding_no_free_text_and_no_name(ward: House):
    text = document(ward)
    told = document(ward, with_values=True)
    assert "wardpath:value" not in text.replace("wardpath:values", "")
    assert "wardpath:entered" in told
    assert "karyotype" in told
    assert "wardpath:karyotype" not in text
    for head in ward.store.heads(closed=True):
        identity = ward.engine.identity(head.case)
        assert identity is not None
        for word in re.findall(r'"([^"]{4,})"', identity.text):
            assert f'"{word}"' not in told
        for event in ward.engine.timeline(head.case):
            entered = getattr(event.body, "entered", "")
            assert not entered or f'"{entered}"' not in text
            sealed = getattr(event.body, "reason", None)
            if sealed is not None and sealed.data:
                assert sealed.data not in told
                assert f'"{ward.engine.opened(sealed).text}"' not in told


def test_every_type_of_event_is_an_activity_with_a_life_that_the_standard_knows():
    for kind in get_args(AnyBody):
        body = filled(kind)
        words = {"act": ("ordered", "started", "dose", "held", "resumed", "stopped", "unknown", "never"), "how": None}
        shapes = [replace(body, act=act) for act in words["act"]] if kind.__name__ == "TherapyRecorded" else [body]
        for each in shapes:
            found = activity(each, None)
            assert found.name
            assert found.life in LIVES, kind


def test_what_no_document_may_hold_is_replaced_and_what_means_something_to_xml_is_escaped():
    made = element("trace")
    made.extend(attributes({"name": 'a\x00b\x1fc<&>"\U0001f600\ud800', "n": 3, "t": When(0), "no": None, "": ""}))
    text = lines(made, 0)
    (name, number, time) = root_of(text.encode())
    assert name.get("value") == 'a\ufffdb\ufffdc<&>"\U0001f600\ufffd'
    assert (number.tag, number.get("value")) == ("int", "3")
    assert (time.tag, time.get("value")) == ("date", "1970-01-01T00:00:00.000000+00:00")


def test_a_case_that_cannot_be_read_has_a_trace_that_says_so_and_takes_no_other_with_it(ward: House):
    class Torn:
        """The engine over a record of which one case cannot be read."""

        def __getattr__(self, name: str) -> Any:
            return getattr(ward.engine, name)

        def timeline(self, case: str) -> Any:
            from pathway.engine.legible import illegible

            if case == "demo-02":
                raise illegible(case)
            return ward.engine.timeline(case)

    counted = Log()
    heads = [head for head in ward.store.heads(closed=True) if head.case in {"demo-01", "demo-02", "demo-03"}]
    made = House(ward.store, Torn(), ward.clock, ward.pathways)  # type: ignore[arg-type]  # it hands on all but one
    root = root_of(b"".join(as_xes(made, heads, counted)))
    found = {said(each)["concept:name"]: each for each in root.findall("trace")}
    assert said(found["demo-02"])["wardpath:fault"] == "record_damaged"
    assert [len(found[case].findall("event")) > 10 for case in ("demo-01", "demo-02", "demo-03")] == [True, False, True]
    assert (counted.cases, counted.faults) == (3, 1)


def test_the_log_says_where_it_comes_from_and_a_trace_its_pathway_and_the_hash_of_its_record(ward: House, log: Path):
    root = root_of(log.read_bytes())
    assert {each.get("prefix") for each in root.findall("extension")} == {
        *("concept", "time", "lifecycle", "org", "identity", "wardpath"),
    }
    used = Counter(each.get("key", "").partition(":")[0] for each in root.iter() if each.get("key"))
    assert set(used) <= {each.get("prefix") for each in root.findall("extension")}
    for trace in root.findall("trace"):
        found = said(trace)
        head = ward.store.head(found["concept:name"])
        assert head is not None
        assert found["wardpath:hash"] == head.hash.hex()
        assert found["wardpath:bundle"] == head.bundle
        assert iso(head.recorded_at)
