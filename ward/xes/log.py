"""The log: a document of IEEE 1849 piece by piece, so that no log is ever whole in memory.

It passes the schema of 2016, which is the strictest that is published: a root without a namespace, a version that is a
number, names without spaces. Readers of later editions take it too.
"""

from collections.abc import Iterable, Iterator
from xml.etree import ElementTree as ET

import msgspec

from pathway.case.envelope import Event
from pathway.case.events import CaseEnrolled, PatientMoved
from pathway.definition.pathway import Pathway
from pathway.engine.errors import RecordDamaged, UnknownBundle
from pathway.engine.ports import Head
from ward.wiring import House
from ward.xes.activity import Activity, activity
from ward.xes.element import Attributes, When, attributes, element, lines
from ward.xes.values import values

#: The standard and the year of the edition whose schema the log passes.
VERSION = "1849.2016"
EXTENSIONS = (
    ("Concept", "concept", "http://www.xes-standard.org/concept.xesext"),
    ("Time", "time", "http://www.xes-standard.org/time.xesext"),
    ("Lifecycle", "lifecycle", "http://www.xes-standard.org/lifecycle.xesext"),
    ("Organizational", "org", "http://www.xes-standard.org/org.xesext"),
    ("Identity", "identity", "http://www.xes-standard.org/identity.xesext"),
    ("Wardpath", "wardpath", "urn:wardpath:xes:1"),
)
CLASSIFIERS = (
    ("Activity", "concept:name"),
    ("ActivityAndLife", "concept:name lifecycle:transition"),
    ("Role", "org:role"),
)
#: The moments that end an occurrence of an activity.
ENDS = frozenset({"complete", "withdraw", "ate_abort", "pi_abort"})
#: What every trace and every event has, with what a reader takes for it where it is missing.
TRACE_GLOBAL: Attributes = {"concept:name": "unknown"}
EVENT_GLOBAL: Attributes = {
    "concept:name": "unknown",
    "time:timestamp": When(0),
    "lifecycle:transition": "complete",
    "identity:id": "unknown",
}


class Log(msgspec.Struct):
    """What went into a log so far. `faults`: cases that could not be read; their traces have no events and say so."""

    cases: int = 0
    events: int = 0
    faults: int = 0


def as_xes(
    house: House, heads: Iterable[Head], log: Log | None = None, *, with_values: bool = False
) -> Iterator[bytes]:
    """The document in UTF-8, a trace at a time. `log` counts along; `with_values` tells what was found of patients."""
    counted = log or Log()
    yield header(house, with_values).encode()
    for head in heads:
        try:
            found = trace(house, head, counted, with_values)
        except RecordDamaged as error:
            counted.faults += 1
            found = ET.Element("trace")
            found.extend(attributes({"concept:name": head.case, "wardpath:fault": error.code}))
        counted.cases += 1
        yield lines(found, 1).encode()
    yield b"</log>\n"


def header(house: House, with_values: bool) -> str:
    """Everything before the first trace."""
    root = element("log", **{"xes.version": VERSION, "xes.features": ""})
    root.extend(element("extension", name=name, prefix=prefix, uri=uri) for name, prefix, uri in EXTENSIONS)
    for scope, found in (("trace", TRACE_GLOBAL), ("event", EVENT_GLOBAL)):
        made = element("global", scope=scope)
        made.extend(attributes(found))
        root.append(made)
    root.extend(element("classifier", name=name, keys=keys, scope="event") for name, keys in CLASSIFIERS)
    said = {"concept:name": "Wardpath", "lifecycle:model": "standard", "wardpath:origin": house.store.origin}
    root.extend(attributes({**said, "wardpath:values": with_values}))
    text = lines(root, 0)
    return "<?xml version='1.0' encoding='UTF-8'?>\n" + text[: text.rindex("</log>")]


def trace(house: House, head: Head, log: Log, with_values: bool) -> ET.Element:
    """One case: its own attributes, then its events by when they occurred, as they were recorded where that is the
    same. Raises RecordDamaged."""
    events = house.engine.timeline(head.case)
    begun = next((each.body for each in events if isinstance(each.body, CaseEnrolled)), None)
    found = ET.Element("trace")
    found.extend(attributes(of_case(head, begun)))
    wards, opened = wards_of(events), dict[tuple[str, ...], int]()
    names = {bundle: pathway_of(house, bundle) for bundle in dict.fromkeys(each.bundle for each in events)}
    told = []
    for each in events:
        done = activity(each.body, names[each.bundle])
        if done.about and done.life in {"schedule", "start"}:
            opened.setdefault(done.about, each.position)
        made = ET.Element("event")
        made.extend(attributes(of_event(each, done, wards[each.position], opened.get(done.about))))
        if with_values:
            made.extend(attributes(values(each)))
        if done.life in ENDS and not done.said:
            opened.pop(done.about, None)
        told.append((each.occurred_at, each.position, made))
    found.extend(made for _, _, made in sorted(told, key=lambda each: each[:2]))
    log.events += len(events)
    return found


def of_case(head: Head, begun: CaseEnrolled | None) -> Attributes:
    """What a trace says of its case, which is known by its token alone."""
    return {
        "concept:name": head.case,
        "identity:id": head.case,
        "org:group": head.ward,
        "wardpath:pathway": head.pathway,
        "wardpath:version": None if begun is None else begun.version,
        "wardpath:bundle": head.bundle,
        "wardpath:origin": head.origin,
        "wardpath:closed": head.closed,
        "wardpath:events": head.position,
        "wardpath:hash": head.hash.hex(),
    }


def of_event(event: Event, done: Activity, ward: str, instance: int | None) -> Attributes:
    """What an event says: the activity, where it stands in its life, when, who, in which role, on which ward, our id.

    `concept:instance` is the position of the event with which this occurrence of the activity began.
    """
    return {
        "concept:name": done.name,
        "concept:instance": None if instance is None else str(instance),
        "lifecycle:transition": done.life,
        "time:timestamp": When(event.occurred_at),
        "org:resource": event.by.actor,
        "org:role": event.by.role or event.by.source,
        "org:group": ward,
        "identity:id": f"{event.case}/{event.position}",
        "wardpath:type": event.type,
        "wardpath:position": event.position,
        "wardpath:recorded": When(event.recorded_at),
        "wardpath:rule": done.rule,
        "wardpath:cause": event.cause,
        "wardpath:source": event.by.source,
        "wardpath:authenticated": event.by.authenticated,
    }


def wards_of(events: Iterable[Event]) -> dict[int, str]:
    """The ward where the patient lay, by the position of each event."""
    ward, found = "", {}
    for each in events:
        if isinstance(each.body, CaseEnrolled | PatientMoved):
            ward = each.body.ward
        found[each.position] = ward
    return found


def pathway_of(house: House, bundle: str) -> Pathway | None:
    """The definition of a bundle; None where this release does not have it."""
    try:
        return house.engine.pathway_of(bundle)
    except UnknownBundle:
        return None
