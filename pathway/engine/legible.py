"""Legible: the events of stored bytes, or that the record is damaged."""

from collections.abc import Iterable, Iterator

import msgspec

from pathway.case.envelope import Event, decode
from pathway.engine.errors import RecordDamaged


def legible(case: str, stored: Iterable[bytes]) -> Iterator[Event]:
    """The events of canonical bytes, in their order. Raises RecordDamaged for bytes that are none."""
    for canonical in stored:
        try:
            yield decode(canonical)
        except msgspec.MsgspecError as error:
            raise illegible(case) from error


def illegible(stream: str) -> RecordDamaged:
    """That a stream holds bytes that are no event."""
    return RecordDamaged(
        f"the record of {stream} holds bytes that are no event of this release",
        "an event at every position",
        "see `wardpath doctor`, and restore the record",
    )
