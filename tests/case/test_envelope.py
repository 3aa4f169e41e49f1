"""The envelope: canonical bytes, the chain, and old versions."""

import json
from hashlib import sha256

import msgspec
import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from pathway.case import envelope
from pathway.case.envelope import FIRST_HASH, By, Event, chain, decode, digest, upcast
from pathway.case.events import ResultRecorded, Sealed, TherapyRecorded
from pathway.clinical.instant import Instant

plain = st.text(st.characters(codec="utf-8", exclude_categories=("Cs",)), max_size=20)
instants = st.integers(-(2**52), 2**52).map(Instant)
results = st.builds(
    ResultRecorded,
    analyte=plain,
    code=plain,
    low=st.none() | st.decimals(0, 9999, places=2).map(str),
    high=st.none() | st.decimals(0, 9999, places=2).map(str),
    unit=plain,
    entered=plain,
    status=plain,
    collected_at=instants,
    specimen=plain,
    usable=st.booleans(),
    replaces=st.none() | st.integers(1, 10**6),
)
therapies = st.builds(
    TherapyRecorded,
    drug=plain,
    act=st.sampled_from(["ordered", "dose", "stopped"]),
    at=instants,
    ticks=st.dictionaries(st.from_regex(r"[a-z_]{1,12}", fullmatch=True), st.booleans(), max_size=3),
    reason=st.none() | st.builds(Sealed, plain, plain, plain),
    because=st.lists(st.integers(1, 10**6), max_size=4).map(tuple),
)
events = st.builds(
    Event,
    case=plain,
    position=st.integers(1, 10**9),
    occurred_at=instants,
    recorded_at=instants,
    by=st.builds(By, plain, plain, plain, plain),
    bundle=plain,
    body=results | therapies,
    command=plain,
    cause=st.none() | st.integers(1, 10**9),
)


@given(events)
def test_the_canonical_bytes_are_those_of_rfc_8785(event):
    stored = chain(event, FIRST_HASH).canonical
    assert stored == rfc8785.dumps(json.loads(stored))


@given(events)
def test_what_was_stored_is_what_is_read(event):
    assert decode(chain(event, FIRST_HASH).canonical) == event


@given(events, st.binary(min_size=32, max_size=32))
def test_the_hash_covers_the_domain_the_previous_hash_and_the_bytes(event, previous):
    chained = chain(event, previous)
    assert chained.hash == sha256(b"wardpath-event-v1" + previous + chained.canonical).digest()
    assert digest(bytes(32), chained.canonical) == chained.hash or previous != bytes(32)


EVENT = Event("c1", 1, Instant(1), Instant(2), By("a"), "b", TherapyRecorded("x", "dose", Instant(1)))


def test_an_older_version_is_brought_to_the_present_one(monkeypatch):
    old = msgspec.to_builtins(EVENT)
    old["body"]["medicine"] = old["body"].pop("drug")

    def renamed(raw):
        return raw | {"body": {("drug" if key == "medicine" else key): value for key, value in raw["body"].items()}}

    monkeypatch.setitem(envelope.VERSIONS, "TherapyRecorded", 2)
    monkeypatch.setitem(envelope.UPCASTERS, ("TherapyRecorded", 1), renamed)
    found = decode(msgspec.json.encode(old, order="sorted"))
    assert (found.version, found.body) == (2, EVENT.body)


def test_casts_follow_one_another_and_may_rename_a_type():
    casts = {
        ("Old", 1): lambda raw: raw | {"body": {"type": "Old", "steps": 1}},
        ("Old", 2): lambda raw: raw | {"body": {"type": "ReviewSettled", "steps": raw["body"]["steps"] + 1}},
        ("ReviewSettled", 3): lambda raw: raw | {"body": raw["body"] | {"done": True}},
    }
    with pytest.raises(msgspec.ValidationError, match="version 4 is not known"):
        upcast({"body": {"type": "Old"}, "version": 1}, casts)


def test_a_version_from_the_future_is_refused():
    future = msgspec.to_builtins(EVENT) | {"version": 9}
    with pytest.raises(msgspec.ValidationError, match="version 9 is not known"):
        decode(msgspec.json.encode(future, order="sorted"))


def test_bytes_that_are_no_event_are_refused():
    with pytest.raises(msgspec.DecodeError):
        decode(b"{")
    with pytest.raises(msgspec.DecodeError):
        decode(b"{}")


@pytest.mark.parametrize("at", [2**53, -(2**53), 2**62, 10**30])
@pytest.mark.parametrize("part", ["occurred_at", "body"])
def test_an_instant_that_canonical_bytes_cannot_hold_is_refused_when_read(part, at):
    raw = msgspec.to_builtins(EVENT)
    (raw if part == "occurred_at" else raw["body"])["occurred_at" if part == "occurred_at" else "at"] = at
    with pytest.raises(msgspec.ValidationError, match="beyond what JSON keeps"):
        decode(msgspec.json.encode(raw, order="sorted"))


def test_the_last_instant_that_is_exact_and_a_long_number_in_a_text_are_read():
    at = Instant(2**53 - 1)
    event = Event("c1", 1, at, Instant(-at), By("a,99999999999999999999"), "b", TherapyRecorded("x", "dose", at))
    assert decode(chain(event, FIRST_HASH).canonical) == event
