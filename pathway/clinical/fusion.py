"""Fusions of the retinoic acid receptors: names as laboratories write them, and what each means for treatment."""

import re
import unicodedata
from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Final, Literal

import msgspec

from pathway.clinical.table import read_table

FusionClass = Literal["resistant", "sensitive", "unclassified"]

#: The longest text taken for a fusion's name; longer ones are prose.
NAME_LIMIT = 60
#: The names in the reports of a case are asked about at every report and every look.
NAMES_REMEMBERED: Final = 2_048
DASHES = dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2014\u2015\u2212"), "-")
GREEK = {0x3B1: "ALPHA", 0x391: "ALPHA", 0x3B2: "BETA", 0x392: "BETA", 0x3B3: "GAMMA", 0x393: "GAMMA"}
RECEPTOR = re.compile(r"\bRAR[ -]?(ALPHA|BETA|GAMMA)\b")
SYMBOL = re.compile(r"[A-Z][A-Z0-9]{2,14}", re.ASCII)
FUSION_WORDS = re.compile(r" (FUSION|FUSION GENE|FUSION TRANSCRIPT|TRANSCRIPT|REARRANGEMENT|\(?RECIPROCAL\)?)$")
JOIN = r"(?P<join> ?(?:::|/|-|:) ?| )"
#: Marks of italics, as reports carry them over from their layout.
MARKS = re.compile(r"</?(?:i|em)>|\*|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])", re.IGNORECASE)


class Fusion(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"engine_class": "class"}):
    """A partner fused in front of a receptor gene.

    `symbol` is the partner's HGNC symbol, or its coded text when it is no gene (TTMV); `gene` RARA, RARB or RARG.
    `engine_class` is what rules use, `literature` a note for people. `variant` False marks PML::RARA, `listed` False
    a fusion not in the table.
    """

    symbol: str
    gene: str
    aliases: tuple[str, ...]
    engine_class: FusionClass
    literature: str
    source: str
    hgnc: str = ""
    variant: bool = True
    listed: bool = True

    @property
    def name(self) -> str:
        """The designation with the double colon: `ZBTB16::RARA`."""
        return f"{self.symbol}::{self.gene}"

    @property
    def word(self) -> str:
        """The fusion as a fact's value: the symbol for RARA, `NPM1_RARG` for a sister gene, `other` when unlisted."""
        if not self.listed:
            return "other"
        return self.symbol if self.gene == "RARA" else f"{self.symbol}_{self.gene}"


