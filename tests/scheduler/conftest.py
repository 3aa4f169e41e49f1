"""A store, a clock in the hand, an engine that notes its looks, and one channel."""

import pytest

from persistence.memory import MemoryStore
from tests.scheduler.scene import START, Looking, Wire
from ward.clock import FixedClock


@pytest.fixture
def store():
    return MemoryStore("demonstration")


@pytest.fixture
def clock():
    return FixedClock(START)


@pytest.fixture
def engine(store, clock):
    return Looking(store, clock)


@pytest.fixture
def wire():
    return Wire()
