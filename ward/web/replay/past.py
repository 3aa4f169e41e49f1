"""A case as it was: the page of that moment, made of what was recorded by then and nothing else."""

from zoneinfo import ZoneInfo

import msgspec
from msgspec.structs import replace

from pathway.case.picture import Picture
from pathway.case.why import Inquiry
from ward.web.axis import axis
from ward.web.reads import Reads, Replayed, TimelineEntry
from ward.web.reasons import Absent, findings, reasons
from ward.web.replay.clocks import Clocks
from ward.web.replay.corrections import Correction, corrections
from ward.web.sheet import Sheet, sheet, until

#: What the line across the axis is called: it is not the present.
THEN = "then"


class Past(msgspec.Struct, frozen=True):
    """The page of a case at a moment. `struck`: position of an event to what corrected it, as known by then."""

    sheet: Sheet
    corrections: tuple[Correction, ...]
    struck: dict[int, Correction]
    findings: tuple[Absent, ...]


def past(
    reads: Reads, case: str, clocks: Clocks, entries: list[TimelineEntry], *, span: str, whole: bool
) -> Past | None:
    """A case at a moment; None where nothing was recorded of it then. `entries`: all its events, oldest first.

    Stages, reminders, refusals and deviations are as they were acted on at the moment, by position. Where more is known
    than at the moment itself, the facts are as known later, cut at what had happened by then.
    """
    then = reads.replayed(case, clocks.then, clocks.position)
    if then is None:
        return None
    shown, learned = (then.picture, then.asked) if not clocks.later else known_later(reads, case, clocks, then)
    known = until(entries, clocks.at, clocks.known) if clocks.later else entries[: clocks.position]
    zone = ZoneInfo(shown.zone)
    made = sheet(shown, reads.identity(case), known, whole=whole, asked=then.asked, span=span)
    if learned is not None:
        trees = replace(
            made.reasons, facts=reasons(learned, replace(shown, reminders=(), refused=(), proposals=())).facts
        )
        made = replace(made, reasons=trees, axis=axis(learned, span, THEN))
    found = corrections(known, zone)
    return Past(made, found, {each.target: each for each in reversed(found)}, findings(learned, shown))


def known_later(reads: Reads, case: str, clocks: Clocks, then: Replayed) -> tuple[Picture, Inquiry | None]:
    """The picture of the moment with its facts as known later, and what is to be asked about those."""
    later = reads.as_of(case, clocks.at, clocks.known)
    asked = reads.inquiry_as_of(case, clocks.at, clocks.known)
    if asked is not None:
        asked = replace(asked, events=tuple(each for each in asked.events if each.occurred_at <= clocks.at))
    if later is None:
        return then.picture, asked
    return replace(then.picture, labs=later.labs, facts=later.facts, exposures=later.exposures), asked
