"""What a reported karyotype says: clones and their changes, breaks at a receptor, repairs, and what was not understood.

Every `start` and `end` is a place in the text as it was given, in characters, half open.
"""

from enum import StrEnum

import msgspec


class Outcome(StrEnum):
    """What became of the text as a whole."""

    READ = "read"
    PARTLY = "partly"
    NO_RESULT = "no_result"
    NOT_UNDERSTOOD = "not_understood"
    TOO_LONG = "too_long"


class Mend(StrEnum):
    """A repair, by name."""

    DASH = "dash"
    SIGN = "typographic sign"
    INVISIBLE = "invisible sign"
    LINE_BREAK = "line break"
    BLANK = "blank"
    CASE = "letter case"
    COMMA_MISSING = "comma missing"
    SEPARATOR = "separator"
    SEMICOLON_MISPLACED = "separator before the bands"
    BRACKET_MISSING = "bracket missing"
    BRACKET_EXTRA = "bracket too many"
    SLASH_MISSING = "slash between clones"
    COUNT_BRACKET = "bracket of the cell count"
    ARM_MISSING = "arm missing"
    BANDS_SWAPPED = "bands swapped"


class Why(StrEnum):
    """Why a piece of the text is residue."""

    NOT_UNDERSTOOD = "not understood"
    NO_SUCH_CHROMOSOME = "no such chromosome"
    NO_SUCH_BAND = "no such band"
    BANDS_DO_NOT_FIT = "bands do not fit the chromosomes"
    NO_KARYOTYPE = "no part of a karyotype"
    TOO_LONG = "too long"


class Evidence(StrEnum):
    """Where in the text a change stands."""

    BANDING = "banding"
    FISH = "fish"
    RT_PCR = "rtpcr"
    ARRAY = "array"
    SEQUENCING = "sequencing"


class Certainty(StrEnum):
    """How far an event may be taken as written; none of these confirms a fusion."""

    AS_WRITTEN = "as_written"
    REPAIRED = "repaired"
    DOUBTFUL = "doubtful"
    NO_BAND = "no_band"
    TOLD = "told"
    CONSTITUTIONAL = "constitutional"
    TAKEN_BACK = "taken_back"


class Repair(msgspec.Struct, frozen=True):
    """A repair: `was` stood in the text, the reader took it for `now`."""

    name: Mend
    start: int
    end: int
    was: str
    now: str


class Residue(msgspec.Struct, frozen=True):
    """A piece of the text that the reader did not understand or does not read."""

    text: str
    start: int
    end: int
    why: Why


class Remark(msgspec.Struct, frozen=True):
    """Words that were understood and say nothing about a rearrangement."""

    text: str
    start: int
    end: int


class Break(msgspec.Struct, frozen=True):
    """A breakpoint as reported: `band` with its arm, `?` where the report has it, empty when none was given."""

    chromosome: str
    band: str
    doubtful: bool = False


class Rearrangement(msgspec.Struct, frozen=True):
    """One structural change: its symbol, chromosomes as written, and breaks."""

    kind: str
    chromosomes: tuple[str, ...]
    breaks: tuple[Break, ...]


class Change(msgspec.Struct, frozen=True):
    """One item of a clone. `kind`: a symbol (`t`, `der`), `whole`, `small` (markers, rings) or a word (`inc`, `idem`).

    `sign` + or - or empty. `parts`: the rearrangements it is made of, itself first; empty for whole chromosomes,
    markers and words. `cells`: its own count when the report gives one. `repaired`: more than typography was mended.
    """

    kind: str
    text: str
    start: int
    end: int
    sign: str = ""
    parts: tuple[Rearrangement, ...] = ()
    doubtful: bool = False
    constitutional: bool = False
    repaired: bool = False
    cells: int | None = None


class Clone(msgspec.Struct, frozen=True):
    """One clone. `low` and `high`: chromosome count, None when not given; `cells`: metaphases, None when not given.

    `composite`: `[cp]`. `inherits`: the word `idem`, `sl`, `sdl1` that stands for another clone's changes. `donor`:
    behind `//`.
    """

    text: str
    start: int
    end: int
    low: int | None
    high: int | None
    sex: str
    changes: tuple[Change, ...]
    cells: int | None = None
    composite: bool = False
    inherits: str = ""
    incomplete: bool = False
    donor: bool = False


class Section(msgspec.Struct, frozen=True):
    """A part of the text that reports another method: `.ish`, `nuc ish`, `FISH:`, `arr`, `sseq`.

    `formal`: in the notation of ISCN; otherwise a remark. `probes`: what a FISH part says of probes, as written.
    """

    evidence: Evidence
    formal: bool
    text: str
    start: int
    end: int
    changes: tuple[Change, ...] = ()
    probes: tuple[str, ...] = ()


class Candidate(msgspec.Struct, frozen=True):
    """A fusion that the bands allow. `word` is the fusion's word in the table of fusions, empty for no receptor fusion.

    `inside`: the partner's break lies inside the bands of the table; otherwise it is too coarse to exclude them.
    """

    name: str
    word: str
    inside: bool
    note: str
    source: str


class ReceptorEvent(msgspec.Struct, frozen=True):
    """A break where a receptor gene lies, and what it may be: never a confirmation.

    `partners`: the other breaks, `candidates`: a set, sorted by name. `cells` of the `of_cells` counted metaphases
    carry it, None when the report does not count. `joins`: two places are joined (t, ins), so that a fusion is meant.
    `swapped`: it fits only when the two bands change places, which the report then has wrong.
    """

    gene: str
    text: str
    start: int
    end: int
    kind: str
    evidence: Evidence
    receptor: tuple[Break, ...]
    partners: tuple[Break, ...]
    candidates: tuple[Candidate, ...]
    certainty: Certainty
    joins: bool
    cells: int | None = None
    of_cells: int | None = None
    swapped: bool = False


class Karyotype(msgspec.Struct, frozen=True):
    """Everything the reader found in one text. `no_results`: remarks such as `no metaphases`, as written."""

    text: str
    outcome: Outcome
    clones: tuple[Clone, ...] = ()
    sections: tuple[Section, ...] = ()
    events: tuple[ReceptorEvent, ...] = ()
    no_results: tuple[Remark, ...] = ()
    remarks: tuple[Remark, ...] = ()
    repairs: tuple[Repair, ...] = ()
    residue: tuple[Residue, ...] = ()
    taken_back: bool = False

    @property
    def candidates(self) -> tuple[str, ...]:
        """The names of all fusions that the bands of any event allow, sorted; a suspicion, never a confirmation."""
        return tuple(sorted({candidate.name for event in self.events for candidate in event.candidates}))

    @property
    def changes(self) -> tuple[Change, ...]:
        """The changes of all clones and sections in their order."""
        banded = tuple(change for clone in self.clones for change in clone.changes)
        return banded + tuple(change for section in self.sections for change in section.changes)
