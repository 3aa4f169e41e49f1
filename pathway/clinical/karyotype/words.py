"""The reader's table: words of laboratories, ends of arms, and suspicions beside those of the table of fusions."""

import re
import unicodedata

import msgspec

from pathway.clinical.fusion import TABLE as FUSION_TABLE
from pathway.clinical.fusion import Region, Translocation
from pathway.clinical.table import read_table


class Lookalike(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Bands that also fit a rearrangement without a receptor gene."""

    partner_at: Region
    receptor_at: Region
    name: str
    note: str
    source: str


class _NoResult(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    none_of: tuple[str, ...]
    adjectives: tuple[str, ...]
    cells: tuple[str, ...]
    after: tuple[str, ...]
    phrases: tuple[str, ...]


class _Table(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    table: str
    date: str
    version: int
    source: str
    negations: tuple[str, ...]
    no_result: _NoResult
    remarks: tuple[str, ...]
    translocations: tuple[Translocation, ...]
    lookalikes: tuple[Lookalike, ...]
    arms: dict[str, dict[str, str]]


TABLE = read_table("karyotype", _Table)
#: Words that take a text back: a text with one of them is left to people.
NEGATIONS = frozenset((*FUSION_TABLE.negations, *TABLE.negations))
#: Marks of another method than banding, and whether each is the notation of ISCN.
SECTION = re.compile(
    r"(?<![a-z])(?:(?P<ish>nuc\s{1,3}ish|ish)|(?P<array>arr|cgh(?:-befund)?|mlpa|ogm)|(?P<seq>sseq|seq|ngs|wgs)"
    r"|(?P<fish>i?fish)|(?P<pcr>(?:rt-?)?pcr))(?![a-z])"
)


def folded(text: str) -> str:
    """The text in small letters without accents, sign for sign: places stay what they are."""
    return "".join(map(_fold, text))


def _fold(sign: str) -> str:
    plain = unicodedata.normalize("NFD", sign.casefold())
    return plain[0] if plain else sign


def _any(phrases: tuple[str, ...]) -> str:
    ordered = sorted(phrases, key=len, reverse=True)
    return "|".join(re.escape(each).replace(r"\ ", r"\s{1,3}") for each in ordered)


def _no_result() -> re.Pattern[str]:
    """A remark that there was nothing to see. It must end there: `no metaphases with t(11;17)` is another sentence."""
    words = TABLE.no_result
    none = rf"(?:{_any(words.none_of)})\s{{0,3}}(?:(?:{_any(words.adjectives)})\s{{1,3}}){{0,2}}(?:{_any(words.cells)})"
    whole = rf"(?:{none}|{_any(words.phrases)})(?:\s{{1,3}}(?:{_any(words.after)})){{0,2}}"
    return re.compile(rf"(?<![a-z0-9])(?:{whole})(?=\s{{0,3}}(?:$|[/;.,:()'\[\]]|{SECTION.pattern}))")


def _remark() -> re.Pattern[str]:
    return re.compile(rf"(?<![a-z0-9])(?:{_any(TABLE.remarks)})(?:\s?w/(?:[^/\[\](]{{0,60}}(?![\w(]))?|(?![a-z0-9]))")


#: Both are matched against the folded text.
NO_RESULT = _no_result()
REMARK = _remark()