class MethodPower(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a laboratory method can show about a fusion; the table says what each field means."""

    family: str
    pml_rara_positive: Literal["establishes", "contradicts", "nothing"]
    pml_rara_negative: bool
    names_partner: bool
    excludes_rearrangement: bool
    suspects: Literal["molecular", "banding", "none"]
    source: str


class Region(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"first": "from", "last": "to"}):
    """Bands of a chromosome from the first to the last, both with all their sub-bands."""

    chromosome: str
    first: str
    last: str


class Translocation(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Bands that raise a suspicion of the partners that lie there, fused to `gene`."""

    partner_at: Region
    receptor_at: Region
    gene: str
    partners: tuple[str, ...]
    source: str
    note: str = ""


class Implausible(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A rearrangement that practically never occurs beside a receptor fusion."""

    event: str
    chromosomes: tuple[str, ...]
    source: str


class _Table(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    table: str
    date: str
    version: int
    source: str
    not_partners: tuple[str, ...]
    negations: tuple[str, ...]
    receptors: dict[str, tuple[str, ...]]
    fusions: tuple[Fusion, ...]
    translocations: tuple[Translocation, ...]
    implausible: tuple[Implausible, ...]
    methods: dict[str, MethodPower]


TABLE = read_table("fusions", _Table)
#: Every listed fusion by its word.
FUSIONS: Mapping[str, Fusion] = MappingProxyType({each.word: each for each in TABLE.fusions})
METHODS: Mapping[str, MethodPower] = MappingProxyType(TABLE.methods)
#: A method that the table does not know: its positive asks for attention, and it settles nothing.
UNKNOWN_METHOD = MethodPower("unknown", "contradicts", False, False, False, "none", "safety.md P1")


def power_of(method: str) -> MethodPower:
    """What a laboratory method can show; for one that is not in the table, next to nothing."""
    return METHODS.get(method, UNKNOWN_METHOD)


@lru_cache(maxsize=NAMES_REMEMBERED)
def partner_of(text: str) -> Fusion | None:
    """The fusion a text names: `PLZF-RARa`, `ZBTB16/RARA`, `RARA-PLZF` (the reciprocal transcript) are one.

    The whole text must be the name, the receptor included: a bare gene or a mutation names no fusion, prose names
    nothing. A partner that the table does not know is taken in the `::` notation only, unclassified and not listed.
    Source: clinical.md 2.1.
    """
    if len(text) > NAME_LIMIT:
        return None
    tidy = FUSION_WORDS.sub("", _tidy(text))
    receptor = rf"(?P<receptor>{'|'.join(_RECEPTORS)})"
    for form in (rf"(?P<partner>.+?){JOIN}{receptor}(?:(?:::|/|-|:).+)?", rf"{receptor}{JOIN}(?P<partner>.+)"):
        found = re.fullmatch(form, tidy)
        if found:
            return _fused(found["partner"], _RECEPTORS[found["receptor"]], unlisted=found["join"].strip() == "::")
    return None


@lru_cache(maxsize=NAMES_REMEMBERED)
def partner_named(symbol: str) -> Fusion | None:
    """The RARA fusion whose partner is this bare gene name or alias, for a field that holds a partner and nothing else.

    Never use it on prose: NPM1 and BCOR are also names of mutations. A gene that the table does not know is taken,
    unlisted and unclassified, when it looks like a symbol (four or more letters and figures). None for everything
    else.
    """
    tidy = _tidy(symbol)
    if tidy in _RECEPTORS:
        return None
    return _fused(tidy, "RARA", unlisted=len(tidy) > 3 and any(sign.isdigit() for sign in tidy))


def class_of(fusion: Fusion, truncated: bool) -> FusionClass:
    """The class rules use. A truncated ligand-binding domain makes a sensitive fusion unclassified, and none better.

    Source: R11, R16, R17, A11; safety.md 2.1.
    """
    if truncated and fusion.engine_class == "sensitive":
        return "unclassified"
    return fusion.engine_class


def _tidy(text: str) -> str:
    plain = unicodedata.normalize("NFKC", MARKS.sub("", text)).translate(DASHES).translate(GREEK).upper()
    plain = " ".join(plain.split())
    return RECEPTOR.sub(lambda found: f"RAR{found[1][0]}", re.sub(r"\bRAR(?=ALPHA|BETA|GAMMA)", "RAR ", plain))


def _fused(partner: str, gene: str, unlisted: bool) -> Fusion | None:
    listed = _BY_NAME.get((partner, gene))
    if listed:
        return listed
    if partner in _RECEPTORS or partner.casefold() in TABLE.not_partners:
        return None
    if partner in _SYMBOLS or (unlisted and SYMBOL.fullmatch(partner)):
        return Fusion(
            _SYMBOLS.get(partner, partner),
            gene,
            (),
            "unclassified",
            "Not in the table of fusions.",
            "R17",
            listed=False,
        )
    return None


_RECEPTORS = {name: gene for gene, names in TABLE.receptors.items() for name in names}
_BY_NAME = {(_tidy(name), each.gene): each for each in TABLE.fusions for name in (each.symbol, *each.aliases)}
_SYMBOLS = {_tidy(name): each.symbol for each in TABLE.fusions for name in (each.symbol, *each.aliases)}
