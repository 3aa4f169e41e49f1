"""Every honest record gives itself when it is decided once more: random ones, those of releases, the demonstration."""

from functools import cache
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from pathway.case.envelope import decode
from pathway.case.redecide import Redecided, redecide
from pathway.case.rules import Rules, rules_of
from pathway.clinical.instant import Instant
from pathway.definition.load import load_pinned
from tests.properties.plans import CASE, Step, carry_out, plans
from tests.properties.stored import histories, kept_bundles
from ward.clock import FixedClock
from ward.demonstration.opening import play
from ward.demonstration.story import story
from ward.past import Past
from ward.wiring import house, memory_store

HISTORIES = list(histories())
#: Stored before definitions were kept beside them: they replay for ever and cannot be decided again.
WITHOUT_BUNDLE = {f"{name}.history.jsonl" for name in ("k7a", "m1_e24", "m3_e11", "m3_e24")}


@settings(max_examples=6, suppress_health_check=list(HealthCheck))
@given(plans())
def test_a_random_record_gives_itself(plan: tuple[Step, ...]):
    found = carry_out(plan).redecided(CASE)
    assert (found.differences, found.given, found.unfit) == ((), (), "")
    assert found.decided == found.events


@cache
def rules(digest: str) -> Rules:
    """The rules of a definition that was kept beside the histories."""
    return rules_of(load_pinned(kept_bundles()[digest]))


@pytest.mark.parametrize(
    "name, lines", [pytest.param(name, lines, id=name) for name, lines, _ in HISTORIES if name not in WITHOUT_BUNDLE]
)
def test_a_stored_history_gives_itself_under_the_definition_of_its_day(name: str, lines: list[bytes]):
    found = redecide([decode(line) for line in lines], rules)
    assert (found.differences, found.given, found.unfit) == ((), (), "")
    assert found.decided == len(lines)


def test_every_history_stands_beside_its_definition_but_for_the_earliest():
    kept = kept_bundles()
    bare = {name for name, lines, _ in HISTORIES if any(decode(line).bundle not in kept for line in lines)}
    assert bare == WITHOUT_BUNDLE
    for digest, text in kept.items():
        assert load_pinned(text).digest == digest


def test_the_whole_demonstration_ward_gives_itself():
    store, clock = memory_store("demonstration"), FixedClock(Instant(0))
    made: Any = house(Past.over(store), clock)
    for patient in story().patients:
        play(made, clock, patient, 1)
    found: list[Redecided] = [made.engine.redecided(head.case) for head in store.heads(closed=True)]
    assert [each for each in found if each.differences or each.unfit] == []
    assert len(found) == len(story().patients)
    assert sum(each.decided for each in found) == sum(each.events for each in found) > 3000
