"""A view of the board: which rows, in which order, in which form; all of it in the address, and no patient in it."""

from math import ceil
from typing import Any, Literal, get_args
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import msgspec
from starlette.datastructures import QueryParams

from pathway.clinical.instant import Instant
from ward.web.board import RECORD, AnyRow, Board, Broken, Empty, Row
from ward.web.due import Due
from ward.web.moment import near_text

Show = Literal["all", "critical", "overdue", "due", "changed"]
Sort = Literal["bed", "urgency", "stage"]
Form = Literal["list", "stages", "wall"]
Names = Literal["bed", "initials", "full"]
#: Words of roles, stages and wards in an address are compared with what is on the board, and never shown themselves.
WORD_LIMIT = 100
#: A screen of 55 inches, in millimetres of height, read from three metres: where nobody says otherwise.
SCREEN_MM, DISTANCE_M = 685, 3
SCREENS_MM, DISTANCES_M = (100, 3000), (1, 20)
#: 20 minutes of arc are read with ease (ISO 9241); capitals are about 0.7 of a type's size; sizes that the style has.
CAPITAL_RADIANS, CAPITAL_OF_TYPE, SIZES = 0.00582, 0.7, (3, 20)
#: Urgency of a row: what cannot be read first, then by its gravest need or value, free beds last.
UNREAD, CRITICAL_OVERDUE, CRITICAL, OVERDUE, VALUE, DUE, LATER, QUIET, FREE = range(9)


class View(msgspec.Struct, frozen=True):
    """What one reader asked for. `since`: rows written after it are marked; `mm`: height of a wall's screen."""

    show: Show = "all"
    role: str = ""
    stage: str = ""
    ward: str = ""
    sort: Sort = "bed"
    form: Form = "list"
    names: Names = "initials"
    mm: int = SCREEN_MM
    distance: int = DISTANCE_M
    since: Instant | None = None

    def address(self, path: str = "/", **changes: object) -> str:
        """The address of this view with some of it changed; what is as usual is left out."""
        said = msgspec.structs.asdict(msgspec.structs.replace(self, **changes))
        usual = msgspec.structs.asdict(View())
        words = {name: str(value) for name, value in said.items() if value != usual[name]}
        return f"{path}?{urlencode(words)}" if words else path

    @property
    def filtered(self) -> bool:
        """Whether any row may be left out."""
        return self.show != "all" or bool(self.role or self.stage or self.ward)

    def select(self, board: Board) -> tuple[AnyRow, ...]:
        """The rows asked for, in the order asked for; an unheard-of role, stage or ward leaves none."""
        rows = [row for row in board.rows if self.shows(row)]
        if self.form == "wall":
            rows.sort(key=lambda row: urgency(row) if cannot_wait(row) else (FREE, 0))
        elif self.sort == "urgency":
            rows.sort(key=urgency)
        elif self.sort == "stage" or self.form == "stages":
            stages = [leaf for leaf, _ in stages_of(board)]
            rows.sort(key=lambda row: stages.index(stage_of(row)) if stage_of(row) in stages else len(stages))
        return tuple(rows)

    def shows(self, row: AnyRow) -> bool:
        """Whether a row is asked for. One that cannot be read is left out by its ward alone: it may be anything."""
        if self.ward and row.ward != self.ward:
            return False
        if isinstance(row, Broken):
            return True
        if isinstance(row, Empty):
            return self.show == "all" and not self.role and not self.stage
        return (not self.stage or self.stage == stage_of(row)) and self._has(row)

    def marks(self, row: AnyRow) -> tuple[str, ...]:
        """What was written on a row since `since`, each once; nothing while nobody said since when."""
        if self.since is None:
            return ()
        found = tuple(dict.fromkeys(part for at, part in row.changed if at > self.since))
        return tuple(part for part in found if part != RECORD) or found

    def since_text(self, now: Instant, zone: ZoneInfo) -> str:
        """Since when changes are marked, in words."""
        return "" if self.since is None else near_text(self.since, now, zone)

    def _has(self, row: Row) -> bool:
        pressing = [due for due in row.dues if not self.role or (self.role in due.called and presses(due))]
        match self.show:
            case "critical":
                return any(due.critical for due in pressing) or (
                    not self.role and any(value.look == "critical" for value in row.values)
                )
            case "overdue":
                return any(due.kind == "overdue" for due in pressing)
            case "due":
                return any(presses(due) for due in pressing)
            case "changed":
                return bool(self.marks(row)) and (not self.role or bool(pressing))
        return not self.role or bool(pressing)


