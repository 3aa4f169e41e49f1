"""Patients to choose from: who lies on the wards of a visitor, by bed and name, for what belongs to one of them."""

from zoneinfo import ZoneInfo

import msgspec

from pathway.engine.ports import Head
from ward.reading import HouseReads
from ward.web.board import bed_order
from ward.web.forms.field import Options
from ward.web.patient import patient
from ward.web.visit import Visit

#: The list of names that the policy knows: whoever sees the board sees who lies where.
BOARD = "board"
#: So many are shown at once; of more, a word of the bed, the name or the token finds them.
SHOWN = 40


class Lying(msgspec.Struct, frozen=True):
    """Somebody who lies on a ward."""

    token: str
    ward: str
    bed: str
    name: str

    @property
    def words(self) -> str:
        """`Bed 3, EXAMPLE, Anna (H4)`."""
        return f"Bed {self.bed}, {self.name} ({self.ward})"


class Found(msgspec.Struct, frozen=True):
    """Who was found, the first of them; `more`: how many are not shown."""

    patients: tuple[Lying, ...]
    more: int


def lying(visit: Visit, find: str = "") -> Found:
    """Who lies on the wards of a visitor, by bed; `find`: with this in bed, name or token. It is a look at each.

    Nobody where the visitor may see no board.
    """
    if not visit.lets(BOARD):
        return Found((), 0)
    reads = HouseReads(visit.door.house)
    heads = [each for each in visit.seen(BOARD, reads.heads()) if visit.door.ward(each) and not each.closed]
    word = find.strip().casefold()
    # Names are sealed, and each is opened to be read: without a word to find only those are that are shown.
    ordered = sorted(heads, key=lambda each: (each.ward, bed_order(each.bed), each.case))
    asked = ordered if word else ordered[:SHOWN]
    known = [named(reads, each) for each in asked]
    fits = [each for each in known if not word or word in f"{each.words} {each.token}".casefold()]
    shown = tuple(fits[:SHOWN])
    if shown:
        visit.look(BOARD, [each.token for each in shown])
    return Found(shown, (len(fits) if word else len(ordered)) - len(shown))


def named(reads: HouseReads, head: Head) -> Lying:
    """A head with the name of its patient."""
    who = patient(reads.identity(head.case), head.origin, head.recorded_at, ZoneInfo("UTC"))
    return Lying(head.case, head.ward, head.bed, who.name)


def beside_case(visit: Visit, case: str) -> Options:
    """Everybody but the patient of a case, to be chosen by bed or name: their tokens with words."""
    return tuple((each.token, each.words) for each in lying(visit).patients if each.token != case)
