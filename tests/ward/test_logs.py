"""The log holds allow-listed keys and nothing else."""

import io
import json
from collections.abc import Iterator

import pytest
import structlog

from ward.logs import log_to


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    stream = io.StringIO()
    log_to(stream, "info")
    yield stream
    structlog.reset_defaults()


def test_a_key_that_is_not_allowed_is_left_out_and_counted(written: io.StringIO):
    structlog.get_logger().warning("a case could not be looked at", case="c1", name="Doe", value="92")
    line = json.loads(written.getvalue())
    assert line["case"] == "c1"
    assert line["left_out"] == 2
    assert "Doe" not in written.getvalue()
    assert "92" not in json.dumps({key: line[key] for key in line if key != "timestamp"})


def test_what_is_below_the_level_is_not_written(written: io.StringIO):
    structlog.get_logger().debug("nothing")
    assert written.getvalue() == ""
