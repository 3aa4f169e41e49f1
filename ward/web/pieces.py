"""Pieces: the board as parts of HTML with an id each, so that an open page is sent only what has changed in it."""

from collections import Counter
from collections.abc import Callable
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from jinja2 import Environment
from markupsafe import Markup

from pathway.clinical.instant import Instant
from ward.web.board import AnyRow, Board, Broken, Empty, Row
from ward.web.due import WORDS, Due
from ward.web.patient import NAME_NOT_KNOWN
from ward.web.seen import Stage
from ward.web.view import View, cannot_wait, roles_of, stage_of, stages_of

#: Where the marks of what has changed go: they are the reader's own, the row around them is everybody's.
SLOT = Markup("<!--changed-->")
#: Of a name on a wall, beside the bed: as many letters as there are parts of it, and no more.
INITIALS = 3
#: Rows kept as they were rendered; a board has a few dozen in each of its forms.
LIMIT = 4000


class Pieces(msgspec.Struct, frozen=True):
    """The board for one view: the rows by id in their order, and the parts above them. `shown`: cases with a row."""

    rows: dict[str, Markup]
    parts: dict[str, Markup]
    shown: tuple[str, ...]

    @property
    def version(self) -> str:
        """Changes with any row, their order or their counts; another process says it otherwise.

        The hash of a text is kept in it: what is the same piece as before costs nothing.
        """
        said = (*self.rows, *self.rows.values(), self.parts["counts"])
        return f"{hash(said) % (1 << 64):016x}"


class Bar(msgspec.Struct, frozen=True):
    """What the controls offer and say of the list. `kept`: what a form must carry along."""

    roles: tuple[tuple[str, str], ...]
    stages: tuple[tuple[str, str], ...]
    wards: tuple[tuple[str, str], ...]
    kept: tuple[tuple[str, str], ...]
    words: str
    since: str
    changed: int
    now: Instant


class Cutter:
    """Cuts a board into pieces. A row that is the same as before is not rendered again."""

    def __init__(self, environment: Environment) -> None:
        self.macros: Any = environment.get_template("board_parts.html").module
        self._rendered: dict[tuple[str, str], tuple[AnyRow, Markup]] = {}

    def cut(self, board: Board, view: View, now: Instant) -> Pieces:
        """The pieces of a board for a view at an instant of the store's clock."""
        made = self.rows(board, view)
        parts = {**made.parts, "controls": self.controls(board, view, now)}
        return msgspec.structs.replace(made, parts=parts)

    def controls(self, board: Board, view: View, now: Instant) -> Markup:
        """What is chosen and said above the rows, for this reader."""
        made: Markup = self.macros.controls(view, board, bar(board, view, view.select(board), now))
        return made

    def rows(self, board: Board, view: View) -> Pieces:
        """The rows for a view and their counts, without the controls."""
        rows = view.select(board)
        match view.form:
            case "stages":
                made = self.groups(board, view, rows)
            case "wall":
                made = {f"row-{row.token}": self.wall(row, view) for row in rows}
            case _:
                made = {f"row-{row.token}": self.line(row, view, len(board.wards) > 1) for row in rows}
        parts = {"counts": self.macros.counts(board)}
        return Pieces(made, parts, tuple(row.token for row in rows if not isinstance(row, Empty)))

    def line(self, row: AnyRow, view: View, many: bool) -> Markup:
        """A row of the list, with the reader's own marks in it."""
        html = self.kept(row, f"list {many}", lambda: self._line(row, many))
        if not (marks := view.marks(row)):
            return self.kept(row, f"unmarked {many}", lambda: Markup(html.replace(SLOT, "")))  # noqa: S704 - as below
        return Markup(html.replace(SLOT, self.macros.changes(marks)))  # noqa: S704 - both are rendered with escapes

    def wall(self, row: AnyRow, view: View) -> Markup:
        """A row of a wall."""
        large = cannot_wait(row)
        return self.kept(row, f"wall {view.names}", lambda: self.macros.wall_row(row, named(row, view.names), large))

    def groups(self, board: Board, view: View, rows: tuple[AnyRow, ...]) -> dict[str, Markup]:
        """The stages one after the other, each with its patients, empty ones too."""
        stages = [*stages_of(board)]
        known = {leaf for leaf, _ in stages}
        groups = [(title, [row for row in rows if stage_of(row) == leaf]) for leaf, title in stages]
        lost: list[AnyRow] = [row for row in rows if stage_of(row) not in known and not isinstance(row, Empty)]
        if lost:
            groups.insert(0, ("No stage can be said", lost))
        return {
            f"stage-{number}": self.macros.stage_group(number, title, [(row, view.marks(row)) for row in each])
            for number, (title, each) in enumerate(groups, start=1)
        }

    def kept(self, row: AnyRow, variant: str, render: Callable[[], Markup]) -> Markup:
        """What was rendered of this very row before, or what is rendered now."""
        before = self._rendered.get((row.token, variant))
        if before is not None and before[0] is row:
            return before[1]
        made = render()
        if len(self._rendered) >= LIMIT:
            self._rendered.clear()
        self._rendered[(row.token, variant)] = (row, made)
        return made

    def _line(self, row: AnyRow, many: bool) -> Markup:
        made: Markup
        match row:
            case Row():
                made = self.macros.patient_row(row, more(row.dues[1:]), of_one_word(row.dues[1:]), SLOT, many)
            case Broken():
                made = self.macros.broken_row(row, SLOT, many)
            case Empty():
                made = self.macros.empty_row(row, many)
        return made


