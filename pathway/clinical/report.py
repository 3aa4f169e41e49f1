"""Laboratory reports of the genetic work-up, as the case knows them."""

from enum import StrEnum

import msgspec

from pathway.clinical.instant import Instant


class ReportStatus(StrEnum):
    """Where a report stands in its life."""

    ORDERED = "ordered"
    COLLECTED = "collected"
    RECEIVED = "received"
    PRELIMINARY = "preliminary"
    FINAL = "final"
    AMENDED = "amended"
    CORRECTED = "corrected"
    CANCELLED = "cancelled"


class Method(StrEnum):
    """How the laboratory looked; what each can show stands in tables/fusions.toml."""

    RT_PCR = "rt_pcr"
    RNA_SEQUENCING = "rna_sequencing"
    DNA_SEQUENCING = "dna_sequencing"
    DUAL_FUSION_FISH = "dual_fusion_fish"
    FUSION_FISH = "fusion_fish"
    BREAK_APART_FISH = "break_apart_fish"
    KARYOTYPE = "karyotype"
    IMMUNOFLUORESCENCE = "immunofluorescence"
    MORPHOLOGY = "morphology"


class WorkUpTest(StrEnum):
    """What was asked: the classic fusion, or the receptor's rearrangement and partner."""

    PML_RARA = "pml_rara"
    RAR_PARTNER = "rar_partner"


class PmlRaraResult(StrEnum):
    NEGATIVE = "negative"
    POSITIVE = "positive"
    FAILED = "failed"
    ATYPICAL = "atypical"


class RarPartnerResult(StrEnum):
    PARTNER_IDENTIFIED = "partner_identified"
    REARRANGED = "rearranged"
    NO_REARRANGEMENT = "no_rearrangement"
    FAILED = "failed"
    NORMAL = "normal"


class Report(msgspec.Struct, frozen=True):
    """One report, at the position of the event that brought it.

    `result` is a word of the test's results, empty while there is none. `partner` is an HGNC symbol or the
    laboratory's text. `truncated`: the ligand-binding domain is reported lost. `written`: a verbal report was
    confirmed in writing. `begun_at`: when its life was first on record, however far it has come since.
    """

    position: int
    test: str
    method: str
    status: str
    result: str
    occurred_at: Instant
    recorded_at: Instant
    partner: str = ""
    truncated: bool = False
    karyotype: str = ""
    report_no: str = ""
    collected_at: Instant | None = None
    authorised_at: Instant | None = None
    verbal: bool = False
    written: bool = True
    begun_at: Instant | None = None

    @property
    def settled(self) -> bool:
        """Final, amended or corrected, and not by word of mouth alone: the only reports that confirm or exclude."""
        return self.status in SETTLED and (self.written or not self.verbal)

    @property
    def awaited(self) -> bool:
        """On its way: ordered, collected, received or preliminary, or told by word of mouth alone."""
        return self.status in AWAITED or (self.status in SETTLED and not self.settled)

    @property
    def true_at(self) -> Instant:
        """When it was true of the patient: collected, else authorised, else said to have occurred."""
        if self.collected_at is not None:
            return self.collected_at
        return self.occurred_at if self.authorised_at is None else self.authorised_at


SETTLED = frozenset({ReportStatus.FINAL, ReportStatus.AMENDED, ReportStatus.CORRECTED})
AWAITED = frozenset({ReportStatus.ORDERED, ReportStatus.COLLECTED, ReportStatus.RECEIVED, ReportStatus.PRELIMINARY})
_ORDER = (
    ReportStatus.ORDERED,
    ReportStatus.COLLECTED,
    ReportStatus.RECEIVED,
    ReportStatus.PRELIMINARY,
    ReportStatus.FINAL,
)


def follows(before: ReportStatus | None, after: ReportStatus) -> bool:
    """Whether a report may go from one status to the other; steps may be skipped, a preliminary one may be repeated.

    For flagging only: a report that comes out of order is stored like any other. Source: clinical.md 3.3.
    """
    changed = (ReportStatus.AMENDED, ReportStatus.CORRECTED)
    match before:
        case None:
            return True
        case ReportStatus.CANCELLED:
            return False
        case ReportStatus.FINAL | ReportStatus.AMENDED | ReportStatus.CORRECTED:
            return after in changed
        case ReportStatus.PRELIMINARY if after is ReportStatus.PRELIMINARY:
            return True
        case _:
            return after is ReportStatus.CANCELLED or (after in _ORDER and _ORDER.index(after) > _ORDER.index(before))
