"""The content of a pack: every section in words, from what was on the record by a moment, and nothing of today.

The same record gives the same content on whatever day it is made: no section tells when that was, or by whom.
"""

from itertools import islice
from zoneinfo import ZoneInfo

import msgspec

from pathway.case.picture import LabSeen
from pathway.case.picture import Picture as Shown
from pathway.clinical.instant import Instant
from pathway.engine.ports import Stored
from pathway.site.streams import is_site
from ward.errors import NotFound
from ward.pack.cut import Cut, cut_of
from ward.pack.decisions import corrections, decisions, deviations, refusals, reviews
from ward.pack.duties import reminders
from ward.pack.looks import glass, looked
from ward.pack.picture import Picture, pictures
from ward.pack.proof import proof
from ward.pack.section import Section
from ward.pack.told import Told, spaced, told
from ward.proof.key import PUBLIC, salt_of, token
from ward.spreadsheet import When
from ward.web.moment import moment_text
from ward.web.seen import plain
from ward.wiring import House

Rows = tuple[tuple[str, str], ...]


class Pack(msgspec.Struct, frozen=True):
    """All that is told of a case. `heading`: what it is of; `marks`: what stands out above everything.

    `events`: each in words; `stored`: the same as it lies in the store. `bundles`: the bytes of each definition that
    the case went by, under its digest. `named`: what checkpoints call the case, `key` the public key that signs them;
    both empty where none is kept.
    """

    case: str
    cut: Cut
    zone: ZoneInfo
    title: str
    heading: Rows
    marks: tuple[str, ...]
    pictures: tuple[Picture, ...]
    sections: tuple[Section, ...]
    events: tuple[Told, ...]
    stored: tuple[Stored, ...]
    bundles: dict[str, bytes]
    named: str
    key: str

    @property
    def ends(self) -> str:
        """The moment in words."""
        return f"{moment_text(self.cut.known, self.zone)} {self.zone.key}"


def content(
    house: House, case: str, position: int | None = None, known: Instant | None = None, *, identified: bool = False
) -> Pack:
    """The pack of a case up to an event, or to a moment; without either up to its last event.

    `identified`: say who the patient is; else there is only the token. Raises NotFound, NotUnderstood; RecordDamaged
    where the events cannot be read.
    """
    events = [] if is_site(case) else house.engine.timeline(case)
    if not events:
        raise NotFound("there is no such case here", "a token that `wardpath cases --closed` lists", "check it")
    cut = cut_of(events, house.clock.now(), position, known)
    asked = house.engine.replayed(case, cut.known, cut.position)
    shown = house.engine.picture_replayed(asked)
    zone = ZoneInfo(shown.zone)
    said = told(house, asked.events, zone.key)
    stored, salt = tuple(islice(house.store.stream(case), cut.position)), salt_of(house.store)
    return Pack(
        case=case,
        cut=cut,
        zone=zone,
        title=f"Audit pack of case {case}",
        heading=heading(house, shown, cut, identified=identified),
        marks=marks(house, shown),
        pictures=pictures(asked),
        sections=(
            standing(shown),
            decisions(said),
            refusals(house.store, case, cut.known),
            corrections(said, zone),
            reminders(said, asked.turn.pathway, zone),
            reviews(said),
            deviations(said),
            looked(house, case, cut.known),
            glass(house, case, cut.known, zone),
            proof(house, stored),
        ),
        events=said,
        stored=stored,
        bundles=bundles(house, said),
        named=token(bytes.fromhex(salt), case).hex() if salt else "",
        key=house.store.property(PUBLIC) or "",
    )


def heading(house: House, shown: Shown, cut: Cut, *, identified: bool) -> Rows:
    """What the pack is of."""
    return (
        ("Case", shown.case),
        ("Patient", patient(house, shown.case) if identified else "not said: this pack goes by the token of the case"),
        ("Pathway", f"{shown.title}, {shown.status}"),
        ("Place", f"ward {shown.ward}, bed {shown.bed}"),
        ("Store", f"{house.store.property('label') or 'no name'} ({house.store.origin}; {shown.origin} patient)"),
        ("Tells", f"events 1 to {cut.position}; nothing that was recorded later, and no later look"),
        ("As known at", moment_text(cut.known, ZoneInfo(shown.zone))),
        ("Times", f"in {shown.zone}, 24-hour clock; in the files beside this in UTC"),
    )


def patient(house: House, case: str) -> str:
    """Who the patient is, or why that cannot be read."""
    kept = house.engine.identity(case)
    if kept is None:
        return "nothing is kept of who it is"
    if kept.why:
        return kept.text
    found = msgspec.json.decode(kept.content, type=dict[str, str])
    return "; ".join(f"{spaced(name)} {value}" for name, value in found.items())


def marks(house: House, shown: Shown) -> tuple[str, ...]:
    """What stands out above everything."""
    found = ["DEMONSTRATION: nobody is treated here"] if house.store.origin == "demonstration" else []
    found += ["RULES HAD FAILED: automatic moves had stopped"] if shown.failed else []
    return tuple(found)


def standing(shown: Shown) -> Section:
    """How the case stood at the moment of the pack."""
    rows = [("Stage", each.title, "", When(each.entered_at)) for each in shown.phases]
    rows += [("Value", each.title, value(each), When(each.collected_at)) for each in shown.labs]
    rows += [("Drug", each.title, spaced(each.value), When(each.since)) for each in shown.exposures]
    rows += [("Finding", each.title, plain(each.shown), When(each.at)) for each in shown.facts]
    rows += [("Stands out", spaced(each.kind), plain(each.text), When(each.at)) for each in shown.flagged]
    return Section(
        key="standing",
        title="As it stood at the end of this pack",
        lead="The case as its pages showed it at that moment: nothing that was learned later is in it.",
        columns=("Kind", "What", "How", "Since"),
        rows=tuple(rows),
        widths=("20mm", "60mm", "1fr", "27mm"),
    )


def value(lab: LabSeen) -> str:
    """A value with its state, or why it cannot be said."""
    why = f": {lab.why}" if lab.why else ""
    return f"{plain(lab.shown) or 'none'}, {spaced(lab.state)}{why}"


def bundles(house: House, said: tuple[Told, ...]) -> dict[str, bytes]:
    """The definitions that the case went by, as the store keeps them."""
    digests = dict.fromkeys(each.event.bundle for each in said)
    found = ((digest, house.store.bundle(digest)) for digest in digests)
    return {digest: kept for digest, kept in found if kept is not None}