def more(dues: tuple[Due, ...]) -> str:
    """`+3 more: 1 due, 2 later`; critical ones are named for themselves, so that nobody misses one that is folded."""
    if not dues:
        return "More"
    words = Counter("critical" if due.critical else WORDS[due.kind].lower() for due in dues)
    return f"+{len(dues)} more: {', '.join(f'{number} {word}' for word, number in words.items())}"


def of_one_word(dues: tuple[Due, ...]) -> tuple[tuple[Due, ...], ...]:
    """Needs in their order, together as long as they stand the same way: critical and overdue, due, later."""
    return tuple(tuple(each) for _, each in groupby(dues, key=lambda due: (due.critical, due.word)))


def named(row: AnyRow, names: str) -> str:
    """What a wall says of a patient beside the bed: nothing, initials, or the whole name."""
    if isinstance(row, Empty) or names == "bed":
        return ""
    name = row.name if isinstance(row, Broken) else row.patient.name
    if names == "full" or name == NAME_NOT_KNOWN:
        return name
    parts = [part for part in name.partition("(")[0].replace(",", " ").split() if part[0].isalpha()]
    return "".join(part[0].upper() for part in parts[:INITIALS])


def keys_of(board: Board) -> tuple[tuple[str, tuple[Stage, ...]], ...]:
    """Every strip of stages on the board, each once, under the name of its region."""
    found = {
        tuple(stage.title for stage in row.strips[0].stages): (row.strips[0].region.capitalize(), row.strips[0].stages)
        for row in board.rows
        if isinstance(row, Row) and row.strips
    }
    return tuple(found.values())


def bar(board: Board, view: View, rows: tuple[AnyRow, ...], now: Instant) -> Bar:
    """The controls over a list."""
    kept = {"show": view.show, "sort": view.sort, "form": view.form, "since": view.since}
    usual = msgspec.structs.asdict(View())
    return Bar(
        roles=tuple((role, role.replace("_", " ")) for role in roles_of(board)),
        stages=tuple(stages_of(board)),
        wards=tuple((ward, ward) for ward in board.wards),
        kept=tuple((name, str(value)) for name, value in kept.items() if value != usual[name]),
        words=said_of(board, view, rows),
        since=view.since_text(now, ZoneInfo(board.zone)),
        changed=sum(bool(view.marks(row)) for row in rows),
        now=now,
    )


def said_of(board: Board, view: View, rows: tuple[AnyRow, ...]) -> str:
    """What is in the list and in which order, in a sentence that always stands above it."""
    free = sum(isinstance(row, Empty) for row in rows)
    patients = len(rows) - free
    counts = board.counts
    beds = f" and {free} empty {'bed' if free == 1 else 'beds'}" if free else ""
    order = {"bed": "by bed", "urgency": "the most urgent first", "stage": "by stage"}[view.sort]
    if view.form != "list":
        order = "by stage" if view.form == "stages" else "what cannot wait first"
    if not counts.patients:
        return f"No open case in this store{beds}."
    if not view.filtered:
        return f"{patients} {'patient' if patients == 1 else 'patients'}{beds}, all open cases, {order}, no filter"
    stage = dict(stages_of(board)).get(view.stage, view.stage)
    said = (
        "" if view.show == "all" else f"only {view.show}",
        f"waiting for {view.role.replace('_', ' ')}" if view.role else "",
        f"at {stage}" if view.stage else "",
        f"on {view.ward}" if view.ward else "",
    )
    return f"{patients} of {counts.patients} patients, {', '.join(part for part in said if part)}, {order}."
