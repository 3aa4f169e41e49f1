"""Karyotypes as laboratories write them: a total reader. Banding raises suspicions and never confirms."""

from pathway.clinical.karyotype.form import (
    Break,
    Candidate,
    Certainty,
    Change,
    Clone,
    Evidence,
    Karyotype,
    Mend,
    Outcome,
    Rearrangement,
    ReceptorEvent,
    Remark,
    Repair,
    Residue,
    Section,
    Why,
)
from pathway.clinical.karyotype.reader import KARYOTYPE_LIMIT, read_karyotype

__all__ = [
    "KARYOTYPE_LIMIT",
    "Break",
    "Candidate",
    "Certainty",
    "Change",
    "Clone",
    "Evidence",
    "Karyotype",
    "Mend",
    "Outcome",
    "Rearrangement",
    "ReceptorEvent",
    "Remark",
    "Repair",
    "Residue",
    "Section",
    "Why",
    "read_karyotype",
]
