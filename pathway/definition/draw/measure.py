"""How wide a text is, without knowing the reader's font: never narrower than the widest usual system font."""

#: Thousandths of the font size. Groups of letters that are clearly narrower or wider than the rest.
NARROW, SLIM, WIDE, CAPITAL, USUAL = 340, 470, 1000, 790, 650
NARROW_LETTERS = frozenset("ijlI.,:;'|! ")
SLIM_LETTERS = frozenset("frt()[]-/")
WIDE_LETTERS = frozenset("mwMW%@+<>=")
#: What bold type adds, in hundredths.
BOLD_HUNDREDTHS = 112


def width_of(text: str, size: int, bold: bool = False) -> int:
    """The width of one line in pixels, rounded up, for a font of `size` pixels."""
    thousandths = size * sum(letter_width(letter) for letter in text)
    return -(-thousandths * (BOLD_HUNDREDTHS if bold else 100) // 100_000)


def wrapped(text: str, limit: int, size: int, bold: bool = False) -> tuple[str, ...]:
    """The text in lines of at most `limit` pixels, broken at spaces; a longer word is broken with a hyphen."""
    lines: list[str] = []
    for word in (part for each in text.split() for part in parts(each, limit, size, bold)):
        if lines and width_of(f"{lines[-1]} {word}", size, bold) <= limit:
            lines[-1] = f"{lines[-1]} {word}"
        else:
            lines.append(word)
    return tuple(lines)


def parts(word: str, limit: int, size: int, bold: bool) -> tuple[str, ...]:
    """The word, or where it is wider than the limit its parts, all but the last with a hyphen."""
    if width_of(word, size, bold) <= limit or len(word) == 1:
        return (word,)
    end = max([n for n in range(1, len(word)) if width_of(f"{word[:n]}-", size, bold) <= limit], default=1)
    return (f"{word[:end]}-", *parts(word[end:], limit, size, bold))


def letter_width(letter: str) -> int:
    """The width of one letter in thousandths of the font size."""
    if letter in NARROW_LETTERS:
        return NARROW
    if letter in SLIM_LETTERS:
        return SLIM
    if letter in WIDE_LETTERS:
        return WIDE
    if not letter.isascii():
        return WIDE
    return CAPITAL if letter.isupper() else USUAL