def view_of(query: QueryParams) -> View:
    """The view that an address asks for. What it says and cannot be read is as usual: then more is shown, not less."""
    return View(
        show=_one(Show, query.get("show"), "all"),
        role=query.get("role", "")[:WORD_LIMIT],
        stage=query.get("stage", "")[:WORD_LIMIT],
        ward=query.get("ward", "")[:WORD_LIMIT],
        sort=_one(Sort, query.get("sort"), "bed"),
        form=_one(Form, query.get("form"), "list"),
        names=_one(Names, query.get("names"), "initials"),
        mm=_number(query.get("mm"), SCREEN_MM, *SCREENS_MM),
        distance=_number(query.get("distance"), DISTANCE_M, *DISTANCES_M),
        since=_instant(query.get("since", "")),
    )


def size_of(view: View) -> str:
    """The class of a wall's type: capitals of 20 minutes of arc at the distance of its readers.

    The number is the size of the type in halves of a hundredth of the screen's height; the style has a rule for each.
    """
    capital_mm = view.distance * 1000 * CAPITAL_RADIANS
    halves = ceil(capital_mm / CAPITAL_OF_TYPE / view.mm * 200)
    return f"type-{min(max(halves, SIZES[0]), SIZES[1])}"


def urgency(row: AnyRow) -> tuple[int, int]:
    """How pressing a row is, and since when: smaller is more pressing."""
    if not isinstance(row, Row):
        return (UNREAD if isinstance(row, Broken) else FREE, 0)
    first = row.dues[0] if row.dues else None
    at = 0 if first is None else first.at
    if first is not None and first.critical:
        return (CRITICAL_OVERDUE if first.kind == "overdue" else CRITICAL, at)
    if first is not None and first.kind == "overdue":
        return (OVERDUE, at)
    if row.failed or any(value.look == "critical" for value in row.values):
        return (VALUE, at)
    if first is None:
        return (QUIET, 0)
    return (DUE if first.kind == "due" else LATER, at)


def cannot_wait(row: AnyRow) -> bool:
    """Whether a wall shows the row large: unread, critical, overdue or due soon."""
    return urgency(row)[0] <= VALUE or (isinstance(row, Row) and bool(row.dues) and row.dues[0].soon)


def presses(due: Due) -> bool:
    """Whether a need waits for somebody now."""
    return due.critical or due.kind != "later"


def stage_of(row: AnyRow) -> str:
    """The leaf at which a row stands in its first region, empty where it has none."""
    if not isinstance(row, Row) or not row.strips:
        return ""
    return row.strips[0].leaf


def stages_of(board: Board) -> list[tuple[str, str]]:
    """Every stage of every pathway on the board, as leaf and title, in the order of their strips."""
    found: dict[str, str] = {}
    for row in board.rows:
        if isinstance(row, Row) and row.strips:
            found |= {stage.leaf: stage.title for stage in row.strips[0].stages if stage.leaf not in found}
    return list(found.items())


def roles_of(board: Board) -> list[str]:
    """Every role that something on the board waits for now, or called before it went on to the next."""
    rows = [row for row in board.rows if isinstance(row, Row)]
    return sorted({role for row in rows for due in row.dues if presses(due) for role in due.called})


def _one(words: object, said: str | None, usual: str) -> Any:
    return said if said in get_args(words) else usual


def _number(said: str | None, usual: int, least: int, most: int) -> int:
    return min(max(int(said), least), most) if said and said.isascii() and said.isdecimal() and len(said) < 6 else usual


def _instant(said: str) -> Instant | None:
    return Instant(int(said)) if said.isascii() and said.isdecimal() and len(said) < 18 else None
