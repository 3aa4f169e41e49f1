"""What was stored once is read for ever, and is the same case that it was."""

from collections import Counter
from typing import Any

import msgspec
import pytest

from pathway.case import envelope
from pathway.case.envelope import ENCODER, UPCASTERS, VERSIONS, decode
from tests.properties.stored import KINDS, folded, histories, kind_of, read, specimens

HISTORIES = list(histories())
ADD = "run `python -m tests.properties.stored`: it adds the specimens that are missing"


@pytest.mark.parametrize("lines, kept", [pytest.param(lines, kept, id=name) for name, lines, kept in HISTORIES])
def test_a_stored_history_is_the_case_that_it_was(lines: list[bytes], kept: dict[str, Any]):
    found = folded(lines)
    assert found["hash"] == kept["hash"], "the stored bytes themselves have changed: put them back"
    for name, value in kept["case"].items():
        assert common(found["case"].get(name), value) == value, f"{name} of this old case reads otherwise now"


def common(now: Any, then: Any) -> Any:
    """What is now, without the fields of structs that did not exist then: what a release adds is its own affair."""
    match now, then:
        case dict(), dict():
            return {name: common(now[name], then[name]) for name in then if name in now}
        case list(), list() if len(now) == len(then):
            return [common(one, other) for one, other in zip(now, then, strict=True)]
    return now


def test_there_are_histories_with_most_types_of_event():
    assert len(HISTORIES) >= 4
    assert len({kind_of(line)[0] for _, lines, _ in HISTORIES for line in lines}) > 20


@pytest.mark.parametrize("raw", specimens(), ids=lambda raw: "{}-{}".format(*kind_of(raw)))
def test_a_specimen_of_every_version_decodes_with_everything_that_was_in_it(raw: bytes):
    event = read(raw)
    name, version = kind_of(raw)
    if version == VERSIONS.get(name, 1) and event.type == name:
        was, now = (msgspec.json.decode(each)["body"] for each in (raw, ENCODER.encode(event)))
        assert {field: now.get(field) for field in was} == was


def test_every_type_of_event_has_a_specimen_of_its_present_version_and_none_twice():
    there = Counter(map(kind_of, specimens()))
    wanted = {(kind.__name__, VERSIONS.get(kind.__name__, 1)) for kind in KINDS}
    assert wanted - set(there) == set(), ADD
    assert [each for each, times in there.items() if times > 1] == []


def test_every_version_that_was_has_a_way_to_the_present_one():
    for name, version in map(kind_of, specimens()):
        assert version == VERSIONS.get(name, 1) or (name, version) in UPCASTERS


def test_a_type_that_lost_a_field_without_a_new_version_would_be_found(monkeypatch):
    raw = next(raw for raw in specimens() if kind_of(raw)[0] == "PatientMoved")
    monkeypatch.setitem(envelope.VERSIONS, "PatientMoved", 2)
    with pytest.raises(msgspec.ValidationError, match="version 1 is not known"):
        decode(raw)
