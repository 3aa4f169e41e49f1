"""Typography: the text in plain signs, with the place of each in the text as given."""

import unicodedata

from pathway.clinical.fusion import DASHES
from pathway.clinical.karyotype.form import Mend, Repair

#: Signs that look like one of ours; Cyrillic and Greek letters are typed where a keyboard was left in that script.
SIGNS = {
    **{chr(sign): "-" for sign in DASHES},
    "\u2192": "->",
    "\u00d7": "x",
    "\u223c": "~",
    "\u02dc": "~",
    "\u2236": ":",
    "\u2044": "/",
    "\u2215": "/",
    "\u2018": "'",
    "\u2019": "'",
    "\u2032": "'",
    "\u0425": "X",
    "\u0445": "x",
    "\u03a7": "X",
    "\u0423": "Y",
    "\u0443": "y",
    "\u03a5": "Y",
    "\u0440": "p",
    "\u0442": "t",
    "\u0456": "i",
}
INVISIBLE = frozenset("\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff")


class Tidied:
    """Plain signs, blanks single; the place of each in the text as given (one more for its end); the repairs."""

    __slots__ = ("at", "repairs", "signs")

    def __init__(self, text: str) -> None:
        """Tidy a text; its length is the caller's to bound."""
        signs: list[str] = []
        at: list[int] = []
        self.repairs: list[Repair] = []
        body = range(len(text) - len(text.lstrip()), len(text.rstrip()))
        for place, sign in enumerate(text):
            if sign.isspace() and signs and signs[-1] == " ":
                continue
            plain = self._plain(place, sign) if place in body else " "
            signs.append(plain)
            at.extend([place] * len(plain))
        self.signs = "".join(signs)
        self.at = (*at, len(text))

    def _plain(self, place: int, sign: str) -> str:
        if " " <= sign <= "~":
            return sign
        if sign in INVISIBLE:
            return self._mended(Mend.INVISIBLE, place, sign, "")
        if sign in SIGNS:
            return self._mended(Mend.DASH if SIGNS[sign] == "-" else Mend.SIGN, place, sign, SIGNS[sign])
        if sign in "\r\n\v\f\x85\u2028\u2029":
            return self._mended(Mend.LINE_BREAK, place, sign, " ")
        if sign.isspace():
            return self._mended(Mend.BLANK, place, sign, " ")
        plain = unicodedata.normalize("NFKC", sign)
        if plain != sign and plain.isascii():
            return self._mended(Mend.SIGN, place, sign, plain)
        return sign

    def _mended(self, name: Mend, place: int, was: str, now: str) -> str:
        self.repairs.append(Repair(name, place, place + len(was), was, now))
        return now
