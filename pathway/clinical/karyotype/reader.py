"""The reader: any text in, a karyotype out, never an exception."""

import re

from pathway.clinical.karyotype.clone import read_clones
from pathway.clinical.karyotype.cursor import Cursor
from pathway.clinical.karyotype.form import Clone, Karyotype, Mend, Outcome, Remark, Repair, Residue, Section, Why
from pathway.clinical.karyotype.receptor import receptor_events
from pathway.clinical.karyotype.section import borders, read_section
from pathway.clinical.karyotype.tidy import Tidied
from pathway.clinical.karyotype.words import NEGATIONS, folded

#: The longest karyotype read, in characters; the longest of 1,096 real ones has fewer than a thousand.
KARYOTYPE_LIMIT = 4000
WORDS = re.compile(r"[a-z]+")


def read_karyotype(text: str) -> Karyotype:
    """Read a karyotype as a laboratory wrote it, in the styles of ISCN 2016 to 2024 and with the usual typing faults.

    Total: every text has an answer; nothing is raised. A text above KARYOTYPE_LIMIT characters is not read at all.
    What was repaired and what was not understood stands in the answer. It names fusions that the bands allow; banding
    never confirms one. Source: interop.md 3.3.
    """
    if len(text) > KARYOTYPE_LIMIT:
        return Karyotype(text, Outcome.TOO_LONG, residue=(Residue(text, 0, len(text), Why.TOO_LONG),))
    cursor = Cursor(text, Tidied(text))
    clones: list[Clone] = []
    sections: list[Section] = []
    no_results: list[Remark] = []
    remarks: list[Remark] = []
    for start, end, mark in borders(cursor.folded):
        cursor.pos, cursor.end = start, end
        if mark is not None:
            sections.append(read_section(cursor, mark))
            continue
        found, nothing, said = read_clones(cursor)
        clones += found
        no_results += nothing
        remarks += said
    taken_back = _taken_back(cursor.folded, no_results)
    events = receptor_events(tuple(clones), tuple(sections), taken_back)
    for each in events:
        if each.swapped:
            now = "the bands in the other order"
            cursor.repairs.append(Repair(Mend.BANDS_SWAPPED, each.start, each.end, each.text, now))
    return Karyotype(
        text=text,
        outcome=_outcome(clones, sections, no_results, cursor.residue),
        clones=tuple(clones),
        sections=tuple(sections),
        events=events,
        no_results=tuple(no_results),
        remarks=tuple(remarks),
        repairs=tuple(sorted(cursor.repairs, key=lambda each: (each.start, each.end, each.name))),
        residue=cursor.left(),
        taken_back=taken_back,
    )


def _taken_back(text: str, no_results: list[Remark]) -> bool:
    """Whether a word outside the remarks of no result takes something back: such a text is left to people."""
    words = WORDS.findall(text)
    for remark in no_results:
        for word in WORDS.findall(folded(remark.text)):
            if word in NEGATIONS and word in words:
                words.remove(word)
    return not NEGATIONS.isdisjoint(words)


def _outcome(clones: list[Clone], sections: list[Section], no_results: list[Remark], residue: list[Residue]) -> Outcome:
    banded = bool(clones)
    if no_results and not banded:
        return Outcome.NO_RESULT
    if not banded and not any(each.changes or each.probes for each in sections):
        return Outcome.NOT_UNDERSTOOD
    return Outcome.PARTLY if residue else Outcome.READ
